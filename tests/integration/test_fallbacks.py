"""Which other model serves a call that its own model failed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import grpc
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


# As servers say that a request is too long, each in its own words.
TOO_LONG_FOR = {
    "OpenAI": "Your input exceeds the context window of this model. Please adjust your input and try again.",
    "OpenAI, a limit of its own": "Input tokens exceed the configured limit of 9000 tokens.",
    "vLLM": "This model's maximum context length is 16 tokens. However, you requested 20 tokens (18 in the messages).",
    "vLLM, whole prompt": "The prompt (total length 259) is too long to fit into the model (context length 40).",
    "vLLM, decoder": "The decoder prompt (length 259) is longer than the maximum model length of 40.",
    "vLLM, newer": "You passed 41 input tokens and requested 1. However, the model's context length is only 40 tokens.",
    "SGLang": "The input (61 tokens) is longer than the model's context length (60 tokens).",
    "SGLang, with completion": "Requested token count exceeds the model's maximum context length of 60 tokens.",
    "SGLang, allowed length": "Input length (61 tokens) exceeds the maximum allowed length (59 tokens).",
    "llama.cpp": "the request exceeds the available context size, try increasing it",
    "llama.cpp, newer": "request (90 tokens) exceeds the available context size (64 tokens), try increasing it",
    "llama.cpp, embeddings": "input (900 tokens) is too large to process. increase the physical batch size",
    "Ollama": "the input length exceeds the context length",
    "Ollama, chat": "prompt too long; exceeded max context length by 2 tokens",
    "LM Studio": "The number of tokens to keep from the initial prompt is greater than the context length.",
    "LM Studio, loaded": "However, the model is loaded with context length of only 64 tokens, which is not enough.",
    "Anthropic": "prompt is too long: 2134 tokens > 2000 maximum",
    "Anthropic, with output": "input length and `max_tokens` exceed context limit: 188 + 21 > 200",
    "Bedrock": "Input is too long for requested model.",
    "Gemini": "The input token count (130) exceeds the maximum number of tokens allowed (128).",
    "Vertex": "Unable to submit request because the input token count is 130 but model only supports up to 128.",
    "xAI": "This model's maximum prompt length is 64 but the request contains 80 tokens.",
    "Groq": "Please reduce the length of the messages or completion.",
    "Mistral": "Prompt contains 80 tokens and 0 draft tokens, too large for model with 64 maximum context length",
    "Kimi": "Invalid request: Your request exceeded model token limit: 64",
    "Copilot": "prompt token count of 130 exceeds the limit of 128",
    "MiniMax": "invalid params, context window exceeds limit (2013)",
    "Cloudflare": "The estimated number of tokens (30) exceeded this model context window limit (20).",
    "Zhipu": "Prompt exceeds max length",
    "Qwen": "InternalError.Algo.InvalidParameter: Range of input length should be [1, 64]",
    "Cohere": "too many tokens: total number of tokens in the prompt cannot exceed 64 - received 80.",
    "TGI": "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 64. Given: 60 `inputs` tokens",
    "TEI": "`inputs` must have less than 64 tokens. Given: 80",
    "NIM": "Prompt length (80) exceeds maximum input length (64).",
    "DeepInfra": "Requested input length 80 exceeds maximum input length 64",
    "Atlas": "Prompt too long: 80 tokens exceeds max_seq_len 64 (leave room for output tokens)",
    "watsonx": "the number of input tokens 80 cannot exceed the total tokens limit 64 for this model",
    "any": "Context size has been exceeded.",
}
# Refusals that a larger context window does not help.
NOT_TOO_LONG = {
    "output": (
        "invalid_value",
        None,
        "max_tokens is too large: 900. This model supports at most 400 completion tokens.",
    ),
    "a name": ("string_above_max_length", "tools[0].function.name", "string too long. Expected at most 64."),
    "a user": ("string_above_max_length", "user", "string too long. Expected a string with maximum length 64."),
    "a list": ("array_above_max_length", "tools", "array too long. Expected an array with maximum length 128."),
    "a rate": (None, None, "Request too large: reduce the length of the messages, limit 6000 tokens per minute (TPM)."),
    "throttled": (None, None, "ThrottlingException: Too many input tokens, please wait before trying again."),
    "a key": (None, None, "Your prompt_cache_key is too long: at most 64 characters"),
    "an option": (None, "num_ctx", "context_window must be a whole number"),
    "an image": (None, "messages[0].content[0]", "The image is too large: at most 20 MB"),
    "an audio": (
        None,
        "file",
        "audio duration of 1500 seconds is longer than 1400 seconds, the maximum for this model",
    ),
}


def test_too_long_in_each_servers_words() -> None:
    router = RouterConfig(num_retries=0, context_window_fallbacks={"a": ("b",)})
    request = chat_pb2.CreateChatCompletionRequest(model="a")
    with models(a=COMPLETION, b=COMPLETION, router=router) as (gateway, upstreams):
        for server, text in TOO_LONG_FOR.items():
            upstreams["a"].on("POST", CHAT, refused(None, text))
            reply = gateway.chat.CreateChatCompletion(request, timeout=10)
            assert reply.call_info.deployment == "at b", server


def test_some_servers_have_no_better_status_than_500() -> None:
    router = RouterConfig(num_retries=0, context_window_fallbacks={"a": ("b",)})
    body = {"error": {"message": TOO_LONG_FOR["llama.cpp, embeddings"], "type": "server_error", "code": 500}}
    with models(a=answers.json(body, status=500), b=COMPLETION, router=router) as (gateway, _):
        reply = gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model="a"), timeout=10)
    assert reply.call_info.deployment == "at b"


def test_other_refusals_are_not_taken_for_too_long() -> None:
    router = RouterConfig(num_retries=0, context_window_fallbacks={"a": ("b",)})
    request = chat_pb2.CreateChatCompletionRequest(model="a")
    with models(a=COMPLETION, b=COMPLETION, router=router) as (gateway, upstreams):
        for code, param, text in NOT_TOO_LONG.values():
            body = {"error": {"message": text, "code": code, "param": param}}
            upstreams["a"].on("POST", CHAT, answers.json(body, status=400))
            failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=10))
            assert (failure.code, failure.message) == (grpc.StatusCode.INVALID_ARGUMENT, text)
        assert not upstreams["b"].requests
