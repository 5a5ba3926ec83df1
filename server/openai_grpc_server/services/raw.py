"""`RawService`: calls of paths that the contract does not have, as `server.raw` allows them.

A path is sent as the caller wrote it, so that nothing in it may mean another one to the upstream or to a proxy on the
way there: what servers are known to decode, fold or cut off is refused, also where OpenAI's would not do so.
"""

import re
import unicodedata
from collections.abc import AsyncIterator, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache, partial
from typing import Any
from urllib.parse import parse_qsl, unquote_to_bytes, urlsplit

from grpc import StatusCode

from openai_grpc.codec import CodecError, dumps, folded, loads, stem
from openai_grpc.rest import HttpError, routes
from openai_grpc.v1 import raw_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.method import Rpc
from openai_grpc_server.calls.reply import begin, encoder_of, write
from openai_grpc_server.calls.rest import CONTROL_KEYS, upstream_headers, uses_own_key
from openai_grpc_server.config import RawSettings
from openai_grpc_server.config.checks import RAW_METHODS
from openai_grpc_server.cost.usage import Usage
from openai_grpc_server.errors import GatewayError, InvalidArgumentError
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import JSON, Method, Service, is_event_stream, name_upstream
from openai_grpc_server.services.media import chunks
from openai_grpc_server.upstream import UNFRAMED, ServerSentEvent, UpstreamRequest, UpstreamResponse, extra_headers

MAX_PATH = 2048  # bytes
MAX_QUERY = 256  # parameters
MAX_PARAMETER = 8192  # characters of a name and a value together
# Request headers that say nothing of the caller, the connection or the target. `accept` is written by the client.
ACCEPT = "accept"
EVENTS, ANYTHING = "text/event-stream, */*;q=0.9", "*/*"
HEADERS = frozenset(
    {"if-match", "if-modified-since", "if-none-match", "if-range", "last-event-id", "openai-beta", "range"}
)
# Reply headers that describe the body.
DESCRIBING = (
    *("accept-ranges", "cache-control", "content-disposition", "content-language", "content-range", "content-type"),
    *("etag", "expires", "last-modified"),
)
LENGTH, ENCODING = "content-length", "content-encoding"
# Keys at the top of a JSON body that would change where or how a gateway upstream sends it. The model is checked and
# replaced; whether a reply streams is the caller's choice here.
_CONTROLS = {stem(key): key for key in CONTROL_KEYS - {"model", "stream", "stream_options"}}
_JSON_TYPE = re.compile(r"\s*[\w.+-]+/([\w.+-]*\+)?json\b|\s*text/json\b", re.IGNORECASE | re.ASCII)
_MEDIA_TYPE = re.compile(r"[\x20-\x7e]{1,1024}")
# RFC 3986's path characters, without the `;` of path parameters: Tomcat reads `/..;/` as `/../`.
_PATH = re.compile(r"(?:/(?:[A-Za-z0-9\-._~!$&'()*+,=:@]|%[0-9A-Fa-f]{2})+)+", re.ASCII)
_ENCODED = re.compile(r"(?:%[0-9A-Fa-f]{2})+", re.ASCII)
_NEVER_ENCODED = re.compile(r"[/\\.%?#;\x00-\x1f\x7f-\x9f]")
_PLACEHOLDER = re.compile(r"\{\w+\}")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Asked:
    """A checked request.

    Attributes:
        method: The HTTP method.
        path: The path, percent-encoded.
        query: The query parameters.
        headers: The headers that go upstream, without `accept`.
        accept: `Accept`.
        content_type: `Content-Type` of the body.
        size: Declared size of an uploaded body, in bytes; None: unknown.
        routed: Whether the model of the JSON body routes the call, and is replaced.
    """

    method: str
    path: str
    query: Sequence[tuple[str, str]]
    headers: Sequence[tuple[str, str]]
    accept: str
    content_type: str
    size: int | None
    routed: bool

    @property
    def safe(self) -> bool:
        """True if the method changes nothing and costs nothing."""
        return self.method == "GET"


class RawService(Service):
    """Raw calls: whole, streamed, with an uploaded body or a downloaded one."""

    descriptor = raw_pb2.DESCRIPTOR.services_by_name["RawService"]

    def methods(self) -> Iterator[tuple[Rpc, Method]]:
        """Yields each RPC; which of their calls are billed is known by their HTTP methods."""
        for rpc, method in super().methods():
            yield replace(rpc, creates=True, http_path="/raw"), method

    async def call(self, call: Call, request: raw_pb2.RawRequest) -> raw_pb2.RawReply:
        """Serves `Call`."""
        asked = await self._check(call, request, JSON)
        return await self.route(call, request, partial(self._call, asked=asked), billed=not asked.safe)

    async def stream_call(self, call: Call, request: raw_pb2.RawRequest) -> None:
        """Serves `StreamCall`."""
        asked = await self._check(call, request, EVENTS)
        await self.route(call, request, partial(self._stream, asked=asked), billed=not asked.safe)

    async def upload(self, call: Call, messages: AsyncIterator[raw_pb2.RawUpload]) -> raw_pb2.RawReply:
        """Serves `Upload`."""
        async for first in messages:
            if first.WhichOneof("message") == "config":
                request = first.config
                break
            raise InvalidArgumentError.of_field("config", "the first message has the request")
        else:
            raise InvalidArgumentError.of_field("config", "the first message has the request")
        for name in ("data", "json"):
            if request.HasField(name):
                raise InvalidArgumentError.of_field(f"config.{name}", "the body follows in chunks")
        asked = await self._check(call, request, JSON, uploads=True)
        attempt = partial(self._upload, asked=asked, content=chunks(call, messages))
        return await self.route(call, request, attempt, billed=False)

    async def download(self, call: Call, request: raw_pb2.RawRequest) -> None:
        """Serves `Download`."""
        asked = await self._check(call, request, ANYTHING)
        await self.route(call, request, partial(self._download, asked=asked), billed=not asked.safe)

    async def _check(self, call: Call, request: raw_pb2.RawRequest, accept: str, *, uploads: bool = False) -> Asked:
        """Checks a request, and sets the model that routes it.

        Args:
            call: The call.
            request: The request.
            accept: `Accept`, unless the caller has set it.
            uploads: Whether the body follows in chunks.

        Raises:
            GatewayError: NOT_FOUND: no rule allows it. PERMISSION_DENIED: its body can't be searched for models, and
                the caller's key is restricted to some.
            InvalidArgumentError: A part of it may not go upstream.
        """
        rule = self._rule(call, request)
        query = checked_query(request.query)
        headers, accept = self._headers(request, accept)
        if request.HasField("json") and request.HasField("data"):
            raise InvalidArgumentError.of_field("data", "leave it out along with json: a request has one body")
        content_type = JSON if request.HasField("json") else checked_type(request.content_type)
        if content_type != JSON and _JSON_TYPE.match(content_type) and (uploads or request.HasField("data")):
            raise InvalidArgumentError.of_field("content_type", "send a JSON body in json, by Call or StreamCall")
        routed = False
        if request.HasField("json"):
            model = await beside_loop(call.received.large, model_of, request.json)
            routed = bool(model) and not request.model and rule.model is None
            if routed:
                request.model = model
        if not request.model and rule.model is not None:
            request.model = rule.model
        caller = call.access.caller
        if (
            caller is not None
            and caller.limited_to_models
            and not request.model
            and (uploads or request.HasField("data"))
        ):
            caller.refuse(caller.model_missing())
        size = request.size if uploads and request.HasField("size") else None
        if size is not None and size < 0:
            raise InvalidArgumentError.of_field("config.size", "must be at least 0")
        return Asked(request.method, request.path, query, headers, accept, content_type, size, routed)

    def _rule(self, call: Call, request: raw_pb2.RawRequest) -> RawSettings:
        """Returns the first rule that allows a request.

        Raises:
            GatewayError: NOT_FOUND: none does.
            InvalidArgumentError: The path can't be sent, or is one of the contract.
        """
        if not self.settings.raw:
            raise not_allowed(request, "raw calls are off: list the paths in server.raw")
        check_path(request.path)
        if request.method not in RAW_METHODS:
            raise InvalidArgumentError.of_field("method", f"must be one of {', '.join(RAW_METHODS)}")
        if is_typed(request.method, request.path, every_method=call.ownership is not None):
            raise InvalidArgumentError.of_field("path", "this contract has it: call its own RPC")
        caller = call.access.caller
        segments = request.path[1:].split("/")
        for rule in self.settings.raw:
            if request.method not in rule.methods or not allows(rule.path, segments):
                continue
            if not rule.keys or (caller is not None and caller.name in rule.keys):
                return rule
        raise not_allowed(request, "server.raw does not allow it")

    def _headers(self, request: raw_pb2.RawRequest, accept: str) -> tuple[list[tuple[str, str]], str]:
        """Returns the headers that go upstream, and `accept`.

        Raises:
            InvalidArgumentError: One of them may not.
        """
        given = {**request.call_options.extra_headers, **request.headers}
        accept = next((value for name, value in given.items() if name.lower() == ACCEPT), accept)
        if not _MEDIA_TYPE.fullmatch(accept):
            raise InvalidArgumentError.of_field("headers['accept']", "not a legal HTTP header value")
        others = {name: value for name, value in given.items() if name.lower() != ACCEPT}
        allowed = [*HEADERS, *self.settings.extra_headers]
        return extra_headers(others, allowed), accept

    def _written(
        self,
        call: Call,
        asked: Asked,
        body: bytes | AsyncIterator[bytes] | None,
        *,
        streaming: bool = False,
    ) -> UpstreamRequest:
        config = call.route.chosen.config
        fixed = {name for name, _ in parse_qsl(urlsplit(config.base_url).query, keep_blank_values=True)}
        for name, _ in asked.query:
            if any(stem(name) == stem(each) for each in fixed):
                raise InvalidArgumentError.of_field("query", f"{name[:64]!r} is a part of the upstream's base URL")
        configured = {name for name, _ in config.extra_headers}
        return UpstreamRequest(
            method=asked.method,
            path=asked.path,
            query=asked.query,
            headers=[
                *upstream_headers(call, self.settings.key_header),
                *(pair for pair in asked.headers if pair[0] not in configured),
            ],
            accept=asked.accept,
            body=body,
            content_type=None if body is None else asked.content_type,
            content_length=asked.size,
            deadline=call.head.deadline,
            limits=call.route.limits,
            safe=asked.safe,
            resend=asked.safe and not call.route.plan.retries(call.route.chosen),
            streaming=streaming,
            own_key=uses_own_key(call),
        )

    async def _body(self, call: Call, request: raw_pb2.RawRequest, asked: Asked) -> bytes | None:
        """Returns the body, with the upstream's name of the model where that routes the call."""
        name_upstream(call)
        if request.HasField("data"):
            return request.data
        if not request.HasField("json"):
            return None
        if not asked.routed:
            return request.json.encode()
        return await beside_loop(call.received.large, with_model, request.json, call.route.upstream_model)

    async def _call(self, call: Call, request: raw_pb2.RawRequest, *, asked: Asked) -> raw_pb2.RawReply:
        body = await self._body(call, request, asked)
        response = await self.send(call, call.rpc, self._written(call, asked, body))
        return await self._whole(call, response, asked)

    async def _upload(
        self, call: Call, _: raw_pb2.RawRequest, *, asked: Asked, content: AsyncIterator[bytes]
    ) -> raw_pb2.RawReply:
        name_upstream(call)
        sent = self._written(call, asked, exactly(asked.size, content))
        return await self._whole(call, await self.send(call, call.rpc, sent), asked)

    async def _whole(self, call: Call, response: UpstreamResponse, asked: Asked) -> raw_pb2.RawReply:
        try:
            data = await response.read()
        finally:
            await response.close()
        reply = raw_pb2.RawReply(status=response.status, headers=response.described(DESCRIBING))
        text = json_text(response, data)
        if text is None:
            reply.data = data
        else:
            reply.json = text
            if not asked.safe:
                note_usage(call, data)
        reply.call_info.CopyFrom(call.info())
        await begin(call)
        return reply

    async def _stream(self, call: Call, request: raw_pb2.RawRequest, *, asked: Asked) -> None:
        body = await self._body(call, request, asked)
        sent = self._written(call, asked, body, streaming=True)
        response = await self.send(call, call.rpc, sent)
        encode = encoder_of(call)
        try:
            head = raw_pb2.RawStreamReply(status=response.status, headers=response.described(DESCRIBING))
            await write(call, [encode(head)])
            if is_event_stream(response):
                async for events in response.event_batches():
                    if not asked.safe:
                        for event in events:
                            note_usage(call, event.data)
                    await write(call, [encode(message_of(event)) for event in events])
                return
            # JSON is one value: it is searched for secrets as a whole, as that of `Call` is.
            pieces = whole(await response.read()) if _is_json(response) else response.pieces()
            async for data in pieces:
                await write(call, [encode(raw_pb2.RawStreamReply(chunk=data))])
        finally:
            await response.close()

    async def _download(self, call: Call, request: raw_pb2.RawRequest, *, asked: Asked) -> None:
        body = await self._body(call, request, asked)
        response = await self.send(call, call.rpc, self._written(call, asked, body, streaming=True))
        encode = encoder_of(call)
        try:
            # Compressed, it has another length.
            names = DESCRIBING if ENCODING in response.headers else (*DESCRIBING, LENGTH)
            head = raw_pb2.RawChunk(status=response.status, headers=response.described(names))
            await write(call, [encode(head)])
            async for data in response.pieces():
                await write(call, [encode(raw_pb2.RawChunk(data=data))])
        finally:
            await response.close()


def not_allowed(request: raw_pb2.RawRequest, why: str) -> GatewayError:
    """Returns the error of a path that no rule allows."""
    return GatewayError(
        f"Invalid URL ({request.method[:16]} {request.path[:MAX_PATH]}): {why}",
        code=StatusCode.NOT_FOUND,
        reason="RAW_PATH_NOT_ALLOWED",
        type="invalid_request_error",
        upstream_code="unknown_url",
    )


def check_path(path: str) -> None:
    """Checks that a path leads below the base URL, to every reader on its way.

    Raises:
        InvalidArgumentError: It may lead elsewhere, or is not percent-encoded.
    """
    if problem := path_problem(path):
        raise InvalidArgumentError.of_field("path", problem)


def path_problem(path: str) -> str:
    """Describes why a path can't be sent; empty if it can."""
    if not path.startswith("/") or len(path) > MAX_PATH:
        return f"must begin with a /, below the upstream's base URL, and have at most {MAX_PATH} bytes"
    if not _PATH.fullmatch(path):
        return "invalid: segments must not be empty, and other characters than those of RFC 3986 are percent-encoded"
    for found in _ENCODED.findall(path):
        try:
            text = unquote_to_bytes(found).decode()
        except UnicodeDecodeError:
            return "invalid: what is percent-encoded must be UTF-8"
        # A letter may become a slash or a dot where a server normalizes it.
        if _NEVER_ENCODED.search(unicodedata.normalize("NFKC", text)):
            return "invalid: slashes, backslashes, dots, percent signs, ;, ?, # and controls may not be percent-encoded"
    if any(not segment.strip(".") for segment in path[1:].split("/")):
        return "invalid: no segment may be . or .."
    return ""


@lru_cache(1024)
def is_typed(method: str, path: str, *, every_method: bool) -> bool:
    """Returns whether the contract has a path, in whatever case.

    Args:
        method: The HTTP method.
        path: The path, percent-encoded.
        every_method: Whether that of another method counts as well: where stored objects have owners, a list of all of
            them may be behind it.
    """
    for each in {path, path.lower()}:
        try:
            routes.match(method, each)
        except HttpError as error:
            if every_method and error.status == 405:
                return True
        else:
            return True
    return False


def allows(pattern: str, segments: Sequence[str]) -> bool:
    """Returns whether the pattern of a rule matches the segments of a path."""
    wanted = pattern[1:].split("/")
    if wanted[-1] == "**":
        wanted.pop()
        if len(segments) < len(wanted):
            return False
    elif len(segments) != len(wanted):
        return False
    pairs = zip(wanted, segments, strict=False)
    return all(want in {"*", given} or _PLACEHOLDER.fullmatch(want) is not None for want, given in pairs)


def checked_query(query: Sequence[raw_pb2.RawParameter]) -> list[tuple[str, str]]:
    """Returns the parameters of a query, which are percent-encoded as they are sent.

    Raises:
        InvalidArgumentError: There are too many, or one is too long, has no name or has a control character.
    """
    if len(query) > MAX_QUERY:
        raise InvalidArgumentError.of_field("query", f"too many parameters: at most {MAX_QUERY}")
    for index, each in enumerate(query):
        if not each.name:
            raise InvalidArgumentError.of_field(f"query[{index}].name", "is required")
        if len(each.name) + len(each.value) > MAX_PARAMETER:
            raise InvalidArgumentError.of_field(f"query[{index}]", f"too long: at most {MAX_PARAMETER} characters")
        if _CONTROL.search(each.name) or "\x00" in each.value:
            raise InvalidArgumentError.of_field(f"query[{index}]", "has a control character: leave it out")
    return [(each.name, each.value) for each in query]


def checked_type(content_type: str) -> str:
    """Returns the type of a body that is not JSON.

    Raises:
        InvalidArgumentError: No header can have it.
    """
    if content_type and not _MEDIA_TYPE.fullmatch(content_type):
        raise InvalidArgumentError.of_field("content_type", "not a media type")
    return content_type or "application/octet-stream"


def model_of(text: str) -> str:
    """Returns the model at the top of a JSON body; empty without one.

    Raises:
        InvalidArgumentError: It is not JSON, or has a key that is the gateway's to set.
    """
    value = json_of(text)
    if not isinstance(value, dict):
        return ""
    for key in value:
        control = _CONTROLS.get(stem(key))
        if control is not None and value[key] is not None:
            raise InvalidArgumentError.of_field(f"json.{key[:64]}", f"can be read as {control}: leave it out")
        if key != "model" and folded(key) == "model":
            raise InvalidArgumentError.of_field(f"json.{key[:64]}", "can be read as model: write it so")
    model = value.get("model")
    return model if isinstance(model, str) else ""


def with_model(text: str, model: str) -> bytes:
    """Returns a JSON body with another model."""
    value = json_of(text)
    value["model"] = model
    return dumps(value)


def json_of(text: str) -> Any:
    """Parses a JSON body.

    Raises:
        InvalidArgumentError: It is not JSON.
    """
    try:
        return loads(text)
    except CodecError as error:
        raise InvalidArgumentError.of_field("json", f"not valid JSON: {error}") from None


def _is_json(response: UpstreamResponse) -> bool:
    return _JSON_TYPE.match(response.content_type or "") is not None


def json_text(response: UpstreamResponse, data: bytes) -> str | None:
    """Returns a reply's body as JSON text, or None if it is of another type."""
    if not data or not _is_json(response):
        return None
    try:
        return data.decode()
    except UnicodeDecodeError:
        return None


def note_usage(call: Call, data: bytes) -> None:
    """Records the usage that a reply, or an event, tells at its top or of its response."""
    if b'"usage"' not in data:
        return
    try:
        value = loads(data)
    except CodecError:
        return
    for holder in (value, value.get("response") if isinstance(value, dict) else None):
        usage = holder.get("usage") if isinstance(holder, dict) else None
        if isinstance(usage, dict) and (found := usage_of(usage)).tokens:
            call.note_usage(found)


def usage_of(usage: dict[str, Any]) -> Usage:
    """Returns the tokens of a usage object, in the words of either API."""

    def count(value: Any) -> int:
        return value if type(value) is int and value > 0 else 0

    taken = next((each for name in ("input_tokens", "prompt_tokens") if (each := count(usage.get(name)))), 0)
    made = next((each for name in ("output_tokens", "completion_tokens") if (each := count(usage.get(name)))), 0)
    details = usage.get("input_tokens_details") or usage.get("prompt_tokens_details")
    cached = count(details.get("cached_tokens")) if isinstance(details, dict) else 0
    return Usage(taken, min(cached, taken), made)


def message_of(event: ServerSentEvent) -> raw_pb2.RawStreamReply:
    """Returns the message of a server-sent event."""
    return raw_pb2.RawStreamReply(
        event=raw_pb2.RawEvent(
            data=event.data.decode("utf-8", "replace"),
            event=event.event if event.event and event.event != UNFRAMED else None,
            id=event.id or None,
            retry=None if event.retry is None else min(event.retry, 2**31 - 1),
        )
    )


async def whole(data: bytes) -> AsyncIterator[bytes]:
    """Yields a body in chunks."""
    size = 1 << 20
    for at in range(0, len(data), size):
        yield data[at : at + size]


async def exactly(size: int | None, content: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Yields a body of a declared size.

    Raises:
        InvalidArgumentError: It has another one.
    """
    received = 0
    async for chunk in content:
        received += len(chunk)
        if size is not None and received > size:
            break
        if chunk:
            yield chunk
    if size is not None and received != size:
        raise InvalidArgumentError.of_field("config.size", f"{size} bytes were declared, but {received} came")
