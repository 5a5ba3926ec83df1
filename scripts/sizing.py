"""Prints what one core serves, as a Markdown table, from the measured costs in docs/performance.md."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SHARE = 0.6  # of a core; the rest is for bursts and for a replica that is down
SERVERS = ("openai-grpc, http2: asyncio", "openai-grpc")
# What is measured: case of the bench, its load in words, units a second of each call or stream.
ROWS = (
    ("unary, 32 in flight", "short calls"),
    ("unary, 32 in flight, with TLS", "short calls, with TLS"),
    ("unary, 32 in flight, with keys, limits and routing", "short calls, with keys, limits and routing"),
    ("prompts of 400 KB, 8 in flight", "calls with a prompt of 400 KB"),
    ("embedding, 1 x 1536", "embeddings of one text"),
    ("embeddings, 16 x 1536", "embeddings of 16 texts"),
    ("chat chunks back to back, 32 streams", "chunks that the upstream sends together"),
    ("chat chunks, 10,000/s on 100 streams", "chunks of streams of 100 chunks a second"),
    ("1,000 streams of 10 chunks/s", "chunks of streams of 10 chunks a second"),
    ("5,000 streams of 1 chunk/s", "chunks of streams of 1 chunk a second"),
)


def costs(page: str) -> dict[str, dict[str, float]]:
    """Returns the CPU of each case in microseconds, by server.

    Args:
        page: Text of docs/performance.md.
    """
    table = page.partition("## Results")[2].partition("Targets.")[0]
    head, _, *rows = [line.strip("|").split("|") for line in table.splitlines() if line.startswith("|")]
    names = [each.strip() for each in head]
    found = {}
    for row in rows:
        cells = dict(zip(names, (each.strip() for each in row), strict=True))
        if all(cells[name] for name in SERVERS):
            found[row[0].strip()] = {name: float(cells[name].split()[0].rstrip(":")) for name in SERVERS}
    return found


def memory(page: str) -> tuple[str, str]:
    """Returns the memory of an open stream in KB, with `http2: asyncio` and `grpcio`."""
    row = re.search(r"^\| 1,000 streams of 10 chunks/s: memory a stream .*$", page, re.MULTILINE)
    assert row is not None, "docs/performance.md has no memory of a stream"  # noqa: S101 - the page is ours
    _, asyncio, _, grpcio = re.findall(r"[\d.]+ KB", row[0])
    return asyncio, grpcio


def table(page: str) -> str:
    """Returns the table.

    Args:
        page: Text of docs/performance.md.
    """
    known = costs(page)
    lines = ["| load | a second and core, `asyncio` | `grpcio` |", "|---|---|---|"]
    for case, load in ROWS:
        rates = (_round(SHARE * 1e6 / known[case][server]) for server in SERVERS)
        lines.append(f"| {load} | {' | '.join(rates)} |")
    lines.append(f"| memory of an open stream | {' | '.join(memory(page))} |")
    return "\n".join(lines)


def _round(value: float) -> str:
    """Returns a number with two digits that count."""
    return f"{float(f'{value:.2g}'):,.0f}"


if __name__ == "__main__":
    print(table((ROOT / "docs/performance.md").read_text()))
