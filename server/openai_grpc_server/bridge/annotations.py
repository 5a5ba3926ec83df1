"""Annotations of a text: chat puts into an object of its own what Responses write side by side."""

from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import CodecError, from_object, loads, to_json
from openai_grpc.v1 import chat_message_pb2, response_content_pb2

ChatAnnotation = chat_message_pb2.ChatCompletionAnnotation
ResponseAnnotation = response_content_pb2.ResponseAnnotation


def chat_annotation(annotation: ResponseAnnotation, offset: int) -> ChatAnnotation:
    """Writes an annotation of Responses for chat.

    Args:
        annotation: The annotation.
        offset: How many characters of the message come before the part that it stands in.

    Raises:
        CodecError: It is no object, or has no type.
    """
    value = _object(annotation)
    kind = value.pop("type", "")
    if not isinstance(kind, str):
        raise CodecError("no text", "annotations.type")
    for key in ("start_index", "end_index"):
        if isinstance(value.get(key), int):
            value[key] += offset
    return from_object(ChatAnnotation, {"type": kind, kind: value})


def response_annotation(annotation: ChatAnnotation) -> ResponseAnnotation:
    """Writes an annotation of chat for Responses."""
    value = _object(annotation)
    kind = value.get("type")
    inner = value.pop(kind, {}) if isinstance(kind, str) else {}
    return from_object(ResponseAnnotation, {**value, **inner} if isinstance(inner, dict) else value)


def _object(annotation: Message) -> dict[str, Any]:
    value = loads(to_json(annotation))
    if not isinstance(value, dict):
        raise CodecError("no object", "annotations")
    return value
