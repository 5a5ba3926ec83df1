"""HTTP client of one upstream."""

from __future__ import annotations

import asyncio
import errno
import logging
import re
import socket
import ssl
import time
from functools import lru_cache, partial
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlencode, urlsplit

import aiohttp
import httpx2

from openai_grpc_server.config import ConfigError, DeploymentConfig, Problem, ServerSettings
from openai_grpc_server.config.checks import base_url_hint, is_legal_value
from openai_grpc_server.config.secret import KNOWN, weakness
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    UpstreamConnectError,
    UpstreamConnectionLostError,
    UpstreamError,
    UpstreamProtocolError,
    exhausted,
    from_http,
)
from openai_grpc_server.runtime.bounded_cache import BoundedCache
from openai_grpc_server.runtime.offload import beside_loop, is_large_json
from openai_grpc_server.upstream.headers import USER_AGENT
from openai_grpc_server.upstream.request import RequestBody, SharedTimer, TimeLimits, Timeouts, UpstreamRequest
from openai_grpc_server.upstream.response import Redaction, UpstreamResponse, response_metadata
from openai_grpc_server.upstream.sse import ServerSentEvent
from openai_grpc_server.upstream.transport import (
    AiohttpTransport,
    Destination,
    ResponseStream,
    TlsOptions,
    raw_headers,
    request_head,
)
from openai_grpc_server.upstream.websocket import HandshakeError, UpstreamSocket, open_socket

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Iterator, Sequence

    from openai_grpc_server.telemetry.log import Log

    # Its status, its headers as they came, and its body.
    Answer = tuple[int, Sequence[tuple[bytes, bytes]], httpx2.AsyncByteStream]

MAX_RESPONSE_BYTES = 64 * 1024 * 1024
MAX_ERROR_BYTES = 1024 * 1024  # of an error's body; the rest is not read
_DESTINATION_BYTES = 1 << 20  # of all that are kept; ids in paths and queries are the callers' choice


class UpstreamClient:
    """Sends requests to one upstream over pooled connections.

    Args:
        base_url: Such as `https://api.openai.com/v1`; a query in it is sent with every request.
        timeouts: Timeouts of each request.
        verify: Checks the upstream's certificate; ignored when `tls` is given.
        tls: TLS options.
        proxy: URL of an HTTP proxy.
        max_response_bytes: The limit of an answer, and of one event of a stream.
        not_found_hint: Hint in errors of status 404 that the base URL may be wrong.
        redaction: Redacts secrets in responses.
        transport: Replaces `AiohttpTransport`; closed with the client.
        unreachable: Called with each failure to connect.
        all_headers: Whether all response headers go out as metadata.

    Raises:
        ValueError: The base URL is invalid, or holds a user or password.
        OSError: A file of the TLS options cannot be used.
    """

    def __init__(  # noqa: PLR0913 - what can be configured of an upstream
        self,
        base_url: str,
        *,
        timeouts: Timeouts | None = None,
        verify: bool = True,
        tls: TlsOptions | None = None,
        proxy: str | None = None,
        max_response_bytes: int = MAX_RESPONSE_BYTES,
        not_found_hint: str = "",
        redaction: Redaction | None = None,
        transport: httpx2.AsyncBaseTransport | None = None,
        unreachable: Callable[[UpstreamConnectError], None] | None = None,
        all_headers: bool = False,
    ) -> None:
        self._all_headers = all_headers
        self._unreachable = unreachable
        parts = urlsplit(base_url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username or parts.password:
            raise ValueError("invalid base URL: must be http(s)://host[:port][/path], without user or password")
        self._base = f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}"
        self._query = parts.query
        self._timeouts = timeouts or Timeouts()
        self._max_bytes = max_response_bytes
        self._not_found_hint = not_found_hint
        self._redaction = redaction or Redaction()
        tls = tls or TlsOptions(verify=verify)
        if parts.scheme == "http" and tls == TlsOptions():
            tls = None  # nothing to verify: reading the system's authorities takes 20 ms
        self._transport = transport or AiohttpTransport(tls=tls, proxy=proxy)
        self._short = self._transport if isinstance(self._transport, AiohttpTransport) else None
        self._extensions = {"timeout": {"connect": self._timeouts.connect}}
        self._destinations: BoundedCache[Destination] = BoundedCache(_DESTINATION_BYTES)
        self._latest: tuple[str, str, Destination] | None = None
        self._background: set[asyncio.Task[None]] = set()
        self._timer = SharedTimer()

    async def send(self, request: UpstreamRequest) -> UpstreamResponse:
        """Sends a request; returns the response once its headers have arrived. The caller closes it.

        A safe request whose connection is lost without an answer is sent once more, if it asks for that.

        Raises:
            GatewayError: The upstream could not be reached, was lost, was too slow, or answered with a status of 300
                or more; or what the request's body raised.
        """
        body = RequestBody(request.body)
        time_limits = TimeLimits(self._timeouts, request, body, self._timer)
        try:
            status, headers, stream = await self._exchange(request, body, time_limits)
        except BaseException:
            time_limits.stop()
            raise
        answer = UpstreamResponse(
            status,
            headers,
            stream,
            request,
            time_limits,
            self._max_bytes,
            self._spawn,
            self._redaction,
            self._all_headers,
        )
        if answer.status >= 300:
            raise await self._status_error(answer, request)
        return answer

    async def connect(self, request: UpstreamRequest) -> tuple[UpstreamSocket, tuple[tuple[str, str], ...]]:
        """Opens a WebSocket, for which the caller of this method closes; returns it with the metadata of its response.

        Args:
            request: The handshake.

        Raises:
            GatewayError: The upstream could not be reached, or refused the handshake.
        """
        if self._short is None:
            raise UpstreamConnectError("this upstream has no WebSockets")
        destination = self._destination(request)
        limits, connect = request.limits, self._timeouts.connect
        if limits is not None:
            connect = limits.connect_timeout(connect)
        request_head(destination, (), request.headers, 0)  # checks what aiohttp would encode in ways of its own
        headers = [("user-agent", USER_AGENT), *request.headers]
        try:
            socket = await open_socket(self._short.session, destination, headers, connect, self._max_bytes)
        except httpx2.TransportError as error:
            fault = _fault(error, request, RequestBody(None))
            if isinstance(fault, UpstreamConnectError) and self._unreachable is not None:
                self._unreachable(fault)
            raise fault from error
        except HandshakeError as error:
            refused = from_http(error.status, dict(error.headers), b"", safe=True, own_key=request.own_key)
            raise self._redaction.error(refused) from None
        return socket, self._redaction.metadata(response_metadata(socket.headers))

    def time_limits(self, request: UpstreamRequest) -> TimeLimits:
        """Starts the timeouts of a streamed answer that comes over a WebSocket."""
        return TimeLimits(self._timeouts, request, RequestBody(None), self._timer)

    def redacted(self, data: bytes) -> bytes:
        """Returns a received message without secrets."""
        return self._redaction.events([ServerSentEvent(data)])[0].data if self._redaction.of_replies else data

    async def aclose(self) -> None:
        """Closes all connections."""
        for task in self._background:
            task.cancel()
        await asyncio.gather(*self._background, return_exceptions=True)
        await self._transport.aclose()

    async def _exchange(self, request: UpstreamRequest, body: RequestBody, time_limits: TimeLimits) -> Answer:
        task = asyncio.current_task()
        destination = self._destination(request)
        time_limits.wait(task)
        again = request.safe and request.resend and body.data is not None
        limits, began = request.limits, time.monotonic()
        while True:
            try:
                answer = await self._send(destination, request, body)
            except asyncio.CancelledError:
                if error := time_limits.reason_of_cancel(task):
                    raise error from None
                raise
            except httpx2.TransportError as error:
                if body.error is not None:
                    raise body.error from None
                if again and isinstance(error, httpx2.ReadError):
                    again = False
                    continue
                fault = _fault(error, request, body)
                if isinstance(fault, UpstreamConnectError):
                    if limits is not None and (late := limits.not_connected(time.monotonic() - began)) is not None:
                        raise late from error
                    if self._unreachable is not None:
                        self._unreachable(fault)
                raise fault from error
            time_limits.waited()
            return answer

    async def _send(self, destination: Destination, request: UpstreamRequest, body: RequestBody) -> Answer:
        own, short = _own_headers(request.accept, request.content_type, request.streaming), self._short
        connect, extensions = self._timeouts.connect, self._extensions
        if request.limits is not None:
            connect = request.limits.connect_timeout(connect)
            extensions = {"timeout": {"connect": connect}}
        if short is not None and body.data is not None and short.takes(body.data):
            exchange = await short.exchange(destination, own, request.headers, body.data, connect)
            return exchange.status, raw_headers(exchange), ResponseStream(exchange)
        headers = [*own, *request.headers]
        if request.content_length is not None and not isinstance(request.body, bytes):
            headers.append(("content-length", str(request.content_length)))
        request_head(destination, (), headers, 0)  # checks what httpx2 and aiohttp would encode in ways of their own
        http_request = httpx2.Request(
            request.method, destination.url, headers=headers, stream=body, extensions=extensions
        )
        response = await self._transport.handle_async_request(http_request)
        if not isinstance(response.stream, httpx2.AsyncByteStream):
            raise TypeError("the transport answered with a stream for blocking code")
        return response.status_code, response.headers.raw, response.stream

    async def _status_error(self, answer: UpstreamResponse, request: UpstreamRequest) -> GatewayError:
        parts: list[bytes] = []
        size = 0
        try:
            async for chunk in answer.chunks():
                parts.append(chunk)
                size += len(chunk)
                if size >= MAX_ERROR_BYTES:
                    break
        except UpstreamError:
            pass  # what came of the error says more than that it broke off
        finally:
            await answer.close()
        body = self._redaction.error_body(b"".join(parts))
        body = body[:MAX_ERROR_BYTES]
        read = partial(
            from_http,
            answer.status,
            answer.headers,
            body,
            safe=request.safe,
            own_key=request.own_key,
            metadata=answer.metadata,
            hint=self._not_found_hint if answer.status == 404 else "",
        )
        error = await beside_loop(is_large_json(body), read)
        if not request.own_key:
            Redaction(
                value.removeprefix("Bearer ") for name, value in request.headers if name == "authorization"
            ).error(error)
        return self._redaction.error(error)

    def _destination(self, request: UpstreamRequest) -> Destination:
        latest = self._latest  # most requests go where the one before went
        if latest is not None and latest[0] == request.path and latest[1] == request.method and not request.query:
            return latest[2]
        if request.query:  # differs from request to request
            return self._build_destination(request.method, request.path, request.query)
        key = f"{request.method} {request.path}"
        destination = self._destinations.get(key)
        if destination is None:
            destination = self._build_destination(request.method, request.path, ())
            self._destinations.put(key, destination, 4 * len(request.path))
        self._latest = request.path, request.method, destination
        return destination

    def _build_destination(self, method: str, path: str, query: Sequence[tuple[str, str]]) -> Destination:
        try:
            queries = [part for part in (self._query, urlencode(query, quote_via=quote)) if part]
            return Destination(method, httpx2.URL(self._base + path + ("?" + "&".join(queries) if queries else "")))
        except (httpx2.InvalidURL, UnicodeError):
            raise InvalidArgumentError(
                "the path and query of the upstream's URL can't be made of the request"
            ) from None

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)


@lru_cache(64)
def _own_headers(accept: str | None, content_type: str | None, streaming: bool) -> tuple[tuple[str, str], ...]:
    headers = (
        ("accept", accept or ("text/event-stream" if streaming else "application/json")),
        # A compressed stream would be held back until a block of it is full.
        ("accept-encoding", "identity" if streaming else "gzip, deflate"),
        ("user-agent", USER_AGENT),
    )
    return headers if content_type is None else (*headers, ("content-type", content_type))


def _unsendable(request: UpstreamRequest) -> GatewayError:
    """Returns the error of a request that can't be written, which is not the upstream's fault."""
    name = next((name for name, value in request.headers if not is_legal_value(value)), None)
    if name is None:
        return InvalidArgumentError("the upstream's URL can't be requested")
    return InvalidArgumentError.of_field(name, "not a legal HTTP header value")


def _fault(error: httpx2.TransportError, request: UpstreamRequest, body: RequestBody) -> GatewayError:
    """Returns the error for a transport failure before any response."""
    match error:
        case httpx2.ConnectTimeout():
            return UpstreamConnectError("the connection to the upstream timed out", reason="UPSTREAM_CONNECT_TIMEOUT")
        case httpx2.UnsupportedProtocol():
            return _unsendable(request)
        case httpx2.ConnectError() | httpx2.ProxyError():
            if (own := exhausted(error)) is not None:
                return own
            reason, detail = reason_of_no_connection(error)
            return UpstreamConnectError(f"the upstream cannot be reached: {reason}", detail=detail)
        case httpx2.RemoteProtocolError():
            return UpstreamProtocolError("the upstream's answer is not HTTP", maybe_billed=not request.safe)
    return _lost(error, request, body)


def _lost(error: httpx2.TransportError, request: UpstreamRequest, body: RequestBody) -> GatewayError:
    """Returns the error for the loss of a connection before any response."""
    if (alert := _refused_by_alert(error)) is not None:
        message = "the upstream refused the TLS connection"
        return UpstreamConnectError(f"{message}: {_words(alert.reason)}", detail=str(alert))
    if body.completed is None:
        return UpstreamConnectError(
            "the connection to the upstream was lost before the request was written", reason="UPSTREAM_CONNECTION_LOST"
        )
    return UpstreamConnectionLostError(
        "the connection to the upstream was lost before it answered", maybe_billed=not request.safe
    )


_LONGEST_CHAIN = 8
_REASONS = {
    errno.ECONNREFUSED: "connection refused",
    errno.ECONNRESET: "connection reset",
    errno.EHOSTUNREACH: "no route to the host",
    errno.ENETUNREACH: "network unreachable",
    errno.ETIMEDOUT: "timed out",
}
_NO_SUCH_HOST = frozenset({socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)})
_ADDRESS_OF_CERTIFICATE = re.compile(r", certificate is not valid for .*", re.DOTALL)


def reason_of_no_connection(error: BaseException) -> tuple[str, str]:
    """Returns why no connection was made: for callers without the address, for the operator with it."""
    causes = list(_chain(error))
    detail = next((str(each) for each in causes[1:] if str(each)), str(error))
    found = (reason for reason_of in (_of_tls, _of_name, _of_system) for each in causes if (reason := reason_of(each)))
    return next(found, "the connection was closed as it was opened"), detail


def _of_tls(cause: BaseException) -> str:
    if why := getattr(cause, "verify_message", ""):
        return f"its TLS certificate is not accepted: {_ADDRESS_OF_CERTIFICATE.sub('', why)}"
    # aiohttp's own error of a certificate is one as well, without the reason.
    if isinstance(cause, aiohttp.ClientError):
        return ""
    return f"TLS failed: {_words(cause.reason)}" if isinstance(cause, ssl.SSLError) else ""


def _of_name(cause: BaseException) -> str:
    if isinstance(cause, aiohttp.ClientHttpProxyError):
        return f"the proxy answered {cause.status}"
    if not isinstance(cause, aiohttp.ClientConnectorDNSError):
        return ""
    return "no such host" if cause.os_error.errno in _NO_SUCH_HOST else "its host name can't be looked up"


def _of_system(cause: BaseException) -> str:
    return _REASONS.get(cause.errno or 0, "") if isinstance(cause, OSError) else ""


def _chain(error: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if cause is None:
            return
        yield cause
        for inner in (getattr(cause, "certificate_error", None), getattr(cause, "os_error", None)):
            if isinstance(inner, BaseException):
                yield inner
        cause = cause.__cause__ or cause.__context__


def _refused_by_alert(error: BaseException) -> ssl.SSLError | None:
    """Returns the TLS alert of the upstream, such as for a missing client certificate.

    In TLS 1.3 it comes after the first request was written, which was not read.
    """
    return next(
        (each for each in _chain(error) if isinstance(each, ssl.SSLError) and "ALERT" in (each.reason or "")), None
    )


def _words(reason: str | None) -> str:
    """Returns OpenSSL's name of a reason, in words."""
    return (reason or "unknown reason").lower().replace("_", " ")


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
        settings: Settings of the gateway.
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
