"""What a connection sends: collected during a turn of the event loop, written at once."""

import asyncio
from typing import TYPE_CHECKING, Final, Protocol

from openai_grpc_server.http2.errors import ENHANCE_YOUR_CALM, H2ConnectionError
from openai_grpc_server.http2.frames import CONTINUATION, END_HEADERS, HEADERS, frame
from openai_grpc_server.http2.hpack import NO_DYNAMIC_TABLE
from openai_grpc_server.http2.settings import DEFAULT_WINDOW, PeerSettings

if TYPE_CHECKING:
    from collections.abc import Sequence

HIGH_WATER: Final = 1 << 16  # bytes that wait for the socket before methods wait, too
_TURN: Final = 1 << 20  # bytes in one turn of the loop; more would keep other connections and calls waiting
_UNREAD_ANSWERS: Final = 1000  # answers to frames of a peer that reads nothing


class Waiting(Protocol):
    """A stream that has something to send and no room."""

    def wake(self) -> None:
        """Makes it look again."""


class Output:
    """What one connection sends.

    Args:
        transport: The connection.
        peer: What the peer has said of itself.

    Attributes:
        window: How many bytes of data the peer takes on the connection.
        writable: Whether more can be sent in this turn of the loop.
        peer: As above.
        data_sent: Whether headers or data were sent since it was last asked.
        waiting: The streams that wait for room, in their order.
    """

    __slots__ = (
        "_answers",
        "_frames",
        "_loop",
        "_paused",
        "_size",
        "_table_told",
        "_transport",
        "_turn",
        "data_sent",
        "peer",
        "waiting",
        "window",
        "writable",
    )

    def __init__(self, transport: asyncio.WriteTransport, peer: PeerSettings) -> None:
        self._transport = transport
        transport.set_write_buffer_limits(HIGH_WATER)
        self._loop = asyncio.get_running_loop()
        self._frames: list[bytes] = []
        self._size = 0
        self._turn = 0
        self._paused = False
        self._answers = 0
        self._table_told = False
        self.peer = peer
        self.window = DEFAULT_WINDOW
        self.writable = True
        self.data_sent = False
        self.waiting: dict[Waiting, None] = {}

    def send(self, *frames: bytes) -> None:
        """Sends frames, with all others of this turn of the loop."""
        if not self._frames:
            self._loop.call_soon(self._end_turn)
        self._frames += frames

    def send_data(self, head: bytes, data: "bytes | memoryview") -> None:
        """Sends a DATA frame, whose window was looked at before, as two parts."""
        frames = self._frames
        if not frames:
            self._loop.call_soon(self._end_turn)
        self.data_sent = True
        frames.append(head)
        frames.append(data)  # type: ignore[arg-type]  # join takes both
        self._size += len(data)
        if self._size > HIGH_WATER:
            self._turn += self._size
            self.flush()
            if self._turn > _TURN:
                self.writable = False

    def send_headers(self, stream_id: int, flags: int, block: bytes) -> None:
        """Sends a header block."""
        if not self._table_told:
            self._table_told = True
            block = NO_DYNAMIC_TABLE + block
        self.data_sent = True
        limit = self.peer.max_frame_size
        if len(block) <= limit:
            self.send(frame(HEADERS, flags | END_HEADERS, stream_id, block))
            return
        parts: Sequence[bytes] = [block[at : at + limit] for at in range(0, len(block), limit)]
        self.send(frame(HEADERS, flags, stream_id, parts[0]))
        self.send(*(frame(CONTINUATION, 0, stream_id, part) for part in parts[1:-1]))
        self.send(frame(CONTINUATION, END_HEADERS, stream_id, parts[-1]))

    def answer(self, data: bytes) -> None:
        """Sends a frame that the peer has provoked.

        Raises:
            H2ConnectionError: The peer provokes more and more, and reads none.
        """
        if self._paused:
            self._answers += 1
            if self._answers > _UNREAD_ANSWERS:
                raise H2ConnectionError(ENHANCE_YOUR_CALM, "answers are not read")
        self.send(data)

    def flush(self) -> None:
        """Writes what was collected."""
        frames = self._frames
        if frames:
            data = b"".join(frames)
            frames.clear()
            self._size = 0
            if not self._transport.is_closing():
                self._transport.write(data)

    def pause(self) -> None:
        """The socket takes no more for now."""
        self._paused = True
        self.writable = False

    def resume(self) -> None:
        """The socket takes more."""
        self._paused = False
        self.writable = True
        self._answers = 0
        self.wake()

    def wake(self) -> None:
        """Lets the streams look again whether there is room, in the order in which they began to wait."""
        waiting, self.waiting = self.waiting, {}
        for stream in waiting:
            stream.wake()

    def _end_turn(self) -> None:
        self.flush()
        self._turn = 0
        if not self.writable and not self._paused:
            self.writable = True
            self.wake()
