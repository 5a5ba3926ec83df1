"""Pages of the HTTP port that are no call's: probes, and what this is."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from aiohttp import web

from openai_grpc.codec import dumps

ALIVE: Final = ("/health/liveliness", "/health/liveness")
READY: Final = "/health/readiness"


class Pages:
    """Answers to requests that are no calls.

    Args:
        serving: Returns whether calls are served.
        version: Version of the server.
    """

    def __init__(self, serving: Callable[[], bool], version: str) -> None:
        self._serving = serving
        self._version = version

    async def find(self, method: str, path: str, headers: Mapping[str, str]) -> web.Response | None:  # noqa: ARG002
        """Returns the answer to a request, or None if it is none of a page."""
        if method not in {"GET", "HEAD"}:
            return None
        if path in ALIVE:
            return page("I'm alive!")
        if path == READY:
            serving = self._serving()
            state = {"status": "healthy" if serving else "shutting down", "openai_grpc_version": self._version}
            return page(state, 200 if serving else 503)
        return None


def page(value: Any, status: int = 200) -> web.Response:
    """Returns a JSON value as a response."""
    return web.Response(status=status, body=dumps(value), headers={"content-type": "application/json"})
