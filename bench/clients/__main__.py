"""Measures the CPU of each client beside OpenAI's own library of its language, with the same upstream.

OpenAI's library calls the mock upstream, this repository's client a gateway before it, and so do the language's
generated stubs alone, whose cost is that of gRPC itself. Only the process of the client is measured, with all of its
threads: the gateway's cost is in the other report. A program of each language makes the calls that the benchmark asks
for, and says how much it received, which must be the same.
"""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from bench.configuration import Deployment
from bench.process import cpu_of, started, supervise

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
TARGET = 0.5  # of the cost with OpenAI's library
LINE = 300.0  # seconds until what was asked is done
# Rounds of a call, and of chunks, of other languages 1; until then the JVM compiles more than it calls.
WARM_UP = {"Java": {"chat": 24, "burst": 8, "paced": 8}}


@dataclass(frozen=True, slots=True)
class Case:
    """Calls to measure.

    Attributes:
        name: Its name in the table.
        kind: Which call.
        workers: How many are in flight.
        calls: How many a round has.
    """

    name: str
    kind: str
    workers: int
    calls: int


CASES = (
    Case("call, 8 in flight", "chat", 8, 2000),
    Case("chunk, back to back on 8 streams", "burst", 8, 48),
    Case("chunk, 6,400/s on 64 streams", "paced", 64, 64),
)


class Client:
    """A program that makes calls.

    Args:
        process: It, with pipes.
    """

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def measure(self, case: Case) -> tuple[float, list[int]]:
        """Makes the calls of a case; returns their CPU time in seconds, and what was received."""
        assert self._process.stdin is not None  # noqa: S101 - pipes were asked for
        assert self._process.stdout is not None  # noqa: S101
        before = cpu_of(self._process.pid)
        self._process.stdin.write(f"{case.kind} {case.workers} {case.calls}\n".encode())
        async with asyncio.timeout(LINE):
            line = await self._process.stdout.readline()
        return cpu_of(self._process.pid) - before, [int(word) for word in line.split()]


async def command(*words: str, folder: Path) -> str:
    """Runs a command; returns what it printed.

    Raises:
        RuntimeError: It failed.
    """
    process = await asyncio.create_subprocess_exec(
        *words, cwd=folder, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT
    )
    printed, _ = await process.communicate()
    if process.returncode:
        raise RuntimeError(f"{' '.join(words)} in {folder}:\n{printed.decode()}")
    return printed.decode()


async def python(directory: Path) -> list[str]:  # noqa: ARG001 - nothing is built
    """Returns the command of the program in Python, with the asynchronous clients."""
    return [sys.executable, "-m", "bench.clients.calls"]


async def go(directory: Path) -> list[str]:
    """Builds the program in Go."""
    await command("go", "build", "-o", str(directory / "calls"), ".", folder=HERE / "go")
    return [str(directory / "calls")]


async def typescript(directory: Path) -> list[str]:
    """Installs both packages beside a copy of the program in JavaScript."""
    (directory / "package.json").write_text('{"private": true}', encoding="utf-8")
    package = ROOT / "clients/typescript"
    await command("npm", "ci", "--no-audit", "--no-fund", folder=package)
    pack = ("npm", "pack", "--ignore-scripts", "--pack-destination", str(directory))
    packed = (await command(*pack, folder=package)).split()[-1]
    await command(
        "npm", "install", "--no-audit", "--no-fund", str(directory / packed), "openai@6.49.0", folder=directory
    )
    shutil.copy(HERE / "typescript/calls.mjs", directory)
    return ["node", str(directory / "calls.mjs")]


async def java(directory: Path) -> list[str]:
    """Builds this repository's client, and the program in Java with both."""
    maven = ("mvn", "--batch-mode", "--no-transfer-progress")
    paths: list[str] = []
    for folder, goals in (
        (ROOT / "clients/java", ("clean", "package", "-DskipTests")),
        (HERE / "java", ()),
    ):
        listed = directory / f"classpath-{len(paths)}"
        await command(*maven, *goals, "dependency:build-classpath", f"-Dmdep.outputFile={listed}", folder=folder)
        paths.append(listed.read_text(encoding="utf-8"))
    path = os.pathsep.join([str(directory), str(ROOT / "clients/java/target/classes"), *paths])
    await command("javac", "-proc:none", "-d", str(directory), "-cp", path, "Calls.java", folder=HERE / "java")
    return ["java", "-cp", path, "Calls"]


LANGUAGES = {"Python": python, "Go": go, "TypeScript": typescript, "Java": java}
STYLES = {"Python": ("async", "sync")}


@dataclass(frozen=True, slots=True)
class Measured:
    """Cost of a unit with both libraries of a language.

    Attributes:
        language: The language.
        case: The name of the case.
        ours: Microseconds of each round.
        stubs: The same with the generated stubs alone.
        theirs: The same with OpenAI's library.
    """

    language: str
    case: str
    ours: Sequence[float]
    stubs: Sequence[float]
    theirs: Sequence[float]

    @property
    def ratio(self) -> float:
        """The cost with this repository's client, as a share of that with OpenAI's library."""
        return median(self.ours) / median(self.theirs)

    def row(self) -> str:
        """Returns the row of the table."""
        verdict = "" if self.ratio < TARGET else ", missed"
        figures = map(figure, (self.ours, self.stubs, self.theirs))
        cells = (self.language, self.case, *figures, f"{self.ratio:.2f}x{verdict}")
        return f"| {' | '.join(cells)} |"


def figure(values: Sequence[float]) -> str:
    """Returns the median, with minimum and maximum."""
    return f"{median(values):.1f} ({min(values):.1f}-{max(values):.1f})"


@asynccontextmanager
async def running(words: Sequence[str]) -> AsyncIterator[Client]:
    """Runs a program until the block ends."""
    process = await asyncio.create_subprocess_exec(
        *words, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
    )
    try:
        yield Client(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def measure(
    language: str, style: str, words: list[str], addresses: dict[str, str], rounds: int
) -> list[Measured]:
    """Measures the libraries of a language, in turns.

    Raises:
        RuntimeError: They did not receive the same.
    """
    found = []
    name = f"{language}, {style}" if style else language
    async with AsyncExitStack() as stack:
        clients = {
            library: await stack.enter_async_context(running([*words, library, address, *([style] if style else [])]))
            for library, address in addresses.items()
        }
        for case in CASES:
            costs: dict[str, list[float]] = {library: [] for library in clients}
            for _ in range(WARM_UP.get(language, {}).get(case.kind, 1)):
                for client in clients.values():
                    await client.measure(case)
            for _ in range(rounds):
                received = {}
                for library, client in clients.items():
                    cpu, counted = await client.measure(case)
                    received[library] = counted
                    costs[library].append(cpu / counted[0] * 1e6)
                if not all(each[0] and each == received["ours"] for each in received.values()):
                    raise RuntimeError(f"{name}, {case.name}: not the same was received: {received}")
            found.append(Measured(name, case.name, costs["ours"], costs["stubs"], costs["openai"]))
    return found


async def run(languages: Sequence[str], rounds: int, directory: Path) -> list[Measured]:
    """Measures the clients of languages."""
    log = directory / "stderr.log"
    found = []
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(started("bench.upstream", [], log))
        config = Deployment(upstream=upstream.address, http2="asyncio").write(directory / "gateway.yaml")
        serve = ["serve", "--config", str(config), "--port", "0", "--http-port", "0"]
        gateway = await stack.enter_async_context(started("openai_grpc_server", serve, log))
        addresses = {"ours": gateway.address, "stubs": gateway.address, "openai": f"http://{upstream.address}/v1"}
        for language in languages:
            sys.stderr.write(f"{language} ...\n")
            built = directory / language
            built.mkdir()
            words = await LANGUAGES[language](built)
            for style in STYLES.get(language, ("",)):
                found.extend(await measure(language, style, words, addresses, rounds))
    return found


def table(found: Sequence[Measured]) -> Iterator[str]:
    """Yields the lines of the table."""
    names = ("openai-grpc", "gRPC's stubs alone", "OpenAI's library", f"ratio, target < {TARGET}x")
    yield f"| CPU of the client in us | of a | {' | '.join(names)} |"
    yield "|---|---|---|---|---|---|"
    for each in found:
        yield each.row()


def main() -> int:
    """Measures, and prints the table; returns 1 if a target is missed."""
    parser = argparse.ArgumentParser(prog="python -m bench.clients", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often each case is measured (default: 3)")
    parser.add_argument("--languages", nargs="+", choices=LANGUAGES, default=list(LANGUAGES))
    args = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="openai-grpc-bench-") as directory:
        found = supervise(run(args.languages, args.rounds, Path(directory)))
    sys.stdout.write("".join(f"{line}\n" for line in table(found)))
    return int(any(each.ratio >= TARGET for each in found))


if __name__ == "__main__":
    sys.exit(main())
