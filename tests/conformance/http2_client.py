"""A client in step with the server under test: each exchange ends when the server has nothing more to say.

Client and server share an event loop and a real connection. So a server whose methods wait for nobody else has done
all that it will do once the loop has turned a few times and a ping was answered with nothing else before it.
"""

import asyncio
import logging
import struct
from contextlib import suppress
from typing import Any, Final, cast

import uvloop

from openai_grpc_server.listen.http2 import Limits, Server
from openai_grpc_server.listen.http2.frames import ACK, GOAWAY, HEAD, HEAD_SIZE, PING, PREFACE, SETTINGS, frame
from support.http2_peer import Frame
from support.http2_server import Methods

LIMIT: Final = 10.0  # seconds for an answer
STREAMS: Final = 8  # at once, so that more are tried
STREAM_WINDOW: Final = 1 << 15
_CONNECTION_WINDOW: Final = 1 << 17
_MESSAGE_SIZE: Final = 1 << 16
_TURNS: Final = 6
_ROUNDS: Final = 200
_PING: Final = struct.Struct(">Q")


class _Methods(Methods):
    async def half(self, _: Any, context: Any) -> bytes:
        message = await context.read()
        return message if isinstance(message, bytes) else b""

    async def abort(self, request: bytes, context: Any) -> bytes:
        return await super().abort(request.hex().encode(), context)


class World:
    """An event loop with a server on a real port.

    Attributes:
        methods: Its methods.
        faults: What was logged as a warning or worse, and what the event loop reported.
    """

    def __init__(self) -> None:
        self.loop = uvloop.new_event_loop()
        self.loop.set_exception_handler(lambda _, context: self.faults.append(str(context)))
        self.methods = _Methods()
        self.faults: list[str] = []
        self._logged = _Logged(self.faults)
        logging.getLogger().addHandler(self._logged)
        limits = Limits(
            max_message_size=_MESSAGE_SIZE,
            max_concurrent_streams=STREAMS,
            stream_window=STREAM_WINDOW,
            connection_window=_CONNECTION_WINDOW,
            min_ping_interval=0.0,
        )
        self._server = Server(limits)
        self._server.add_generic_rpc_handlers((self.methods,))
        self._port = self._server.bind("127.0.0.1", 0, reuse_port=False, tls=None)
        self.loop.run_until_complete(self._server.start())

    def close(self) -> None:
        """Stops the server."""
        self.loop.run_until_complete(self._server.stop(0))
        with suppress(OSError):  # a fault may leave what keeps the loop busy
            self.loop.close()
        logging.getLogger().removeHandler(self._logged)

    async def connect(self, opening: bytes = PREFACE + frame(SETTINGS, 0, 0)) -> "Client":
        """Connects.

        Args:
            opening: What is sent at once.
        """
        made, client = await self.loop.create_connection(_Connection, "127.0.0.1", self._port)
        transport = cast("asyncio.Transport", made)  # uvloop's own class is not registered as one
        transport.write(opening)
        return Client(transport, client)

    async def left(self) -> list[str]:
        """Returns what a connection has left that was closed."""
        own = asyncio.current_task()
        for _ in range(_ROUNDS):
            tasks = [task for task in asyncio.all_tasks() if task is not own]
            connections = len(self._server._connections)
            if not (tasks or connections or self.methods.running):
                break
            await asyncio.sleep(0)
        left = [f"task {task!r}" for task in tasks]
        if connections:
            left.append(f"{connections} connections")
        if self.methods.running:
            left.append(f"{self.methods.running} methods")
        return left + self.faults


class Client:
    """One connection.

    Args:
        transport: Its transport.
        connection: What comes on it.
    """

    def __init__(self, transport: asyncio.Transport, connection: "_Connection") -> None:
        self._transport = transport
        self._connection = connection
        self._pings = 0

    async def exchange(self, data: bytes) -> tuple[list[Frame], bool]:
        """Sends bytes, and waits until the server has said all that it has to say.

        Returns:
            What it has sent, without the answers to this client's pings, and whether it has closed the connection.
        """
        self._transport.write(data)
        said: list[Frame] = []
        for _ in range(_ROUNDS):
            for _ in range(_TURNS):
                await asyncio.sleep(0)
            new = await self._until_answered()
            said += new
            if self._connection.closed or not new:
                return said, self._connection.closed
        raise AssertionError(f"the server does not stop: {said[-1]}")

    async def until_closed(self) -> list[Frame]:
        """Returns what the server sends until it closes the connection."""
        async with asyncio.timeout(LIMIT):
            await self._connection.ended.wait()
        return self._connection.take()

    async def split(self, parts: list[bytes]) -> None:
        """Sends parts of frames, each in a turn of the event loop of its own."""
        for part in parts:
            self._transport.write(part)
            await asyncio.sleep(0)
            await asyncio.sleep(0)

    async def close(self, *, abruptly: bool = False) -> None:
        """Closes the connection."""
        if abruptly:
            self._transport.abort()
        else:
            self._transport.close()
        await asyncio.sleep(0)

    async def _until_answered(self) -> list[Frame]:
        self._pings += 1
        payload = _PING.pack(self._pings)
        self._transport.write(frame(PING, 0, 0, payload))
        said: list[Frame] = []
        async with asyncio.timeout(LIMIT):
            while True:
                new = self._connection.take()
                pong = Frame(PING, ACK, 0, payload)
                if pong in new:  # more may have come after it
                    return said + [each for each in new if each != pong]
                said += new
                if self._connection.closed:
                    return said
                await self._connection.more()


class _Connection(asyncio.Protocol):
    def __init__(self) -> None:
        self._received = bytearray()
        self._frames: list[Frame] = []
        self._news = asyncio.Event()
        self.ended = asyncio.Event()

    @property
    def closed(self) -> bool:
        return self.ended.is_set()

    def data_received(self, data: bytes) -> None:
        self._received += data
        at = 0
        while len(self._received) - at >= HEAD_SIZE:
            high, low, kind, flags, stream = HEAD.unpack_from(self._received, at)
            end = at + HEAD_SIZE + (high << 16 | low)
            if end > len(self._received):
                break
            self._frames.append(Frame(kind, flags, stream, bytes(self._received[at + HEAD_SIZE : end])))
            at = end
        del self._received[:at]
        self._news.set()

    def eof_received(self) -> bool:
        self._end()
        return True  # closed by the client itself

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002 - a reset is an end like others
        self._end()

    def take(self) -> list[Frame]:
        frames, self._frames = self._frames, []
        return frames

    async def more(self) -> None:
        self._news.clear()
        await self._news.wait()

    def _end(self) -> None:
        self.ended.set()
        self._news.set()


class _Logged(logging.Handler):
    def __init__(self, faults: list[str]) -> None:
        super().__init__(logging.WARNING)
        self._faults = faults

    def emit(self, record: logging.LogRecord) -> None:
        self._faults.append(self.format(record))


def goaway_code(frames: list[Frame]) -> int | None:
    """Returns the error code of the last GOAWAY among frames."""
    codes = [each.code for each in frames if each.kind == GOAWAY]
    return codes[-1] if codes else None
