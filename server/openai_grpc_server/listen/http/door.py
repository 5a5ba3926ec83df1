"""Dispatch of requests on the HTTP port, and the headers that every response has."""

import logging
import re
from collections.abc import Callable
from typing import Final, cast
from urllib.parse import urlsplit

from aiohttp import HttpVersion10, HttpVersion11, web
from aiohttp.http import RawRequestMessage

from openai_grpc.rest import UNKNOWN, HttpError, Match, admin_routes, routes
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.listen.http.body import MULTIPART, Bodies
from openai_grpc_server.listen.http.grpc_web import CONTENT_TYPE as GRPC_WEB
from openai_grpc_server.listen.http.grpc_web import GrpcWeb, WebMethods
from openai_grpc_server.listen.http.pages import Pages
from openai_grpc_server.listen.http.rest import SPECIAL, RestCalls, WholeReply, size_of
from openai_grpc_server.listen.http.server import (
    MAX_DIGITS,
    NAME,
    Connection,
    KnownHead,
    Repeated,
    error_of,
    refusal,
)
from openai_grpc_server.listen.http.websocket import WebSockets
from openai_grpc_server.listen.http2.stream import RequestMemory
from openai_grpc_server.telemetry.log import Log, frames

ANY: Final = "*"
EXPOSED: Final = "*, grpc-status, grpc-message, grpc-status-details-bin"  # by name for browsers that know no `*`
PREFLIGHT_AGE: Final = "600"  # seconds
# Content types of gRPC itself, which this port does not speak, and of gRPC-Web.
GRPC: Final = "application/grpc"
ADMIN: Final = re.compile(r"(?:/openai/v1|/v1)?/key/")  # paths of `KeysService`, as LiteLLM has them


class Door:
    """Serves the requests that come to the HTTP port.

    Other protocols of this port are told apart in `_answer`, by the content type, before the routes are looked at.

    Args:
        settings: Returns the settings of `server`, which a reload replaces.
        methods: The methods.
        memory: Bounds the bytes of all requests.
        pages: Answers that are no call's.
        log: The log.
    """

    def __init__(
        self,
        settings: Callable[[], ServerSettings],
        methods: WebMethods,
        memory: RequestMemory,
        pages: Pages,
        log: Log,
    ) -> None:
        started = settings()
        self._settings = settings
        self._origins = frozenset(started.http.cors_origins)
        self._max_head = started.http.max_header_bytes
        self._grpc = pages.grpc
        self._pages = pages
        self._log = log
        self._administers = started.key_store is not None
        self._rest = RestCalls(settings, methods.handlers, Bodies(started, memory), self._decorate)
        self._sockets = WebSockets(settings, methods.handlers, self._rest.metadata, memory)
        self._grpc_web = GrpcWeb(started, methods, memory, self._decorate)

    async def __call__(self, request: web.BaseRequest) -> web.StreamResponse:
        """Answers a request."""
        try:
            response = await self._answer(request)
        except ConnectionError:
            raise  # the caller has gone
        except Exception as error:  # noqa: BLE001 - the boundary: nobody else would log it
            response = self._failure(error, begun=request.writer.output_size > 0)
        if not response.prepared:
            self._decorate(request, response)
        cast("Connection", request.protocol).answered(request)
        return response

    async def repeat(self, repeated: Repeated) -> bool:
        """Answers a request with a known head; returns whether its connection stays open.

        Raises:
            ConnectionError: The caller has gone.
        """
        connection = repeated.connection
        try:
            reply = await self._rest.repeat(repeated)
            if isinstance(reply, WholeReply):
                stays = not connection.ends
                await connection.send(reply.pieces((("server", NAME),), stays_open=stays))
                return stays
        except ConnectionError:
            raise
        except Exception as error:  # noqa: BLE001 - the boundary: nobody else would log it
            reply = self._failure(error, begun=repeated.begun)
        if not reply.prepared:
            self._decorate(repeated.request, reply)
            await reply.prepare(repeated.request)
            await reply.write_eof()
        return bool(reply.keep_alive)

    def _failure(self, error: Exception, *, begun: bool) -> web.Response:
        """Returns the answer to a failed request.

        Args:
            error: Its failure; one that nobody foresaw is logged.
            begun: Whether a part of the answer is sent.

        Raises:
            ConnectionError: A part of the answer is sent.
        """
        if isinstance(error, HttpError):
            return refusal(error, last=error.status in {408, 413, 431})
        self._log.write(logging.ERROR, "unexpected error", {"traceback": frames(error)})
        if begun:
            raise ConnectionError from None
        return refusal(error_of(500, "The gateway failed; see its log"), last=True)

    async def _answer(self, request: web.BaseRequest) -> web.StreamResponse:
        path, _, query = target_of(request).partition("?")
        self._check(request)
        if request.method == "OPTIONS":
            return self._preflight(request)
        if request.method == "CONNECT":
            cast("Connection", request.protocol).leaving = True
            raise error_of(405, "Method CONNECT is not allowed")
        if self._pages.has(request.method, path):
            if self._pages.private(path):
                await self._rest.check_caller(request)
            return await self._pages.get(path)
        if WebSockets.takes(request, path):
            return await self._sockets.serve(request, path, query)
        if (content_type := request.headers.get("content-type", "").lower()).startswith(GRPC):
            if content_type.startswith(GRPC_WEB):
                return await self._grpc_web.serve(request, path)
            raise error_of(
                415, f"This port speaks gRPC-Web and OpenAI's REST API over HTTP/1.1: gRPC is at {self._grpc}"
            )
        found = admin_routes if self._administers and ADMIN.match(path) else routes
        try:
            match = found.match(request.method, path)
        except HttpError as error:
            if error.status not in UNKNOWN:
                raise
            return await self._rest.serve_unknown(request, path, query, error)
        known = self._known(request, match, query)
        cast("Connection", request.protocol).candidate = known
        return await self._rest.serve(request, match, query, None if known is None else known.metadata)

    def _known(self, request: web.BaseRequest, match: Match, query: str) -> KnownHead | None:
        """Returns the head of a request, of which copies may come; None: it asks for more than a call."""
        size = len(request.raw_path) + size_of(request.raw_headers) + MAX_DIGITS
        if request.method != "POST" or request.version != HttpVersion11 or size > self._max_head:
            return None
        if request.content_type == MULTIPART or not SPECIAL.isdisjoint(map(str.lower, request.headers)):
            return None
        message = RawRequestMessage(
            *(request.method, request.raw_path, request.version, request.headers, request.raw_headers),
            should_close=False,
            compression=None,
            upgrade=False,
            chunked=False,
            url=request.rel_url,
        )
        metadata = tuple(self._rest.metadata(request))
        return KnownHead(self.repeat, self._settings(), message, match, query, request.content_type, metadata)

    def _check(self, request: web.BaseRequest) -> None:
        """Checks a head.

        Raises:
            HttpError: 431: it is too large. 403: it comes from a page of an origin that may not call. 505, 501: another
                version or transfer coding.
        """
        if request.version < HttpVersion10:
            raise error_of(505, "The request is not HTTP/1.1")
        coding = request.headers.get("transfer-encoding")
        if coding is not None and coding.lower() != "chunked":
            cast("Connection", request.protocol).leaving = True  # where the body ends, nobody knows
            raise error_of(501, f"Transfer-Encoding {coding[:32]!r} is not supported: send the body as it is")
        size = len(request.raw_path) + size_of(request.raw_headers)
        if size > self._max_head:
            raise error_of(431, f"The request's headers are larger than {self._max_head} bytes, which is the limit")
        origin = request.headers.get("origin")
        # A page of any site could else spend the gateway's money: simple requests are sent before CORS is asked.
        if origin is not None and not self._trusts(origin, request):
            raise error_of(
                403, f"Pages of {origin[:128]!r} may not call this gateway: add it to server.http.cors_origins"
            )

    def _trusts(self, origin: str, request: web.BaseRequest) -> bool:
        return ANY in self._origins or origin in self._origins or urlsplit(origin).netloc == request.headers.get("host")

    def _preflight(self, request: web.BaseRequest) -> web.Response:
        asked = request.headers.get("access-control-request-method")
        if asked is None or "origin" not in request.headers:
            raise error_of(405, "Method OPTIONS is not allowed")
        headers = {
            "access-control-allow-methods": "GET, POST, DELETE",
            "access-control-allow-headers": request.headers.get("access-control-request-headers", ANY),
            "access-control-max-age": PREFLIGHT_AGE,
        }
        return web.Response(status=204, headers=headers)

    def _decorate(self, request: web.BaseRequest, response: web.StreamResponse) -> None:
        """Adds the headers that every response has."""
        headers = response.headers
        headers["server"] = NAME
        origin = request.headers.get("origin")
        if origin is not None and self._trusts(origin, request):
            headers["access-control-allow-origin"] = origin
            headers["access-control-expose-headers"] = EXPOSED
            headers["vary"] = "origin"
        if cast("Connection", request.protocol).ends:
            response.force_close()


def target_of(request: web.BaseRequest) -> str:
    """Returns the path and query of a request, percent-encoded."""
    target = request.raw_path
    return target if target.startswith("/") else request.rel_url.raw_path_qs
