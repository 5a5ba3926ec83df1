"""What the gateway runs by: a YAML file in the shape of LiteLLM's `config.yaml`, and the environment."""

from openai_grpc_server.config.deployment import DeploymentConfig, matches
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.general_settings import GeneralSettings, KeySettings
from openai_grpc_server.config.load import Config, config_of_command_line, load_config
from openai_grpc_server.config.model_settings import ModelInfo
from openai_grpc_server.config.router_config import RouterConfig
from openai_grpc_server.config.secret import Secret
from openai_grpc_server.config.server_settings import (
    AbuseLimitSettings,
    KeepaliveSettings,
    LogSettings,
    ServerSettings,
    TimeoutSettings,
    TlsSettings,
)

__all__ = [
    "AbuseLimitSettings",
    "Config",
    "ConfigError",
    "DeploymentConfig",
    "GeneralSettings",
    "KeepaliveSettings",
    "KeySettings",
    "LogSettings",
    "ModelInfo",
    "Problem",
    "RouterConfig",
    "Secret",
    "ServerSettings",
    "TimeoutSettings",
    "TlsSettings",
    "config_of_command_line",
    "load_config",
    "matches",
]
