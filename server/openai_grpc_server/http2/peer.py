"""Who is at the other end of a connection, as gRPC tells methods of it."""

import asyncio
import ssl
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

_NAMES = "x509_subject_alternative_name"
_COMMON_NAME = "x509_common_name"


@dataclass(frozen=True, slots=True)
class Peer:
    """The peer of a connection.

    Attributes:
        address: Its address, such as `ipv4:127.0.0.1:50051`.
        auth_context: What TLS tells of it.
        identity_key: Under which key of that its names are, or None.
    """

    address: str
    auth_context: dict[str, list[bytes]]
    identity_key: str | None

    @classmethod
    def of(cls, transport: asyncio.BaseTransport) -> "Peer":
        """Reads it off a connection."""
        tls = transport.get_extra_info("ssl_object")
        context = _insecure() if tls is None else _secure(tls)
        key = next((key for key in (_NAMES, _COMMON_NAME) if key in context), None)
        return cls(_address(transport.get_extra_info("peername")), context, key)


def _address(name: Any) -> str:
    if not isinstance(name, tuple):
        return "unknown"
    host, port = name[:2]
    return f"ipv6:{quote(f'[{host}]', safe=':')}:{port}" if ":" in host else f"ipv4:{host}:{port}"


def _insecure() -> dict[str, list[bytes]]:
    return {"transport_security_type": [b"insecure"], "security_level": [b"TSI_SECURITY_NONE"]}


def _secure(tls: ssl.SSLObject) -> dict[str, list[bytes]]:
    context = {"transport_security_type": [b"ssl"], "security_level": [b"TSI_PRIVACY_AND_INTEGRITY"]}
    encoded = tls.getpeercert(binary_form=True)
    certificate: Any = tls.getpeercert()
    if not encoded or not certificate:
        return context
    subject = [value.encode() for part in certificate.get("subject", ()) for key, value in part if key == "commonName"]
    names = [value.encode() for _, value in certificate.get("subjectAltName", ())]
    if subject:
        context[_COMMON_NAME] = subject[-1:]
    context["x509_pem_cert"] = [ssl.DER_cert_to_PEM_cert(encoded).encode()]
    if names:
        context[_NAMES] = names
    return context
