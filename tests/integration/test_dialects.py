"""Tool calls and texts of streams, as servers that speak OpenAI's API number, repeat and cut them.

Over 600 lines, most of them tables of what servers send.
"""

from collections.abc import Callable, Sequence
from typing import Any

import pytest

from faults import answers
from faults.stand_in import StandIn
from integration.three_apis import CHAT, CHUNK, COMPLETION, COMPLETIONS, RESPONSE, RESPONSES, as_json, chat
from openai_grpc.codec import dumps, from_object
from openai_grpc.v1 import chat_pb2, completions_pb2, responses_pb2
from openai_grpc_server.config.settings import ModelInfo
from support.gateway import deployment, running_gateway

MELON = "\U0001f348"
HIGH, LOW = "\ud83c", "\udf48"  # its halves
Call = tuple[str, str, str]


def delta(finish_reason: str | None = None, **fields: Any) -> dict[str, Any]:
    return {**CHUNK, "choices": [{"index": 0, "delta": fields, "finish_reason": finish_reason}]}


def piece(arguments: Any = None, name: str | None = None, **fields: Any) -> dict[str, Any]:
    function = {key: value for key, value in (("name", name), ("arguments", arguments)) if value is not None}
    return {**fields, "function": function}


PEEL = ("c1", "peel", '{"n":1}')
SLICE = ("c2", "slice", '{"n":2}')
# Of each dialect the pieces of each chunk, and the calls that they are; an id of "" is none.
DIALECTS: dict[str, tuple[list[list[dict[str, Any]]], list[Call]]] = {
    "of OpenAI": (
        [
            [piece("", "peel", index=0, id="c1", type="function")],
            [piece('{"n"', index=0)],
            [piece(":1}", index=0)],
            [piece("", "slice", index=1, id="c2", type="function")],
            [piece('{"n":2}', index=1)],
        ],
        [PEEL, SLICE],
    ),
    "one call, not in a list": (
        [{"index": 0, **piece('{"n"', "peel", id="c1")}, {"index": 0, **piece(":1}")}],  # type: ignore[list-item]
        [PEEL],
    ),
    "side by side": (
        [
            [piece('{"n"', "peel", index=0, id="c1"), piece('{"n"', "slice", index=1, id="c2")],
            [piece(":2}", index=1), piece(":1}", index=0)],
        ],
        [PEEL, SLICE],
    ),
    "from 1": (
        [[piece('{"n":1}', "peel", index=1, id="c1")], [piece('{"n":2}', "slice", index=2, id="c2")]],
        [PEEL, SLICE],
    ),
    "numbers as text": (
        [[piece('{"n"', "peel", index="0", id="c1")], [piece(":1}", index="0")]],
        [PEEL],
    ),
    "index 0 for all": (
        [
            [piece('{"n"', "peel", index=0, id="c1")],
            [piece(":1}", index=0)],
            [piece('{"n":2}', "slice", index=0, id="c2")],
        ],
        [PEEL, SLICE],
    ),
    "index 0 for all, without ids": (
        [[piece('{"n":1}', "peel", index=0, id="")], [piece('{"n":2}', "slice", index=0, id="")]],
        [("", *PEEL[1:]), ("", *SLICE[1:])],
    ),
    "index 0 for all in one chunk, without ids": (
        [[piece('{"n":1}', "peel", index=0), piece('{"n":2}', "peel", index=0)]],
        [("", "peel", '{"n":1}'), ("", "peel", '{"n":2}')],
    ),
    "no index": (
        [[piece('{"n"', "peel", id="c1")], [piece(":1}")], [piece('{"n"', "slice", id="c2"), piece(":2}")]],
        [PEEL, SLICE],
    ),
    "no index, the ids on every piece": (
        [
            [piece('{"n"', "peel", id="c1"), piece('{"n"', "slice", id="c2")],
            [piece(":1}", id="c1")],
            [piece(":2}", id="c2")],
        ],
        [PEEL, SLICE],
    ),
    "neither index nor id": (
        [[piece('{"n":1}', "peel"), piece('{"n":2}', "slice")], [piece('{"n":3}', "slice")]],
        [("", *PEEL[1:]), ("", *SLICE[1:]), ("", "slice", '{"n":3}')],
    ),
    "neither index nor id, the name on every piece": (
        [[piece('{"n"', "peel")], [piece(":1}", "peel")], [piece('{"n":2}', "slice")]],
        [("", *PEEL[1:]), ("", *SLICE[1:])],
    ),
    "null and empty": (
        [
            [piece("", "peel", index=0, id="c1", type="function")],
            [piece('{"n":1}', "", index=0, id="", type="")],
            [{"index": 0, "id": None, "type": None, "function": {"name": None, "arguments": None}}],
            [{"index": None, "id": "", "function": None}],
        ],
        [PEEL],
    ),
    "one id for all": (
        [[piece('{"n":1}', "peel", index=0, id="c1")], [piece('{"n":2}', "slice", index=1, id="c1")]],
        [PEEL, ("c1", *SLICE[1:])],
    ),
    "another id on every piece": (
        [
            [piece("", "peel", index=0, id="c1")],
            [piece('{"n"', index=0, id="x")],
            [piece(":1}", index=0, id="y")],
            [piece('{"n":2}', "slice", index=1, id="c2")],
        ],
        [PEEL, SLICE],
    ),
    "one id for all, and no index": (
        [[piece('{"n":1}', "peel", id="null")], [piece('{"n":2}', "slice", id="null")]],
        [("null", *PEEL[1:]), ("null", *SLICE[1:])],
    ),
    "a call that is told twice": (
        [[piece('{"n":1}', "peel", index=0, id="c1")], [piece('{"n":1}', "peel", index=0, id="c1")]],
        [PEEL],
    ),
    "numbers of both types": (
        [[piece('{"n"', "peel", index=0, id="c1")], [piece(":1", index="0")], [piece("}", index=0.0)]],
        [PEEL],
    ),
    "an id that comes late": (
        [[piece("", "peel", index=0)], [piece('{"n":1}', index=0, id="c1")]],
        [PEEL],
    ),
    "a name that comes late": (
        [[piece('{"n"', index=0, id="c1")], [piece(":1}", index=0)], [piece("", "peel", index=0)]],
        [PEEL],
    ),
    "an index that comes late": ([[piece('{"n"', "peel", id="c1")], [piece(":1}", index=0)]], [PEEL]),
    "no name": ([[piece('{"n":1}', index=0, id="c1")]], [("c1", "", '{"n":1}')]),
    "no arguments": (
        [[piece(None, "peel", index=0, id="c1")], [piece("", "slice", index=1, id="c2")]],
        [("c1", "peel", ""), ("c2", "slice", "")],
    ),
    "an object as arguments": (
        [[piece({"n": 1}, "peel", id="c1"), piece({"n": 2}, "slice", id="c2")]],
        [PEEL, SLICE],
    ),
    "an empty object before the text": (
        [[piece({}, "peel", index=0, id="c1")], [piece('{"n":1}', index=0)]],
        [PEEL],
    ),
    "an empty object": ([[piece({}, "peel", index=0, id="c1")]], [("c1", "peel", "{}")]),
    "a type without a value": (
        [[piece('{"n":1}', "peel", id="c1", type=None)], [piece('{"n":2}', "slice", id="c2", type="")]],
        [PEEL, SLICE],
    ),
    "cut inside a character": (
        [[piece('{"n":"' + HIGH, "peel", index=0, id="c1")], [piece(LOW + '"}', index=0)]],
        [("c1", "peel", f'{{"n":"{MELON}"}}')],
    ),
}


def calls_of(whole: Any) -> list[Call]:
    calls = whole.choices[0].message.tool_calls
    assert {call.WhichOneof("kind") for call in calls} <= {"function"}
    assert not any("index" in as_json(call) for call in calls)
    return [(call.function.id, call.function.function.name, call.function.function.arguments) for call in calls]


@pytest.mark.parametrize(("chunks", "calls"), DIALECTS.values(), ids=DIALECTS)
def test_accumulated_tool_calls(chunks: list[Any], calls: list[Call]) -> None:
    *_, last = chat_stream([*(delta(tool_calls=each) for each in chunks), delta("tool_calls")])
    assert calls_of(last.accumulated) == calls


@pytest.mark.parametrize(("chunks", "calls"), DIALECTS.values(), ids=DIALECTS)
def test_tool_calls_of_responses_by_chat(chunks: list[Any], calls: list[Call]) -> None:
    events = response_stream([delta(content="Yes"), *(delta(tool_calls=each) for each in chunks), delta("tool_calls")])
    items = [item.function_call for item in events[-1].completed.response.output[1:]]
    assert [(item.name, item.arguments) for item in items] == [call[1:] for call in calls]
    assert all(item.call_id == call[0] for item, call in zip(items, calls, strict=True) if call[0])
    assert all(item.call_id for item in items)
    begun = [each.output_item_added for each in events if each.HasField("output_item_added")][1:]
    assert [(each.output_index, each.item.function_call.name) for each in begun] == [
        (index, call[1]) for index, call in enumerate(calls, start=1)
    ]
    for index, call in enumerate(calls, start=1):
        deltas = [each.function_call_arguments_delta for each in events]
        assert "".join(each.delta for each in deltas if each.output_index == index) == call[2]


def test_a_custom_tool_whose_name_comes_late() -> None:
    pieces = [
        {"index": 0, "id": "c1", "type": "custom"},
        {"index": 0, "custom": {"input": "1 "}},
        {"index": 0, "id": "", "custom": {"name": "sum", "input": "+ 2"}},
        {"index": 0, "id": "c2", "type": "custom", "custom": {"name": "sum", "input": "3"}},
    ]
    chunks = [*(delta(tool_calls=[each]) for each in pieces), delta("tool_calls")]
    found = chat_stream(chunks)[-1].accumulated.choices[0].message.tool_calls
    expected = [("c1", "sum", "1 + 2"), ("c2", "sum", "3")]
    assert [(call.custom.id, call.custom.custom.name, call.custom.custom.input) for call in found] == expected
    items = [item.custom_tool_call for item in response_stream(chunks)[-1].completed.response.output]
    assert [(item.call_id, item.name, item.input) for item in items] == expected


def test_the_deprecated_function_call() -> None:
    pieces = [{"name": "peel"}, {"name": "", "arguments": {"n": 1}}, {"name": "", "arguments": ""}]
    chunks = [*(delta(function_call=each) for each in pieces), delta("function_call")]
    called = chat_stream(chunks)[-1].accumulated.choices[0].message.function_call
    assert (called.name, called.arguments) == PEEL[1:]
    (item,) = response_stream(chunks)[-1].completed.response.output
    assert (item.function_call.name, item.function_call.arguments) == PEEL[1:]


WHOLE_CALLS = [
    piece({"n": 1}, "peel", index=0, id="c1", type=""),
    piece('{"n":2}', "slice", index=0, id="c2", type=None),
]


def test_tool_calls_of_a_reply_that_is_made_a_stream() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": WHOLE_CALLS}
    completion = {**CHUNK, "object": "chat.completion", "choices": [{"index": 0, "message": message}]}
    with StandIn() as upstream:
        config = deployment(upstream.url, info=ModelInfo(supports_native_streaming=False))
        with running_gateway(config) as gateway:
            upstream.on("POST", CHAT, answers.json(completion))
            *chunks, last = gateway.chat.StreamChatCompletion(accumulated(), timeout=10)
    pieces = [call for each in chunks for choice in each.choices for call in choice.delta.tool_calls]
    assert [(call.index, call.type, call.id, call.function.name, call.function.arguments) for call in pieces] == [
        (0, "function", *PEEL),
        (1, "function", *SLICE),
    ]
    assert all(as_json(call)["function"]["arguments"] == call.function.arguments for call in pieces)
    assert calls_of(last.accumulated) == [PEEL, SLICE]


def test_tool_calls_of_a_whole_reply() -> None:
    message = {"role": "assistant", "content": None, "tool_calls": WHOLE_CALLS}
    completion = {**CHUNK, "object": "chat.completion", "choices": [{"index": 0, "message": message}]}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.json(completion))
        reply = gateway.chat.CreateChatCompletion(chat(), timeout=10)
    found = [call.function for call in reply.choices[0].message.tool_calls]
    assert [(call.id, call.function.name, call.function.arguments) for call in found] == [PEEL, SLICE]
    sent = [{key: value for key, value in call.items() if value is not None} for call in WHOLE_CALLS]
    assert as_json(reply)["choices"][0]["message"]["tool_calls"] == sent


def item(name: Call, identity: str, arguments: str = "", **fields: Any) -> dict[str, Any]:
    called = {"type": "function_call", "id": identity, "call_id": name[0], "name": name[1], "arguments": arguments}
    return {**called, "status": "completed", **fields}


def told(kind: str, **fields: Any) -> dict[str, Any]:
    return {"type": f"response.{kind}", "sequence_number": 1, **fields}


def added(call: Call, identity: str, **fields: Any) -> dict[str, Any]:
    return told("output_item.added", item=item(call, identity), **fields)


def arguments(text: str, **fields: Any) -> dict[str, Any]:
    return told("function_call_arguments.delta", delta=text, **fields)


def done(call: Call, identity: str, **fields: Any) -> dict[str, Any]:
    return told("output_item.done", item=item(call, identity, call[2]), **fields)


BOTH = [item(PEEL, "fc_1", PEEL[2]), item(SLICE, "fc_2", SLICE[2])]
# Of each way of naming items the events, and the output that the last event has.
EVENTS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "gaps among the places": (
        [
            added(PEEL, "fc_1", output_index=1),
            arguments('{"n":1}', item_id="fc_1", output_index=1),
            done(PEEL, "fc_1", output_index=1),
            added(SLICE, "fc_2", output_index=4),
            arguments('{"n":2}', item_id="fc_2", output_index=4),
            done(SLICE, "fc_2", output_index=4),
        ],
        [],
    ),
    "gaps among the places, and a whole output": (
        [
            added(PEEL, "fc_1", output_index=1),
            arguments('{"n":1}', item_id="fc_1", output_index=1),
            added(SLICE, "fc_2", output_index=4),
            done(SLICE, "fc_2", output_index=4),
        ],
        BOTH,
    ),
    "ids only": (
        [
            added(PEEL, "fc_1"),
            added(SLICE, "fc_2"),
            arguments('{"n"', item_id="fc_1"),
            arguments('{"n"', item_id="fc_2"),
            arguments(":1}", item_id="fc_1"),
            arguments(":2}", item_id="fc_2"),
            done(SLICE, "fc_2"),
            done(PEEL, "fc_1"),
        ],
        [],
    ),
    "ids only in the pieces": (
        [
            added(PEEL, "fc_1", output_index=1),
            added(SLICE, "fc_2", output_index=3),
            arguments('{"n":2}', item_id="fc_2"),
            arguments('{"n":1}', item_id="fc_1"),
            done(SLICE, "fc_2", output_index=3),
            done(PEEL, "fc_1", output_index=1),
        ],
        BOTH,
    ),
    "place 0 for all": (
        [
            added(PEEL, "fc_1", output_index=0),
            arguments('{"n"', item_id="fc_1", output_index=0),
            added(SLICE, "fc_2", output_index=0),
            arguments('{"n":2}', item_id="fc_2", output_index=0),
            arguments(":1}", item_id="fc_1", output_index=0),
            done(PEEL, "fc_1", output_index=0),
            done(SLICE, "fc_2", output_index=0),
        ],
        BOTH,
    ),
    "another id in each event": (
        [
            added(PEEL, "a", output_index=0),
            arguments('{"n"', item_id="b", output_index=0),
            arguments(":1}", item_id="c", output_index=0),
            done(PEEL, "d", output_index=0),
            added(SLICE, "e", output_index=1),
            arguments('{"n":2}', item_id="f", output_index=1),
            done(SLICE, "g", output_index=1),
        ],
        [item(PEEL, "h", PEEL[2]), item(SLICE, "i", SLICE[2])],
    ),
    "neither ids nor places": (
        [
            added(PEEL, ""),
            arguments('{"n":1}'),
            done(PEEL, ""),
            added(SLICE, ""),
            arguments('{"n":2}'),
            done(SLICE, ""),
        ],
        [],
    ),
    "a name and an id that come late": (
        [
            added(("", "", ""), "fc_1", output_index=0),
            arguments('{"n":1}', item_id="fc_1", output_index=0),
            done(PEEL, "fc_1", output_index=0),
            done(SLICE, "fc_2", output_index=1),
        ],
        [],
    ),
    "pieces before their item": (
        [
            arguments('{"n":1}', item_id="fc_1", output_index=0),
            done(PEEL, "fc_1", output_index=0),
            arguments('{"n":2}', item_id="fc_2", output_index=1),
        ],
        BOTH,
    ),
    "each item done twice": (
        [done(PEEL, "fc_1", output_index=0)] * 2 + [done(SLICE, "fc_2", output_index=1)] * 2,
        BOTH,
    ),
    "an object as arguments": (
        [told("output_item.done", item={**item(PEEL, "fc_1"), "arguments": {"n": 1}}, output_index=0)],
        [item(PEEL, "fc_1", PEEL[2]), {**item(SLICE, "fc_2"), "arguments": {"n": 2}}],
    ),
}


@pytest.mark.parametrize(("events", "output"), EVENTS.values(), ids=EVENTS)
def test_tool_calls_of_chat_by_responses(events: list[Any], output: list[Any]) -> None:
    *chunks, last = chat_by_responses(events, output)
    assert calls_of(last.accumulated) == [PEEL, SLICE]
    assert last.accumulated.choices[0].finish_reason == "tool_calls"
    assert {call.index for each in chunks for choice in each.choices for call in choice.delta.tool_calls} == {0, 1}


RIPE = {"type": "output_text", "text": "Ripe.", "annotations": [{"type": "file_path", "file_id": "f"}]}
SAID = {"type": "message", "role": "assistant", "status": "completed", "content": [RIPE]}
THOUGHT = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}], "encrypted_content": "gAAA"}
TEXT_EVENTS: dict[str, tuple[list[dict[str, Any]], list[dict[str, Any]]]] = {
    "gaps among the places": (
        [
            told("reasoning_summary_text.delta", item_id="r", output_index=2, summary_index=0, delta="Hm"),
            told("output_item.done", item={**THOUGHT, "id": "r"}, output_index=2),
            told("output_text.delta", item_id="m", output_index=5, content_index=0, delta="Ripe."),
            told("output_item.done", item={**SAID, "id": "m"}, output_index=5),
        ],
        [],
    ),
    "other places in the whole output": (
        [
            told("reasoning_summary_text.delta", item_id="r", output_index=2, summary_index=0, delta="Hm"),
            told("output_text.delta", item_id="m", output_index=5, content_index=0, delta="Ripe."),
        ],
        [{**THOUGHT, "id": "r"}, {**SAID, "id": "m"}],
    ),
    "other ids in the whole output": (
        [
            told("reasoning_summary_text.delta", item_id="a", output_index=0, summary_index=0, delta="Hm"),
            told("output_item.done", item={**THOUGHT, "id": "b"}, output_index=0),
            told("output_text.delta", item_id="c", output_index=1, content_index=0, delta="Ripe"),
            told("output_text.done", item_id="d", output_index=1, content_index=0, text="Ripe."),
            told("output_item.done", item={**SAID, "id": "e"}, output_index=1),
        ],
        [{**THOUGHT, "id": "f"}, {**SAID, "id": "g"}],
    ),
    "ids only": (
        [
            told("output_item.added", item={**THOUGHT, "id": "r", "summary": []}),
            told("output_item.added", item={**SAID, "id": "m", "content": []}),
            told("output_text.delta", item_id="m", delta="Ri"),
            told("reasoning_summary_text.delta", item_id="r", delta="Hm"),
            told("output_text.delta", item_id="m", delta="pe."),
        ],
        [{**THOUGHT, "id": "r"}, {**SAID, "id": "m"}],
    ),
    "content that is a text": (
        [
            told("output_item.done", item={**THOUGHT, "id": "r"}, output_index=0),
            told("output_text.delta", item_id="m", output_index=1, content_index=0, delta="Ri"),
            told("output_item.done", item={**SAID, "id": "m", "content": "Ripe."}, output_index=1),
        ],
        [{**THOUGHT, "id": "r"}, {**SAID, "id": "m"}],
    ),
    "nothing but the whole output": ([], [{**THOUGHT, "id": "r"}, {**SAID, "id": "m"}]),
}


@pytest.mark.parametrize(("events", "output"), TEXT_EVENTS.values(), ids=TEXT_EVENTS)
def test_texts_of_chat_by_responses(events: list[Any], output: list[Any]) -> None:
    *_, last = chat_by_responses(events, output)
    choice = last.accumulated.choices[0]
    assert (choice.message.content, choice.message.reasoning_content) == ("Ripe.", "Hm")
    assert [len(choice.message.annotations), choice.finish_reason] == [1, "stop"]
    assert [each.data for each in choice.message.reasoning_details if each.data] == ["gAAA"]


def test_a_message_before_one_that_was_streamed() -> None:
    first = {**SAID, "id": "m1", "content": [{"type": "output_text", "text": "Wait. "}]}
    streamed = told("output_text.delta", item_id="m2", output_index=1, content_index=0, delta="Ripe.")
    *_, last = chat_by_responses([streamed], [first, {**SAID, "id": "m2"}])
    assert last.accumulated.choices[0].message.content == "Ripe.Wait. "  # each once; what was streamed is out


# Where the two halves of a character may be in a chunk's delta.
CUT: dict[str, Callable[[str], dict[str, Any]]] = {
    "content": lambda text: {"content": text},
    "reasoning": lambda text: {"reasoning_content": text},
    "reasoning under its other name": lambda text: {"reasoning": text},
    "refusal": lambda text: {"refusal": text},
    "content in parts": lambda text: {"content": [{"type": "text", "text": text}]},
    "what is said": lambda text: {"audio": {"transcript": text}},
    "details of the reasoning": lambda text: {
        "reasoning_details": [{"type": "reasoning.text", "index": 0, "text": text}]
    },
    "a function call": lambda text: {"function_call": {"arguments": text}},
    "a custom tool": lambda text: {"tool_calls": [{"index": 0, "type": "custom", "custom": {"input": text}}]},
}


@pytest.mark.parametrize("of", CUT.values(), ids=CUT)
def test_a_text_that_is_cut_inside_a_character(of: Callable[[str], dict[str, Any]]) -> None:
    *chunks, last = chat_stream([*(delta(**of(text)) for text in ("A " + HIGH, LOW + "!", "!")), delta("stop")])
    pieces = [as_json(each)["choices"][0]["delta"] for each in chunks]
    typed = [str(each.choices[0].delta) for each in chunks]
    assert not any("\ufffd" in each or "\\357\\277\\275" in each for each in typed)
    assert [text_in(each) for each in pieces] == ["A ", f"{MELON}!", "!", ""]
    assert f"A {MELON}!!" in text_in(as_json(last.accumulated)["choices"][0]["message"])


def test_half_a_character_that_nothing_follows() -> None:
    texts = ["A" + HIGH, "B", "C" + LOW + "D", "E" + HIGH]
    *chunks, last = chat_stream([*(delta(content=text) for text in texts), delta("stop")])
    sent = "".join(as_json(each)["choices"][0]["delta"].get("content", "") for each in chunks)
    assert sent == "A\ud83cBC\udf48DE\ud83c"
    assert as_json(last.accumulated)["choices"][0]["message"]["content"] == sent


def test_a_response_by_chat_that_is_cut_inside_a_character() -> None:
    events = response_stream([delta(content=HIGH), delta("stop", content=LOW)])
    assert [each.output_text_delta.delta for each in events if each.HasField("output_text_delta")] == [MELON]
    assert events[-1].completed.response.output[0].message.content.parts.parts[0].output_text.text == MELON


def test_a_legacy_completion_that_is_cut_inside_a_character() -> None:
    texts = [(HIGH, None), (LOW, None), ("!", "stop")]
    pieces = [
        {**COMPLETION, "choices": [{"index": 0, "text": text, "finish_reason": reason}]} for text, reason in texts
    ]
    request = completions_pb2.CreateCompletionRequest(model="m")
    request.call_options.accumulate = True
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", COMPLETIONS, answers.stream(written(pieces)))
        *chunks, last = gateway.completions.StreamCompletion(request, timeout=10)
    assert [each.choices[0].text for each in chunks] == ["", MELON, "!"]
    assert last.accumulated.choices[0].text == MELON + "!"


@pytest.mark.parametrize("kind", ["output_text.delta", "function_call_arguments.delta", "reasoning_text.delta"])
def test_a_response_that_is_cut_inside_a_character(kind: str) -> None:
    place = {"item_id": "m", "output_index": 0, "content_index": 0}
    pieces = [told(kind, **place, delta=text) for text in ("A" + HIGH, LOW, "B")]
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi"})
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", RESPONSES, answers.stream(written([*pieces, told("completed", response=RESPONSE)])))
        *events, _ = gateway.responses.StreamResponse(request, timeout=10)
    assert [getattr(each, each.WhichOneof("kind") or "").delta for each in events] == ["A", MELON, "B"]


FILTERED = {"id": "", "object": "", "created": 0, "model": "", "system_fingerprint": ""}
REPEATED: dict[str, list[dict[str, Any]]] = {
    "the whole message in the last chunk": [
        delta(role="assistant", content="Ripe "),
        delta(content="melon"),
        {
            **CHUNK,
            "choices": [
                {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "Ripe melon", "x": 1}}
            ],
        },
    ],
    "the whole message beside an empty delta, more than was streamed": [
        delta(role="assistant", content="Ripe"),
        {
            **CHUNK,
            "choices": [
                {"index": 0, "delta": {}, "finish_reason": "stop", "message": {"content": "Ripe melon", "x": 1}}
            ],
        },
    ],
    "messages in place of deltas": [
        {**CHUNK, "choices": [{"index": 0, "message": {"role": "assistant", "content": "Ripe "}}]},
        {**CHUNK, "choices": [{"index": 0, "message": {"content": "melon", "x": 1}, "finish_reason": "stop"}]},
    ],
    "messages that grow": [
        {**CHUNK, "choices": [{"index": 0, "message": {"role": "assistant", "content": text}}]}
        for text in ("Ripe", "Ripe me", "Ripe melon")
    ]
    + [{**CHUNK, "choices": [{"index": 0, "message": {"content": "Ripe melon", "x": 1}, "finish_reason": "stop"}]}],
    "chunks of a filter": [
        {**CHUNK, **FILTERED, "choices": [], "x": 1},
        delta(role="assistant", content="Ripe "),
        {
            **CHUNK,
            **FILTERED,
            "choices": [{"index": 0, "finish_reason": "", "delta": {"role": "", "content": "melon"}}],
        },
        delta("stop"),
        {**CHUNK, **FILTERED, "choices": [{"index": 0, "finish_reason": None, "content_filter_offsets": {"a": 1}}]},
    ],
}


@pytest.mark.parametrize("chunks", REPEATED.values(), ids=REPEATED)
def test_accumulated_once(chunks: list[dict[str, Any]]) -> None:
    *_, last = chat_stream(chunks)
    whole = last.accumulated
    assert (whole.id, whole.created, whole.model) == (CHUNK["id"], CHUNK["created"], CHUNK["model"])
    choice = whole.choices[0]
    assert (choice.message.content, choice.finish_reason) == ("Ripe melon", "stop")
    assert '"x":1' in whole.extra_json + choice.message.extra_json


@pytest.mark.parametrize("chunks", REPEATED.values(), ids=REPEATED)
def test_a_response_by_chat_says_it_once(chunks: list[dict[str, Any]]) -> None:
    events = response_stream(chunks)
    whole = events[-1].completed.response
    assert (whole.id, whole.created_at, whole.model) == ("resp_1", CHUNK["created"], CHUNK["model"])
    assert (events[0].created.response.id, events[0].created.response.model) == (whole.id, whole.model)
    assert [part.output_text.text for part in whole.output[0].message.content.parts.parts] == ["Ripe melon"]
    assert "".join(each.output_text_delta.delta for each in events) == "Ripe melon"
    assert (len(whole.output), as_json(whole)["x"]) == (1, 1)


def test_what_each_chunk_has_of_all_so_far_is_there_once() -> None:
    pages = ["https://a.example", "https://b.example"]
    chunks = [
        {**delta(content="Ripe "), "citations": pages[:1]},
        {**delta(content="melon"), "citations": pages},
        {**delta("stop"), "citations": pages},
    ]
    assert as_json(chat_stream(chunks)[-1].accumulated)["citations"] == pages


@pytest.mark.parametrize("whole", [False, True])
def test_a_part_of_another_kind_beside_text(whole: bool) -> None:
    """A chat by `/responses`, whole and streamed."""
    clip = {"type": "clip", "clip": "melon.wav"}
    message = {**SAID, "id": "m", "content": [RIPE, clip]}
    if whole:
        with StandIn() as upstream, running_gateway(deployment(upstream.url, mode="responses")) as gateway:
            upstream.on("POST", RESPONSES, answers.json({**RESPONSE, "output": [message]}))
            said = as_json(gateway.chat.CreateChatCompletion(chat(), timeout=10))["choices"][0]["message"]
    else:
        chunks = chat_by_responses([told("output_item.done", output_index=0, item=message)], [])
        said = as_json(chunks[-1].accumulated)["choices"][0]["message"]
    assert said["content"] == "Ripe."
    assert said["provider_specific_fields"]["content_parts"] == [clip]


CUT_SHORT = {
    "length": "max_output_tokens",
    "model_length": "max_output_tokens",
    "MAX_TOKENS": "max_output_tokens",
    "SAFETY": "content_filter",
    "sensitive": "content_filter",
}


@pytest.mark.parametrize(("word", "reason"), CUT_SHORT.items())
def test_a_response_by_chat_that_is_cut_short(word: str, reason: str) -> None:
    last = response_stream([delta(content="Ripe"), delta(word)])[-1]
    assert last.incomplete.response.incomplete_details.reason == reason


@pytest.mark.parametrize("word", ["STOP", "COMPLETE", "eos", "tool_calls", "repetition"])
def test_a_response_by_chat_that_is_not(word: str) -> None:
    assert response_stream([delta(content="Ripe"), delta(word)])[-1].completed.response.status == "completed"


def test_messages_that_seem_to_grow() -> None:
    pieces = [
        {**CHUNK, "choices": [{"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": reason}]}
        for text, reason in (("1", None), ("11", None), ("2", None), ("21", "stop"))
    ]
    assert chat_stream(pieces)[-1].accumulated.choices[0].message.content == "111221"


def test_tool_calls_that_only_the_last_chunk_has() -> None:
    call = {"id": PEEL[0], "type": "function", "function": {"name": PEEL[1], "arguments": PEEL[2]}}
    message = {"role": "assistant", "content": "Yes", "reasoning": "Hm", "tool_calls": [call]}
    end = {**CHUNK, "choices": [{"index": 0, "finish_reason": "tool_calls", "message": message}]}
    chunks = [delta(reasoning_content="Hm"), delta(content="Yes"), end, end]
    assert calls_of(chat_stream(chunks)[-1].accumulated) == [PEEL]
    *_, text, item_ = response_stream(chunks)[-1].completed.response.output
    assert text.message.content.parts.parts[0].output_text.text == "Yes"
    assert (item_.function_call.call_id, item_.function_call.name, item_.function_call.arguments) == PEEL


def test_a_call_in_both_forms_is_one_call() -> None:
    function = {"name": PEEL[1], "arguments": PEEL[2]}
    both = delta(tool_calls=[{"index": 0, "id": PEEL[0], "function": function}], function_call=function)
    (item_,) = response_stream([both, delta("tool_calls")])[-1].completed.response.output
    assert (item_.function_call.call_id, item_.function_call.name, item_.function_call.arguments) == PEEL


def test_an_empty_call_is_none() -> None:
    empty: dict[str, Any] = {"function_call": {"name": "", "arguments": ""}, "tool_calls": [piece("", "", id="")]}
    chunks = [delta(content="Yes", function_call={"name": "", "arguments": ""}), delta(None, **empty), delta("stop")]
    (item_,) = response_stream(chunks)[-1].completed.response.output
    assert item_.message.content.parts.parts[0].output_text.text == "Yes"


def test_tool_calls_that_the_last_chunk_repeats() -> None:
    call = {"id": PEEL[0], "type": "function", "function": {"name": PEEL[1], "arguments": PEEL[2]}}
    whole = {"index": 0, "finish_reason": "tool_calls", "message": {"role": "assistant", "tool_calls": [call]}}
    end = {**CHUNK, "choices": [whole]}
    assert calls_of(chat_stream([delta(tool_calls=[{**call, "index": 0}]), end])[-1].accumulated) == [PEEL]
    assert calls_of(chat_stream([end])[-1].accumulated) == [PEEL]
    (item_,) = response_stream([end])[-1].completed.response.output
    assert (item_.function_call.name, item_.function_call.arguments) == PEEL[1:]


def text_in(value: Any) -> str:
    """Returns the one text in a delta or a message that stands for what the model says."""
    if isinstance(value, dict):
        return "".join(text_in(each) for key, each in value.items() if key not in {"role", "type", "format", "name"})
    if isinstance(value, list):
        return "".join(text_in(each) for each in value)
    return value if isinstance(value, str) else ""


def accumulated() -> chat_pb2.CreateChatCompletionRequest:
    request = chat()
    request.call_options.accumulate = True
    return request


def chat_stream(events: Sequence[Any]) -> list[chat_pb2.ChatCompletionChunk]:
    """Returns the chunks of a chat, the last of which has it whole."""
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answers.stream(written(events)))
        return list(gateway.chat.StreamChatCompletion(accumulated(), timeout=10))


def response_stream(events: Sequence[Any]) -> list[Any]:
    """Returns the events of a response by chat."""
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi"})
    with StandIn() as upstream, running_gateway(deployment(upstream.url, responses_as_chat=True)) as gateway:
        upstream.on("POST", CHAT, answers.stream(written(events)))
        return list(gateway.responses.StreamResponse(request, timeout=10))


def chat_by_responses(events: Sequence[Any], output: list[Any]) -> list[chat_pb2.ChatCompletionChunk]:
    """Returns the chunks of a chat by Responses, the last of which has it whole."""
    begun = told("created", response={**RESPONSE, "status": "in_progress", "output": []})
    end = told("completed", response={**RESPONSE, "output": output})
    with StandIn() as upstream, running_gateway(deployment(upstream.url, mode="responses")) as gateway:
        upstream.on("POST", RESPONSES, answers.stream(written([begun, *events, end])))
        return list(gateway.chat.StreamChatCompletion(accumulated(), timeout=10))


def written(events: Sequence[Any]) -> list[bytes]:
    """Returns events as bytes; half a character is an escape."""
    return [b"data: " + dumps(each) + b"\n\n" for each in events]
