"""Serves in one process, in the foreground: starts the gateway, reloads its configuration, stops it gracefully."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import AsyncExitStack
from dataclasses import replace

import uvloop

from openai_grpc_server.check import check
from openai_grpc_server.config import Config, ConfigError, ServeOptions
from openai_grpc_server.gateway import Gateway
from openai_grpc_server.process.signals import cancel_this_task, exit_within, nothing, on_change, on_hangup, on_signal
from openai_grpc_server.runtime.resources import raise_descriptor_limit, tune_runtime
from openai_grpc_server.telemetry.log import Log, log_refusal, log_warnings, standard_error
from openai_grpc_server.terminal import tell, welcome

EXIT_LIMIT = 5.0  # seconds that the process may take to end once it has stopped


def serve(config: Config, options: ServeOptions) -> int:
    """Serves until SIGTERM or SIGINT; a second one ends the grace period. SIGHUP reloads.

    Args:
        config: The configuration.
        options: Where it comes from.

    Raises:
        ConfigError: The gateway can't be started like that.
    """
    raise_descriptor_limit()
    log = standard_error(config.server.log)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(config, log, options))


async def _serve(config: Config, log: Log, options: ServeOptions) -> int:
    async with AsyncExitStack() as stack:
        try:
            with on_signal(cancel_this_task()):
                gateway, address, config = await start(config, log, stack)
        except asyncio.CancelledError:
            return 0
        tune_runtime()
        stop = asyncio.Event()
        with on_signal(stop.set):
            welcome(address, config, gateway.http_port, open_page=options.open)
            shown = {
                "address": address,
                "http_port": gateway.http_port or None,
                "metrics_port": gateway.metrics_port or None,
                "admin_port": gateway.admin_port or None,
            }
            log.write(logging.INFO, "serving", shown)
            log_warnings(config, log)

            def load_again() -> None:
                nonlocal config
                config = reload(gateway, options.load, log) or config

            on_hangup(load_again)
            async with on_change(lambda: config.secret_files, load_again):
                await stop.wait()
        on_hangup(nothing)
        log.write(logging.INFO, "stopping", {"grace_period": config.server.grace_period})
        with on_signal(gateway.cut_off):
            await gateway.stop()
        log.write(logging.INFO, "stopped", {})
    exit_within(EXIT_LIMIT)
    return 0


async def start(config: Config, log: Log, stack: AsyncExitStack) -> tuple[Gateway, str, Config]:
    """Starts the gateway, after the local models if no upstream is configured.

    Its port is taken first: that it can't be had is told at once, and whoever connects meanwhile is served then.

    Returns:
        The gateway, its address, and the configuration that it runs by.
    """
    gateway = Gateway(config, log)
    address = await gateway.bind()
    try:
        if not config.deployments:
            from openai_grpc_server.local.engine import serve_locally  # noqa: PLC0415 - not needed with a real upstream

            tell(f"openai-grpc listens on {address}; calls are answered once the models are loaded")
            config = replace(config, deployments=await serve_locally(stack, config.server.local_directory))
        await gateway.start(config.deployments)
    except BaseException:
        await gateway.release()
        raise
    return gateway, address, config


def reload(gateway: Gateway, load: Callable[[], Config], log: Log) -> Config | None:
    """Reloads the configuration for new calls; an invalid one changes nothing.

    Returns:
        The new configuration; None if it can't be used.
    """
    try:
        config = load()
        check(config)
        later = gateway.reload(config)
    except ConfigError as error:
        log_refusal(error, log)
        return None
    log_warnings(config, log)
    log.write(logging.INFO, "configuration reloaded", {"needs_restart": ", ".join(later)})
    return config
