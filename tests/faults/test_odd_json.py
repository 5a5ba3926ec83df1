"""Upstreams that send any JSON type anywhere: it is never the gateway that fails."""

from __future__ import annotations

import json
from random import Random
from typing import TYPE_CHECKING, Any, NamedTuple

import grpc
import pytest

from faults import answers
from faults.mutations import ODD, mutated
from faults.rpcs import COMPLETION, CREATE_EMBEDDING, RESPONSE_OBJECT, STREAM_TRANSCRIPTION, chunk
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, completions_pb2, models_pb2, responses_pb2, transcription_pb2
from openai_grpc_server.bridge import adapter as bridges
from openai_grpc_server.config import GeneralSettings, KeySettings, ModelInfo, RouterConfig, Secret
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.exchange import Answer

CHAT = "/v1/chat/completions"
RESPONSES = "/v1/responses"
ROUNDS = 60  # of each kind of call
KEY = "sk-Vq3mZ8tLw0Xr5Nc7Jd1B"
WHOLE_ONLY = ModelInfo(supports_native_streaming=False)
USAGE = {"prompt_tokens": 3, "completion_tokens": 2, "total_tokens": 5, "prompt_tokens_details": {"cached_tokens": 1}}
LOGPROBS = {"content": [{"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}]}
CALL = {"id": "call_1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
NOTE = {"type": "url_citation", "url_citation": {"url": "u", "title": "t", "start_index": 0, "end_index": 1}}
MESSAGE = {
    "role": "assistant",
    "content": "word",
    "reasoning_content": "why",
    "annotations": [NOTE],
    "tool_calls": [CALL],
    "images": [{"type": "image_url", "index": 0, "image_url": {"url": "data:image/png;base64,AAAA"}}],
}
WHOLE_CHAT = COMPLETION | {
    "choices": [{"index": 0, "finish_reason": "stop", "message": MESSAGE, "logprobs": LOGPROBS}],
    "usage": USAGE,
}
PIECE = {
    **MESSAGE,
    "tool_calls": [{"index": 0, **CALL}],
    "reasoning_details": [{"type": "reasoning.text", "text": "a"}],
}
CHUNKS = [
    COMPLETION | {"object": "chat.completion.chunk", "choices": [{"index": 0, "delta": PIECE, "logprobs": LOGPROBS}]},
    chunk("word"),
    chunk("", "stop") | {"usage": USAGE},
]
LEGACY = {
    "id": "cmpl-1",
    "object": "text_completion",
    "created": 1,
    "model": "m",
    "choices": [{"index": 0, "text": "word", "finish_reason": "stop", "logprobs": {"tokens": ["a"]}}],
    "usage": USAGE,
}
ITEMS: list[dict[str, Any]] = [
    {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "why"}], "content": []},
    {
        "type": "message",
        "id": "msg_1",
        "role": "assistant",
        "status": "completed",
        "content": [
            {
                "type": "output_text",
                "text": "word",
                "annotations": [{"type": "url_citation", "url": "u", "title": "t", "start_index": 0, "end_index": 1}],
                "logprobs": [{"token": "a", "logprob": -0.5, "bytes": [97], "top_logprobs": []}],
            },
            {"type": "refusal", "refusal": "no"},
        ],
    },
    {"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f", "arguments": "{}", "status": "completed"},
    {"type": "custom_tool_call", "id": "ct_1", "call_id": "call_2", "name": "g", "input": "in"},
    {"type": "image_generation_call", "id": "ig_1", "result": "AAAA", "status": "completed"},
    {"type": "web_search_call", "id": "ws_1", "status": "completed", "action": {"type": "search", "query": "q"}},
]
RESPONSE = RESPONSE_OBJECT | {
    "output": ITEMS,
    "usage": {
        "input_tokens": 3,
        "input_tokens_details": {"cached_tokens": 1},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 5,
    },
    "incomplete_details": {"reason": "max_output_tokens"},
}
PLACE = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
EVENTS = [
    {"type": "response.created", "sequence_number": 0, "response": RESPONSE_OBJECT | {"status": "in_progress"}},
    {"type": "response.output_item.added", "output_index": 0, "item": {**ITEMS[1], "content": []}},
    {"type": "response.content_part.added", **PLACE, "part": {"type": "output_text", "text": ""}},
    {"type": "response.output_text.delta", **PLACE, "delta": "word", "logprobs": []},
    {"type": "response.output_text.annotation.added", **PLACE, "annotation_index": 0, "annotation": NOTE},
    {"type": "response.function_call_arguments.delta", "item_id": "fc_1", "output_index": 2, "delta": "{"},
    {"type": "response.reasoning_summary_text.delta", "item_id": "rs_1", "output_index": 3, "delta": "why"},
    {"type": "response.output_item.done", "output_index": 0, "item": ITEMS[1]},
    {"type": "error", "message": "m", "code": "c"},
    {"type": "response.completed", "sequence_number": 9, "response": RESPONSE},
]
TRANSCRIPT = {"text": "word", "usage": {"type": "tokens", "input_tokens": 1, "output_tokens": 1, "total_tokens": 2}}
MODELS = {"object": "list", "data": [{"id": "m", "object": "model", "created": 1, "owned_by": "o"}]}
CHAT_REQUEST = {"messages": [{"role": "user", "content": "ask"}]}


class Kind(NamedTuple):
    """One kind of call, and what a good upstream sends for it.

    Attributes:
        service: The gateway's stub.
        rpc: The RPC.
        request: Its request; a tuple where the caller sends a stream.
        reply: The upstream's JSON reply, or the list of its events.
    """

    service: str
    rpc: str
    request: Any
    reply: Any


def chat(model: str, *, accumulate: bool = False) -> chat_pb2.CreateChatCompletionRequest:
    request = from_object(chat_pb2.CreateChatCompletionRequest, {"model": model, **CHAT_REQUEST})
    request.call_options.accumulate = accumulate
    return request


def response(model: str) -> responses_pb2.CreateResponseRequest:
    return from_object(responses_pb2.CreateResponseRequest, {"model": model, "input": "ask"})


def transcription() -> transcription_pb2.CreateTranscriptionRequest:
    request = transcription_pb2.CreateTranscriptionRequest(model="plain")
    request.file.filename, request.file.data = "a.wav", b"RIFF"
    return request


COMPLETIONS_REQUEST = completions_pb2.CreateCompletionRequest(model="plain")
KINDS = {
    "chat": Kind("chat", "CreateChatCompletion", chat("plain"), WHOLE_CHAT),
    "chat stream": Kind("chat", "StreamChatCompletion", chat("plain"), CHUNKS),
    "accumulated chat stream": Kind("chat", "StreamChatCompletion", chat("plain", accumulate=True), CHUNKS),
    "synthetic chat stream": Kind("chat", "StreamChatCompletion", chat("whole"), WHOLE_CHAT),
    "chat by responses": Kind("chat", "CreateChatCompletion", chat("responses"), RESPONSE),
    "chat stream by responses": Kind("chat", "StreamChatCompletion", chat("responses"), EVENTS),
    "accumulated chat stream by responses": Kind(
        "chat", "StreamChatCompletion", chat("responses", accumulate=True), EVENTS
    ),
    "chat by completions": Kind("chat", "CreateChatCompletion", chat("legacy"), LEGACY),
    "chat stream by completions": Kind("chat", "StreamChatCompletion", chat("legacy"), [LEGACY, LEGACY]),
    "response": Kind("responses", "CreateResponse", response("plain"), RESPONSE),
    "response stream": Kind("responses", "StreamResponse", response("plain"), EVENTS),
    "synthetic response stream": Kind("responses", "StreamResponse", response("whole"), RESPONSE),
    "response by chat": Kind("responses", "CreateResponse", response("as chat"), WHOLE_CHAT),
    "response stream by chat": Kind("responses", "StreamResponse", response("as chat"), CHUNKS),
    "completion": Kind("completions", "CreateCompletion", COMPLETIONS_REQUEST, LEGACY),
    "completion stream": Kind("completions", "StreamCompletion", COMPLETIONS_REQUEST, [LEGACY, LEGACY]),
    "embedding": Kind("embeddings", "CreateEmbedding", CREATE_EMBEDDING.request, CREATE_EMBEDDING.reply),
    "models": Kind("models", "ListModels", models_pb2.ListModelsRequest(upstream=True), MODELS),
    "transcription": Kind("audio", "CreateTranscription", transcription(), TRANSCRIPT),
    "transcription stream": Kind(
        "audio", "StreamTranscription", STREAM_TRANSCRIPTION.request, list(STREAM_TRANSCRIPTION.events)
    ),
}


DONE = answers.event("[DONE]")


def sent(value: Any, *, streaming: bool, status: int = 200) -> Answer:
    """The upstream's answer: JSON, which may have lone surrogates and numbers of any size."""
    if streaming:
        return answers.stream([*(answers.event(json.dumps(each)) for each in value), DONE])
    return answers.body(json.dumps(value).encode(), status=status)


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    """A gateway at whose upstream each way of reading a reply is a model of its own."""
    url = upstream.url
    deployments = (
        deployment(url, name="plain"),
        deployment(url, name="whole", model_name="whole", info=WHOLE_ONLY),
        deployment(url, name="responses", model_name="responses", mode="responses"),
        deployment(url, name="legacy", model_name="legacy", mode="completions"),
        deployment(url, name="as chat", model_name="as chat", responses_as_chat=True),
    )
    keys = tuple(KeySettings(name=name, key=Secret(KEY + name), tpm=10**9, max_budget=1e9) for name in ("a", "b"))
    general = GeneralSettings(keys=keys, sealing_key=Secret("Kp4sWz9GyQ2vHt6MbR8f"))  # so that ids are sealed
    with running_gateway(*deployments, general=general) as running:
        yield running


def made(gateway: RunningGateway, kind: Kind) -> str:
    """Makes a call, and returns the reason for which it failed, or OK."""
    gateway.log.seek(0)
    gateway.log.truncate()
    stub = getattr(getattr(gateway, kind.service), kind.rpc)
    request = iter(kind.request) if isinstance(kind.request, tuple) else kind.request
    try:
        reply = stub(request, timeout=LIMIT, metadata=(("authorization", f"Bearer {KEY}a"),))
        if "Stream" in kind.rpc:
            list(reply)
    except grpc.RpcError:
        entry = gateway.logged("rpc")[-1]
        assert entry["status"] != "UNKNOWN"
        return str(entry["reason"])
    return "OK"


def unexpected(gateway: RunningGateway) -> list[dict[str, Any]]:
    return gateway.logged("unexpected error") + gateway.logged("upstream reply can't be read")


@pytest.mark.parametrize("name", KINDS)
def test_no_reply_makes_the_gateway_fail(gateway: RunningGateway, upstream: StandIn, name: str) -> None:
    kind, rng = KINDS[name], Random(name)  # noqa: S311 - the same mutations in each run
    streaming = isinstance(kind.reply, list)
    for _ in range(ROUNDS):
        value = mutated(kind.reply, rng)
        listed = value if isinstance(value, list) else [value]
        upstream.clear_queue()
        upstream.enqueue(sent(listed if streaming else value, streaming=streaming))
        assert made(gateway, kind) != "INTERNAL", json.dumps(value)
        assert not unexpected(gateway), json.dumps(value)
    good = [each for each in kind.reply if each.get("type") != "error"] if streaming else kind.reply
    upstream.clear_queue()
    upstream.enqueue(sent(good, streaming=streaming))
    assert made(gateway, kind) == "OK"


@pytest.mark.parametrize("status", [200, 400, 401, 429, 500, 503])
def test_no_error_makes_the_gateway_fail(gateway: RunningGateway, upstream: StandIn, status: int) -> None:
    error = {"error": {"message": "no", "type": "t", "code": "c"}, "detail": [{"loc": ["a", 1], "msg": "m"}]}
    rng = Random(status)  # noqa: S311 - as above
    shapes = [shape for odd in ODD for shape in (odd, {"error": odd}, {"error": {"code": odd, "message": odd}})]
    for value in (*shapes, *(mutated(error, rng, 0.3) for _ in range(ROUNDS))):
        upstream.clear_queue()
        upstream.enqueue(sent(value, streaming=False, status=status))
        assert made(gateway, KINDS["chat"]) != "INTERNAL", json.dumps(value)
        assert not unexpected(gateway), json.dumps(value)


# Of each reply what is odd about it, and what of it reaches the caller; None: the upstream's failure does.
ODD_REPLIES: dict[str, tuple[str, Any, str | None]] = {
    "choices are texts": ("synthetic chat stream", {"id": "c1", "choices": ["one"]}, None),
    "choices are a number": ("synthetic chat stream", {"id": "c1", "choices": 7}, None),
    "a message is a text": (
        "synthetic chat stream",
        {"id": "c1", "choices": [{"message": "a text"}]},
        "a text",
    ),
    "a tool call is a text": (
        "synthetic chat stream",
        {"id": "c1", "choices": [{"message": {"content": "word", "tool_calls": ["odd"]}, "finish_reason": "stop"}]},
        "odd",
    ),
    "the output is a number": ("synthetic response stream", {"id": "r1", "output": 7}, "7"),
    "an item is a text": ("synthetic response stream", {"id": "r1", "output": ["odd", ITEMS[1]]}, "odd"),
    "the type of an item is a list": ("synthetic response stream", {"id": "r1", "output": [{"type": ["odd"]}]}, "odd"),
    "the status is an object": ("synthetic response stream", {"id": "r1", "status": {"odd": 1}}, "odd"),
    "a part is a text": (
        "synthetic response stream",
        {"id": "r1", "output": [{"type": "message", "content": ["odd"]}]},
        "odd",
    ),
    "an item of a bridged response is a text": (
        "chat by responses",
        {"id": "r1", "status": "completed", "output": ["odd", ITEMS[1]]},
        "odd",
    ),
    "an annotation of a bridged response is a text": (
        "chat by responses",
        {"id": "r1", "output": [{"type": "message", "content": [{"type": "output_text", "annotations": ["odd"]}]}]},
        None,
    ),
}


@pytest.mark.parametrize(("name", "reply", "kept"), ODD_REPLIES.values(), ids=ODD_REPLIES)
def test_what_is_odd_is_kept_or_is_the_upstreams_failure(name: str, reply: Any, kept: str | None) -> None:
    kind = KINDS[name]
    good = sent(kind.reply, streaming=False)
    path = RESPONSES if "response" in name else CHAT
    with StandIn() as odd, StandIn() as well:
        odd.on("POST", path, sent(reply, streaming=False))
        well.on("POST", path, good)
        facts: dict[str, Any] = {"model_name": "m", "mode": "responses" if "by responses" in name else "chat"}
        deployments = (
            deployment(odd.url, name="odd", weight=1, info=WHOLE_ONLY, **facts),
            deployment(well.url, name="well", weight=0, info=WHOLE_ONLY, **facts),
        )
        router = RouterConfig(num_retries=0, retry_maybe_billed=True)
        request = type(kind.request)()
        request.CopyFrom(kind.request)
        request.model = "m"
        with running_gateway(*deployments, router=router) as gateway:
            stub = getattr(getattr(gateway, kind.service), kind.rpc)
            answered = stub(request, timeout=LIMIT)
            messages = list(answered) if "Stream" in kind.rpc else [answered]
            (line,) = gateway.logged("rpc")
            assert not unexpected(gateway)
    assert (line["status"], line["deployment"], line.get("attempts")) == (
        ("OK", "odd", 1) if kept else ("OK", "well", 2)
    )
    assert kept is None or kept in f"{messages}"


ODD_ERRORS: dict[str, tuple[str, Any]] = {
    "a code that is a huge number": ("chat", {"error": {"message": "no", "code": 10**20}}),
    "a message that is an object with a long number": ("chat", {"error": {"message": {"wait": 10**30}}}),
    "half a character": ("chat", {"error": {"message": "\ud83c", "code": "\ud83c"}}),
    "a list": ("chat", {"error": [{"code": 10**20}]}),
    "in a stream, a huge number": ("chat stream", [{"error": {"message": "no", "code": 10**20}}]),
    "in a stream, half a character": ("chat stream", [{"error": {"message": "\ud83c"}}]),
    "in a stream, a number": ("response stream", [{"error": 10**30}]),
    "in a stream, an event of texts": ("transcription stream", [{"error": ["odd", 10**30]}]),
}


@pytest.mark.parametrize(("name", "error"), ODD_ERRORS.values(), ids=ODD_ERRORS)
def test_odd_errors_are_the_upstreams(gateway: RunningGateway, upstream: StandIn, name: str, error: Any) -> None:
    upstream.clear_queue()
    upstream.enqueue(sent(error, streaming=isinstance(error, list)))
    assert made(gateway, KINDS[name]) == "UPSTREAM_ERROR"
    assert not unexpected(gateway)


def test_a_reader_that_fails_is_the_upstreams_failure_and_is_logged_without_content(
    gateway: RunningGateway, upstream: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any) -> None:
        raise KeyError(KEY)

    monkeypatch.setattr(bridges, "from_response", fail)
    upstream.enqueue(sent(RESPONSE, streaming=False))
    assert made(gateway, KINDS["chat by responses"]) == "UPSTREAM_INVALID_JSON"
    (logged,) = unexpected(gateway)
    assert (logged["level"], logged["event"]) == ("warning", "upstream reply can't be read")
    assert KEY not in gateway.log.getvalue()


def test_an_event_of_long_numbers(gateway: RunningGateway, upstream: StandIn) -> None:
    retry = b"retry: " + b"9" * 5000 + b"\n"
    upstream.enqueue(answers.stream([retry + answers.event(chunk("word", "stop")), DONE]))
    assert made(gateway, KINDS["chat stream"]) == "OK"
