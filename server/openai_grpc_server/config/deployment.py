"""Deployments and the router: their configuration, and resolving it from settings, defaults and the environment.

Over 600 lines: each resolved attribute stands beside the settings that it comes from.
"""

from collections import Counter
from collections.abc import Container, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

from openai_grpc_server.config.checks import (
    OPENAI_BASE_URL,
    base_url_warning,
    checked_base_url,
    has_openai_names,
    header_problems,
    is_legal_value,
    is_openai,
    pattern_problems,
    raw_problems,
    value_problems,
)
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.patterns import Wildcard
from openai_grpc_server.config.providers import OTHERS, Mode, Provider, Split, is_provider, split_provider
from openai_grpc_server.config.reader import NOT_OF_HEADERS, Places
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import (
    AdaptiveConcurrencySettings,
    Fallbacks,
    IdentitySettings,
    KeySettings,
    LitellmParams,
    LitellmSettings,
    ModelAlias,
    ModelInfo,
    ModelSettings,
    RouterSettings,
    Settings,
    TimeoutSettings,
)

# Prefixes of a caller's name that choose the API.
API_PREFIXES: Mapping[str, Mode] = {"openai/responses/": "responses", "text-completion-openai/": "completions"}
RESPONSES_PREFIX = "responses/"  # what is left of one where `openai/*` matched the name

# LiteLLM's defaults.
NUM_RETRIES = 2
ALLOWED_FAILS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class DeploymentConfig:
    """One model at one upstream.

    Attributes:
        name: Unique name in logs and metadata.
        model_name: Name that callers use; a `*` matches any text. None: any name that nothing else matches.
        model: The upstream's name of the model; a `*` in it is what the `*` of `model_name` matched. None: the
            name that the caller used.
        base_url: The upstream's base URL, without a trailing slash.
        api_key: The key to send. None: the caller's own. Empty: none at all.
        organization: `OpenAI-Organization`, unless the caller names one.
        project: `OpenAI-Project`, unless the caller names one.
        forward_organization: Whether the caller may name an organization and a project beside the gateway's own key.
        extra_headers: Headers of every request.
        verify: Whether the upstream's certificate is verified, or the path of a file of CA certificates.
        client_certificate: Path of a PEM file with the client certificate and its private key.
        timeouts: Timeouts of a call, in seconds.
        include_usage: Whether chat streams ask for usage if the caller did not say.
        embeddings_base64: Whether embeddings are requested as base64 if the caller left the format open.
        embeddings_batch_inputs: Limit of inputs that a stream of embeddings sends at once.
        embeddings_batch_tokens: Limit of tokens that it sends at once.
        embeddings_in_flight: Limit of requests of such a stream in flight.
        return_response_headers: Whether callers get all response headers, without cookies and credentials.
        mode: The upstream API that serves chat.
        responses_as_chat: Whether responses are made of chat completions, as the upstream has no `/responses`.
        responses_websocket: Whether the upstream serves responses over a WebSocket; None: at OpenAI.
        videos_as_forms: Whether the upstream takes requests for videos as forms only.
        supports_system_message: Whether the model takes system messages. False: their text is sent as the user's.
        parameters: Parameters for requests that lack them.
        drop_params: Whether parameters that the model is known not to take are omitted.
        refuse_params: Whether calls with parameters that the model is known not to take are refused.
        additional_drop_params: Parameters that are always omitted.
        info: Facts about the model, by the operator.
        models: Facts about models, by the operator, by the upstream's names of them.
        weight: Share among the deployments of one name; None: not set.
        rpm: Limit of requests per minute.
        tpm: Limit of tokens per minute.
        max_parallel_requests: Limit of requests in flight.
        max_retries: Number of retries of a failed call; None: as the router says.
        local: Whether it is a model of the local engine, whose server lacks most of OpenAI's API.
    """

    name: str
    base_url: str
    model_name: str | None = None
    model: str | None = None
    api_key: Secret | None = None
    organization: str | None = None
    project: str | None = None
    forward_organization: bool = False
    extra_headers: tuple[tuple[str, Secret], ...] = ()
    verify: bool | str = True
    client_certificate: str | None = None
    timeouts: TimeoutSettings = field(default_factory=TimeoutSettings)
    include_usage: bool = True
    embeddings_base64: bool = True
    embeddings_batch_inputs: int = 256
    embeddings_batch_tokens: int = 100_000
    embeddings_in_flight: int = 4
    return_response_headers: bool = False
    mode: Mode = "chat"
    responses_as_chat: bool = False
    responses_websocket: bool | None = None
    videos_as_forms: bool = False
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
    local: bool = False

    def resolve(self, name: str, listed: Container[str] = ()) -> "UpstreamName":
        """Returns the upstream's name of a caller's model, and the API that the name selects.

        Where the caller's text goes upstream, LiteLLM's prefixes in it are read as in `litellm_params.model`.

        Args:
            name: The caller's name.
            listed: Names that the upstream lists; one of them keeps its `openai/`.
        """
        if self.model is None:
            return self._read(name, "", "", listed)
        if "*" not in self.model or self.model_name is None:
            return UpstreamName(self.model, None)
        before, star, after = self.model_name.partition("*")
        if star and not matches(self.model_name, name) and (other := openai_name(name)) is not None:
            bare, mode = other
            return self._read(bare, before, after, listed)._replace(mode=mode)
        return self._read(name, before, after, listed)

    def callers_name(self, model: str) -> str | None:
        """Returns the callers' name of an upstream's model, or None."""
        if self.model is None or self.model_name is None:
            return model
        before, _, after = self.model.partition("*")
        if not matches(self.model, model):
            return None
        return self.model_name.replace("*", model[len(before) : len(model) - len(after)], 1)

    def _read(self, name: str, before: str, after: str, listed: Container[str]) -> "UpstreamName":
        """Reads the part of a name between a prefix and a suffix, and fills the `*` of `model` with it."""
        text, model = name[len(before) : len(name) - len(after)], self.model or "*"
        mode: Mode | None = None
        if not before:
            if other := openai_name(text):
                text, mode = other
            bare = text.removeprefix("openai/")
            kept = has_openai_names(self.base_url) or model.replace("*", text, 1) in listed
            text = text if kept else bare or text
        if mode is None and len(text) > len(RESPONSES_PREFIX) and text.startswith(RESPONSES_PREFIX):
            text, mode = text.removeprefix(RESPONSES_PREFIX), "responses"
        return UpstreamName(model.replace("*", text, 1), mode)


class UpstreamName(NamedTuple):
    """The upstream's name of a model, with its API.

    Attributes:
        model: The upstream's name.
        mode: The upstream API that serves chat, if the caller's name gives it.
    """

    model: str
    mode: Mode | None


def openai_name(name: str) -> tuple[str, Mode] | None:
    """Splits a name with an API prefix into `openai/NAME` and the API; None: it has no such prefix."""
    for prefix, mode in API_PREFIXES.items():
        if name.startswith(prefix) and len(name) > len(prefix):
            return f"openai/{name.removeprefix(prefix)}", mode
    return None


def matches(pattern: str, name: str) -> bool:
    """Returns whether a `model_name` with one `*` in it matches a caller's name; the `*` is never empty."""
    before, _, after = pattern.partition("*")
    return len(name) > len(before) + len(after) and name.startswith(before) and name.endswith(after)


@dataclass(frozen=True, slots=True, kw_only=True)
class RouterConfig:
    """Load balancing, retries, cooldowns and fallbacks.

    Attributes:
        routing_strategy: Choice of the deployment, in LiteLLM's words.
        num_retries: Number of retries of a failed call.
        retry_after: Least delay before a retry, in seconds.
        allowed_fails: Failures per minute before a deployment is cooled down.
        cooldown_time: Duration of a cooldown, in seconds; 0: no cooldowns.
        enable_pre_call_checks: Whether deployments with too small a context window are omitted.
        aliases: Other names of models, with the `model_name` of each.
        hidden: Aliases that lists of models omit.
        default_fallbacks: Models to try when all deployments of the requested model failed.
        fallbacks: Models to try when all deployments of a model failed, by its name; `*`: any.
        context_window_fallbacks: Models to try when a request is too long for a model, by its name.
        content_policy_fallbacks: Models to try when a model's content policy refused a request, by its name.
        max_fallbacks: Number of fallbacks that are tried for a call.
        redis_url: URL of the Redis that replicas share limits and cooldowns in.
        retry_maybe_billed: Whether a call that the upstream may have billed is retried.
        adaptive_concurrency: Learned limits of requests in flight; None: none.
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
    adaptive_concurrency: AdaptiveConcurrencySettings | None = None


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
        adaptive_concurrency=router.adaptive_concurrency,
    )


def first(router: int | None, litellm: int | None, default: int) -> int:
    """Returns the value of `router_settings`, else of `litellm_settings`, else the default."""
    given = router if router is not None else litellm
    return default if given is None else given


def merged(fallbacks: Fallbacks) -> dict[str, tuple[str, ...]]:
    """Merges LiteLLM's list of mappings into one."""
    return {name: models for each in fallbacks for name, models in each.items()}


def redis_url(router: RouterSettings) -> Secret | None:
    """Returns the URL of Redis, with the password."""
    if router.redis_url is not None or router.redis_host is None:
        return router.redis_url
    password = router.redis_password
    user = f":{quote(password.reveal(), safe='')}@" if password else ""
    return Secret(f"redis://{user}{router.redis_host}:{router.redis_port}")


MODES: Mapping[str, Mode] = {"responses": "responses", "completion": "completions"}
# Modes of LiteLLM's that need no other API for chat, and those that are not served at all.
SERVED_MODES = (
    "chat",
    "responses",
    "completion",
    "embedding",
    "audio_speech",
    "audio_transcription",
    "batch",
    "image_edit",
    "image_generation",
    "image_variation",
    "moderation",
    "moderations",
    "realtime",
    "video_generation",
)
OTHER_MODES = ("guardrail", "ocr", "rerank", "search", "vector_store")


LISTED = 5  # models in a message
LONGEST_NAME = 128  # characters of one in a message


class Resolver:
    """Resolves one file's settings.

    Args:
        settings: Settings of the file.
        places: The places of the settings in the file.
        environ: The environment.

    Attributes:
        warnings: Likely mistakes.
    """

    def __init__(self, settings: Settings, places: Places, environ: Mapping[str, str]) -> None:
        self.warnings: list[Problem] = []
        self._problems: list[Problem] = []
        self._settings = settings
        self._places = places
        self._environ = environ

    def from_environment(self) -> tuple[DeploymentConfig, ...]:
        """Returns the upstream of the environment, for any model; empty if it names none.

        Raises:
            ConfigError: The environment's base URL is not an http(s) URL.
        """
        if not self._key() and not self._base_url():
            return ()
        return (replace(self._defaults(), api_key=self._key()),)

    def of_model(self, model: str) -> tuple[DeploymentConfig, ...]:
        """Returns one model at the upstream of the environment, which serves every call.

        Raises:
            ConfigError: The environment's base URL is not an http(s) URL.
        """
        split = split_provider(model, url=self._base_url())
        defaults, key = self._defaults(), self._key()
        if split.other:
            raise ConfigError(Problem(*other_api(split)))
        if split.provider is not None and not self._base_url():
            base_url, key = self._provider_url(split.provider), self._provider_key(split.provider)
            if not base_url:
                raise ConfigError(
                    Problem(f"{split.provider.name}/ has no base URL of its own", hint="give --api-base URL")
                )
            defaults = replace(defaults, base_url=base_url, organization=None, project=None)
        return (replace(defaults, name=split.model, api_key=key, model=split.model, mode=split.mode),)

    def from_model_list(self) -> tuple[DeploymentConfig, ...]:
        """Returns the deployments of the model list.

        Raises:
            ConfigError: With every problem.
        """
        defaults = self._defaults()
        names = self._names()
        found = [
            self._deployment(model, name, defaults)
            for model, name in zip(self._settings.model_list, names, strict=True)
        ]
        self._check_references({model.model_name for model in self._settings.model_list})
        if self._problems:
            raise ConfigError(*self._problems, warnings=self.warnings)
        return tuple(found)

    def _names(self) -> list[str]:
        """Names deployments by `id`, or by `model_name`, numbered if not unique."""
        ids = [model.model_info.id for model in self._settings.model_list]
        for model, own in zip(self._settings.model_list, ids, strict=True):
            if own is not None and ids.count(own) > 1:
                where = self._places.of(model.model_info, "id")
                self._problems.append(Problem(f"duplicate id {own!r}", where, "ids name deployments"))
        counts = Counter(model.model_name for model in self._settings.model_list)
        numbers: Counter[str] = Counter()
        names = []
        for model, own in zip(self._settings.model_list, ids, strict=True):
            numbers[model.model_name] += 1
            numbered = f"{model.model_name}#{numbers[model.model_name]}"
            names.append(own or (numbered if counts[model.model_name] > 1 else model.model_name))
        return names

    def _check_bounds(self, settings: object, least: str, most: str) -> None:
        bound = getattr(settings, most)
        if getattr(settings, least) > bound:
            self._problems.append(
                Problem(f"{least}: must be at most {most} ({bound:g})", self._places.of(settings, least))
            )

    def _defaults(self) -> DeploymentConfig:
        """Returns the deployment of an entry without settings of its own: the upstream of the environment."""
        server, router, litellm = self._settings.server, self._settings.router_settings, self._settings.litellm_settings
        url = litellm.api_base or self._base_url() or OPENAI_BASE_URL
        where = self._places.of(litellm, "api_base") if litellm.api_base else "OPENAI_BASE_URL"
        if warning := base_url_warning(url, where):
            self.warnings.append(warning)
        in_headers = {"organization": litellm.organization, "project": litellm.project}
        self._problems += value_problems(in_headers, self._places.of(litellm))
        self._problems += header_problems(litellm.headers, self._places.of(litellm, "headers"))
        self._check_bounds(server, "watch_min_interval", "watch_max_interval")
        if router.adaptive_concurrency is not None:
            self._check_bounds(router.adaptive_concurrency, "min", "max")
        for rule in server.raw:
            self._problems += raw_problems(rule.path, rule.methods, self._places.of(rule, "path"))
        return DeploymentConfig(
            name="default",
            base_url=checked_base_url(url, where),
            organization=litellm.organization or self._variable("OPENAI_ORGANIZATION"),
            project=litellm.project or self._variable("OPENAI_PROJECT"),
            extra_headers=tuple((name.lower(), value) for name, value in litellm.headers.items()),
            client_certificate=litellm.ssl_certificate,
            verify=True if litellm.ssl_verify is None else litellm.ssl_verify,
            timeouts=replace(
                server.timeouts,
                total=router.timeout or litellm.request_timeout or server.timeouts.total,
                first_token=router.stream_timeout or server.timeouts.first_token,
            ),
            include_usage=server.include_usage,
            embeddings_base64=server.embeddings_base64,
            return_response_headers=litellm.return_response_headers,
            forward_organization=self._settings.general_settings.forward_openai_org_id,
            drop_params=litellm.drop_params or server.param_policy == "drop",
            refuse_params=server.param_policy == "refuse",
        )

    def _deployment(self, model: ModelSettings, name: str, defaults: DeploymentConfig) -> DeploymentConfig:
        params, encoding = model.litellm_params, model.encoding
        own_url = params.api_base or params.base_url
        split = split_provider(params.model, params.custom_llm_provider, own_url)
        provider = split.provider
        elsewhere = own_url is not None or provider is not None
        base_url = self._base_url_of(params, split, defaults)
        if params.api_key is not None:
            key: Secret | None = params.api_key
        elif provider is not None and (own_url is None or provider.has(own_url)):
            key = self._provider_key(provider)
        else:  # OPENAI_API_KEY goes where OPENAI_BASE_URL points, never to a host that only the file names
            key = None if elsewhere else self._key()
        litellm = self._settings.litellm_settings
        upstream_model, mode = split.model, split.mode
        self._check_names(model)
        named_provider = params.custom_llm_provider
        if not upstream_model:
            self._problems.append(Problem("the model has no name", self._places.of(params, "model"), "write one"))
        elif named_provider is not None and not is_provider(named_provider):
            where = self._places.of(params, "custom_llm_provider")
            self._problems.append(
                Problem(f"unknown provider {shown(named_provider)}", where, "leave it out, or openai")
            )
        elif not split.other:
            self._check_provider(model, upstream_model, base_url)
        self._check_mode(model)
        named = {"organization": params.organization, "project": params.project}
        self._problems += value_problems(named, self._places.of(params))
        self._problems += header_problems(params.extra_headers, self._places.of(params, "extra_headers"))
        dropped = self._places.of(params, "additional_drop_params")
        self._problems += pattern_problems(params.additional_drop_params, dropped)
        return replace(
            defaults,
            name=name,
            model_name=model.model_name,
            model=upstream_model,
            base_url=base_url,
            api_key=key,
            organization=params.organization
            or (defaults.organization if not elsewhere else litellm.organization if provider is None else None),
            project=params.project
            or (defaults.project if not elsewhere else litellm.project if provider is None else None),
            extra_headers=tuple(
                {
                    **dict(defaults.extra_headers),
                    **{header.lower(): value for header, value in params.extra_headers.items()},
                }.items()
            ),
            verify=defaults.verify if params.ssl_verify is None else params.ssl_verify,
            client_certificate=params.ssl_certificate or defaults.client_certificate,
            timeouts=timeouts(params, defaults.timeouts),
            include_usage=defaults.include_usage if encoding.include_usage is None else encoding.include_usage,
            embeddings_base64=defaults.embeddings_base64
            if encoding.embeddings_base64 is None
            else encoding.embeddings_base64,
            embeddings_batch_inputs=encoding.embeddings_batch_inputs,
            embeddings_batch_tokens=encoding.embeddings_batch_tokens,
            embeddings_in_flight=encoding.embeddings_in_flight,
            mode=mode if mode != "chat" else MODES.get(model.model_info.mode or "", "chat"),
            responses_as_chat=params.use_chat_completions_api,
            responses_websocket=params.responses_websocket,
            videos_as_forms=params.videos_as_forms,
            supports_system_message=params.supports_system_message
            and model.model_info.supports_system_messages is not False,
            parameters={**params.extra_body, **params.parameters},
            drop_params=defaults.drop_params if params.drop_params is None else params.drop_params,
            additional_drop_params=params.additional_drop_params,
            info=info(model),
            weight=params.weight,
            rpm=params.rpm,
            tpm=params.tpm,
            max_parallel_requests=params.max_parallel_requests,
            max_retries=params.max_retries,
        )

    def _base_url_of(self, params: LitellmParams, split: Split, defaults: DeploymentConfig) -> str:
        """Returns the base URL of a model: its `api_base`, its provider's, or that of the environment."""
        where = self._places.of(params, "model")
        if split.other:
            self._problems.append(Problem(other_api(split)[0], where, other_api(split)[2]))
            return defaults.base_url
        provider = split.provider
        if params.api_base or params.base_url:
            return self._own_base_url(params, provider)
        if provider is None:
            return defaults.base_url
        if url := self._provider_url(provider):
            return url
        if not is_openai(defaults.base_url):
            return defaults.base_url
        variable = f", or {provider.base} in the environment" if provider.base else ""
        hint = f"give it an api_base{variable}"
        self._problems.append(Problem(f"the base URL of {provider.name}/ is not known", where, hint))
        return defaults.base_url

    def _provider_url(self, provider: Provider) -> str:
        """Returns the base URL of a provider, from the environment or the default, or an empty string."""
        given = self._environ.get(provider.base, "").strip() if provider.base else ""
        return with_version(checked_base_url(given, provider.base), provider) if given else provider.base_url

    def _provider_key(self, provider: Provider) -> Secret | None:
        names = (provider.key, *provider.others)
        key = next((key for name in names if name and (key := self._variable(name))), None)
        return Secret(key) if key else None

    def _check_mode(self, model: ModelSettings) -> None:
        mode = model.model_info.mode
        if mode is None or mode in SERVED_MODES:
            return
        if mode in OTHER_MODES:
            problem, hint = (
                f"mode {mode!r} is not served",
                "chat, responses, embeddings, audio, images, videos, moderations, batches and realtime are",
            )
        else:
            problem, hint = f"unknown mode {shown(mode)}".strip(), f"known: {', '.join((*SERVED_MODES, *OTHER_MODES))}"
        self.warnings.append(Problem(problem, self._places.of(model.model_info, "mode"), hint))

    def _check_provider(self, model: ModelSettings, upstream_model: str, base_url: str) -> None:
        """Reports models of unsupported providers, such as `anthropic/...`: OpenAI's model names have no `/`."""
        if "/" in upstream_model and is_openai(base_url):
            where = self._places.of(model.litellm_params, "model")
            hint = "is its provider another one? then name its OpenAI-compatible api_base"
            self.warnings.append(Problem(f"OpenAI has no model {upstream_model!r}", where, hint))

    def _check_names(self, model: ModelSettings) -> None:
        names = model.model_name, model.litellm_params.model
        if any(name.count("*") > 1 for name in names):
            where = self._places.of(model, "model_name")
            self._problems.append(Problem("a name can have one * only", where))
        elif "*" in names[1] and "*" not in names[0]:
            where = self._places.of(model.litellm_params, "model")
            self._problems.append(
                Problem(f"invalid * in model: {names[0]!r} has none to match", where, 'model_name: "*" takes any name')
            )

    def _own_base_url(self, params: LitellmParams, provider: Provider | None) -> str:
        key = "api_base" if params.api_base else "base_url"
        where = self._places.of(params, key)
        try:
            checked = with_version(checked_base_url(params.api_base or params.base_url or "", where), provider)
        except ConfigError as error:
            self._problems.extend(error.problems)
            return ""
        if provider is not None and provider.misses_path(checked):
            problem = f"{provider.name}/ models are called by OpenAI's REST, which is not at this {key}"
            hint = f"use one with {provider.path} in it: {compatible(checked, provider)}"
            self._problems.append(Problem(problem, where, hint))
        elif provider is None or checked != provider.base_url:
            warning = base_url_warning(checked, where)
            self.warnings += [warning] if warning else []
        return checked

    def _check_references(self, names: set[str]) -> None:
        """Reports unknown models in fallbacks, aliases and the callers' keys."""
        router = self._settings.router_settings
        known = names | set(router.model_group_alias)
        wild = [name for name in names if "*" in name]
        lists: list[tuple[Any, str, str]] = []
        for section in (router, self._settings.litellm_settings):
            for key in ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks"):
                for each in getattr(section, key):
                    lists += [(section, key, name) for name in each if name != "*"]
                    lists += [(section, key, name) for targets in each.values() for name in targets]
            lists += [(section, "default_fallbacks", name) for name in section.default_fallbacks]
        aliased = [alias if isinstance(alias, str) else alias.model for alias in router.model_group_alias.values()]
        lists += [(router, "model_group_alias", name) for name in aliased]
        lists += [(rule, "model", rule.model) for rule in self._settings.server.raw if rule.model is not None]
        for section, key, name in lists:
            if name not in known and not any(matches(pattern, name) for pattern in wild):
                where = self._places.of(section, key)
                problem = Problem(f"unknown model: {shown(name)} is no model_name", where, self._hint_of_models())
                if problem not in self._problems:
                    self._problems.append(problem)
        general = self._settings.general_settings
        callers: tuple[KeySettings | IdentitySettings, ...] = (*general.keys, *general.identities)
        for caller in callers:
            for name in caller.models:
                if not any(Wildcard(name).matches(each) or ("*" in each and matches(each, name)) for each in known):
                    where = self._places.of(caller, "models")
                    self.warnings.append(
                        Problem(f"unknown model: no model_name matches {shown(name)}", where, self._hint_of_models())
                    )

    def _hint_of_models(self) -> str:
        """Names some models of the list, as callers and upstreams do."""
        models = [f"{each.model_name!r} ({each.litellm_params.model})" for each in self._settings.model_list]
        more = ", ..." if len(models) > LISTED else ""
        return f"model_list has {', '.join(models[:LISTED])}{more}"

    def _base_url(self) -> str | None:
        return self._environ.get("OPENAI_BASE_URL") or self._environ.get("OPENAI_API_BASE")

    def _key(self) -> Secret | None:
        """Returns the key of the default upstream: OPENAI_API_KEY never goes to a host that only the file names."""
        litellm = self._settings.litellm_settings
        if litellm.api_key is not None or litellm.api_base is not None:
            return litellm.api_key
        key = self._variable("OPENAI_API_KEY")
        return Secret(key) if key else None

    def _variable(self, name: str) -> str | None:
        """Returns the value of an environment variable that goes into a header.

        Raises:
            ConfigError: It can't.
        """
        value = self._environ.get(name, "").strip()
        if not is_legal_value(value):
            raise ConfigError(Problem(NOT_OF_HEADERS, name))
        return value or None


def shown(name: str) -> str:
    """Returns a name in quotes; a description if it is too long for a name."""
    return repr(name) if len(name) <= LONGEST_NAME else "a long text"


def other_api(split: Split) -> tuple[str, str, str]:
    """Returns the arguments of a problem: why a provider's model can't be called, and what to do."""
    url = OTHERS[split.other]
    translated = f"openai/{split.other}/{split.model} with the api_base of a gateway that translates"
    direct = f"write openai/{split.model} with api_base: {url}, its OpenAI-compatible API, or " if url else "write "
    return f"{split.other}/ models are called by another API than OpenAI's", "", f"{direct}{translated}"


def with_version(url: str, provider: Provider | None) -> str:
    """Adds `/v1` to the base URL of a server whose own API is at the root."""
    if provider is None or not provider.bare or urlsplit(url).path.rstrip("/"):
        return url
    return f"{url.rstrip('/')}/v1"


def compatible(url: str, provider: Provider) -> str:
    """Returns the base URL that was probably meant."""
    return provider.base_url or f"https://{urlsplit(url).hostname}{provider.path}"


def timeouts(params: LitellmParams, defaults: TimeoutSettings) -> TimeoutSettings:
    """Returns the limits of a model's calls."""
    return replace(
        defaults,
        total=params.timeout or defaults.total,
        first_token=params.stream_timeout or defaults.first_token,
    )


def info(model: ModelSettings) -> ModelInfo:
    """Returns the operator's facts about a model; prices may be in `litellm_params` too."""
    params, own = model.litellm_params, model.model_info
    return replace(
        own,
        input_cost_per_token=params.input_cost_per_token
        if own.input_cost_per_token is None
        else own.input_cost_per_token,
        output_cost_per_token=params.output_cost_per_token
        if own.output_cost_per_token is None
        else own.output_cost_per_token,
        cache_read_input_token_cost=params.cache_read_input_token_cost
        if own.cache_read_input_token_cost is None
        else own.cache_read_input_token_cost,
        output_cost_per_video_per_second=params.output_cost_per_video_per_second
        if own.output_cost_per_video_per_second is None
        else own.output_cost_per_video_per_second,
    )
