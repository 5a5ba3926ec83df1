"""Refusals of an upstream that say how a model is to be asked: obeyed at once, and remembered."""

from typing import Any

import pytest

from faults import answers
from faults.stand_in import Exchange, StandIn
from integration.three_apis import CHAT, CHAT_COMPLETION, RESPONSE, RESPONSE_EVENTS, RESPONSES, chat
from openai_grpc.codec import from_object
from openai_grpc.v1 import responses_pb2
from support.failure import failure_of
from support.gateway import LIMIT, deployment, running_gateway

ONLY_RESPONSES = "This model is only supported in v1/responses and not in v1/chat/completions."
NOT_CHAT = "This is not a chat model and thus not supported in the v1/chat/completions endpoint."
TOOLS = (
    "Function tools with reasoning_effort are not supported for m in /v1/chat/completions. "
    "To use function tools, use /v1/responses or set reasoning_effort to 'none'."
)
NO_RESPONSES = "The requested model 'm' cannot be used with the Responses API."
EVENTS: Any = RESPONSE_EVENTS
FUNCTION = {"type": "function", "function": {"name": "f", "parameters": {}}}


def refusing(message: str, status: int = 400, **error: Any) -> Any:
    return answers.json({"error": {"message": message, "type": "invalid_request_error", **error}}, status=status)


def paths(upstream: StandIn) -> list[str]:
    return [each.path for each in upstream.requests]


@pytest.mark.parametrize(("message", "status"), [(ONLY_RESPONSES, 404), (NOT_CHAT, 404), (ONLY_RESPONSES, 400)])
@pytest.mark.parametrize("streaming", [False, True])
def test_a_model_without_chat_is_asked_by_responses(message: str, status: int, streaming: bool) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, refusing(message, status, param="model"))
        stream: Any = answers.stream(answers.events(EVENTS, named=True, done=False))
        upstream.on("POST", RESPONSES, stream if streaming else answers.json(RESPONSE))
        for _ in range(2):
            if streaming:
                chunks = list(gateway.chat.StreamChatCompletion(chat(), timeout=LIMIT))
                assert "".join(each.choices[0].delta.content for each in chunks if each.choices) == "Yo"
            else:
                reply = gateway.chat.CreateChatCompletion(chat(), timeout=LIMIT)
                assert reply.choices[0].message.content == "Yo"
    assert paths(upstream) == [CHAT, RESPONSES, RESPONSES], "and it is remembered"


def test_tools_alone_are_asked_by_responses() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(refusing(TOOLS, param="reasoning_effort"))
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        upstream.on("POST", RESPONSES, answers.json(RESPONSE))
        for tools in ([FUNCTION], [FUNCTION], []):
            gateway.chat.CreateChatCompletion(chat(tools=tools, reasoning_effort="low"), timeout=LIMIT)
    assert paths(upstream) == [CHAT, RESPONSES, RESPONSES, CHAT]


def test_a_model_without_responses_is_asked_by_chat() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", RESPONSES, refusing(NO_RESPONSES, param="model"))
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi"})
        for _ in range(2):
            assert gateway.responses.CreateResponse(request, timeout=LIMIT).status == "completed"
    assert paths(upstream) == [RESPONSES, CHAT, CHAT]


async def takes_low(exchange: Exchange) -> None:
    """Answers like a model that has no temperature and one effort."""
    await exchange.body()
    sent = exchange.request.json()
    answer = answers.json(CHAT_COMPLETION)
    if "temperature" in sent:
        text = "Unsupported parameter: 'temperature' is not supported with this model."
        answer = refusing(text, param="temperature", code="unsupported_parameter")
    elif sent.get("reasoning_effort") not in {None, "low"}:
        text = f"Unsupported value: '{sent['reasoning_effort']}' is not supported with the 'm' model."
        answer = refusing(text, param="reasoning_effort", code="unsupported_value")
    await answer(exchange)


def test_parameters_that_are_refused_are_dropped() -> None:
    asked = {"temperature": 0.5, "reasoning_effort": "xhigh"}
    with StandIn() as upstream, running_gateway(deployment(upstream.url, drop_params=True)) as gateway:
        upstream.on("POST", CHAT, takes_low)
        for each in (asked, asked, {"reasoning_effort": "low"}):
            gateway.chat.CreateChatCompletion(chat(**each), timeout=LIMIT)
    sent = [request.json() for request in upstream.requests]
    assert len(sent) == 5
    assert [each.get("reasoning_effort") for each in sent] == ["xhigh", "xhigh", None, None, "low"]


def test_without_drop_params_the_refusal_is_the_callers() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, takes_low)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(chat(temperature=0.5), timeout=LIMIT))
    assert failure.reason == "INVALID_REQUEST"
    assert len(upstream.requests) == 1


def test_a_parameter_that_has_another_name_is_renamed() -> None:
    text = "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(refusing(text, param="max_tokens", code="unsupported_parameter"))
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        gateway.chat.CreateChatCompletion(chat(max_tokens=7), timeout=LIMIT)
    sent = upstream.requests[-1].json()
    assert ("max_tokens" in sent, sent["max_completion_tokens"]) == (False, 7)


NOT_FOUND = answers.json({"detail": "Not Found"}, status=404)


def test_an_api_that_the_upstream_does_not_have_is_not_remembered() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, refusing(ONLY_RESPONSES))
        upstream.on("POST", RESPONSES, NOT_FOUND)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(chat(), timeout=LIMIT))
        assert (failure.reason, ONLY_RESPONSES in failure.message) == ("INVALID_REQUEST", True)
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        assert gateway.chat.CreateChatCompletion(chat(), timeout=LIMIT).choices
    assert paths(upstream) == [CHAT, RESPONSES, CHAT]


@pytest.mark.parametrize("status", [404, 405, 501])
def test_an_api_that_is_gone_is_forgotten_in_the_same_call(status: int) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(refusing(ONLY_RESPONSES))
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        upstream.on("POST", RESPONSES, answers.json(RESPONSE))
        gateway.chat.CreateChatCompletion(chat(), timeout=LIMIT)
        upstream.on("POST", RESPONSES, answers.json({"detail": "no"}, status=status))
        for _ in range(2):
            gateway.chat.CreateChatCompletion(chat(), timeout=LIMIT)
    assert paths(upstream) == [CHAT, RESPONSES, RESPONSES, CHAT, CHAT]


def test_responses_by_chat_are_forgotten_as_well() -> None:
    request = from_object(responses_pb2.CreateResponseRequest, {"model": "m", "input": "Hi"})
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", RESPONSES, refusing(NO_RESPONSES))
        upstream.on("POST", CHAT, NOT_FOUND)
        failure = failure_of(lambda: gateway.responses.CreateResponse(request, timeout=LIMIT))
        assert NO_RESPONSES in failure.message
        upstream.on("POST", RESPONSES, answers.json(RESPONSE))
        assert gateway.responses.CreateResponse(request, timeout=LIMIT).status == "completed"
    assert paths(upstream) == [RESPONSES, CHAT, RESPONSES]
