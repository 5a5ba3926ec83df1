"""Chat completions of an upstream that has legacy completions only."""

from typing import Any

import pytest

from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import chat_pb2, completions_pb2
from openai_grpc_server.bridge.chat_to_completions import CompletionChunks, chat_completion, completion_request
from openai_grpc_server.bridge.losses import Losses
from openai_grpc_server.errors import InvalidArgumentError

USER = {"role": "user", "content": "Say this"}
TURNS = [
    {"role": "system", "content": [{"type": "text", "text": "Be"}, {"type": "text", "text": " brief."}]},
    USER,
    {"role": "assistant", "content": "This"},
    {"role": "user", "content": "Again"},
]

REQUESTS: dict[str, tuple[dict[str, Any], dict[str, Any]]] = {
    "one message is the prompt": ({"messages": [USER]}, {"prompt": "Say this"}),
    "several are a dialogue": (
        {"messages": TURNS},
        {"prompt": "System: Be brief.\n\nUser: Say this\n\nAssistant: This\n\nUser: Again\n\nAssistant:"},
    ),
    "parameters": (
        {"messages": [USER], "max_tokens": 5, "stop": ["a"], "n": 2, "seed": 7, "logit_bias": {"50256": -100}},
        {"prompt": "Say this", "max_tokens": 5, "stop": ["a"], "n": 2, "seed": 7, "logit_bias": {"50256": -100}},
    ),
    "the newer name of the limit": (
        {"messages": [USER], "max_completion_tokens": 5},
        {"prompt": "Say this", "max_tokens": 5},
    ),
    "log probabilities": (
        {"messages": [USER], "logprobs": True, "top_logprobs": 3},
        {"prompt": "Say this", "logprobs": 3},
    ),
    "only those of the tokens themselves": (
        {"messages": [USER], "logprobs": True},
        {"prompt": "Say this", "logprobs": 0},
    ),
    "what the contract does not know": ({"messages": [USER], "new": 1}, {"prompt": "Say this", "new": 1}),
}


@pytest.mark.parametrize(("value", "expected"), REQUESTS.values(), ids=REQUESTS)
def test_request(value: dict[str, Any], expected: dict[str, Any]) -> None:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "m", **value})
    assert loads(to_json(completion_request(request, Losses("legacy completions")))) == {"model": "m", **expected}


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "tools": ({"tools": [{"type": "function", "function": {"name": "f"}}]}, "tools"),
    "reasoning": ({"reasoning_effort": "low"}, "reasoning_effort"),
    "a key of one provider": ({"provider": {"order": ["p"]}}, "openrouter.provider"),
    "a name": ({"messages": [{"role": "user", "content": "x", "name": "n"}]}, "messages[0].user.name"),
}
SAID: dict[str, tuple[dict[str, Any], str]] = {
    "an image": (
        {"messages": [{"role": "user", "content": [{"type": "image_url", "image_url": {"url": "u"}}]}]},
        "messages[0].user.content.parts[0].image_url",
    ),
    "a tool's result": ({"messages": [{"role": "tool", "content": "x", "tool_call_id": "c"}]}, "messages[0].tool"),
    "a tool call": (
        {
            "messages": [
                {"role": "assistant", "tool_calls": [{"id": "c", "type": "function", "function": {"name": "f"}}]}
            ]
        },
        "messages[0].assistant.tool_calls",
    ),
    "content of a new shape": ({"messages": [{"role": "user", "content": 1}]}, "messages[0].user.content.unknown"),
}


@pytest.mark.parametrize(("value", "field"), REFUSED.values(), ids=REFUSED)
def test_what_can_not_be_said_is_refused_or_dropped(value: dict[str, Any], field: str) -> None:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "m", "messages": [USER], **value})
    with pytest.raises(InvalidArgumentError) as caught:
        completion_request(request, Losses("legacy completions"))
    assert caught.value.param == field
    dropping = Losses("legacy completions", drop=True)
    completion_request(request, dropping)
    assert dropping.dropped == [field]


TOP = {"id": "cmpl-1", "created": 7, "model": "m", "system_fingerprint": "fp"}
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5}
LOGPROBS = {"tokens": ["Hi"], "token_logprobs": [-0.5], "top_logprobs": [{"Yo": -1.5, "Hi": -0.5}], "text_offset": [0]}
CHAT_LOGPROBS = {
    "content": [
        {
            "token": "Hi",
            "logprob": -0.5,
            "top_logprobs": [{"token": "Hi", "logprob": -0.5}, {"token": "Yo", "logprob": -1.5}],
        }
    ]
}


def test_reply() -> None:
    value = {
        **TOP,
        "object": "text_completion",
        "warning": "old",
        "usage": USAGE,
        "choices": [
            {"index": 0, "text": "Hi", "finish_reason": "length", "logprobs": LOGPROBS},
            {"index": 1, "text": "Yo", "finish_reason": "stop"},
        ],
    }
    reply = chat_completion(from_object(completions_pb2.Completion, value))
    assert loads(to_json(reply)) == {
        **TOP,
        "object": "chat.completion",
        "warning": "old",
        "usage": USAGE,
        "choices": [
            {
                "index": 0,
                "finish_reason": "length",
                "logprobs": CHAT_LOGPROBS,
                "message": {"role": "assistant", "content": "Hi"},
            },
            {"index": 1, "finish_reason": "stop", "message": {"role": "assistant", "content": "Yo"}},
        ],
    }


def test_keys_of_providers_are_handed_on() -> None:
    own = {"provider": "p", "time_info": {"queue_time": 0.5}, "prompt_filter_results": [{"prompt_index": 0}]}
    choice = {"index": 0, "stop_reason": 7, "matched_stop": "x", "seed": 11, "native_finish_reason": "end"}
    completion = from_object(completions_pb2.Completion, {**own, "choices": [{**choice, "text": "Hi"}]})
    reply = loads(to_json(chat_completion(completion)))
    assert {key: reply.get(key) for key in own} == own
    assert {key: reply["choices"][0].get(key) for key in choice} == choice


def test_stream() -> None:
    events: list[dict[str, Any]] = [
        {**TOP, "choices": [{"index": 0, "text": "Hi", "logprobs": LOGPROBS}]},
        {**TOP, "choices": [{"index": 1, "text": "Yo"}]},
        {**TOP, "choices": [{"index": 0, "text": "!", "finish_reason": "stop"}]},
        {**TOP, "choices": [], "usage": USAGE},
    ]
    chunks = CompletionChunks()
    written = [loads(to_json(chunks.chunk(from_object(completions_pb2.Completion, each)))) for each in events]
    top = {**TOP, "object": "chat.completion.chunk"}
    assert written == [
        {
            **top,
            "choices": [{"index": 0, "delta": {"role": "assistant", "content": "Hi"}, "logprobs": CHAT_LOGPROBS}],
        },
        {**top, "choices": [{"index": 1, "delta": {"role": "assistant", "content": "Yo"}}]},
        {**top, "choices": [{"index": 0, "delta": {"content": "!"}, "finish_reason": "stop"}]},
        {**top, "choices": [], "usage": USAGE},
    ]


@pytest.mark.parametrize(("value", "field"), SAID.values(), ids=SAID)
def test_what_the_caller_says_is_never_dropped(value: dict[str, Any], field: str) -> None:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": "m", "messages": [USER], **value})
    for drop in (False, True):
        with pytest.raises(InvalidArgumentError) as caught:
            completion_request(request, Losses("legacy completions", drop=drop))
        assert caught.value.param == field
