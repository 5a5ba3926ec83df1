"""What the gateway runs by: a YAML file in the shape of LiteLLM's `config.yaml`, and the environment."""

from openai_grpc_server.config.deployment import DeploymentConfig
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.load import Config, load_config
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.settings import (
    KeepaliveSettings,
    LogSettings,
    ServerSettings,
    TimeoutSettings,
    TlsSettings,
)

__all__ = [
    "Config",
    "ConfigError",
    "DeploymentConfig",
    "KeepaliveSettings",
    "LogSettings",
    "Problem",
    "Secret",
    "ServerSettings",
    "TimeoutSettings",
    "TlsSettings",
    "load_config",
]
