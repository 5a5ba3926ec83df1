"""Forms with files, uploads, and readers of typed events: common to audio, images, files and videos."""

import asyncio
import mimetypes
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any, Generic, TypeVar

from google.protobuf.message import Message

from openai_grpc.codec import dumps, folded, from_object
from openai_grpc.v1 import common_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.rest import upstream_headers, uses_own_key
from openai_grpc_server.cost.usage import Usage
from openai_grpc_server.errors import GatewayError, InvalidArgumentError, from_error_object, stated_error
from openai_grpc_server.upstream import FilePart, Multipart, UpstreamRequest

M = TypeVar("M", bound=Message)

MAX_FILE_HEADER = 1024  # characters of a file's name, and of its media type


def file_part(name: str, file: common_pb2.UploadFile, content: AsyncIterator[bytes], field: str = "") -> FilePart:
    """Describes a file of a form.

    Args:
        name: The name of its part.
        file: The file.
        content: Its content.
        field: The field of the request. Default: the name of the part.

    Raises:
        InvalidArgumentError: It has no name, or one that is too long.
    """
    field = field or name
    if not file.filename:
        raise InvalidArgumentError.of_field(f"{field}.filename", "is required: upstream reads the format off it")
    for key, value in (("filename", file.filename), ("content_type", file.content_type)):
        if len(value) > MAX_FILE_HEADER:
            raise InvalidArgumentError.of_field(f"{field}.{key}", f"too long: at most {MAX_FILE_HEADER} characters")
    declared = file.size if file.HasField("size") else None
    return FilePart(
        name=name,
        filename=file.filename,
        content=content,
        size=len(file.data) if file.data else declared,
        content_type=file.content_type or mimetypes.guess_type(file.filename)[0] or "application/octet-stream",
    )


async def one(call: Call, data: bytes) -> AsyncIterator[bytes]:
    """Yields a file that is in memory."""
    if call.access.meter is not None:
        call.access.meter.upload(data)
    yield data


async def read_config(messages: AsyncIterator[Any]) -> Any:
    """Reads the first message of an upload.

    Raises:
        InvalidArgumentError: It does not have the settings.
    """
    async for first in messages:
        if first.WhichOneof("message") == "config":
            if first.config.file.data:
                raise InvalidArgumentError.of_field("config.file.data", "the content follows in chunks")
            return first.config
        break
    raise InvalidArgumentError.of_field("config", "the first message has the settings")


async def chunks(call: Call, messages: AsyncIterator[Any]) -> AsyncIterator[bytes]:
    """Yields the content of an upload; readable once.

    Raises:
        InvalidArgumentError: A message is no chunk.
        asyncio.CancelledError: The caller has cancelled.
    """
    async for message in messages:
        if message.WhichOneof("message") != "chunk":
            raise InvalidArgumentError.of_field("chunk", "every message after the first has a chunk")
        if call.access.meter is not None:
            call.access.meter.upload(message.chunk)
        yield message.chunk
    # gRPC ends the stream of a caller who has cancelled like that of one who is done, and only then cancels the task,
    # but before it answers another read. Unless that is awaited, the upstream could take what has come so far for the
    # whole recording, and bill it.
    await call.context.read()
    if call.task.cancelling():
        raise asyncio.CancelledError


def file_form(
    value: Mapping[str, Any], file: common_pb2.UploadFile, content: AsyncIterator[bytes], name: str = "file"
) -> Multipart:
    """Returns the form of a request and its field `file`.

    Args:
        value: The request's JSON object.
        file: The file.
        content: Its content.
        name: The name of its part.

    Raises:
        InvalidArgumentError: The file can't be sent, or unknown JSON keys have another one.
    """
    part = file_part(name, file, content, "file")
    if other := next((key for key in value if folded(key) == part.name), None):
        raise InvalidArgumentError.of_field(f"extra_json.{other}", "a form has one file: use the field file")
    return Multipart(form_fields(value, nested=True) if "expires_after" in value else form_fields(value), [part])


def files_form(request: Any, value: Mapping[str, Any]) -> Multipart:
    """Returns the form of a request and its files, all of which are in memory.

    Raises:
        InvalidArgumentError: A file can't be sent, or unknown JSON keys have another one.
    """
    given = list(files_of(request))
    for field, _, _ in given:
        if other := next((key for key in value if folded(key) == field), None):
            raise InvalidArgumentError.of_field(f"extra_json.{other}", f"the form has a file {field}: leave it out")
    parts = [file_part(name, file, _in_memory(file.data), field) for field, name, file in given]
    return Multipart(form_fields(value, nested=True), parts)


def files_of(request: Any) -> Iterator[tuple[str, str, common_pb2.UploadFile]]:
    """Yields the files of a request: the field, the name of the part, and the file."""
    for field, value in request.ListFields():
        if field.message_type is not common_pb2.UploadFile.DESCRIPTOR:
            continue
        if not field.is_repeated:
            yield field.name, field.name, value
            continue
        name = field.name if len(value) == 1 else f"{field.name}[]"
        for file in value:
            yield field.name, name, file


async def _in_memory(data: bytes) -> AsyncIterator[bytes]:
    yield data


def form_request(
    call: Call, form: Multipart, body: bytes | Multipart, key_header: str, *, streaming: bool
) -> UpstreamRequest:
    """Writes the REST call of a form.

    Args:
        call: The call.
        form: The form.
        body: The form itself, or the bytes of all of it.
        key_header: The metadata key in which callers send a key of their own.
        streaming: Whether a stream is asked for.
    """
    return UpstreamRequest(
        method=call.rpc.http_method,
        path=call.rpc.http_path,
        query=(),
        headers=upstream_headers(call, key_header),
        body=body,
        content_type=form.content_type,
        content_length=None if isinstance(body, bytes) else form.content_length,
        deadline=call.head.deadline,
        limits=call.route.limits,
        safe=False,
        streaming=streaming,
        own_key=uses_own_key(call),
    )


def form_fields(value: Mapping[str, Any], *, nested: bool = False) -> list[tuple[str, str]]:
    """Writes an object as form fields; lists with brackets, like OpenAI's clients.

    Args:
        value: The object.
        nested: Whether objects in it have brackets as well, and are not JSON.
    """
    return [(key, text) for name, item in value.items() for key, text in _fields(name, item, nested=nested)]


def _fields(name: str, value: Any, *, nested: bool) -> Iterator[tuple[str, str]]:
    if isinstance(value, list):
        for each in value:
            yield from _fields(f"{name}[]", each, nested=nested) if nested else [(f"{name}[]", form_text(each))]
    elif nested and isinstance(value, dict):
        for key, each in value.items():
            yield from _fields(f"{name}[{key}]", each, nested=nested)
    elif value is not None:
        yield name, form_text(value)


def form_text(value: Any) -> str:
    """Writes a value as the text of a form field."""
    return value if isinstance(value, str) else dumps(value).decode()


def note_usage(call: Call, usage: Usage) -> None:
    """Records usage that no message of the upstream has, if it has a price: a count of tokens alone says more."""
    price = call.price(call.route.chosen, call.route.upstream_model)
    if price is not None and price.cost(usage):
        call.note_usage(usage)


class TypedEvents(Generic[M]):
    """Reads a stream of typed events, of which certain ones complete it.

    Args:
        call: The call; its usage is noted.
        kind: The class of the events.
        completing: By the arms of the events that complete the stream, what notes the usage in one of them.
        count: How many of these complete it.
    """

    def __init__(
        self, call: Call, kind: type[M], completing: Mapping[str, Callable[[Any], None]], count: int = 1
    ) -> None:
        self.complete = False
        self.failure: GatewayError | None = None
        self.started = True  # it has no lifecycle events
        self.variables = ()
        self._call = call
        self._kind = kind
        self._completing = completing
        self._left = count

    def read(self, value: Any) -> M | None:
        """Returns the message of an event; None for an error."""
        if (error := stated_error(value)) is not None:
            self.failure = from_error_object(error, safe=False, own_key=uses_own_key(self._call), started=True)
            return None
        event = from_object(self._kind, value, keep_nulls=self._call.head.nulls, nearly=True)
        arm = event.WhichOneof("kind") or ""
        if (note := self._completing.get(arm)) is not None:
            self._left -= 1
            self.complete = self._left <= 0
            note(getattr(event, arm))
        return event

    def done(self) -> None:
        """Ends the events."""
        self.complete = True

    def ended(self) -> None:
        """Does nothing: only the last event, or `[DONE]`, completes them."""

    def last(self) -> None:
        """Returns None: nothing follows the last event."""
