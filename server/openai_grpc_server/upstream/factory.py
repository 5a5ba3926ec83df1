"""Factory of upstream clients."""

import logging
import re
from functools import partial
from typing import Any

from openai_grpc_server.config import ConfigError, DeploymentConfig, Problem, ServerSettings
from openai_grpc_server.config.checks import base_url_hint
from openai_grpc_server.config.secret import KNOWN, weakness
from openai_grpc_server.errors import UpstreamConnectError
from openai_grpc_server.telemetry.log import Log
from openai_grpc_server.upstream import (
    Redaction,
    Timeouts,
    TlsOptions,
    UpstreamClient,
    UpstreamRequest,
    UpstreamResponse,
)

SCHEME = re.compile("^(basic|bearer|token) +", re.IGNORECASE)  # what begins the value of a header with credentials
MIN_SECRET = 8  # characters
# What keys are where an upstream asks for none.
PLACEHOLDERS = frozenset({*KNOWN, "no-key", "no-key-required", "not-needed", "not-required", "token-abc123"})
# Headers whose values are no secrets.
HARMLESS = frozenset(
    {
        "accept-language",
        "anthropic-beta",
        "anthropic-version",
        "http-referer",
        "openai-beta",
        "openai-organization",
        "openai-project",
        "referer",
        "x-title",
    }
)


def upstream_client(deployment: DeploymentConfig, settings: ServerSettings, log: Log | None = None) -> UpstreamClient:
    """Returns the client of a deployment.

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
    options: dict[str, Any] = {
        "timeouts": timeouts,
        "tls": tls,
        "max_response_bytes": settings.max_message_bytes,
        "not_found_hint": base_url_hint(deployment.base_url),
        "redaction": redaction(deployment),
        "all_headers": deployment.return_response_headers,
        "unreachable": None if log is None else partial(log_unreachable, log, deployment),
    }
    try:
        if log is not None and log.level <= logging.DEBUG:
            return LoggedClient(deployment.base_url, log=log, **options)
        return UpstreamClient(deployment.base_url, **options)
    except OSError as error:
        files = " or ".join(filter(None, (ca_file, deployment.client_certificate)))
        raise ConfigError(Problem(f"TLS of {deployment.name!r}: can't use {files}: {error}")) from error


def log_unreachable(log: Log, deployment: DeploymentConfig, error: UpstreamConnectError) -> None:
    """Logs why an upstream is unreachable, rate-limited per deployment and reason."""
    fields = {
        "deployment": deployment.name,
        "base_url": deployment.base_url.partition("?")[0],
        "why": error.message,
        "detail": error.detail,
    }
    log.write_seldom(logging.WARNING, "upstream unreachable", lambda: fields, f"{deployment.name} {error.message}")


def redaction(deployment: DeploymentConfig) -> Redaction:
    """Returns the redaction of a deployment's secrets in upstream replies.

    Errors and headers are without its key and without the values of its headers. Replies are without those of them
    that are long and random: no honest text has one by chance.
    """
    configured = [value.reveal() for name, value in deployment.extra_headers if name not in HARMLESS]
    if deployment.api_key is not None:
        configured.append(deployment.api_key.reveal())
    secrets = [text for text in (SCHEME.sub("", text, count=1) for text in configured) if is_secret(text)]
    return Redaction(secrets, [text for text in secrets if weakness(text) is None])


def is_secret(text: str) -> bool:
    """Returns whether a key or header value may be a secret: not short, a word or a placeholder."""
    return len(text) >= MIN_SECRET and not text.isalpha() and text not in PLACEHOLDERS


# Headers whose values tell whose call it is, and are no secrets.
SHOWN = frozenset({"openai-organization", "openai-project", "x-client-request-id", "idempotency-key"})


class LoggedClient(UpstreamClient):
    """Logs each request of a client, its URL and headers, without secrets and content: `--detailed-debug`.

    Args:
        base_url: As for `UpstreamClient`.
        log: The log.
        options: As for `UpstreamClient`.
    """

    def __init__(self, base_url: str, *, log: Log, **options: Any) -> None:
        super().__init__(base_url, **options)
        self._base_url = base_url
        self._log = log

    async def send(self, request: UpstreamRequest) -> UpstreamResponse:
        """Logs a request and sends it."""
        headers = [f"{name}: {value}" if name in SHOWN else name for name, value in request.headers]
        fields = {
            "method": request.method,
            "url": f"{self._base_url}{request.path}",
            "headers": headers,
            "request_bytes": len(request.body) if isinstance(request.body, bytes) else None,
        }
        self._log.write(logging.DEBUG, "upstream request", fields)
        return await super().send(request)
