"""What was found, as Markdown."""

import platform
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from os import cpu_count
from statistics import median

from bench.alternatives.candidates import CANDIDATES, REFERENCE

Values = Mapping[str, Mapping[str, list[float]]]
TITLES = {
    "echo": "By themselves: an echo that looks at nothing",
    "gateway": "With the gateway on them, in front of an upstream that answers at once",
}


def lines(values: Mapping[str, Values], failures: Mapping[str, str]) -> Iterator[str]:
    """Yields a table for each form, and a line for each candidate that could not be measured.

    Args:
        values: Microseconds of CPU, by form, candidate and case: a value a round.
        failures: Why there are none, by candidate.
    """
    versions = ", ".join(f"{name} {version(name)}" for name in ("grpcio", "uvloop"))
    yield f"{cpu_count()} cores, Python {platform.python_version()}, {versions}."
    yield "CPU of the process in microseconds: least / median of the rounds, and the median over grpc.aio's."
    for form, title in TITLES.items():
        if form in values:
            yield ""
            yield f"{title}:"
            yield ""
            yield from table(values[form])
    if failures:
        yield ""
    for name, reason in failures.items():
        yield f"{name}: not measured: {reason}"


def table(values: Values) -> Iterator[str]:
    """Yields the lines of one table."""
    cases = list(values[REFERENCE])
    yield f"| server | {' | '.join(f'a {case}' for case in cases)} |"
    yield f"|---|{'---|' * len(cases)}"
    for candidate in CANDIDATES:
        if candidate.name in values:
            found = values[candidate.name]
            yield f"| {candidate.name} | {' | '.join(_cell(found, values[REFERENCE], case) for case in cases)} |"


def _cell(found: Mapping[str, list[float]], reference: Mapping[str, list[float]], case: str) -> str:
    if case not in found:
        return "-"
    samples = found[case]
    ratio = median(samples) / median(reference[case])
    return f"{_number(min(samples))} / {_number(median(samples))}, {ratio:.2f}"


def _number(value: float) -> str:
    return f"{value:.{0 if value >= 100 else 1}f}"
