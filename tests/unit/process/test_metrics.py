"""The pages of several workers as one."""

import os

import pytest

from openai_grpc_server.process.pool import Pages, process_lines
from openai_grpc_server.telemetry.prometheus import LAG_NAME

HEAD = "# HELP calls Calls.\n# TYPE calls counter\n"
CASES = {
    "nothing": ([], ""),
    "a page without series": ([HEAD], HEAD),
    "series that all have": ([f'{HEAD}calls{{a="1"}} 2\n', f'{HEAD}calls{{a="1"}} 3\n'], f'{HEAD}calls{{a="1"}} 5\n'),
    "series that one has": (
        [f'{HEAD}calls{{a="1"}} 2\n', f'{HEAD}calls{{a="2"}} 3\n'],
        f'{HEAD}calls{{a="1"}} 2\ncalls{{a="2"}} 3\n',
    ),
    "labels with spaces and braces": (
        [HEAD + 'calls{a="x } 1"} 0.5\n', HEAD + 'calls{a="x } 1"} 1e-07\n'],
        HEAD + 'calls{a="x } 1"} 0.5000001\n',
    ),
    "several metrics stay apart": (
        [f"{HEAD}calls 1\n# HELP cost Cost.\n# TYPE cost counter\ncost 0.25\n", f"{HEAD}calls 1\n"],
        f"{HEAD}calls 2\n# HELP cost Cost.\n# TYPE cost counter\ncost 0.25\n",
    ),
}


LAG = f"# HELP {LAG_NAME} Lag.\n# TYPE {LAG_NAME} gauge\n"


def test_the_lag_of_event_loops_is_the_largest_of_those_that_run() -> None:
    together = Pages()
    together.add(f"{LAG}{LAG_NAME} 5.0\n{HEAD}calls 1\n", ended=True)
    for lag in (0.25, 0.5, 0.125):
        together.add(f"{LAG}{LAG_NAME} {lag}\n{HEAD}calls 1\n")
    lines = list(together.lines())
    assert f"{LAG_NAME} 0.5" in lines
    assert "calls 4" in lines


@pytest.mark.parametrize(("pages", "expected"), CASES.values(), ids=CASES)
def test_sum(pages: list[str], expected: str) -> None:
    together = Pages()
    for page in pages:
        together.add(page)
    assert "".join(f"{line}\n" for line in together.lines()) == expected


def test_a_copy_is_another() -> None:
    one = Pages()
    one.add(f"{HEAD}calls 1\n")
    other = one.copy()
    other.add(f"{HEAD}calls 1\n")
    assert (list(one.lines())[-1], list(other.lines())[-1]) == ("calls 1", "calls 2")


def test_processes() -> None:
    lines = list(process_lines([(1, os.getpid()), (2, -1)]))
    assert [line.partition(" ")[0] for line in lines if not line.startswith("#")] == [
        'process_cpu_seconds_total{worker="1"}',
        'process_resident_memory_bytes{worker="1"}',
        'process_start_time_seconds{worker="1"}',
    ]
    assert all(float(line.rpartition(" ")[2]) > 0 for line in lines if not line.startswith("#"))
