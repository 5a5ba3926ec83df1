"""Targets and verdicts."""

from collections.abc import Iterator
from dataclasses import dataclass

from bench import cases
from bench.servers import ASYNCIO, FLOOR, HTTP, LITELLM, OURS
from bench.suite import Found

START_UP = 2.0  # seconds
IDLE = 80.0  # MB
STREAM = 60.0  # KB
PACE = 1.1


@dataclass(frozen=True, slots=True)
class Verdict:
    """One target.

    Attributes:
        name: What it is of.
        figure: What was found.
        unit: Its unit.
        limit: What it must not exceed, or must reach.
        at_least: Whether it must reach it.
    """

    name: str
    figure: float
    unit: str
    limit: float
    at_least: bool = False

    @property
    def met(self) -> bool:
        """True if the target is met."""
        return self.figure >= self.limit if self.at_least else self.figure <= self.limit

    def __str__(self) -> str:
        sign = ">=" if self.at_least else "<="
        return f"{self.name} {self.figure:.2f}{self.unit} ({sign} {self.limit:g} {'ok' if self.met else 'missed'})"


OF_FLOOR = {
    cases.UNARY_1: 1.8,
    cases.UNARY: 1.8,
    cases.BACK_TO_BACK: 1.7,
    cases.PACED: 1.3,
    cases.RESPONSES: 1.7,
}
"""The most that a unit may cost with gRPC's own server, as a multiple of the floor."""

DEFAULT_OF_FLOOR = {
    cases.UNARY_1: 1.0,
    cases.UNARY: 0.9,
    cases.BACK_TO_BACK: 0.33,
    cases.PACED: 1.0,
    cases.PACED_10000: 0.8,
    cases.RESPONSES: 0.33,
}
"""The same with the default server."""

ADDED_P99 = 1.0  # ms, at 2,500 calls a second
EVERYTHING = 1.5
"""The most that a call may cost with all features, as a multiple of its cost without any."""

CHEAPER_THAN_LITELLM = {
    cases.UNARY: (cases.UNARY, 20),
    cases.BACK_TO_BACK: (cases.BACK_TO_BACK, 12),
    cases.PACED: (cases.PACED, 6),
    cases.EMBEDDING: (cases.EMBEDDING_AS_NUMBERS, 50),
    cases.EMBEDDINGS: (cases.EMBEDDINGS_AS_NUMBERS, 50),
}
"""Minimum ratio of LiteLLM's cost to ours, and the case: the one in which its caller gets the same."""

OF_GRPC = {cases.UNARY_1: 1.3, cases.UNARY: 1.3, cases.BACK_TO_BACK: 1.3, cases.PACED: 1.3}
"""The most that a unit may cost by REST, as a multiple of its cost by gRPC."""

REST_CHEAPER_THAN_LITELLM = {cases.UNARY: 25, cases.BACK_TO_BACK: 40}
"""Minimum ratio of LiteLLM's cost to ours, where both are called by REST."""


def verdicts(found: Found) -> dict[str, list[Verdict]]:
    """Returns the verdicts on each of our servers, by its name."""
    made = {server: list(_verdicts(found, server)) for server in (OURS, ASYNCIO)}
    made[HTTP] = list(_verdicts_on_rest(found))
    return {server: each for server, each in made.items() if each}


def _verdicts_on_rest(found: Found) -> Iterator[Verdict]:
    for case, limit in OF_GRPC.items():
        ours, *by_grpc = (found.samples(case.name, name, "cpu") for name in (HTTP, ASYNCIO, OURS))
        if ours and (grpc := next(filter(None, by_grpc), None)):
            yield Verdict(f"{case.name}: by gRPC", ours.median / grpc.median, "x", limit)
    for case, limit in REST_CHEAPER_THAN_LITELLM.items():
        ours, theirs = (found.samples(case.name, name, "cpu") for name in (HTTP, LITELLM))
        if ours and theirs:
            yield Verdict(f"{case.name}: LiteLLM's cost", theirs.median / ours.median, "x", limit, at_least=True)


def _verdicts_on_default(found: Found) -> Iterator[Verdict]:
    everything = cases.WITH_FEATURES[cases.FEATURES[-1]]
    if (ratios := found.ratios((everything.name, ASYNCIO), (cases.UNARY.name, ASYNCIO))) is not None:
        yield Verdict(everything.name, ratios.median, "x", EVERYTHING)
    if added := found.samples(cases.RATE_2500.name, ASYNCIO, "added_p99"):
        yield Verdict(f"{cases.RATE_2500.name}: p99 added", added.median, " ms", ADDED_P99)


def _verdicts(found: Found, server: str) -> Iterator[Verdict]:
    for case, limit in (DEFAULT_OF_FLOOR if server == ASYNCIO else OF_FLOOR).items():
        if (ratios := found.ratios((case.name, server), (case.name, FLOOR))) is not None:
            yield Verdict(case.name, ratios.median, "x", limit)
    if server == ASYNCIO:
        yield from _verdicts_on_default(found)
    for case, (same, limit) in CHEAPER_THAN_LITELLM.items():
        ours, theirs = found.samples(case.name, server, "cpu"), found.samples(same.name, LITELLM, "cpu")
        if ours and theirs:
            yield Verdict(f"{case.name}: LiteLLM's cost", theirs.median / ours.median, "x", limit, at_least=True)
    for name, limit, figure, unit in (
        ("memory a stream", STREAM, "memory", " KB"),
        ("time over ideal", PACE, "pace", "x"),
    ):
        if ours := found.samples(cases.STREAMS_1000.name, server, figure):
            yield Verdict(f"{cases.STREAMS_1000.name}: {name}", ours.median, unit, limit)
    ours, theirs = (found.samples(cases.STREAMS_1000.name, name, "delay_p99") for name in (server, LITELLM))
    if ours and theirs:
        yield Verdict(f"{cases.STREAMS_1000.name}: p99 of the delay", ours.median, " ms", round(theirs.median, 1))
    if server in found.start_up:
        yield Verdict("start-up", found.start_up[server].median, " s", START_UP)
        yield Verdict("idle memory", found.idle[server].median, " MB", IDLE)
