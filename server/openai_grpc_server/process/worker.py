"""Worker: one of several processes that serve on the same port."""

import asyncio
import contextlib
import logging
import os
import sys
import time
from collections.abc import Callable

import uvloop

from openai_grpc_server.config import Config, ConfigError, ServerSettings
from openai_grpc_server.gateway import Gateway
from openai_grpc_server.listen.port import connections, leave_port
from openai_grpc_server.pipeline.observe import Metrics
from openai_grpc_server.process.child import SupervisorPipe, drain_limit
from openai_grpc_server.process.signals import keep_hangups, nothing, on_hangup, on_signal
from openai_grpc_server.runtime.resources import tune_runtime
from openai_grpc_server.telemetry.log import Log, collect, drain_standard_streams, log_refusal, own_standard_streams

USAGE_ERROR = 2
CHECK = 0.25  # seconds between two looks at the connections that are left


def main() -> int:
    """Serves until told to stop by the supervisor, or until it is gone."""
    keep_hangups()
    parent = SupervisorPipe()
    own_standard_streams()
    assignment = parent.assignment
    try:
        config = assignment.load()
        log = Log(sys.stderr, config.server.log, {"worker": assignment.number})
        collect(log)
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            return runner.run(_serve(config, log, parent))
    except ConfigError as error:
        parent.refused(error.problems)
        return USAGE_ERROR
    finally:
        parent.close()
        drain_standard_streams()


async def _serve(config: Config, log: Log, parent: SupervisorPipe) -> int:
    metrics = Metrics()
    gateway = Gateway(config, log, metrics=metrics if parent.assignment.metrics else None)
    stop = asyncio.Event()
    draining: set[asyncio.Task[None]] = set()
    telling: set[asyncio.Task[None]] = set()

    def tell_metrics() -> None:
        task = asyncio.create_task(_tell_metrics(metrics, parent))
        telling.add(task)
        task.add_done_callback(telling.discard)

    commands = {
        "drain": lambda: draining.add(asyncio.create_task(_drain(gateway, config.server, stop, log))),
        "stop": stop.set,
        "cut off": gateway.cut_off,
        "ping": parent.pong,
        "metrics": tell_metrics,
    }
    obeying = asyncio.create_task(parent.obey(commands, gateway.operations.answer, gone=stop.set))
    # However often: who ends a whole group of processes signals this one as well as the supervisor, and only the
    # supervisor knows whether it was told twice.
    with on_signal(stop.set):
        address = await gateway.start()
        tune_runtime()
        log.write(logging.INFO, "serving", {"address": address, "pid": os.getpid()})
        parent.ready(address)
        on_hangup(lambda: reload(gateway, parent.assignment.load, log))
        await stop.wait()
        on_hangup(nothing)
        log.write(logging.INFO, "stopping", {"grace_period": gateway.settings.grace_period})
        await _cancel(*draining)
        await gateway.stop()
        await _cancel(obeying, *telling)
    parent.metrics(metrics.text())
    log.write(logging.INFO, "stopped", {})
    return 0


async def _tell_metrics(metrics: Metrics, parent: SupervisorPipe) -> None:
    parent.metrics(await metrics.page())


async def _cancel(*tasks: asyncio.Task[None]) -> None:
    for task in tasks:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _drain(gateway: Gateway, settings: ServerSettings, stop: asyncio.Event, log: Log) -> None:
    """Drains: serves until all clients have moved to another process, or a timeout.

    gRPC's shutdown would fail the calls that arrive before clients know of it. That a connection has reached its age,
    clients are told before it closes, and calls that arrive meanwhile are served; so this waits until all of them have.

    Args:
        gateway: The gateway.
        settings: Settings at start-up: a reload does not change the age of its connections.
        stop: Is set then.
        log: Where it is logged that the system does not let it leave in order.
    """
    limit = time.monotonic() + drain_limit(settings)
    ports = [each for each in (settings.port, settings.http.port) if each is not None]
    try:
        await asyncio.gather(*map(leave_port, ports))
        gateway.leave_http()
        while any(map(connections, ports)) and time.monotonic() < limit:  # noqa: ASYNC110 - gRPC does not tell of closing
            await asyncio.sleep(CHECK)
    except OSError as error:
        log.write(logging.WARNING, "port not left in order", {"error": str(error)})
        await asyncio.sleep(limit - time.monotonic())
    stop.set()


def reload(gateway: Gateway, load: Callable[[], Config], log: Log) -> None:
    """Applies at once what it can of a new configuration; a replacement process follows."""
    try:
        gateway.reload(load())
    except ConfigError as error:
        log_refusal(error, log)
    else:
        log.write(logging.INFO, "configuration reloaded", {})
