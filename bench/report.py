"""Report of a run, as Markdown and JSON."""

import platform
import sysconfig
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import version
from os import cpu_count
from typing import Any

from bench.cases import UNARY, WITH_FEATURES, Case
from bench.samples import Samples
from bench.servers import ASYNCIO, FLOOR, SERVERS, Setting
from bench.suite import Found
from bench.targets import verdicts

COLUMNS = {
    "cpu": "CPU us a {unit}",
    "p50": "p50 ms",
    "p99": "p99 ms",
    "first_p50": "first p50 ms",
    "first_p99": "first p99 ms",
    "delay_p99": "delay p99 ms",
    "added_p50": "added p50 ms",
    "added_p99": "added p99 ms",
    "memory": "KB a stream",
    "pace": "wall / ideal",
    "rate": "{unit}s/s",
}
PROCESSES = ("server", "caller", "upstream")


def overview(found: Found) -> Iterator[str]:
    """Yields a table of all CPU figures."""
    yield f"{machine()}. Of several rounds: median (least-most)."
    yield ""
    servers = [name for name in SERVERS if any(server == name for _, server in found.measures)]
    yield from _head(["CPU of the process in microseconds", "a", *servers])
    for case in _measured(found):
        floor = found.samples(case.name, FLOOR, "cpu")
        cells = [_cost(found.samples(case.name, server, "cpu"), floor, server) for server in servers]
        yield _row([case.name, case.unit, *cells])
    yield _row(["start-up", "s", *(str(found.start_up.get(server, "")) for server in servers)])
    yield _row(["idle memory (PSS)", "MB", *(str(found.idle.get(server, "")) for server in servers)])


def features(found: Found) -> Iterator[str]:
    """Yields a table of what each feature adds to a call, with the default server."""
    plain = found.samples(UNARY.name, ASYNCIO, "cpu")
    shares = [
        (setting, cost, ratios)
        for setting, case in WITH_FEATURES.items()
        if (cost := found.samples(case.name, ASYNCIO, "cpu"))
        and (ratios := found.ratios((case.name, ASYNCIO), (UNARY.name, ASYNCIO)))
    ]
    if plain is None or not shares:
        return
    yield ""
    yield from _head([f"{UNARY.name}, {ASYNCIO}", "CPU us a call", "of plain", "share in us"])
    yield _row([Setting.PLAIN, str(plain), "1.00x", ""])
    for setting, cost, ratios in shares:
        yield _row([setting, str(cost), f"{ratios.median:.2f}x", f"{(ratios.median - 1) * plain.median:.1f}"])


def details(found: Found) -> Iterator[str]:
    """Yields a table for each case, what could not be measured, and the targets."""
    for case in _measured(found):
        yield ""
        yield from _details(found, case)
    if found.failures:
        yield ""
        yield "Not measured:"
        yield ""
        yield from (f"- {name}: {_shortened(reason)}" for name, reason in found.failures.items())
    for server, made in verdicts(found).items():
        yield ""
        yield f"Targets, {server}:"
        yield ""
        yield from (f"- {verdict}" for verdict in made)


def summary(found: Found) -> str:
    """Returns one line with a figure for each target."""
    return " | ".join(
        str(verdict) if number == 0 else f"{server}: {verdict}"
        for number, (server, made) in enumerate(verdicts(found).items())
        for verdict in made
    )


def to_json(found: Found) -> dict[str, Any]:
    """Returns all values."""
    return {
        "machine": machine(),
        "cases": [
            {
                "name": case.name,
                "unit": case.unit,
                "setting": case.setting,
                "servers": {
                    server: [asdict(measures) for measures in found.measures[case.name, server]]
                    for server in case.servers
                    if (case.name, server) in found.measures
                },
            }
            for case in found.cases
        ],
        "start_up_s": {server: samples.values for server, samples in found.start_up.items()},
        "idle_pss_mb": {server: samples.values for server, samples in found.idle.items()},
        "failures": found.failures,
        "targets": {
            server: [{**asdict(verdict), "met": verdict.met} for verdict in made]
            for server, made in verdicts(found).items()
        },
    }


def machine() -> str:
    """Describes this machine."""
    parts = (f"{name} {version(name)}" for name in ("grpcio", "protobuf", "aiohttp", "uvloop"))
    return ", ".join((f"{cpu_count()} cores", interpreter(), *parts))


def interpreter() -> str:
    """Describes the interpreter: 10 to 27 % slower without profile-guided optimization; Debian keeps no flag of it."""
    flags = [sysconfig.get_config_var(name) or "" for name in ("CONFIG_ARGS", "PY_CFLAGS_NODIST", "PY_CORE_CFLAGS")]
    optimized = any(flag in text for flag in ("--enable-optimizations", "-fprofile-use") for text in flags)
    known = "build flags with" if optimized else "no build flag for"
    return f"Python {platform.python_version()} ({known} profile-guided optimization)"


def _measured(found: Found) -> Iterator[Case]:
    for case in found.cases:
        if any((case.name, server) in found.measures for server in case.servers):
            yield case


def _cost(samples: Samples | None, floor: Samples | None, server: str) -> str:
    if samples is None:
        return ""
    if floor is None or server == FLOOR:
        return str(samples)
    return f"{samples}: {samples.median / floor.median:.2f}x"


def _details(found: Found, case: Case) -> Iterator[str]:
    servers = [server for server in case.servers if (case.name, server) in found.measures]
    figures = [name for name in COLUMNS if any(found.samples(case.name, server, name) for server in servers)]
    lighter = [f"{server} with {load}, as it could not keep up" for server, load in case.lighter.items()]
    yield f"**{case.name}**" + (f" ({'; '.join(lighter)})" if lighter else "")
    yield ""
    yield from _head([case.setting, *(COLUMNS[name].format(unit=case.unit) for name in figures), *PROCESSES])
    for server in servers:
        cells = [str(found.samples(case.name, server, name) or "") for name in figures]
        shares = [f"{samples.median:.0%}" for name in PROCESSES if (samples := found.samples(case.name, server, name))]
        yield _row([server, *cells, *shares])


def _head(cells: list[str]) -> Iterator[str]:
    yield _row(cells)
    yield "|" + "---|" * len(cells)


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def _shortened(reason: str) -> str:
    last = reason.strip().splitlines()[-1]
    return last if len(last) <= 300 else f"{last[:300]}..."
