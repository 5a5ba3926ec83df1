"""What HTTP/2 says of what a client sends and of what a server answers, by the `h2` library as the server.

`h2` gets the frames that the client sends, and is told the frames that the server under test sends: it raises where
either breaks the protocol.
"""

import copy
import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import hpack
from h2.config import H2Configuration
from h2.connection import H2Connection
from h2.errors import ErrorCodes
from h2.events import StreamReset
from h2.exceptions import ProtocolError
from h2.settings import SettingCodes, Settings

from openai_grpc_server.listen.http2 import frames as wire
from openai_grpc_server.listen.http2.frames import DEFAULT_WINDOW
from support.http2_peer import Frame

Fields = list[tuple[bytes, bytes]]

_SETTING = struct.Struct(">HL")
_LONG = struct.Struct(">L")
_UNBOUNDED = 1 << 30
# A request of literals that enter no table, in a stream's place that `h2` would not give to a malformed one.
_PLAIN_REQUEST: Fields = [(b":method", b"POST"), (b":scheme", b"http"), (b":path", b"/"), (b":authority", b"x")]


class ServerError(AssertionError):
    """The server has sent what it may not send."""


@dataclass(frozen=True)
class Verdict:
    """What a frame leads to.

    Attributes:
        closes: Whether it is a connection error.
        resets: The streams on which it is a stream error.
        reason: What `h2` says of a connection error.
    """

    closes: bool = False
    resets: frozenset[int] = frozenset()
    reason: str = ""

    @property
    def accepted(self) -> bool:
        """Whether it is no error."""
        return not self.closes and not self.resets


class Reference:
    """One connection, as `h2` sees it.

    Args:
        settings: The payload of the server's SETTINGS.
    """

    def __init__(self, settings: bytes) -> None:
        told = dict(_SETTING.iter_unpack(settings))
        self._h2 = H2Connection(H2Configuration(client_side=False, header_encoding=None))
        window = told.get(SettingCodes.INITIAL_WINDOW_SIZE, DEFAULT_WINDOW)
        # More streams and fields than allowed end the connection for `h2`; the server refuses these alone.
        limits = {
            SettingCodes.INITIAL_WINDOW_SIZE: window,
            SettingCodes.MAX_CONCURRENT_STREAMS: _UNBOUNDED,
            SettingCodes.MAX_HEADER_LIST_SIZE: _UNBOUNDED,
        }
        self._h2.local_settings = Settings(client=False, initial_values=limits)
        self._h2.initiate_connection()
        self._decoder = hpack.Decoder()
        self._block: list[bytes] = []
        self._reset: set[int] = set()  # by h2 itself

    def receive(self, data: bytes) -> Verdict:
        """Takes frames of the client."""
        verdict = _verdict(self._h2, data)
        self._reset |= verdict.resets
        return verdict

    def receive_stream_error(self, stream_id: int, data: bytes, block: bytes | None) -> Verdict:
        """Takes frames that RFC 9113 calls an error of their stream, as which the server must treat them.

        `h2` ends the connection for some of these, so that a copy of it is asked. What goes on sees a stream that was
        opened and reset, and the header block.

        Args:
            stream_id: The stream.
            data: The frames.
            block: Their header block, if they have one.

        Returns:
            What the copy says.
        """
        said = _verdict(copy.deepcopy(self._h2), data)
        if block is not None:
            self._h2.decoder.decode(block, raw=True)
        if stream_id > self._h2.highest_inbound_stream_id and stream_id & 1 and block is not None:
            plain = hpack.Encoder().encode(
                [hpack.NeverIndexedHeaderTuple(name, value) for name, value in _PLAIN_REQUEST], huffman=False
            )
            self._h2.receive_data(wire.frame(wire.HEADERS, wire.END_HEADERS, stream_id, plain))
        return said

    def block_is_decodable(self, block: bytes) -> bool:
        """Whether a header block is one by RFC 7541."""
        try:
            copy.deepcopy(self._h2.decoder).decode(block, raw=True)
        except hpack.HPACKError:
            return False
        return True

    def sent(self, frame: Frame) -> Fields | None:
        """Takes a frame of the server.

        Returns:
            The fields of a header block that ends with it.

        Raises:
            ServerError: The server may not send it.
        """
        try:
            return self._sent(frame)
        except (ProtocolError, ValueError, hpack.HPACKError) as error:
            raise ServerError(f"h2 would not send {frame}: {type(error).__name__} {error}") from error

    def _sent(self, frame: Frame) -> Fields | None:
        if self._block and frame.kind != wire.CONTINUATION:
            raise ServerError(f"{frame} inside a header block")
        take = _TAKE.get(frame.kind)
        if take is None:
            raise ServerError(f"a server does not send {frame}")
        return take(self, frame)

    def _data(self, frame: Frame) -> None:
        self._h2.send_data(frame.stream, frame.payload, end_stream=bool(frame.flags & wire.END_STREAM))
        self._h2.clear_outbound_data_buffer()

    def _headers(self, frame: Frame) -> Fields | None:
        self._ends_stream = bool(frame.flags & wire.END_STREAM)
        return self._fragment(frame)

    def _fragment(self, frame: Frame) -> Fields | None:
        self._block.append(frame.payload)
        if len(frame.payload) > self._h2.max_outbound_frame_size:
            raise ServerError("a header block's frame is larger than the client takes")
        if not frame.flags & wire.END_HEADERS:
            return None
        fields = self._decoder.decode(b"".join(self._block), raw=True)
        self._block = []
        self._h2.send_headers(frame.stream, fields, end_stream=self._ends_stream)
        self._h2.clear_outbound_data_buffer()
        return [(bytes(name), bytes(value)) for name, value in fields]

    def _rst_stream(self, frame: Frame) -> None:
        if frame.stream in self._reset:
            return
        self._h2.reset_stream(frame.stream, ErrorCodes(frame.code))
        self._h2.clear_outbound_data_buffer()

    def _window_update(self, frame: Frame) -> None:
        self._h2.increment_flow_control_window(_LONG.unpack(frame.payload)[0], frame.stream or None)
        self._h2.clear_outbound_data_buffer()


_TAKE: dict[int, Callable[[Reference, Frame], Fields | None]] = {
    wire.DATA: Reference._data,
    wire.HEADERS: Reference._headers,
    wire.RST_STREAM: Reference._rst_stream,
    wire.WINDOW_UPDATE: Reference._window_update,
    wire.CONTINUATION: Reference._fragment,
}


def _verdict(connection: H2Connection, data: bytes) -> Verdict:
    try:
        events: Sequence[object] = connection.receive_data(data)
    except ProtocolError as error:
        return Verdict(closes=True, reason=f"{type(error).__name__}: {error}")
    finally:
        connection.clear_outbound_data_buffer()
    resets = [event.stream_id for event in events if isinstance(event, StreamReset) and not event.remote_reset]
    return Verdict(resets=frozenset(resets))
