"""Frame writer: collects frames during a turn of the event loop and writes them at once."""

import asyncio
from collections import OrderedDict
from typing import TYPE_CHECKING, Final, Protocol

from openai_grpc_server.listen.http2.frames import (
    CONTINUATION,
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    HEAD,
    HEADERS,
    PeerSettings,
    frame,
)
from openai_grpc_server.listen.http2.headers import fitted
from openai_grpc_server.listen.http2.hpack import FIELD_OVERHEAD, NO_DYNAMIC_TABLE

if TYPE_CHECKING:
    from collections.abc import Sequence, Sized

HIGH_WATER: Final = 1 << 16  # bytes that wait for the socket before methods wait, too
_TURN: Final = 1 << 20  # bytes in one turn of the loop; more would keep other connections and calls waiting
_UNREAD: Final = 1 << 18  # bytes that wait for the socket before nothing more is read that may provoke answers


class Waiting(Protocol):
    """A stream waiting for its turn to send."""

    def wake(self) -> None:
        """Signals its turn."""


class FrameWriter:
    """Sending side of a connection.

    Args:
        transport: The connection.
        peer: The peer's SETTINGS.

    Attributes:
        window: Send window of the connection, in bytes.
        writable: Whether more can be sent in this turn of the loop.
        paused: Whether the socket's buffer is full.
        peer: As above.
        frames_sent: Number of HEADERS and DATA frames sent.
        waiting: The streams that wait for their turn, in their order, and how many bytes each would send. Those whose
            own window is shut are not among them.
        granted: Bytes that the streams whose turn it is will send.
        streams: The open streams.
    """

    __slots__ = (
        "_frames",
        "_loop",
        "_size",
        "_table_told",
        "_transport",
        "_turn",
        "frames_sent",
        "granted",
        "paused",
        "peer",
        "streams",
        "waiting",
        "window",
        "writable",
    )

    def __init__(self, transport: asyncio.WriteTransport, peer: PeerSettings) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(HIGH_WATER)
        self._loop = asyncio.get_running_loop()
        self._frames: list[bytes | memoryview] = []
        self._size = 0
        self._turn = 0
        self.paused = False
        self._table_told = False
        self.peer = peer
        self.window = DEFAULT_WINDOW
        self.writable = True
        self.frames_sent = 0
        self.waiting: OrderedDict[Waiting, int] = OrderedDict()
        self.granted = 0
        self.streams: Sized = ()

    def send(self, *frames: bytes) -> None:
        """Queues frames, to be written at the end of this turn of the loop."""
        if not self._frames:
            self._loop.call_soon(self._end_turn)
        self._frames += frames

    def send_data(self, parts: "Sequence[bytes | memoryview]", size: int) -> None:
        """Queues DATA frames, each a head and its data; the caller has checked the window.

        Args:
            parts: The heads and the data, in turn.
            size: Flow-controlled bytes of them all.
        """
        if not self._frames:
            self._loop.call_soon(self._end_turn)
        self.frames_sent += len(parts) // 2
        self._frames += parts
        self._size += size
        if self._size > HIGH_WATER:
            self._flush_early()

    def send_headers(self, stream_id: int, flags: int, block: bytes) -> None:
        """Queues a header block."""
        self.send(self._framed(stream_id, flags, block))

    def send_reply(self, stream_id: int, blocks: tuple[bytes, bytes], head: bytes, message: bytes) -> None:
        """Queues a whole reply. It is written at once if no other stream may add to the write.

        Args:
            stream_id: The stream.
            blocks: Its header block and trailers.
            head: What precedes the message in its DATA frame.
            message: The message; the caller has checked the window.
        """
        frames = self._frames
        alone = not frames and len(self.streams) == 1
        if not frames and not alone:
            self._loop.call_soon(self._end_turn)
        self.frames_sent += 1
        self._size += len(message)
        frames += (
            self._framed(stream_id, 0, blocks[0]),
            head,
            message,
            self._framed(stream_id, END_STREAM, blocks[1]),
        )
        if alone:  # another turn of the loop would cost more than what it writes
            self.flush()
        elif self._size > HIGH_WATER:
            self._flush_early()

    def _framed(self, stream_id: int, flags: int, block: bytes) -> bytes:
        """Returns the frames of a header block, shortened to the peer's header list limit."""
        largest = self.peer.max_header_list_size
        # Each field begins with a zero byte, but for `:status: 200` with its one byte.
        if largest is not None and len(block) + FIELD_OVERHEAD * (block.count(0) + 2) > largest:
            block = fitted(block, largest)
        if not self._table_told:
            self._table_told = True
            block = NO_DYNAMIC_TABLE + block
        self.frames_sent += 1
        limit, size = self.peer.max_frame_size, len(block)
        if size <= limit:
            return HEAD.pack(size >> 16, size & 0xFFFF, HEADERS, flags | END_HEADERS, stream_id) + block
        parts = [block[at : at + limit] for at in range(0, size, limit)]
        frames = [frame(HEADERS, flags, stream_id, parts[0])]
        frames += [frame(CONTINUATION, 0, stream_id, part) for part in parts[1:-1]]
        frames.append(frame(CONTINUATION, END_HEADERS, stream_id, parts[-1]))
        return b"".join(frames)

    def flush(self) -> None:
        """Writes queued frames."""
        frames = self._frames
        if frames:
            self._frames = []
            self._size = 0
            if not self._transport.is_closing():
                self._transport.write(b"".join(frames))

    @property
    def unread(self) -> bool:
        """True if the peer reads too slowly, so that nothing more is read from it (backpressure)."""
        return self.paused and self._transport.get_write_buffer_size() > _UNREAD

    @property
    def free(self) -> bool:
        """True if the window has room and no other stream waits."""
        return self.writable and self.window > 0 and not self.waiting and not self.granted

    def pause(self) -> None:
        """Handles a full socket buffer: stops writing."""
        self.paused = True
        self.writable = False

    def resume(self) -> None:
        """Handles a drained socket buffer: resumes writing."""
        self.paused = False
        self.writable = True
        self.wake()

    def wake(self) -> None:
        """Wakes waiting streams in order, as far as the window has room."""
        if not self.writable:
            return
        room = min(self.window, HIGH_WATER) - self.granted
        while room > 0 and self.waiting:
            stream, size = self.waiting.popitem(last=False)
            room -= size
            self.granted += size
            stream.wake()

    def _flush_early(self) -> None:
        """Writes queued frames before the end of the turn, and ends sending if the turn has sent a lot."""
        self._turn += self._size
        self.flush()
        if self._turn > _TURN:
            self.writable = False

    def _end_turn(self) -> None:
        self.flush()
        self._turn = 0
        if not self.writable and not self.paused:
            self.writable = True
            self.wake()
