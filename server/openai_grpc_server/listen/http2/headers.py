"""Header blocks: request heads, metadata, status, and trailers."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote

from openai_grpc_server.listen.http2.frames import LARGEST_WINDOW
from openai_grpc_server.listen.http2.hpack import (
    FIELD_OVERHEAD,
    LONG,
    Decoder,
    Field,
    HeaderListTooLargeError,
    encode,
    encode_length,
)
from openai_grpc_server.listen.http2.messages import ACCEPTED, LONGEST_ECHO

if TYPE_CHECKING:
    import grpc

Value = str | bytes
Metadata = tuple[tuple[str, Value], ...]

BINARY: Final = "-bin"
KEY: Final = re.compile(r"[0-9a-z_.\-]+")
PRINTABLE: Final = re.compile(r"[ -~]*")
_NOT_PLAIN: Final = re.compile(rb"[^ -$&-~]")  # of a status message: what is percent-encoded
CONTENT_TYPE: Final = re.compile(r"application/grpc([+;].*)?", re.IGNORECASE)
_BINARY: Final = BINARY.encode()
_METHOD_NOT_ALLOWED: Final = 405
_UNSUPPORTED_MEDIA_TYPE: Final = 415
_CODECS: Final = frozenset({"application/grpc", "application/grpc+proto"})
_NAME: Final = re.compile(rb"[!#$%&'*+\-.^_`|~0-9a-z]+")
_VALUE: Final = re.compile(rb"[\t -~\x80-\xff]*")
_PSEUDO_VALUE: Final = re.compile(rb"(?! )[ -~]*(?<! )")
_LENGTH: Final = re.compile(r"[0-9]{1,18}")
_TIMEOUT: Final = re.compile(r"([0-9]{1,8})([HMSmun])")
_UNITS: Final = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_PSEUDO: Final = frozenset({b":method", b":scheme", b":path", b":authority"})
_REQUIRED: Final = (b":method", b":scheme", b":path")
CONNECTION_SPECIFIC: Final = frozenset(
    {b"connection", b"keep-alive", b"proxy-connection", b"transfer-encoding", b"upgrade"}
)
# What gRPC itself reads, and its methods don't see.
_OWN: Final = frozenset(
    {"te", "content-type", "content-length", "host", "grpc-timeout", "grpc-encoding", "grpc-accept-encoding"}
)
_HIDDEN: Final = frozenset({"grpc-tags-bin", "grpc-trace-bin"})  # gRPC's server keeps them for itself, too
_SCHEMES: Final = frozenset({"http", "https"})
_REMEMBERED: Final = 64  # blocks
_LARGEST_REMEMBERED: Final = 4 << 10  # bytes of a block: a token takes one to two thousand
# A block of few bytes may mean many, so these count as SETTINGS_MAX_HEADER_LIST_SIZE does.
_LARGEST_LIST_REMEMBERED: Final = 8 << 10  # bytes
_LISTS_REMEMBERED: Final = 64 << 10  # bytes in all
_KEYS_REMEMBERED: Final = 256
_OCTETS: Final = tuple(bytes((each,)) for each in range(LONG))


def decode_binary(value: str) -> list[bytes]:
    """Decodes the values of a `-bin` field, padded or not: several are joined by commas.

    Raises:
        ValueError: One is not base64.
    """
    try:
        return [b64decode(each + "=" * (-len(each) % 4), validate=True) for each in map(_stripped, value.split(","))]
    except binascii.Error as error:
        raise ValueError(str(error)) from None


def _stripped(value: str) -> str:
    return value.strip(" \t")


def encode_metadata(metadata: Iterable[tuple[str, Value]]) -> bytes:
    """Returns metadata as header fields.

    Raises:
        ValueError: A key or a value can't be sent.
    """
    parts: list[bytes] = []
    for key, value in metadata:  # not a call for each: it is done for the few fields of each RPC
        start, binary = _start(key)
        if binary:
            data = b64encode(value.encode() if isinstance(value, str) else value).rstrip(b"=")
        else:
            text = value if isinstance(value, str) else value.decode("latin-1")
            if not (text.isascii() and text.isprintable()):
                raise ValueError(f"metadata was invalid: the value of {key!r} has characters that can't be sent")
            data = text.encode()
        parts += (start, _OCTETS[len(data)] if len(data) < LONG else encode_length(data), data)
    return b"".join(parts)


@lru_cache(_KEYS_REMEMBERED)
def _start(key: str) -> tuple[bytes, bool]:
    """Returns the beginning of a field, and whether its value is binary: the same few keys are sent in every call."""
    if not KEY.fullmatch(key):
        raise ValueError(f"metadata was invalid: the key {key!r}")
    name = key.encode()
    return b"\0" + encode_length(name) + name, key.endswith(BINARY)


def encode_message(details: str) -> bytes:
    """Returns the message of a status as the value of `grpc-message`, percent-encoded."""
    return _NOT_PLAIN.sub(lambda found: b"%%%02X" % found[0][0], details.encode("utf-8", "replace"))


class MalformedError(Exception):
    """Malformed HTTP request, as used in request smuggling (RFC 9113, section 8.1.1)."""


@dataclass(frozen=True, slots=True)
class RequestHead:
    """The head of a request.

    Attributes:
        method: The HTTP method.
        path: The RPC's path.
        metadata: The caller's metadata as grpc.aio gives it.
        timeout: Seconds until the deadline, or None.
        bad_timeout: Whether there is a `grpc-timeout` that says nothing.
        encoding: Compression of the request's messages.
        accepts: Compression for the caller's replies.
        content_type: The content type, or empty.
        content_length: Bytes of data that follow, if declared.
        fault: Why gRPC can't serve it, or empty.
        codec_known: Whether the content type means Protobuf messages.
        refusal: HTTP status for a request that is not gRPC; None: it is an RPC.
    """

    method: str
    path: str
    metadata: Metadata
    timeout: float | None
    bad_timeout: bool
    encoding: str
    accepts: str
    content_type: str
    content_length: int | None
    fault: str
    codec_known: bool
    refusal: int | None


class HeadReader:
    """Reads the heads of one connection's requests.

    Callers send the same head again and again, so what a block means is remembered: as long as the dynamic table does
    not change, equal blocks mean the same.

    Args:
        max_list_size: As SETTINGS_MAX_HEADER_LIST_SIZE, in bytes.
    """

    def __init__(self, max_list_size: int) -> None:
        self._max_list_size = max_list_size
        self._decoder = Decoder(max_list_size)
        self._known: dict[bytes, RequestHead] = {}
        self._known_size = 0
        self._generation = 0

    def read(self, block: bytes) -> RequestHead:
        """Reads a head.

        Raises:
            H2ConnectionError: The block can't be decoded.
            HeaderListTooLargeError: It has too many fields or values.
            MalformedError: It is no request.
        """
        decoder = self._decoder
        if self._generation == decoder.generation:
            head = self._known.get(block)
            if head is not None:
                return head
        before = decoder.generation
        fields = decoder.decode(block)
        # Values that are joined by commas become values of their own, so they count like fields.
        joined = FIELD_OVERHEAD * sum([value.count(b",") for name, value in fields if name.endswith(_BINARY)])
        if joined > self._max_list_size:
            raise HeaderListTooLargeError
        head = read_head(fields)
        if self._generation != decoder.generation:
            self._forget()
        if before == decoder.generation and len(block) <= _LARGEST_REMEMBERED:
            size = joined + sum([len(name) + len(value) + FIELD_OVERHEAD for name, value in fields])
            self._remember(block, head, size)
        return head

    def skip(self, block: bytes) -> None:
        """Decodes an unused block, to keep the header table in sync.

        Raises:
            H2ConnectionError: The block can't be decoded.
            HeaderListTooLargeError: It has too many fields.
        """
        self._decoder.decode(block)

    def read_trailers(self, block: bytes) -> None:
        """Checks the trailers of a request, which have no meaning in gRPC.

        Raises:
            H2ConnectionError: The block can't be decoded.
            HeaderListTooLargeError: It has too many fields.
            MalformedError: They are no trailers.
        """
        for name, value in self._decoder.decode(block):
            _check(name, value)

    def _remember(self, block: bytes, head: RequestHead, size: int) -> None:
        if size > _LARGEST_LIST_REMEMBERED:
            return
        if len(self._known) == _REMEMBERED or self._known_size + size > _LISTS_REMEMBERED:
            self._forget()
        self._known[block] = head
        self._known_size += size

    def _forget(self) -> None:
        self._known.clear()
        self._known_size = 0
        self._generation = self._decoder.generation


def read_head(fields: list[Field]) -> RequestHead:
    """Checks and reads the fields of a head.

    Raises:
        MalformedError: They are no request.
    """
    pseudo: dict[bytes, str] = {}
    own: dict[str, str] = {}
    metadata: list[tuple[str, Value]] = []
    fault = ""
    regular = False
    for name, value in fields:
        if name in _PSEUDO:
            if regular or name in pseudo:
                raise MalformedError(f"{name!r} comes twice, or after other fields")
            if not _PSEUDO_VALUE.fullmatch(value):
                raise MalformedError(f"the value of {name!r} has characters that it can't have")
            pseudo[name] = value.decode()
            continue
        regular = True
        _check(name, value)
        key, text = name.decode(), _text(value)
        if key in _OWN:
            if own.setdefault(key, text) != text:
                raise MalformedError(f"{key} comes twice")
        elif not key.endswith(BINARY):
            metadata.append((key, text))
        elif key not in _HIDDEN:
            try:
                metadata += [(key, each) for each in decode_binary(text)]
            except ValueError:
                fault = f"Error parsing '{key[:LONGEST_ECHO]}' metadata: illegal base64 encoding"
    return _head(pseudo, own, tuple(metadata), fault)


def _head(pseudo: dict[bytes, str], own: dict[str, str], metadata: Metadata, fault: str) -> RequestHead:
    if any(not pseudo.get(name) for name in _REQUIRED):
        raise MalformedError("a pseudo-header field is missing")
    if own.get("te", "trailers") != "trailers":
        raise MalformedError("te can only be trailers")
    if own.get("host", authority := pseudo.get(b":authority", "")) != authority and authority:
        raise MalformedError("host is not :authority")
    length = own.get("content-length")
    if length is not None and not _LENGTH.fullmatch(length):
        raise MalformedError("content-length is not a number")
    timeout = own.get("grpc-timeout")
    seconds = None if timeout is None else parse_timeout(timeout)
    content_type = own.get("content-type", "")
    return RequestHead(
        method=pseudo[b":method"],
        path=pseudo[b":path"],
        metadata=metadata,
        timeout=seconds,
        bad_timeout=timeout is not None and seconds is None,
        encoding=own.get("grpc-encoding", "identity"),
        accepts=own.get("grpc-accept-encoding", ""),
        content_type=content_type,
        content_length=None if length is None else int(length),
        fault=fault if pseudo[b":scheme"] in _SCHEMES else "Error parsing ':scheme' metadata",
        codec_known=content_type.partition(";")[0].strip().lower() in _CODECS,
        refusal=_refusal(pseudo[b":method"], content_type),
    )


def _refusal(method: str, content_type: str) -> int | None:
    if method != "POST":
        return _METHOD_NOT_ALLOWED
    return None if CONTENT_TYPE.fullmatch(content_type) else _UNSUPPORTED_MEDIA_TYPE


def _check(name: bytes, value: bytes) -> None:
    if not _NAME.fullmatch(name):
        raise MalformedError(f"{name!r} can't be the name of a field")
    if name in CONNECTION_SPECIFIC:
        raise MalformedError(f"{name!r} is for HTTP/1.1")
    if not _VALUE.fullmatch(value):
        raise MalformedError(f"the value of {name!r} has characters that it can't have")


def _text(value: bytes) -> str:
    """Returns a value as in grpc.aio, without surrounding white space (RFC 9110, section 5.5)."""
    value = value.strip(b" \t")
    try:
        return value.decode()
    except UnicodeDecodeError:
        return value.decode("latin-1")


def parse_timeout(value: str) -> float | None:
    """Returns the seconds of a `grpc-timeout`, or None if there is none."""
    found = _TIMEOUT.fullmatch(value)
    return int(found[1]) * _UNITS[found[2]] if found else None


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
    """Shortens a header block to the peer's SETTINGS_MAX_HEADER_LIST_SIZE.

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
    """Returns an encoded message shortened by a number of bytes, cut between characters."""
    room = len(message) - excess
    found = b""
    for character in unquote(message.decode()):
        more = found + encode_message(character)
        if len(more) > room:
            break
        found = more
    return found
