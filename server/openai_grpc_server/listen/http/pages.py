"""Answers of the HTTP port without a call: probes as LiteLLM has them, the OpenAPI document, the front page, the chat.

The chat page is a client like any other, which calls this port by gRPC-Web. Its source is `examples/chat`.
"""

from collections.abc import Callable, Mapping, Sequence
from html import escape
from pathlib import Path
from typing import Any, Final, NamedTuple

from aiohttp import web

from openai_grpc.codec import dumps
from openai_grpc.rest import openapi, routes
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.runtime.offload import in_thread

ALIVE: Final = ("/health/liveliness", "/health/liveness")
READY: Final = "/health/readiness"
HEALTH: Final = "/health"
OPENAPI: Final = "/openapi.json"
TITLE: Final = "OpenAI's API, served by openai-grpc"
CHAT: Final = "/chat"
# The files of the chat page, in `chat` beside this module, and their types.
CHAT_FILES: Final = {
    CHAT: ("index.html", "text/html; charset=utf-8"),
    f"{CHAT}/page.js": ("page.js", "text/javascript; charset=utf-8"),
    f"{CHAT}/style.css": ("style.css", "text/css; charset=utf-8"),
}
KEY_HEADER: Final = b'name="key-header" content="authorization"'
# A script that got into the page could spend the key: it runs its own file alone, and reaches this port alone.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

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
        settings: Returns the settings of `server`, which a reload replaces.
        serving: Returns whether calls are served.
        endpoints: Returns the state of the deployments.
        version: Version of the server.
        grpc: Address of the gRPC port.

    Attributes:
        grpc: As above.
    """

    def __init__(
        self,
        settings: Callable[[], ServerSettings],
        serving: Callable[[], bool],
        endpoints: Callable[[], Sequence[Endpoint]],
        version: str,
        grpc: str,
    ) -> None:
        self._settings = settings
        self._serving = serving
        self._endpoints = endpoints
        self._version = version
        self.grpc = grpc
        self._document: bytes | None = None
        self._files: dict[str, bytes] = {}
        alive = dict.fromkeys(ALIVE, lambda: page("I'm alive!"))
        self._pages: Mapping[str, Page] = {**alive, READY: self._ready, HEALTH: self._health, "/": self._front}

    def has(self, method: str, path: str) -> bool:
        """Returns whether there is a page."""
        if method not in {"GET", "HEAD"}:
            return False
        return path in self._pages or path == OPENAPI or (path in CHAT_FILES and self._settings().http.chat_page)

    def private(self, path: str) -> bool:
        """Returns whether only callers with a key may see a page."""
        return path == HEALTH

    async def get(self, path: str) -> web.Response:
        """Returns a page."""
        if path in CHAT_FILES:
            return await self._chat(path)
        if path != OPENAPI:
            return self._pages[path]()
        if self._document is None:
            self._document = await in_thread(self._write_document)
        return web.Response(body=self._document, headers={"content-type": "application/json"})

    def _write_document(self) -> bytes:
        return dumps(openapi(routes.all, TITLE, self._version))

    async def _chat(self, path: str) -> web.Response:
        name, content_type = CHAT_FILES[path]
        if name not in self._files:
            self._files[name] = await in_thread(Path(__file__).with_name("chat").joinpath(name).read_bytes)
        data = self._files[name]
        if path == CHAT:
            key_header = f'name="key-header" content="{escape(self._settings().key_header)}"'
            data = data.replace(KEY_HEADER, key_header.encode())
        headers = {
            "content-type": content_type,
            "content-security-policy": POLICY,
            "cache-control": "no-cache",
            "referrer-policy": "no-referrer",
            "x-content-type-options": "nosniff",
        }
        return web.Response(body=data, headers=headers)

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
        front: dict[str, Any] = {
            "name": "openai-grpc",
            "version": self._version,
            "about": "OpenAI's API as typed gRPC and as REST",
            "rest": "/v1",
            "grpc": self.grpc,
            "openapi": OPENAPI,
            "health": [HEALTH, READY, ALIVE[0]],
        }
        if self._settings().http.chat_page:
            front["chat"] = CHAT
        return page(front)


def page(value: Any, status: int = 200) -> web.Response:
    """Returns a JSON value as a response."""
    return web.Response(status=status, body=dumps(value), headers={"content-type": "application/json"})
