"""Ids of stored objects that say whose they are and where, to nobody but the gateway.

A sealed id is `resp_` (or whatever the upstream's begins with) and base64url of a synthetic initialization vector and
the encrypted owner, deployment and upstream's id. The scheme is SIV (RFC 5297) with HMAC-SHA256 for both of its parts:
what is sealed twice looks the same, so that callers can compare ids, and a bit that was changed is found out. The
standard library has all that it takes.
"""

import hmac
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as Base64Error
from dataclasses import dataclass
from functools import lru_cache

from openai_grpc_server.config import Secret

PREFIX = re.compile(r"[A-Za-z]*[_-]?")
VECTOR = 16  # bytes
SEPARATOR = "\0"

# Each message of a stream has the same id.
CACHED = 512  # ids, of which none is longer than
MAX_CACHED = 256  # characters


@dataclass(frozen=True, slots=True)
class SealedId:
    """What is in a sealed id.

    Attributes:
        owner: The name of the key that made the object; empty: anybody's.
        deployment: The name of the deployment that has it.
        object_id: The upstream's id.
    """

    owner: str
    deployment: str
    object_id: str


class Sealer:
    """Seals and opens ids.

    Args:
        secret: What its keys are made from.
    """

    def __init__(self, secret: Secret) -> None:
        text = secret.reveal().encode()
        self._vector_key = _hmac(text, b"openai-grpc sealed ids: vector")
        self._cipher_key = _hmac(text, b"openai-grpc sealed ids: cipher")
        self._owner_key = _hmac(text, b"openai-grpc sealed ids: owner")
        self._cached = lru_cache(CACHED)(self._seal)

    def seal(self, sealed: SealedId) -> str:
        """Returns the id that callers get."""
        if len(sealed.object_id) <= MAX_CACHED:
            return self._cached(sealed)
        return self._seal(sealed)

    def _seal(self, sealed: SealedId) -> str:
        plain = SEPARATOR.join((sealed.owner, sealed.deployment, sealed.object_id)).encode()
        vector = _hmac(self._vector_key, plain)[:VECTOR]
        return _prefix(sealed.object_id) + urlsafe_b64encode(vector + self._cipher(vector, plain)).decode().rstrip("=")

    def open(self, text: str) -> SealedId | None:
        """Returns what is in an id, or None if this gateway has not sealed it."""
        data = _decoded(text[len(_prefix(text)) :])
        vector = data[:VECTOR]
        plain = self._cipher(vector, data[VECTOR:])
        if len(data) <= VECTOR or not hmac.compare_digest(vector, _hmac(self._vector_key, plain)[:VECTOR]):
            return None
        owner, deployment, object_id = plain.decode().split(SEPARATOR, 2)
        sealed = SealedId(owner, deployment, object_id)
        return sealed if _prefix(object_id) == _prefix(text) else None

    def owner_tag(self, owner: str) -> str:
        """Returns what stands for an owner where the upstream can read it."""
        return _hmac(self._owner_key, owner.encode()).hex()[:32]

    def _cipher(self, vector: bytes, data: bytes) -> bytes:
        """Encrypts or decrypts: exclusive or with a stream of bytes that the key and the vector make."""
        blocks = range(len(data) // 32 + 1)
        stream = b"".join(_hmac(self._cipher_key, vector + block.to_bytes(4)) for block in blocks)
        return bytes(a ^ b for a, b in zip(data, stream, strict=False))


def _prefix(text: str) -> str:
    """What an id begins with, which says what it is of: `resp_`, `chatcmpl-`."""
    found = PREFIX.match(text)
    prefix = found[0] if found else ""
    return prefix if prefix.endswith(("_", "-")) else ""


def _decoded(text: str) -> bytes:
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return b""
    # Base64 has several texts for some bytes; only the one that was given out is an id.
    return data if urlsafe_b64encode(data).decode().rstrip("=") == text else b""


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")
