"""Frames of HTTP/2 (RFC 9113, sections 4 and 6): their types, flags and layout."""

import struct
from typing import Final

from openai_grpc_server.http2.errors import PROTOCOL_ERROR, H2ConnectionError

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

PREFACE: Final = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
HEAD_SIZE: Final = 9
DEFAULT_FRAME_SIZE: Final = 1 << 14  # the largest payload unless SETTINGS_MAX_FRAME_SIZE says otherwise
LARGEST_STREAM_ID: Final = (1 << 31) - 1
PRIORITY_SIZE: Final = 5

HEAD: Final = struct.Struct(">BHBBL")  # length in two parts, type, flags, stream
MESSAGE_HEAD: Final = struct.Struct(">BHBBLBL")  # that of a DATA frame, and the head of a gRPC message in it
_PAIR: Final = struct.Struct(">LL")
_LONG: Final = struct.Struct(">L")


def frame(kind: int, flags: int, stream_id: int, payload: bytes = b"") -> bytes:
    """Returns a whole frame."""
    size = len(payload)
    return HEAD.pack(size >> 16, size & 0xFFFF, kind, flags, stream_id) + payload


def rst_stream(stream_id: int, code: int) -> bytes:
    """Returns a frame that ends a stream at once."""
    return frame(RST_STREAM, 0, stream_id, _LONG.pack(code))


def window_update(stream_id: int, increment: int) -> bytes:
    """Returns a frame that opens a window by so many bytes: a stream's, or the connection's if the stream is 0."""
    return frame(WINDOW_UPDATE, 0, stream_id, _LONG.pack(increment))


def goaway(last_stream_id: int, code: int, reason: str = "") -> bytes:
    """Returns a frame that says up to which stream the peer will get answers."""
    return frame(GOAWAY, 0, 0, _PAIR.pack(last_stream_id, code) + reason.encode())


def unpadded(payload: bytes) -> bytes:
    """Returns the payload of a padded frame without its padding.

    Raises:
        H2ConnectionError: The padding is longer than the frame.
    """
    if not payload or payload[0] >= len(payload):
        raise H2ConnectionError(PROTOCOL_ERROR, "the padding is longer than the frame")
    return payload[1 : len(payload) - payload[0]]
