"""Frame reader: checks the frames of a connection (RFC 9113, sections 4 and 6) and dispatches them."""

from typing import TYPE_CHECKING, ClassVar, Final, Protocol

from openai_grpc_server.listen.http2.frames import (
    ACK,
    CONTINUATION,
    DEFAULT_FRAME_SIZE,
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    FRAME_SIZE_ERROR,
    HEAD,
    HEAD_SIZE,
    LARGEST_STREAM_ID,
    PADDED,
    PING,
    PREFACE,
    PRIORITY_FLAG,
    PRIORITY_SIZE,
    PROTOCOL_ERROR,
    SETTINGS,
    H2ConnectionError,
    H2StreamError,
    frame,
    unpadded,
    window_update,
)
from openai_grpc_server.listen.http2.limits import (
    BYTES_PER_UPDATE,
    UPDATES_PER_FRAME,
    UPDATES_PER_STREAM,
    Budget,
    Limits,
    PingPolicy,
)
from openai_grpc_server.listen.http2.stream import ReceiveWindow, widened
from openai_grpc_server.listen.http2.streams import Streams
from openai_grpc_server.listen.http2.writer import FrameWriter

if TYPE_CHECKING:
    from collections.abc import Callable

_ANY: Final = -1
_BLOCK_SIZE: Final = 4  # times the largest list of fields: Huffman coding expands by less
_BLOCK_FRAMES: Final = 16
_PING_SIZE: Final = 8
_GOAWAY_SIZE: Final = 8
_LONG_SIZE: Final = 4
_TURN: Final = 256  # frames that are read in one turn of the loop
_CALL_COST: Final = 16  # frames that a call counts for besides: its key is looked at in the same turn
_BLOCK_COST: Final = 6  # by how many bits the size of a header block is shifted: so many frames it counts for


class Timers(Protocol):
    """Connection timers started or stopped by frames."""

    def set_up(self) -> None:
        """Handles the peer's preface and SETTINGS."""

    def ponged(self, payload: bytes) -> bool:
        """Handles a PING acknowledgement; returns whether it answers one of ours."""


class FrameReader:
    """Receiving side of a connection.

    Args:
        limits: Limits of the connection.
        writer: Sending side of the connection.
        streams: Its streams.
        timers: Its timers.
    """

    def __init__(self, limits: Limits, writer: FrameWriter, streams: Streams, timers: Timers) -> None:
        self._limits = limits
        self._writer = writer
        self._streams = streams
        self._timers = timers
        self._received = b""
        self._at = 0
        self._left = 0  # frames that may still be read in this turn
        self._greeted = False
        self._expected = SETTINGS  # the only type of frame that may come next
        self._window = ReceiveWindow(limits.connection_window)
        self._budget = Budget(limits.empty_frames_per_second)
        self._pings = PingPolicy(limits.min_ping_interval)
        self._pinged_after = 0  # frames that were sent before the last ping
        self._updates = 0  # WINDOW_UPDATE frames that answer what was sent
        self._updates_earned = 0
        self._window_granted = DEFAULT_WINDOW  # all that the peer takes on the connection, since its beginning
        self._block: list[bytes] = []
        self._block_stream = 0
        self._block_ends_stream = False
        self._block_fault = ""

    def add(self, data: bytes) -> None:
        """Adds received bytes."""
        self._received = self._received[self._at :] + data if self._received else data
        self._at = 0

    def read(self) -> bool:  # noqa: C901 - split up, it would cost a function call a frame
        """Reads complete frames, as many as fit into one turn of the event loop.

        Returns:
            Whether there may be more.

        Raises:
            H2ConnectionError: The peer breaks the rules.
        """
        data, at = self._received, self._at
        end = len(data)
        if not self._greeted:
            if data[: len(PREFACE)] != PREFACE[:end]:
                raise H2ConnectionError(PROTOCOL_ERROR, "the preface of HTTP/2 is missing")
            if end < len(PREFACE):
                return False
            self._greeted = True
            at = len(PREFACE)
        self._left = _TURN
        while end - at >= HEAD_SIZE:
            if self._left <= 0:
                self._at = at
                return True
            high, low, kind, flags, stream_id = HEAD.unpack_from(data, at)
            size = high << 16 | low
            if size > DEFAULT_FRAME_SIZE:
                raise H2ConnectionError(FRAME_SIZE_ERROR, "a frame is too large")
            start = at + HEAD_SIZE
            if start + size > end:
                break
            at = start + size
            self._left -= 1
            if self._expected not in (kind, _ANY):
                raise H2ConnectionError(PROTOCOL_ERROR, "a frame of another type should come now")
            try:
                if kind < len(self._TAKE):
                    self._TAKE[kind](self, flags, stream_id & LARGEST_STREAM_ID, data[start:at])
                else:  # RFC 9113, section 5.5: extensions that are not known are ignored
                    self._spend()
            except H2StreamError as error:
                self._streams.broken(error)
        self._received = data[at:]
        self._at = 0
        return False

    def _data(self, flags: int, stream_id: int, payload: bytes) -> None:
        size = len(payload)
        if not self._window.receive(size):
            raise H2ConnectionError(FLOW_CONTROL_ERROR, "more data than the connection's window allows")
        if increment := self._window.take(size):  # streams hold back by windows of their own
            self._writer.send(window_update(0, increment))
        if flags & PADDED:
            payload = unpadded(payload)
        if not payload and not flags & END_STREAM:
            self._spend()
        self._streams.data(stream_id, payload, size, end=bool(flags & END_STREAM))

    def _headers(self, flags: int, stream_id: int, payload: bytes) -> None:
        self._left -= _CALL_COST + (len(payload) >> _BLOCK_COST)
        if flags & PADDED:
            payload = unpadded(payload)
        fault = ""
        if flags & PRIORITY_FLAG:
            if len(payload) < PRIORITY_SIZE:
                raise H2ConnectionError(FRAME_SIZE_ERROR, "HEADERS without their priority")
            fault = _dependency_fault(stream_id, payload)
            payload = payload[PRIORITY_SIZE:]
        if flags & END_HEADERS:
            self._streams.headers(stream_id, payload, end=bool(flags & END_STREAM), fault=fault)
            return
        if not stream_id:
            raise H2ConnectionError(PROTOCOL_ERROR, "HEADERS without a stream")
        self._block = [payload]
        self._block_stream = stream_id
        self._block_ends_stream = bool(flags & END_STREAM)
        self._block_fault = fault
        self._expected = CONTINUATION

    def _continuation(self, flags: int, stream_id: int, payload: bytes) -> None:
        if self._expected != CONTINUATION or stream_id != self._block_stream:
            raise H2ConnectionError(PROTOCOL_ERROR, "CONTINUATION without HEADERS")
        self._left -= len(payload) >> _BLOCK_COST
        self._block.append(payload)
        limit = self._limits.max_header_list_size * _BLOCK_SIZE
        if len(self._block) > _BLOCK_FRAMES or sum(map(len, self._block)) > limit:
            raise H2ConnectionError(ENHANCE_YOUR_CALM, "a header block is too large")
        if flags & END_HEADERS:
            block, self._block = b"".join(self._block), []
            self._expected = _ANY
            self._streams.headers(stream_id, block, end=self._block_ends_stream, fault=self._block_fault)

    def _priority(self, _: int, stream_id: int, payload: bytes) -> None:
        self._spend()
        if not stream_id:
            raise H2ConnectionError(PROTOCOL_ERROR, "PRIORITY without a stream")
        if len(payload) != PRIORITY_SIZE:
            self._streams.broken_frame(stream_id, FRAME_SIZE_ERROR, "PRIORITY of a wrong size")
        elif fault := _dependency_fault(stream_id, payload):
            self._streams.broken_frame(stream_id, PROTOCOL_ERROR, fault)

    def _rst_stream(self, _: int, stream_id: int, payload: bytes) -> None:
        _check_size(payload, _LONG_SIZE)
        self._streams.rst_stream(stream_id)

    def _settings(self, flags: int, stream_id: int, payload: bytes) -> None:
        if stream_id:
            raise H2ConnectionError(PROTOCOL_ERROR, "SETTINGS on a stream")
        self._spend()
        if flags & ACK:
            _check_size(payload, 0)
            if self._expected == SETTINGS:
                raise H2ConnectionError(PROTOCOL_ERROR, "SETTINGS are acknowledged before any were sent")
            return
        peer = self._writer.peer
        window = peer.initial_window
        peer.update(payload)
        if peer.initial_window != window:
            self._left = 0  # every stream has been looked at
            self._streams.initial_window_changed(peer.initial_window - window)
        self._writer.send(frame(SETTINGS, ACK, 0))
        if self._expected == SETTINGS:
            self._expected = _ANY
            self._timers.set_up()

    def _push_promise(self, _: int, __: int, ___: bytes) -> None:
        raise H2ConnectionError(PROTOCOL_ERROR, "PUSH_PROMISE from a client")

    def _ping(self, flags: int, stream_id: int, payload: bytes) -> None:
        if stream_id:
            raise H2ConnectionError(PROTOCOL_ERROR, "PING on a stream")
        _check_size(payload, _PING_SIZE)
        if flags & ACK:
            if not self._timers.ponged(payload):
                self._spend()
            return
        if self._writer.frames_sent != self._pinged_after:
            self._pinged_after = self._writer.frames_sent
            self._pings.sent()
        if not self._pings.ping():
            raise H2ConnectionError(ENHANCE_YOUR_CALM, "too_many_pings")  # the word that gRPC clients know
        self._writer.send(frame(PING, ACK, 0, payload))

    def _goaway(self, _: int, stream_id: int, payload: bytes) -> None:
        """Handles GOAWAY: the peer closes the connection after its open streams."""
        if stream_id:
            raise H2ConnectionError(PROTOCOL_ERROR, "GOAWAY on a stream")
        self._spend()
        if len(payload) < _GOAWAY_SIZE:
            raise H2ConnectionError(FRAME_SIZE_ERROR, "GOAWAY of a wrong size")

    def _window_update(self, _: int, stream_id: int, payload: bytes) -> None:
        _check_size(payload, _LONG_SIZE)
        increment = int.from_bytes(payload, "big") & LARGEST_STREAM_ID
        earned = self._updates < self._updates_earned or self._earn_updates()
        if earned:
            self._updates += 1
        if stream_id:
            is_open = self._streams.window_update(stream_id, increment)
            if not earned and not is_open:
                self._streams.count_late()
            elif not earned:
                self._spend()
            return
        if not earned:
            self._spend()
        if not increment:
            raise H2ConnectionError(PROTOCOL_ERROR, "a WINDOW_UPDATE of 0")
        window = widened(self._writer.window, increment)
        if window is None:
            raise H2ConnectionError(FLOW_CONTROL_ERROR, "the connection's window is too large")
        self._window_granted += increment
        self._writer.window = window
        self._writer.wake()

    def _earn_updates(self) -> bool:
        """Counts WINDOW_UPDATE frames earned by data sent; returns whether one more is earned.

        There is no rate for them: a reader that was held up may send those of all that it has buffered at once.
        """
        sent = self._window_granted - self._writer.window
        self._updates_earned = (
            UPDATES_PER_STREAM * self._streams.opened
            + UPDATES_PER_FRAME * self._writer.frames_sent
            + sent // BYTES_PER_UPDATE
        )
        return self._updates < self._updates_earned

    def _spend(self) -> None:
        if not self._budget.spend():
            raise H2ConnectionError(ENHANCE_YOUR_CALM, "too many frames that carry nothing")

    # By their types.
    _TAKE: "ClassVar[tuple[Callable[[FrameReader, int, int, bytes], None], ...]]" = (
        _data,
        _headers,
        _priority,
        _rst_stream,
        _settings,
        _push_promise,
        _ping,
        _goaway,
        _window_update,
        _continuation,
    )


def _dependency_fault(stream_id: int, payload: bytes) -> str:
    """Returns the fault of a priority, raised only after decoding the header block (RFC 9113, section 4.3)."""
    depends_on_itself = int.from_bytes(payload[:_LONG_SIZE], "big") & LARGEST_STREAM_ID == stream_id
    return "a stream depends on itself" if depends_on_itself else ""


def _check_size(payload: bytes, size: int) -> None:
    if len(payload) != size:
        raise H2ConnectionError(FRAME_SIZE_ERROR, "a frame of a wrong size")
