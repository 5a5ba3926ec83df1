"""Resolves settings into deployments: defaults, the environment, names."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace

from openai_grpc_server.config.checks import (
    OPENAI_BASE_URL,
    base_url_warning,
    checked_base_url,
    header_problems,
    is_openai,
    pattern_problems,
    value_problems,
)
from openai_grpc_server.config.deployment import DeploymentConfig, Mode, split_provider
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.header_names import is_legal_value
from openai_grpc_server.config.reader import NOT_OF_HEADERS, Places
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import LitellmParams, ModelInfo, ModelSettings, Settings, TimeoutSettings

MODES: Mapping[str, Mode] = {"responses": "responses", "completion": "completions"}


class Resolver:
    """Resolves one file's settings.

    Args:
        settings: What the file says.
        places: The places of the settings in the file.
        environ: The environment.

    Attributes:
        warnings: What looks like a mistake.
    """

    def __init__(self, settings: Settings, places: Places, environ: Mapping[str, str]) -> None:
        self.warnings: list[Problem] = []
        self._problems: list[Problem] = []
        self._settings = settings
        self._places = places
        self._environ = environ

    def from_environment(self) -> tuple[DeploymentConfig, ...]:
        """Returns the upstream of the environment, for any model; nothing, if the environment names none.

        Raises:
            ConfigError: The environment's base URL is not an http(s) URL.
        """
        if not self._key() and not self._base_url():
            return ()
        defaults = self._defaults()
        prefix = "openai/" if is_openai(defaults.base_url) else ""
        return (replace(defaults, api_key=self._key(), strip_prefix=prefix),)

    def of_model(self, model: str) -> tuple[DeploymentConfig, ...]:
        """Returns one model at the upstream of the environment, which serves every call.

        Raises:
            ConfigError: The environment's base URL is not an http(s) URL.
        """
        upstream_model, mode = split_provider(model)
        return (replace(self._defaults(), name=upstream_model, api_key=self._key(), model=upstream_model, mode=mode),)

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
        """Names deployments: by their `id`, or their `model_name`, numbered where several have it."""
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

    def _defaults(self) -> DeploymentConfig:
        """Returns the deployment of an entry without settings of its own: the upstream of the environment."""
        server, router, litellm = self._settings.server, self._settings.router_settings, self._settings.litellm_settings
        url = self._base_url() or OPENAI_BASE_URL
        if warning := base_url_warning(url, "OPENAI_BASE_URL"):
            self.warnings.append(warning)
        return DeploymentConfig(
            name="default",
            base_url=checked_base_url(url, "OPENAI_BASE_URL"),
            organization=self._variable("OPENAI_ORGANIZATION"),
            project=self._variable("OPENAI_PROJECT"),
            verify=True if litellm.ssl_verify is None else litellm.ssl_verify,
            timeouts=replace(
                server.timeouts,
                total=router.timeout or litellm.request_timeout or server.timeouts.total,
                first_token=router.stream_timeout or server.timeouts.first_token,
            ),
            include_usage=server.include_usage,
            embeddings_base64=server.embeddings_base64,
            forward_organization=self._settings.general_settings.forward_openai_org_id,
            drop_params=litellm.drop_params or server.param_policy == "drop",
            refuse_params=server.param_policy == "refuse",
        )

    def _deployment(self, model: ModelSettings, name: str, defaults: DeploymentConfig) -> DeploymentConfig:
        params, encoding = model.litellm_params, model.encoding
        own_url = params.api_base or params.base_url
        elsewhere = own_url is not None
        # OPENAI_API_KEY goes where OPENAI_BASE_URL points, never to a host that only the file names.
        key = params.api_key if elsewhere or params.api_key is not None else self._key()
        upstream_model, mode = split_provider(params.model)
        base_url = self._own_base_url(params) if elsewhere else defaults.base_url
        self._check_names(model)
        self._check_provider(model, upstream_model, base_url)
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
            organization=params.organization or (None if elsewhere else defaults.organization),
            project=params.project or (None if elsewhere else defaults.project),
            extra_headers=tuple((header.lower(), value) for header, value in params.extra_headers.items()),
            verify=defaults.verify if params.ssl_verify is None else params.ssl_verify,
            client_certificate=params.ssl_certificate,
            timeouts=timeouts(params, defaults.timeouts),
            include_usage=defaults.include_usage if encoding.include_usage is None else encoding.include_usage,
            embeddings_base64=defaults.embeddings_base64
            if encoding.embeddings_base64 is None
            else encoding.embeddings_base64,
            mode=mode if mode != "chat" else MODES.get(model.model_info.mode or "", "chat"),
            responses_as_chat=params.use_chat_completions_api,
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

    def _check_provider(self, model: ModelSettings, upstream_model: str, base_url: str) -> None:
        """Finds models of other providers, such as `anthropic/...`: no model of OpenAI's own has a `/` in its name."""
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

    def _own_base_url(self, params: LitellmParams) -> str:
        key = "api_base" if params.api_base else "base_url"
        where = self._places.of(params, key)
        url = params.api_base or params.base_url or ""
        try:
            checked = checked_base_url(url, where)
        except ConfigError as error:
            self._problems.extend(error.problems)
            return url
        if warning := base_url_warning(url, where):
            self.warnings.append(warning)
        return checked

    def _check_references(self, names: set[str]) -> None:
        """Finds fallbacks and aliases that lead to no model."""
        router = self._settings.router_settings
        known = names | set(router.model_group_alias)
        wild = any("*" in name for name in names)
        lists = [
            (section, key, name)
            for section in (router, self._settings.litellm_settings)
            for key in ("fallbacks", "context_window_fallbacks", "content_policy_fallbacks")
            for each in getattr(section, key)
            for targets in each.values()
            for name in targets
        ]
        lists += [
            (section, "default_fallbacks", name)
            for section in (router, self._settings.litellm_settings)
            for name in section.default_fallbacks
        ]
        aliased = [alias if isinstance(alias, str) else alias.model for alias in router.model_group_alias.values()]
        lists += [(router, "model_group_alias", name) for name in aliased]
        for section, key, name in lists:
            if name not in known and not wild:
                where = self._places.of(section, key)
                self._problems.append(Problem(f"unknown model_name {name!r}", where, "name a model of model_list"))

    def _base_url(self) -> str | None:
        return self._environ.get("OPENAI_BASE_URL") or self._environ.get("OPENAI_API_BASE")

    def _key(self) -> Secret | None:
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


def timeouts(params: LitellmParams, defaults: TimeoutSettings) -> TimeoutSettings:
    """Returns the limits of a model's calls."""
    return replace(
        defaults,
        total=params.timeout or defaults.total,
        first_token=params.stream_timeout or defaults.first_token,
    )


def info(model: ModelSettings) -> ModelInfo:
    """Returns what the operator says of a model; prices may stand in `litellm_params` too."""
    params, own = model.litellm_params, model.model_info
    return replace(
        own,
        input_cost_per_token=params.input_cost_per_token
        if own.input_cost_per_token is None
        else own.input_cost_per_token,
        output_cost_per_token=params.output_cost_per_token
        if own.output_cost_per_token is None
        else own.output_cost_per_token,
    )
