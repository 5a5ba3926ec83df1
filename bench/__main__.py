"""Measures the cost of the gateway and other servers in the same run.

This process makes the calls and checks every reply; a mock upstream answers them. Measured are the floor, a grpc.aio
server that relays bytes without looking at them; the gateway as it is deployed; and other gateways, which are installed
when they are first needed. What counts is the CPU time of a server's process, which other load on the machine and the
speed of the caller disturb less than times of the clock.
"""

import argparse
import json
import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

from bench.cases import CASES, QUICK
from bench.plots import write_plots
from bench.process import supervise
from bench.report import details, features, overview, summary, to_json
from bench.servers import ASYNCIO, FLOOR, OURS, SERVERS
from bench.suite import run
from bench.targets import verdicts

RESULTS = Path(__file__).with_name("results")


def main() -> int:
    """Runs the benchmark; prints the results and writes them to files.

    Returns:
        1 if something could not be measured on the floor or on our own server, or, with `--quick`, a target of CPU is
        missed; else 0.
    """
    args = arguments()
    cases = QUICK if args.quick else CASES
    servers = args.servers or ((FLOOR, ASYNCIO) if args.quick else SERVERS)
    if args.only:
        cases = tuple(case for case in cases if any(name in case.name for name in args.only))
    with tempfile.TemporaryDirectory(prefix="openai-grpc-bench-") as directory:
        found = supervise(run(cases, servers, args.rounds, Path(directory), tell))
    text = "".join(
        f"{line}\n" for line in (*overview(found), *features(found), *(() if args.quick else details(found)))
    )
    sys.stdout.write(text)
    if not args.quick:
        args.output.mkdir(parents=True, exist_ok=True)
        (args.output / "report.md").write_text(text, encoding="utf-8")
        (args.output / "report.json").write_text(json.dumps(to_json(found), indent=2) + "\n", encoding="utf-8")
        write_plots(found, args.output)
    sys.stdout.write(f"\n{summary(found)}\n")
    missed = [
        verdict for made in verdicts(found).values() for verdict in made if not verdict.met and verdict.unit == "x"
    ]
    return int(any(name.startswith((FLOOR, OURS)) for name in found.failures) or (args.quick and bool(missed)))


def arguments() -> argparse.Namespace:
    """Reads the command line."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument(
        "--quick",
        action="store_true",
        help="the main cases on floor and default server, under 90 s; fails if a target is missed",
    )
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (default: 3)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="the cases whose names contain one of these")
    parser.add_argument("--servers", nargs="+", choices=SERVERS, help="these servers alone")
    parser.add_argument(
        "--output", type=Path, default=RESULTS, metavar="DIR", help="where the report goes (default: bench/results)"
    )
    return parser.parse_args()


def tell(progress: str) -> None:
    """Prints progress to standard error."""
    sys.stderr.write(f"{datetime.now(UTC):%H:%M:%S} {progress}\n")


if __name__ == "__main__":
    sys.exit(main())
