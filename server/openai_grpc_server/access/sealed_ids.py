"""Sealed ids: the owner, the deployment and the upstream's id of a stored object, encrypted and authenticated.

A sealed id is the prefix of the upstream's id (`resp_`) and base64url, without padding, of owner, deployment and id
under AES-256-SIV (RFC 5297): 16 bytes of synthetic initialization vector and the ciphertext. SIV is deterministic, so
callers can compare ids, and it detects any changed bit.
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
CACHED = 512  # ids
MAX_CACHED = 256  # characters of an id that is cached


@dataclass(frozen=True, slots=True)
class SealedId:
    """The content of a sealed id.

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
        secret: The secret that keys are derived from.
    """

    def __init__(self, secret: Secret) -> None:
        # Loaded only where ids are sealed: OpenSSL's bindings take 9 MB of memory.
        from cryptography.exceptions import InvalidTag  # noqa: PLC0415 - as above
        from cryptography.hazmat.primitives.ciphers.aead import AESSIV  # noqa: PLC0415 - as above

        text = secret.reveal().encode()
        vector_key = _hmac(text, b"openai-grpc sealed ids: vector")
        cipher_key = _hmac(text, b"openai-grpc sealed ids: cipher")
        self._siv = AESSIV(vector_key + cipher_key)
        self._invalid = InvalidTag
        self._owner_key = _hmac(text, b"openai-grpc sealed ids: owner")
        self._cached = lru_cache(CACHED)(self._seal)

    def seal(self, sealed: SealedId) -> str:
        """Returns the id that callers get."""
        if len(sealed.object_id) <= MAX_CACHED:
            return self._cached(sealed)
        return self._seal(sealed)

    def _seal(self, sealed: SealedId) -> str:
        plain = SEPARATOR.join((sealed.owner, sealed.deployment, sealed.object_id)).encode()
        return _prefix(sealed.object_id) + urlsafe_b64encode(self._siv.encrypt(plain, None)).decode().rstrip("=")

    def open(self, text: str) -> SealedId | None:
        """Returns the content of an id, or None if it was not sealed with this secret."""
        prefix = _prefix(text)
        # The base64url of an id without a prefix may begin like one: `IHR_1S0M`.
        return self._open(text, prefix) or (self._open(text, "") if prefix else None)

    def _open(self, text: str, prefix: str) -> SealedId | None:
        data = _decoded(text[len(prefix) :])
        if len(data) <= VECTOR:
            return None
        try:
            plain = self._siv.decrypt(data, None)
        except self._invalid:
            return None
        owner, deployment, object_id = plain.decode().split(SEPARATOR, 2)
        return SealedId(owner, deployment, object_id) if _prefix(object_id) == prefix else None

    def owner_tag(self, owner: str) -> str:
        """Returns a pseudonym of an owner, for metadata that the upstream can read: 32 hexadecimal digits."""
        return _hmac(self._owner_key, owner.encode()).hex()[:32]


def _prefix(text: str) -> str:
    """Returns the prefix of an id, which names the type of its object: `resp_`, `chatcmpl-`."""
    found = PREFIX.match(text)
    prefix = found[0] if found else ""
    return prefix if prefix.endswith(("_", "-")) else ""


def _decoded(text: str) -> bytes:
    try:
        data = urlsafe_b64decode(text + "=" * (-len(text) % 4))
    except (Base64Error, ValueError):
        return b""
    # Base64 has several texts for some bytes; only the canonical one is an id.
    return data if urlsafe_b64encode(data).decode().rstrip("=") == text else b""


def _hmac(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha256")
