"""Chat messages as input items of Responses."""

from typing import Any

import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.bridge.chat_to_responses_request import response_request
from openai_grpc_server.bridge.losses import Losses

USER = {"role": "user", "content": "Hi"}
HI = {"type": "message", "role": "user", "content": "Hi"}
CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": '{"a":1}'}}
CALLED = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": '{"a":1}'}
CUSTOM = {"id": "c2", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}
CUSTOM_CALLED = {"type": "custom_tool_call", "call_id": "c2", "name": "sql", "input": "SELECT 1"}
THOUGHT = {"type": "reasoning", "summary": [{"type": "summary_text", "text": "Hm"}]}
DETAILS = [
    {"type": "reasoning.summary", "summary": "Hm", "id": "rs_1", "format": "openai-responses-v1", "index": 0},
    {"type": "reasoning.encrypted", "data": "gAAA", "id": "rs_1", "format": "openai-responses-v1", "index": 1},
]
SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}
IMAGE = {"type": "image_generation_call", "id": "ig_1", "status": "completed"}
PNG = {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw0KGgo="}, "index": 0}


def assistant(**fields: Any) -> dict[str, Any]:
    return {"role": "assistant", **fields}


CASES: dict[str, tuple[list[Any], list[Any] | None, str | None]] = {
    "a system message first": ([{"role": "system", "content": "Be brief."}, USER], [HI], "Be brief."),
    "a system message in parts": (
        [{"role": "system", "content": [{"type": "text", "text": "Be brief."}]}],
        [{"type": "message", "role": "system", "content": [{"type": "input_text", "text": "Be brief."}]}],
        None,
    ),
    "a system message later": (
        [USER, {"role": "system", "content": "Be brief."}],
        [HI, {"type": "message", "role": "system", "content": "Be brief."}],
        None,
    ),
    "a developer": (
        [{"role": "developer", "content": "Be brief."}],
        [{"type": "message", "role": "developer", "content": "Be brief."}],
        None,
    ),
    "an answer": ([assistant(content="Yo")], [{"type": "message", "role": "assistant", "content": "Yo"}], None),
    "an answer in parts": (
        [assistant(content=[{"type": "text", "text": "Yo"}, {"type": "refusal", "refusal": "No"}])],
        [
            {
                "type": "message",
                "role": "assistant",
                "content": [
                    {"type": "output_text", "text": "Yo", "annotations": []},
                    {"type": "refusal", "refusal": "No"},
                ],
            }
        ],
        None,
    ),
    "a refusal": (
        [assistant(refusal="No")],
        [{"type": "message", "role": "assistant", "content": [{"type": "refusal", "refusal": "No"}]}],
        None,
    ),
    "a tool call with its result": (
        [assistant(content=None, tool_calls=[CALL]), {"role": "tool", "tool_call_id": "c1", "content": "42"}],
        [CALLED, {"type": "function_call_output", "call_id": "c1", "output": "42"}],
        None,
    ),
    "a call of a namespace's tool": (
        [assistant(tool_calls=[{**CALL, "namespace": "billing"}])],
        [{**CALLED, "namespace": "billing"}],
        None,
    ),
    "a custom tool's call with its result": (
        [
            assistant(content="Let me see", tool_calls=[CUSTOM]),
            {"role": "tool", "tool_call_id": "c2", "content": [{"type": "text", "text": "1"}]},
        ],
        [
            {"type": "message", "role": "assistant", "content": "Let me see"},
            CUSTOM_CALLED,
            {
                "type": "custom_tool_call_output",
                "call_id": "c2",
                "output": [{"type": "input_text", "text": "1"}],
            },
        ],
        None,
    ),
    "an image as a tool's result": (
        [
            assistant(tool_calls=[CALL]),
            {"role": "tool", "tool_call_id": "c1", "content": [{"type": "image_url", "image_url": {"url": "u"}}]},
        ],
        [
            CALLED,
            {
                "type": "function_call_output",
                "call_id": "c1",
                "output": [{"type": "input_image", "image_url": "u"}],
            },
        ],
        None,
    ),
    "encrypted reasoning": (
        [assistant(content="Yo", reasoning_content="Hm", reasoning_details=DETAILS)],
        [
            {**THOUGHT, "id": "rs_1", "encrypted_content": "gAAA"},
            {"type": "message", "role": "assistant", "content": "Yo"},
        ],
        None,
    ),
    "reasoning that only a server with a memory could find again": (
        [assistant(content="Yo", reasoning_details=DETAILS[:1])],
        [THOUGHT, {"type": "message", "role": "assistant", "content": "Yo"}],
        None,
    ),
    "reasoning as text": (
        [assistant(content="Yo", reasoning_content="Hm")],
        [THOUGHT, {"type": "message", "role": "assistant", "content": "Yo"}],
        None,
    ),
    "items of hosted tools": (
        [
            assistant(
                content="Yo",
                images=[PNG],
                provider_specific_fields={"output_items": [SEARCH, IMAGE], "phase": "final_answer"},
            )
        ],
        [
            SEARCH,
            {**IMAGE, "result": "iVBORw0KGgo="},
            {"type": "message", "role": "assistant", "content": "Yo", "phase": "final_answer"},
        ],
        None,
    ),
    "an item that chat has no message for": ([{"type": "item_reference", "id": "msg_1"}], None, None),
}


@pytest.mark.parametrize(("messages", "items", "instructions"), CASES.values(), ids=CASES)
def test_messages(messages: list[Any], items: list[Any] | None, instructions: str | None) -> None:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"messages": messages}, keep_nulls=True)
    written = loads(to_json(response_request(request, Losses("Responses"))))
    assert written["input"] == (messages if items is None else items)
    assert written.get("instructions") == instructions
