"""What a model has said, sent back with the next request through the same bridge."""

from typing import Any

import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2, response_pb2, responses_pb2
from openai_grpc_server.bridge.chat_to_responses_reply import chat_completion
from openai_grpc_server.bridge.chat_to_responses_request import response_request
from openai_grpc_server.bridge.losses import Losses
from openai_grpc_server.bridge.responses_to_chat_reply import response
from openai_grpc_server.bridge.responses_to_chat_request import chat_request

REASONING = {
    "type": "reasoning",
    "id": "rs_1",
    "summary": [{"type": "summary_text", "text": "One"}, {"type": "summary_text", "text": "Two"}],
    "encrypted_content": "gAAA",
}
MORE_REASONING = {"type": "reasoning", "id": "rs_2", "summary": [], "encrypted_content": "gAAB"}
SEARCH = {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}}
IMAGE = {
    "type": "image_generation_call",
    "id": "ig_1",
    "status": "completed",
    "result": "UklGRg==",
    "output_format": "webp",
}
CALL = {"type": "function_call", "call_id": "c1", "name": "f", "arguments": "{}", "namespace": "n"}
CUSTOM = {"type": "custom_tool_call", "call_id": "c2", "name": "sql", "input": "SELECT 1"}
PART = {"type": "output_text", "text": "Hi", "annotations": []}
MESSAGE = {"type": "message", "id": "msg_1", "role": "assistant", "content": [PART], "phase": "final_answer"}
SENT_BACK = {"type": "message", "role": "assistant", "content": "Hi", "phase": "final_answer"}

OUTPUTS: dict[str, tuple[list[Any], list[Any]]] = {
    "text": ([MESSAGE], [SENT_BACK]),
    "reasoning before text": ([REASONING, MESSAGE], [REASONING, SENT_BACK]),
    "reasoning before calls": ([REASONING, CALL, CUSTOM], [REASONING, CALL, CUSTOM]),
    "two thoughts": ([REASONING, MORE_REASONING, CALL], [REASONING, MORE_REASONING, CALL]),
    "hosted tools between thoughts": (
        [REASONING, SEARCH, MORE_REASONING, IMAGE, MESSAGE, CALL],
        [REASONING, SEARCH, MORE_REASONING, IMAGE, SENT_BACK, CALL],
    ),
}


@pytest.mark.parametrize(("output", "items"), OUTPUTS.values(), ids=OUTPUTS)
def test_chat_by_responses(output: list[Any], items: list[Any]) -> None:
    reply = from_object(response_pb2.Response, {"id": "resp_1", "status": "completed", "output": output})
    request = chat_pb2.CreateChatCompletionRequest()
    request.messages.add().assistant.CopyFrom(chat_completion(reply).choices[0].message)
    assert loads(to_json(response_request(request, Losses("Responses"))))["input"] == items


TOOL_CALL = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
SIGNED = {"type": "reasoning.text", "text": "Hm", "signature": "sig", "index": 0}
SECRET = {"type": "reasoning.encrypted", "data": "gAAA", "format": "xai-responses-v1", "index": 0}

MESSAGES: dict[str, dict[str, Any]] = {
    "text": {"content": "Hi"},
    "a refusal": {"refusal": "No"},
    "calls": {"content": "Let me see", "tool_calls": [TOOL_CALL, {**TOOL_CALL, "id": "c2"}]},
    "reasoning": {"reasoning_content": "Hm", "content": "Hi"},
    "signed reasoning": {"reasoning_content": "Hm", "reasoning_details": [SIGNED], "tool_calls": [TOOL_CALL]},
    "encrypted reasoning": {"reasoning_details": [SECRET], "content": "Hi"},
    "a signed call": {"tool_calls": [{**TOOL_CALL, "extra_content": {"google": {"signature": "s"}}}]},
    "a custom call": {"tool_calls": [{"id": "c1", "type": "custom", "custom": {"name": "sql", "input": "SELECT 1"}}]},
}


@pytest.mark.parametrize("message", MESSAGES.values(), ids=MESSAGES)
def test_responses_by_chat(message: dict[str, Any]) -> None:
    choice = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", **message}}
    completion = from_object(chat_pb2.ChatCompletion, {"id": "chatcmpl-1", "choices": [choice]})
    request = responses_pb2.CreateResponseRequest()
    request.input.items.items.extend(response(request, completion).output)
    assert loads(to_json(chat_request(request, Losses("chat"))))["messages"] == [{"role": "assistant", **message}]
