"""`litellm_settings` and `router_settings`: defaults of all models, and how calls are spread over deployments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from openai_grpc_server.config.limits import ANY_TEXT, NOT_NEGATIVE, POSITIVE
from openai_grpc_server.config.secret import Secret

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
    default_fallbacks: tuple[str, ...] = ()
    fallbacks: Fallbacks = ()
    context_window_fallbacks: Fallbacks = ()
    content_policy_fallbacks: Fallbacks = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelAlias:
    """Another name of a model.

    Attributes:
        model: The `model_name` that it stands for.
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
