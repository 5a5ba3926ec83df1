"""Forms of Open Responses: what its OpenAPI document (2026-04-24) demands of responses, items and events.

A form yields what is wrong with a JSON value, each with its place.
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import pairwise
from typing import Any

Form = Callable[[Any, str], Iterator[str]]
Fields = Mapping[str, Form]


def _of_type(name: str, *types: type) -> Form:
    def form(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, types) or (isinstance(value, bool) and bool not in types):
            yield f"{place} is {value!r:.40}, not {name}"

    return form


TEXT = _of_type("a string", str)
INTEGER = _of_type("an integer", int)
NUMBER = _of_type("a number", int, float)
BOOLEAN = _of_type("a boolean", bool)
OBJECT = _of_type("an object", dict)


def anything(value: Any, place: str) -> Iterator[str]:
    """Accepts any value."""
    del value, place
    yield from ()


def nullable(form: Form) -> Form:
    return lambda value, place: iter(()) if value is None else form(value, place)


def one_of(*values: str) -> Form:
    def form(value: Any, place: str) -> Iterator[str]:
        if value not in values:
            yield f"{place} is {value!r:.40}, none of {', '.join(values)}"

    return form


def array(each: Form) -> Form:
    def form(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, list):
            yield f"{place} is {value!r:.40}, not an array"
            return
        for index, item in enumerate(value):
            yield from each(item, f"{place}[{index}]")

    return form


def record(required: Fields, optional: Fields | None = None) -> Form:
    """Describes an object; other keys are extensions, which may be there."""

    def form(value: Any, place: str) -> Iterator[str]:
        if not isinstance(value, dict):
            yield f"{place} is {value!r:.40}, not an object"
            return
        for key, inner in required.items():
            if key in value:
                yield from inner(value[key], f"{place}.{key}")
            else:
                yield f"{place}.{key} is missing"
        for key, inner in (optional or {}).items():
            if key in value:
                yield from inner(value[key], f"{place}.{key}")

    return form


def by_type(forms: Mapping[str, Form], *, extensible: bool = False) -> Form:
    """Describes objects told apart by `type`; those of an extension have a name such as `harbour:tide`."""

    def form(value: Any, place: str) -> Iterator[str]:
        kind = value.get("type") if isinstance(value, dict) else None
        if isinstance(kind, str) and kind in forms:
            yield from forms[kind](value, place)
        elif not (extensible and isinstance(kind, str) and ":" in kind):
            yield f"{place}.type is {kind!r:.40}, which the specification does not have"

    return form


STATUS = one_of("in_progress", "completed", "incomplete")
CITATION = record({"type": TEXT, "url": TEXT, "start_index": INTEGER, "end_index": INTEGER, "title": TEXT})
TOKEN: Fields = {"token": TEXT, "logprob": NUMBER, "bytes": array(INTEGER)}
LOGPROBS = array(record({**TOKEN, "top_logprobs": array(record(TOKEN))}))
PART = by_type(
    {
        "output_text": record(
            {"text": TEXT, "annotations": array(by_type({"url_citation": CITATION}))}, {"logprobs": nullable(LOGPROBS)}
        ),
        "refusal": record({"refusal": TEXT}),
        "reasoning_text": record({"text": TEXT}),
        "summary_text": record({"text": TEXT}),
        "text": record({"text": TEXT}),
        "input_text": record({"text": TEXT}),
        "input_image": record({"image_url": nullable(TEXT), "detail": one_of("low", "high", "auto")}),
        "input_file": record({}, {"filename": nullable(TEXT), "file_url": nullable(TEXT)}),
    }
)
EXTENSION = record({"id": TEXT, "status": TEXT})
ITEM = by_type(
    {
        "message": record(
            {
                "id": TEXT,
                "status": STATUS,
                "role": one_of("user", "assistant", "system", "developer"),
                "content": array(PART),
            }
        ),
        "function_call": record({"id": TEXT, "call_id": TEXT, "name": TEXT, "arguments": TEXT, "status": STATUS}),
        "function_call_output": record({"id": TEXT, "call_id": TEXT, "output": anything, "status": STATUS}),
        "reasoning": record(
            {"id": TEXT, "summary": array(PART)},
            {"content": nullable(array(PART)), "encrypted_content": nullable(TEXT)},
        ),
        "file_search_call": record({"id": TEXT, "status": TEXT, "queries": array(TEXT)}),
        "web_search_call": record({"id": TEXT, "status": TEXT}),
        "compaction": record({"id": TEXT, "encrypted_content": TEXT}, {"created_by": nullable(TEXT)}),
    },
    extensible=True,
)
FUNCTION = {"name": TEXT, "description": nullable(TEXT), "parameters": nullable(OBJECT), "strict": nullable(BOOLEAN)}
HOSTED = {"file_search": record({"vector_store_ids": array(TEXT)}), "web_search": record({})}
TOOL = by_type({"function": record(FUNCTION), **HOSTED}, extensible=True)
CHOICES = one_of("none", "auto", "required")
CHOICE_OBJECT = by_type(
    {
        "function": record({}, {"name": TEXT}),
        **dict.fromkeys(HOSTED, record({})),
        "allowed_tools": record({"tools": array(record({"type": TEXT})), "mode": CHOICES}),
    }
)
TEXT_FORMAT = by_type(
    {
        "text": record({}),
        "json_object": record({}),
        "json_schema": record({"name": TEXT, "description": nullable(TEXT), "schema": anything, "strict": BOOLEAN}),
    }
)
EFFORT = one_of("none", "low", "medium", "high", "xhigh", "minimal")
USAGE = record(
    {
        "input_tokens": INTEGER,
        "output_tokens": INTEGER,
        "total_tokens": INTEGER,
        "input_tokens_details": record({"cached_tokens": INTEGER}),
        "output_tokens_details": record({"reasoning_tokens": INTEGER}),
    }
)


def tool_choice(value: Any, place: str) -> Iterator[str]:
    """Describes the choice of tools, a word or an object."""
    yield from (CHOICE_OBJECT if isinstance(value, dict) else CHOICES)(value, place)


RESPONSE = record(
    {
        "id": TEXT,
        "object": one_of("response"),
        "created_at": INTEGER,
        "completed_at": nullable(INTEGER),
        "status": TEXT,
        "incomplete_details": nullable(record({"reason": TEXT})),
        "model": TEXT,
        "previous_response_id": nullable(TEXT),
        "instructions": nullable(TEXT),
        "output": array(ITEM),
        "error": nullable(record({"code": TEXT, "message": TEXT})),
        "tools": array(TOOL),
        "tool_choice": tool_choice,
        "truncation": one_of("auto", "disabled"),
        "parallel_tool_calls": BOOLEAN,
        "text": record({"format": TEXT_FORMAT}, {"verbosity": nullable(one_of("low", "medium", "high"))}),
        "top_p": NUMBER,
        "presence_penalty": NUMBER,
        "frequency_penalty": NUMBER,
        "top_logprobs": INTEGER,
        "temperature": NUMBER,
        "reasoning": nullable(record({"effort": nullable(EFFORT), "summary": nullable(TEXT)})),
        "usage": nullable(USAGE),
        "max_output_tokens": nullable(INTEGER),
        "max_tool_calls": nullable(INTEGER),
        "store": BOOLEAN,
        "background": BOOLEAN,
        "service_tier": TEXT,
        "metadata": anything,
        "safety_identifier": nullable(TEXT),
        "prompt_cache_key": nullable(TEXT),
    }
)
COMPACTION = record(
    {"id": TEXT, "object": one_of("response.compaction"), "output": array(ITEM), "created_at": INTEGER, "usage": USAGE}
)
ERROR = record({"error": record({"message": TEXT, "type": TEXT, "param": nullable(TEXT), "code": nullable(TEXT)})})

_ITEM: Fields = {"item_id": TEXT, "output_index": INTEGER}
_CONTENT: Fields = {**_ITEM, "content_index": INTEGER}
_SUMMARY: Fields = {**_ITEM, "summary_index": INTEGER}
_STATES = ("created", "queued", "in_progress", "completed", "failed", "incomplete")
_FORMS: dict[str, Fields] = {
    **{f"response.{state}": {"response": RESPONSE} for state in _STATES},
    "response.output_item.added": {"output_index": INTEGER, "item": nullable(ITEM)},
    "response.output_item.done": {"output_index": INTEGER, "item": nullable(ITEM)},
    "response.content_part.added": {**_CONTENT, "part": PART},
    "response.content_part.done": {**_CONTENT, "part": PART},
    "response.output_text.delta": {**_CONTENT, "delta": TEXT},
    "response.output_text.done": {**_CONTENT, "text": TEXT},
    "response.output_text.annotation.added": {
        **_CONTENT,
        "annotation_index": INTEGER,
        "annotation": nullable(CITATION),
    },
    "response.refusal.delta": {**_CONTENT, "delta": TEXT},
    "response.refusal.done": {**_CONTENT, "refusal": TEXT},
    "response.reasoning.delta": {**_CONTENT, "delta": TEXT},
    "response.reasoning.done": {**_CONTENT, "text": TEXT},
    "response.reasoning_summary_part.added": {**_SUMMARY, "part": PART},
    "response.reasoning_summary_part.done": {**_SUMMARY, "part": PART},
    "response.reasoning_summary_text.delta": {**_SUMMARY, "delta": TEXT},
    "response.reasoning_summary_text.done": {**_SUMMARY, "text": TEXT},
    "response.function_call_arguments.delta": {**_ITEM, "delta": TEXT},
    "response.function_call_arguments.done": {**_ITEM, "arguments": TEXT},
    "error": {"error": record({"type": TEXT, "code": nullable(TEXT), "message": TEXT, "param": nullable(TEXT)})},
}
EVENT = by_type(
    {kind: record({"sequence_number": INTEGER, **fields}) for kind, fields in _FORMS.items()}, extensible=True
)


def lifecycle(events: list[dict[str, Any]]) -> Iterator[str]:
    """Yields what is wrong with the order of a stream's events, and with what they add up to."""
    kinds = [str(event.get("type")) for event in events]
    ends = {f"response.{each}" for each in _STATES[3:]}
    if kinds[:1] != ["response.created"] or not ends.issuperset(kinds[-1:]):
        yield f"the events are {kinds[:1]} to {kinds[-1:]}, not response.created to the end of the response"
        return
    numbers = [event.get("sequence_number", -1) for event in events]
    if any(after <= before for before, after in pairwise(numbers)):
        yield f"sequence numbers do not increase: {numbers}"
    yield from _items(events[1:-1], events[-1]["response"])


def _items(events: list[dict[str, Any]], last: dict[str, Any]) -> Iterator[str]:
    """Checks that items are added, grow and are done, and make up the output of the last event."""
    items: dict[int, dict[str, Any]] = {}
    closed: dict[int, dict[str, Any]] = {}
    texts: dict[tuple[Any, ...], str] = {}
    for event in events:
        kind, index = event["type"], event.get("output_index")
        if kind == "response.output_item.added":
            items[event["output_index"]] = event["item"]
        elif index is None:
            continue
        elif index not in items or index in closed:
            yield f"{kind} of item {index}, which is not open"
        elif kind == "response.output_item.done":
            closed[index] = event["item"]
        else:
            yield from _growth(event, items[index], texts)
    if items.keys() - closed.keys():
        yield f"items {sorted(items.keys() - closed.keys())} are never done"
    if last["output"] != [closed[index] for index in sorted(closed)]:
        yield "the output of the last event is not the items that were done"
    open_ends = [item.get("status") == "incomplete" for item in last["output"]]
    if any(open_ends[:-1]) or (any(open_ends) and last["status"] != "incomplete"):
        yield "an item is incomplete, but not the last one of an incomplete response"


def _growth(event: dict[str, Any], item: dict[str, Any], texts: dict[tuple[Any, ...], str]) -> Iterator[str]:
    """Checks that a part is open when it grows, and that its fragments are what it has at its end."""
    kind = event["type"]
    if event.get("item_id") != item.get("id"):
        yield f"{kind} names item {event.get('item_id')!r}, not {item.get('id')!r}"
    subject = kind.rpartition(".")[0]
    place = (event["output_index"], event.get("content_index"), event.get("summary_index"))
    part = place in texts
    if kind.endswith("_part.added"):
        texts[place] = ""
    elif kind.endswith(".delta"):
        if not part and "arguments" not in kind:
            yield f"{kind} before its part was added"
        texts[place] = texts.get(place, "") + event["delta"]
    elif kind.endswith(".done") and not kind.endswith("_part.done"):
        whole = next((event[key] for key in ("text", "refusal", "arguments") if key in event), None)
        if whole != texts.get(place, ""):
            yield f"{subject} ends as {whole!r:.40}, but its fragments are {texts.get(place)!r:.40}"
