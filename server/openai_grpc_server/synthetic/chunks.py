"""A chat completion as the chunks of a stream."""

from collections.abc import Iterator
from typing import Any

# What every chunk of a stream has; the rest of a completion goes with the last.
ON_EVERY_CHUNK = ("id", "created", "model", "service_tier", "system_fingerprint")
OF_COMPLETION = frozenset({*ON_EVERY_CHUNK, "object", "choices", "usage"})


def chat_chunks(completion: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yields the chunks that a completion would have come in: of each choice its message, then its end, then the usage.

    Args:
        completion: The completion's JSON object.
    """
    top = {"object": "chat.completion.chunk"} | {key: completion[key] for key in ON_EVERY_CHUNK if key in completion}
    choices = completion.get("choices") or []
    yield {**top, "choices": [_message(choice) for choice in choices]}
    rest = {key: value for key, value in completion.items() if key not in OF_COMPLETION}
    yield {**top, **rest, "choices": [_end(choice) for choice in choices]}
    if completion.get("usage"):
        yield {**top, "choices": [], "usage": completion["usage"]}


def _message(choice: dict[str, Any]) -> dict[str, Any]:
    delta = dict(choice.get("message") or {})
    if calls := delta.get("tool_calls"):
        delta["tool_calls"] = [{"index": index, **call} for index, call in enumerate(calls)]
    others = {key: value for key, value in choice.items() if key not in {"message", "finish_reason"}}
    return {**others, "delta": delta}


def _end(choice: dict[str, Any]) -> dict[str, Any]:
    return {"index": choice.get("index", 0), "delta": {}, "finish_reason": choice.get("finish_reason")}
