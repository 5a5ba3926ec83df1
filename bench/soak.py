"""Loads one process of the gateway with everything for minutes, and looks whether its memory stays flat.

Afterwards nothing may be left: no request at the upstream, no connection, no open file more than before.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic

from bench.__main__ import RESULTS
from bench.client import Client, Target, connections
from bench.exchanges import exchanges
from bench.mixed_load import MixedLoad
from bench.plots import write_memory
from bench.process import supervise
from bench.servers import ASYNCIO, OURS, Kind, Servers
from bench.trend import Trend, trend

EVERY = 3.0  # seconds between two looks at the memory
# Seconds in which the gateway ends even its idle connections to the upstream: it keeps them for 60, and looks as often.
CLOSING = 130.0
IN_FLIGHT = 100
KILOBYTE, MEGABYTE = 1e3, 1e6


@dataclass(frozen=True, slots=True)
class Soaked:
    """What was found.

    Attributes:
        minutes: When the memory was looked at.
        sizes: The PSS then, in bytes.
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
        return trend(self.minutes[half:], [size / KILOBYTE for size in self.sizes[half:]])


async def soak(minutes: float, server: str, directory: Path) -> Soaked:
    """Loads a server of ours.

    Args:
        minutes: For how long.
        server: Its name.
        directory: For configurations and logs.
    """
    async with AsyncExitStack() as stack:
        servers = Servers(directory, stack)
        target = await stack.enter_async_context(servers.running(Kind(server)))
        if target is None:
            raise RuntimeError(servers.unavailable[Kind(server)])
        known = exchanges()
        async with Client(target, known, 1) as client:
            await client.call("chat", 0).done  # some files are opened by the first call
        files = target.process.open_files() - (await connections(target.upstream)).open
        samples: list[tuple[float, int]] = []
        async with Client(target, known, IN_FLIGHT) as client, Client(target, known, 1, initial_window=0) as stalled:
            load = MixedLoad(client, stalled)
            looking = asyncio.create_task(_look(target, samples))
            began, cpu = monotonic(), target.process.cpu()
            await load.run(minutes * 60)
            share = (target.process.cpu() - cpu) / (monotonic() - began)
            looking.cancel()
            with suppress(asyncio.CancelledError):
                await looking
        left = await _left(target, files)
    times, sizes = ([*column] for column in zip(*samples, strict=True))
    return Soaked(times, sizes, dict(load.counts), load.wrong, left, share)


async def _look(target: Target, samples: list[tuple[float, int]]) -> None:
    began = monotonic()
    while True:
        samples.append(((monotonic() - began) / 60, target.process.proportional_set_size()))
        await asyncio.sleep(EVERY)


async def _left(target: Target, files: int) -> list[str]:
    """Waits until nothing is left, for as long as that may take; returns what is left all the same."""
    end = monotonic() + CLOSING
    while True:
        at_upstream = (await connections(target.upstream)).open
        more_files = target.process.open_files() - files
        if (at_upstream <= 0 and more_files <= 0) or monotonic() > end:
            break
        await asyncio.sleep(1)
    left = {"connections to the upstream": at_upstream, "open files": more_files}
    return [f"{count} {name}" for name, count in left.items() if count > 0]


def main() -> int:
    """Runs it and prints what it found.

    Returns:
        1 if something was answered wrongly or was left, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m bench.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for how long (default: 10)")
    parser.add_argument("--server", choices=(OURS, ASYNCIO), default=OURS, help=f"which (default: {OURS})")
    parser.add_argument("--output", type=Path, default=RESULTS, metavar="DIR", help="where the picture goes")
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="openai-grpc-soak-") as directory:
        found = supervise(soak(args.minutes, args.server, Path(directory)))
    slope = found.trend()
    text = f"{slope.slope:+.1f} KB a minute, standard error {slope.error:.1f}"
    args.output.mkdir(parents=True, exist_ok=True)
    (args.output / "soak.json").write_text(json.dumps({**asdict(found), **asdict(slope)}) + "\n", encoding="utf-8")
    write_memory(found.minutes, [size / MEGABYTE for size in found.sizes], text, args.output / "soak.png")
    counts = ", ".join(f"{name} {count}" for name, count in found.counts.items())
    last = found.sizes[-1] / MEGABYTE
    sys.stdout.write(f"{args.server}, {args.minutes:g} minutes at {found.cpu:.0%} of a core. Calls: {counts}\n")
    sys.stdout.write(f"Memory (PSS): {found.sizes[0] / MEGABYTE:.1f} MB at first, {last:.1f} MB at last; {text}\n")
    sys.stdout.write(f"Answered wrongly: {len(found.wrong)}. {' '.join(found.wrong[:3])}\n")
    sys.stdout.write(f"Left afterwards: {', '.join(found.left) or 'nothing'}\n")
    return int(bool(found.wrong or found.left))


if __name__ == "__main__":
    sys.exit(main())
