"""Measures other gRPC servers beside grpc.aio: by themselves, with an echo, and with the gateway on them.

Each candidate gets an environment of its own, which pip fills when it is first needed. What counts is the CPU time of
the candidate's process with all its threads. The caller checks every reply.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from collections.abc import Iterable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

import uvloop

from bench.alternatives import echo
from bench.alternatives.candidates import CANDIDATES, REFERENCE, Candidate
from bench.alternatives.environment import UnavailableError, python
from bench.alternatives.load import Caller, Case
from bench.alternatives.report import lines
from bench.exchanges import MODELS, exchanges
from bench.http2 import WrongReplyError
from bench.process import started

SERVE = "bench.alternatives.serve"
GATEWAY_CASES = (
    Case(name="call", exchange="chat", in_flight=32, each=40),
    Case(name="chunk back to back", exchange="chat stream", in_flight=32),
    Case(name="chunk at 1,000/s", exchange="paced chat stream", in_flight=100),
)
FORMS = {"echo": (echo.CASES, echo.exchanges), "gateway": (GATEWAY_CASES, exchanges)}


@dataclass
class Found:
    """What was found.

    Attributes:
        values: Microseconds of CPU, by form, candidate and case: a value a round.
        failures: Why a candidate has no values, by candidate.
    """

    values: dict[str, dict[str, dict[str, list[float]]]] = field(default_factory=dict)
    failures: dict[str, str] = field(default_factory=dict)

    def add(self, form: str, candidate: str, case: str, value: float) -> None:
        """Adds a value."""
        self.values.setdefault(form, {}).setdefault(candidate, {}).setdefault(case, []).append(value)


async def measure(found: Found, candidates: Iterable[Candidate], forms: Iterable[str], rounds: int) -> None:
    """Measures the candidates in turn, each in a process that has nothing beside it but the caller and the upstream."""
    with tempfile.TemporaryDirectory(prefix="openai-grpc-bench-") as name:
        directory = Path(name)
        log = directory / "stderr.log"
        async with AsyncExitStack() as stack:
            upstream = await stack.enter_async_context(started("bench.upstream", [], log))
            for _ in range(rounds):
                for candidate in candidates:
                    for form in forms:
                        if form == "echo" or candidate.gateway:
                            await _measure_one(found, candidate, form, upstream.address, log)


async def _measure_one(found: Found, candidate: Candidate, form: str, upstream: str, log: Path) -> None:
    cases, known = FORMS[form]
    try:
        python(candidate.name, candidate.requirements)
        configuration = _configuration(log.parent, upstream, candidate)
        async with started(SERVE, [candidate.name, form, str(configuration)], log) as server:
            for case in cases:
                async with Caller(server, known(), candidate.huffman) as caller:
                    found.add(form, candidate.name, case.name, await caller.measure(case))
    except (UnavailableError, WrongReplyError, OSError, RuntimeError, TimeoutError) as error:
        found.failures[f"{candidate.name}, {form}"] = str(error) or type(error).__name__


def _configuration(directory: Path, upstream: str, candidate: Candidate) -> Path:
    """Writes the gateway's configuration: named models, a key of the gateway's own, logs on."""
    path = directory / f"{candidate.name.replace(' ', '-').replace('/', '-')}.yaml"
    params = {"api_base": f"http://{upstream}/v1", "api_key": "sk-bench"}
    models = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", **params}} for name in MODELS]
    path.write_text(json.dumps({"model_list": models, "server": dict(candidate.settings)}), encoding="utf-8")
    return path


def main() -> int:
    """Measures and prints what was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.alternatives", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (default: 3)")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="these candidates, and grpc.aio")
    parser.add_argument("--form", choices=FORMS, action="append", help="the echo or the gateway alone")
    parser.add_argument("--values", type=Path, metavar="FILE", help="add the values to those of earlier runs there")
    args = parser.parse_args()
    chosen = [each for each in CANDIDATES if args.only is None or each.name in {REFERENCE, *args.only}]
    found = Found()
    if args.values is not None and args.values.exists():
        found = Found(**json.loads(args.values.read_text(encoding="utf-8")))
    try:
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(measure(found, chosen, args.form or FORMS, args.rounds))
    finally:
        if args.values is not None:
            args.values.write_text(json.dumps(vars(found), indent=2) + "\n", encoding="utf-8")
    sys.stdout.write("".join(f"{line}\n" for line in lines(found.values, found.failures)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
