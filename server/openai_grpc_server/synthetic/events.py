"""A response as the events of a stream."""

from collections.abc import Iterator
from itertools import count
from typing import Any

Event = dict[str, Any]

FINAL = {"failed": "response.failed", "incomplete": "response.incomplete"}
# What a response does not have yet when its stream begins.
NOT_YET: dict[str, Any] = {"status": "in_progress", "output": [], "usage": None, "completed_at": None}
OF_THE_END = frozenset({"error", "incomplete_details"})

# Of items whose text comes in pieces: the field that has it, and the events that bring it.
PIECES = {
    "code_interpreter_call": ("code", "response.code_interpreter_call_code"),
    "custom_tool_call": ("input", "response.custom_tool_call_input"),
    "function_call": ("arguments", "response.function_call_arguments"),
    "mcp_call": ("arguments", "response.mcp_call_arguments"),
}
# The same of the parts of a message, and of reasoning.
PARTS = {
    "output_text": ("text", "response.output_text"),
    "refusal": ("refusal", "response.refusal"),
    "reasoning_text": ("text", "response.reasoning_text"),
}


def response_events(response: dict[str, Any]) -> Iterator[Event]:
    """Yields the events that a response would have come in, numbered from 0, each text as one delta.

    What is not of the type that it should be stays as it is, without pieces of its own.

    Args:
        response: The JSON object of a response that is done.
    """
    for number, event in zip(count(), _events(response), strict=False):
        yield {**event, "sequence_number": number}


def _events(response: dict[str, Any]) -> Iterator[Event]:
    begun = {key: value for key, value in response.items() if key not in OF_THE_END} | NOT_YET
    yield {"type": "response.created", "response": begun}
    yield {"type": "response.in_progress", "response": begun}
    for index, item in enumerate(_list(response.get("output"))):
        yield from _item(item, {"output_index": index})
    yield {"type": FINAL.get(_text_of(response, "status"), "response.completed"), "response": response}


def _item(item: Any, place: dict[str, Any]) -> Iterator[Event]:
    if not isinstance(item, dict):
        yield {"type": "response.output_item.added", **place, "item": item}
        yield {"type": "response.output_item.done", **place, "item": item}
        return
    inside = {"item_id": item.get("id", ""), **place}
    field, event = PIECES.get(_text_of(item, "type"), ("", ""))
    yield {"type": "response.output_item.added", **place, "item": _unfinished(item, field)}
    if field and isinstance(item.get(field), str):
        yield from _text(event, field, item[field], inside)
    for index, part in enumerate(_list(item.get("summary"))):
        yield from _summary(part, {**inside, "summary_index": index})
    for index, part in enumerate(_list(item.get("content"))):
        yield from _part(part, {**inside, "content_index": index})
    yield {"type": "response.output_item.done", **place, "item": item}


def _unfinished(item: dict[str, Any], field: str) -> dict[str, Any]:
    """Returns an item as it is when it begins: without what follows in pieces."""
    later: dict[str, Any] = {key: [] for key in ("content", "summary") if isinstance(item.get(key), list)}
    if field in item:
        later[field] = ""
    if "status" in item:
        later["status"] = "in_progress"
    return {**item, **later}


def _part(part: Any, place: dict[str, Any]) -> Iterator[Event]:
    if not isinstance(part, dict):
        yield {"type": "response.content_part.added", **place, "part": part}
        yield {"type": "response.content_part.done", **place, "part": part}
        return
    field, event = PARTS.get(_text_of(part, "type"), ("", ""))
    notes = _list(part.get("annotations"))
    later: dict[str, Any] = {
        key: empty for key, empty in ((field, ""), ("annotations", []), ("logprobs", [])) if key in part
    }
    yield {"type": "response.content_part.added", **place, "part": {**part, **later}}
    if field and isinstance(part.get(field), str):
        logprobs = {"logprobs": part["logprobs"]} if "logprobs" in part else {}
        yield from _text(event, field, part[field], {**place, **logprobs})
    for index, note in enumerate(notes):
        kind = "response.output_text.annotation.added"
        yield {"type": kind, **place, "annotation_index": index, "annotation": note}
    yield {"type": "response.content_part.done", **place, "part": part}


def _summary(part: Any, place: dict[str, Any]) -> Iterator[Event]:
    begun = {**part, "text": ""} if isinstance(part, dict) else part
    yield {"type": "response.reasoning_summary_part.added", **place, "part": begun}
    yield from _text("response.reasoning_summary_text", "text", _text_of(part, "text"), place)
    yield {"type": "response.reasoning_summary_part.done", **place, "part": part}


def _text(event: str, field: str, text: str, place: dict[str, Any]) -> Iterator[Event]:
    if text:
        yield {"type": f"{event}.delta", **place, "delta": text}
    yield {"type": f"{event}.done", **place, field: text}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _text_of(value: Any, key: str) -> str:
    text = value.get(key) if isinstance(value, dict) else None
    return text if isinstance(text, str) else ""
