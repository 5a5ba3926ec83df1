"""A chat completion as the chunks of a stream."""

from collections.abc import Iterator
from typing import Any

from openai_grpc.codec import CodecError

# What every chunk of a stream has; the rest of a completion goes with the last.
ON_EVERY_CHUNK = ("id", "created", "model", "service_tier", "system_fingerprint")
OF_COMPLETION = frozenset({*ON_EVERY_CHUNK, "object", "choices", "usage"})


def chat_chunks(completion: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the chunks that a completion would have come in: of each choice its message, then its end, then the usage.

    Args:
        completion: The completion's JSON object.

    Raises:
        CodecError: Its choices are no list of objects.
    """
    top = {"object": "chat.completion.chunk"} | {key: completion[key] for key in ON_EVERY_CHUNK if key in completion}
    choices = completion.get("choices") or []
    if not isinstance(choices, list) or not all(isinstance(choice, dict) for choice in choices):
        raise CodecError("no list of objects", "choices")
    yield {**top, "choices": [_message(choice) for choice in choices]}
    rest = {key: value for key, value in completion.items() if key not in OF_COMPLETION}
    yield {**top, **rest, "choices": [_end(choice) for choice in choices]}
    if completion.get("usage"):
        yield {**top, "choices": [], "usage": completion["usage"]}


def _message(choice: dict[str, Any]) -> dict[str, Any]:
    others = {key: value for key, value in choice.items() if key not in {"message", "finish_reason"}}
    message = choice.get("message")
    if message is not None and not isinstance(message, dict):
        return {**others, "delta": {}, "message": message}
    delta = dict(message or {})
    if isinstance(calls := delta.get("tool_calls"), list):
        delta["tool_calls"] = [_numbered(index, call) for index, call in enumerate(calls)]
    return {**others, "delta": delta}


def _numbered(index: int, call: Any) -> Any:
    return {"index": index, **call} if isinstance(call, dict) else call


def _end(choice: dict[str, Any]) -> dict[str, Any]:
    return {"index": choice.get("index", 0), "delta": {}, "finish_reason": choice.get("finish_reason")}
