"""A stream of HTTP/2 (RFC 9113, section 5) that carries one RPC."""

import asyncio
import time
from collections import deque
from typing import TYPE_CHECKING, Protocol

import grpc.aio

from openai_grpc_server.http2.errors import (
    FLOW_CONTROL_ERROR,
    NO_ERROR,
    PROTOCOL_ERROR,
    STREAM_CLOSED,
    H2StreamError,
    RpcError,
    StreamClosedError,
)
from openai_grpc_server.http2.flow_control import ReceiveWindow, widened
from openai_grpc_server.http2.frames import DATA, END_STREAM, HEAD, MESSAGE_HEAD, rst_stream, window_update
from openai_grpc_server.http2.messages import PREFIX, CompressedMessage, MessageReader
from openai_grpc_server.http2.output import Output

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


class Stream:
    """A stream from its first HEADERS frame until both sides have ended it, or one has reset it.

    Args:
        stream_id: Its number.
        output: What the connection sends.
        window: How many bytes the peer may send before the method reads.
        content_length: How many bytes the peer has said that it sends, if it has.
        release: Called once it is closed.

    Attributes:
        id: Its number.
        window: How many bytes the peer takes.
        messages: The messages that have come and were not read; compressed ones as they came.
        remote_ended: Whether the peer has sent everything.
        closed: Whether nothing can be sent any more.
        answered: Whether an answer was begun.
        opened: When it was opened, in seconds of the monotonic clock.
        greedy: Whether data is taken as fast as it comes, because the method can't begin without it.
        receiver: Who is told what comes, once there is somebody.
    """

    __slots__ = (
        "_content_left",
        "_held",
        "_output",
        "_reader",
        "_receive_window",
        "_release",
        "_room",
        "_sending",
        "_shut",
        "_unread",
        "answered",
        "closed",
        "greedy",
        "id",
        "messages",
        "opened",
        "receiver",
        "remote_ended",
        "window",
    )

    def __init__(
        self,
        stream_id: int,
        output: Output,
        window: int,
        content_length: int | None,
        release: "Callable[[Stream], None]",
    ) -> None:
        self.id = stream_id
        self.window = output.peer.initial_window
        self.messages: deque[bytes | CompressedMessage] = deque()
        self.remote_ended = False
        self.closed = False
        self.answered = False
        self.opened = time.monotonic()
        self.greedy = True
        self.receiver: Receiver | None = None
        self._output = output
        self._reader: MessageReader | None = None
        self._receive_window = ReceiveWindow(window)
        self._held = 0  # bytes that came and that the peer was not told to be taken
        self._content_left = content_length
        self._release = release
        self._room: asyncio.Future[None] | None = None
        self._unread: asyncio.Future[None] | None = None
        self._sending = False
        self._shut = False  # whether it waits for its own window

    def read_with(self, reader: MessageReader) -> None:
        """Says how messages are found; until then the data is dropped."""
        self._reader = reader

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
            self.messages += self._reader.feed(data)
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
        return self.remote_ended and self._reader is not None and self._reader.inside

    def notify(self) -> None:
        """Wakes the method that reads."""
        if self._unread is not None and not self._unread.done():
            self._unread.set_result(None)

    async def read(self) -> bytes | None:
        """Returns the next message of the request, or None after the last one.

        Raises:
            StreamClosedError: The stream was closed before.
            RpcError: It can't be inflated.
        """
        while not self.messages:
            if self.remote_ended:
                return None
            if self.closed:
                raise StreamClosedError("The RPC has ended")
            self.greedy = True
            self._take(self._held)
            self._unread = asyncio.get_running_loop().create_future()
            try:
                await self._unread
            finally:
                self._unread = None
                self.greedy = False
        message = self.messages.popleft()
        self._take(min(self._held, len(message) + PREFIX))
        return message if isinstance(message, bytes) else await message.inflate()

    async def read_only(self) -> bytes:
        """Returns the message of a unary request, which has come.

        Raises:
            RpcError: It can't be inflated.
        """
        message = self.messages.popleft()
        self.messages.clear()
        return message if isinstance(message, bytes) else await message.inflate()

    def drop_rest(self) -> None:
        """Drops what comes from now on; the window stays as it is, so little does."""
        self._reader = None

    def send_headers(self, block: bytes) -> None:
        """Begins the answer."""
        if not self.closed:
            self.answered = True
            self._output.send_headers(self.id, 0, block)

    def send_now(self, message: bytes, *, compressed: bool) -> bool:
        """Sends a message in one frame, if there is room for that; returns whether there was."""
        output = self._output
        size = len(message) + PREFIX
        if (
            size > self.window
            or size > output.window
            or size > output.peer.max_frame_size
            or not output.writable
            or output.waiting
            or output.granted
            or self._sending
            or self.closed
        ):
            return False
        self.window -= size
        output.window -= size
        output.send_data(
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
        output = self._output
        view = memoryview(data)
        turn = False
        try:
            while view:
                if self.closed:
                    raise StreamClosedError("The RPC has ended")
                size = min(len(view), self.window, output.peer.max_frame_size)
                if size <= 0:
                    await self._wait_for_window()
                    continue
                if not output.free and not (turn and output.writable and output.window > 0):
                    turn = await self._wait_for_turn(size)
                    continue
                turn = False
                size = min(size, output.window)
                self.window -= size
                output.window -= size
                flags = END_STREAM if end and size == len(view) else 0
                output.send_data(HEAD.pack(size >> 16, size & 0xFFFF, DATA, flags, self.id), view[:size])
                view = view[size:]
        finally:
            self._sending = False
            output.wake()
        if end:
            self._end()

    def send_trailers(self, block: bytes) -> None:
        """Ends the answer; begins it, too, if nothing was sent before."""
        if not self.closed:
            self._output.send_headers(self.id, END_STREAM, block)
            self._end()

    def reset(self, code: int) -> None:
        """Ends the stream without an answer, unless it has ended."""
        if not self.closed:
            self._output.send(rst_stream(self.id, code))
            self.close()

    def close(self) -> None:
        """Ends the stream; nobody is told."""
        if not self.closed:
            self.closed = True
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

    async def _wait_for_window(self) -> None:
        self._output.wake()
        self._shut = True
        try:
            await self._woken()
        finally:
            self._shut = False

    async def _wait_for_turn(self, size: int) -> bool:
        """Returns whether it is this stream's turn; else it was closed."""
        output = self._output
        output.wake()  # those who have waited longer
        output.waiting[self] = size
        granted = False
        try:
            await self._woken()
        finally:
            granted = output.waiting.pop(self, None) is None
            if granted:
                output.granted -= size
        return granted

    async def _woken(self) -> None:
        self._room = asyncio.get_running_loop().create_future()
        try:
            await self._room
        finally:
            self._room = None

    def _end(self) -> None:
        if not self.remote_ended:  # RFC 9113, section 8.1: the rest of the request is not needed
            self._output.send(rst_stream(self.id, NO_ERROR))
        self.close()

    def _take(self, size: int) -> None:
        self._held -= size
        increment = self._receive_window.take(size)
        if increment and not self.remote_ended and not self.closed:
            self._output.send(window_update(self.id, increment))
