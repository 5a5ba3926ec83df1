"""Runs the gateway in the foreground: starts it, says how to call it, and stops it in order."""

import argparse
import asyncio
import logging
import signal
import sys
from contextlib import AsyncExitStack
from dataclasses import replace

import uvloop

from openai_grpc_server.app import Gateway
from openai_grpc_server.cli import summary
from openai_grpc_server.config import Config
from openai_grpc_server.local_upstream import start_local
from openai_grpc_server.telemetry.logs import configure, event


def serve(config: Config, args: argparse.Namespace) -> int:
    """Serves until SIGTERM or SIGINT; a second one ends the grace period.

    Raises:
        ConfigError: The gateway can't be started like that.
    """
    config = override(config, args)
    configure(config.server.log)
    with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        return runner.run(_serve(config))


def override(config: Config, args: argparse.Namespace) -> Config:
    """Returns the configuration with what the command line says differently."""
    given = {"host": args.host, "port": args.port}
    logs = {"level": args.log_level, "format": args.log_format}
    server = config.server
    log = replace(server.log, **{name: value for name, value in logs.items() if value is not None})
    return replace(
        config,
        server=replace(server, log=log, **{name: value for name, value in given.items() if value is not None}),
    )


async def _serve(config: Config) -> int:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with AsyncExitStack() as stack:
        if not config.deployments:
            config = replace(config, deployments=await start_local(stack, tell))
        gateway = Gateway(config)
        address = await gateway.start()
        welcome(address, config)
        event(logging.INFO, "serving", address=address)
        await stop.wait()
        event(logging.INFO, "stopping", grace_period=config.server.grace_period)
        stop.clear()
        stopping = asyncio.create_task(gateway.stop())
        again = asyncio.create_task(stop.wait())
        await asyncio.wait({stopping, again}, return_when=asyncio.FIRST_COMPLETED)
        if again.done():
            gateway.cut_off()
        again.cancel()
        await stopping
        event(logging.INFO, "stopped")
    return 0


def welcome(address: str, config: Config) -> None:
    """Says where calls go and how to make one."""
    host, _, port = address.rpartition(":")
    target = f"localhost:{port}" if host in {"0.0.0.0", "[::]", "127.0.0.1"} else address  # noqa: S104 - compared, not bound
    flag = "" if port == "50051" else f" --address {target}"
    security = "" if config.server.tls else "-plaintext "
    model = next((each.model_name for each in config.deployments if each.model_name), None) or "gpt-4o-mini"
    request = f'{{"model": "{model}", "messages": [{{"user": {{"content": {{"text": "hello"}}}}}}]}}'
    lines = [
        f"openai-grpc serves on {address}",
        *(f"  {line}" for line in summary(config)),
        "",
        "Call it from another terminal:",
        f'  openai-grpc{flag} chat "hello"',
        f"  grpcurl {security}-d '{request}' {target} openai_grpc.v1.ChatService/StreamChatCompletion",
        f'  python -c \'from openai_grpc import Client; print(Client("{target}").chat("hello"))\'',
        "",
    ]
    for line in lines:
        tell(line)


def tell(line: str) -> None:
    """Prints a line for whoever started the server."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
