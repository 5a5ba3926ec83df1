"""Frames of HTTP/2 (RFC 9113, sections 4, 6 and 7): types, flags, layout, error codes and SETTINGS."""

import struct
from typing import Final

NO_ERROR: Final = 0x0
PROTOCOL_ERROR: Final = 0x1
INTERNAL_ERROR: Final = 0x2
FLOW_CONTROL_ERROR: Final = 0x3
STREAM_CLOSED: Final = 0x5
FRAME_SIZE_ERROR: Final = 0x6
REFUSED_STREAM: Final = 0x7
CANCEL: Final = 0x8
COMPRESSION_ERROR: Final = 0x9
ENHANCE_YOUR_CALM: Final = 0xB


DATA: Final = 0x0
HEADERS: Final = 0x1
PRIORITY: Final = 0x2
RST_STREAM: Final = 0x3
SETTINGS: Final = 0x4
PUSH_PROMISE: Final = 0x5
PING: Final = 0x6
GOAWAY: Final = 0x7
WINDOW_UPDATE: Final = 0x8
CONTINUATION: Final = 0x9

ACK: Final = 0x1
END_STREAM: Final = 0x1
END_HEADERS: Final = 0x4
PADDED: Final = 0x8
PRIORITY_FLAG: Final = 0x20

ALPN: Final = "h2"
PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEAD_SIZE: Final = 9
DEFAULT_FRAME_SIZE: Final = 1 << 14  # the largest payload unless SETTINGS_MAX_FRAME_SIZE says otherwise
LARGEST_STREAM_ID: Final = (1 << 31) - 1
PRIORITY_SIZE: Final = 5

HEAD: Final = struct.Struct(">BHBBL")  # length in two parts, type, flags, stream
MESSAGE_HEAD: Final = struct.Struct(">BHBBLBL")  # that of a DATA frame, and the head of a gRPC message in it
DEFAULT_WINDOW: Final = (1 << 16) - 1
LARGEST_WINDOW: Final = (1 << 31) - 1
LARGEST_FRAME: Final = (1 << 24) - 1

_ENABLE_PUSH: Final = 2
_MAX_CONCURRENT_STREAMS: Final = 3
_INITIAL_WINDOW_SIZE: Final = 4
_MAX_FRAME_SIZE: Final = 5
_MAX_HEADER_LIST_SIZE: Final = 6
_SETTING: Final = struct.Struct(">HL")
_PAIR: Final = struct.Struct(">LL")
_LONG: Final = struct.Struct(">L")


class H2ConnectionError(Exception):
    """Connection error: sends GOAWAY and closes the connection.

    Args:
        code: The error code of RFC 9113.
        reason: For the debug data of GOAWAY.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class H2StreamError(Exception):
    """Stream error: sends RST_STREAM.

    Args:
        stream_id: Id of the stream.
        code: The error code of RFC 9113.
        reason: The violation.
    """

    def __init__(self, stream_id: int, code: int, reason: str) -> None:
        super().__init__(reason)
        self.stream_id = stream_id
        self.code = code


def frame(kind: int, flags: int, stream_id: int, payload: bytes = b"") -> bytes:
    """Returns a whole frame."""
    size = len(payload)
    return HEAD.pack(size >> 16, size & 0xFFFF, kind, flags, stream_id) + payload


def rst_stream(stream_id: int, code: int) -> bytes:
    """Returns an RST_STREAM frame."""
    return frame(RST_STREAM, 0, stream_id, _LONG.pack(code))


def window_update(stream_id: int, increment: int) -> bytes:
    """Returns a WINDOW_UPDATE frame, for a stream or, with stream 0, the connection."""
    return frame(WINDOW_UPDATE, 0, stream_id, _LONG.pack(increment))


def goaway(last_stream_id: int, code: int, reason: str = "") -> bytes:
    """Returns a GOAWAY frame."""
    return frame(GOAWAY, 0, 0, _PAIR.pack(last_stream_id, code) + reason.encode())


def unpadded(payload: bytes) -> bytes:
    """Returns the payload of a padded frame without its padding.

    Raises:
        H2ConnectionError: The padding is longer than the frame.
    """
    if not payload or payload[0] >= len(payload):
        raise H2ConnectionError(PROTOCOL_ERROR, "the padding is longer than the frame")
    return payload[1 : len(payload) - payload[0]]


def settings(*, max_concurrent_streams: int, initial_window: int, max_header_list_size: int) -> bytes:
    """Returns the SETTINGS frame of this side."""
    values = {
        _MAX_CONCURRENT_STREAMS: max_concurrent_streams,
        _INITIAL_WINDOW_SIZE: initial_window,
        _MAX_HEADER_LIST_SIZE: max_header_list_size,
    }
    return frame(SETTINGS, 0, 0, b"".join(_SETTING.pack(*each) for each in values.items()))


class PeerSettings:
    """SETTINGS of the peer.

    Attributes:
        initial_window: Send window of a new stream, in bytes.
        max_frame_size: The largest payload that it takes.
        max_header_list_size: The largest list of fields that it takes, in bytes as SETTINGS_MAX_HEADER_LIST_SIZE
            counts them; None: any.
    """

    __slots__ = ("initial_window", "max_frame_size", "max_header_list_size")

    def __init__(self) -> None:
        self.initial_window = DEFAULT_WINDOW
        self.max_frame_size = DEFAULT_FRAME_SIZE
        self.max_header_list_size: int | None = None

    def update(self, payload: bytes) -> None:
        """Applies the payload of a SETTINGS frame.

        Raises:
            H2ConnectionError: It says what can't be.
        """
        if len(payload) % _SETTING.size:
            raise H2ConnectionError(FRAME_SIZE_ERROR, "SETTINGS of a wrong size")
        for name, value in _SETTING.iter_unpack(payload):
            if name == _ENABLE_PUSH and value > 1:
                raise H2ConnectionError(PROTOCOL_ERROR, "SETTINGS_ENABLE_PUSH is neither 0 nor 1")
            if name == _INITIAL_WINDOW_SIZE:
                if value > LARGEST_WINDOW:
                    raise H2ConnectionError(FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE is too large")
                self.initial_window = value
            elif name == _MAX_FRAME_SIZE:
                if not DEFAULT_FRAME_SIZE <= value <= LARGEST_FRAME:
                    raise H2ConnectionError(PROTOCOL_ERROR, "SETTINGS_MAX_FRAME_SIZE is out of its range")
                self.max_frame_size = value
            elif name == _MAX_HEADER_LIST_SIZE:
                self.max_header_list_size = value
