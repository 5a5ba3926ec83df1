"""`AudioService`: transcription, translation and speech."""

import re
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, from_object, loads
from openai_grpc.v1 import audio_pb2, common_pb2, speech_pb2, transcription_pb2, translation_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.reply import begin, encoder_of, measure, write
from openai_grpc_server.calls.rest import uses_own_key
from openai_grpc_server.cost.usage import Usage
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    UnframedReplyError,
    UpstreamProtocolError,
    from_error_object,
    stated_error,
)
from openai_grpc_server.errors.upstream import BOM, plain_text
from openai_grpc_server.runtime.offload import beside_loop
from openai_grpc_server.services.base import JSON, Service, is_event_stream, mark_synthetic, no_event_stream, read_reply
from openai_grpc_server.services.media import (
    TypedEvents,
    chunks,
    file_form,
    form_request,
    note_usage,
    one,
    read_config,
)
from openai_grpc_server.streams.relay import Reading
from openai_grpc_server.upstream import UpstreamRequest, UpstreamResponse

Upload = AsyncIterator[Message]
Config = transcription_pb2.CreateTranscriptionRequest | translation_pb2.CreateTranslationRequest

DONE_EVENT = "transcript.text.done"
HTML_PAGE = re.compile(rb"\s*<(!doctype|html)\b", re.IGNORECASE)
TEXT_FORMATS = frozenset({"text", "srt", "vtt"})
STREAM_FORMAT = "stream_format"
EVENTS = "sse"


class AudioService(Service):
    """Transcription and translation of a recording in one message or in chunks, which are forwarded as they arrive.

    Speech as bytes or as events.
    """

    descriptor = audio_pb2.DESCRIPTOR.services_by_name["AudioService"]

    async def create_transcription(self, call: Call, request: transcription_pb2.CreateTranscriptionRequest) -> Message:
        """Serves `CreateTranscription`."""
        return await self.route(call, request, partial(self._transcribe, content=lambda: one(call, request.file.data)))

    async def upload_transcription(self, call: Call, messages: Upload) -> Message:
        """Serves `UploadTranscription`."""
        config = await read_config(messages)
        return await self.route(call, config, partial(self._transcribe, content=lambda: chunks(call, messages)))

    async def create_translation(self, call: Call, request: translation_pb2.CreateTranslationRequest) -> Message:
        """Serves `CreateTranslation`."""
        return await self.route(call, request, partial(self._transcribe, content=lambda: one(call, request.file.data)))

    async def upload_translation(self, call: Call, messages: Upload) -> Message:
        """Serves `UploadTranslation`."""
        config = await read_config(messages)
        return await self.route(call, config, partial(self._transcribe, content=lambda: chunks(call, messages)))

    async def create_speech(self, call: Call, request: speech_pb2.CreateSpeechRequest) -> None:
        """Serves `CreateSpeech`."""
        if request.stream_format == EVENTS:
            raise InvalidArgumentError.of_field(STREAM_FORMAT, "this RPC streams bytes: call StreamSpeech for events")
        await self.route(call, request, self._speak)

    async def stream_speech(self, call: Call, request: speech_pb2.CreateSpeechRequest) -> None:
        """Serves `StreamSpeech`."""
        if request.stream_format not in {"", EVENTS}:
            raise InvalidArgumentError.of_field(STREAM_FORMAT, "this RPC streams events: leave it out, or set sse")
        await self.route(call, request, self._speak_events)

    async def _speak(self, call: Call, request: speech_pb2.CreateSpeechRequest) -> None:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        response = await self.send(call, call.rpc, await self._request(call, call.rpc, value, streaming=True))
        try:
            await self._audio(call, request, response, Chunks(response.content_type))
        finally:
            await response.close()

    async def _speak_events(self, call: Call, request: speech_pb2.CreateSpeechRequest) -> None:
        value = await beside_loop(call.received.large, self.prepare, call, request)
        value[STREAM_FORMAT] = EVENTS
        response = await self.send(call, call.rpc, await self._request(call, call.rpc, value, streaming=True))

        def note(event: speech_pb2.SpeechAudioDoneEvent) -> None:
            if event.HasField("usage"):
                call.note_usage(event.usage)
            else:
                note_usage(call, Usage(characters=len(request.input)))

        try:
            audio = (response.content_type or "").startswith("audio/")
            if is_event_stream(response) or (
                not (audio or is_text_type(response)) and await response.begins_as_events()
            ):
                done = {"speech_audio_done": note}
                await self.forward(call, response, TypedEvents(call, speech_pb2.SpeechStreamEvent, done))
                return
            mark_synthetic(call)
            await self._audio(call, request, response, delta)
            await write(
                call,
                [encoder_of(call)(speech_pb2.SpeechStreamEvent(speech_audio_done=speech_pb2.SpeechAudioDoneEvent()))],
            )
        finally:
            await response.close()

    async def _audio(
        self,
        call: Call,
        request: speech_pb2.CreateSpeechRequest,
        response: UpstreamResponse,
        message: Callable[[bytes], Message],
    ) -> None:
        """Relays audio as messages."""
        if is_text_type(response):
            raise no_audio(call, response, await response.read())
        # What is spoken is billed, also if its audio is cut off.
        note_usage(call, Usage(characters=len(request.input)))
        encode, meter = encoder_of(call), call.access.meter
        async for piece in response.pieces():
            made = message(piece)
            if meter is not None:
                meter.read(made)
            await write(call, [encode(made)])
        if not call.sent.messages and not call.route.gone:
            raise UpstreamProtocolError("The upstream answered without audio", maybe_billed=True)

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
                await self.forward(call, response, transcription_events(call))
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
        config: Config,
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
            reply: Any = call.rpc.reply_type(text=data.decode("utf-8", "replace"), call_info=call.info())
        else:
            reply = await beside_loop(measure(call, data), read_reply, call, call.rpc, data)
            if isinstance(reply, translation_pb2.Translation) and reply.duration:  # which has no usage
                note_usage(call, Usage(seconds=reply.duration))
                reply.call_info.CopyFrom(call.info())
        await begin(call)
        return reply  # type: ignore[no-any-return]  # of the class that the RPC names

    def _upload(
        self,
        call: Call,
        value: dict[str, Any],
        file: common_pb2.UploadFile,
        content: AsyncIterator[bytes],
        *,
        streaming: bool,
    ) -> UpstreamRequest:
        form = file_form(value, file, content)
        return form_request(call, form, form, self.settings.key_header, streaming=streaming)


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


def transcription_events(call: Call) -> TypedEvents[transcription_pb2.TranscriptionStreamEvent]:
    """Returns a reader of the events of a transcription; the last one has the whole text."""
    done = {"transcript_text_done": lambda event: call.note_usage(event.usage.tokens)}
    return TypedEvents(call, transcription_pb2.TranscriptionStreamEvent, done)


class Chunks:
    """Makes messages of audio; the first has its type.

    Args:
        content_type: The `Content-Type` of the answer.
    """

    def __init__(self, content_type: str | None) -> None:
        self._content_type = content_type

    def __call__(self, data: bytes) -> speech_pb2.SpeechChunk:
        """Returns the message of some bytes."""
        content_type, self._content_type = self._content_type, None
        return speech_pb2.SpeechChunk(data=data, content_type=content_type)


def delta(data: bytes) -> speech_pb2.SpeechStreamEvent:
    """Returns the event of some bytes of audio."""
    return speech_pb2.SpeechStreamEvent(speech_audio_delta=speech_pb2.SpeechAudioDeltaEvent(audio=data))


def is_text_type(response: UpstreamResponse) -> bool:
    """Returns whether a reply has the content type of JSON or text."""
    return (response.content_type or "").startswith((JSON, "text/"))


def no_audio(call: Call, response: UpstreamResponse, data: bytes) -> GatewayError:
    """Returns the error of a reply that should be audio; its own, if it is an error."""
    try:
        value = loads(data.removeprefix(BOM))
    except CodecError:
        value = None
    if isinstance(value, dict) and (error := stated_error(value)) is not None:
        return from_error_object(error, safe=False, own_key=uses_own_key(call))
    text = plain_text(data, response.content_type or "")
    return UpstreamProtocolError(
        f"The upstream answered with {response.content_type} instead of audio: {text}", maybe_billed=True
    )
