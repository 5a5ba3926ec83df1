"""Requests from messages and from keyword arguments."""

import math
from typing import Any

import pytest

from openai_grpc.client import _rpcs as rpcs
from openai_grpc.client._request import Prepared
from openai_grpc.codec import from_object, loads, to_json
from openai_grpc.v1 import (
    CallOptions,
    ChatCompletion,
    ChatCompletionMessage,
    CreateChatCompletionRequest,
    CreateEmbeddingRequest,
    EmbeddingInput,
    GetResponseRequest,
    TimeLimits,
)

HELLO = {"role": "user", "content": "hello"}
TOOL = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
ANSWER = from_object(ChatCompletion, {"choices": [{"index": 0, "message": {"role": "assistant", "content": "hi"}}]})

FIELDS: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {
    "scalars": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"model": "m", "temperature": 1, "seed": 5, "store": False},
        {"model": "m", "temperature": 1, "seed": 5, "store": False},
    ),
    "messages as dicts": (rpcs.CREATE_CHAT_COMPLETION, {"messages": [HELLO]}, {"messages": [HELLO]}),
    "messages as a tuple": (rpcs.CREATE_CHAT_COMPLETION, {"messages": (HELLO,)}, {"messages": [HELLO]}),
    "messages as an iterator": (rpcs.CREATE_CHAT_COMPLETION, {"messages": iter([HELLO])}, {"messages": [HELLO]}),
    "a reply's message as the next request's": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"messages": [HELLO, ANSWER.choices[0].message]},
        {"messages": [HELLO, {"role": "assistant", "content": "hi"}]},
    ),
    "tools and a choice": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"tools": [TOOL], "tool_choice": "auto", "stop": ["a", "b"]},
        {"tools": [TOOL], "tool_choice": "auto", "stop": ["a", "b"]},
    ),
    "a field whose name in the contract is another": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"chat_template_kwargs": {"enable_thinking": False}},
        {"chat_template_kwargs": {"enable_thinking": False}},
    ),
    "keys of providers, which are in inline messages": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"random_seed": 5, "models": ["a", "b"], "provider": {"order": ["p"]}, "enable_thinking": True},
        {"random_seed": 5, "models": ["a", "b"], "provider": {"order": ["p"]}, "enable_thinking": True},
    ),
    "OpenAI's own metadata is a field": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"metadata": {"a": "b"}, "extra_metadata": {"x": "y"}},
        {"metadata": {"a": "b"}},
    ),
    "None is not given": (rpcs.CREATE_CHAT_COMPLETION, {"model": None, "seed": 1}, {"seed": 1}),
    "None inside is null": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"messages": [{"role": "assistant", "content": None}]},
        {"messages": [{"role": "assistant", "content": None}]},
    ),
    "what the contract does not know": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"seed": 1, "extra_body": {"brand_new": [1], "top_p": None}},
        {"seed": 1, "brand_new": [1], "top_p": None},
    ),
    "the gateway's own fields are not OpenAI's": (
        rpcs.CREATE_CHAT_COMPLETION,
        {"seed": 1, "call_options": {"accumulate": True}},
        {"seed": 1},
    ),
    "a text": (rpcs.CREATE_EMBEDDING, {"input": "a"}, {"input": "a"}),
    "texts": (rpcs.CREATE_EMBEDDING, {"input": ["a", "b"]}, {"input": ["a", "b"]}),
    "a union as a message": (rpcs.CREATE_EMBEDDING, {"input": EmbeddingInput(text="a")}, {"input": "a"}),
    "items": (rpcs.CREATE_RESPONSE, {"input": [HELLO]}, {"input": [HELLO]}),
    "nested dicts": (rpcs.CREATE_RESPONSE, {"reasoning": {"effort": "low"}}, {"reasoning": {"effort": "low"}}),
}


@pytest.mark.parametrize(("rpc", "fields", "sent"), FIELDS.values(), ids=FIELDS)
def test_fields(rpc: Any, fields: dict[str, Any], sent: dict[str, Any]) -> None:
    assert loads(to_json(rpc.build(**fields).request)) == sent


def test_the_gateways_own_fields() -> None:
    for options in ({"accumulate": True}, CallOptions(accumulate=True)):
        request: Any = rpcs.CREATE_CHAT_COMPLETION.build(call_options=options).request
        assert request.call_options.accumulate


def test_a_message_goes_as_it_is() -> None:
    request = CreateChatCompletionRequest(model="m")
    prepared = rpcs.CREATE_CHAT_COMPLETION.build(request, timeout=3, extra_metadata=[("Key", "v"), ("k-bin", b"\x00")])
    assert prepared == Prepared(request, 3, (("key", "v"), ("k-bin", b"\x00")))
    assert prepared.request is request


@pytest.mark.parametrize(
    ("given", "fields"),
    [((GetResponseRequest(response_id="r"),), {}), (("r",), {}), ((), {"response_id": "r"})],
    ids=["a request", "an id", "a field"],
)
def test_an_id(given: Any, fields: dict[str, Any]) -> None:
    assert rpcs.GET_RESPONSE.build(*given, **fields).request == GetResponseRequest(response_id="r")


WRONG: dict[str, tuple[Any, tuple[Any, ...], dict[str, Any], str]] = {
    "a field that is misspelt": (rpcs.CREATE_CHAT_COMPLETION, (), {"modle": "m"}, "did you mean 'model'"),
    "a field that nobody knows": (rpcs.CREATE_CHAT_COMPLETION, (), {"zzz": 1}, "extra_body"),
    "stream": (rpcs.CREATE_CHAT_COMPLETION, (), {"stream": True}, r"stream\(\)"),
    "a request and fields": (
        rpcs.CREATE_CHAT_COMPLETION,
        (CreateChatCompletionRequest(),),
        {"model": "m"},
        "not both: model",
    ),
    "another request": (
        rpcs.CREATE_CHAT_COMPLETION,
        (CreateEmbeddingRequest(),),
        {},
        "must be a CreateChatCompletionRequest, not a CreateEmbeddingRequest",
    ),
    "an id where there is none": (rpcs.CREATE_CHAT_COMPLETION, ("hello",), {}, "not a str"),
    "bytes": (rpcs.CREATE_CHAT_COMPLETION, (), {"messages": [{"content": b"x"}]}, "data URL"),
    "an object": (rpcs.CREATE_CHAT_COMPLETION, (), {"messages": [object()]}, "object can't be JSON"),
    "an upload without a file": (rpcs.UPLOAD_TRANSCRIPTION, (), {"model": "m"}, "a file to send is required"),
    "a file without a name": (rpcs.UPLOAD_TRANSCRIPTION, (), {"file": b"x"}, "a pair of its name and its content"),
}


@pytest.mark.parametrize(("rpc", "given", "fields", "told"), WRONG.values(), ids=WRONG)
def test_wrong(rpc: Any, given: tuple[Any, ...], fields: dict[str, Any], told: str) -> None:
    with pytest.raises(TypeError, match=told):
        rpc.build(*given, **fields)


@pytest.mark.parametrize(
    ("timeout", "default", "deadline"),
    [(None, 600.0, 600.0), (None, math.inf, None), (3.0, 600.0, 3.0), (math.inf, 600.0, None)],
)
def test_deadline(timeout: float | None, default: float, deadline: float | None) -> None:
    assert Prepared(ChatCompletionMessage(), timeout, ()).deadline(default) == deadline


@pytest.mark.parametrize(
    ("timeout", "deadline", "metadata"),
    [
        (2, 2, ()),
        ({"total": 2}, 2, ()),
        ({"total": math.inf, "connect": None}, None, ()),
        (
            {"first_message": 2.5, "connect": 1e-9},
            9.0,
            (("openai-grpc-time-limits", "first_message=2.5, connect=0.001"),),
        ),
        (TimeLimits(between_messages=10, total=60), 60, (("openai-grpc-time-limits", "between_messages=10"),)),
    ],
)
def test_limits_of_time(timeout: Any, deadline: float | None, metadata: Any) -> None:
    prepared = rpcs.CREATE_CHAT_COMPLETION.build(model="m", timeout=timeout)
    assert (prepared.deadline(9.0), prepared.metadata) == (deadline, metadata)


@pytest.mark.parametrize("timeout", ["5", {"tide": 1}, CallOptions()])
def test_what_is_no_limit_of_time(timeout: Any) -> None:
    with pytest.raises(TypeError, match="timeout must be seconds, or a mapping of connect"):
        rpcs.CREATE_CHAT_COMPLETION.build(model="m", timeout=timeout)
