"""What the command line of `serve` says, and the configuration that it comes to."""

import os
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from openai_grpc_server.config import Config, ConfigError, Problem, config_of_command_line, load_config


@dataclass(frozen=True, slots=True, kw_only=True)
class ServeOptions:
    """The options of `serve`; None: not given.

    Attributes:
        config: The YAML file.
        model: Without a file: the model of every call.
        api_base: Without a file: the upstream's base URL.
        host: The address to listen on.
        port: The port.
        workers: How many processes serve.
        log_level: The least severe level that is logged.
        log_format: `json` or `text`.
    """

    config: Path | None = None
    model: str | None = None
    api_base: str | None = None
    host: str | None = None
    port: int | None = None
    workers: int | None = None
    log_level: str | None = None
    log_format: str | None = None

    def load(self) -> Config:
        """Reads the configuration, each time anew, with what the command line says differently.

        Raises:
            ConfigError: It can't be used, or the options contradict each other.
        """
        if self.config and (self.model or self.api_base):
            hint = "leave out --config"
            raise ConfigError(Problem("--model and --api-base say what a file says otherwise", hint=hint))
        if self.config:
            return self._override(load_config(self.config, os.environ))
        return self._override(config_of_command_line(self.model, self.api_base, os.environ))

    def _override(self, config: Config) -> Config:
        given: dict[str, Any] = {"host": self.host, "port": self.port, "workers": self.workers}
        logs: dict[str, Any] = {"level": self.log_level, "format": self.log_format}
        server = config.server
        log = replace(server.log, **{name: value for name, value in logs.items() if value is not None})
        return replace(
            config,
            server=replace(server, log=log, **{name: value for name, value in given.items() if value is not None}),
        )
