"""Text of replies and stream messages, from the first choice."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

from openai_grpc.client._files import File
from openai_grpc.client.errors import OpenAIGrpcError, ResponseFailedError
from openai_grpc.v1 import (
    CallOptions,
    ChatCompletion,
    ChatCompletionChunk,
    ChatCompletionContentPart,
    ChatCompletionMessage,
    ChatCompletionRequestMessage,
    Completion,
    CreateEmbeddingResponse,
    ImageCompletedEvent,
    ImageStreamEvent,
    Response,
    ResponseContent,
    ResponseInput,
    ResponseItem,
    ResponseStreamEvent,
    SpeechAudioDoneEvent,
    SpeechStreamEvent,
    StreamEmbeddingsReply,
    TranscriptionStreamEvent,
    TranscriptionTextDoneEvent,
)

M = TypeVar("M")
F = TypeVar("F")
if TYPE_CHECKING:
    from openai_grpc.client.params import (
        CallOptionsParam,
        ChatCompletionRequestMessageParam,
        ResponseItemParam,
        UploadTranscriptionParams,
    )

    Message = ChatCompletionRequestMessage | ChatCompletionRequestMessageParam
    Prompt = str | Sequence[Message]
    Input = ResponseInput | str | Sequence[ResponseItem | ResponseItemParam]


TRANSCRIPTION_MODEL = "whisper-1"
STREAMING_TRANSCRIPTION_MODEL = "gpt-4o-transcribe"


def ended(last: M | None, *, left: bool) -> M:
    """Returns the last message of a stream that has ended.

    Raises:
        OpenAIGrpcError: The stream was left before its end, or had no message.
    """
    if left:
        raise OpenAIGrpcError("the stream was left before its end, so there is no whole reply: read it to the end")
    if last is None:
        raise OpenAIGrpcError("the stream had no message, so there is no whole reply")
    return last


def is_apart(message: Any) -> bool:
    """Returns whether a message has the whole reply alone, which the caller did not ask for."""
    return message.HasField("accumulated") and not message.choices and not message.HasField("usage")


def has_notice(message: Any) -> bool:
    """Returns whether a message says that the gateway's replica drains."""
    return bool(message.HasField("call_info") and message.call_info.HasField("drain"))


def is_notice(message: Any) -> bool:
    """Returns whether a message says only that, and carries no part of the reply."""
    return has_notice(message) and len(message.ListFields()) == 1


def whole(reply: F | None) -> F:
    """Returns the whole reply of a stream.

    Raises:
        OpenAIGrpcError: The stream did not bring it.
    """
    if reply is None:
        raise OpenAIGrpcError(
            "the stream had no whole reply: call stream(), or set accumulate in call_options of create(stream=True)"
        )
    return reply


def chat_messages(prompt: "Prompt", system: str | None) -> "list[Message]":
    """Returns a conversation; a string becomes a user message."""
    messages: list[Message] = [{"role": "system", "content": system}] if system else []
    if isinstance(prompt, str):
        return [*messages, {"role": "user", "content": prompt}]
    if not isinstance(prompt, Iterable) or isinstance(prompt, bytes | Mapping):
        raise TypeError(f"the prompt must be a string or a list of messages, not {type(prompt).__name__}")
    return [*messages, *prompt]


def accumulating(options: "CallOptions | CallOptionsParam | None") -> CallOptions:
    """Returns call options that also request the whole object at the end of a stream."""
    asked = CallOptions(**cast("Mapping[str, Any]", options)) if isinstance(options, Mapping) else CallOptions()
    if isinstance(options, CallOptions):
        asked.CopyFrom(options)
    asked.accumulate = True
    return asked


def chat_text(completion: ChatCompletion) -> str:
    """Returns the text of a chat completion."""
    return next((_said(choice.message) for choice in completion.choices if not choice.index), "")


def chat_reasoning(completion: ChatCompletion) -> str:
    """Returns the reasoning of a chat completion, if present."""
    return next((_thought(choice.message) for choice in completion.choices if not choice.index), "")


def chat_piece(chunk: ChatCompletionChunk) -> str:
    """Returns the text that a chunk adds."""
    return "".join(_said(choice.delta) for choice in chunk.choices if not choice.index)


def chat_reasoning_piece(chunk: ChatCompletionChunk) -> str:
    """Returns the reasoning that a chunk adds."""
    return "".join(_thought(choice.delta) for choice in chunk.choices if not choice.index)


def chat_final(chunk: ChatCompletionChunk) -> ChatCompletion | None:
    """Returns the whole completion from the last chunk, if requested."""
    return chunk.accumulated if chunk.HasField("accumulated") else None


def response_text(response: Response) -> str:
    """Returns the text of all messages of a response."""
    return "".join(_content(item.message.content) for item in response.output if item.HasField("message"))


def output_text(response: Response) -> str:
    """Returns the text of all messages of a response, without refusals."""
    contents = [item.message.content for item in response.output if item.HasField("message")]
    return "".join(each.text or "".join(part.output_text.text for part in each.parts.parts) for each in contents)


def response_refusal(response: Response) -> str:
    """Returns why the model refused, if it did."""
    contents = [item.message.content for item in response.output if item.HasField("message")]
    return "".join(part.refusal.refusal for each in contents for part in each.parts.parts)


def response_reasoning(response: Response) -> str:
    """Returns the reasoning of a response, or its summary."""
    items = [item.reasoning for item in response.output if item.HasField("reasoning")]
    return "".join(part.text for item in items for part in item.content or item.summary)


def response_piece(event: ResponseStreamEvent) -> str:
    """Returns the text that an event adds."""
    return event.output_text_delta.delta or event.refusal_delta.delta


def response_reasoning_piece(event: ResponseStreamEvent) -> str:
    """Returns the reasoning, or the part of its summary, that an event adds."""
    return event.reasoning_text_delta.delta or event.reasoning_summary_text_delta.delta


def response_final(event: ResponseStreamEvent) -> Response | None:
    """Returns the whole response from the last event.

    Raises:
        ResponseFailedError: It failed.
    """
    match event.WhichOneof("kind"):
        case "completed":
            return event.completed.response
        case "incomplete":
            return event.incomplete.response
        case "failed":
            return check_response(event.failed.response)
    return None


def completion_piece(chunk: Completion) -> str:
    """Returns the text that a chunk adds."""
    return "".join(choice.text for choice in chunk.choices if not choice.index)


def completion_final(chunk: Completion) -> Completion | None:
    """Returns the whole completion from the last chunk, if requested."""
    return chunk.accumulated if chunk.HasField("accumulated") else None


def completion_reader() -> "TextReader[Completion, Completion]":
    """Returns a reader of completion chunks."""
    return TextReader(completion_piece, completion_final)


def check_response(response: Response) -> Response:
    """Returns a response, unless it failed.

    Raises:
        ResponseFailedError: It did.
    """
    if response.status == "failed":
        raise ResponseFailedError(response)
    return response


def transcription(
    file: File, params: "UploadTranscriptionParams", *, streams: bool = False
) -> "UploadTranscriptionParams":
    """Returns the arguments of a transcription, always with a model, as the gateway may serve several."""
    params["file"] = file
    params["model"] = params.get("model") or (STREAMING_TRANSCRIPTION_MODEL if streams else TRANSCRIPTION_MODEL)
    return params


def transcription_piece(event: TranscriptionStreamEvent) -> str:
    """Returns the text that an event adds."""
    return event.transcript_text_delta.delta


def transcription_final(event: TranscriptionStreamEvent) -> TranscriptionTextDoneEvent | None:
    """Returns the last event, with the whole text."""
    return event.transcript_text_done if event.HasField("transcript_text_done") else None


def image_final(event: ImageStreamEvent) -> ImageCompletedEvent | None:
    """Returns the event of a finished image."""
    done: ImageCompletedEvent | None = getattr(event, event.WhichOneof("kind") or "", None)
    return done if isinstance(done, ImageCompletedEvent) else None


def embeddings_final(reply: StreamEmbeddingsReply) -> CreateEmbeddingResponse.EmbeddingUsage | None:
    """Returns the usage of a stream of embeddings, which its last message has."""
    return reply.usage if reply.HasField("usage") else None


def speech_final(event: SpeechStreamEvent) -> SpeechAudioDoneEvent | None:
    """Returns the last event, with the usage."""
    return event.speech_audio_done if event.HasField("speech_audio_done") else None


def vectors(reply: CreateEmbeddingResponse) -> list[list[float]]:
    """Returns the vectors of a reply, in the order of the inputs."""
    return [list(each.embedding) for each in sorted(reply.data, key=lambda each: each.index)]


class TextReader(Generic[M, F]):
    """Reader of the text of a stream.

    Args:
        piece: Returns the text that a message adds.
        final: Returns the whole object if a message has it.

    Attributes:
        text: The text so far.
        final: The whole object, once it came.
    """

    def __init__(self, piece: Callable[[M], str], final: Callable[[M], F | None]) -> None:
        self._piece = piece
        self._final = final
        self._pieces: list[str] = []
        self.final: F | None = None

    @property
    def text(self) -> str:
        """The text so far."""
        return "".join(self._pieces)

    def final_of(self, last: M | None) -> F | None:
        """Returns the whole object if the last message of the stream has it."""
        return None if last is None else self._final(last)

    def read(self, message: M) -> str:
        """Returns the text that a message adds."""
        whole = self._final(message)
        if whole is not None:
            self.final = whole
        piece = self._piece(message)
        self._pieces.append(piece)
        return piece


def chat_reader() -> TextReader[ChatCompletionChunk, ChatCompletion]:
    """Returns a reader of chat chunks."""
    return TextReader(chat_piece, chat_final)


def response_reader() -> TextReader[ResponseStreamEvent, Response]:
    """Returns a reader of response events."""
    return TextReader(response_piece, response_final)


def transcription_reader() -> TextReader[TranscriptionStreamEvent, TranscriptionTextDoneEvent]:
    """Returns a reader of transcription events."""
    return TextReader(transcription_piece, transcription_final)


def _said(message: ChatCompletionMessage | ChatCompletionChunk.Choice.Delta) -> str:
    return message.content or _parts(message.content_parts) or message.refusal


def _thought(message: ChatCompletionMessage | ChatCompletionChunk.Choice.Delta) -> str:
    return message.reasoning_content or message.reasoning


def _parts(parts: Iterable[ChatCompletionContentPart]) -> str:
    return "".join(part.text.text or part.plain_text or part.refusal.refusal for part in parts)


def _content(content: ResponseContent) -> str:
    return content.text or "".join(part.output_text.text or part.refusal.refusal for part in content.parts.parts)
