"""How calls are spread over deployments: what remains of `router_settings` and `litellm_settings`."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import quote

from openai_grpc_server.config.litellm_settings import Fallbacks, LitellmSettings, ModelAlias, RouterSettings
from openai_grpc_server.config.secret import Secret

# LiteLLM's defaults.
NUM_RETRIES = 2
ALLOWED_FAILS = 3


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
        aliases: Other names of models, with the `model_name` that each stands for.
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
    """Resolves the two sections into one; what stands in both counts as `router_settings` says."""
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
