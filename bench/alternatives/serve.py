"""A candidate's process: `python -m bench.alternatives.serve NAME`, then `echo`, or `gateway` and its configuration.

It turns into the interpreter of the candidate's environment before it does anything.
"""

import asyncio
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import grpc.aio

from bench.alternatives.candidates import Candidate, named
from bench.alternatives.echo import Echo
from bench.alternatives.environment import python
from bench.process import announce, run

if TYPE_CHECKING:
    from openai_grpc_server.app import Gateway

Factory = Callable[..., Any]


def main() -> None:
    """Serves until it is ended."""
    name, form, *configuration = sys.argv[1:]
    candidate = named(name)
    interpreter = str(python(name, candidate.requirements))
    if interpreter != sys.executable or not candidate.environ.items() <= os.environ.items():
        own = [interpreter, "-m", "bench.alternatives.serve", *sys.argv[1:]]
        os.execve(interpreter, own, {**os.environ, **candidate.environ})  # noqa: S606 - this same program
    adapter = import_module(f"bench.alternatives.{candidate.adapter}") if candidate.adapter else None
    if adapter is not None and hasattr(adapter, "become"):
        adapter.become(sys.argv[1:])
    elif form == "echo":
        run(echo(factory(candidate, adapter)))
    else:
        gateway(factory(candidate, adapter), *configuration)


def factory(candidate: Candidate, adapter: Any) -> Factory:
    """Returns what makes the candidate's server, in place of `grpc.aio.server`."""
    make = adapter.server if adapter else grpc.aio.server

    def server(options: Any = ()) -> Any:
        return make(options=[*options, *candidate.options])

    return server


async def echo(make: Factory) -> None:
    """Serves the echo."""
    server = make()
    server.add_generic_rpc_handlers((Echo(),))
    port = server.add_insecure_port("127.0.0.1:0")
    await server.start()
    announce(f"127.0.0.1:{port}")
    await asyncio.Event().wait()


def gateway(make: Factory, configuration: str) -> None:
    """Runs the gateway's own command."""
    from openai_grpc_server import __main__ as command  # noqa: PLC0415 - the echo needs none of it

    arguments = ["openai-grpc", "serve", "--config", configuration, "--port", "0"]
    with patch.object(sys, "argv", arguments), serving_by(make):
        command.main()


async def gateway_on(server: Any, configuration: str) -> "Gateway":
    """Starts a gateway on a server, where it is not the gateway that owns the process."""
    from openai_grpc_server.app import Gateway  # noqa: PLC0415 - the echo needs none of it
    from openai_grpc_server.config import load_config  # noqa: PLC0415 - as above
    from openai_grpc_server.telemetry.logs import standard_error  # noqa: PLC0415 - as above

    config = load_config(Path(configuration), os.environ)
    started = Gateway(config, standard_error(config.server.log))
    with serving_by(lambda **_: server):
        await started.start()
    return started


@contextmanager
def serving_by(make: Factory) -> Iterator[None]:
    """Has the gateway's server made by another function; whoever asks after that gets grpc.aio's own."""
    with ExitStack() as stack:

        def server(options: Any = ()) -> Any:
            stack.close()
            return make(options=options)

        stack.enter_context(patch.object(grpc.aio, "server", server))
        yield


if __name__ == "__main__":
    main()
