"""Configuration of the gateway: a YAML file in the shape of LiteLLM's `config.yaml`, and the environment."""

from openai_grpc_server.config.deployment import DeploymentConfig, RouterConfig, matches
from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.load import Config, ServeOptions, config_of_command_line, load_config
from openai_grpc_server.config.secret import Environment, Secret
from openai_grpc_server.config.settings import (
    HTTP_PORT,
    AbuseLimitSettings,
    AdaptiveConcurrencySettings,
    AdminSettings,
    AdmissionSettings,
    GeneralSettings,
    HttpSettings,
    IdentitySettings,
    KeepaliveSettings,
    KeySettings,
    LoadReportSettings,
    LogSettings,
    ModelInfo,
    ServerSettings,
    TelemetrySettings,
    TimeoutSettings,
    TlsSettings,
    TokenIssuerSettings,
)

__all__ = [
    "HTTP_PORT",
    "AbuseLimitSettings",
    "AdaptiveConcurrencySettings",
    "AdminSettings",
    "AdmissionSettings",
    "Config",
    "ConfigError",
    "DeploymentConfig",
    "Environment",
    "GeneralSettings",
    "HttpSettings",
    "IdentitySettings",
    "KeepaliveSettings",
    "KeySettings",
    "LoadReportSettings",
    "LogSettings",
    "ModelInfo",
    "Problem",
    "RouterConfig",
    "Secret",
    "ServeOptions",
    "ServerSettings",
    "TelemetrySettings",
    "TimeoutSettings",
    "TlsSettings",
    "TokenIssuerSettings",
    "config_of_command_line",
    "load_config",
    "matches",
]
