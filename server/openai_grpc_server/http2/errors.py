"""What goes wrong with a connection, a stream, or an RPC (RFC 9113, sections 5.4 and 7)."""

from typing import Final

import grpc.aio

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


class H2ConnectionError(Exception):
    """The connection can't go on: the peer is told by GOAWAY, and the connection closes.

    Args:
        code: The error code of RFC 9113.
        reason: For the debug data of GOAWAY.
    """

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code = code
        self.reason = reason


class H2StreamError(Exception):
    """A stream can't go on: the peer is told by RST_STREAM.

    Args:
        stream_id: Which stream.
        code: The error code of RFC 9113.
        reason: What was wrong.
    """

    def __init__(self, stream_id: int, code: int, reason: str) -> None:
        super().__init__(reason)
        self.stream_id = stream_id
        self.code = code


class StreamClosedError(grpc.aio.BaseError):
    """A method writes to an RPC that has ended: it was cancelled, its deadline passed, or its connection was lost."""


class RpcError(Exception):
    """An RPC is answered with a status before its method is called, or instead of its going on.

    Args:
        code: The status.
        details: Its message.
        metadata: More trailers.
    """

    def __init__(self, code: grpc.StatusCode, details: str, metadata: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__(details)
        self.code = code
        self.details = details
        self.metadata = metadata


class RequestMemoryError(RpcError):
    """There is no room for the bytes of a request; what had come of it is dropped."""

    def __init__(self) -> None:
        super().__init__(grpc.StatusCode.RESOURCE_EXHAUSTED, "no room for the request: retry a little later")
