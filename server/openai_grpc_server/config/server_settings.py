"""`server`: how the gateway itself runs. Our own section; LiteLLM has no such. Times are in seconds, sizes in bytes."""

from dataclasses import dataclass, field
from typing import Literal

from openai_grpc_server.config.limits import NOT_NEGATIVE, POSITIVE

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeoutSettings:
    """Limits of an upstream call. None of them extends the caller's deadline.

    Attributes:
        connect: Until the connection stands.
        first_token: Until a stream's first event.
        idle: Between two events of a stream.
        total: The whole call.
    """

    connect: float = field(default=5.0, metadata=POSITIVE)
    first_token: float = field(default=300.0, metadata=POSITIVE)
    idle: float = field(default=120.0, metadata=POSITIVE)
    total: float = field(default=600.0, metadata=POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepaliveSettings:
    """HTTP/2 pings.

    Attributes:
        time: How long a connection is silent before the server pings.
        timeout: How long a ping may stay unanswered.
        min_ping_interval: How often a client may ping, with and without calls.
    """

    time: float = field(default=60.0, metadata=POSITIVE)
    timeout: float = field(default=20.0, metadata=POSITIVE)
    min_ping_interval: float = field(default=10.0, metadata=POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """TLS of the listening port. Paths of PEM files.

    Attributes:
        certificate: The server's certificate chain.
        private_key: Its private key.
        client_ca: Whose clients are let in; present means that clients must show a certificate (mTLS).
    """

    certificate: str
    private_key: str
    client_ca: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AbuseLimitSettings:
    """Limits of cheap frames and connections, with `http2: asyncio`. Of each rate, ten seconds' worth may come at once.

    Attributes:
        connections_per_address: Connections at once from one address; of IPv6, from one network of 64 bits.
        resets_per_second: RPCs of a connection that are cancelled within a second and before their answer, or break the
            rules, over those that end otherwise. More, and new RPCs on the connection are refused for a while.
        empty_frames_per_second: Frames that carry nothing. More end the connection.
        late_frames_per_second: Frames of RPCs that have ended or were refused. More end the connection.
        trusted_factor: How many times these rates a trusted peer has. Its addresses are in no limit of connections.
    """

    connections_per_address: int = field(default=1000, metadata=POSITIVE)
    resets_per_second: float = field(default=100.0, metadata=POSITIVE)
    empty_frames_per_second: float = field(default=100.0, metadata=POSITIVE)
    late_frames_per_second: float = field(default=1000.0, metadata=POSITIVE)
    trusted_factor: float = field(default=10.0, metadata={"minimum": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """Logs, on standard error: one line an RPC, and what else happens.

    Attributes:
        level: The least severe level that is written.
        format: `json` for machines, `text` for people.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """How the gateway itself runs.

    Attributes:
        host: The address that is listened on. Containers need `0.0.0.0` or `::`.
        port: The port; 0 takes a free one.
        workers: How many processes serve. With more than one, another process supervises them.
        worker_heartbeat_timeout: How long a worker may leave the supervisor without an answer, as one whose event loop
            hangs does; then it is killed and replaced. 0: for ever.
        reuse_port: Whether servers that were started apart may share the port (SO_REUSEPORT).
        http2: What speaks HTTP/2 on the port: gRPC's own library, or the gateway itself on its event loop.
        tls: TLS of the port; absent: plain text.
        max_message_bytes: The largest message in either direction.
        max_message_elements: How many fields and list entries a request may have, nested ones included, and how many
            objects, lists and strings a message from the upstream; 16 bytes of packed numbers count as one.
        max_in_flight_bytes: The sum of the requests in memory; more is answered with RESOURCE_EXHAUSTED. Those that
            are not complete count with `http2: asyncio` alone.
        max_memory: Up to how many bytes all processes of the server may grow together, without the local models. Above
            90 % of it new calls are refused; absent: the limit of the container (cgroup), if it has one.
        max_concurrent_rpcs: How many RPCs are served at once, besides health and reflection; absent: no limit.
        max_connection_age: When clients are asked to reconnect, so that load spreads; absent: never, or with several
            workers after 30 s.
        max_connection_idle: How long a connection may be without an RPC until its client is asked to reconnect.
        max_connections: Connections at once, in each worker; more are closed as they come. Never more than three
            quarters of the files that the process may open.
        max_concurrent_streams: RPCs at once on a connection; more wait, or are refused.
        abuse_limits: Limits of cheap frames and connections.
        trusted_peers: Proxies, whose connections carry the calls of many: addresses, networks such as `10.0.0.0/8`, or,
            with `tls.client_ca`, names in their certificates. With `http2: asyncio`.
        grace_period: How long running RPCs may take to finish once the server was told to stop.
        keepalive: HTTP/2 pings.
        reflection: Whether gRPC server reflection is served.
        log: Logs.
        timeouts: Limits of upstream calls.
        key_header: The metadata key in which callers send their key: where keys are configured one of them, else the
            one that goes upstream.
        include_usage: Whether chat streams ask for usage when the caller did not say.
        embeddings_base64: Whether embeddings are asked for as base64 when the caller left the format open.
        extra_headers: The headers that callers may add to upstream requests by `call_options.extra_headers`. A `*`
            stands for any text that makes the name neither a credential nor an address.
        param_policy: What happens to a parameter that a model is known not to take: it is passed on all the same, left
            out, or the call is refused.
        models_file: A file of facts about models that adds to those that the gateway knows, and wins over them.
        prices_file: A file of prices that adds to those that the gateway knows, and wins over them.
        on_cancel: What happens upstream when a caller cancels: the request is closed, or read on for its usage.
        drain_limit: How long it is read on.
        limits_file: The file in which it is kept what keys have used, so that all processes of a host share it and
            budgets outlive a restart; absent: the memory of the process.
        metrics_port: The port of Prometheus metrics over HTTP; absent: none are served.
        metrics_host: The address of that port. Metrics name keys, models and deployments, and ask nobody for a key; so
            they have an address of their own. For a scraper on another machine it is one that only scrapers reach.
    """

    host: str = "127.0.0.1"
    port: int = field(default=50051, metadata={"minimum": 0, "maximum": 65535})
    workers: int = field(default=1, metadata=POSITIVE)
    worker_heartbeat_timeout: float = field(default=5.0, metadata=NOT_NEGATIVE)
    reuse_port: bool = False
    http2: Literal["grpcio", "asyncio"] = "grpcio"
    tls: TlsSettings | None = None
    max_message_bytes: int = field(default=64 * MEBIBYTE, metadata=POSITIVE)
    max_message_elements: int = field(default=1_000_000, metadata=POSITIVE)
    max_in_flight_bytes: int = field(default=1024 * MEBIBYTE, metadata=POSITIVE)
    max_memory: int | None = field(default=None, metadata=POSITIVE)
    max_concurrent_rpcs: int | None = field(default=None, metadata=POSITIVE)
    max_connection_age: float | None = field(default=None, metadata=POSITIVE)
    max_connection_idle: float = field(default=3600.0, metadata=POSITIVE)
    max_connections: int = field(default=10_000, metadata=POSITIVE)
    max_concurrent_streams: int = field(default=10_000, metadata=POSITIVE)
    abuse_limits: AbuseLimitSettings = field(default_factory=AbuseLimitSettings)
    trusted_peers: tuple[str, ...] = ()
    grace_period: float = field(default=30.0, metadata=NOT_NEGATIVE)
    keepalive: KeepaliveSettings = field(default_factory=KeepaliveSettings)
    reflection: bool = True
    log: LogSettings = field(default_factory=LogSettings)
    timeouts: TimeoutSettings = field(default_factory=TimeoutSettings)
    key_header: str = "authorization"
    include_usage: bool = True
    embeddings_base64: bool = True
    extra_headers: tuple[str, ...] = ()
    param_policy: Literal["pass", "drop", "refuse"] = "pass"
    models_file: str | None = None
    prices_file: str | None = None
    on_cancel: Literal["abort", "drain"] = "abort"
    drain_limit: float = field(default=30.0, metadata=POSITIVE)
    limits_file: str | None = None
    metrics_port: int | None = field(default=None, metadata={"minimum": 0, "maximum": 65535})
    metrics_host: str = "127.0.0.1"
