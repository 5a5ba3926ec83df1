"""What the log says of a configuration."""

import logging

from openai_grpc_server.config import Config, ConfigError
from openai_grpc_server.telemetry.logs import Log


def warn(config: Config, log: Log) -> None:
    """Logs what of a configuration has no effect, or looks like a mistake."""
    for warning in config.warnings:
        log.write(logging.WARNING, "configuration", {"warning": str(warning)})


def refused(error: ConfigError, log: Log) -> None:
    """Logs why a configuration can't be used."""
    for problem in error.problems:
        log.write(logging.ERROR, "configuration refused", {"problem": str(problem)})
