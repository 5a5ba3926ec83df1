"""Measures what the gateway costs, beside the floor of the same run, in under 90 seconds.

Four processes: this one makes the calls and checks every reply; a mock upstream; the gateway as it is deployed; and the
floor, a grpc.aio server that relays bytes without looking at them. What counts is the CPU time of the gateway's and the
floor's processes, which other load on the machine and the speed of the caller disturb less than times of the clock.
"""

import argparse
import asyncio
import json
import sys
import tempfile
from contextlib import AsyncExitStack
from pathlib import Path

import grpc.aio
import uvloop
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from bench.cases import CASES, Case, Client
from bench.exchanges import MODELS, exchanges
from bench.process import Process, started
from bench.report import Report, Samples

GATEWAY = "openai_grpc_server"
MEGABYTE = 1e6


async def run(rounds: int, directory: Path, cases: tuple[Case, ...]) -> Report:
    """Measures everything.

    Args:
        rounds: How often.
        directory: For configuration and logs.
        cases: The cases.
    """
    log = directory / "stderr.log"
    async with AsyncExitStack() as stack:
        upstream = await stack.enter_async_context(started("bench.upstream", [], log))
        arguments = ["serve", "--config", str(configuration(directory, upstream.address)), "--port", "0"]
        start_up, idle = [], []
        for _ in range(rounds):
            async with started(GATEWAY, arguments, log) as gateway:
                start_up.append(gateway.start_up)
                await check_health(gateway)
                idle.append(gateway.proportional_set_size() / MEGABYTE)
        floor = await stack.enter_async_context(started("bench.floor", [upstream.address], log))
        gateway = await stack.enter_async_context(started(GATEWAY, arguments, log))
        known = exchanges()
        clients = {
            name: await stack.enter_async_context(Client(server, known))
            for name, server in (("floor", floor), ("ours", gateway))
        }
        for case in cases:
            for client in clients.values():
                await case.warm_up(client)
        found: dict[tuple[str, str], list[float]] = {}
        for _ in range(rounds):
            for case in cases:
                for name, client in clients.items():
                    found.setdefault((name, case.name), []).append(await case.measure(client))
    return Report(
        floor={case.name: Samples(tuple(found["floor", case.name])) for case in cases},
        ours={case.name: Samples(tuple(found["ours", case.name])) for case in cases},
        start_up=Samples(tuple(start_up)),
        idle=Samples(tuple(idle)),
    )


def configuration(directory: Path, upstream: str) -> Path:
    """Writes a configuration as one would deploy it: named models, a key of the gateway's own, logs on."""
    path = directory / "config.yaml"
    params = {"api_base": f"http://{upstream}/v1", "api_key": "sk-bench"}
    models = [{"model_name": name, "litellm_params": {"model": f"openai/{name}", **params}} for name in MODELS]
    path.write_text(json.dumps({"model_list": models}), encoding="utf-8")
    return path


async def check_health(server: Process) -> None:
    """Checks that a server serves.

    Raises:
        RuntimeError: It does not.
    """
    async with grpc.aio.insecure_channel(server.address) as channel:
        reply = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    if reply.status != health_pb2.HealthCheckResponse.SERVING:
        raise RuntimeError("the gateway says that it does not serve")


def main() -> int:
    """Runs the benchmark and prints what it found."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("--rounds", type=int, default=3, help="how often everything is measured (default: 3)")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write all values there, too")
    args = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="openai-grpc-bench-") as directory,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        report = runner.run(run(args.rounds, Path(directory), CASES))
    sys.stdout.write("".join(f"{line}\n" for line in report.lines()))
    if args.json is not None:
        args.json.write_text(json.dumps(report.to_json(), indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
