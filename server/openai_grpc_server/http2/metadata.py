"""gRPC's metadata as header fields (gRPC over HTTP/2, "Custom-Metadata" and "Status-Message")."""

import binascii
import re
from base64 import b64decode, b64encode
from collections.abc import Iterable
from typing import Final

from openai_grpc_server.http2.hpack import encode

Value = str | bytes
Metadata = tuple[tuple[str, Value], ...]

BINARY: Final = "-bin"
_KEY: Final = re.compile(r"[0-9a-z_.\-]+")
_PRINTABLE: Final = re.compile(r"[ -~]*")
_NOT_PLAIN: Final = re.compile(rb"[^ -$&-~]")  # of a status message: what is percent-encoded


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
    return b"".join([_field(key, value) for key, value in metadata])


def _field(key: str, value: Value) -> bytes:
    if not _KEY.fullmatch(key):
        raise ValueError(f"metadata was invalid: the key {key!r}")
    if key.endswith(BINARY):
        data = value.encode() if isinstance(value, str) else value
        return encode(key.encode(), b64encode(data).rstrip(b"="))
    text = value if isinstance(value, str) else value.decode("latin-1")
    if not _PRINTABLE.fullmatch(text):
        raise ValueError(f"metadata was invalid: the value of {key!r} has characters that can't be sent")
    return encode(key.encode(), text.encode())


def encode_message(details: str) -> bytes:
    """Returns the message of a status as the value of `grpc-message`, percent-encoded."""
    return _NOT_PLAIN.sub(lambda found: b"%%%02X" % found[0][0], details.encode("utf-8", "replace"))
