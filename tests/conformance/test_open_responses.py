"""The HTTP port against Open Responses, before an upstream with the Responses API and before one with chat alone.

`e2e/test_open_responses.py` does the same before the local model.
"""

import copy
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from clients.live import ROOT
from conformance import open_responses
from conformance.open_responses import CASES, EXPECTED, SHORT_RESULTS, TARGETS, Server, check, table
from conformance.open_responses_schema import EVENT, ITEM, RESPONSE, lifecycle
from conformance.open_responses_upstreams import ResponsesUpstream, events_of

DOCUMENT = ROOT / "docs/open-responses.md"
SCRIPTED = ("Responses", "chat")


@pytest.fixture(scope="module", params=SCRIPTED)
def target(request: pytest.FixtureRequest) -> Iterator[tuple[str, Server]]:
    with TARGETS[request.param]() as server:
        yield request.param, server


@pytest.mark.parametrize("name", CASES)
def test_check(name: str, target: tuple[str, Server]) -> None:
    where, server = target
    result, reason = check(server, name)
    assert result == ("failed" if (where, name) in EXPECTED else documented(name, where)), reason


def documented(name: str, where: str) -> str:
    """Returns the result that the document tells of a check."""
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in DOCUMENT.read_text().splitlines()]
    (head,) = (row for row in rows if row[0] == "check")
    (row,) = (row for row in rows if row[0] == name and len(row) == len(head))
    return {short: result for result, short in SHORT_RESULTS.items()}[row[head.index(where)]]


def test_the_document_has_every_check_and_failure() -> None:
    told = {(where, name) for name in CASES for where in TARGETS if documented(name, where) == "failed"}
    assert told == EXPECTED


def test_the_table() -> None:
    results = {"here": {name: ("failed", "why") if name == "a file" else ("passed", "") for name in CASES}}
    lines = list(table(results))
    assert "| a file | suite | no |" in lines
    assert lines[-1] == "here: a file: failed: why"


# The checks themselves: each of these faults is seen.
REQUEST: dict[str, Any] = {
    "model": "m",
    "tools": [open_responses.TIDE],
    "reasoning": {"effort": "low"},
    "metadata": {"port": "Brest"},
}


def whole(**fields: Any) -> dict[str, Any]:
    text = {"type": "output_text", "text": "High", "annotations": []}
    item = {"type": "message", "id": "m1", "role": "assistant", "status": "completed", "content": [text]}
    return {**ResponsesUpstream.response(REQUEST, "r1", "completed", [item]), **fields}


@pytest.mark.parametrize("key", [key for key in whole() if key != "output"])
def test_a_key_that_is_missing_is_seen(key: str) -> None:
    assert list(RESPONSE(whole(), "response")) == []
    value = whole()
    del value[key]
    assert list(RESPONSE(value, "response")) == [f"response.{key} is missing"]


ODD: dict[str, dict[str, Any]] = {
    "a number that is none": {"temperature": "1"},
    "a boolean as a number": {"top_p": True},
    "an object that is none": {"text": []},
    "an array that is none": {"output": None},
    "an unknown word": {"truncation": "some"},
    "an item without a slug": {"output": [{"type": "signal", "id": "s", "status": "completed"}]},
    "a part that nobody knows": {"output": [{**whole()["output"][0], "content": [{"type": "smell"}]}]},
    "a null": {"store": None},
}


@pytest.mark.parametrize("name", ODD)
def test_a_value_that_is_wrong_is_seen(name: str) -> None:
    assert len(list(RESPONSE(whole(**ODD[name]), "response"))) == 1


def test_extensions_have_a_slug() -> None:
    assert list(ITEM({"type": "harbour:signal"}, "item")) == []
    assert list(EVENT({"type": "harbour:signal_seen"}, "event")) == []
    assert list(EVENT({"type": "response.signal"}, "event"))


def stream() -> list[dict[str, Any]]:
    """The events of a response with reasoning, a call and a text."""
    items = [*ResponsesUpstream.items_of(1, {**REQUEST}, ["a"]), *ResponsesUpstream.items_of(2, {"model": "m"}, ["a"])]
    return events_of(REQUEST, "r1", "completed", items)


def without(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    return [event for event in events if event["type"] != kind]


def changed(events: list[dict[str, Any]], kind: str, **fields: Any) -> list[dict[str, Any]]:
    return [{**event, **fields} if event["type"] == kind else event for event in events]


def test_a_good_stream() -> None:
    events = stream()
    assert [fault for event in events for fault in EVENT(event, "event")] == []
    assert list(lifecycle(events)) == []


BROKEN: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
    "no beginning": lambda events: events[1:],
    "no end": lambda events: events[:-1],
    "a number twice": lambda events: changed(events, "response.in_progress", sequence_number=0),
    "an item that is not added": lambda events: without(events, "response.output_item.added"),
    "an item that is not done": lambda events: without(events, "response.output_item.done"),
    "a part that is not added": lambda events: without(events, "response.content_part.added"),
    "a fragment that is lost": lambda events: [each for each in events if each.get("delta") != "water "],
    "the id of another item": lambda events: changed(events, "response.output_text.delta", item_id="other"),
    "another output at the end": lambda events: [*events[:-1], {**events[-1], "response": whole(output=[])}],
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_stream_that_is_wrong_is_seen(name: str) -> None:
    assert list(lifecycle(BROKEN[name](copy.deepcopy(stream()))))
