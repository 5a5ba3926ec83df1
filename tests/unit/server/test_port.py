"""A port that processes share: who may have it, and leaving it."""

import asyncio
import socket
from contextlib import ExitStack
from pathlib import Path

import pytest

from openai_grpc_server.config import ConfigError
from openai_grpc_server.listen import port as shared_port
from openai_grpc_server.listen.port import connections, leave_port, reserved_port
from support.gateway import LIMIT

HOST = "127.0.0.1"
CLIENTS = 8


def listen(port: int) -> socket.socket:
    """Listens as a worker does."""
    listening = socket.create_server((HOST, port), reuse_port=True)
    listening.setblocking(False)
    return listening


def test_a_port_is_free_and_stays_ours() -> None:
    with reserved_port(HOST, 0) as port, listen(port), listen(port):
        with pytest.raises(OSError, match="in use"):
            socket.create_server((HOST, port))
        socket.create_connection((HOST, port)).close()


TAKEN = {"by one process": False, "by processes that share it": True}


@pytest.mark.parametrize("shared", TAKEN.values(), ids=TAKEN)
def test_a_port_that_is_taken(shared: bool) -> None:
    with socket.create_server((HOST, 0), reuse_port=shared) as other:
        port = other.getsockname()[1]
        with pytest.raises(ConfigError, match=f"can't listen on {HOST}:{port}"), reserved_port(HOST, port):
            pass


def test_a_port_that_is_shared() -> None:
    with socket.create_server((HOST, 0), reuse_port=True) as other:
        port = other.getsockname()[1]
        with reserved_port(HOST, port, shared=True) as ours:
            assert ours == port


def test_an_address_of_nobody() -> None:
    with (
        pytest.raises(ConfigError, match="can't listen on nobody:1"),
        reserved_port("nobody", 1),
    ):
        pass


def test_no_connection_is_lost() -> None:
    stack = ExitStack()

    async def welcome(listening: socket.socket, clients: list[socket.socket]) -> None:
        for _ in clients:
            taken, _ = await asyncio.get_running_loop().sock_accept(listening)
            stack.enter_context(taken).send(b"welcome")
        for each in clients:
            assert each.recv(7) == b"welcome"

    async def connect(port: int) -> socket.socket:
        return await asyncio.to_thread(socket.create_connection, (HOST, port), LIMIT)

    async def run() -> None:
        async with asyncio.timeout(LIMIT):
            await leave()

    async def leave() -> None:
        with stack:
            port = stack.enter_context(reserved_port(HOST, 0))
            leaving = stack.enter_context(listen(port))
            before = [stack.enter_context(await connect(port)) for _ in range(CLIENTS)]
            gone = asyncio.create_task(leave_port(port))
            await asyncio.sleep(0)  # lets it begin
            staying = stack.enter_context(listen(port))
            connecting = [asyncio.create_task(connect(port)) for _ in range(CLIENTS)]
            await welcome(leaving, before)
            await welcome(staying, [stack.enter_context(each) for each in await asyncio.gather(*connecting)])
            await gone
            assert connections(port) == 2 * CLIENTS

    asyncio.run(run())


FORBIDDEN = {"a filter": "SO_ATTACH_FILTER", "a look at the queue": "UNACKED"}


@pytest.mark.parametrize("name", FORBIDDEN.values(), ids=FORBIDDEN)
def test_a_sandbox_forbids(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setattr(shared_port, "HANDSHAKE", 0.0)
    monkeypatch.setattr(shared_port, name, 1 << 14)  # which the kernel does not know

    with reserved_port(HOST, 0) as port, listen(port):
        asyncio.run(leave_port(port))
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection((HOST, port))


def test_no_sockets_are_found(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(shared_port, "DESCRIPTORS", tmp_path / "fd")
    with pytest.raises(FileNotFoundError):
        asyncio.run(leave_port(1))


def test_the_queue_is_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shared_port, "HANDSHAKE", 0.0)

    async def run() -> None:
        with ExitStack() as stack:
            port = stack.enter_context(reserved_port(HOST, 0))
            leaving = stack.enter_context(listen(port))
            queued = stack.enter_context(socket.create_connection((HOST, port)))
            gone = asyncio.create_task(leave_port(port))
            for _ in range(10):  # as often as it takes to come to the queue
                await asyncio.sleep(0)
            leaving.accept()[0].close()
            await gone
            assert queued.recv(1) == b""  # closed in order, not reset

    asyncio.run(run())
