"""REST calls as RPCs: the message goes to the handler of the RPC, and its reply comes back in OpenAI's JSON.

Where a request can't be read, the handler is called all the same and told so when it reads: keys, logs and metrics see
every call, and its caller gets the same error as by gRPC.
"""

import asyncio
import math
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from email.utils import formatdate
from functools import lru_cache
from http import HTTPStatus
from itertools import chain
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

import grpc
import grpc.aio
from aiohttp import HttpVersion11, web
from aiohttp.abc import AbstractStreamWriter

from openai_grpc.rest import (
    HttpError,
    Match,
    Prepared,
    RawCall,
    below,
    http_error,
    refuses_raw,
    reply_headers,
)
from openai_grpc.rest import request_metadata as metadata_of
from openai_grpc_server.access.identity import XFCC
from openai_grpc_server.config import ServerSettings
from openai_grpc_server.config.patterns import Patterns
from openai_grpc_server.errors import GatewayError, InvalidArgumentError
from openai_grpc_server.listen.http.body import MULTIPART, Bodies, Form
from openai_grpc_server.listen.http.server import Connection, Repeated, error_of
from openai_grpc_server.listen.http2.context import CallContext
from openai_grpc_server.listen.http2.limits import Peer
from openai_grpc_server.pipeline.handler import Handlers

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from openai_grpc.rest import Body, Events

Metadata = list[tuple[str, str | bytes]]
Decorate = Callable[[web.BaseRequest, web.StreamResponse], None]

TIMEOUTS: Final = ("openai-grpc-timeout", "x-litellm-timeout")
MAX_TIMEOUT: Final = 1e6  # seconds
# Headers of a message as it is sent here; those of the upstream's message say nothing of it.
FRAMING: Final = frozenset(
    {
        *("connection", "content-encoding", "content-length", "content-type", "date", "keep-alive", "server"),
        *("trailer", "transfer-encoding", "upgrade"),
    }
)


# Headers of every HTTP client, which say nothing of the call.
OF_CLIENTS: Final = frozenset(
    {
        *("accept", "accept-charset", "accept-encoding", "accept-language", "cache-control", "dnt", "expect", "from"),
        *("origin", "pragma", "priority", "referer", "user-agent", "via"),
    }
)


# Headers that ask for more than a call with a body of JSON.
SPECIAL: Final = frozenset(
    {
        *("content-encoding", "expect", "if-range", "origin", "range", "transfer-encoding", "upgrade"),
        *TIMEOUTS,
    }
)
OK: Final = 200
JOINED: Final = 1 << 16  # bytes of a body that is copied to be written at once with its head

_NEVER: Final = (("grpc-retry-pushback-ms", "-1"),)


class HttpContext(CallContext):
    """The context that handlers get; what they send is kept here, or goes to `send`.

    Args:
        metadata: The caller's metadata.
        peer: The caller.
        deadline: When the call must have ended, in `time.monotonic()` seconds, or None.
        task: The task that serves the call; a deadline cancels it.

    Attributes:
        request: The request, as bytes; an iterator of those of an upload; an error, which reading it raises.
        frames: Writes messages as JSON; None: they are sent as they are.
        send: Sends a message of a stream, or its events.
        send_now: The same without waiting, for several; returns how many it has sent.
        initial: The initial metadata.
        expired: Whether the deadline has passed.
    """

    request: "bytes | AsyncIterator[Message] | Exception | None" = None
    frames: "Body | Events | Prepared | RawCall | None" = None
    send: "Callable[[bytes], Any] | None" = None
    send_now: "Callable[[Sequence[bytes]], int] | None" = None

    def __init__(
        self, metadata: Iterable[tuple[str, str | bytes]], peer: Peer, deadline: float | None, task: "asyncio.Task[Any]"
    ) -> None:
        super().__init__(tuple(metadata), peer, deadline)
        self.initial: tuple[tuple[str, str], ...] = ()
        self.expired = False
        self._task = task
        self._timer: asyncio.TimerHandle | None = None
        if deadline is not None:
            self._timer = asyncio.get_running_loop().call_later(self.time_remaining(), self._expire)

    async def read(self) -> Any:
        """Returns the next message of the request, or `grpc.aio.EOF`.

        Raises:
            GatewayError: The request can't be read.
        """
        request = self.request
        if isinstance(request, Exception):
            self.request = None
            try:
                raise request
            finally:
                del request  # the error holds this frame
        if request is None or isinstance(request, bytes):
            self.request = None
            return grpc.aio.EOF if request is None else request
        message = await anext(request, None)
        return grpc.aio.EOF if message is None else message.SerializeToString()

    async def write(self, message: Any) -> None:
        """Sends a message of a stream; returns once the connection has room for more."""
        if self.send is None:
            raise grpc.aio.UsageError("RPC already finished.")
        await self.send(message)

    def write_now(self, messages: Sequence[bytes]) -> int:
        """Sends messages of a stream that has begun, as far as that need not wait; returns how many."""
        return 0 if self.send_now is None else self.send_now(messages)

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Keeps the metadata: it goes out with the first message, when the status is known."""
        self.initial = tuple(initial_metadata)

    def set_compression(self, compression: grpc.Compression) -> None:
        """Does nothing: replies are not compressed."""

    def disable_next_message_compression(self) -> None:
        """Does nothing, as above."""

    def metadata_of_reply(self) -> Iterable[tuple[str, str | bytes]]:
        """Returns initial and trailing metadata; a key of both once."""
        return dict((*self.initial, *self._trailing)).items()

    def close(self) -> None:
        """Ends the RPC: nothing of it is left for a garbage collection."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._done_callbacks:
            self.run_done_callbacks()
        self.send = self.send_now = None  # they lead back here
        del self._task

    def _expire(self) -> None:
        if not self._over:
            self.expired = self._cancelled = True
            self._code, self._details = grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"
            self._trailing = (*self._trailing, *_NEVER)
            self._task.cancel()


class _CallDetails(NamedTuple):
    """Details by which a method is found."""

    method: str
    invocation_metadata: Any = ()


class RestCalls:
    """Serves the REST calls of the contract.

    Args:
        settings: Returns the settings of `server`, which a reload replaces.
        handlers: The methods.
        bodies: Reads bodies.
        decorate: Adds the headers that every response has.
    """

    def __init__(
        self, settings: Callable[[], ServerSettings], handlers: Handlers, bodies: Bodies, decorate: Decorate
    ) -> None:
        self._settings = settings
        self._handlers = handlers
        self._bodies = bodies
        self._decorate = decorate
        self._found: dict[str, Any] = {}  # by the paths of RPCs

    def _handler(self, path: str) -> Any:
        if path not in self._found:
            self._found[path] = self._handlers.service(cast("Any", _CallDetails(path)))
        return self._found[path]

    async def serve(
        self, request: web.BaseRequest, match: Match, query: str, metadata: Iterable[tuple[str, str | bytes]] | None
    ) -> web.StreamResponse:
        """Makes a call and answers with its reply.

        Args:
            request: The request.
            match: The route that it matches.
            query: Its query.
            metadata: The metadata of the call, if its headers ask for nothing else; None: they may.

        Raises:
            HttpError: The call has failed, before a part of its reply was sent.
            asyncio.CancelledError: The caller has hung up.
        """
        deadline = read_deadline(request) if metadata is None else None
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        peer = cast("Connection", request.protocol).peer
        context = HttpContext(self.metadata(request) if metadata is None else metadata, peer, deadline, task)
        read = self._read(request, match, query, context, ordinary=metadata is not None)
        return response_of(request, await self._call(request, match, context, task, read))

    def repeat(self, repeated: Repeated) -> "Awaitable[WholeReply | web.StreamResponse]":
        """Makes the call of a request with a known head and returns its reply; as `serve`."""
        known, settings = repeated.known, self._settings()
        if known.settings is not settings:
            known.metadata, known.settings = tuple(self.metadata(repeated.request)), settings
        connection = repeated.connection
        task = cast("asyncio.Task[Any]", connection.call)
        context = HttpContext(known.metadata, connection.peer, None, task)
        return self._call(repeated, known.match, context, task, self._read_repeated(repeated, context))

    async def _call(
        self,
        request: web.BaseRequest | Repeated,
        match: Match,
        context: HttpContext,
        task: "asyncio.Task[Any]",
        read: "Awaitable[tuple[Prepared | None, Form | None]]",
    ) -> "WholeReply | web.StreamResponse":
        form: Form | None = None
        response: _Stream | None = None
        try:
            try:
                prepared, form = await read
                operation = match.route.any if prepared is None else prepared.operation
                handler = self._handler(operation.path)
                if not operation.streams:
                    context.frames = prepared
                    body = await handler.stream_unary(None, context)
                    return whole(context, cast("Prepared", prepared), body)
                begun = request.request if isinstance(request, Repeated) else request
                response = _Stream(begun, context, prepared, self._decorate)
                context.frames, context.send, context.send_now = response.events, response.send, response.send_now
                await handler.stream_stream(None, context)
                return await response.end()
            except asyncio.CancelledError:
                if not context.expired or request.transport is None:
                    raise
                task.uncancel()
            except grpc.aio.AbortError as error:
                error.__traceback__ = None  # its frames hold the call
            if response is None or not response.begun:
                raise http_error(context)
            return await response.break_off(http_error(context))
        finally:
            context.close()
            if form is not None:
                form.close()

    async def serve_unknown(
        self, request: web.BaseRequest, path: str, query: str, unknown: HttpError
    ) -> web.StreamResponse:
        """Makes a raw call, and answers with its reply.

        Args:
            request: The request.
            path: Its path, which is no RPC's.
            query: Its query.
            unknown: The error of such a path.

        Raises:
            HttpError: Raw calls are off, or do not allow the path: the error above. The call has failed, before a part
                of its reply was sent.
            asyncio.CancelledError: The caller has hung up.
        """
        if not self._settings().raw:
            try:
                raise unknown
            finally:
                del unknown  # its traceback holds this frame
        deadline = read_deadline(request)
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        context = HttpContext(self.metadata(request), cast("Connection", request.protocol).peer, deadline, task)
        raw = RawCall(request.method, below(path), query, request.headers.items())
        response: _Stream | None = None
        try:
            try:
                await self._read_raw(request, raw, context)
                handler = self._handler(raw.operation.path)
                context.frames = raw
                if not raw.operation.streams:
                    body = await handler.stream_unary(None, context)
                    return response_of(request, whole(context, raw, body))
                response = _Stream(request, context, raw, self._decorate)
                context.send = response.send
                await handler.stream_stream(None, context)
                return await response.end()
            except asyncio.CancelledError:
                if not context.expired or request.transport is None:
                    raise
                task.uncancel()
            except grpc.aio.AbortError as error:
                error.__traceback__ = None  # its frames hold the call
            if response is not None and response.begun:
                return await response.break_off(http_error(context))
            raise unknown if refuses_raw(context) else http_error(context)
        finally:
            context.close()
            del unknown  # as above

    async def _read_raw(self, request: web.BaseRequest, raw: RawCall, context: HttpContext) -> None:
        """Reads a request, and puts it into the context; of a caller who is turned away nothing is read."""
        if await self._handlers.turns_away(context):
            raw.whole(b"")
            return
        invite_body(request)
        if request.content_type == MULTIPART:
            context.request = self._bodies.upload(request, raw.upload())
            return
        try:
            body = await self._bodies.whole(request)
        except GatewayError as error:
            raw.whole(b"")
            context.request = error
        else:
            context.request = raw.whole(body).request.SerializeToString()

    async def check_caller(self, request: web.BaseRequest) -> None:
        """Checks that a request that is no call is from a caller, where keys or identities are configured.

        Raises:
            HttpError: 401: it is not.
        """
        if self._handlers.access is None:
            return
        task = cast("asyncio.Task[Any]", asyncio.current_task())
        context = HttpContext(self.metadata(request), cast("Connection", request.protocol).peer, None, task)
        if not await self._handlers.access.knows(context):
            raise error_of(401, "A key is required: send Authorization: Bearer KEY", "invalid_api_key")

    def metadata(self, request: web.BaseRequest) -> Metadata:
        """Returns the metadata of a call."""
        headers, settings = request.headers, self._settings()
        found: Metadata = [(name, legal(value)) for name, value in metadata_of(headers.items())]
        key_header = settings.key_header.lower()
        if key_header != "authorization" and (key := headers.get(key_header)) is not None:
            found.append((key_header, legal(key)))
        found += [(XFCC, legal(value)) for value in headers.getall(XFCC, ())]
        if settings.metadata_headers:
            allowed, known = Patterns(each.lower() for each in settings.metadata_headers), {name for name, _ in found}
            others = ((name.lower(), value) for name, value in headers.items())
            found += [
                (name, legal(value))
                for name, value in others
                if name not in known and name not in OF_CLIENTS and allowed.allow(name)
            ]
        return found

    async def _read(
        self, request: web.BaseRequest, match: Match, query: str, context: HttpContext, *, ordinary: bool
    ) -> tuple[Prepared | None, Form | None]:
        """Reads a request, and puts it into the context; of a caller who is turned away nothing is read."""
        if await self._handlers.turns_away(context):
            return None, None
        if not ordinary:
            invite_body(request)
        form = None
        try:
            if not ordinary and request.content_type == MULTIPART:
                form = await self._bodies.form(match, request)
                prepared = form.prepared
                if prepared.operation.uploads:
                    context.request = form.messages()
                    return prepared, form
                context.request = prepared.request.SerializeToString()
            else:
                prepared, context.request = await self._bodies.call(match, request, query)
        except (HttpError, GatewayError) as error:
            context.request = unreadable(error)
            return None, form
        return prepared, form

    async def _read_repeated(self, repeated: Repeated, context: HttpContext) -> tuple[Prepared | None, None]:
        """Reads a request with a known head; as `_read`."""
        if await self._handlers.turns_away(context):
            return None, None
        known = repeated.known
        try:
            prepared, context.request = await self._bodies.prepared(
                known.match, repeated.body, known.query, known.content_type
            )
        except (HttpError, GatewayError) as error:
            context.request = unreadable(error)
            return None, None
        return prepared, None


def unreadable(error: HttpError | GatewayError) -> GatewayError:
    """Returns the error that reading a request raises in its handler.

    Raises:
        HttpError: Its body did not come.
    """
    if isinstance(error, GatewayError):
        return error
    if error.status != HTTPStatus.BAD_REQUEST:
        raise error
    return InvalidArgumentError(error.message, param=error.body["error"]["param"])


class WholeReply(NamedTuple):
    """A reply with status 200 that is not a stream.

    Attributes:
        headers: Its headers, without those that every response has.
        body: Its body.
    """

    headers: list[tuple[str, str]]
    body: bytes

    def pieces(self, others: Iterable[tuple[str, str]], *, stays_open: bool) -> list[bytes]:
        """Returns the response in pieces that are sent one after the other.

        Args:
            others: More headers.
            stays_open: Whether its connection stays open.

        Raises:
            ValueError: A header has a line break.
        """
        lines = [f"{name}: {value}" for name, value in self.headers]
        lines += [f"{name}: {value}" for name, value in others]
        text = "".join(lines)
        if "\n" in text or "\r" in text:
            raise ValueError("a header has a line break")
        lines += (f"Content-Length: {len(self.body)}", f"Date: {date(int(time.time()))}", "", "")
        if not stays_open:
            lines.insert(-2, "Connection: close")
        head = ("HTTP/1.1 200 OK\r\n" + "\r\n".join(lines)).encode()
        return [head + self.body] if len(self.body) <= JOINED else [head, self.body]


def whole(context: HttpContext, prepared: Prepared | RawCall, body: bytes) -> "WholeReply | web.Response":
    """Returns a reply that is not a stream."""
    headers = headers_of(context.metadata_of_reply())
    headers.append(("content-type", prepared.content_type))
    headers += prepared.headers
    if prepared.status == OK:
        return WholeReply(headers, body)
    return web.Response(status=prepared.status, body=body, headers=headers)


def response_of(request: web.BaseRequest, reply: "WholeReply | web.StreamResponse") -> web.StreamResponse:
    """Returns a reply as aiohttp's response."""
    if not isinstance(reply, WholeReply):
        return reply
    if request.version == HttpVersion11 and request.method != "HEAD":
        return Reply(reply)
    return web.Response(body=reply.body, headers=reply.headers)


class Reply(web.StreamResponse):
    """A response whose head and body are written at once, without what aiohttp's may have besides, such as cookies.

    Args:
        reply: The reply; headers that every response has are added to `headers`.
    """

    def __init__(self, reply: WholeReply) -> None:
        super().__init__()
        self._reply = reply
        self._sender: AbstractStreamWriter | None = None
        self._sent = False
        self._stays_open = False

    @property
    def prepared(self) -> bool:
        """True once it is being sent."""
        return self._sender is not None

    @property
    def keep_alive(self) -> bool:
        """True if the connection stays open."""
        return self._stays_open

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        """Begins to send it."""
        self._stays_open = super().keep_alive is None and request.keep_alive
        self._sender = request.writer
        return self._sender

    async def write_eof(self, data: bytes = b"") -> None:
        """Sends it.

        Args:
            data: Nothing: the reply has its body.

        Raises:
            ConnectionError: The connection is closed.
            ValueError: A header has a line break.
        """
        if self._sender is None or self._sent:
            return
        self._sent = True
        *first, last = self._reply.pieces(self.headers.items(), stays_open=self._stays_open)
        for each in first:
            await self._sender.write(each)
        await self._sender.write_eof(last + data)


@lru_cache(1)
def date(now: int) -> str:
    """Returns a time for the header `Date`; all responses of a second share it."""
    return formatdate(now, usegmt=True)


class _Stream:
    """The response of a stream.

    Args:
        request: The request.
        context: The context of the call.
        prepared: The call; None: it fails before it is made.
        decorate: Adds the headers that every response has.

    Attributes:
        begun: Whether a part of it is sent.
        events: Writes its events; None if the request was refused unread.
    """

    def __init__(
        self, request: web.BaseRequest, context: HttpContext, prepared: Prepared | RawCall | None, decorate: Decorate
    ) -> None:
        self.begun = False
        self.events = None if prepared is None else prepared.events()
        self._request = request
        self._context = context
        self._decorate = decorate
        self._chunked = False  # whether the head is sent, and says that the body comes in chunks

    async def send(self, events: bytes) -> None:
        """Sends events, and waits while the caller reads slower."""
        if not self.begun:
            await self._begin()
        await self._response.write(events)
        self._chunked = self._response.headers.get("transfer-encoding") == "chunked"

    def send_now(self, events: Sequence[bytes]) -> int:
        """Sends events after the first ones, each in a chunk, if the caller reads as fast; returns how many."""
        transport = self._request.transport
        if not self._chunked or transport is None or transport.is_closing() or self._request.protocol.writing_paused:
            return 0
        # An empty chunk would be the mark of the end; the last message of a file has only its checksum.
        transport.write(b"".join([b"%x\r\n%b\r\n" % (len(event), event) for event in events if event]))
        return len(events)

    async def end(self) -> web.StreamResponse:
        """Sends the mark of the end."""
        if not self.begun:
            await self._begin()
        if self.events is not None and (end := self.events.end()):
            await self._response.write(end)
        await self._response.write_eof()
        return self._response

    async def break_off(self, error: HttpError) -> web.StreamResponse:
        """Sends the event of an error, and closes the connection without the last chunk."""
        transport = self._request.transport
        if transport is not None and self.events is not None:
            await self._response.write(self.events.error(error))
            transport.close()  # once that is sent
        return self._response

    async def _begin(self) -> None:
        self.begun = True
        self._response = web.StreamResponse(headers=headers_of(self._context.metadata_of_reply()))
        if self.events is not None:
            self._response.set_status(self.events.status)
            self._response.headers["content-type"] = self.events.content_type
            self._response.headers.update(self.events.headers)
        self._response.headers["cache-control"] = "no-cache"
        self._decorate(self._request, self._response)
        await self._response.prepare(self._request)


def headers_of(metadata: Iterable[tuple[str, str | bytes]]) -> list[tuple[str, str]]:
    """Returns the headers of a reply, without those that describe the upstream's message."""
    return reply_headers(metadata, FRAMING)


def invite_body(request: web.BaseRequest) -> None:
    """Tells a caller who asks whether it may send the body to do so.

    Raises:
        HttpError: 415: it is encoded.
    """
    if encoding := request.headers.get("content-encoding"):
        raise error_of(415, f"Content-Encoding {encoding[:32]!r} is not supported: send the body as it is")
    if request.headers.get("expect", "").lower() == "100-continue" and request.transport is not None:
        request.transport.write(b"HTTP/1.1 100 Continue\r\n\r\n")


def size_of(raw: Sequence[tuple[bytes, bytes]]) -> int:
    """Returns the bytes of headers."""
    return sum(map(len, chain.from_iterable(raw)))


def legal(value: str) -> str | bytes:
    """Returns the value of a header as gRPC hands on metadata: as bytes where it is not ASCII."""
    return value if value.isascii() else value.encode("utf-8", "surrogateescape")


def read_deadline(request: web.BaseRequest) -> float | None:
    """Returns when a call must have ended, in `time.monotonic()` seconds, or None if its caller does not say.

    Raises:
        HttpError: 400: the header is not a number of seconds.
    """
    headers = request.headers
    for name in TIMEOUTS:
        if (text := headers.get(name)) is not None:
            try:
                seconds = float(text)
            except ValueError:
                seconds = math.nan
            if not 0 < seconds <= MAX_TIMEOUT:
                raise error_of(400, f"Invalid header {name} {text[:32]!r}: must be a number of seconds above 0")
            return time.monotonic() + seconds
    return None
