"""A chat completion as a response."""

from typing import Any

from openai_grpc.codec import CodecError, from_object, loads
from openai_grpc.v1 import chat_message_pb2, chat_pb2, response_pb2, responses_pb2
from openai_grpc_server.bridge.losses import carry_extra, copy_fields
from openai_grpc_server.bridge.responses_to_chat.stream import ResponseEvents

Chunk = chat_pb2.ChatCompletionChunk
# What a completion and a chunk have alike.
TOP = frozenset(Chunk.DESCRIPTOR.fields_by_name) - {"choices"}
CHOICE = frozenset(Chunk.Choice.DESCRIPTOR.fields_by_name) - {"delta", "perplexity"}
DELTA = frozenset(Chunk.Choice.Delta.DESCRIPTOR.fields_by_name) - {"audio", "together", "tool_calls"}


def response(
    request: responses_pb2.CreateResponseRequest, completion: chat_pb2.ChatCompletion
) -> response_pb2.Response:
    """Writes a chat completion as a response: as the last event of a stream that has it in one piece.

    Args:
        request: The caller's request, of which a response repeats a part.
        completion: The completion.
    """
    events = ResponseEvents(request)
    events.read(_chunk(completion))
    last = events.end()[-1]
    kind = last.WhichOneof("kind") or ""
    written: response_pb2.Response = getattr(last, kind).response
    return written


def _chunk(completion: chat_pb2.ChatCompletion) -> Chunk:
    chunk = Chunk()
    copy_fields(completion, chunk, TOP)
    carry_extra(completion, chunk)
    for choice in completion.choices:
        written = chunk.choices.add()
        copy_fields(choice, written, CHOICE)
        message = choice.message
        copy_fields(message, written.delta, DELTA)
        for index, call in enumerate(message.tool_calls):
            _add_call(call, written.delta.tool_calls.add(index=index))
    return chunk


def _add_call(call: chat_message_pb2.ChatCompletionMessageToolCall, piece: Any) -> None:
    kind = call.WhichOneof("kind")
    if kind == "unknown":
        unknown = loads(call.unknown)
        if not isinstance(unknown, dict):
            raise CodecError("no object", "tool_calls")
        piece.CopyFrom(from_object(type(piece), {**unknown, "index": piece.index}))
    elif kind is not None:
        source: Any = getattr(call, kind)
        copy_fields(source, piece, {"id", "namespace", "function", "google"})
        carry_extra(source, piece)
        piece.type = kind
        if kind == "custom":
            copy_fields(source.custom, piece.custom, {"name", "input"})
