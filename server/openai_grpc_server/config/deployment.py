"""Configuration of deployments and of the router, once names, defaults and the environment are resolved."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import quote

from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import (
    Fallbacks,
    LitellmSettings,
    ModelAlias,
    ModelInfo,
    RouterSettings,
    TimeoutSettings,
)

Mode = Literal["chat", "responses", "completions"]

# LiteLLM's names of providers that speak OpenAI's REST: prefixes of `litellm_params.model`, not part of the name.
# Each says which of the upstream's APIs serves chat. The longest first, as `openai/` begins another.
PROVIDER_PREFIXES: Mapping[str, Mode] = {
    "openai/responses/": "responses",
    "text-completion-openai/": "completions",
    "openai/": "chat",
    "hosted_vllm/": "chat",
    "llamafile/": "chat",
}

# LiteLLM's defaults.
NUM_RETRIES = 2
ALLOWED_FAILS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentConfig:
    """One model at one upstream.

    Attributes:
        name: Names the deployment in logs and metadata; no two deployments have the same.
        model_name: The name that callers use; a `*` in it matches any text. None: any name that nothing
            else matches.
        model: The upstream's name of the model; a `*` in it is what the `*` of `model_name` matched. None: the
            name that the caller used.
        strip_prefix: What is stripped from the caller's name where `model` is None; empty: nothing.
        base_url: The upstream's base URL, without a trailing slash.
        api_key: The key to send. None: the caller's own. Empty: none at all.
        organization: `OpenAI-Organization`, unless the caller names one.
        project: `OpenAI-Project`, unless the caller names one.
        forward_organization: Whether the caller may name an organization.
        extra_headers: Headers that are sent with every request.
        verify: Whether the upstream's certificate is checked, or the path of a file of CA certificates.
        client_certificate: The path of a PEM file with the client certificate to show and its private key.
        timeouts: Limits of a call, in seconds.
        include_usage: Whether chat streams ask for usage when the caller did not say.
        embeddings_base64: Whether embeddings are asked for as base64 when the caller left the format open.
        mode: Which of the upstream's APIs serves chat.
        responses_as_chat: Whether responses are made of chat completions, as the upstream has no `/responses`.
        supports_system_message: Whether the model takes system messages; false: their text is sent as the user's.
        parameters: What is sent where the caller left it out.
        drop_params: Whether parameters are left out that the model is known not to take.
        refuse_params: Whether a call is refused that has a parameter which the model is known not to take.
        additional_drop_params: Parameters that are always left out.
        info: What the operator says of the model.
        models: What the operator says of models, by the upstream's names of them.
        weight: Its share among the deployments of one name; None: nothing was said.
        rpm: Requests a minute that it takes.
        tpm: Tokens a minute that it takes.
        max_parallel_requests: Requests at once that it takes.
        max_retries: How often a failed call is tried again; None: as the router says.
    """

    name: str
    base_url: str
    model_name: str | None = None
    model: str | None = None
    strip_prefix: str = ""
    api_key: Secret | None = None
    organization: str | None = None
    project: str | None = None
    forward_organization: bool = True
    extra_headers: tuple[tuple[str, Secret], ...] = ()
    verify: bool | str = True
    client_certificate: str | None = None
    timeouts: TimeoutSettings = field(default_factory=TimeoutSettings)
    include_usage: bool = True
    embeddings_base64: bool = True
    mode: Mode = "chat"
    responses_as_chat: bool = False
    supports_system_message: bool = True
    parameters: Mapping[str, Any] = field(default_factory=dict)
    drop_params: bool = False
    refuse_params: bool = False
    additional_drop_params: tuple[str, ...] = ()
    info: ModelInfo = field(default_factory=ModelInfo)
    models: Mapping[str, ModelInfo] = field(default_factory=dict)
    weight: float | None = None
    rpm: int | None = None
    tpm: int | None = None
    max_parallel_requests: int | None = None
    max_retries: int | None = None

    def upstream_model(self, name: str) -> str:
        """Returns the upstream's name of the model that a caller named `name`."""
        if self.model is None:
            return name.removeprefix(self.strip_prefix)
        if "*" not in self.model or self.model_name is None:
            return self.model
        before, star, after = self.model_name.partition("*")
        matched = name[len(before) : len(name) - len(after)] if star else name
        return self.model.replace("*", matched, 1)


def matches(pattern: str, name: str) -> bool:
    """Whether a `model_name` with one `*` in it matches a caller's name; the `*` is never empty."""
    before, _, after = pattern.partition("*")
    return len(name) > len(before) + len(after) and name.startswith(before) and name.endswith(after)


def split_provider(model: str) -> tuple[str, Mode]:
    """Strips one provider prefix from LiteLLM's name of a model, and returns which API the prefix asks for."""
    for prefix, mode in PROVIDER_PREFIXES.items():
        if model.startswith(prefix):
            return model.removeprefix(prefix), mode
    return model, "chat"


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterConfig:
    """How calls are spread over the deployments of a model, and what happens when one fails.

    Attributes:
        routing_strategy: Which deployment serves a call, in LiteLLM's words.
        num_retries: How often a failed call is tried again.
        retry_after: The least wait before a call is tried again, in seconds.
        allowed_fails: Failures a minute after which a deployment is left alone for a while.
        cooldown_time: How long it is left alone, in seconds; 0: never.
        enable_pre_call_checks: Whether deployments are left out whose context window is too small for the request.
        aliases: Other names of models, with the `model_name` of each.
        hidden: Those of them that lists of models leave out.
        default_fallbacks: Models that serve a call which its own model failed.
        fallbacks: As above, by the name of the model that failed; `*`: any.
        context_window_fallbacks: As above, for a request that is too long for its model.
        content_policy_fallbacks: As above, for a request that the model's content policy refused.
        max_fallbacks: How many of them are tried for one call.
        redis_url: The Redis that replicas share limits and cooldowns in.
        retry_maybe_billed: Whether a call may be tried again that upstream may have billed already.
    """

    routing_strategy: str = "simple-shuffle"
    num_retries: int = NUM_RETRIES
    retry_after: float = 0.0
    allowed_fails: int = ALLOWED_FAILS
    cooldown_time: float = 5.0
    enable_pre_call_checks: bool = False
    aliases: Mapping[str, str] = field(default_factory=dict)
    hidden: frozenset[str] = frozenset()
    default_fallbacks: tuple[str, ...] = ()
    fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    context_window_fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    content_policy_fallbacks: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    max_fallbacks: int = 5
    redis_url: Secret | None = None
    retry_maybe_billed: bool = False


def router_config(router: RouterSettings, litellm: LitellmSettings) -> RouterConfig:
    """Resolves the two sections into one; `router_settings` wins over `litellm_settings`."""
    aliases = {
        name: alias if isinstance(alias, ModelAlias) else ModelAlias(model=alias)
        for name, alias in router.model_group_alias.items()
    }
    return RouterConfig(
        routing_strategy=router.routing_strategy,
        num_retries=first(router.num_retries, litellm.num_retries, NUM_RETRIES),
        retry_after=router.retry_after,
        allowed_fails=first(router.allowed_fails, litellm.allowed_fails, ALLOWED_FAILS),
        cooldown_time=0.0 if router.disable_cooldowns else router.cooldown_time,
        enable_pre_call_checks=router.enable_pre_call_checks,
        aliases={name: alias.model for name, alias in aliases.items()},
        hidden=frozenset(name for name, alias in aliases.items() if alias.hidden),
        default_fallbacks=router.default_fallbacks or litellm.default_fallbacks,
        fallbacks=merged(router.fallbacks or litellm.fallbacks),
        context_window_fallbacks=merged(router.context_window_fallbacks or litellm.context_window_fallbacks),
        content_policy_fallbacks=merged(router.content_policy_fallbacks or litellm.content_policy_fallbacks),
        max_fallbacks=router.max_fallbacks,
        redis_url=redis_url(router),
        retry_maybe_billed=router.retry_maybe_billed,
    )


def first(router: int | None, litellm: int | None, default: int) -> int:
    """Returns what `router_settings` says, or else `litellm_settings`, or else the default."""
    given = router if router is not None else litellm
    return default if given is None else given


def merged(fallbacks: Fallbacks) -> dict[str, tuple[str, ...]]:
    """Makes one mapping of LiteLLM's list of mappings."""
    return {name: models for each in fallbacks for name, models in each.items()}


def redis_url(router: RouterSettings) -> Secret | None:
    """Returns where the Redis is, as one URL: it holds the password."""
    if router.redis_url is not None or router.redis_host is None:
        return router.redis_url
    password = router.redis_password
    user = f":{quote(password.reveal(), safe='')}@" if password else ""
    return Secret(f"redis://{user}{router.redis_host}:{router.redis_port}")
