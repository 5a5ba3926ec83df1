"""System text as user text, for models that take no system messages."""

from typing import Any

import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.bridge.adapter import system_to_user


def text(value: str) -> dict[str, Any]:
    return {"type": "text", "text": value}


IMAGE = {"type": "image_url", "image_url": {"url": "https://host/i.png"}}
CALL = {
    "role": "assistant",
    "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f", "arguments": "{}"}}],
}
RESULT = {"role": "tool", "tool_call_id": "c", "content": "42"}
SYSTEM = {"role": "system", "content": "Be brief."}
USER = {"role": "user", "content": "Hi"}

CASES: dict[str, tuple[list[Any], list[Any]]] = {
    "into the user message that follows": ([SYSTEM, USER], [{"role": "user", "content": "Be brief.\n\nHi"}]),
    "two of them": (
        [SYSTEM, {"role": "developer", "content": "Rhyme."}, USER],
        [{"role": "user", "content": "Be brief.\n\nRhyme.\n\nHi"}],
    ),
    "text before parts": (
        [SYSTEM, {"role": "user", "content": [text("Look"), IMAGE]}],
        [{"role": "user", "content": [text("Be brief."), text("Look"), IMAGE]}],
    ),
    "parts before text": (
        [{"role": "system", "content": [text("Be"), text("brief.")]}, USER],
        [{"role": "user", "content": [text("Be"), text("brief."), text("Hi")]}],
    ),
    "before an assistant's message": (
        [SYSTEM, {"role": "assistant", "content": "Yes?"}, USER],
        [{"role": "user", "content": "Be brief."}, {"role": "assistant", "content": "Yes?"}, USER],
    ),
    "before a tool's result": (
        [USER, CALL, SYSTEM, RESULT],
        [USER, CALL, RESULT, {"role": "user", "content": "Be brief."}],
    ),
    "between two results and a question": (
        [USER, CALL, RESULT, SYSTEM, RESULT, USER],
        [USER, CALL, RESULT, RESULT, {"role": "user", "content": "Be brief.\n\nHi"}],
    ),
    "a list before a tool's result": (
        [USER, CALL, {"role": "system", "content": [text("Be brief.")]}, RESULT],
        [USER, CALL, RESULT, {"role": "user", "content": [text("Be brief.")]}],
    ),
    "before a result without a call": (
        [SYSTEM, RESULT],
        [{"role": "user", "content": "Be brief."}, RESULT],
    ),
    "at the end": ([USER, SYSTEM], [USER, {"role": "user", "content": "Be brief."}]),
    "with a name of its own": (
        [{**SYSTEM, "name": "rules"}, USER],
        [{"role": "user", "content": "Be brief.", "name": "rules"}, USER],
    ),
    "of a shape that the contract does not know": (
        [{"role": "system", "content": {"new": 1}}, USER],
        [{"role": "user", "content": [{"new": 1}, text("Hi")]}],
    ),
    "none": ([USER, CALL, RESULT], [USER, CALL, RESULT]),
}


@pytest.mark.parametrize(("messages", "expected"), CASES.values(), ids=CASES)
def test_system_to_user(messages: list[Any], expected: list[Any]) -> None:
    value = {"model": "m", "temperature": 0.5, "messages": messages}
    request = from_object(chat_pb2.CreateChatCompletionRequest, value)
    assert loads(to_json(system_to_user(request))) == {**value, "messages": expected}
    assert loads(to_json(request)) == value
