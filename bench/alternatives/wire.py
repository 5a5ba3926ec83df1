"""gRPC over HTTP/2 as bytes: metadata, the status, and messages with their five bytes before them."""

import time
from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

Metadata = Sequence[tuple[str, str | bytes]]
Headers = list[tuple[str, str]]

HEAD: Headers = [("content-type", "application/grpc")]
_OWN = ("grpc-timeout", "grpc-encoding", "grpc-accept-encoding", "content-type", "te")  # of gRPC itself: no metadata
_SECONDS = {"H": 3600.0, "M": 60.0, "S": 1.0, "m": 1e-3, "u": 1e-6, "n": 1e-9}
_READABLE = " !\"#$&'()*+,-./:;<=>?@[\\]^_`{|}~"  # what grpc-message holds as it is, beside letters and digits
_PREFIX = 5


def metadata_of(headers: Headers) -> list[tuple[str, Any]]:
    """Returns the caller's metadata: of a key that ends in `-bin` the bytes."""
    return [(name, _decoded(name, value)) for name, value in headers if name not in _OWN and name[0] != ":"]


def deadline_of(headers: Headers) -> float | None:
    """Returns the caller's deadline in `time.monotonic()` seconds, or None."""
    for name, value in headers:
        if name == "grpc-timeout":
            return time.monotonic() + int(value[:-1]) * _SECONDS[value[-1]]
    return None


def encode(metadata: Metadata) -> Headers:
    """Writes metadata as headers: bytes in base64, without padding."""
    return [(name, value if isinstance(value, str) else _encoded(value)) for name, value in metadata]


def status(code: int, details: str) -> Headers:
    """Writes a status as headers."""
    trailers = [("grpc-status", str(code))]
    if details:
        trailers.append(("grpc-message", quote(details, safe=_READABLE)))
    return trailers


def frame(message: bytes) -> bytes:
    """Puts gRPC's five bytes before a message."""
    return b"\0" + len(message).to_bytes(4, "big") + message


class Frames:
    """Takes a request's bytes apart into messages, none of which is compressed."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> list[bytes]:
        """Returns the messages that are whole now."""
        buffer = self._buffer
        buffer += data
        messages = []
        while len(buffer) >= _PREFIX and len(buffer) >= (end := _PREFIX + int.from_bytes(buffer[1:_PREFIX], "big")):
            messages.append(bytes(buffer[_PREFIX:end]))
            del buffer[:end]
        return messages


def _encoded(value: bytes) -> str:
    return b64encode(value).decode().rstrip("=")


def _decoded(name: str, value: str) -> str | bytes:
    return b64decode(value + "=" * (-len(value) % 4)) if name.endswith("-bin") else value
