"""Soak test: mixed load on one process of each server for minutes; checks that memory stays flat.

Calls of every kind, failures, cancels, deadlines, requests of 5 MB, readers that stall, and strangers: connections
without a key, half open, with garbage, with uploads that they abandon and messages that inflate a thousandfold.
Afterwards nothing may be left: no request at the upstream, no connection, stream, call, task or open file more than
before. The exit code is 1 if something was answered wrongly or is left, or if memory grows for sure.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic, sleep

from bench.__main__ import RESULTS
from bench.client import Client, Target, connections
from bench.exchanges import exchanges
from bench.mixed_load import MixedLoad
from bench.plots import write_memory
from bench.process import Process, supervise
from bench.servers import ASYNCIO, OURS, Kind, Servers, Setting
from bench.strangers import Strangers
from bench.trend import Trend, block_trend

EVERY = 3.0  # seconds between two looks at the memory
# Seconds in which the gateway ends even its idle connections to the upstream: it keeps them for 60, and looks as often.
CLOSING = 130.0
IN_FLIGHT = 100
KILOBYTE, MEGABYTE = 1e3, 1e6
# KB a minute. A page that the allocator keeps is no leak: what is lost by a call is, and there are thousands a minute.
LEAST_SLOPE = 10.0
NAMES = {"grpcio": OURS, "asyncio": ASYNCIO}
_ASKED = 20.0  # seconds for a process to tell what it holds


@dataclass(frozen=True, slots=True)
class Soaked:
    """Results of a soak test.

    Attributes:
        minutes: When the memory was looked at.
        sizes: The anonymous memory then (RSS), in bytes.
        counts: How many calls of each kind there were.
        wrong: What was answered wrongly.
        left: What was left afterwards that should not be.
        cpu: CPU of the gateway, as a share of one core.
    """

    minutes: list[float]
    sizes: list[int]
    counts: dict[str, int]
    wrong: list[str]
    left: list[str]
    cpu: float

    def trend(self) -> Trend:
        """Returns the trend of the memory over the second half, in KB a minute."""
        half = len(self.minutes) // 2
        return block_trend(self.minutes[half:], [size / KILOBYTE for size in self.sizes[half:]])

    def faults(self) -> list[str]:
        """Returns the faults found."""
        found = [f"{len(self.wrong)} wrong answers"] if self.wrong else []
        found += [f"{each} left" for each in self.left]
        slope = self.trend()
        if slope.rises(LEAST_SLOPE):
            found.append(f"memory grows by {slope.slope:.1f} KB a minute")
        return found


async def soak(minutes: float, server: str, rate: float, directory: Path) -> Soaked:
    """Loads a server of ours.

    Args:
        minutes: For how long.
        server: Its name.
        rate: By how much everything is begun more often than usual.
        directory: For configurations and logs.
    """
    async with AsyncExitStack() as stack:
        servers = Servers(directory, stack)
        kind = Kind(server, Setting.SOAK)
        target = await stack.enter_async_context(servers.running(kind))
        if target is None:
            raise RuntimeError(servers.unavailable[kind])
        known = exchanges()
        strangers = Strangers(target.process.address, dict(target.metadata), known)
        async with Client(target, known, 1) as client:
            await client.call("chat", 0).done  # some files are opened by the first call
        before = await _held(target, servers.probe)
        samples: list[tuple[float, int]] = []
        async with Client(target, known, IN_FLIGHT) as client, Client(target, known, 1, initial_window=0) as stalled:
            load = MixedLoad(client, stalled, strangers, rate)
            looking = asyncio.create_task(_look(target, samples))
            began, cpu = monotonic(), target.process.cpu()
            await load.run(minutes * 60)
            share = (target.process.cpu() - cpu) / (monotonic() - began)
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
        left = await _left(target, servers.probe, before)
    times, sizes = ([*column] for column in zip(*samples, strict=True))
    return Soaked(times, sizes, dict(load.counts), load.wrong, left, share)


async def _look(target: Target, samples: list[tuple[float, int]]) -> None:
    began = monotonic()
    while True:
        samples.append(((monotonic() - began) / 60, target.process.resident_set_size()))
        await asyncio.sleep(EVERY)


async def _held(target: Target, probe: Path) -> dict[str, int]:
    """Returns the gateway's open resources and files, without idle upstream connections."""
    held = await _asked(target.process, probe)
    at_upstream = (await connections(target.upstream)).open
    held["connections to upstreams"] -= min(at_upstream, held["connections to upstreams"])
    return held | {"open files": target.process.open_files() - at_upstream, "connections at the upstream": at_upstream}


async def _asked(process: Process, probe: Path) -> dict[str, int]:
    return await asyncio.to_thread(_ask, process, probe)


def _ask(process: Process, probe: Path) -> dict[str, int]:
    probe.unlink(missing_ok=True)
    process.ask()
    end = monotonic() + _ASKED
    while not probe.exists():
        if monotonic() > end:
            raise TimeoutError(f"the gateway did not tell within {_ASKED:g} s what it holds")
        sleep(0.05)
    held: dict[str, int] = json.loads(probe.read_text(encoding="utf-8"))
    return held


async def _left(target: Target, probe: Path, before: dict[str, int]) -> list[str]:
    """Waits, up to a timeout, until nothing is left; returns what is left."""
    expected = before | {"connections at the upstream": 0}
    end = monotonic() + CLOSING
    while True:
        held = await _held(target, probe)
        left = [f"{held[name] - count} {name}" for name, count in expected.items() if held[name] > count]
        if not left or monotonic() > end:
            return left
        await asyncio.sleep(2)


def main() -> int:
    """Runs it and prints the results.

    Returns:
        1 if something was answered wrongly or was left, or if memory grows, else 0.
    """
    args = _arguments()
    verdicts: list[str] = []
    failed = False
    for name in args.servers:
        with tempfile.TemporaryDirectory(prefix="openai-grpc-soak-") as directory:
            found = supervise(soak(args.minutes, NAMES[name], args.rate, Path(directory)))
        _write(name, args.minutes, found, args.output)
        faults = found.faults()
        failed = failed or bool(faults)
        verdicts.append(f"{name}: {'; '.join(faults) or 'flat, and nothing left'}")
    sys.stdout.write("".join(f"{verdict}\n" for verdict in verdicts))
    return int(failed)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.soak", description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=10.0, help="for how long each server is loaded (default: 10)")
    parser.add_argument(
        "--servers",
        type=lambda names: names.split(","),
        default=list(NAMES),
        metavar="NAMES",
        help=f"which, with commas between (default: {','.join(NAMES)})",
    )
    parser.add_argument(
        "--rate", type=float, default=1.0, help="by how much to load more than usual; 0.2 leaves a core to others"
    )
    parser.add_argument("--output", type=Path, default=RESULTS, metavar="DIR", help="where the pictures go")
    args = parser.parse_args()
    unknown = [name for name in args.servers if name not in NAMES]
    if unknown:
        parser.error(f"unknown server {unknown[0]}: must be {' or '.join(NAMES)}")
    return args


def _write(name: str, minutes: float, found: Soaked, directory: Path) -> None:
    slope = found.trend()
    text = f"{slope.slope:+.1f} KB a minute, standard error {slope.error:.1f}"
    directory.mkdir(parents=True, exist_ok=True)
    written = json.dumps({**asdict(found), **asdict(slope)})
    (directory / f"soak-{name}.json").write_text(f"{written}\n", encoding="utf-8")
    megabytes = [size / MEGABYTE for size in found.sizes]
    write_memory(found.minutes, megabytes, text, directory / f"soak-{name}.png")
    sys.stdout.write(f"{name}, {minutes:g} minutes at {found.cpu:.0%} of a core\n")
    for kind, count in sorted(found.counts.items()):
        sys.stdout.write(f"{count:10} {kind}\n")
    sys.stdout.write(
        f"Memory (RSS, anonymous): {megabytes[0]:.1f} MB at first, {megabytes[-1]:.1f} MB at last; {text}\n"
    )
    sys.stdout.write(f"Answered wrongly: {len(found.wrong)}. {' | '.join(found.wrong[:5])}\n")
    sys.stdout.write(f"Left afterwards: {', '.join(found.left) or 'nothing'}\n\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
