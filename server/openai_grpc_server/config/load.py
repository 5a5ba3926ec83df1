"""Makes a configuration out of a file and the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from urllib.parse import urlsplit

from openai_grpc_server.config.deployment import DeploymentConfig, strip_provider
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.reader import Reader
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import ModelSettings, ServerSettings, Settings

OPENAI_BASE_URL = "https://api.openai.com/v1"

# Keys of LiteLLM's config.yaml that this version does not know, and what to do about them.
UNSUPPORTED = {
    "router_settings": "every model has one deployment in this version: leave the section out",
    "general_settings": "callers are not authenticated in this version: leave the section out",
    "environment_variables": "set them in the environment of the process",
    "api_version": "Azure's versioned API is not spoken: use its /openai/v1 base URL as api_base",
    "custom_llm_provider": "every upstream speaks OpenAI's REST: leave it out",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that the gateway runs by.

    Attributes:
        server: How the gateway itself runs.
        deployments: Where calls go. Empty: nothing is configured, and the local engine is to be used.
    """

    server: ServerSettings = field(default_factory=ServerSettings)
    deployments: tuple[DeploymentConfig, ...] = ()


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Reads the file, if there is one, and the environment.

    Args:
        path: A YAML file, or None.
        environ: `OPENAI_API_KEY`, `OPENAI_BASE_URL` (or `OPENAI_API_BASE`), `OPENAI_ORGANIZATION`, `OPENAI_PROJECT`
            and whatever the file refers to as `os.environ/NAME`.

    Raises:
        ConfigError: With every problem of the file.
    """
    settings = Settings() if path is None else read_settings(path, environ)
    if settings.model_list:
        return Config(server=settings.server, deployments=_from_model_list(settings, environ, str(path)))
    return Config(server=settings.server, deployments=_from_environment(settings, environ))


def read_settings(path: Path, environ: Mapping[str, str]) -> Settings:
    """Reads the file alone.

    Raises:
        ConfigError: With every problem of the file.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(Problem(f"can't be read: {error.strerror}", str(path))) from error
    except UnicodeDecodeError as error:
        raise ConfigError(Problem("is not UTF-8", str(path))) from error
    return Reader(str(path), environ, UNSUPPORTED).read(text, Settings)


def _defaults(settings: Settings, environ: Mapping[str, str]) -> DeploymentConfig:
    """What a deployment is that says nothing itself: the upstream of the environment."""
    server = settings.server
    total = settings.litellm_settings.request_timeout or server.timeouts.total
    return DeploymentConfig(
        name="default",
        base_url=_checked_url(
            environ.get("OPENAI_BASE_URL") or environ.get("OPENAI_API_BASE") or OPENAI_BASE_URL, "OPENAI_BASE_URL"
        ),
        organization=environ.get("OPENAI_ORGANIZATION") or None,
        project=environ.get("OPENAI_PROJECT") or None,
        timeouts=replace(server.timeouts, total=total),
        include_usage=server.include_usage,
        embeddings_base64=server.embeddings_base64,
    )


def _from_environment(settings: Settings, environ: Mapping[str, str]) -> tuple[DeploymentConfig, ...]:
    key = environ.get("OPENAI_API_KEY", "").strip()
    if not key and not environ.get("OPENAI_BASE_URL") and not environ.get("OPENAI_API_BASE"):
        return ()
    return (replace(_defaults(settings, environ), api_key=Secret(key) if key else None),)


def _from_model_list(settings: Settings, environ: Mapping[str, str], file: str) -> tuple[DeploymentConfig, ...]:
    defaults = _defaults(settings, environ)
    found: dict[str, DeploymentConfig] = {}
    problems: list[Problem] = []
    for model in settings.model_list:
        if model.model_name in found:
            problems.append(
                Problem(
                    f"the model_name {model.model_name!r} stands twice", file, "one deployment a name in this version"
                )
            )
        try:
            found[model.model_name] = _deployment(model, defaults, environ, file)
        except ConfigError as error:
            problems.extend(error.problems)
    if problems:
        raise ConfigError(*problems)
    return tuple(found.values())


def _deployment(
    model: ModelSettings, defaults: DeploymentConfig, environ: Mapping[str, str], file: str
) -> DeploymentConfig:
    params = model.litellm_params
    # OPENAI_API_KEY goes where OPENAI_BASE_URL points, never to a host that only the file names.
    key = params.api_key
    if key is None and params.api_base is None and environ.get("OPENAI_API_KEY"):
        key = Secret(environ["OPENAI_API_KEY"].strip())
    elsewhere = params.api_base is not None
    timeouts = replace(
        defaults.timeouts,
        total=params.timeout or defaults.timeouts.total,
        first_token=params.stream_timeout or defaults.timeouts.first_token,
    )
    encoding = model.encoding
    return replace(
        defaults,
        name=model.model_name,
        model_name=model.model_name,
        model=strip_provider(params.model),
        base_url=_checked_url(params.api_base, f"{file}: api_base of {model.model_name!r}")
        if params.api_base is not None
        else defaults.base_url,
        api_key=key,
        organization=params.organization or (None if elsewhere else defaults.organization),
        project=None if elsewhere else defaults.project,
        verify=params.ssl_verify,
        timeouts=timeouts,
        include_usage=defaults.include_usage if encoding.include_usage is None else encoding.include_usage,
        embeddings_base64=defaults.embeddings_base64
        if encoding.embeddings_base64 is None
        else encoding.embeddings_base64,
    )


def _checked_url(url: str, where: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise ConfigError(Problem(f"not an http or https URL: {url!r}", where))
    if parts.username or parts.password:
        raise ConfigError(Problem("a URL must not hold credentials", where, "use api_key"))
    return url.rstrip("/")
