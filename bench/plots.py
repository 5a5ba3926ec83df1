"""Plots of results."""

from collections.abc import Sequence
from math import floor, log10
from pathlib import Path
from textwrap import fill

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch

from bench import cases
from bench.cases import Case
from bench.servers import SERVERS
from bench.suite import Found

COLOURS = dict(zip(SERVERS, ("#8c8c8c", "#1b6ca8", "#53b1e0", "#7a5ba6", "#c8553d", "#e0a458", "#588157"), strict=True))
CALLS = (cases.UNARY_1, cases.UNARY, cases.EMBEDDING, cases.EMBEDDINGS, cases.LONG_PROMPTS)
CHUNKS = (cases.BACK_TO_BACK, cases.RESPONSES, cases.PACED, cases.PACED_10000, cases.STREAMS_1000, cases.STREAMS_5000)
STREAMS = (cases.STREAMS_1000, cases.STREAMS_5000)
LATENCIES = (("p50", "p99", (cases.UNARY_1, cases.UNARY)), ("first_p50", "first_p99", (cases.BACK_TO_BACK,)))
_BAR = 0.8  # of the room between two groups that their bars fill
_LABEL = 32  # characters a line
_DOTS = 150  # an inch


def write_plots(found: Found, directory: Path) -> list[Path]:
    """Writes the plots for which there are figures.

    Returns:
        Their files.
    """
    written = []
    for name, figure, shown, title, unit in (
        ("cpu-a-call", "cpu", CALLS, "CPU of the server's process, a call", "microseconds"),
        ("cpu-a-chunk", "cpu", CHUNKS, "CPU of the server's process, a chunk", "microseconds"),
        ("memory-a-stream", "memory", STREAMS, "Memory (PSS) an open stream", "KB"),
    ):
        groups = {case.name: _values(found, case, figure) for case in shown}
        written += _bars(groups, f"{title} ({unit}, logarithmic; median and spread)", directory / f"{name}.png")
    groups = {}
    for middle, high, timed in LATENCIES:
        for case in timed:
            what = "whole call" if middle == "p50" else "until the first chunk"
            groups[f"{case.name}: {what}"] = {
                server: (low.median, low.median, tail.median)
                for server in case.servers
                if (low := found.samples(case.name, server, middle))
                and (tail := found.samples(case.name, server, high))
            }
    written += _bars(groups, "Latency (milliseconds, logarithmic; p50, and p99 as whisker)", directory / "latency.png")
    added = {case.name: _added(found, case) for case in (cases.RATE_1000, cases.RATE_2500)}
    title = "Latency added to the upstream's, calls at a fixed rate (milliseconds; p50, and p99 as whisker)"
    written += _bars(added, title, directory / "added-latency.png")
    return written + _growth(found, directory / "growth.png")


def write_memory(minutes: Sequence[float], sizes: Sequence[float], trend: str, file: Path) -> None:
    """Writes a plot of a process's memory over time.

    Args:
        minutes: When it was looked at.
        sizes: Its size then, in MB.
        trend: What is said of its slope.
        file: The PNG file.
    """
    figure = Figure(figsize=(9, 4), layout="constrained")
    axes = figure.subplots()
    axes.plot(minutes, sizes, color="#1b6ca8", linewidth=1.2)
    axes.set(title=f"Memory (RSS, anonymous) of the gateway under mixed load: {trend}", xlabel="minutes", ylabel="MB")
    axes.set_ylim(bottom=0)
    axes.grid(alpha=0.3)
    figure.savefig(file, dpi=_DOTS)


def _values(found: Found, case: Case, figure: str) -> dict[str, tuple[float, float, float]]:
    """Returns the median, least and most by server."""
    return {
        server: (samples.median, min(samples.values), max(samples.values))
        for server in case.servers
        if (samples := found.samples(case.name, server, figure))
    }


def _added(found: Found, case: Case) -> dict[str, tuple[float, float, float]]:
    """Returns what servers add to the median latency, twice, and to the 99th percentile."""
    return {
        server: (middle.median, middle.median, tail.median)
        for server in case.servers
        if (middle := found.samples(case.name, server, "added_p50"))
        and (tail := found.samples(case.name, server, "added_p99"))
    }


def _growth(found: Found, file: Path) -> list[Path]:
    """Plots the cost of a chunk over the number of streams, and of a call over the number of workers."""
    panels = (
        ("CPU a chunk, 1,000 chunks/s", "streams", {**cases.GROWTH_STREAMS, 100: cases.PACED}),
        ("CPU a call, 64 in flight", "workers", cases.GROWTH_WORKERS),
    )
    drawn = []
    for title, unit, by_size in panels:
        lines = {
            server: points
            for server in SERVERS
            if len(
                points := {
                    n: v for n, case in sorted(by_size.items()) if (v := _values(found, case, "cpu").get(server))
                }
            )
            > 1
        }
        drawn += [(title, unit, lines)] if lines else []
    if not drawn:
        return []
    figure = Figure(figsize=(9, 4), layout="constrained")
    for axes, (title, unit, lines) in zip(figure.subplots(ncols=len(drawn), squeeze=False)[0], drawn, strict=True):
        for server, points in lines.items():
            middle = [value for value, _, _ in points.values()]
            spread = [
                [value - least for value, least, _ in points.values()],
                [most - value for value, _, most in points.values()],
            ]
            axes.errorbar(list(points), middle, yerr=spread, color=COLOURS[server], label=server, marker="o", capsize=2)
        axes.set(title=title, xlabel=unit, ylabel="microseconds", xscale="log")
        axes.set_xticks(sorted({size for points in lines.values() for size in points}))
        axes.xaxis.set_major_formatter("{x:,g}")
        axes.minorticks_off()
        axes.set_ylim(bottom=0)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False, fontsize=8)
    figure.savefig(file, dpi=_DOTS)
    return [file]


def _bars(groups: dict[str, dict[str, tuple[float, float, float]]], title: str, file: Path) -> list[Path]:
    groups = {name: values for name, values in groups.items() if values}
    if not groups:
        return []
    shown = [server for server in SERVERS if any(server in values for values in groups.values())]
    rows = sum(map(len, groups.values()))
    figure = Figure(figsize=(9, 1.4 + 0.27 * rows + 0.3 * len(groups)), layout="constrained")
    axes = figure.subplots()
    places, at = [], 0.0
    for values in groups.values():
        present = [server for server in shown if server in values]
        for row, server in enumerate(present):
            _bar(axes, at + row, values[server], COLOURS[server])
        places.append(at + (len(present) - 1) / 2)
        at += len(present) + 1
    axes.set_yticks(places, [fill(name, _LABEL) for name in groups], fontsize=8)
    axes.invert_yaxis()
    axes.set_xscale("log")
    least = min(low for values in groups.values() for _, low, _ in values.values())
    axes.set_xlim(left=10 ** floor(log10(least / 2)))
    axes.margins(x=0.12)
    axes.xaxis.set_major_formatter("{x:,g}")
    axes.grid(axis="x", alpha=0.3)
    axes.set_axisbelow(True)
    figure.suptitle(title, fontsize=10)
    handles = [Patch(color=COLOURS[server]) for server in shown]
    figure.legend(handles, shown, loc="outside lower center", ncols=3, frameon=False, fontsize=8)
    figure.savefig(file, dpi=_DOTS)
    return [file]


def _bar(axes: Axes, place: float, value: tuple[float, float, float], colour: str) -> None:
    middle, least, most = value
    axes.barh(place, middle, height=_BAR, color=colour)
    axes.plot([least, most], [place, place], color="black", linewidth=0.8)
    digits = 0 if middle >= 100 else 1 if middle >= 10 else 2
    label = f" {middle:.{digits}f}"
    axes.annotate(label, (max(middle, most), place), va="center", fontsize=7)
