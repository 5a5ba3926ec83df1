"""The peer of a connection: what gRPC tells methods of it, and whether it is trusted."""

import asyncio
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any, Final, Self
from urllib.parse import quote

_NAMES = "x509_subject_alternative_name"
_COMMON_NAME = "x509_common_name"


@dataclass(frozen=True, slots=True)
class Peer:
    """The peer of a connection.

    Attributes:
        host: Its address without the port, such as `127.0.0.1`; empty if it has none.
        address: Its address as gRPC writes it, such as `ipv4:127.0.0.1:50051`.
        auth_context: What TLS tells of it.
        identity_key: Under which key of that its names are, or None.
    """

    host: str
    address: str
    auth_context: dict[str, list[bytes]]
    identity_key: str | None

    @classmethod
    def of(cls, transport: asyncio.BaseTransport) -> "Peer":
        """Reads it off a connection."""
        tls = transport.get_extra_info("ssl_object")
        context = _insecure() if tls is None else _secure(tls)
        key = next((key for key in (_NAMES, _COMMON_NAME) if key in context), None)
        name = transport.get_extra_info("peername")
        host = name[0] if isinstance(name, tuple) else ""
        return cls(host, _address(name), context, key)

    @property
    def names(self) -> set[str]:
        """The names in its certificate, if it has shown one: the subject's common name and the alternative names."""
        context = self.auth_context
        return {each.decode() for key in (_NAMES, _COMMON_NAME) for each in context.get(key, ())}


@dataclass(frozen=True, slots=True)
class TrustedPeers:
    """Peers that others are behind, such as a proxy.

    Attributes:
        networks: By address.
        names: By a name in the client certificate.
    """

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    names: frozenset[str] = frozenset()

    @classmethod
    def parse(cls, entries: Iterable[str]) -> Self:
        """Reads addresses, networks (CIDR) and names.

        Raises:
            ValueError: One looks like a network and is not valid.
        """
        networks, names = [], []
        for entry in entries:
            try:
                networks.append(ip_network(entry, strict=False))
            except ValueError:
                if entry.strip("0123456789abcdefABCDEF.:/") == "":
                    raise
                names.append(entry)
        return cls(tuple(networks), frozenset(names))

    def has_address(self, host: str) -> bool:
        """Whether an address is one of theirs; an empty one is not, as of a peer that is already gone."""
        if not self.networks or not host:
            return False
        address = parsed_address(host)
        return any(address in network for network in self.networks)

    def include(self, peer: Peer) -> bool:
        """Whether a peer is one of them."""
        return self.has_address(peer.host) or bool(self.names and self.names & peer.names)


NOBODY: Final = TrustedPeers()


def parsed_address(host: str) -> IPv4Address | IPv6Address:
    """Returns an address; one of IPv4 also where a socket of IPv6 has taken the connection.

    Raises:
        ValueError: It is not an address.
    """
    address = ip_address(host)
    return getattr(address, "ipv4_mapped", None) or address


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
