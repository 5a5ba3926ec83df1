"""The half of a stream that receives: the request, and the window that the peer has for it."""

import asyncio
from collections import deque
from typing import Final, Protocol

from openai_grpc_server.http2.errors import (
    FLOW_CONTROL_ERROR,
    PROTOCOL_ERROR,
    STREAM_CLOSED,
    H2StreamError,
    RequestMemoryError,
    RpcError,
    StreamClosedError,
)
from openai_grpc_server.http2.flow_control import ReceiveWindow
from openai_grpc_server.http2.frames import window_update
from openai_grpc_server.http2.messages import PREFIX, CompressedMessage, MessageReader
from openai_grpc_server.http2.output import Output


class Receiver(Protocol):
    """Who is told what comes on a stream."""

    def received(self) -> None:
        """A message has come, or the request has ended."""

    def fail(self, error: RpcError) -> None:
        """What came can't be taken."""

    def gone(self) -> None:
        """The stream was reset by the peer, or its connection was lost."""


class RequestMemory(Protocol):
    """Bounds the bytes of requests that are in memory."""

    def take(self, size: int, held: int) -> bool:
        """Counts bytes of a request in, unless there is no room for them.

        Args:
            size: How many have come.
            held: How many are counted of the same request already.

        Returns:
            Whether there is room.
        """

    def release(self, size: int) -> None:
        """Counts bytes out."""


class Unbounded:
    """Memory without a bound."""

    def take(self, size: int, held: int) -> bool:  # noqa: ARG002 - nothing is counted
        """Has room."""
        return True

    def release(self, size: int) -> None:
        """Counts nothing."""


UNBOUNDED: Final = Unbounded()


class ReceivingHalf:
    """What comes on a stream.

    Args:
        stream_id: Its number.
        output: What the connection sends.
        window: How many bytes the peer may send before the method reads.
        content_length: How many bytes the peer has said that it sends, if it has.

    Attributes:
        id: Its number.
        messages: The messages that have come and were not read; compressed ones as they came.
        remote_ended: Whether the peer has sent everything.
        closed: Whether the stream has ended.
        greedy: Whether data is taken as fast as it comes, because the method can't begin without it.
        receiver: Who is told what comes, once there is somebody.
        overloaded: Whether what had come was dropped, as there was no room for more.
    """

    __slots__ = (
        "_content_left",
        "_counted",
        "_held",
        "_memory",
        "_output",
        "_reader",
        "_receive_window",
        "_unread",
        "closed",
        "greedy",
        "id",
        "messages",
        "overloaded",
        "receiver",
        "remote_ended",
    )

    def __init__(self, stream_id: int, output: Output, window: int, content_length: int | None) -> None:
        self.id = stream_id
        self.messages: deque[bytes | CompressedMessage] = deque()
        self.remote_ended = False
        self.closed = False
        self.greedy = True
        self.receiver: Receiver | None = None
        self._output = output
        self._reader: MessageReader | None = None
        self._memory: RequestMemory = UNBOUNDED
        self._counted = 0  # bytes in memory: of messages that were not read, and of one that has begun
        self.overloaded = False
        self._receive_window = ReceiveWindow(window)
        self._held = 0  # bytes that came and that the peer was not told to be taken
        self._content_left = content_length
        self._unread: asyncio.Future[None] | None = None

    def read_with(self, reader: MessageReader, memory: RequestMemory) -> None:
        """Says how messages are found and their bytes are counted; until then the data is dropped."""
        self._reader = reader
        self._memory = memory

    def receive(self, data: bytes, size: int) -> None:
        """Takes the data of a frame.

        Args:
            data: The data.
            size: What it counts for, with its padding.

        Raises:
            H2StreamError: The peer may not send it.
            RpcError: It holds a message that can't be taken.
        """
        if self.remote_ended:
            raise H2StreamError(self.id, STREAM_CLOSED, "data after the end of the request")
        if not self._receive_window.receive(size):
            raise H2StreamError(self.id, FLOW_CONTROL_ERROR, "more data than the window allows")
        if self._content_left is not None:
            self._content_left -= len(data)
            if self._content_left < 0:
                raise H2StreamError(self.id, PROTOCOL_ERROR, "more data than content-length says")
        self._held += size
        if self._reader is not None:
            if self._memory.take(len(data), self._counted):
                self._counted += len(data)
                self.messages += self._reader.feed(data)
            else:
                self.overloaded = True
                self.drop()
        if self.greedy:
            self._take(self._held)

    def receive_end(self) -> None:
        """Takes the end of the request.

        Raises:
            H2StreamError: It comes twice, or before everything else has come.
        """
        if self.remote_ended:
            raise H2StreamError(self.id, STREAM_CLOSED, "the request ends twice")
        if self._content_left:
            raise H2StreamError(self.id, PROTOCOL_ERROR, "less data than content-length says")
        self.remote_ended = True

    @property
    def cut_short(self) -> bool:
        """Whether the request has ended inside a message."""
        return self.remote_ended and self.inside

    @property
    def inside(self) -> bool:
        """Whether a message has begun and is not complete."""
        return self._reader is not None and self._reader.inside

    def notify(self) -> None:
        """Wakes the method that reads."""
        if self._unread is not None and not self._unread.done():
            self._unread.set_result(None)

    async def read(self) -> bytes | None:
        """Returns the next message of the request, or None after the last one.

        Raises:
            StreamClosedError: The stream was closed before.
            RequestMemoryError: There was no room for it.
            RpcError: It can't be inflated.
        """
        while not self.messages:
            if self.closed:
                raise StreamClosedError("The RPC has ended")
            if self.overloaded:
                raise RequestMemoryError
            if self.remote_ended:
                return None
            self.greedy = True
            self._take(self._held)
            self._unread = asyncio.get_running_loop().create_future()
            try:
                await self._unread
            finally:
                self._unread = None
                self.greedy = False
        message = self.messages.popleft()
        size = len(message) + PREFIX
        self._take(min(self._held, size))
        return await self._taken(message, size)

    async def read_only(self) -> bytes:
        """Returns the message of a unary request, which has come.

        Raises:
            RpcError: It can't be inflated.
        """
        message = self.messages.popleft()
        return await self._taken(message, len(message) + PREFIX)

    def drop(self) -> None:
        """Drops what has come and was not read, and all that comes from now on."""
        self._reader = None
        self.messages.clear()
        self._memory.release(self._counted)
        self._counted = 0

    async def _taken(self, message: bytes | CompressedMessage, size: int) -> bytes:
        """Returns a message as it is meant; who takes it counts it from now on."""
        try:
            return message if isinstance(message, bytes) else await message.inflate()
        finally:
            if self._counted:  # else it was dropped meanwhile
                self._counted -= size
                self._memory.release(size)

    def _take(self, size: int) -> None:
        self._held -= size
        increment = self._receive_window.take(size)
        if increment and not self.remote_ended and not self.closed:
            self._output.send(window_update(self.id, increment))
