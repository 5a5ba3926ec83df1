"""HTTP server of the admin port: its routes, its page, and who may use them.

Probes are for everybody. All else needs the admin key where there is one, which must be so beyond loopback. Without a
key the port trusts this machine, but not the pages in its browsers: a page of another site may neither change anything
(`Origin`, `Sec-Fetch-Site`, JSON only) nor read anything by a name that it points at this machine (`Host`).
"""

import logging
import ssl
from collections.abc import Mapping
from dataclasses import replace
from hmac import compare_digest
from importlib.resources import files
from ipaddress import ip_address
from typing import Any, Final, Protocol, cast
from urllib.parse import urlsplit

from aiohttp import web

from openai_grpc.codec import CodecError, dumps, loads
from openai_grpc.rest import HttpError
from openai_grpc_server.admin.state import LEVELS, configuration
from openai_grpc_server.config import Config, ConfigError
from openai_grpc_server.config.admin import ADMIN_KEY, admin_key, shares_metrics
from openai_grpc_server.listen.http import HttpServer
from openai_grpc_server.listen.http.server import Connection, error_of, refusal
from openai_grpc_server.listen.http2 import ConnectionCount
from openai_grpc_server.listen.options import admin_tls, http2_limits
from openai_grpc_server.runtime.resources import listen_problem
from openai_grpc_server.telemetry.log import Log, frames
from openai_grpc_server.telemetry.prometheus import CONTENT_TYPE

ALIVE: Final = frozenset({"/livez", "/live"})
READY: Final = frozenset({"/readyz", "/ready", "/healthz", "/health"})
FILES: Final = {
    "/": ("index.html", "text/html; charset=utf-8"),
    "/page.js": ("page.js", "text/javascript; charset=utf-8"),
    "/style.css": ("style.css", "text/css; charset=utf-8"),
}
LISTS: Final = ("calls", "connections", "deployments")
SWITCHES: Final = frozenset({"/drain", "/undrain", "/log-level"})
MAX_BODY: Final = 4096  # bytes
MAX_CONNECTIONS: Final = 64
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; "
    "form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)
HEADERS: Final = {
    "cache-control": "no-store",
    "content-security-policy": POLICY,
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
}


class Source(Protocol):
    """State and switches of a process, or of several workers."""

    @property
    def ready(self) -> bool:
        """True if new calls are served; upstreams don't matter."""

    @property
    def config(self) -> Config:
        """The configuration in use."""

    async def page(self) -> str:
        """Returns the metrics in Prometheus' text format."""

    async def ask(self, what: str, value: str = "") -> Any:
        """Returns an answer as a JSON value; see `Operations.answer`."""


class AdminPort:
    """The admin port.

    Args:
        config: The configuration at the start.
        source: What it shows.
        log: The log.

    Raises:
        ConfigError: A file of its TLS can't be used.
    """

    def __init__(self, config: Config, source: Source, log: Log) -> None:
        server, admin = config.server, config.server.admin
        settings = replace(server, host=admin.host, reuse_port=False, max_connection_age=None)
        limits = replace(
            http2_limits(settings, server.timeouts.total),
            max_connections=MAX_CONNECTIONS,
            connections_per_address=MAX_CONNECTIONS,
        )
        self._admin = admin
        self._open_metrics = shares_metrics(config)
        self._source = source
        self._log = log
        self._server = HttpServer(settings, limits, admin_tls(admin), ConnectionCount(limits))

    def start(self) -> int:
        """Starts to serve and returns the port.

        Raises:
            ConfigError: The port can't be listened on.
        """
        host, port = self._admin.host, self._admin.port or 0
        try:
            number = self._server.bind(port)
        except OSError as error:
            raise ConfigError(listen_problem(host, port, error, "server.admin.port")) from error
        self._server.start(self._serve)
        return number

    def use_tls(self, tls: ssl.SSLContext) -> None:
        """Replaces TLS for connections to come."""
        self._server.use_tls(tls)

    async def stop(self) -> None:
        """Stops; answers that are being sent have a moment."""
        await self._server.stop(1.0)

    async def _serve(self, request: web.BaseRequest) -> web.StreamResponse:
        try:
            response = await self._answer(request, request.path)
        except HttpError as error:
            response = refusal(error, last=error.status in {408, 413})
        except ConnectionError:
            raise  # the client has gone
        except Exception as error:  # noqa: BLE001 - the boundary: nobody else would log it
            self._log.write(logging.ERROR, "unexpected error", {"traceback": frames(error)})
            response = refusal(error_of(500, "The admin port failed; see the gateway's log"), last=True)
        response.headers.update(HEADERS)
        if cast("Connection", request.protocol).ends:
            response.force_close()
        return response

    async def _answer(self, request: web.BaseRequest, path: str) -> web.Response:
        probe = path in ALIVE or path in READY
        if not probe and self._needs_certificate and not shows_certificate(request):
            raise error_of(403, "A client certificate (server.admin.tls.client_ca) is needed")
        if path in SWITCHES and request.method == "POST":
            return await self._switch(request, path)
        if request.method not in {"GET", "HEAD"}:
            raise error_of(405, f"Method {request.method[:32]} is not allowed here")
        if path in ALIVE:
            return json({"status": "alive"})
        if path in READY:
            ready = self._source.ready
            return json({"status": "serving" if ready else "not serving"}, 200 if ready else 503)
        if path in FILES:
            name, content_type = FILES[path]
            data = files(__package__).joinpath("page", name).read_bytes()
            return web.Response(body=data, headers={"content-type": content_type})
        if path == "/metrics" and self._open_metrics:
            return await self._metrics()
        self._admit(request)
        return await self._read(path)

    @property
    def _needs_certificate(self) -> bool:
        tls = self._source.config.server.admin.tls
        return self._admin.tls is not None and tls is not None and tls.client_ca is not None

    async def _read(self, path: str) -> web.Response:
        name = path.removeprefix("/")
        if name in LISTS:
            return json({name: await self._source.ask(name)})
        if name == "state":
            return json(await self._source.ask(name))
        if name == "log-level":
            return json({"level": (await self._source.ask("state"))["log_level"]})
        if name == "config":
            return json(configuration(self._source.config))
        if name == "metrics":
            return await self._metrics()
        if path in SWITCHES:
            raise error_of(405, f"{path} takes POST")
        raise error_of(404, f"Nothing is at {path[:64]!r}: the admin port serves {', '.join(sorted(PATHS))}")

    async def _metrics(self) -> web.Response:
        return web.Response(body=(await self._source.page()).encode(), headers={"content-type": CONTENT_TYPE})

    async def _switch(self, request: web.BaseRequest, path: str) -> web.Response:
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site", "none")
        if site not in {"none", "same-origin"} or (
            origin is not None and urlsplit(origin).netloc != request.headers.get("host")
        ):
            raise error_of(403, "A page of another site may not change anything here")
        self._admit(request)
        content_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        if content_type != "application/json":
            raise error_of(415, "The body must be application/json: send {} if there is nothing to say")
        said = await self._said(request)
        level = said.get("level", "") if path == "/log-level" else ""
        if path == "/log-level" and level not in LEVELS:
            raise error_of(400, f"invalid level: must be one of {', '.join(LEVELS)}")
        return json(await self._source.ask(path.removeprefix("/"), level))

    async def _said(self, request: web.BaseRequest) -> Mapping[str, Any]:
        data = await request.content.read(MAX_BODY + 1)
        if len(data) > MAX_BODY or not request.content.at_eof():
            raise error_of(413, f"The body has more than {MAX_BODY} bytes")
        try:
            said = loads(data or b"{}")
        except CodecError:
            said = None
        if not isinstance(said, dict):
            raise error_of(400, "The body must be a JSON object")
        return said

    def _admit(self, request: web.BaseRequest) -> None:
        """Checks who asks.

        Raises:
            HttpError: 401: the key is missing or wrong. 403: without a key, the host is not this machine.
        """
        key = admin_key(self._source.config)
        if key is None:
            if not is_local(urlsplit(f"//{request.headers.get('host', '')}").hostname or ""):
                raise error_of(403, "Without an admin key this port answers to addresses and localhost only")
            return
        scheme, _, given = request.headers.get("authorization", "").partition(" ")
        wanted = key.reveal().encode("utf-8", "surrogateescape")
        if scheme.lower() != "bearer" or not compare_digest(given.strip().encode("utf-8", "surrogateescape"), wanted):
            error = error_of(401, f"The admin key ({ADMIN_KEY}) is needed: send it as `authorization: Bearer KEY`")
            raise error


PATHS: Final = frozenset(
    {"/", "/livez", "/readyz", "/healthz", "/metrics", "/state", "/config", *SWITCHES, *(f"/{each}" for each in LISTS)}
)


def shows_certificate(request: web.BaseRequest) -> bool:
    """Returns whether the client has shown a certificate, which TLS has verified then."""
    tls: ssl.SSLObject | None = request.get_extra_info("ssl_object")
    return tls is not None and tls.getpeercert(binary_form=True) is not None


def json(value: Any, status: int = 200) -> web.Response:
    """Returns a JSON value as a response."""
    return web.Response(status=status, body=dumps(value), headers={"content-type": "application/json"})


def is_local(host: str) -> bool:
    """Returns whether a host of a URL is an address or this machine's own name, which no other site can point here."""
    try:
        ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
    return True
