"""Installs the peers, starts each in front of the benchmark's upstream, and checks each exchange through it.

The upstream refuses bodies that it does not know, and every reply is compared with what the upstream said, so that
what is measured of a peer is work that it does.
"""

import argparse
import asyncio
import sys
import tempfile
import time
from collections.abc import AsyncIterator
from pathlib import Path

import uvloop

from bench.call import WrongReplyError
from bench.exchanges import exchanges
from bench.http1 import Connections
from bench.peers import PEERS, Peer, PeerUnavailableError
from bench.process import Process, started

EXCHANGES = ("chat", "chat stream", "paced chat stream", "response stream", "embedding", "16 embeddings")
LIMIT = 60.0  # seconds for a call; the first one is slow


async def check(peer: Peer, upstream: Process, directory: Path) -> AsyncIterator[tuple[bool, str]]:
    """Yields the results of checking a peer, line by line.

    Args:
        peer: The peer.
        upstream: The upstream.
        directory: For configuration and logs.
    """
    known = exchanges()
    before = time.monotonic()
    try:
        async with peer.started(upstream.address, directory) as server:
            installing = time.monotonic() - before - server.start_up
            yield True, f"installed in {installing:.1f} s (0 if it was), serves after {server.start_up:.1f} s"
            connections = Connections(server.address)
            for name in EXCHANGES:
                call = connections.call(peer.prepared(known[name], server, upstream.address))
                try:
                    async with asyncio.timeout(LIMIT):
                        await call.done
                except (WrongReplyError, TimeoutError) as error:
                    yield False, f"{name}: {error or 'no answer'}"
                else:
                    yield True, f"{name}: ok, {call.messages} of {len(known[name].messages)} messages"
            connections.close()
            yield True, f"memory then (PSS): {server.proportional_set_size() / 1e6:.0f} MB"
    except PeerUnavailableError as error:
        yield False, error.reason


async def run(directory: Path) -> bool:
    """Checks all peers; returns whether all passed.

    Args:
        directory: For configuration and logs.
    """
    well = True
    async with started("bench.upstream", [], directory / "upstream.log") as upstream:
        for peer in PEERS:
            sys.stdout.write(f"{peer.name} {peer.version}\n")
            async for ok, line in check(peer, upstream, directory):
                well = well and ok
                sys.stdout.write(f"  {line}\n")
                sys.stdout.flush()
    return well


def main() -> int:
    """Checks the peers."""
    argparse.ArgumentParser(prog="python -m bench.peers", description=__doc__).parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="openai-grpc-peers-") as directory,
        asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner,
    ):
        return 0 if runner.run(run(Path(directory))) else 1


if __name__ == "__main__":
    sys.exit(main())
