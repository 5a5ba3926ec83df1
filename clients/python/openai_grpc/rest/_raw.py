"""REST calls that no RPC has, as raw calls."""

import re
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any
from urllib.parse import parse_qsl

from google.protobuf.message import Message

from openai_grpc.client._failure import DOMAIN, _details
from openai_grpc.codec import CodecError, dumps, loads
from openai_grpc.rest._errors import HttpError
from openai_grpc.rest._operations import Operation, operations_of
from openai_grpc.v1 import raw_pb2

SERVICE = raw_pb2.DESCRIPTOR.services_by_name["RawService"]
REFUSED = "RAW_PATH_NOT_ALLOWED"
UNKNOWN = frozenset({404, 405})  # of a path, or of its method, that no RPC has

# Request headers that always pass; others are the operator's to allow, and go as metadata.
_HEADERS = re.compile(r"accept|if-(match|modified-since|none-match|range)|last-event-id|openai-beta|range")
_JSON = re.compile(r"\s*application/json\b", re.IGNORECASE)
_OCTETS = "application/octet-stream"


class RawCall:
    """A raw call, prepared as those of RPCs are; reads and frames its own reply.

    Args:
        method: The HTTP method.
        path: The path, percent-encoded, without `/v1` and query.
        query: The query.
        headers: The headers.

    Attributes:
        operation: The RPC, once the body is known.
        request: Its request; of an upload, without the body.
        status: The HTTP status, once the first message of the reply is there.
        headers: Headers that describe the reply, likewise.
        content_type: The type of the reply, likewise.
    """

    is_text = False

    def __init__(self, method: str, path: str, query: str, headers: Iterable[tuple[str, str]]) -> None:
        named = {name.lower(): value for name, value in headers}
        parameters = parse_qsl(query, keep_blank_values=True)
        self.operation: Operation
        self.request = raw_pb2.RawRequest(
            method=method,
            path=path,
            query=[raw_pb2.RawParameter(name=name, value=value) for name, value in parameters],
            headers={name: value for name, value in named.items() if _HEADERS.fullmatch(name)},
        )
        self.status = 200
        self.headers: list[tuple[str, str]] = []
        self.content_type = _OCTETS
        self._type = named.get("content-type", "")
        self._length = named.get("content-length", "")
        self._streams = "json" not in named.get("accept", "") or ("stream", "true") in parameters
        self._id = ""

    def upload(self) -> "RawCall":
        """Prepares an upload, whose body follows in chunks."""
        self.operation = _operations()["Upload"]
        self.request.content_type = self._type or _OCTETS
        if self._length.isdecimal():
            self.request.size = int(self._length)
        return self

    def whole(self, body: bytes) -> "RawCall":
        """Prepares a call with a body in memory."""
        text = _text(body) if _JSON.match(self._type) else None
        if text is not None:
            self.request.json = text
            self._streams = self._streams or _asks_for_stream(body)
        elif body:
            self.request.data = body
            self.request.content_type = self._type or _OCTETS
        self.operation = _operations()["StreamCall" if self._streams else "Call"]
        return self

    def first(self) -> Message:
        """Returns the first message of an upload."""
        return raw_pb2.RawUpload(config=self.request)

    def chunk(self, content: bytes) -> Message:
        """Returns a message of an upload with a part of the body."""
        return raw_pb2.RawUpload(chunk=content)

    def messages(self, chunks: Iterable[bytes]) -> Iterator[Message]:
        """Yields the messages of an upload."""
        yield self.first()
        yield from map(self.chunk, chunks)

    def body(self, reply: Any) -> tuple[str, bytes]:
        """Returns the content type and the body of a reply that is not a stream."""
        data = self.event(reply)
        return self.content_type, data

    def events(self) -> "RawCall":
        """Returns the framing of the reply."""
        return self

    def event(self, message: Any) -> bytes:
        """Returns the part of the body that a message is."""
        if message.status:
            self._begin(message)
        if isinstance(message, raw_pb2.RawReply):
            return message.json.encode() if message.HasField("json") else message.data
        return self._event(message.event) if message.HasField("event") else bytes(message.chunk)

    def head_of(self, message: Message, data: bytes) -> None:
        """Returns None: no part was read from JSON."""

    def end(self) -> bytes:
        """Returns nothing: the end marker, if there is one, is an event."""
        return b""

    def error(self, error: HttpError) -> bytes:
        """Returns the event of a failure inside a stream of events; of other bodies nothing."""
        return b"data: %b\n\n" % dumps(error.body) if self.content_type.startswith("text/event-stream") else b""

    def _begin(self, message: Any) -> None:
        self.status = message.status
        self.content_type = message.headers.get("content-type") or _OCTETS
        self.headers = [(name, value) for name, value in message.headers.items() if name != "content-type"]

    def _event(self, event: Any) -> bytes:
        lines = [f"event: {event.event}"] if event.event else []
        if event.id != self._id:
            self._id = event.id
            lines.append(f"id: {event.id}")
        if event.HasField("retry"):
            lines.append(f"retry: {event.retry}")
        lines += [f"data: {line}" for line in event.data.split("\n")]
        return "\n".join([*lines, "", ""]).encode()


def refuses_raw(error: Any) -> bool:
    """Returns whether a gateway does not make a raw call: it allows none of this path, or knows none at all.

    Args:
        error: The `grpc.RpcError` of grpc or grpc.aio.
    """
    trailers = [(key, value) for key, value in error.trailing_metadata() or ()]
    reasons = [each.reason for each in _details(trailers) if getattr(each, "domain", "") == DOMAIN]
    return REFUSED in reasons or (not reasons and error.code().name == "UNIMPLEMENTED")


@cache
def _operations() -> dict[str, Operation]:
    return {each.name: each for each in operations_of(SERVICE)}


def _text(body: bytes) -> str | None:
    try:
        return body.decode() or None
    except UnicodeDecodeError:
        return None


def _asks_for_stream(body: bytes) -> bool:
    if b'"stream"' not in body:
        return False
    try:
        value = loads(body)
    except CodecError:
        return False
    return isinstance(value, dict) and value.get("stream") is True
