"""The RPCs that faults are tried on, and what a good upstream would answer to them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import TYPE_CHECKING, Any

from faults import answers
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, embeddings_pb2, responses_pb2, transcription_pb2
from support.gateway import LIMIT

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from google.protobuf.message import Message

    from faults.exchange import Answer
    from support.gateway import RunningGateway

CONTENT = "a private matter"  # in every request and every answer; never in logs
CALLER_KEY = "sk-of-the-caller"


@dataclass(frozen=True)
class Rpc:
    """One RPC with a request and the upstream's side of it.

    Attributes:
        service: The gateway's stub that has it, such as `chat`.
        name: Its name.
        request: Its request message; a tuple of them where the caller sends a stream.
        path: The path of the REST call.
        reply: The upstream's JSON reply; None where it is a stream.
        events: The upstream's events, each of which is a message, without a terminator; the last one finishes it.
    """

    service: str
    name: str
    request: Any
    path: str
    reply: dict[str, Any] | None = None
    events: tuple[dict[str, Any], ...] = ()

    @property
    def streaming(self) -> bool:
        """Whether the caller gets a stream."""
        return self.reply is None

    @property
    def pieces(self) -> list[bytes]:
        """The events as raw bytes of an event stream, without a terminator."""
        return answers.events(self.events, named=self.service == "responses", done=False)

    def start(
        self, gateway: RunningGateway, *, timeout: float = LIMIT, metadata: Sequence[tuple[str, str]] = ()
    ) -> Any:
        """Starts the call and returns it."""
        stub = getattr(getattr(gateway, self.service), self.name)
        request = iter(self.request) if isinstance(self.request, tuple) else self.request
        begin = stub if self.streaming else stub.future
        return begin(request, timeout=timeout, metadata=(("authorization", f"Bearer {CALLER_KEY}"), *metadata))

    def well(self) -> Answer:
        """The answer of an upstream that works."""
        if self.reply is not None:
            return answers.json(self.reply)
        return answers.stream([*self.pieces, answers.event("[DONE]")])


MESSAGES = [{"role": "user", "content": CONTENT}]
CHAT = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "gpt-4o", "messages": MESSAGES})
COMPLETION = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "created": 1,
    "model": "gpt-4o",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": CONTENT}}],
}


def chunk(content: str, finish_reason: str | None = None) -> dict[str, Any]:
    """A chunk of a chat completion with one choice."""
    choice: dict[str, Any] = {"index": 0, "delta": {"content": content}}
    if finish_reason:
        choice["finish_reason"] = finish_reason
    return {"id": "c1", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o", "choices": [choice]}


RESPONSE = from_object(responses_pb2.CreateResponseRequest, {"model": "gpt-4o", "input": CONTENT})
RESPONSE_OBJECT = {"id": "resp_1", "object": "response", "created_at": 1, "status": "completed", "output": []}
AUDIO: dict[str, Any] = {"model": "gpt-4o-transcribe", "prompt": CONTENT}


def transcription(**file: Any) -> transcription_pb2.CreateTranscriptionRequest:
    """A request to transcribe a file."""
    request = from_object(transcription_pb2.CreateTranscriptionRequest, AUDIO)
    request.file.CopyFrom(type(request.file)(filename="speech.wav", **file))
    return request


UPLOAD = (
    transcription_pb2.UploadTranscriptionRequest(config=transcription()),
    transcription_pb2.UploadTranscriptionRequest(chunk=b"RIFF"),
    transcription_pb2.UploadTranscriptionRequest(chunk=CONTENT.encode()),
)

CREATE_CHAT = Rpc("chat", "CreateChatCompletion", CHAT, "/v1/chat/completions", COMPLETION)
STREAM_CHAT = Rpc(
    *("chat", "StreamChatCompletion", CHAT, "/v1/chat/completions"),
    events=(chunk(CONTENT), chunk(" of ours"), chunk("", "stop")),
)
CREATE_RESPONSE = Rpc("responses", "CreateResponse", RESPONSE, "/v1/responses", RESPONSE_OBJECT)
STREAM_RESPONSE = Rpc(
    *("responses", "StreamResponse", RESPONSE, "/v1/responses"),
    events=(
        {"type": "response.created", "sequence_number": 0, "response": RESPONSE_OBJECT | {"status": "in_progress"}},
        {
            "type": "response.output_text.delta",
            "sequence_number": 1,
            "item_id": "msg_1",
            "output_index": 0,
            "content_index": 0,
            "delta": CONTENT,
        },
        {"type": "response.completed", "sequence_number": 2, "response": RESPONSE_OBJECT},
    ),
)
CREATE_EMBEDDING = Rpc(
    "embeddings",
    "CreateEmbedding",
    from_object(embeddings_pb2.CreateEmbeddingRequest, {"model": "e", "input": CONTENT}),
    "/v1/embeddings",
    {"object": "list", "data": [{"object": "embedding", "index": 0, "embedding": "AACAPwAAAMA="}], "model": "e"},
)
CREATE_TRANSCRIPTION = Rpc(
    *("audio", "CreateTranscription", transcription(data=CONTENT.encode()), "/v1/audio/transcriptions"),
    {"text": CONTENT},
)
UPLOAD_TRANSCRIPTION = Rpc("audio", "UploadTranscription", UPLOAD, "/v1/audio/transcriptions", {"text": CONTENT})
STREAM_TRANSCRIPTION = Rpc(
    *("audio", "StreamTranscription", UPLOAD, "/v1/audio/transcriptions"),
    events=(
        {"type": "transcript.text.delta", "delta": CONTENT},
        {"type": "transcript.text.delta", "delta": " of ours"},
        {"type": "transcript.text.done", "text": f"{CONTENT} of ours"},
    ),
)
GET_RESPONSE = Rpc(  # changes and costs nothing, so that it may be repeated
    *("responses", "GetResponse", responses_pb2.GetResponseRequest(response_id="resp_1"), "/v1/responses/resp_1"),
    RESPONSE_OBJECT,
)

UNARY = (CREATE_CHAT, CREATE_RESPONSE, CREATE_EMBEDDING, CREATE_TRANSCRIPTION, UPLOAD_TRANSCRIPTION)
STREAMING = (STREAM_CHAT, STREAM_RESPONSE, STREAM_TRANSCRIPTION)
CREATING = (*UNARY, *STREAMING)


def rpc_name(value: object) -> str | None:
    """The id of an RPC in a parametrized test; other values keep the ids that pytest gives them."""
    return value.name if isinstance(value, Rpc) else None


@contextmanager
def held_back() -> Iterator[Iterator[Message]]:
    """Yields the messages of an upload whose last one does not come while the context lasts."""
    over = Event()

    def messages() -> Iterator[Message]:
        yield from UPLOAD[:-1]
        over.wait(LIMIT)

    try:
        yield messages()
    finally:
        over.set()
