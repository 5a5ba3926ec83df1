"""`AudioService`: transcription."""

import asyncio
import mimetypes
import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, dumps, folded, from_object, loads
from openai_grpc.v1 import audio_pb2, common_pb2, transcription_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin, encoder_of, measure, write
from openai_grpc_server.calls.rest import upstream_headers, uses_own_key
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    UnframedReplyError,
    from_error_object,
    stated_error,
)
from openai_grpc_server.errors.upstream import BOM
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import JSON, Service, is_event_stream, no_event_stream, read_reply
from openai_grpc_server.streams.relay import Reading
from openai_grpc_server.upstream import FilePart, Multipart, UpstreamRequest, UpstreamResponse

Upload = AsyncIterator[transcription_pb2.UploadTranscriptionRequest]

MAX_FILE_HEADER = 1024  # characters of a file's name, and of its media type
DONE_EVENT = "transcript.text.done"
HTML_PAGE = re.compile(rb"\s*<(!doctype|html)\b", re.IGNORECASE)
TEXT_FORMATS = frozenset({"text", "srt", "vtt"})


class AudioService(Service):
    """Transcription of a recording in one message or in chunks, which are forwarded as they arrive."""

    descriptor = audio_pb2.DESCRIPTOR.services_by_name["AudioService"]

    async def create_transcription(self, call: Call, request: transcription_pb2.CreateTranscriptionRequest) -> Message:
        """Serves `CreateTranscription`."""
        return await self.route(call, request, partial(self._transcribe, content=lambda: one(call, request.file.data)))

    async def upload_transcription(self, call: Call, messages: Upload) -> Message:
        """Serves `UploadTranscription`."""
        config = await read_config(messages)
        return await self.route(call, config, partial(self._transcribe, content=lambda: chunks(call, messages)))

    async def stream_transcription(self, call: Call, messages: Upload) -> None:
        """Serves `StreamTranscription`.

        Models that do not stream, such as `whisper-1`, answer with the whole transcript; it is sent as the last event.
        """
        config = await read_config(messages)
        await self.route(call, config, partial(self._stream, messages=messages))

    async def _stream(
        self, call: Call, config: transcription_pb2.CreateTranscriptionRequest, *, messages: Upload
    ) -> None:
        value = await beside_loop(call.received.large, self.prepare, call, config) | {"stream": "true"}
        content = chunks(call, messages)
        response = await self.send(call, call.rpc, self._upload(call, value, config.file, content, streaming=True))
        try:
            # A transcript that is asked for as text may begin with any word.
            if is_event_stream(response) or (
                config.response_format not in TEXT_FORMATS and await response.begins_as_events()
            ):
                await self.forward(call, response, TranscriptionEvents(call))
                return
            data = await response.read()
        except UnframedReplyError as error:
            data = error.data
        finally:
            await response.close()
        transcript = whole_transcript(config.response_format, response, data)
        if transcript is None:
            raise no_event_stream(call, response, data)
        with Reading(call, data):
            told = {**transcript, "type": DONE_EVENT}
            kind = transcription_pb2.TranscriptionStreamEvent
            event = from_object(kind, told, keep_nulls=call.head.nulls, nearly=True)
        if not call.sent.begun:
            await begin(call)
        await write(call, [encoder_of(call)(event)])

    async def _transcribe(
        self,
        call: Call,
        config: transcription_pb2.CreateTranscriptionRequest,
        *,
        content: Callable[[], AsyncIterator[bytes]],
    ) -> Message:
        value = await beside_loop(call.received.large, self.prepare, call, config)
        response = await self.send(call, call.rpc, self._upload(call, value, config.file, content(), streaming=False))
        try:
            data = await response.read()
        finally:
            await response.close()
        if is_text(config.response_format, response, data):
            reply: Message = transcription_pb2.Transcription(
                text=data.decode("utf-8", "replace"), call_info=call.info()
            )
        else:
            reply = await beside_loop(measure(call, data), read_reply, call, call.rpc, data)
        await begin(call)
        return reply

    def _upload(
        self,
        call: Call,
        value: dict[str, Any],
        file: common_pb2.UploadFile,
        content: AsyncIterator[bytes],
        *,
        streaming: bool,
    ) -> UpstreamRequest:
        part = file_part(file, content)
        if other := next((key for key in value if folded(key) == part.name), None):
            raise InvalidArgumentError.of_field(f"extra_json.{other}", "a form has one file: use the field file")
        form = Multipart(form_fields(value), [part])
        return UpstreamRequest(
            method=call.rpc.http_method,
            path=call.rpc.http_path,
            query=(),
            headers=upstream_headers(call, self.settings.key_header),
            body=form,
            content_type=form.content_type,
            content_length=form.content_length,
            deadline=call.head.deadline,
            limits=call.route.limits,
            safe=False,
            streaming=streaming,
            own_key=uses_own_key(call),
        )


def file_part(file: common_pb2.UploadFile, content: AsyncIterator[bytes]) -> FilePart:
    """Describes the file of an upload.

    Raises:
        InvalidArgumentError: It has no name, or one that is too long.
    """
    if not file.filename:
        raise InvalidArgumentError.of_field("file.filename", "is required: upstream reads the format off it")
    for field, value in (("filename", file.filename), ("content_type", file.content_type)):
        if len(value) > MAX_FILE_HEADER:
            raise InvalidArgumentError.of_field(f"file.{field}", f"too long: at most {MAX_FILE_HEADER} characters")
    declared = file.size if file.HasField("size") else None
    return FilePart(
        name="file",
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


async def read_config(messages: Upload) -> transcription_pb2.CreateTranscriptionRequest:
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


async def chunks(call: Call, messages: Upload) -> AsyncIterator[bytes]:
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


def is_text(response_format: str, response: UpstreamResponse, data: bytes) -> bool:
    """Returns whether a reply is a plain-text transcript, also if mislabeled as HTML, but not an HTML page."""
    return (
        response_format in TEXT_FORMATS
        and not (response.content_type or "").startswith(JSON)
        and not HTML_PAGE.match(data)
        and not (data[:64].removeprefix(BOM).lstrip().startswith(b"{") and is_error(data.removeprefix(BOM)))
    )


def is_error(data: bytes) -> bool:
    """Returns whether a text is the JSON of an error."""
    try:
        value = loads(data)
    except CodecError:
        return False
    return isinstance(value, dict) and stated_error(value) is not None


def whole_transcript(response_format: str, response: UpstreamResponse, data: bytes) -> dict[str, Any] | None:
    """Returns the JSON object of a non-streamed transcript, or None for another reply."""
    if is_text(response_format, response, data):
        return {"text": data.decode("utf-8", "replace")}
    try:
        value = loads(data.removeprefix(BOM))
    except CodecError:
        return None
    return value if isinstance(value, dict) and isinstance(value.get("text"), str) else None


def form_fields(value: dict[str, Any]) -> list[tuple[str, str]]:
    """Writes an object as form fields; lists with brackets, like OpenAI's clients."""
    fields: list[tuple[str, str]] = []
    for key, item in value.items():
        if isinstance(item, list):
            fields.extend((f"{key}[]", form_text(each)) for each in item)
        elif item is not None:
            fields.append((key, form_text(item)))
    return fields


def form_text(value: Any) -> str:
    """Writes a value as the text of a form field."""
    return value if isinstance(value, str) else dumps(value).decode()


class TranscriptionEvents:
    """Reads the events of a transcription; the last one has the whole text.

    Args:
        call: The call; its usage is noted.
    """

    def __init__(self, call: Call) -> None:
        self.complete = False
        self.failure: GatewayError | None = None
        self.started = True  # it has no lifecycle events
        self._call = call
        self.variables = ()

    def read(self, value: Any) -> transcription_pb2.TranscriptionStreamEvent | None:
        """Returns the message of an event; None for an error."""
        if (error := stated_error(value)) is not None:
            self.failure = from_error_object(error, safe=False, own_key=uses_own_key(self._call), started=True)
            return None
        kind = transcription_pb2.TranscriptionStreamEvent
        event = from_object(kind, value, keep_nulls=self._call.head.nulls, nearly=True)
        if event.WhichOneof("kind") == "transcript_text_done":
            self.complete = True
            self._call.note_usage(event.transcript_text_done.usage.tokens)
        return event

    def done(self) -> None:
        """Ends the events."""
        self.complete = True

    def ended(self) -> None:
        """Does nothing: only the last event, or `[DONE]`, completes a transcription."""

    def last(self) -> None:
        """Returns None: nothing follows the last event."""
