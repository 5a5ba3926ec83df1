"""Limits of a connection: sizes, timers, abuse limits, trusted peers."""

import asyncio
import re
import ssl
import time
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote

from openai_grpc_server.config.patterns import TrustedPeers
from openai_grpc_server.listen.http2.frames import settings

_NAMES = "x509_subject_alternative_name"
_COMMON_NAME = "x509_common_name"
_BY_KIND: Final = {"URI": "peer_uri", "DNS": "peer_dns", "email": "peer_email", "IP Address": "peer_ip"}
# Names of RFC 4514 for those of OpenSSL.
_SHORT: Final = {
    "commonName": "CN",
    "countryName": "C",
    "domainComponent": "DC",
    "givenName": "GN",
    "localityName": "L",
    "organizationName": "O",
    "organizationalUnitName": "OU",
    "stateOrProvinceName": "ST",
    "streetAddress": "street",
    "surname": "SN",
    "userId": "UID",
}
_SPECIAL: Final = re.compile(r'^[ #]|[,+"\\<>;]')
SMALL_MESSAGE: Final = 1 << 14  # bytes of a request of health or reflection, which need no key


@dataclass(frozen=True, slots=True)
class Peer:
    """The peer of a connection.

    Attributes:
        host: Its address without the port, such as `127.0.0.1`; empty if it has none.
        address: Its address as gRPC writes it, such as `ipv4:127.0.0.1:50051`.
        auth_context: Properties of the peer's TLS certificate.
        identity_key: Key of its names in `auth_context`, or None.
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


NOBODY: Final = TrustedPeers()


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
    subject = certificate.get("subject", ())
    common = [value.encode() for part in subject for key, value in part if key == "commonName"]
    alternatives = certificate.get("subjectAltName", ())
    names = [value.encode() for _, value in alternatives]
    if subject:
        context["x509_subject"] = [_subject(subject).encode()]
    if common:
        context[_COMMON_NAME] = common[-1:]
    for kind, key in _BY_KIND.items():
        if found := [value.encode() for each, value in alternatives if each == kind]:
            context[key] = found
    context["x509_pem_cert"] = [ssl.DER_cert_to_PEM_cert(encoded).encode()]
    if names:
        context[_NAMES] = names
    return context


def _subject(parts: Any) -> str:
    """Returns a subject as in RFC 4514, as gRPC's own server has it."""
    return ",".join(
        "+".join(f"{_SHORT.get(key, key)}={_escaped(value)}" for key, value in reversed(part))
        for part in reversed(parts)
    )


def _escaped(value: str) -> str:
    text = _SPECIAL.sub(r"\\\g<0>", value)
    return f"{text[:-1]}\\ " if text.endswith(" ") else text


BURST: Final = 10.0  # seconds whose budget may be spent at once
RAPID: Final = 1.0  # seconds; a caller that waited longer before it cancelled has not sent the RPC to do harm
LATE_PER_STREAM: Final = 16
UPDATES_PER_STREAM: Final = 2
# As Envoy has it: ten of the stream's and ten of the connection's.
UPDATES_PER_FRAME: Final = 20
BYTES_PER_UPDATE: Final = 512  # of data in large frames, which a reader may take in parts
PING_STRIKES: Final = 2  # as gRPC has it


class Budget:
    """Token bucket with a burst of ten seconds' worth.

    Args:
        per_second: Tokens added per second.

    Attributes:
        full: Whether it has as many tokens as it can: then `earn` does nothing.
    """

    __slots__ = ("_at_once", "_filled", "_left", "_per_second", "full")

    def __init__(self, per_second: float) -> None:
        self._at_once = per_second * BURST
        self._per_second = per_second
        self._left = self._at_once
        self._filled = time.monotonic()
        self.full = True

    def spend(self, tokens: int = 1) -> bool:
        """Takes tokens; returns whether there were enough."""
        if self._left < tokens:
            self._fill()
            if self._left < tokens:
                return False
        self._left -= tokens
        self.full = False
        return True

    def charge(self, tokens: int) -> None:
        """Takes tokens even if there are too few; the debt is at most the bucket's capacity."""
        self._left = max(self._left - tokens, -self._at_once)
        self.full = False

    @property
    def exhausted(self) -> bool:
        """True if there is no token."""
        if self._left < 1:
            self._fill()
        return self._left < 1

    def earn(self, tokens: int) -> None:
        """Returns tokens to the bucket, up to its capacity."""
        self._left = min(self._left + tokens, self._at_once)
        self.full = self._left == self._at_once

    def _fill(self) -> None:
        now = time.monotonic()
        self._left = min(self._left + (now - self._filled) * self._per_second, self._at_once)
        self._filled = now


class PingPolicy:
    """Ping policy: gRPC's rule for server-side keepalive (A8).

    Args:
        min_interval: Seconds between two pings while no data goes to the peer.
    """

    __slots__ = ("_last", "_min_interval", "_strikes")

    def __init__(self, min_interval: float) -> None:
        self._min_interval = min_interval
        self._last = float("-inf")
        self._strikes = 0

    def sent(self) -> None:
        """Records that headers or data were sent; the peer may then ping to measure its bandwidth."""
        self._last = float("-inf")
        self._strikes = 0

    def ping(self) -> bool:
        """Records a ping; returns whether it is within the policy."""
        now = time.monotonic()
        if now < self._last + self._min_interval:
            self._strikes += 1
        self._last = now
        return self._strikes <= PING_STRIKES


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Limits of connections. Times are in seconds, sizes in bytes.

    Attributes:
        max_message_size: The largest message of a request.
        max_small_message_size: The same for services that are added by their names.
        max_concurrent_streams: RPCs at once.
        max_header_list_size: The fields of one request, as SETTINGS_MAX_HEADER_LIST_SIZE counts them.
        stream_window: Receive window of a stream, until its method reads.
        connection_window: Receive window of the connection.
        setup_timeout: Until TLS, preface and SETTINGS are there.
        keepalive_time: Silence before a ping.
        keepalive_timeout: Timeout of a ping.
        min_ping_interval: Least time between the peer's pings while no data is sent.
        max_connection_age: When the peer is asked to reconnect, a tenth more or less; None: never.
        max_connection_age_grace: Time for its running calls after that.
        max_connection_idle: Time without an RPC before a connection is closed; None: no limit.
        max_connections: Connections at once; those over it are closed as they come, but for those of trusted addresses.
        connections_per_address: The same, from one address; of IPv6, from one network of 64 bits.
        trusted_peers: Peers whose connections carry the RPCs of many callers.
        trusted_factor: Factor of all limits below for trusted peers.
        resets_per_second: Streams that are reset before their answer, or break the rules, over those that end well.
            More are refused.
        empty_frames_per_second: Frames that carry nothing. More end the connection; so does all that follows.
        late_frames_per_second: Frames on streams that were refused or are closed.

    Ten times the last three may come at once.
    """

    max_message_size: int
    max_small_message_size: int = SMALL_MESSAGE
    max_concurrent_streams: int = 10_000
    max_header_list_size: int = 1 << 14
    stream_window: int = 1 << 18
    connection_window: int = 1 << 20
    setup_timeout: float = 20.0
    keepalive_time: float = 60.0
    keepalive_timeout: float = 20.0
    min_ping_interval: float = 10.0
    max_connection_age: float | None = None
    max_connection_age_grace: float = 600.0
    max_connection_idle: float | None = None
    max_connections: int = 10_000
    connections_per_address: int = 1000
    trusted_peers: TrustedPeers = NOBODY
    trusted_factor: float = 10.0
    resets_per_second: float = 100.0
    empty_frames_per_second: float = 100.0
    late_frames_per_second: float = 1000.0

    def of(self, peer: Peer) -> "Limits":
        """Returns the limits of a peer's connection."""
        if not self.trusted_peers.include(peer.host, lambda: peer.names):
            return self
        factor = self.trusted_factor
        return replace(
            self,
            resets_per_second=self.resets_per_second * factor,
            empty_frames_per_second=self.empty_frames_per_second * factor,
            late_frames_per_second=self.late_frames_per_second * factor,
        )

    def settings_frame(self) -> bytes:
        """Returns the SETTINGS frame of this side."""
        return settings(
            max_concurrent_streams=self.max_concurrent_streams,
            initial_window=self.stream_window,
            max_header_list_size=self.max_header_list_size,
        )
