"""The blocks that begin and end answers, and how they are made to fit what the peer takes."""

from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from openai_grpc_server.http2.hpack import FIELD_OVERHEAD, Decoder, Field, encode
from openai_grpc_server.http2.messages import ACCEPTED
from openai_grpc_server.http2.metadata import encode_message
from openai_grpc_server.http2.settings import LARGEST_WINDOW

if TYPE_CHECKING:
    import grpc

BEGIN: Final = b"\x88" + encode(b"content-type", b"application/grpc")  # with `:status: 200` of the static table
BEGIN_MESSAGES: Final = BEGIN + encode(b"grpc-accept-encoding", ACCEPTED.encode())
OK: Final = encode(b"grpc-status", b"0")
_MESSAGE: Final = b"grpc-message"
_DETAILS: Final = b"grpc-status-details-bin"
# What an answer can't do without; the last one forbids callers to repeat a call that may have been billed.
_KEPT: Final = frozenset(
    {
        b":status",
        b"content-type",
        b"grpc-encoding",
        b"grpc-accept-encoding",
        b"grpc-status",
        _MESSAGE,
        b"grpc-retry-pushback-ms",
    }
)


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


def fitted(block: bytes, largest: int) -> bytes:
    """Makes a header block fit what the peer takes (SETTINGS_MAX_HEADER_LIST_SIZE).

    Status and message are kept. Without the details of the status, then without the largest of the other metadata, then
    with a shorter message it is still the truth; a peer that got all of it might drop the connection.

    Args:
        block: As made by `encode`.
        largest: The largest list of fields that the peer takes, in bytes.
    """
    fields = Decoder(LARGEST_WINDOW).decode(block)
    over = sum(map(_size, fields)) - largest
    droppable = [each for each in fields if each[0] not in _KEPT]
    droppable.sort(key=lambda each: (each[0] == _DETAILS, _size(each)))
    while over > 0 and droppable:
        dropped = droppable.pop()
        over -= _size(dropped)
        fields.remove(dropped)
    if over > 0:
        fields = [(name, _shortened(value, over) if name == _MESSAGE else value) for name, value in fields]
    return b"".join(encode(name, value) for name, value in fields)


def _size(field: Field) -> int:
    return len(field[0]) + len(field[1]) + FIELD_OVERHEAD


def _shortened(message: bytes, excess: int) -> bytes:
    """Returns an encoded message without so many bytes of its end, cut between characters."""
    room = len(message) - excess
    found = b""
    for character in unquote(message.decode()):
        more = found + encode_message(character)
        if len(more) > room:
            break
        found = more
    return found
