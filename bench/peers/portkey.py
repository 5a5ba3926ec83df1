"""Portkey's gateway, whose callers name the provider and its address in headers."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.peers import install
from bench.peers.launch import free_port, launched
from bench.peers.peer import Peer
from bench.process import Process

VERSION = "1.15.2"
_MANIFEST = {
    "private": True,
    "dependencies": {"@portkey-ai/gateway": VERSION},
    # With newer ones, which its ranges allow, it answers every stream with 500.
    "overrides": {"hono": "4.9.7", "@hono/node-server": "1.14.1"},
}
_PROGRAM = "node_modules/@portkey-ai/gateway/build/start-server.js"


@asynccontextmanager
async def started(_upstream: str, directory: Path) -> AsyncIterator[Process]:
    """Installs it if necessary and runs it until the block ends.

    Args:
        directory: For its log.

    Raises:
        PeerUnavailableError: It can't be installed or started.
    """
    home = await asyncio.to_thread(install.node_package, "portkey", _MANIFEST)
    port = free_port()
    command = ["node", str(home / _PROGRAM), f"--port={port}", "--headless"]
    environment = {"NODE_ENV": "production"}
    async with launched(command, port, ready="/", log=directory / "portkey.log", environment=environment) as process:
        yield process


def headers(upstream: str) -> dict[str, str]:
    """Returns the headers of its callers."""
    return {
        "authorization": "Bearer sk-bench",
        "x-portkey-provider": "openai",
        "x-portkey-custom-host": f"http://{upstream}/v1",
    }


PORTKEY = Peer(name="Portkey", version=VERSION, started=started, headers=headers, same_bytes=True)
