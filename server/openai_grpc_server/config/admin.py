"""Key and address of the admin port."""

from dataclasses import replace
from ipaddress import ip_address
from typing import Final

from openai_grpc_server.config.errors import ConfigError, Problem
from openai_grpc_server.config.load import Config
from openai_grpc_server.config.secret import Secret, weakness
from openai_grpc_server.config.settings import AdminSettings

ADMIN_KEY: Final = "server.admin.key"


def admin_key(config: Config) -> Secret | None:
    """Returns the admin key; None: none is needed."""
    admin = config.server.admin
    if admin.key is not None or is_loopback(admin.host):
        return admin.key
    return config.general.master_key


def shares_metrics(config: Config) -> bool:
    """Returns whether the port of metrics is the admin port, where they need no key then."""
    server = config.server
    return bool(server.admin.port) and (server.admin.host, server.admin.port) == (
        server.metrics_host,
        server.metrics_port,
    )


def check_admin(config: Config) -> None:
    """Checks the admin key.

    Raises:
        ConfigError: It is weak, or missing beyond loopback.
    """
    admin = config.server.admin
    if admin.port is None:
        return
    if admin_key(config) is None and not is_loopback(admin.host):
        hint = f"set {ADMIN_KEY}, or listen on 127.0.0.1"
        raise ConfigError(Problem("an admin port beyond loopback needs an admin key", "server.admin.host", hint))
    if admin.key is not None and (why := weakness(admin.key.reveal())):
        raise ConfigError(Problem(f"weak key: {why}", ADMIN_KEY, "openssl rand -hex 24 prints a strong one"))


def as_running(running: AdminSettings, new: AdminSettings) -> AdminSettings:
    """Returns new settings with what a reload takes up as it is: the key, and TLS if there was any."""
    tls = new.tls if running.tls is None or new.tls is None else running.tls
    return replace(new, key=running.key, tls=tls)


def is_loopback(host: str) -> bool:
    """Returns whether an address to listen on is reached from this machine only."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
