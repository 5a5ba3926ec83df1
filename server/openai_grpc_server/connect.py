"""Makes the clients that reach deployments."""

import logging

from openai_grpc_server.config import ConfigError, DeploymentConfig, Problem, ServerSettings
from openai_grpc_server.config.base_url import base_url_hint
from openai_grpc_server.telemetry.logged_client import LoggedClient
from openai_grpc_server.telemetry.logs import Log
from openai_grpc_server.upstream import Timeouts, TlsOptions, UpstreamClient


def upstream_client(deployment: DeploymentConfig, settings: ServerSettings, log: Log | None = None) -> UpstreamClient:
    """Makes the client that reaches a deployment.

    Args:
        deployment: The deployment.
        settings: How the gateway runs.
        log: Where requests are logged, if its level is debug.

    Raises:
        ConfigError: A file of its certificates can't be used.
    """
    limits = deployment.timeouts
    ca_file = deployment.verify if isinstance(deployment.verify, str) else None
    tls = TlsOptions(verify=deployment.verify is not False, ca_file=ca_file, client_cert=deployment.client_certificate)
    timeouts = Timeouts(connect=limits.connect, first_token=limits.first_token, idle=limits.idle, total=limits.total)
    hint = base_url_hint(deployment.base_url)
    try:
        if log is not None and log.level <= logging.DEBUG:
            return LoggedClient(
                deployment.base_url,
                log=log,
                timeouts=timeouts,
                tls=tls,
                max_response_bytes=settings.max_message_bytes,
                not_found_hint=hint,
            )
        return UpstreamClient(
            deployment.base_url,
            timeouts=timeouts,
            tls=tls,
            max_response_bytes=settings.max_message_bytes,
            not_found_hint=hint,
        )
    except OSError as error:
        files = " or ".join(filter(None, (ca_file, deployment.client_certificate)))
        raise ConfigError(Problem(f"TLS of {deployment.name!r}: can't use {files}: {error}")) from error
