"""Runs the gateway in the foreground: starts it, says how to call it, reloads its configuration, stops it in order."""

import asyncio
import logging
import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AsyncExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import uvloop

from openai_grpc_server.app import Gateway
from openai_grpc_server.cli import summary
from openai_grpc_server.config import Config, ConfigError
from openai_grpc_server.telemetry.logs import Log, standard_error

COMMANDS_DEFAULT = "localhost:50051"  # where the client's commands look for a server


def serve(load: Callable[[], Config]) -> int:
    """Serves until SIGTERM or SIGINT; a second one ends the grace period. SIGHUP reads the configuration again.

    Args:
        load: Reads the configuration.

    Raises:
        ConfigError: The gateway can't be started like that.
    """
    config = load()
    log = standard_error(config.server.log)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(config, log, load))


async def _serve(config: Config, log: Log, load: Callable[[], Config]) -> int:
    on_hangup(nothing)
    async with AsyncExitStack() as stack:
        try:
            with on_signal(cancel_this_task()):
                gateway, address, config = await start(config, log, stack)
        except asyncio.CancelledError:
            return 0
        stop = asyncio.Event()
        with on_signal(stop.set):
            welcome(address, config)
            log.write(logging.INFO, "serving", {"address": address})
            warn(config, log)
            on_hangup(lambda: reload(gateway, load, log))
            await stop.wait()
        on_hangup(nothing)
        log.write(logging.INFO, "stopping", {"grace_period": config.server.grace_period})
        with on_signal(gateway.cut_off):
            await gateway.stop()
        log.write(logging.INFO, "stopped", {})
    return 0


async def start(config: Config, log: Log, stack: AsyncExitStack) -> tuple[Gateway, str, Config]:
    """Starts the gateway, and before it the local models if calls have nowhere else to go.

    Returns:
        The gateway, its address, and the configuration that it runs by.
    """
    if not config.deployments:
        from openai_grpc_server import local_upstream  # noqa: PLC0415 - not needed with a real upstream
        from openai_grpc_server.progress import Progress  # noqa: PLC0415 - as above

        local_upstream.check_installed()
        tell("There is neither an OPENAI_API_KEY nor a configuration file: small models on this machine will answer.")
        progress = Progress(sys.stdout, "loading")
        stack.callback(progress.end)
        engine = local_upstream.LocalEngine()
        stack.push_async_callback(engine.stop)
        config = replace(config, deployments=await local_upstream.start_local(engine, progress))
        progress.end()
    gateway = Gateway(config, log)
    return gateway, await gateway.start(), config


def reload(gateway: Gateway, load: Callable[[], Config], log: Log) -> None:
    """Reads the configuration again, for the calls that come from now on; a broken one changes nothing."""
    try:
        config = load()
        later = gateway.reload(config)
    except ConfigError as error:
        for problem in error.problems:
            log.write(logging.ERROR, "configuration refused", {"problem": str(problem)})
        return
    warn(config, log)
    log.write(logging.INFO, "configuration reloaded", {"needs_restart": ", ".join(later)})


def warn(config: Config, log: Log) -> None:
    """Logs what of a configuration has no effect, or looks like a mistake."""
    for warning in config.warnings:
        log.write(logging.WARNING, "configuration", {"warning": str(warning)})


@contextmanager
def on_signal(act: Callable[[], object]) -> Iterator[None]:
    """Calls a function when the process is asked to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, act)
    try:
        yield
    finally:
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.remove_signal_handler(number)


def on_hangup(act: Callable[[], object]) -> None:
    """Calls a function on SIGHUP, which would end the process if nobody waited for it."""
    asyncio.get_running_loop().add_signal_handler(signal.SIGHUP, act)


def nothing() -> None:
    """Does nothing: while the server starts and stops there is nothing to reload."""


def cancel_this_task() -> Callable[[], object]:
    """Returns what cancels the task that runs now."""
    task = asyncio.current_task()
    return task.cancel if task else lambda: None


def welcome(address: str, config: Config) -> None:
    """Says where calls go and how to make one."""
    host, _, port = address.rpartition(":")
    here = {"0.0.0.0", "[::]", "127.0.0.1", "[::1]"}  # noqa: S104 - compared, not bound
    target = f"localhost:{port}" if host in here else address
    first = config.deployments[0]
    default = next((each.model for each in config.deployments if each.model_name is None), None)
    model = default or (first.model_name if first.model_name and "*" not in first.model_name else "gpt-4o-mini")
    request = f'{{"model": "{model}", "messages": [{{"user": {{"content": {{"text": "hello"}}}}}}]}}'
    flags, named = (f" -m {model}", f', model="{model}"') if default is None else ("", "")
    flags = flags if target == COMMANDS_DEFAULT else f" --address {target}{flags}"
    client, plaintext = f'Client("{target}")', "-plaintext "
    if config.server.tls:
        flags, client, plaintext = f"{flags} --tls", f'Client("{target}", tls=True)', ""
    lines = [
        f"openai-grpc serves on {address}",
        *(f"  {line}" for line in summary(config)),
        "Call it from another terminal:",
        f'  {on_path("openai-grpc")} chat{flags} "hello"',
        f"  grpcurl {plaintext}-d '{request}' {target} openai_grpc.v1.ChatService/StreamChatCompletion",
        f"  {on_path('python')} -c 'from openai_grpc import Client; print({client}.chat(\"hello\"{named}))'",
    ]
    for line in lines:
        tell(line)


def on_path(program: str) -> str:
    """Returns how a program of this environment is called: with its path where the shell would find another."""
    own = Path(sys.executable).with_name(program)
    found = shutil.which(program)
    if not own.exists() or (found and Path(found).parent.resolve() == own.parent.resolve()):
        return program
    return os.path.relpath(own) if own.is_relative_to(Path.cwd()) else str(own)


def tell(line: str) -> None:
    """Prints a line for whoever started the server."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
