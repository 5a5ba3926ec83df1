"""Settings of a configuration file. The YAML mirrors these classes: a field is a key.

`server` is our own section; the others have the shape and the meaning of LiteLLM's `config.yaml`. Times are in seconds,
sizes in bytes.

Over 600 lines, since these docstrings are the reference of all keys, from which docs/configuration.md is made.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, Literal

from openai_grpc_server.config.secret import Secret

POSITIVE = {"above": 0}
NOT_NEGATIVE = {"minimum": 0}
# Of a secret that never goes into a header, and so may have any characters.
ANY_TEXT = {"any_text": True}

MEBIBYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeoutSettings:
    """Timeouts of an upstream call. None of them extends the caller's deadline.

    Attributes:
        connect: Time to establish the connection, in seconds; more than 0.
        first_token: Time to the first event of a stream, in seconds; more than 0.
        idle: Time between two events of a stream, in seconds; more than 0.
        total: Time of the whole call, in seconds; more than 0.
    """

    connect: float = field(default=5.0, metadata=POSITIVE)
    first_token: float = field(default=300.0, metadata=POSITIVE)
    idle: float = field(default=120.0, metadata=POSITIVE)
    total: float = field(default=600.0, metadata=POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeepaliveSettings:
    """HTTP/2 pings.

    Attributes:
        time: Idle time of a connection before the server pings, in seconds; more than 0.
        timeout: Time to wait for the answer to a ping, in seconds; more than 0.
        min_ping_interval: Least interval between pings of a client, with and without calls, in seconds; more than 0.
    """

    time: float = field(default=60.0, metadata=POSITIVE)
    timeout: float = field(default=20.0, metadata=POSITIVE)
    min_ping_interval: float = field(default=10.0, metadata=POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TlsSettings:
    """TLS of the listening ports. Paths of PEM files, which are read again when they change.

    Attributes:
        certificate: Path of the server's certificate chain.
        private_key: Path of its private key.
        client_ca: Path of the CA certificates of clients; if set, clients must show a certificate (mTLS).
        crl: Path of the revocation lists (CRL) of these CAs. A certificate whose issuer has no current list there is
            refused too. Requires `http2: asyncio`.
        min_version: Lowest version of TLS. `1.3` requires `http2: asyncio`.
    """

    certificate: str
    private_key: str
    client_ca: str | None = None
    crl: str | None = None
    min_version: Literal["1.2", "1.3"] = "1.2"


HTTP_PORT = 4000


@dataclass(frozen=True, slots=True, kw_only=True)
class HttpSettings:
    """OpenAI's REST API over HTTP/1.1, with the address, TLS, limits and keys of the gRPC port.

    Attributes:
        port: Port to listen on, 0 to 65535; 0 takes a free one, null serves no HTTP. While another program has the
            default port, gRPC alone is served, with a warning.
        max_body_bytes: Limit of a request's body, in bytes; more than 0. One without a file is limited by
            `max_message_bytes` as well.
        max_header_bytes: Limit of a request's line and headers together, in bytes; more than 0.
        header_timeout: Time for the head of a request to arrive, in seconds; more than 0.
        body_timeout: Time between two parts of a request's body, in seconds; more than 0. A body without a file has ten
            times as long in all.
        idle_timeout: Time without a request before a connection is closed, in seconds; more than 0.
        cors_origins: Origins of web pages that may call, such as `https://app.example.com`; `*`: all. Requests from
            pages of other origins are refused.
        chat_page: Whether `/chat` is a web page for a chat that shows the calls it makes. Its calls need a key as all
            do.
    """

    port: int | None = field(default=HTTP_PORT, metadata={"minimum": 0, "maximum": 65535})
    max_body_bytes: int = field(default=1024 * MEBIBYTE, metadata=POSITIVE)
    max_header_bytes: int = field(default=32 * 1024, metadata=POSITIVE)
    header_timeout: float = field(default=20.0, metadata=POSITIVE)
    body_timeout: float = field(default=30.0, metadata=POSITIVE)
    idle_timeout: float = field(default=300.0, metadata=POSITIVE)
    cors_origins: tuple[str, ...] = ()
    chat_page: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class AdminSettings:
    """Port for operators, over HTTP/1.1: probes, metrics, live calls, deployments, a drain switch.

    Attributes:
        port: Port to listen on, 0 to 65535; 0 takes a free one. Absent: no admin port.
        host: Address to listen on. Anywhere but on loopback everything except the probes needs the admin key.
        key: Admin key, as a bearer token. Absent: none on loopback, elsewhere `general_settings.master_key`.
        tls: TLS of this port, with any `http2`. With `client_ca` everything except the probes needs a certificate, and
            the admin key as well where one is needed. Absent: plain text, whatever `server.tls` says.
    """

    port: int | None = field(default=None, metadata={"minimum": 0, "maximum": 65535})
    host: str = "127.0.0.1"
    key: Secret | None = None
    tls: TlsSettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RawSettings:
    """Paths of the upstream's API that callers may use by raw calls; an entry that does not apply passes to the next.

    Paths of the contract are never raw calls: their RPCs check more. What is stored behind raw paths has no owner:
    with several callers, `keys` says whose they are.

    Attributes:
        path: Pattern of the path below the base URL, such as `/vector_stores/{id}/files`: `*` and `{name}` match one
            segment, `**` at the end any number.
        methods: HTTP methods: `GET`, `POST`, `PUT`, `PATCH`, `DELETE`.
        model: Model whose deployments serve the calls. Absent: the one that the request names, else the only upstream.
        keys: Names of the keys and identities that may use it. Empty: all.
    """

    path: str
    methods: tuple[str, ...] = ("GET", "POST", "DELETE")
    model: str | None = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AbuseLimitSettings:
    """Limits of cheap frames and connections, with `http2: asyncio`. Bursts of ten seconds' worth are allowed.

    Attributes:
        connections_per_address: Limit of open connections from one address, or from one IPv6 network of 64 bits; more
            than 0.
        resets_per_second: Limit of RPCs of a connection that are cancelled within a second and before their answer, or
            break the rules, beyond those that end otherwise; more than 0. Beyond it new RPCs of the connection are
            refused for a while.
        empty_frames_per_second: Limit of frames that carry nothing; more than 0. Beyond it the connection is closed.
        late_frames_per_second: Limit of frames of RPCs that have ended or were refused; more than 0. Beyond it the
            connection is closed.
        trusted_factor: Factor of these rates for trusted peers, whose connections are not limited by address; at least
            1.
    """

    connections_per_address: int = field(default=1000, metadata=POSITIVE)
    resets_per_second: float = field(default=100.0, metadata=POSITIVE)
    empty_frames_per_second: float = field(default=100.0, metadata=POSITIVE)
    late_frames_per_second: float = field(default=1000.0, metadata=POSITIVE)
    trusted_factor: float = field(default=10.0, metadata={"minimum": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class LogSettings:
    """Logs, on standard error: one line per RPC, and other events.

    Attributes:
        level: Least severe level that is written.
        format: Format of a line: `json` for machines, `text` for people; absent: `text` on a terminal, else `json`.
    """

    level: Literal["debug", "info", "warning", "error"] = "info"
    format: Literal["json", "text"] | None = None


Priority = Literal["low", "normal", "high"]


@dataclass(frozen=True, slots=True, kw_only=True)
class AdmissionSettings:
    """Limits of each caller, and a fair queue of calls beyond the limits of all.

    A caller is a key or an identity, else the address of the peer. Each process counts by itself; workers share the
    limits evenly.

    Attributes:
        max_streams: Limit of streaming RPCs in flight; more than 0. Absent: no limit.
        max_calls_per_caller: Limit of a caller's RPCs in flight, with those that wait; more than 0. Absent: no limit.
        max_streams_per_caller: Limit of a caller's streaming RPCs in flight, with those that wait; more than 0. Absent:
            no limit.
        max_bytes_per_caller: Limit of a caller's requests in memory, in bytes; more than 0. A single request is
            admitted whatever its size. Absent: no limit.
        max_queued: Limit of calls that wait for others to end; at least 0. They wait at `max_concurrent_rpcs` and
            `max_streams`; the next is of the highest priority that waits, and of the caller that has had the least by
            its weight. 0: calls beyond the limits are refused at once.
        max_queue_time: Time that a call waits, in seconds, before it is refused; more than 0.
        priority_key: Metadata key by which callers ask for a priority: `low`, `normal` or `high`, up to the
            `max_priority` of their key or identity. Absent: only keys and identities have one.
        overload_status: Status of calls beyond the limits of all: `resource_exhausted`, or `unavailable` with a
            pushback, after which clients and proxies retry, at another replica if there is one.
    """

    max_streams: int | None = field(default=None, metadata=POSITIVE)
    max_calls_per_caller: int | None = field(default=None, metadata=POSITIVE)
    max_streams_per_caller: int | None = field(default=None, metadata=POSITIVE)
    max_bytes_per_caller: int | None = field(default=None, metadata=POSITIVE)
    max_queued: int = field(default=0, metadata=NOT_NEGATIVE)
    max_queue_time: float = field(default=5.0, metadata=POSITIVE)
    priority_key: str | None = None
    overload_status: Literal["resource_exhausted", "unavailable"] = "resource_exhausted"


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadReportSettings:
    """Load reports (ORCA) for proxies and clients that balance by load. Each process reports its own load.

    Attributes:
        per_call: Whether each call ends with a report, in the trailer `endpoint-load-metrics-bin`.
        out_of_band: Whether `xds.service.orca.v3.OpenRcaService` is served, without a key, as health is.
        models: Whether out-of-band reports name the models, with the limits that are left. Reports of a call have
            those of its own model.
        capacity: Calls in flight at which the utilization is 1; more than 0. Default: `max_concurrent_rpcs`, else 100.
        min_interval: Least interval of out-of-band reports, in seconds; more than 0.
    """

    per_call: bool = False
    out_of_band: bool = False
    models: bool = False
    capacity: int | None = field(default=None, metadata=POSITIVE)
    min_interval: float = field(default=1.0, metadata=POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class TelemetrySettings:
    """OpenTelemetry, exported by OTLP. What is absent is as OpenTelemetry's environment variables say.

    Attributes:
        traces: Whether calls are traced.
        metrics: Whether metrics are exported.
        endpoint: URL of the collector, such as `http://collector:4317`. Absent: `OTEL_EXPORTER_OTLP_ENDPOINT`, or the
            default port on this host.
        protocol: Protocol of the collector. Absent: `OTEL_EXPORTER_OTLP_PROTOCOL`, or `grpc`.
        service_name: Name of the service. Absent: `OTEL_SERVICE_NAME`, or `openai-grpc`.
        sample_ratio: Part of the calls that are traced, 0 to 1, of those whose caller has no trace; else the caller's
            flag decides. Absent: `OTEL_TRACES_SAMPLER`, or all.
        content: Whether prompts and answers are recorded in spans.
    """

    traces: bool = True
    metrics: bool = True
    endpoint: str | None = None
    protocol: Literal["grpc", "http/protobuf"] | None = None
    service_name: str | None = None
    sample_ratio: float | None = field(default=None, metadata={"minimum": 0, "maximum": 1})
    content: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerSettings:
    """Port, limits and logs of the gateway itself.

    Attributes:
        host: Address to listen on. Containers need `0.0.0.0` or `::`.
        port: Port to listen on, 0 to 65535; 0 takes a free one.
        workers: Number of serving processes; more than 0. With more than one, a supervisor restarts them.
        worker_heartbeat_timeout: Time for a worker to answer the supervisor, in seconds, before it is killed and
            replaced; at least 0. 0: no limit.
        reuse_port: Whether separately started servers may share the port (SO_REUSEPORT).
        http2: HTTP/2 implementation: the gateway's own on its event loop, or gRPC's library.
        http: OpenAI's REST API over HTTP/1.1.
        tls: TLS of the port. Absent: plain text.
        max_message_bytes: Limit of a message in either direction, in bytes; more than 0.
        max_message_elements: Limit of the elements of a message; more than 0. Of a request: fields and list entries,
            nested ones included. Of a message from the upstream: objects, lists and strings. 16 bytes of packed numbers
            count as one.
        max_in_flight_bytes: Limit of all requests in memory, in bytes; more than 0. Beyond it calls are
            RESOURCE_EXHAUSTED. Incomplete requests count with `http2: asyncio` only.
        max_memory: Limit of the memory of all processes of the server together, in bytes, without the local models;
            more than 0. Above 90 % of it new calls are refused. Absent: the limit of the container (cgroup), if it has
            one.
        max_concurrent_rpcs: Limit of RPCs in flight, without health and reflection; more than 0. Absent: no limit.
        admission: Limits of each caller, and a fair queue. Absent: all callers have the same limits together.
        max_connection_age: Age of a connection at which the client is asked to reconnect, in seconds, so that load
            spreads; more than 0. Absent: no limit, or 30 s with several workers.
        max_connection_idle: Time without an RPC before the client is asked to reconnect, in seconds; more than 0.
        session_idle_timeout: Time that a session (`Connect`) may be without a message in either direction, in seconds;
            more than 0.
        watch_min_interval: The shortest interval between polls of a job that callers watch (`WatchResponse`), in
            seconds; more than 0.
        watch_max_interval: The longest one, while nothing changes, in seconds; more than 0. Queued responses with a
            completion window of hours are polled less often, and an upstream may ask for longer ones.
        local_directory: Directory in which the local model keeps files and batches. Made when the first file is
            uploaded; of one gateway at a time. Absent: `openai-grpc` in `XDG_DATA_HOME`, else in `~/.local/share`.
        max_connections: Limit of open connections of each worker; more than 0. Further ones are closed. Callers get at
            most three quarters of the files that the process may open: with `http2: grpcio`, whose port counts by
            itself, half by gRPC and a quarter by HTTP.
        max_concurrent_streams: Limit of RPCs in flight on a connection; more than 0. Further ones wait, or are refused.
        abuse_limits: Limits of cheap frames and connections.
        trusted_peers: Proxies, whose connections carry the calls of many: addresses, networks such as `10.0.0.0/8`, or,
            with `tls.client_ca`, names in their certificates. Requires `http2: asyncio`.
        grace_period: Time for running RPCs to finish once the server was told to stop, in seconds; at least 0.
        keepalive: HTTP/2 pings.
        reload_on_change: Whether the configuration file, and those that it includes, are read again when they change,
            as by SIGHUP; for files that a cluster mounts.
        reflection: Whether gRPC server reflection is served.
        log: Logs.
        timeouts: Timeouts of upstream calls.
        key_header: Metadata key of a caller's key: one of the gateway's if it has keys, else the one that goes
            upstream.
        include_usage: Whether chat streams ask for usage if the caller did not say.
        embeddings_base64: Whether embeddings are requested as base64 if the caller left the format open.
        extra_headers: Headers that callers may add to upstream requests by `call_options.extra_headers`. A `*` matches
            any text, except in names of credentials and addresses.
        metadata_headers: Metadata keys that go upstream as headers, so that an interceptor can set them. A `*` as in
            `extra_headers`.
        raw: Paths that the contract does not have and callers may use by raw calls. Empty: none.
        param_policy: Handling of parameters that a model is known not to take: `pass` sends them, `drop` omits them,
            `refuse` fails the call.
        models_file: Path of a file of facts about models; wins over the built-in ones.
        prices_file: Path of a file of prices; wins over the built-in ones.
        on_cancel: Handling of the upstream request when a caller cancels: `abort` closes it, `drain` reads on for its
            usage.
        drain_limit: Time to read on after a cancel, in seconds; more than 0.
        limits_file: Path of a SQLite file with the usage of keys, shared by all processes of a host; budgets in it
            outlive a restart. Absent: memory of the process.
        key_store: Where keys that are issued at run time are kept: path of a SQLite file for the processes of a host,
            `redis` for the Redis of `router_settings`, or `postgres` for the Postgres of `key_store_url`. Absent: none
            are issued.
        key_store_url: URL of the Postgres that keeps issued keys: `postgresql://user:password@host:5432/database`,
            with `?sslmode=verify-full` for TLS. Requires the extra `postgres`.
        admin: Port for operators.
        metrics_port: Port of Prometheus metrics over HTTP, 0 to 65535. It may be `admin.port`, at the same address.
            Absent: no metrics but on the admin port.
        metrics_host: Address of the metrics port. Metrics name keys, models and deployments and need no key: choose an
            address that only scrapers reach.
        load_reports: Load reports for balancing by load.
        telemetry: OpenTelemetry. Requires the extra `otel`. Absent: no traces, and no metrics by OTLP.
    """

    host: str = "127.0.0.1"
    port: int = field(default=50051, metadata={"minimum": 0, "maximum": 65535})
    workers: int = field(default=1, metadata=POSITIVE)
    worker_heartbeat_timeout: float = field(default=5.0, metadata=NOT_NEGATIVE)
    reuse_port: bool = False
    http2: Literal["grpcio", "asyncio"] = "asyncio"
    http: HttpSettings = field(default_factory=HttpSettings)
    tls: TlsSettings | None = None
    max_message_bytes: int = field(default=64 * MEBIBYTE, metadata=POSITIVE)
    max_message_elements: int = field(default=1_000_000, metadata=POSITIVE)
    max_in_flight_bytes: int = field(default=1024 * MEBIBYTE, metadata=POSITIVE)
    max_memory: int | None = field(default=None, metadata=POSITIVE)
    max_concurrent_rpcs: int | None = field(default=None, metadata=POSITIVE)
    admission: AdmissionSettings | None = None
    max_connection_age: float | None = field(default=None, metadata=POSITIVE)
    max_connection_idle: float = field(default=3600.0, metadata=POSITIVE)
    session_idle_timeout: float = field(default=600.0, metadata=POSITIVE)
    watch_min_interval: float = field(default=1.0, metadata=POSITIVE)
    watch_max_interval: float = field(default=30.0, metadata=POSITIVE)
    local_directory: str | None = None
    max_connections: int = field(default=10_000, metadata=POSITIVE)
    max_concurrent_streams: int = field(default=10_000, metadata=POSITIVE)
    abuse_limits: AbuseLimitSettings = field(default_factory=AbuseLimitSettings)
    trusted_peers: tuple[str, ...] = ()
    grace_period: float = field(default=30.0, metadata=NOT_NEGATIVE)
    keepalive: KeepaliveSettings = field(default_factory=KeepaliveSettings)
    reload_on_change: bool = False
    reflection: bool = True
    log: LogSettings = field(default_factory=LogSettings)
    timeouts: TimeoutSettings = field(default_factory=TimeoutSettings)
    key_header: str = "authorization"
    include_usage: bool = True
    embeddings_base64: bool = True
    extra_headers: tuple[str, ...] = ()
    metadata_headers: tuple[str, ...] = ()
    raw: tuple[RawSettings, ...] = ()
    param_policy: Literal["pass", "drop", "refuse"] = "pass"
    models_file: str | None = None
    prices_file: str | None = None
    on_cancel: Literal["abort", "drain"] = "abort"
    drain_limit: float = field(default=30.0, metadata=POSITIVE)
    limits_file: str | None = None
    key_store: str | None = None
    key_store_url: Secret | None = field(default=None, metadata=ANY_TEXT)
    admin: AdminSettings = field(default_factory=AdminSettings)
    metrics_port: int | None = field(default=None, metadata={"minimum": 0, "maximum": 65535})
    metrics_host: str = "127.0.0.1"
    load_reports: LoadReportSettings = field(default_factory=LoadReportSettings)
    telemetry: TelemetrySettings | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """A key of callers. Exactly one of `key` and `hash` is required.

    Attributes:
        name: Name of the key in logs and metrics.
        key: The key.
        hash: SHA-256 of the key in hexadecimal, so that the file holds no secret.
        models: Models that the key may use; a `*` matches any text. Empty: all.
        rpcs: RPCs that the key may call, such as `CreateChatCompletion` or, of one service alone,
            `ResponsesService.Connect`; a `*` matches any text. Empty: all.
        rpm: Limit of requests per minute; more than 0. Absent: no limit.
        tpm: Limit of tokens per minute; more than 0. Absent: no limit.
        max_parallel_requests: Limit of calls in flight; more than 0. Absent: no limit.
        max_budget: Limit of the cost in a `budget_duration`, in US dollars; at least 0. Absent: no limit.
        soft_budget: Cost in a `budget_duration` from which calls get a warning in their metadata and are counted in a
            metric, in US dollars; at least 0. Absent: no warning.
        budget_duration: Period after which the budget begins anew, in UTC: `30m`, `1h`, `1d`, `1w`, `1mo`; `30d` is a
            calendar month, as LiteLLM has it. Absent: never.
        weight: Share in the queue of `server.admission`, relative to the weights of others; more than 0.
        priority: Priority of its calls in that queue.
        max_priority: Highest priority that its calls may ask for by `server.admission.priority_key`. Default:
            `priority`.
        max_parallel_streams: Limit of streaming RPCs in flight of a process, in place of
            `server.admission.max_streams_per_caller`; more than 0.
        max_in_flight_bytes: Limit of requests in memory of a process, in bytes, in place of
            `server.admission.max_bytes_per_caller`; more than 0.
        admin: Whether the key may issue, list, rotate and revoke keys (`server.key_store`).
        organization: `OpenAI-Organization` of the key's calls; wins over the deployment's and the caller's.
        project: `OpenAI-Project` of the key's calls, likewise.
    """

    name: str
    key: Secret | None = None
    hash: str | None = None
    models: tuple[str, ...] = ()
    rpcs: tuple[str, ...] = ()
    rpm: int | None = field(default=None, metadata=POSITIVE)
    tpm: int | None = field(default=None, metadata=POSITIVE)
    max_parallel_requests: int | None = field(default=None, metadata=POSITIVE)
    max_budget: float | None = field(default=None, metadata=NOT_NEGATIVE)
    soft_budget: float | None = field(default=None, metadata=NOT_NEGATIVE)
    budget_duration: str | None = None
    weight: float = field(default=1.0, metadata=POSITIVE)
    priority: Priority = "normal"
    max_priority: Priority | None = None
    max_parallel_streams: int | None = field(default=None, metadata=POSITIVE)
    max_in_flight_bytes: int | None = field(default=None, metadata=POSITIVE)
    admin: bool = False
    organization: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IdentitySettings:
    """A caller, or callers, without a key. Exactly one of `spiffe`, `dns`, `subject` and `token_subject` is required.

    Attributes:
        name: Name in logs and metrics. With it all callers of the entry are one, with common limits and stored objects.
            Absent: each is one of its own, under its id.
        spiffe: SPIFFE id, the URI of the caller's certificate; a `*` in its path matches any text.
        dns: DNS name of the caller's certificate; a `*` matches any text.
        subject: Subject of the caller's certificate, whole, as `CN=web,O=Example,C=DE`.
        token_subject: Subject (`sub`) of the caller's JSON Web Token; a `*` matches any text.
        token_issuer: Issuer of the token; one of `token_issuers`. Required if there are several.
        models: Models that it may use; a `*` matches any text. Empty: all.
        rpcs: RPCs that it may call, such as `CreateChatCompletion` or, of one service alone,
            `ResponsesService.Connect`; a `*` matches any text. Empty: all.
        rpm: Limit of requests per minute; more than 0. Absent: no limit.
        tpm: Limit of tokens per minute; more than 0. Absent: no limit.
        max_parallel_requests: Limit of calls in flight; more than 0. Absent: no limit.
        max_budget: Limit of the cost in a `budget_duration`, in US dollars; at least 0. Absent: no limit.
        soft_budget: Cost in a `budget_duration` from which calls get a warning, as for `keys`.
        budget_duration: Period after which the budget begins anew, as for `keys`. Absent: never.
        weight: Share in the queue of `server.admission`, relative to the weights of others; more than 0.
        priority: Priority of its calls in that queue.
        max_priority: Highest priority that its calls may ask for by `server.admission.priority_key`. Default:
            `priority`.
        max_parallel_streams: Limit of streaming RPCs in flight of a process, in place of
            `server.admission.max_streams_per_caller`; more than 0.
        max_in_flight_bytes: Limit of requests in memory of a process, in bytes, in place of
            `server.admission.max_bytes_per_caller`; more than 0.
        admin: Whether it may issue, list, rotate and revoke keys (`server.key_store`).
        organization: `OpenAI-Organization` of its calls; wins over the deployment's and the caller's.
        project: `OpenAI-Project` of its calls, likewise.
    """

    name: str | None = None
    spiffe: str | None = None
    dns: str | None = None
    subject: str | None = None
    token_subject: str | None = None
    token_issuer: str | None = None
    models: tuple[str, ...] = ()
    rpcs: tuple[str, ...] = ()
    rpm: int | None = field(default=None, metadata=POSITIVE)
    tpm: int | None = field(default=None, metadata=POSITIVE)
    max_parallel_requests: int | None = field(default=None, metadata=POSITIVE)
    max_budget: float | None = field(default=None, metadata=NOT_NEGATIVE)
    soft_budget: float | None = field(default=None, metadata=NOT_NEGATIVE)
    budget_duration: str | None = None
    weight: float = field(default=1.0, metadata=POSITIVE)
    priority: Priority = "normal"
    max_priority: Priority | None = None
    max_parallel_streams: int | None = field(default=None, metadata=POSITIVE)
    max_in_flight_bytes: int | None = field(default=None, metadata=POSITIVE)
    admin: bool = False
    organization: str | None = None
    project: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenIssuerSettings:
    """An issuer of JSON Web Tokens, which callers send in place of a key.

    Attributes:
        issuer: The issuer (`iss`) of its tokens.
        audiences: Audiences (`aud`) of this gateway; a token must be for one of them.
        jwks: Path or `https` URL of its public keys (JWKS).
        refresh_interval: Time after which the keys are read again, in seconds; more than 0. A token by an unknown key
            makes them be read at once.
    """

    issuer: str
    audiences: tuple[str, ...]
    jwks: str
    refresh_interval: float = field(default=300.0, metadata=POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralSettings:
    """Keys and identities of callers, and forwarding of their headers and keys.

    Attributes:
        master_key: Key that may do everything. With it or `keys`, callers must show a key.
        keys: Further keys, each with its permissions and limits. Not a key of LiteLLM's, which keeps them in a
            database.
        identities: Callers by their certificates or tokens, each with its permissions and limits; the first that
            matches counts. With them callers must show one of these, or a key.
        identities_dry_run: Whether what `identities` would refuse is only logged.
        xfcc_peers: Proxies that end the callers' TLS and send their certificates' names in `x-forwarded-client-cert`:
            addresses, networks such as `10.0.0.0/8`, or, with `tls.client_ca`, SPIFFE ids and DNS names of their own
            certificates. The header of others is ignored.
        token_issuers: Issuers of the callers' JSON Web Tokens. Requires the extra `jwt`.
        sealing_key: Secret that seals ids of stored objects. Default: derived from `master_key`.
        shared_files: Whether ids of files that were uploaded elsewhere may be used by every key. Else, with several
            keys, a file is its uploader's, and one uploaded elsewhere is nobody's.
        reserve_usage: Whether calls of keys with `tpm` or a budget count with estimates while they run, so that calls
            at the same time don't exceed these limits together.
        forward_openai_org_id: Whether the caller's `openai-organization` and `openai-project` go upstream in place of
            the configured ones, although the gateway's own key is billed.
    """

    master_key: Secret | None = None
    keys: tuple[KeySettings, ...] = ()
    identities: tuple[IdentitySettings, ...] = ()
    identities_dry_run: bool = False
    xfcc_peers: tuple[str, ...] = ()
    token_issuers: tuple[TokenIssuerSettings, ...] = ()
    sealing_key: Secret | None = field(default=None, metadata=ANY_TEXT)
    shared_files: bool = False
    reserve_usage: bool = True
    forward_openai_org_id: bool = False


Fallbacks = tuple[Mapping[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LitellmSettings:
    """Defaults of all models. `router_settings` wins where both have a key.

    Attributes:
        request_timeout: Timeout of a whole call, in seconds, for models without `timeout`; more than 0.
        num_retries: Number of retries of a failed call; at least 0.
        allowed_fails: Failures per minute before a deployment is cooled down; at least 0.
        drop_params: Whether parameters that a model is known not to take are omitted.
        ssl_verify: Whether certificates of upstreams are verified, or the path of a file of CA certificates.
        ssl_certificate: Default of `litellm_params.ssl_certificate`.
        api_base: Base URL of models without an `api_base`, in place of `OPENAI_BASE_URL`.
        api_key: Key of models without an `api_key` and an `api_base`, in place of `OPENAI_API_KEY`, which is not sent
            to an `api_base` of the file.
        organization: Default of `litellm_params.organization`, for OpenAI and compatible servers.
        project: Default of `litellm_params.project`, likewise.
        headers: Headers of every upstream request; `litellm_params.extra_headers` wins, header by header.
        return_response_headers: Whether callers get all response headers of the upstream as metadata, except cookies
            and credentials.
        default_fallbacks: Models to try when all deployments of the requested model failed.
        fallbacks: Models to try when all deployments of a model failed, by its name.
        context_window_fallbacks: Models to try when a request is too long for a model, by its name.
        content_policy_fallbacks: Models to try when a model's content policy refused a request, by its name.
    """

    request_timeout: float | None = field(default=None, metadata=POSITIVE)
    num_retries: int | None = field(default=None, metadata=NOT_NEGATIVE)
    allowed_fails: int | None = field(default=None, metadata=NOT_NEGATIVE)
    drop_params: bool = False
    ssl_verify: bool | str | None = None
    ssl_certificate: str | None = None
    api_base: str | None = None
    api_key: Secret | None = None
    organization: str | None = None
    project: str | None = None
    headers: Mapping[str, Secret] = field(default_factory=dict)
    return_response_headers: bool = False
    default_fallbacks: tuple[str, ...] = ()
    fallbacks: Fallbacks = ()
    context_window_fallbacks: Fallbacks = ()
    content_policy_fallbacks: Fallbacks = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAlias:
    """Another name of a model.

    Attributes:
        model: The `model_name` that calls are sent to.
        hidden: Whether lists of models omit the alias.
    """

    model: str
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class AdaptiveConcurrencySettings:
    """Limit of a deployment's requests in flight, learned from its latency (gradient2) and its refusals.

    Each process learns by itself. A deployment at its limit gets no calls, as at `max_parallel_requests`.

    Attributes:
        initial: Limit at the start; more than 0.
        min: Least limit; more than 0.
        max: Greatest limit; more than 0.
        tolerance: Factor of the long-term latency up to which the recent one lowers nothing; at least 1.
        backoff: Factor of the limit after an upstream's overload or timeout; more than 0 and at most 1.
    """

    initial: int = field(default=20, metadata=POSITIVE)
    min: int = field(default=4, metadata=POSITIVE)
    max: int = field(default=200, metadata=POSITIVE)
    tolerance: float = field(default=1.5, metadata={"minimum": 1})
    backoff: float = field(default=0.9, metadata={"above": 0, "maximum": 1})


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSettings:
    """Load balancing, retries, cooldowns and fallbacks.

    Attributes:
        routing_strategy: Choice of the deployment: at random by `weight`, `rpm` or `tpm`; fewest calls in flight;
            lowest time to the first token; fewest tokens this minute.
        num_retries: Number of retries of a failed call; at least 0. Default: 2.
        retry_after: Least delay before a retry, in seconds; at least 0.
        timeout: Timeout of a whole call, in seconds, for models without `timeout`; more than 0.
        stream_timeout: Timeout of a stream's first event, in seconds, for models without `stream_timeout`; more than 0.
        allowed_fails: Failures per minute before a deployment is cooled down; at least 0. Default: 3.
        cooldown_time: Duration of a cooldown, in seconds; at least 0.
        disable_cooldowns: Whether deployments are never cooled down.
        enable_pre_call_checks: Whether deployments with too small a context window are omitted.
        model_group_alias: Other names of models.
        default_fallbacks: Models to try when all deployments of the requested model failed.
        fallbacks: Models to try when all deployments of a model failed, by its name; `*`: any.
        context_window_fallbacks: Models to try when a request is too long for a model, by its name; `*`: any.
        content_policy_fallbacks: Models to try when a model's content policy refused a request, by its name; `*`: any.
        max_fallbacks: Number of fallbacks that are tried for a call; at least 0.
        redis_host: Host of the Redis that replicas share limits and cooldowns in.
        redis_port: Port of the Redis.
        redis_password: Password of the Redis.
        redis_url: URL of the Redis, in place of the three keys above; wins.
        retry_maybe_billed: Whether a call that the upstream may have billed is retried. Not a key of LiteLLM's.
        adaptive_concurrency: Limit of each deployment's requests in flight that follows its latency. Absent: none. Not
            a key of LiteLLM's.
    """

    routing_strategy: Literal[
        "simple-shuffle", "least-busy", "latency-based-routing", "usage-based-routing", "usage-based-routing-v2"
    ] = "simple-shuffle"
    num_retries: int | None = field(default=None, metadata=NOT_NEGATIVE)
    retry_after: float = field(default=0.0, metadata=NOT_NEGATIVE)
    timeout: float | None = field(default=None, metadata=POSITIVE)
    stream_timeout: float | None = field(default=None, metadata=POSITIVE)
    allowed_fails: int | None = field(default=None, metadata=NOT_NEGATIVE)
    cooldown_time: float = field(default=5.0, metadata=NOT_NEGATIVE)
    disable_cooldowns: bool = False
    enable_pre_call_checks: bool = False
    model_group_alias: Mapping[str, str | ModelAlias] = field(default_factory=dict)
    default_fallbacks: tuple[str, ...] = ()
    fallbacks: Fallbacks = ()
    context_window_fallbacks: Fallbacks = ()
    content_policy_fallbacks: Fallbacks = ()
    max_fallbacks: int = field(default=5, metadata=NOT_NEGATIVE)
    redis_host: str | None = None
    redis_port: int = field(default=6379, metadata={"minimum": 1, "maximum": 65535})
    redis_password: Secret | None = field(default=None, metadata=ANY_TEXT)
    redis_url: Secret | None = field(default=None, metadata=ANY_TEXT)
    retry_maybe_billed: bool = False
    adaptive_concurrency: AdaptiveConcurrencySettings | None = None


# What the gateway decides itself, or the caller: never a default.
NOT_DEFAULTS = frozenset({"messages", "input", "prompt", "stream", "file", "previous_response_id", "conversation"})


@cache
def request_parameters() -> frozenset[str]:
    """Returns the names of the parameters that a request for a model can have."""
    from openai_grpc.v1 import (  # noqa: PLC0415 - slow to load; few configurations need it
        chat_pb2,
        completions_pb2,
        embeddings_pb2,
        responses_pb2,
        transcription_pb2,
    )

    requests = (
        chat_pb2.CreateChatCompletionRequest,
        completions_pb2.CreateCompletionRequest,
        responses_pb2.CreateResponseRequest,
        embeddings_pb2.CreateEmbeddingRequest,
        transcription_pb2.CreateTranscriptionRequest,
    )
    names = {each.name for request in requests for each in request.DESCRIPTOR.fields if each.number < 900}
    return frozenset(names - NOT_DEFAULTS)


@dataclass(frozen=True, slots=True, kw_only=True)
class LitellmParams:
    """Upstream, key and parameters of a deployment.

    Attributes:
        model: The upstream's name of the model; one provider prefix such as `openai/` or `mistral/` is stripped from
            it, and says where the model is called if there is no `api_base`. A `*` in it is what the `*` of
            `model_name` matched.
        custom_llm_provider: Provider, where `model` has no prefix.
        api_key: The upstream's key. Absent: the caller's own key is passed on, or, if `api_base` is absent too,
            `OPENAI_API_KEY` or the provider's variable, such as `MISTRAL_API_KEY`, is sent. Empty: no key is sent.
        api_base: The upstream's base URL, with its `/v1`. Default: the provider's, else `OPENAI_BASE_URL`, else
            OpenAI's.
        base_url: Alias of `api_base`.
        organization: Value of `OpenAI-Organization`, unless the caller sends one.
        project: Value of `OpenAI-Project`, unless the caller sends one.
        timeout: Timeout of a whole call, in seconds; more than 0.
        stream_timeout: Timeout of a stream's first event, in seconds; more than 0.
        max_retries: Number of retries of a failed call, in place of `num_retries`; at least 0.
        extra_headers: Headers of every request.
        extra_body: Parameters for requests that lack them, also ones that OpenAI does not have.
        rpm: Limit of requests per minute; more than 0. Absent: no limit.
        tpm: Limit of tokens per minute; more than 0. Absent: no limit.
        max_parallel_requests: Limit of requests in flight; more than 0. Absent: no limit.
        weight: Share among the deployments of one name, relative to the weights of the others; at least 0.
        ssl_verify: Whether the upstream's certificate is verified, or the path of a file of CA certificates.
        ssl_certificate: Path of a PEM file with the client certificate and its private key.
        supports_system_message: Whether the model takes system messages. False: their text is sent as the user's.
        use_chat_completions_api: Whether responses are made of chat completions, for upstreams without `/responses`.
        responses_websocket: Whether the upstream serves responses over a WebSocket at `/responses`, for `Connect`.
            Default: at api.openai.com.
        videos_as_forms: Whether the upstream takes requests for videos as forms only, as vLLM-Omni does.
        drop_params: Whether parameters that the model is known not to take are omitted.
        additional_drop_params: Parameters that are always omitted.
        input_cost_per_token: Price of an input token, in US dollars; at least 0.
        output_cost_per_token: Price of an output token, in US dollars; at least 0.
        cache_read_input_token_cost: Price of a cached input token, in US dollars; at least 0.
        output_cost_per_video_per_second: Price of a second of video, in US dollars; at least 0.
        parameters: Any other parameter of a request, such as `temperature`: its value for requests that lack it.
    """

    model: str
    custom_llm_provider: str | None = None
    api_key: Secret | None = None
    api_base: str | None = None
    base_url: str | None = None
    organization: str | None = None
    project: str | None = None
    timeout: float | None = field(default=None, metadata=POSITIVE)
    stream_timeout: float | None = field(default=None, metadata=POSITIVE)
    max_retries: int | None = field(default=None, metadata=NOT_NEGATIVE)
    extra_headers: Mapping[str, Secret] = field(default_factory=dict)
    extra_body: Mapping[str, Any] = field(default_factory=dict)
    rpm: int | None = field(default=None, metadata=POSITIVE)
    tpm: int | None = field(default=None, metadata=POSITIVE)
    max_parallel_requests: int | None = field(default=None, metadata=POSITIVE)
    weight: float | None = field(default=None, metadata=NOT_NEGATIVE)
    ssl_verify: bool | str | None = None
    ssl_certificate: str | None = None
    supports_system_message: bool = True
    use_chat_completions_api: bool = False
    responses_websocket: bool | None = None
    videos_as_forms: bool = False
    drop_params: bool | None = None
    additional_drop_params: tuple[str, ...] = ()
    input_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    output_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    cache_read_input_token_cost: float | None = field(default=None, metadata=NOT_NEGATIVE)
    output_cost_per_video_per_second: float | None = field(default=None, metadata=NOT_NEGATIVE)
    parameters: Mapping[str, Any] = field(default_factory=dict, metadata={"keys": request_parameters})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """Facts about a model, where they differ from what the gateway knows. Other keys are the operator's notes.

    Attributes:
        id: Name of the deployment in logs and metadata. Default: the `model_name`.
        mode: `responses`: chat is served by `/responses`; `completion`: by legacy completions. Others, such as `chat`
            or `embedding`, have no effect.
        base_model: Known model with the same prices and limits.
        max_tokens: Limit of tokens of a reply; more than 0.
        max_input_tokens: Context window: limit of tokens of a request; more than 0.
        max_output_tokens: Limit of tokens of a reply; more than 0. Wins over `max_tokens`.
        input_cost_per_token: Price of an input token, in US dollars; at least 0.
        output_cost_per_token: Price of an output token, in US dollars; at least 0.
        cache_read_input_token_cost: Price of a cached input token, in US dollars; at least 0.
        output_cost_per_video_per_second: Price of a second of video, in US dollars; at least 0.
        supports_system_messages: Whether it takes system messages.
        supports_vision: Whether it takes images.
        supports_pdf_input: Whether it takes PDF files.
        supports_audio_input: Whether it takes audio.
        supports_audio_output: Whether it replies with audio.
        supports_function_calling: Whether it takes tools.
        supports_parallel_function_calling: Whether it calls several tools at once.
        supports_tool_choice: Whether it takes `tool_choice`.
        supports_response_schema: Whether it takes a JSON Schema as `response_format`.
        supports_reasoning: Whether it takes a reasoning effort.
        supports_web_search: Whether it takes web search.
        supports_native_streaming: Whether it streams. False: streams are synthesized from a whole reply.
        unsupported_tools: Types of tools that it does not take. Not a key of LiteLLM's.
        parameter_values: Values of a parameter that it takes, such as `reasoning_effort`, `reasoning_summary` or
            `verbosity`; an empty list: it does not take the parameter. Not a key of LiteLLM's.
        parameter_defaults: Values that it takes where a request leaves such a parameter out. Not a key of LiteLLM's.
        supported_modalities: Kinds of input: `text`, `image`, `audio`, `file`.
        supported_output_modalities: Kinds of output, such as `text` or `audio`.
        deprecation_date: Day on which it is shut down, as `YYYY-MM-DD`.
    """

    NOTES: ClassVar = True

    id: str | None = None
    mode: str | None = None
    base_model: str | None = None
    max_tokens: int | None = field(default=None, metadata=POSITIVE)
    max_input_tokens: int | None = field(default=None, metadata=POSITIVE)
    max_output_tokens: int | None = field(default=None, metadata=POSITIVE)
    input_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    output_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    cache_read_input_token_cost: float | None = field(default=None, metadata=NOT_NEGATIVE)
    output_cost_per_video_per_second: float | None = field(default=None, metadata=NOT_NEGATIVE)
    supports_system_messages: bool | None = None
    supports_vision: bool | None = None
    supports_pdf_input: bool | None = None
    supports_audio_input: bool | None = None
    supports_audio_output: bool | None = None
    supports_function_calling: bool | None = None
    supports_parallel_function_calling: bool | None = None
    supports_tool_choice: bool | None = None
    supports_response_schema: bool | None = None
    supports_reasoning: bool | None = None
    supports_web_search: bool | None = None
    supports_native_streaming: bool | None = None
    unsupported_tools: tuple[str, ...] = ()
    parameter_values: Mapping[str, tuple[Any, ...]] = field(default_factory=dict)
    parameter_defaults: Mapping[str, Any] = field(default_factory=dict)
    supported_modalities: tuple[str, ...] = ()
    supported_output_modalities: tuple[str, ...] = ()
    deprecation_date: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingSettings:
    """Encoding of requests to a model, where upstreams differ. Absent keys are as in `server`.

    Attributes:
        include_usage: Whether chat streams ask for usage if the caller did not say.
        embeddings_base64: Whether embeddings are requested as base64 if the caller left the format open.
        embeddings_batch_inputs: Limit of inputs that a stream of embeddings sends at once; more than 0.
        embeddings_batch_tokens: Limit of tokens that it sends at once, estimated for texts; more than 0. A single
            larger input is sent by itself.
        embeddings_in_flight: Limit of requests of such a stream in flight; more than 0.
    """

    include_usage: bool | None = None
    embeddings_base64: bool | None = None
    embeddings_batch_inputs: int = field(default=256, metadata=POSITIVE)
    embeddings_batch_tokens: int = field(default=100_000, metadata=POSITIVE)
    embeddings_in_flight: int = field(default=4, metadata=POSITIVE)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """An entry of `model_list`. Entries with the same name are deployments of one model.

    Attributes:
        model_name: Name that callers use. A `*` matches any text; exact names are matched first, then the longest.
        litellm_params: Upstream, key and parameters of the deployment.
        model_info: Facts about the model.
        encoding: Encoding of requests.
    """

    model_name: str
    litellm_params: LitellmParams
    model_info: ModelInfo = field(default_factory=ModelInfo)
    encoding: EncodingSettings = field(default_factory=EncodingSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration file.

    Attributes:
        model_list: Models that callers can name. Empty: every name goes to the upstream of the environment.
        litellm_settings: Defaults of all models.
        router_settings: Load balancing, retries and fallbacks.
        general_settings: Keys of callers.
        server: Port, limits and logs of the gateway itself.
        include: Paths of further files of this form, relative to this one. Lists are joined; for other keys that both
            files set, the including file wins.
    """

    model_list: tuple[ModelSettings, ...] = ()
    litellm_settings: LitellmSettings = field(default_factory=LitellmSettings)
    router_settings: RouterSettings = field(default_factory=RouterSettings)
    general_settings: GeneralSettings = field(default_factory=GeneralSettings)
    server: ServerSettings = field(default_factory=ServerSettings)
    include: tuple[str, ...] | str = ()

    @staticmethod
    @cache
    def sections() -> Mapping[str, str]:
        """Returns the keys of sections, each with the sections that have it."""
        found: dict[str, list[str]] = {}
        sections = (
            ("litellm_params", LitellmParams),
            ("model_info", ModelInfo),
            ("encoding", EncodingSettings),
            ("router_settings", RouterSettings),
            ("litellm_settings", LitellmSettings),
            ("general_settings", GeneralSettings),
            ("server", ServerSettings),
        )
        for name, kind in sections:
            for each in fields(kind):
                found.setdefault(each.name, []).append(name)
        return {key: " or ".join(names) for key, names in found.items()}
