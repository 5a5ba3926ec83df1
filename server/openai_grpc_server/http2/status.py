"""The blocks that begin and end answers."""

from typing import TYPE_CHECKING, Final

from openai_grpc_server.http2.hpack import encode
from openai_grpc_server.http2.messages import ACCEPTED
from openai_grpc_server.http2.metadata import encode_message

if TYPE_CHECKING:
    import grpc

BEGIN: Final = b"\x88" + encode(b"content-type", b"application/grpc")  # with `:status: 200` of the static table
BEGIN_MESSAGES: Final = BEGIN + encode(b"grpc-accept-encoding", ACCEPTED.encode())
OK: Final = encode(b"grpc-status", b"0")


def code_number(code: "grpc.StatusCode | int") -> int:
    """Returns the number of a status code."""
    return code if isinstance(code, int) else int(code.value[0])


def trailers(code: "grpc.StatusCode | int", details: str) -> bytes:
    """Returns a status as header fields."""
    number = code_number(code)
    if not number and not details:
        return OK
    block = encode(b"grpc-status", b"%d" % number)
    return block + encode(b"grpc-message", encode_message(details)) if details else block


def http_head(status: int) -> bytes:
    """Returns the head of an answer in plain HTTP, whose body is text."""
    return encode(b":status", b"%d" % status) + encode(b"content-type", b"text/plain")
