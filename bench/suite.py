"""Runs each case with each of its servers in turn, several times."""

from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from bench.call import WrongReplyError
from bench.cases import Case
from bench.exchanges import Exchange, exchanges
from bench.measures import Measures
from bench.samples import Samples
from bench.servers import ASYNCIO, OURS, Kind, Servers, check_health

MEGABYTE = 1e6


@dataclass(kw_only=True)
class Found:
    """Results of a run.

    Attributes:
        cases: What was measured.
        measures: What each round found, by case and server.
        start_up: Seconds from the start of a server until it serves.
        idle: A server's memory (PSS) then, in MB.
        failures: What could not be measured, and why.
    """

    cases: Sequence[Case]
    measures: dict[tuple[str, str], list[Measures]] = field(default_factory=dict)
    start_up: dict[str, Samples] = field(default_factory=dict)
    idle: dict[str, Samples] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def samples(self, case: str, server: str, figure: str) -> Samples | None:
        """Returns a figure of all rounds; empty if not applicable or not measured."""
        values = [getattr(each, figure) for each in self.measures.get((case, server), ())]
        return Samples(tuple(values)) if values and values[0] is not None else None

    def ratios(self, ours: tuple[str, str], other: tuple[str, str]) -> Samples | None:
        """Returns the CPU of one case and server over that of another, round by round; None: not measured."""
        pairs = zip(self.measures.get(ours, ()), self.measures.get(other, ()), strict=False)
        values = tuple(each.cpu / base.cpu for each, base in pairs)
        return Samples(values) if values else None


async def run(
    cases: Sequence[Case], servers: Sequence[str], rounds: int, directory: Path, tell: Callable[[str], object]
) -> Found:
    """Measures everything.

    Args:
        cases: The cases.
        servers: The servers, of those that a case has.
        rounds: How often.
        directory: For configurations and logs.
        tell: Told what is measured.
    """
    found = Found(cases=cases)
    known = exchanges()
    async with AsyncExitStack() as stack:
        running = Servers(directory, stack)
        for number in range(rounds):
            for server in (OURS, ASYNCIO):
                if server in servers:
                    await _start(running, server)
            for case in cases:
                tell(f"round {number + 1} of {rounds}: {case.name}")
                for server in case.servers:
                    if server in servers:
                        await _measure(found, running, case, server, known)
    found.start_up = {name: Samples(tuple(values)) for name, values in running.start_up.items()}
    found.idle = {name: Samples(tuple(size / MEGABYTE for size in sizes)) for name, sizes in running.idle.items()}
    found.failures |= {f"{kind.name}, {kind.setting}": reason for kind, reason in running.unavailable.items()}
    return found


async def _start(running: Servers, server: str) -> None:
    """Starts one of our servers, to measure its start."""
    async with running.running(Kind(server), fresh=True) as target:
        if target is not None:
            await check_health(target.process)


async def _measure(found: Found, running: Servers, case: Case, server: str, known: dict[str, Exchange]) -> None:
    name = f"{server}: {case.name}"
    if name in found.failures:
        return
    async with running.running(Kind(server, case.setting), fresh=case.fresh) as target:
        if target is None:
            return
        try:
            measures = await case.load_of(server).measure(target, known)
        except (WrongReplyError, OSError, TimeoutError) as error:
            found.failures[name] = str(error) or type(error).__name__
            return
    found.measures.setdefault((case.name, server), []).append(measures)
