"""A stream of HTTP/2 (RFC 9113, section 5) that carries one RPC, and its flow control in both directions."""

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Final, Protocol

import grpc.aio

from openai_grpc_server.errors.error import RequestMemoryError, RpcError
from openai_grpc_server.listen.http2.frames import (
    DATA,
    END_STREAM,
    FLOW_CONTROL_ERROR,
    HEAD,
    LARGEST_WINDOW,
    MESSAGE_HEAD,
    NO_ERROR,
    PROTOCOL_ERROR,
    STREAM_CLOSED,
    H2StreamError,
    rst_stream,
    window_update,
)
from openai_grpc_server.listen.http2.messages import PREFIX, CompressedMessage, MessageReader, StreamClosedError
from openai_grpc_server.listen.http2.writer import FrameWriter

if TYPE_CHECKING:
    from collections.abc import Callable


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


class ReceiveWindow:
    """How much more the peer may send.

    Args:
        size: How much at a time, in bytes.
    """

    __slots__ = ("_left", "_size", "_taken")

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = size
        self._taken = 0

    def receive(self, size: int) -> bool:
        """Counts bytes that came; returns whether they were allowed."""
        self._left -= size
        return self._left >= 0

    def take(self, size: int) -> int:
        """Counts bytes that nobody holds any more.

        Returns:
            By how much the window is to be opened now: only by a good part of it at once, to send few frames.
        """
        self._taken += size
        if self._taken * 2 < self._size:
            return 0
        increment, self._taken = self._taken, 0
        self._left += increment
        return increment


def widened(window: int, increment: int) -> int | None:
    """Returns a window for sending after WINDOW_UPDATE, or None if it would be larger than any can be."""
    window += increment
    return window if window <= LARGEST_WINDOW else None


class Stream:
    """A stream from its first HEADERS frame until both sides have ended it, or one has reset it.

    Args:
        stream_id: Stream identifier.
        writer: Writer of the connection.
        window: Receive window: how many bytes the peer may send before the method reads.
        content_length: Bytes of the request's `content-length`, or None.
        release: Called once it is closed.

    Attributes:
        id: Stream identifier.
        messages: Messages that were received and not read; compressed ones as received.
        remote_ended: Whether the peer has sent everything.
        closed: Whether the stream has ended.
        greedy: Whether data is taken as fast as it comes, because the method can't begin without it.
        receiver: Is told of each frame that is received, once it is set.
        overloaded: Whether the request was dropped for lack of memory.
        window: Send window: how many bytes the peer takes.
        answered: Whether a response was begun.
        opened: When it was opened, in seconds of the monotonic clock.
    """

    __slots__ = (
        "_content_left",
        "_counted",
        "_held",
        "_memory",
        "_reader",
        "_receive_window",
        "_release",
        "_room",
        "_sending",
        "_shut",
        "_unread",
        "_writer",
        "answered",
        "closed",
        "greedy",
        "id",
        "messages",
        "opened",
        "overloaded",
        "receiver",
        "remote_ended",
        "window",
    )

    def __init__(
        self,
        stream_id: int,
        writer: FrameWriter,
        window: int,
        content_length: int | None,
        release: "Callable[[Stream], None]",
    ) -> None:
        self.id = stream_id
        self.messages: deque[bytes | CompressedMessage] = deque()
        self.remote_ended = False
        self.closed = False
        self.greedy = True
        self.receiver: Receiver | None = None
        self.overloaded = False
        self.window = writer.peer.initial_window
        self.answered = False
        self.opened = time.monotonic()
        self._writer = writer
        self._release = release
        self._reader: MessageReader | None = None
        self._memory: RequestMemory = UNBOUNDED
        self._counted = 0  # bytes in memory: of messages that were not read, and of one that has begun
        self._receive_window = ReceiveWindow(window)
        self._held = 0  # bytes that came and that the peer was not told to be taken
        self._content_left = content_length
        self._unread: asyncio.Future[None] | None = None
        self._room: asyncio.Future[None] | None = None
        self._sending = False
        self._shut = False  # whether it waits for its own window

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

    def send_headers(self, block: bytes) -> None:
        """Begins the answer."""
        if not self.closed:
            self.answered = True
            self._writer.send_headers(self.id, 0, block)

    def send_now(self, message: bytes, *, compressed: bool) -> bool:
        """Sends a message in one frame, if there is room for that; returns whether there was."""
        writer = self._writer
        size = len(message) + PREFIX
        if (
            size > self.window
            or size > writer.window
            or size > writer.peer.max_frame_size
            or not writer.writable
            or writer.waiting
            or writer.granted
            or self._sending
            or self.closed
        ):
            return False
        self.window -= size
        writer.window -= size
        writer.send_data(
            MESSAGE_HEAD.pack(size >> 16, size & 0xFFFF, DATA, 0, self.id, compressed, size - PREFIX), message
        )
        return True

    async def send(self, data: bytes, *, end: bool = False) -> None:
        """Sends data as room for it comes: a frame at a time while other streams wait, too.

        Args:
            data: Of any length.
            end: Whether it ends the answer.

        Raises:
            StreamClosedError: The stream was closed before everything was sent.
            UsageError: Something else is being sent.
        """
        if self._sending:
            raise grpc.aio.UsageError("another message is being sent")
        self._sending = True
        writer = self._writer
        view = memoryview(data)
        turn = False
        try:
            while view:
                if self.closed:
                    raise StreamClosedError("The RPC has ended")
                size = min(len(view), self.window, writer.peer.max_frame_size)
                if size <= 0:
                    await self._wait_for_window()
                    continue
                if not writer.free and not (turn and writer.writable and writer.window > 0):
                    turn = await self._wait_for_turn(size)
                    continue
                turn = False
                size = min(size, writer.window)
                self.window -= size
                writer.window -= size
                flags = END_STREAM if end and size == len(view) else 0
                writer.send_data(HEAD.pack(size >> 16, size & 0xFFFF, DATA, flags, self.id), view[:size])
                view = view[size:]
        finally:
            self._sending = False
            writer.wake()
        if end:
            self._end()

    def send_trailers(self, block: bytes) -> None:
        """Ends the answer; begins it, too, if nothing was sent before."""
        if not self.closed:
            self._writer.send_headers(self.id, END_STREAM, block)
            self._end()

    def reset(self, code: int) -> None:
        """Ends the stream without an answer, unless it has ended."""
        if not self.closed:
            self._writer.send(rst_stream(self.id, code))
            self.close()

    def close(self) -> None:
        """Ends the stream; nobody is told."""
        if not self.closed:
            self.closed = True
            self.drop()
            self._release(self)
            self.wake()
            self.notify()

    def widen(self, increment: int) -> None:
        """Opens the window for sending.

        Raises:
            H2StreamError: Wider than a window can be.
        """
        if widened(self.window, increment) is None:
            raise H2StreamError(self.id, FLOW_CONTROL_ERROR, "a window is too large")
        self.shift(increment)

    def shift(self, difference: int) -> None:
        """Makes the window for sending wider or narrower."""
        self.window += difference
        if self._shut and self.window > 0:
            self.wake()

    def wake(self) -> None:
        """Lets the method that sends go on."""
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

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
            self._writer.send(window_update(self.id, increment))

    async def _wait_for_window(self) -> None:
        self._writer.wake()
        self._shut = True
        try:
            await self._woken()
        finally:
            self._shut = False

    async def _wait_for_turn(self, size: int) -> bool:
        """Returns whether it is this stream's turn; else it was closed."""
        writer = self._writer
        writer.wake()  # those who have waited longer
        writer.waiting[self] = size
        granted = False
        try:
            await self._woken()
        finally:
            granted = writer.waiting.pop(self, None) is None
            if granted:
                writer.granted -= size
        return granted

    async def _woken(self) -> None:
        self._room = asyncio.get_running_loop().create_future()
        try:
            await self._room
        finally:
            self._room = None

    def _end(self) -> None:
        if not self.remote_ended:  # RFC 9113, section 8.1: the rest of the request is not needed
            self._writer.send(rst_stream(self.id, NO_ERROR))
        self.close()
