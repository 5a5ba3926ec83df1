"""Makes a configuration out of a file and the environment."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from openai_grpc_server.config.deployment import DeploymentConfig
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.general_settings import GeneralSettings
from openai_grpc_server.config.models_file import read_models_file
from openai_grpc_server.config.places import Places
from openai_grpc_server.config.reader import Reader
from openai_grpc_server.config.resolve import Resolver
from openai_grpc_server.config.router_config import RouterConfig, router_config
from openai_grpc_server.config.server_settings import ServerSettings
from openai_grpc_server.config.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Everything that the gateway runs by.

    Attributes:
        server: How the gateway itself runs.
        general: Who may call, and what of the caller goes upstream.
        router: How calls are spread over deployments.
        deployments: Where calls go. Empty: nothing is configured, and the local engine is to be used.
        warnings: What has no effect, or looks like a mistake, in the order of the file.
    """

    server: ServerSettings = field(default_factory=ServerSettings)
    general: GeneralSettings = field(default_factory=GeneralSettings)
    router: RouterConfig = field(default_factory=RouterConfig)
    deployments: tuple[DeploymentConfig, ...] = ()
    warnings: tuple[Problem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """What a file says.

    Attributes:
        settings: Its settings.
        places: Where they stand.
        warnings: What of it has no effect.
    """

    settings: Settings = field(default_factory=Settings)
    places: Places = field(default_factory=Places)
    warnings: tuple[Problem, ...] = ()


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Reads the file, if there is one, and the environment.

    Args:
        path: A YAML file, or None.
        environ: `OPENAI_API_KEY`, `OPENAI_BASE_URL` (or `OPENAI_API_BASE`), `OPENAI_ORGANIZATION`, `OPENAI_PROJECT`
            and whatever the file refers to as `os.environ/NAME`.

    Raises:
        ConfigError: With every problem of the file.
    """
    document = Document() if path is None else read_document(path, environ)
    settings = document.settings
    resolver = Resolver(settings, document.places, environ)
    deployments = resolver.from_model_list() if settings.model_list else resolver.from_environment()
    if settings.server.models_file is not None:
        models = read_models_file(settings.server.models_file, environ)
        deployments = tuple(replace(each, models=models) for each in deployments)
    return Config(
        server=settings.server,
        general=settings.general_settings,
        router=router_config(settings.router_settings, settings.litellm_settings),
        deployments=deployments,
        warnings=(*document.warnings, *resolver.warnings),
    )


def config_of_command_line(model: str | None, api_base: str | None, environ: Mapping[str, str]) -> Config:
    """Makes the configuration of a server that is started without a file.

    Args:
        model: The model of every call, in the words of `litellm_params.model`; None: the one that the call names.
        api_base: The upstream's base URL, in place of `OPENAI_BASE_URL`.
        environ: As for `load_config`.

    Raises:
        ConfigError: The base URL is none.
    """
    upstream = {**environ, "OPENAI_BASE_URL": api_base} if api_base else environ
    resolver = Resolver(Settings(), Places(), upstream)
    deployments = resolver.from_environment() if model is None else resolver.of_model(model)
    return Config(deployments=deployments, warnings=tuple(resolver.warnings))


def read_document(path: Path, environ: Mapping[str, str]) -> Document:
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
    reader = Reader(str(path), environ)
    settings = reader.read(text, Settings)
    return Document(settings=settings, places=reader.places, warnings=tuple(reader.warnings))
