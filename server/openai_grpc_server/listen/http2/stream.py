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
from openai_grpc_server.listen.http2.writer import HIGH_WATER, FrameWriter

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


class Receiver(Protocol):
    """Receiver of a stream's events."""

    def received(self) -> None:
        """Handles a message, or the end of the request."""

    def fail(self, error: RpcError) -> None:
        """Handles data that was refused."""

    def gone(self) -> None:
        """Handles a reset by the peer, or loss of the connection."""


class RequestMemory(Protocol):
    """Bound on the bytes of requests in memory."""

    def take(self, size: int, held: int) -> bool:
        """Counts bytes of a request in, unless that exceeds the bound.

        Args:
            size: Bytes received.
            held: Bytes of the request already counted.

        Returns:
            Whether there is room.
        """

    def release(self, size: int) -> None:
        """Counts bytes out."""


class Unbounded:
    """Memory without a bound."""

    def take(self, size: int, held: int) -> bool:  # noqa: ARG002 - nothing is counted
        """Always succeeds."""
        return True

    def release(self, size: int) -> None:
        """Counts nothing."""


UNBOUNDED: Final = Unbounded()


class ReceiveWindow:
    """Receive window.

    Args:
        size: Size of the window in bytes.
    """

    __slots__ = ("_left", "_size", "_taken")

    def __init__(self, size: int) -> None:
        self._size = size
        self._left = size
        self._taken = 0

    def receive(self, size: int) -> bool:
        """Counts received bytes; returns whether they were within the window."""
        self._left -= size
        return self._left >= 0

    def take(self, size: int) -> int:
        """Counts bytes that were released.

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
    """Returns a send window after WINDOW_UPDATE, or None on overflow."""
    window += increment
    return window if window <= LARGEST_WINDOW else None


class Stream:
    """A stream, from its HEADERS frame until both sides have ended it or one has reset it.

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
        """Sets the message reader and memory bound; data before that is dropped."""
        self._reader = reader
        self._memory = memory

    def receive(self, data: bytes, size: int) -> None:
        """Handles the data of a frame.

        Args:
            data: The data.
            size: Flow-controlled size in bytes, including padding.

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
        """Handles the end of the request.

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
        """True if the request ended inside a message."""
        return self.remote_ended and self._reader is not None and len(self._reader.begun) > 0

    @property
    def inside(self) -> bool:
        """True if a message is incomplete."""
        return self._reader is not None and len(self._reader.begun) > 0

    def notify(self) -> None:
        """Wakes the reading method."""
        if self._unread is not None and not self._unread.done():
            self._unread.set_result(None)

    def read_now(self) -> bytes | None:
        """Returns the next message if it is there and not compressed, else None."""
        messages = self.messages
        if not messages or not isinstance(message := messages[0], bytes):
            return None
        messages.popleft()
        size = len(message) + PREFIX
        if not self.remote_ended:
            self._take(min(self._held, size))
        self._count_out(size)
        return message

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
        if not self.remote_ended:
            self._take(min(self._held, size))
        try:
            return message if isinstance(message, bytes) else await message.inflate()
        finally:
            self._count_out(size)

    async def read_only(self) -> bytes:
        """Returns the received message of a unary request.

        Raises:
            RpcError: It can't be inflated.
        """
        message = self.messages.popleft()
        try:
            return message if isinstance(message, bytes) else await message.inflate()
        finally:
            self._count_out(len(message) + PREFIX)

    def drop(self) -> None:
        """Drops unread data and all later data."""
        self._reader = None
        self.messages.clear()
        if self._counted:
            self._memory.release(self._counted)
            self._counted = 0

    def send_headers(self, block: bytes) -> None:
        """Sends the response headers."""
        if not self.closed:
            self.answered = True
            self._writer.send_headers(self.id, 0, block)

    def send_now(self, message: bytes, *, compressed: bool, blocks: tuple[bytes, bytes] | None = None) -> bool:
        """Sends a message in one frame if the window has room; returns whether it did.

        Args:
            message: The message.
            compressed: Whether it is compressed.
            blocks: Header block and trailers to send around it, as a whole reply; None: it is one of several messages.
        """
        writer = self._writer
        size = len(message) + PREFIX
        if size > self._capacity or size > writer.peer.max_frame_size:
            return False
        self.window -= size
        writer.window -= size
        head = MESSAGE_HEAD.pack(size >> 16, size & 0xFFFF, DATA, 0, self.id, compressed, size - PREFIX)
        if blocks is None:
            writer.send_data((head, message), size)
        else:
            self.answered = True
            writer.send_reply(self.id, blocks, head, message)
            self._end()
        return True

    def send_all_now(self, messages: "Sequence[bytes]") -> int:
        """Sends messages, each in one frame, as far as the window has room; returns how many."""
        writer = self._writer
        room = left = min(self._capacity, HIGH_WATER)
        largest, pack = writer.peer.max_frame_size, MESSAGE_HEAD.pack
        frames: list[bytes] = []
        for message in messages:
            size = len(message) + PREFIX
            if size > left or size > largest:
                break
            left -= size
            frames.append(pack(size >> 16, size & 0xFFFF, DATA, 0, self.id, False, size - PREFIX))
            frames.append(message)
        if frames:
            self.window -= room - left
            writer.window -= room - left
            writer.send_data(frames, room - left)
        return len(frames) // 2

    @property
    def _capacity(self) -> int:
        """Bytes that can be sent now; none while others have to be sent first."""
        writer = self._writer
        if not writer.writable or writer.waiting or writer.granted or self._sending or self.closed:
            return 0
        return min(self.window, writer.window)

    async def send(self, data: bytes, *, end: bool = False) -> None:
        """Sends data as the window opens, one frame at a time while other streams wait.

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
                head = HEAD.pack(size >> 16, size & 0xFFFF, DATA, flags, self.id)
                writer.send_data((head, view[:size]), size)
                view = view[size:]
        finally:
            self._sending = False
            writer.wake()
        if end:
            self._end()

    def send_trailers(self, block: bytes) -> None:
        """Sends the trailers, and the headers if none were sent."""
        if not self.closed:
            self._writer.send_headers(self.id, END_STREAM, block)
            self._end()

    def reset(self, code: int) -> None:
        """Resets the stream, unless it has ended."""
        if not self.closed:
            self._writer.send(rst_stream(self.id, code))
            self.close()

    def close(self) -> None:
        """Closes the stream without notifying anyone."""
        if not self.closed:
            self.closed = True
            self._reader = None
            if self.messages or self._counted:
                self.drop()
            self._release(self)
            if self._room is not None:
                self.wake()
            if self._unread is not None:
                self.notify()

    def widen(self, increment: int) -> None:
        """Enlarges the send window by WINDOW_UPDATE.

        Raises:
            H2StreamError: Wider than a window can be.
        """
        if widened(self.window, increment) is None:
            raise H2StreamError(self.id, FLOW_CONTROL_ERROR, "a window is too large")
        self.shift(increment)

    def shift(self, difference: int) -> None:
        """Shifts the send window after a change of SETTINGS."""
        self.window += difference
        if self._shut and self.window > 0:
            self.wake()

    def wake(self) -> None:
        """Wakes the sending method."""
        if self._room is not None and not self._room.done():
            self._room.set_result(None)

    def _count_out(self, size: int) -> None:
        """Counts a message out, whose bytes are now the reader's to count."""
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
        """Waits for this stream's turn to send; returns false if it was closed."""
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
