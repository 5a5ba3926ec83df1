"""Pages of the HTTP port that are no call's: probes as LiteLLM has them, the OpenAPI document, and what this is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final, NamedTuple

from aiohttp import web

from openai_grpc.codec import dumps
from openai_grpc.rest import openapi, routes
from openai_grpc_server.runtime.offload import in_thread

ALIVE: Final = ("/health/liveliness", "/health/liveness")
READY: Final = "/health/readiness"
HEALTH: Final = "/health"
OPENAPI: Final = "/openapi.json"
TITLE: Final = "OpenAI's API, served by openai-grpc"

Page = Callable[[], web.Response]


class Endpoint(NamedTuple):
    """The state of a deployment.

    Attributes:
        model: The model that it serves; `*` for any.
        name: Its name.
        healthy: Whether calls are sent to it; not while it is cooled down.
    """

    model: str
    name: str
    healthy: bool


class Pages:
    """Answers to requests that are no calls.

    Args:
        serving: Returns whether calls are served.
        endpoints: Returns the state of the deployments.
        version: Version of the server.
        grpc: Address of the gRPC port.

    Attributes:
        grpc: As above.
    """

    def __init__(
        self, serving: Callable[[], bool], endpoints: Callable[[], Sequence[Endpoint]], version: str, grpc: str
    ) -> None:
        self._serving = serving
        self._endpoints = endpoints
        self._version = version
        self.grpc = grpc
        self._document: bytes | None = None
        alive = dict.fromkeys(ALIVE, lambda: page("I'm alive!"))
        self._pages: Mapping[str, Page] = {**alive, READY: self._ready, HEALTH: self._health, "/": self._front}

    def has(self, method: str, path: str) -> bool:
        """Returns whether there is a page."""
        return method in {"GET", "HEAD"} and (path in self._pages or path == OPENAPI)

    def private(self, path: str) -> bool:
        """Returns whether only callers with a key may see a page."""
        return path == HEALTH

    async def get(self, path: str) -> web.Response:
        """Returns a page."""
        if path != OPENAPI:
            return self._pages[path]()
        if self._document is None:
            self._document = await in_thread(self._write_document)
        return web.Response(body=self._document, headers={"content-type": "application/json"})

    def _write_document(self) -> bytes:
        return dumps(openapi(routes.all, TITLE, self._version))

    def _ready(self) -> web.Response:
        serving = self._serving()
        state = {"status": "healthy" if serving else "shutting down", "openai_grpc_version": self._version}
        return page(state, 200 if serving else 503)

    def _health(self) -> web.Response:
        found = self._endpoints()
        healthy = [{"model": each.model, "deployment": each.name} for each in found if each.healthy]
        others = [
            {"model": each.model, "deployment": each.name, "error": "cooled down"} for each in found if not each.healthy
        ]
        return page(
            {
                "healthy_endpoints": healthy,
                "unhealthy_endpoints": others,
                "healthy_count": len(healthy),
                "unhealthy_count": len(others),
            }
        )

    def _front(self) -> web.Response:
        return page(
            {
                "name": "openai-grpc",
                "version": self._version,
                "about": "OpenAI's API as typed gRPC and as REST",
                "rest": "/v1",
                "grpc": self.grpc,
                "openapi": OPENAPI,
                "health": [HEALTH, READY, ALIVE[0]],
            }
        )


def page(value: Any, status: int = 200) -> web.Response:
    """Returns a JSON value as a response."""
    return web.Response(status=status, body=dumps(value), headers={"content-type": "application/json"})
