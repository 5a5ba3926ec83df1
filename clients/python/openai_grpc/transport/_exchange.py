"""One HTTP request as a call, and its outcome as an HTTP response, for both kinds of transports."""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import ModuleType
from typing import Any

import grpc
from google.protobuf.message import Message

from openai_grpc.client._call_params import time_limits
from openai_grpc.client._failure import DOMAIN, _details
from openai_grpc.codec import CodecError
from openai_grpc.rest import (
    UNKNOWN,
    Body,
    HttpError,
    Match,
    Prepared,
    RawCall,
    below,
    http_error,
    refuses_raw,
    reply_headers,
    request_metadata,
    routes,
)
from openai_grpc.transport._form import Form

FORM = "multipart/form-data"
GRACE = 2.0  # seconds beyond a timeout, within which the gateway tells that it has passed

# Metadata of a failure of the upstream's connection, which a caller by HTTP would have seen as one of his own.
BROKEN = frozenset({"UPSTREAM_CONNECTION_LOST", "UPSTREAM_TRUNCATED"})
CALLER_DEADLINE = "CALLER_DEADLINE"

# Headers that every HTTP client and the SDK itself send, and names that gRPC does not let through.
OF_HTTP = re.compile(
    r"^(accept|content|grpc|proxy|x-stainless)-|-bin$|[^0-9a-z_.-]"
    r"|^(accept|connection|cookie|host|keep-alive|te|trailer|transfer-encoding|upgrade|user-agent)$"
)

Headers = list[tuple[str, str]]


class Exchange:
    """A request of httpx2 or httpx, and the call that it becomes.

    Args:
        request: The request.
        module: `httpx2` or `httpx`, whose request it is.

    Attributes:
        module: As above.
        form: Its form, to be fed with the body; None: the body is JSON, or there is none.
        prepared: The call; set by `prepare`.

    Raises:
        HttpError: There is no such operation, or its body can't be read.
    """

    prepared: Prepared | RawCall
    _match: Match

    def __init__(self, request: Any, module: ModuleType) -> None:
        path, _, self._query = request.url.raw_path.decode("ascii").partition("?")
        self._raw: RawCall | None = None
        self._unknown: HttpError | None = None
        self._timeouts: Mapping[str, float | None] = request.extensions.get("timeout") or {}
        self._headers = request.headers
        self.module = module
        content_type = request.headers.get("content-type", "")
        try:
            self._match = routes.match(request.method, path)
        except HttpError as error:
            if error.status not in UNKNOWN:
                raise
            self._unknown = error
            self._raw = RawCall(request.method, below(path), self._query, request.headers.multi_items())
            self.form: Form | RawForm | None = RawForm() if content_type.lower().startswith(FORM) else None
            return
        length = request.headers.get("content-length", "")
        is_form = content_type.lower().startswith(FORM)
        route = self._match.route.any
        whole = () if route.takes_file else tuple(route.files)
        size = int(length) if length.isdecimal() else None
        self.form = Form(content_type, size, whole, route.file_part) if is_form else None

    def prepare(self, body: bytes) -> None:
        """Makes the call.

        Args:
            body: The body, unless it is a form.

        Raises:
            HttpError: The request is invalid.
        """
        if self._raw is not None:
            self.prepared = self._raw.whole(body) if self.form is None else self._raw.upload()
            return
        match = self._match
        if isinstance(self.form, Form):
            file = self.form.settle()
            self.prepared = match.prepare(match.read_form(self.form.fields), file, self.form.others)
        elif match.route.method == "POST":
            known = match.route.any.query
            asked = {key: each for key, each in match.read_query(self._query).items() if key in known} if known else {}
            value = match.read_body(body, self._headers.get("content-type", ""))
            self.prepared = match.prepare({**asked, **value})
        else:
            self.prepared = match.prepare(match.read_query(self._query))
            self.prepared.take_range(self._headers.get("range"))

    @property
    def metadata(self) -> Headers:
        """The call's metadata, with the time limits that the request's timeouts are."""
        read = self._timeouts.get("read")
        limits = {"connect": self._timeouts.get("connect"), "first_message": read}
        if self.prepared.operation.streams:
            limits["between_messages"] = read
        told = time_limits({name: seconds for name, seconds in limits.items() if seconds is not None})
        headers = [(name.lower(), value) for name, value in self._headers.multi_items()]
        found = {**dict(filter(_is_callers, headers)), **dict(request_metadata(headers)), **dict(told)}
        return list(found.items())

    @property
    def deadline(self) -> float | None:
        """Seconds until the call's deadline, should the gateway not tell that a timeout has passed; None: none."""
        operation, read = self.prepared.operation, self._timeouts.get("read")
        return None if operation.streams or operation.uploads or read is None else read + GRACE

    def messages(self, content: Iterable[bytes]) -> Iterator[Message]:
        """Yields the messages of an upload."""
        return self.prepared.messages(content)

    def response(self, reply: Message, metadata: Iterable[tuple[str, str | bytes]]) -> Any:
        """Returns the response that has a reply.

        Args:
            reply: The reply.
            metadata: Initial and trailing metadata of the call.
        """
        try:
            content_type, data = self.prepared.body(reply)
        except CodecError as error:
            raise self.module.DecodingError(f"the reply is no JSON: {error}") from error
        prepared = self.prepared
        headers = [("content-type", content_type), ("content-length", str(len(data))), *reply_headers(metadata)]
        return self.module.Response(prepared.status, headers=[*headers, *prepared.headers], content=data)

    def stream_response(self, stream: Any, metadata: Iterable[tuple[str, str | bytes]], body: "EventBody") -> Any:
        """Returns the response whose body is a stream.

        Args:
            stream: The body, as the module types it.
            metadata: What came before the first message.
            body: Its type and range.
        """
        prepared = self.prepared
        headers = [("content-type", body.content_type), *reply_headers(metadata), *(prepared.headers or body.headers)]
        status = body.status if prepared.status == 200 else prepared.status
        return self.module.Response(status, headers=headers, stream=stream)

    def refused(self, error: HttpError) -> Any:
        """Returns the response that is an error."""
        return refused(error, self.module)

    def failure(self, error: Any, *, begun: bool = False) -> HttpError:
        """Returns the error reply for a failed call.

        Args:
            error: The `grpc.RpcError`.
            begun: Whether the response has begun.

        Raises:
            module.TransportError: HTTP would have no answer either: nobody is there, or the time is over.
        """
        if self._unknown is not None and refuses_raw(error):
            return self._unknown
        code, reason, text = error.code(), _reason(error), error.details() or ""
        if code is grpc.StatusCode.DEADLINE_EXCEEDED and reason in {"", CALLER_DEADLINE}:
            raise self.module.ReadTimeout(text) from error
        if not reason and code is grpc.StatusCode.UNAVAILABLE:
            raise (self.module.ReadError if begun else self.module.ConnectError)(text) from error
        if not reason and code is grpc.StatusCode.CANCELLED:
            raise self.module.ReadError(text or "the call was cancelled") from error
        if begun and reason in BROKEN:
            raise self.module.RemoteProtocolError(text) from error
        return http_error(error)


class EventBody:
    """The events, or the parts of the body, of a streamed reply.

    Args:
        exchange: The exchange.
        first: The first message; None if the stream ended before it.

    Attributes:
        first: The bytes of the first message.
    """

    def __init__(self, exchange: Exchange, first: Message | None) -> None:
        self._exchange = exchange
        self._events = exchange.prepared.events()
        self.first = b"" if first is None else self.event(first)

    @property
    def content_type(self) -> str:
        """The type of the body."""
        return self._events.content_type

    @property
    def headers(self) -> Iterable[tuple[str, str]]:
        """The header of a part of a file; none for a whole."""
        return self._events.headers

    @property
    def status(self) -> int:
        """The HTTP status."""
        return self._events.status

    def event(self, message: Message) -> bytes:
        """Returns the event of a message."""
        try:
            return self._events.event(message)
        except CodecError as error:
            raise self._exchange.module.DecodingError(f"a message is no JSON: {error}") from error

    def end(self) -> bytes:
        """Returns what follows the last event of a whole stream."""
        return self._events.end()

    def failed(self, error: Any) -> bytes:
        """Returns the event of a failure; empty if the last message has told of it.

        Raises:
            module.TransportError: The stream breaks off.
        """
        told = self._exchange.failure(error, begun=True)
        event = self._events.error(told)
        if isinstance(self._events, Body) or (isinstance(self._events, RawCall) and not event):
            raise self._exchange.module.RemoteProtocolError(told.message) from error
        return event


class RawForm:
    """The body of a raw upload, passed on as it is.

    Attributes:
        settled: Whether the call can begin: at once.
    """

    settled = True

    def __init__(self) -> None:
        self._pieces: list[bytes] = []

    def feed(self, data: bytes) -> None:
        """Takes a part of the body."""
        self._pieces.append(data)

    def take(self) -> list[bytes]:
        """Returns what came since."""
        taken, self._pieces = self._pieces, []
        return taken

    def end(self) -> None:
        """Ends the body."""


def refused(error: HttpError, module: ModuleType) -> Any:
    """Returns the response of a module that is an error."""
    status, headers, data = error.parts()
    return module.Response(status, headers=headers, content=data)


def _is_callers(header: tuple[str, str]) -> bool:
    """Whether a header is the caller's own, and can be metadata: the gateway sends those upstream that it allows."""
    name, value = header
    return not OF_HTTP.search(name) and value.isascii() and value.isprintable()


def _reason(error: Any) -> str:
    details = _details([(key, value) for key, value in error.trailing_metadata() or ()])
    return next((str(each.reason) for each in details if getattr(each, "domain", "") == DOMAIN), "")
