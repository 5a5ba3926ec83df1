"""What is worked out of a run's values."""

import asyncio
from pathlib import Path

import pytest

from bench import cases
from bench.call import Call
from bench.cases import CASES
from bench.measures import Measures, delays, percentile
from bench.plots import write_memory, write_plots
from bench.report import details, overview, summary, to_json
from bench.samples import Samples
from bench.servers import FLOOR, LITELLM, OURS
from bench.suite import Found
from bench.trend import trend


@pytest.mark.parametrize(
    ("values", "percent", "expected"),
    [
        ([5.0], 50, 5.0),
        ([3.0, 1.0, 2.0], 50, 2.0),
        ([float(number) for number in range(1, 101)], 99, 99.0),
        ([float(number) for number in range(1, 201)], 99, 198.0),
        ([1.0, 2.0], 99, 2.0),
    ],
)
def test_percentile(values: list[float], percent: int, expected: float) -> None:
    assert percentile(values, percent) == expected


def test_delays_are_those_behind_the_pace_of_the_earliest_message() -> None:
    async def run() -> list[float]:
        call = Call("a stream", (b"abcd",), [1, 2, 3, 4])
        for payload, now in ((b"a", 10.1), (b"b", 10.5), (b"cd", 11.5)):
            call.data(payload, now)
        return delays(call, 0.5)

    assert asyncio.run(run()) == pytest.approx([100.0, 0.0, 500.0, 0.0])


@pytest.mark.parametrize(
    ("values", "slope", "error"),
    [
        ([1.0, 3.0, 5.0, 7.0], 2.0, 0.0),
        ([4.0, 4.0, 4.0], 0.0, 0.0),
        ([0.0, 1.0, 0.0], 0.0, 0.57735),
    ],
)
def test_trend(values: list[float], slope: float, error: float) -> None:
    found = trend([float(number) for number in range(len(values))], values)
    assert (found.slope, found.error) == pytest.approx((slope, error), abs=1e-5)


@pytest.mark.parametrize(
    ("values", "expected"),
    [((5.0, 5.0), "5.00"), ((1.0, 20.0, 12.0), "12.0 (1.0-20.0)"), ((100.0, 300.0), "200 (100-300)")],
)
def test_samples_are_written_with_their_spread(values: tuple[float, ...], expected: str) -> None:
    assert str(Samples(values)) == expected


def found(ours: float) -> Found:
    """Makes what a run finds whose floor costs 100 and LiteLLM 2,000 microseconds a call."""
    costs = {FLOOR: 100.0, OURS: ours, LITELLM: 2000.0}
    return Found(
        cases=CASES,
        measures={
            (cases.UNARY.name, server): [
                Measures(cpu=cpu * wobble, p50=1.0, p99=2.0, rate=10.0, server=0.5, caller=0.1, upstream=0.1)
                for wobble in (0.9, 1.0, 1.2)
            ]
            for server, cpu in costs.items()
        },
        failures={"Portkey, plain": "there is no node"},
    )


@pytest.mark.parametrize(
    ("ours", "expected"),
    [
        (100.0, ["1.00x (<= 1.8 ok)", "LiteLLM's cost 20.00x (>= 20 ok)"]),
        (200.0, ["2.00x (<= 1.8 missed)", "LiteLLM's cost 10.00x (>= 20 missed)"]),
    ],
)
def test_the_last_line_holds_figures_against_targets(ours: float, expected: list[str]) -> None:
    assert [verdict.split(" ", maxsplit=4)[-1] for verdict in summary(found(ours)).split(" | ")] == expected


def test_the_report_has_a_row_for_each_server_and_says_what_is_missing() -> None:
    text = "\n".join((*overview(found(150.0)), *details(found(150.0))))
    assert "| unary, 32 in flight | call | 100 (90-120) | 150 (135-180): 1.50x | 2000 (1800-2400): 20.00x |" in text
    assert "| openai-grpc | 150 (135-180) | 1.00 | 2.00 | 10.0 | 50% | 10% | 10% |" in text
    assert "- Portkey, plain: there is no node" in text
    (case,) = (case for case in to_json(found(150.0))["cases"] if case["servers"])
    assert [measures["cpu"] for measures in case["servers"][OURS]] == pytest.approx([135.0, 150.0, 180.0])


def test_the_pictures_are_written(tmp_path: Path) -> None:
    written = write_plots(found(150.0), tmp_path)
    write_memory([0.0, 1.0], [50.0, 51.0], "flat", tmp_path / "soak.png")
    assert {file.name for file in written} == {"cpu-a-call.png", "latency.png"}
    for file in (*written, tmp_path / "soak.png"):
        assert file.read_bytes().startswith(b"\x89PNG")
