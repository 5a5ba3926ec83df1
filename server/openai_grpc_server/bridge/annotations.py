"""Annotations of a text: chat puts into an object of its own what Responses write side by side."""

from typing import Any

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_message_pb2, response_content_pb2

ChatAnnotation = chat_message_pb2.ChatCompletionAnnotation
ResponseAnnotation = response_content_pb2.ResponseAnnotation


def chat_annotation(annotation: ResponseAnnotation, offset: int) -> ChatAnnotation:
    """Writes an annotation of Responses for chat.

    Args:
        annotation: The annotation.
        offset: How many characters of the message come before the part that it stands in.
    """
    value: dict[str, Any] = loads(to_json(annotation))
    kind = value.pop("type", "")
    for key in ("start_index", "end_index"):
        if isinstance(value.get(key), int):
            value[key] += offset
    return from_object(ChatAnnotation, {"type": kind, kind: value})


def response_annotation(annotation: ChatAnnotation) -> ResponseAnnotation:
    """Writes an annotation of chat for Responses."""
    value: dict[str, Any] = loads(to_json(annotation))
    inner = value.pop(value.get("type", ""), {})
    return from_object(ResponseAnnotation, {**value, **inner} if isinstance(inner, dict) else value)
