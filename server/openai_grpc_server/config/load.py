"""Loads a configuration from a file, the environment and the command line."""

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, Literal

from openai_grpc_server.config.deployment import DeploymentConfig, Resolver, RouterConfig, router_config
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.reader import Places, Reader
from openai_grpc_server.config.secret import Environment, Fingerprint, fingerprint
from openai_grpc_server.config.settings import (
    GeneralSettings,
    IdentitySettings,
    KeySettings,
    ModelInfo,
    ServerSettings,
    Settings,
)

# Keys of callers that `server.admission` reads.
OF_THE_QUEUE = frozenset({"max_in_flight_bytes", "max_parallel_streams", "max_priority", "priority", "weight"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Config:
    """Configuration of a gateway.

    Attributes:
        server: Port, limits and logs of the gateway itself.
        general: Keys of callers.
        router: Load balancing, retries, cooldowns and fallbacks.
        deployments: Upstreams and models. Empty: nothing is configured, and the local models serve.
        warnings: Settings without effect and likely mistakes, in the order of the file.
        secret_files: Paths of the files with secrets and of others that are read anew when they change, each with its
            fingerprint.
    """

    server: ServerSettings = field(default_factory=ServerSettings)
    general: GeneralSettings = field(default_factory=GeneralSettings)
    router: RouterConfig = field(default_factory=RouterConfig)
    deployments: tuple[DeploymentConfig, ...] = ()
    warnings: tuple[Problem, ...] = ()
    secret_files: Mapping[str, Fingerprint] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Document:
    """Settings of a file.

    Attributes:
        settings: Its settings.
        places: Their places in the file.
        warnings: Settings without effect.
        files: Its path and those of the files that it includes, each with its fingerprint from before it was read.
    """

    settings: Settings = field(default_factory=Settings)
    places: Places = field(default_factory=Places)
    warnings: tuple[Problem, ...] = ()
    files: Mapping[str, Fingerprint] = field(default_factory=dict)


def load_config(path: Path | None, environ: Mapping[str, str]) -> Config:
    """Reads the configuration file, if any, and the environment.

    Args:
        path: A YAML file, or None.
        environ: `OPENAI_API_KEY`, `OPENAI_BASE_URL` (or `OPENAI_API_BASE`), `OPENAI_ORGANIZATION`, `OPENAI_PROJECT`
            and whatever the file refers to as `os.environ/NAME`.

    Raises:
        ConfigError: With every problem of the file.
    """
    environ = environ if isinstance(environ, Environment) else Environment(environ)
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
        warnings=(*document.warnings, *resolver.warnings, *without_queue(settings, document.places)),
        secret_files={
            **environ.files,
            **watched_files(settings.server),
            **(document.files if settings.server.reload_on_change else {}),
        },
    )


def without_queue(settings: Settings, places: Places) -> Iterator[Problem]:
    """Yields keys of callers that have no effect without `server.admission`."""
    if settings.server.admission is not None:
        return
    general = settings.general_settings
    callers: tuple[KeySettings | IdentitySettings, ...] = (*general.keys, *general.identities)
    for caller in callers:
        for each in fields(caller):
            if each.name in OF_THE_QUEUE and getattr(caller, each.name) != each.default:
                where = places.of(caller, each.name)
                yield Problem(f"{each.name} has no effect without server.admission", where, "add server.admission: {}")


def config_of_command_line(model: str | None, api_base: str | None, environ: Mapping[str, str]) -> Config:
    """Returns the configuration of a server that is started without a file.

    Args:
        model: The model of every call, in the words of `litellm_params.model`; None: the one that the call names.
        api_base: The upstream's base URL, in place of `OPENAI_BASE_URL`.
        environ: As for `load_config`.

    Raises:
        ConfigError: The base URL is not an http(s) URL.
    """
    upstream = environ if isinstance(environ, Environment) else Environment(environ)
    if api_base:
        upstream = upstream.with_variable("OPENAI_BASE_URL", api_base)
    resolver = Resolver(Settings(), Places(), upstream)
    deployments = resolver.from_environment() if model is None else resolver.of_model(model)
    return Config(deployments=deployments, warnings=tuple(resolver.warnings), secret_files=upstream.files)


def watched_files(server: ServerSettings) -> dict[str, Fingerprint]:
    """Returns the files of model facts, prices and certificates, which are reloaded when they change."""
    paths = [server.models_file, server.prices_file]
    for tls in (server.tls, server.admin.tls):
        if tls is not None:
            paths += [tls.certificate, tls.private_key, tls.client_ca, tls.crl]
    return {path: fingerprint(path) for path in paths if path is not None}


def read_document(path: Path, environ: Environment) -> Document:
    """Reads the file alone.

    Raises:
        ConfigError: With every problem of the file.
    """
    before = fingerprint(path)
    try:
        text = path.read_text(encoding="utf-8")
    except OSError as error:
        raise ConfigError(Problem(f"can't be read: {error.strerror}", str(path))) from error
    except UnicodeDecodeError as error:
        raise ConfigError(Problem("is not UTF-8", str(path))) from error
    reader = Reader(str(path), environ)
    settings = reader.read(text, Settings)
    files = {str(path): before, **reader.files}
    return Document(settings=settings, places=reader.places, warnings=tuple(reader.warnings), files=files)


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsFile:
    """Contents of the file of model facts.

    Attributes:
        models: Catalog of models: mappings with the keys of `model_info`, by the upstream's name.
    """

    models: Mapping[str, ModelInfo] = field(default_factory=dict)


def read_models_file(path: str, environ: Environment) -> Mapping[str, ModelInfo]:
    """Reads the file.

    Args:
        path: A YAML or JSON file.
        environ: Environment variables for `os.environ/NAME`.

    Raises:
        ConfigError: With every problem of the file.
    """
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(Problem(f"can't be read: {error}", path)) from error
    return Reader(path, environ).read(text, ModelsFile).models


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """Options of `serve`; None: not given.

    Attributes:
        config: YAML file.
        model: Model of every call, without a file.
        api_base: Base URL of the upstream, without a file.
        host: Address to listen on.
        port: Port to listen on.
        http_port: Port of HTTP to listen on; `null`: none.
        workers: Number of serving processes.
        log_level: Least severe level that is logged.
        log_format: Format of log lines: `json` or `text`.
        env_file: File of `NAME=VALUE` lines, for variables that the environment does not have.
        open: Whether a browser is opened at the chat page.
    """

    config: Path | None = None
    model: str | None = None
    api_base: str | None = None
    host: str | None = None
    port: int | None = None
    http_port: int | Literal["null"] | None = None
    workers: int | None = None
    log_level: str | None = None
    log_format: str | None = None
    env_file: str | None = None
    open: bool = False

    def load(self) -> Config:
        """Reads the configuration afresh, with the overrides of the command line.

        Raises:
            ConfigError: It can't be used, or the options contradict each other.
        """
        if self.config and (self.model or self.api_base):
            hint = "leave out --config"
            raise ConfigError(Problem("--model and --api-base say what a file says otherwise", hint=hint))
        environ = Environment(os.environ, self.env_file)
        if self.config:
            return self._override(load_config(self.config, environ))
        return self._override(config_of_command_line(self.model, self.api_base, environ))

    def _override(self, config: Config) -> Config:
        given: dict[str, Any] = {"host": self.host, "port": self.port, "workers": self.workers}
        logs: dict[str, Any] = {"level": self.log_level, "format": self.log_format}
        server = config.server
        if self.http_port is not None:
            given["http"] = replace(server.http, port=None if self.http_port == "null" else self.http_port)
        http = given.get("http", server.http)
        if self.open and (http.port is None or not http.chat_page):
            hint = "leave out --open, or turn server.http.chat_page on and give server.http.port a port"
            raise ConfigError(Problem("--open has no page to open: it is not served", hint=hint))
        log = replace(server.log, **{name: value for name, value in logs.items() if value is not None})
        return replace(
            config,
            server=replace(server, log=log, **{name: value for name, value in given.items() if value is not None}),
        )
