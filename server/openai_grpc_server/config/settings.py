"""Settings of a configuration file. The YAML mirrors these classes: a field is a key.

`server` is our own section; the others have the shape and the meaning of LiteLLM's `config.yaml`. Times are in seconds,
sizes in bytes.
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
    """Limits of an upstream call. None of them extends the caller's deadline.

    Attributes:
        connect: Until the connection is established.
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
            matches any text that makes the name neither a credential nor an address.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class KeySettings:
    """A key that callers may use. One of `key` and `hash` is given.

    Attributes:
        name: Names the key in logs and metrics.
        key: The key.
        hash: Its SHA-256 in hexadecimal, so that the file holds no secret.
        models: The models that it may name, also with a `*`; absent: all.
        rpcs: The RPCs that it may call, such as `CreateChatCompletion`, also with a `*`; absent: all.
        rpm: Requests a minute.
        tpm: Tokens a minute.
        max_parallel_requests: Calls at once.
        max_budget: What it may cost, in US dollars.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class GeneralSettings:
    """Who may call, and what of the caller goes upstream.

    Attributes:
        master_key: The key that may do everything. With it or `keys`, callers must show one.
        keys: Further keys, each with what it may do. Our own key of the file: LiteLLM keeps them in a database.
        sealing_key: What the ids of stored objects are sealed with; default: it is made from `master_key`.
        forward_openai_org_id: Whether the caller's `openai-organization` goes upstream in place of the configured one.
    """

    master_key: Secret | None = None
    keys: tuple[KeySettings, ...] = ()
    sealing_key: Secret | None = field(default=None, metadata=ANY_TEXT)
    forward_openai_org_id: bool = True


Fallbacks = tuple[Mapping[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class LitellmSettings:
    """Defaults for all models. What `router_settings` says as well counts there.

    Attributes:
        request_timeout: Limit of a whole call, for models that set no `timeout`.
        num_retries: How often a failed call is tried again.
        allowed_fails: Failures a minute after which a deployment is left alone for a while.
        drop_params: Whether parameters are left out that a model is known not to take.
        ssl_verify: Whether upstreams' certificates are checked, or the path of a file of CA certificates.
        ssl_certificate: Default of `litellm_params.ssl_certificate`.
        api_base: Base URL of models without an `api_base`, in place of `OPENAI_BASE_URL`.
        api_key: Key of models without an `api_key` and an `api_base`, in place of `OPENAI_API_KEY`, which is not sent
            to an `api_base` of the file.
        organization: Default of `litellm_params.organization`, for OpenAI and compatible servers.
        project: Default of `litellm_params.project`, likewise.
        headers: Headers of every upstream request; `litellm_params.extra_headers` wins, header by header.
        return_response_headers: Whether callers get all response headers of the upstream as metadata, without cookies
            and credentials.
        default_fallbacks: Models that serve a call which its own model failed.
        fallbacks: As above, by the name of the model that failed.
        context_window_fallbacks: As above, for a request that is too long for its model.
        content_policy_fallbacks: As above, for a request that the model's content policy refused.
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
        model: The `model_name` that it is another name of.
        hidden: Whether lists of models leave it out.
    """

    model: str
    hidden: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterSettings:
    """How calls are spread over the deployments of a model, and what happens when one fails.

    Attributes:
        routing_strategy: Which deployment serves a call: a random one by `weight`, `rpm` or `tpm`; the one with the
            fewest calls; the one with the lowest time to its first token; the one with the fewest tokens this minute.
        num_retries: How often a failed call is tried again.
        retry_after: The least wait before a call is tried again.
        timeout: Limit of a whole call, for models that set no `timeout`.
        stream_timeout: Limit of the wait for a stream's first event, for models that set none.
        allowed_fails: Failures a minute after which a deployment is left alone for a while.
        cooldown_time: How long it is left alone.
        disable_cooldowns: Whether it is never left alone.
        enable_pre_call_checks: Whether deployments are left out whose context window is too small for the request.
        model_group_alias: Other names of models.
        default_fallbacks: Models that serve a call which its own model failed.
        fallbacks: As above, by the name of the model that failed.
        context_window_fallbacks: As above, for a request that is too long for its model.
        content_policy_fallbacks: As above, for a request that the model's content policy refused.
        max_fallbacks: How many of them are tried for one call.
        redis_host: The Redis that replicas share limits and cooldowns in.
        redis_port: Its port.
        redis_password: Its password.
        redis_url: The same in one URL; wins.
        retry_maybe_billed: Whether a call may be tried again that upstream may have billed already. Our own key.
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
    """How a model of the list is called.

    Attributes:
        model: The upstream's name of the model; one provider prefix such as `openai/` or `mistral/` is stripped from
            it, and says where the model is called if there is no `api_base`. A `*` in it is what the `*` of
            `model_name` matched.
        custom_llm_provider: The provider, where `model` has no prefix.
        api_key: The upstream's key. Absent: the caller's own key is passed on, or, if `api_base` is absent too,
            `OPENAI_API_KEY` or the provider's variable, such as `MISTRAL_API_KEY`, is sent. Empty: no key is sent.
        api_base: The upstream's base URL, with its `/v1`. Default: the provider's, else `OPENAI_BASE_URL`, else
            OpenAI's.
        base_url: Another name of `api_base`.
        organization: Sent as `OpenAI-Organization`, unless the caller names one.
        project: Sent as `OpenAI-Project`, unless the caller names one.
        timeout: Limit of a whole call.
        stream_timeout: Limit of the wait for a stream's first event.
        max_retries: How often a failed call is tried again, instead of `num_retries`.
        extra_headers: Headers that are sent with every request.
        extra_body: Parameters that are sent where the caller left them out, also such as OpenAI does not have.
        rpm: Requests a minute that the deployment takes.
        tpm: Tokens a minute that the deployment takes.
        max_parallel_requests: Requests at once that the deployment takes.
        weight: Its share among the deployments of one name, relative to the others' weights.
        ssl_verify: Whether the upstream's certificate is checked, or the path of a file of CA certificates.
        ssl_certificate: The path of a PEM file with the client certificate to show and its private key.
        supports_system_message: Whether the model takes system messages; false: their text is sent as the user's.
        use_chat_completions_api: Whether responses are made of chat completions, for upstreams without `/responses`.
        drop_params: Whether parameters are left out that the model is known not to take.
        additional_drop_params: Parameters that are always left out.
        input_cost_per_token: Price of a token of input, in US dollars.
        output_cost_per_token: Price of a token of output, in US dollars.
        cache_read_input_token_cost: Price of a cached token of input, in US dollars.
        parameters: Every other key that names a parameter of a request, such as `temperature`: what is sent where the
            caller left it out.
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
    drop_params: bool | None = None
    additional_drop_params: tuple[str, ...] = ()
    input_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    output_cost_per_token: float | None = field(default=None, metadata=NOT_NEGATIVE)
    cache_read_input_token_cost: float | None = field(default=None, metadata=NOT_NEGATIVE)
    parameters: Mapping[str, Any] = field(default_factory=dict, metadata={"keys": request_parameters})


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelInfo:
    """Facts about a model, where they differ from what the gateway knows. Other keys are the operator's own notes.

    Attributes:
        id: Names the deployment in logs and metadata; default: the `model_name`.
        mode: `responses`: chat is served by `/responses`; `completion`: by legacy completions. Others, such as `chat`
            or `embedding`, have no effect.
        base_model: The known model whose prices and limits hold for this one.
        max_tokens: Tokens that a reply may have.
        max_input_tokens: Tokens that a request may have: the context window.
        max_output_tokens: Tokens that a reply may have; wins over `max_tokens`.
        input_cost_per_token: Price of a token of input, in US dollars.
        output_cost_per_token: Price of a token of output, in US dollars.
        cache_read_input_token_cost: Price of a cached token of input, in US dollars.
        supports_system_messages: Whether it takes system messages.
        supports_vision: Whether it takes images.
        supports_pdf_input: Whether it takes PDF files.
        supports_audio_input: Whether it takes audio.
        supports_audio_output: Whether it replies with audio.
        supports_function_calling: Whether it takes tools.
        supports_parallel_function_calling: Whether it calls several tools at once.
        supports_tool_choice: Whether it takes `tool_choice`.
        supports_response_schema: Whether it takes a JSON Schema as `response_format`.
        supports_reasoning: Whether it takes an effort of reasoning.
        supports_web_search: Whether it takes web search.
        supports_native_streaming: Whether it streams; false: its streams are made of one whole reply.
        unsupported_tools: The types of tools that it does not take. Our own key.
        parameter_values: The values that it takes of a parameter, such as `reasoning_effort`, `reasoning_summary` or
            `verbosity`; none: it does not take the parameter. Our own key.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class EncodingSettings:
    """How requests to a model are written, where upstreams differ. What is absent is as `server` says.

    Attributes:
        include_usage: Whether chat streams ask for usage when the caller did not say.
        embeddings_base64: Whether embeddings are asked for as base64 when the caller left the format open.
    """

    include_usage: bool | None = None
    embeddings_base64: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelSettings:
    """One entry of `model_list`. Several entries with one name are deployments of one model.

    Attributes:
        model_name: The name that callers use. A `*` in it matches any text; names without one are matched first,
            then the longest.
        litellm_params: How it is called.
        model_info: What is known of it.
        encoding: How requests to it are written.
    """

    model_name: str
    litellm_params: LitellmParams
    model_info: ModelInfo = field(default_factory=ModelInfo)
    encoding: EncodingSettings = field(default_factory=EncodingSettings)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """A whole configuration file.

    Attributes:
        model_list: The models that callers can name. Empty: every name goes to the upstream of the environment.
        litellm_settings: Defaults for all models.
        router_settings: How calls are spread over deployments.
        general_settings: Who may call.
        server: How the gateway itself runs.
        include: Paths of further files of this form, relative to this one. All make one file: lists are joined; of a
            key that both have, the one of the file that includes the other counts.
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
