"""Which other model serves a call that its own model failed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, models_pb2
from openai_grpc_server.config import RouterConfig
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer

CHAT = "/v1/chat/completions"
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "choices": []})
UNAVAILABLE = answers.json({"error": {"message": "no"}}, status=503)


def refused(code: str | None, message: str = "no") -> "Answer":
    return answers.json({"error": {"message": message, "code": code}}, status=400)


TOO_LONG = refused("context_length_exceeded")
FILTERED = refused("content_filter")


@contextmanager
def models(router: RouterConfig, **given: "Answer") -> Iterator[tuple[RunningGateway, dict[str, StandIn]]]:
    """A gateway with a model for each of these answers, at an upstream of its own."""
    with ExitStack() as stack:
        upstreams = {name: stack.enter_context(StandIn()) for name in given}
        for name, answer in given.items():
            upstreams[name].on("POST", CHAT, answer)
        deployments = [
            deployment(upstream.url, name=f"at {name}", model_name=name, model=f"real-{name}")
            for name, upstream in upstreams.items()
        ]
        yield stack.enter_context(running_gateway(*deployments, router=router)), upstreams


CASES: dict[str, tuple["Answer", dict[str, Any], str | None]] = {
    "general": (UNAVAILABLE, {"fallbacks": {"a": ("b",)}}, "b"),
    "of any model": (UNAVAILABLE, {"fallbacks": {"*": ("b",)}}, "b"),
    "by default": (UNAVAILABLE, {"default_fallbacks": ("b",)}, "b"),
    "of another model": (UNAVAILABLE, {"fallbacks": {"b": ("c",)}}, None),
    "in order, past one that fails": (UNAVAILABLE, {"fallbacks": {"a": ("broken", "c")}}, "c"),
    "past a name that is not configured": (UNAVAILABLE, {"fallbacks": {"a": ("what", "c")}}, "c"),
    "no more than so many": (UNAVAILABLE, {"fallbacks": {"a": ("broken", "c")}, "max_fallbacks": 1}, None),
    "never for a bad request": (refused("invalid_value"), {"fallbacks": {"a": ("b",)}}, None),
    "never for what may be billed twice": (answers.reset(), {"fallbacks": {"a": ("b",)}}, None),
    "context window": (TOO_LONG, {"context_window_fallbacks": {"a": ("b",)}, "fallbacks": {"a": ("c",)}}, "b"),
    "context window, as vLLM says it": (
        refused(None, "This model's maximum context length is 4096 tokens"),
        {"context_window_fallbacks": {"a": ("b",)}},
        "b",
    ),
    "context window without a list of its own": (TOO_LONG, {"fallbacks": {"a": ("c",)}}, "c"),
    "content policy": (FILTERED, {"content_policy_fallbacks": {"a": ("b",)}, "fallbacks": {"a": ("c",)}}, "b"),
    "content policy does not do for others": (UNAVAILABLE, {"content_policy_fallbacks": {"a": ("b",)}}, None),
}


@pytest.mark.parametrize(("answer", "settings", "expected"), CASES.values(), ids=CASES)
def test_fallbacks(answer: "Answer", settings: dict[str, Any], expected: str | None) -> None:
    router = RouterConfig(num_retries=0, **settings)
    with models(a=answer, b=COMPLETION, c=COMPLETION, broken=UNAVAILABLE, router=router) as (gateway, upstreams):
        request = chat_pb2.CreateChatCompletionRequest(model="a")
        if expected is None:
            assert failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=10)).code
            assert not upstreams["c"].requests
        else:
            reply = gateway.chat.CreateChatCompletion(request, timeout=10)
            assert reply.call_info.deployment == f"at {expected}"
            assert upstreams[expected].requests[0].json()["model"] == f"real-{expected}"
    assert upstreams["a"].requests[0].json()["model"] == "real-a"


def test_a_stream_falls_back() -> None:
    chunk = {"id": "c", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
    router = RouterConfig(num_retries=0, fallbacks={"a": ("b",)})
    with models(a=UNAVAILABLE, b=answers.stream(answers.events([chunk])), router=router) as (gateway, _):
        call = gateway.chat.StreamChatCompletion(chat_pb2.CreateChatCompletionRequest(model="a"), timeout=10)
        assert dict(call.initial_metadata())["openai-grpc-deployment"] == "at b"
        assert len(list(call)) == 1


def test_aliases() -> None:
    router = RouterConfig(num_retries=0, aliases={"known": "a", "hidden": "a"}, hidden=frozenset({"hidden"}))
    with models(a=COMPLETION, b=COMPLETION, router=router) as (gateway, upstreams):
        for name in ("known", "hidden"):
            gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model=name), timeout=10)
        listed = gateway.models.ListModels(models_pb2.ListModelsRequest(), timeout=10)
    assert [each.json()["model"] for each in upstreams["a"].requests] == ["real-a", "real-a"]
    assert {model.id for model in listed.data} == {"a", "b", "known"}
