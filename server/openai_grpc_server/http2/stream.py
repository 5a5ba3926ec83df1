"""A stream of HTTP/2 (RFC 9113, section 5) that carries one RPC."""

import asyncio
import time
from typing import TYPE_CHECKING

import grpc.aio

from openai_grpc_server.http2.errors import FLOW_CONTROL_ERROR, NO_ERROR, H2StreamError, StreamClosedError
from openai_grpc_server.http2.flow_control import widened
from openai_grpc_server.http2.frames import DATA, END_STREAM, HEAD, MESSAGE_HEAD, rst_stream
from openai_grpc_server.http2.messages import PREFIX
from openai_grpc_server.http2.output import Output
from openai_grpc_server.http2.receiving import ReceivingHalf

if TYPE_CHECKING:
    from collections.abc import Callable


class Stream(ReceivingHalf):
    """A stream from its first HEADERS frame until both sides have ended it, or one has reset it.

    Args:
        stream_id: Its number.
        output: What the connection sends.
        window: How many bytes the peer may send before the method reads.
        content_length: How many bytes the peer has said that it sends, if it has.
        release: Called once it is closed.

    Attributes:
        window: How many bytes the peer takes.
        answered: Whether an answer was begun.
        opened: When it was opened, in seconds of the monotonic clock.
    """

    __slots__ = ("_release", "_room", "_sending", "_shut", "answered", "opened", "window")

    def __init__(
        self,
        stream_id: int,
        output: Output,
        window: int,
        content_length: int | None,
        release: "Callable[[Stream], None]",
    ) -> None:
        super().__init__(stream_id, output, window, content_length)
        self.window = output.peer.initial_window
        self.answered = False
        self.opened = time.monotonic()
        self._release = release
        self._room: asyncio.Future[None] | None = None
        self._sending = False
        self._shut = False  # whether it waits for its own window

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
