"""Logs what goes upstream, for whoever debugs a configuration: `--detailed-debug`."""

import logging
from typing import Any

from openai_grpc_server.telemetry.logs import Log
from openai_grpc_server.upstream import UpstreamClient, UpstreamRequest, UpstreamResponse

# Headers whose values say whose call it is, and are no secrets.
SHOWN = frozenset({"openai-organization", "openai-project", "x-client-request-id", "idempotency-key"})


class LoggedClient(UpstreamClient):
    """A client that logs each request: where it goes, and its headers, but neither keys nor what it says.

    Args:
        base_url: As for `UpstreamClient`.
        log: Where it logs.
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
