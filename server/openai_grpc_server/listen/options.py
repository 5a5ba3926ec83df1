"""Options of the port: TLS, and one table of `server` keys, so that both HTTP/2 servers know each."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, cast

import grpc

from openai_grpc_server.config import AdminSettings, ConfigError, Problem, ServerSettings, TlsSettings
from openai_grpc_server.listen import http2
from openai_grpc_server.listen.http2.frames import ALPN as HTTP2
from openai_grpc_server.runtime.resources import OWN, usable_descriptors

SLACK = 30.0  # seconds after the upstream timeout, in which a slow caller may read the rest of a reply
MEBIBYTE = 1 << 20
LARGEST = (1 << 31) - 1  # value of a channel argument

# Shares of the file descriptors for callers' connections; the rest is left for those to upstreams, so that peers
# without a key can't take them all. gRPC's own server counts its connections apart from those of the HTTP port.
ALL_PORTS: Final = 0.75
GRPC_PORT: Final = 0.5
HTTP_PORT: Final = 0.25


@dataclass(frozen=True, slots=True, kw_only=True)
class PortSetting:
    """A key of `server`.

    Attributes:
        name: Its name.
        group: Group of keys that contains it, or empty.
        grpcio: Returns channel arguments for its value; None if gRPC's server has no equivalent (docs/http2.md).
        asyncio: Returns fields of `http2.Limits` for its value.
    """

    name: str
    group: str = ""
    grpcio: Callable[[Any], Mapping[str, int]] | None
    asyncio: Callable[[Any], Mapping[str, Any]]

    def value(self, settings: ServerSettings) -> Any:
        """Returns its value."""
        return getattr(getattr(settings, self.group) if self.group else settings, self.name)


def _milliseconds(seconds: float) -> int:
    return round(min(seconds * 1000, LARGEST))


def _as(name: str) -> Callable[[Any], Mapping[str, Any]]:
    return lambda value: {name: value}


def receive_limit(max_message_bytes: int) -> int:
    """Returns the largest request that gRPC itself accepts, in bytes.

    gRPC refuses a larger one before any method is called: without details, and without a log line. So its limit is
    above the configured one, which methods enforce.
    """
    return min(max_message_bytes + max(max_message_bytes // 4, MEBIBYTE), LARGEST)


def connection_limit(max_connections: int, share: float) -> int:
    """Returns the limit of callers' connections.

    Args:
        max_connections: The configured limit.
        share: Share of the file descriptors that they may have.
    """
    return max(min(max_connections, int((usable_descriptors() - OWN) * share)), 1)


def trusted_peers(entries: tuple[str, ...]) -> http2.TrustedPeers:
    """Reads `server.trusted_peers`.

    Raises:
        ConfigError: An entry is neither a network nor a name.
    """
    try:
        return http2.TrustedPeers.parse(entries)
    except ValueError as error:
        raise ConfigError(Problem(f"server.trusted_peers: {error}")) from error


def check_trusted_peers(settings: ServerSettings) -> None:
    """Checks `server.trusted_peers`.

    Raises:
        ConfigError: An entry is neither a network nor a name, or a name without `server.tls.client_ca`.
    """
    names = trusted_peers(settings.trusted_peers).names
    if names and (settings.tls is None or settings.tls.client_ca is None):
        text = f"server.trusted_peers: {', '.join(sorted(names))} can't be verified: callers present no certificates"
        raise ConfigError(Problem(text, hint="set server.tls.client_ca, or give addresses"))


PORT_SETTINGS = (
    PortSetting(
        name="max_message_bytes",
        grpcio=lambda value: {
            "grpc.max_receive_message_length": receive_limit(value),
            "grpc.max_send_message_length": min(value, LARGEST),
        },
        asyncio=lambda value: {"max_message_size": receive_limit(value)},
    ),
    PortSetting(
        group="keepalive",
        name="time",
        grpcio=lambda value: {"grpc.keepalive_time_ms": _milliseconds(value)},
        asyncio=_as("keepalive_time"),
    ),
    PortSetting(
        group="keepalive",
        name="timeout",
        grpcio=lambda value: {"grpc.keepalive_timeout_ms": _milliseconds(value)},
        asyncio=_as("keepalive_timeout"),
    ),
    PortSetting(
        group="keepalive",
        name="min_ping_interval",
        grpcio=lambda value: {"grpc.http2.min_ping_interval_without_data_ms": _milliseconds(value)},
        asyncio=_as("min_ping_interval"),
    ),
    PortSetting(
        name="max_connection_age",
        grpcio=lambda value: {} if value is None else {"grpc.max_connection_age_ms": _milliseconds(value)},
        asyncio=_as("max_connection_age"),
    ),
    PortSetting(
        name="max_connection_idle",
        grpcio=lambda value: {"grpc.max_connection_idle_ms": _milliseconds(value)},
        asyncio=_as("max_connection_idle"),
    ),
    PortSetting(
        name="max_connections",
        grpcio=lambda value: {"grpc.max_allowed_incoming_connections": connection_limit(value, GRPC_PORT)},
        asyncio=lambda value: {"max_connections": connection_limit(value, ALL_PORTS)},
    ),
    PortSetting(
        name="max_concurrent_streams",
        grpcio=lambda value: {"grpc.max_concurrent_streams": min(value, LARGEST)},
        asyncio=_as("max_concurrent_streams"),
    ),
    PortSetting(name="trusted_peers", grpcio=None, asyncio=lambda value: {"trusted_peers": trusted_peers(value)}),
    *(
        PortSetting(group="abuse_limits", name=name, grpcio=None, asyncio=_as(name))
        for name in (
            "connections_per_address",
            "resets_per_second",
            "empty_frames_per_second",
            "late_frames_per_second",
            "trusted_factor",
        )
    ),
)


def channel_arguments(settings: ServerSettings, longest_call: float) -> list[tuple[str, int]]:
    """Returns the channel arguments for gRPC's server.

    Args:
        settings: Settings of `server`.
        longest_call: Longest timeout of an upstream call, in seconds; the grace period of a connection that has reached
            its maximum age is as long.
    """
    options = {
        "grpc.so_reuseport": int(settings.reuse_port),
        "grpc.keepalive_permit_without_calls": 1,
        "grpc.http2.max_pings_without_data": 0,
    }
    for each in PORT_SETTINGS:
        if each.grpcio is not None:
            options |= each.grpcio(each.value(settings))
    if settings.max_connection_age is not None:
        options["grpc.max_connection_age_grace_ms"] = _milliseconds(longest_call + SLACK)
    return list(options.items())


def http2_limits(settings: ServerSettings, longest_call: float) -> http2.Limits:
    """Returns the limits for our own HTTP/2 server; same arguments as `channel_arguments`.

    Raises:
        ConfigError: `trusted_peers` is not valid.
    """
    limits: dict[str, Any] = {"max_connection_age_grace": longest_call + SLACK}
    for each in PORT_SETTINGS:
        limits |= each.asyncio(each.value(settings))
    return http2.Limits(**limits)


# RFC 9113, section 9.2.2 forbids most suites of TLS 1.2.
_SUITES: Final = "ECDHE+AESGCM:ECDHE+CHACHA20"
HTTP1: Final = "http/1.1"
_VERSIONS: Final = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}


def check_tls(settings: ServerSettings) -> None:
    """Checks that the HTTP/2 server can do what `server.tls` says; gRPC's own takes no CRL and no lowest version.

    Raises:
        ConfigError: It can't.
    """
    for name, each in (("server.tls", settings.tls), ("server.admin.tls", settings.admin.tls)):
        if each is not None and each.crl is not None and each.client_ca is None:
            raise ConfigError(Problem(f"{name}.crl without client_ca: no certificates are verified"))
    tls = settings.tls
    if tls is None:
        return
    hint = "set server.http2: asyncio"
    if settings.http2 == "grpcio" and tls.crl is not None:
        raise ConfigError(Problem("server.tls.crl is not supported by http2: grpcio", hint=hint))
    if settings.http2 == "grpcio" and tls.min_version != "1.2":
        text = f"server.tls.min_version {tls.min_version} is not supported by http2: grpcio"
        raise ConfigError(Problem(text, hint=hint))


def admin_tls(settings: AdminSettings) -> ssl.SSLContext | None:
    """Returns the TLS context of the admin port, which asks for a certificate and takes none, as probes show none.

    Raises:
        ConfigError: A file is unreadable or not valid PEM.
    """
    if settings.tls is None:
        return None
    context = tls_context(settings.tls, HTTP1)
    if settings.tls.client_ca is not None:
        context.verify_mode = ssl.CERT_OPTIONAL
    return context


def tls_context(tls: TlsSettings, protocol: str = HTTP2) -> ssl.SSLContext:
    """Returns the TLS context of a port.

    Args:
        tls: The settings.
        protocol: Protocol of the port, for ALPN.

    Raises:
        ConfigError: A file is unreadable or not valid PEM.
    """
    files = [path for path in (tls.private_key, tls.certificate, tls.client_ca, tls.crl) if path is not None]
    for path in files:
        read_file(path)
    try:
        return server_tls(
            Path(tls.certificate),
            Path(tls.private_key),
            None if tls.client_ca is None else Path(tls.client_ca),
            protocol,
            crl=None if tls.crl is None else Path(tls.crl),
            min_version=_VERSIONS[tls.min_version],
        )
    except ssl.SSLError as error:
        hint = "PEM files of a certificate and its key, which must not be encrypted"
        raise ConfigError(Problem(f"TLS of the port: can't use {' and '.join(files)}: {error}", hint=hint)) from error


class GrpcioTls:
    """TLS of a port of gRPC's server, which asks for the files at each handshake.

    Args:
        tls: The settings.

    Raises:
        ConfigError: A file is unreadable.
    """

    def __init__(self, tls: TlsSettings) -> None:
        self._new: grpc.ServerCertificateConfiguration | None = None
        self.credentials: Final = grpc.dynamic_ssl_server_credentials(
            _certificates(tls), cast("Any", self._fetch), require_client_authentication=tls.client_ca is not None
        )

    def use(self, tls: TlsSettings) -> None:
        """Reads the files again, for connections to come.

        Raises:
            ConfigError: A file is unreadable.
        """
        self._new = _certificates(tls)

    def _fetch(self) -> "grpc.ServerCertificateConfiguration | None":
        """Returns the new files, once. Called by a thread of gRPC's."""
        new, self._new = self._new, None
        return new


def _certificates(tls: TlsSettings) -> grpc.ServerCertificateConfiguration:
    client_ca = read_file(tls.client_ca) if tls.client_ca is not None else None
    return grpc.ssl_server_certificate_configuration(
        [(read_file(tls.private_key), read_file(tls.certificate))], root_certificates=client_ca
    )


def read_file(path: str) -> bytes:
    """Reads a file of the configuration.

    Raises:
        ConfigError: It is unreadable.
    """
    try:
        return Path(path).read_bytes()
    except OSError as error:
        raise ConfigError(Problem(f"can't be read: {error.strerror}", path)) from error


def server_tls(  # noqa: PLR0913 - each is one property of the port
    certificate: Path,
    private_key: Path,
    client_ca: Path | None,
    protocol: str = HTTP2,
    *,
    crl: Path | None = None,
    min_version: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
) -> ssl.SSLContext:
    """Returns a TLS context.

    Args:
        certificate: PEM file of the server's certificate chain.
        private_key: PEM file of its private key.
        client_ca: PEM file of the authorities of client certificates; None: clients need no certificate.
        protocol: Protocol of the port, for ALPN.
        crl: PEM file of revocation lists, one by the issuer of each client certificate; None: none are checked.
        min_version: Lowest version of TLS.

    Raises:
        OSError: A file is unreadable or not valid PEM.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = min_version
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_ciphers(_SUITES)
    context.set_alpn_protocols([protocol])
    context.load_cert_chain(certificate, private_key, password="")  # an encrypted key must not ask for one
    if client_ca is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(client_ca)
        if crl is not None:
            context.load_verify_locations(crl)
            context.verify_flags |= ssl.VerifyFlags.VERIFY_CRL_CHECK_LEAF
    return context
