"""Failures that come with HTTP 200 in forms of which none is OpenAI's: none of them looks like a finished call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.outcome import Outcome, outcome
from faults.rpcs import (
    CHAT,
    CONTENT,
    CREATE_CHAT,
    CREATE_EMBEDDING,
    CREATE_RESPONSE,
    CREATE_TRANSCRIPTION,
    RESPONSE,
    RESPONSE_OBJECT,
    STREAM_CHAT,
    STREAM_RESPONSE,
    STREAM_TRANSCRIPTION,
    Rpc,
    chunk,
)
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import completions_pb2, models_pb2, responses_pb2
from openai_grpc_server.config import RouterConfig
from openai_grpc_server.config.settings import ModelInfo
from support.gateway import deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer

Code = grpc.StatusCode

LIST_MODELS = Rpc("models", "ListModels", models_pb2.ListModelsRequest(upstream=True), "/v1/models", {"data": []})
GET_MODEL = Rpc("models", "GetModel", models_pb2.GetModelRequest(model="m"), "/v1/models/m", {"id": "m"})
CREATE_COMPLETION = Rpc(
    "completions",
    "CreateCompletion",
    from_object(completions_pb2.CreateCompletionRequest, {"model": "m", "prompt": CONTENT}),
    "/v1/completions",
    {"choices": []},
)
# By bridges, from whole replies, and as they are.
WAYS: dict[str, tuple[Rpc, dict[str, Any]]] = {
    "chat": (CREATE_CHAT, {}),
    "chat stream": (STREAM_CHAT, {}),
    "synthetic chat stream": (STREAM_CHAT, {"info": ModelInfo(supports_native_streaming=False)}),
    "response by chat": (Rpc("responses", "CreateResponse", RESPONSE, "", {}), {"responses_as_chat": True}),
    "response stream by chat": (Rpc("responses", "StreamResponse", RESPONSE, ""), {"responses_as_chat": True}),
}
WHOLE = ("chat", "synthetic chat stream", "response by chat")


def call(rpc: Rpc, answer: Answer, **facts: Any) -> tuple[Outcome, dict[str, Any]]:
    """Makes a call, and returns how it went and the line of the log."""
    with StandIn() as upstream, running_gateway(deployment(upstream.url, **facts)) as gateway:
        upstream.enqueue(answer)
        found = outcome(rpc, rpc.start(gateway))
        (line,) = gateway.logged("rpc")
    return found, line


def with_choice(*, streaming: bool, **choice: Any) -> Answer:
    """A reply whose only choice has failed."""
    top = {"id": "c1", "created": 1, "model": "m"}
    if not streaming:
        message = {"role": "assistant", "content": "Half a"}
        whole = {"index": 0, "message": message, **choice}
        return answers.json({**top, "object": "chat.completion", "choices": [whole]})
    last = {**top, "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, **choice}]}
    return answers.stream(answers.events([chunk("Half a"), last]))


FAILED_CHOICES: dict[str, tuple[dict[str, Any], Code, str]] = {
    "an error with a code": (
        {"finish_reason": "error", "error": {"code": 504, "message": "The provider took too long"}},
        *(Code.DEADLINE_EXCEEDED, "The provider took too long"),
    ),
    "an error beside another reason": (
        {"finish_reason": "stop", "error": {"code": "rate_limit_exceeded", "message": "Slower"}},
        *(Code.RESOURCE_EXHAUSTED, "Slower"),
    ),
    "text as error": ({"finish_reason": "error", "error": "It fell over"}, Code.INTERNAL, "It fell over"),
    "a reason alone": ({"finish_reason": "error"}, Code.INTERNAL, "finish_reason error"),
    "Cohere's": ({"finish_reason": "ERROR"}, Code.INTERNAL, "finish_reason ERROR"),
    "SGLang's and vLLM's": ({"finish_reason": "abort"}, Code.INTERNAL, "finish_reason abort"),
    "DeepSeek's": (
        {"finish_reason": "insufficient_system_resource"},
        *(Code.INTERNAL, "insufficient_system_resource"),
    ),
    "Zhipu's": ({"finish_reason": "network_error"}, Code.INTERNAL, "finish_reason network_error"),
}


@pytest.mark.parametrize(("choice", "code", "text"), FAILED_CHOICES.values(), ids=FAILED_CHOICES)
@pytest.mark.parametrize("way", WAYS)
def test_a_choice_that_ended_with_an_error(way: str, choice: dict[str, Any], code: Code, text: str) -> None:
    rpc, facts = WAYS[way]
    found, line = call(rpc, with_choice(streaming=way not in WHOLE, **choice), **facts)
    assert (found.code, line["status"]) == (code, code.name)
    assert text in found.text
    assert not any(message.get("type") == "response.completed" for message in found.messages)


NO_REPLIES: dict[str, tuple[dict[str, Any], str, Code]] = {
    "nothing": ({}, "{}", Code.INTERNAL),
    "a server that starts": ({"status": "loading", "message": "Try in a minute"}, "Try in a minute", Code.INTERNAL),
    "other keys": ({"success": False, "msg": "No channel left"}, "No channel left", Code.INTERNAL),
    "an error as a flat object": (
        {"object": "error", "message": "No such template", "type": "invalid_request_error", "code": 400},
        *("No such template", Code.INVALID_ARGUMENT),
    ),
    "MiniMax's status": (
        {"base_resp": {"status_code": 1002, "status_msg": "rate limit of your group"}, "choices": None, "data": None},
        *("rate limit of your group", Code.RESOURCE_EXHAUSTED),
    ),
    "validation": ({"detail": "Unknown tenant"}, "Unknown tenant", Code.INTERNAL),
    "Cloudflare's": (
        {"result": None, "success": False, "errors": [{"code": 7009, "message": "No route"}], "messages": []},
        *("No route", Code.INTERNAL),
    ),
    "DashScope's": (
        {"code": "Throttling.RateQuota", "message": "Too many calls", "request_id": "r"},
        *("Too many calls", Code.RESOURCE_EXHAUSTED),
    ),
}
UNARY = (
    *(CREATE_CHAT, CREATE_RESPONSE, CREATE_EMBEDDING, CREATE_TRANSCRIPTION, CREATE_COMPLETION, GET_MODEL),
    *(LIST_MODELS, *(rpc for rpc, _ in WAYS.values() if rpc.streaming)),
)


@pytest.mark.parametrize(("value", "text", "code"), NO_REPLIES.values(), ids=NO_REPLIES)
@pytest.mark.parametrize("rpc", UNARY, ids=lambda rpc: rpc.name)
def test_a_whole_reply_that_is_none(rpc: Rpc, value: dict[str, Any], text: str, code: Code) -> None:
    value = {key: each for key, each in value.items() if key != "data" or rpc is not LIST_MODELS}
    found, line = call(rpc, answers.json(value))
    assert (found.code, line["status"], found.messages) == (code, code.name, [])
    assert text in found.text


@pytest.mark.parametrize("way", ["chat stream", "response stream by chat"])
def test_a_stream_of_what_is_no_chunk(way: str) -> None:
    rpc, facts = WAYS[way]
    found, _ = call(rpc, answers.stream(answers.events([{"status": "loading", "message": "Come back later"}])), **facts)
    assert found.code is Code.INTERNAL
    assert "Come back later" in found.text
    found, _ = call(rpc, answers.stream([answers.event("[DONE]")]), **facts)
    assert (found.code, found.reason) == (Code.INTERNAL, "UPSTREAM_TRUNCATED")


@pytest.mark.parametrize("facts", [{}, {"mode": "responses"}], ids=["as it is", "chat by it"])
def test_a_response_without_its_last_event(facts: dict[str, Any]) -> None:
    begun = STREAM_RESPONSE.pieces[:2]
    rpc = STREAM_CHAT if facts else STREAM_RESPONSE
    found, line = call(rpc, answers.stream([*begun, answers.event("[DONE]")]), **facts)
    assert (found.code, found.reason) == (Code.INTERNAL, "UPSTREAM_TRUNCATED")
    assert (line["status"], CONTENT in str(found.messages)) == ("INTERNAL", True)


ERROR = b'{"code": 400, "message": "No room for so many words", "type": "invalid_request_error"}'
FORMS: dict[str, bytes] = {
    "a field of the stream": b"error: " + ERROR + b"\n\n",
    "a field without a blank, in CR LF": b"error:" + ERROR + b"\r\n\r\n",
    "a type of event": b"event: error\ndata: " + ERROR + b"\n\n",
    "no field at all": b'{"error": ' + ERROR + b"}\n\n",
    "no field and no empty line": b'{"error": ' + ERROR + b"}\n",
    "no field, over several lines": b'{\n  "error": ' + ERROR + b"\n}\n\n",
    "flat": b"data: " + ERROR.replace(b"{", b'{"object": "error", ') + b"\n\n",
}
STREAMS: dict[str, tuple[Rpc, dict[str, Any]]] = {
    "chat": (STREAM_CHAT, {}),
    "response": (STREAM_RESPONSE, {}),
    "transcription": (STREAM_TRANSCRIPTION, {}),
    "chat by responses": (STREAM_CHAT, {"mode": "responses"}),
    "response by chat": (STREAM_RESPONSE, {"responses_as_chat": True}),
}


@pytest.mark.parametrize("begun", [False, True], ids=["at once", "after content"])
@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("name", STREAMS)
def test_an_error_in_another_form(name: str, form: bytes, begun: bool) -> None:
    rpc, facts = STREAMS[name]
    upstream = STREAM_RESPONSE if facts.get("mode") else STREAM_CHAT if facts else rpc
    found, _ = call(rpc, answers.stream([*upstream.pieces[: 2 * begun], form, answers.event("[DONE]")]), **facts)
    assert (found.code, found.text) == (Code.INVALID_ARGUMENT, "No room for so many words")
    assert (CONTENT in str(found.messages)) == begun


LEAKS = "Incorrect API key provided: sk-of***way"
UNAUTHORIZED = {"error": {"message": LEAKS, "type": "invalid_request_error", "code": "invalid_api_key"}}
KEY_REFUSED: dict[str, tuple[Rpc, Answer, dict[str, Any]]] = {
    "whole": (CREATE_CHAT, answers.json(UNAUTHORIZED), {}),
    "on a choice": (CREATE_CHAT, with_choice(streaming=False, error=UNAUTHORIZED["error"]), {}),
    "no completion": (CREATE_CHAT, answers.json({"status": "error", "code": 401, "message": LEAKS}), {}),
    "where a stream was asked for": (STREAM_CHAT, answers.json(UNAUTHORIZED), {}),
    "a stream": (STREAM_CHAT, answers.stream(answers.events([UNAUTHORIZED])), {}),
    "a stream after content": (STREAM_CHAT, answers.stream(answers.events([chunk("a"), UNAUTHORIZED])), {}),
    "an event of a response": (
        STREAM_RESPONSE,
        answers.stream(answers.events([{"type": "error", "sequence_number": 0, **UNAUTHORIZED}], named=True)),
        {},
    ),
    "a response by chat": (
        STREAM_RESPONSE,
        answers.stream(answers.events([UNAUTHORIZED])),
        {"responses_as_chat": True},
    ),
    "a transcription": (STREAM_TRANSCRIPTION, answers.stream(answers.events([UNAUTHORIZED])), {}),
}


@pytest.mark.parametrize(("rpc", "answer", "facts"), KEY_REFUSED.values(), ids=KEY_REFUSED)
def test_the_gateways_key_that_is_refused_with_200(rpc: Rpc, answer: Answer, facts: dict[str, Any]) -> None:
    found, line = call(rpc, answer, **facts)
    assert (found.code, found.reason, line["status"]) == (Code.INTERNAL, "UPSTREAM_CREDENTIALS", "INTERNAL")
    assert LEAKS not in str(found)
    own, _ = call(rpc, answer, api_key=None, **facts)
    assert (own.code, LEAKS in own.text) == (Code.UNAUTHENTICATED, True)


def test_an_error_over_several_lines_one_of_which_is_empty() -> None:
    for pieces in (
        [b'{\n "error": {\n\n', b'  "message": "No room {",\n\n  "code": 400\n }}\n\n'],
        [b'{"error":\n\n"No"}'],
    ):
        found, _ = call(STREAM_CHAT, answers.stream([*STREAM_CHAT.pieces[:1], *pieces]))
        assert (len(found.messages), found.text in {"No room {", "No"}) == (1, True)
        assert found.code in {Code.INVALID_ARGUMENT, Code.INTERNAL}


def test_what_follows_an_error_is_paid_for() -> None:
    usage = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
    sent = [chunk(CONTENT), {"error": {"message": "It broke"}}, chunk("") | {"choices": [], "usage": usage}]
    _, line = call(STREAM_CHAT, answers.stream(answers.events(sent)))
    _, whole = call(STREAM_CHAT, answers.stream(answers.events([chunk(CONTENT, "stop"), sent[-1]])))
    assert line["cost"] == whole["cost"] > 0
    spent = {"input_tokens": 1000, "output_tokens": 100, "total_tokens": 1100}
    failed = FAILED | {"response": RESPONSE_OBJECT | {"status": "failed", "model": "gpt-4o", "usage": spent}}
    error = {"type": "error", "sequence_number": 2, "error": {"message": "It broke"}}
    _, line = call(
        STREAM_RESPONSE, answers.stream(answers.events([*STREAM_RESPONSE.events[:2], error, failed], named=True))
    )
    assert line["cost"] == whole["cost"]


IN_STREAMS: dict[str, tuple[bytes, Code, str]] = {
    "Text Generation Inference, too long": (
        b'data: {"error": "`inputs` is too long", "error_type": "validation"}\n\n',
        *(Code.INVALID_ARGUMENT, "`inputs` is too long"),
    ),
    "Text Generation Inference, as OpenAI": (
        b'data: {"error": {"message": "`inputs` is empty", "http_status_code": 422}}\n\n',
        *(Code.INVALID_ARGUMENT, "`inputs` is empty"),
    ),
    "DashScope": (
        b'id:1\nevent:error\n:HTTP_STATUS/429\ndata:{"code":"Throttling","message":"Slow down"}\n\n',
        *(Code.RESOURCE_EXHAUSTED, "Slow down"),
    ),
    "DashScope's inspection": (
        b'data: {"error": {"code": "data_inspection_failed", "message": "Not that"}}\n\n',
        *(Code.INVALID_ARGUMENT, "Not that"),
    ),
    "Groq": (
        b'data: {"choices":[{"index":0,"delta":{},"finish_reason":"stop"}],"x_groq":{"error":"over capacity"}}\n\n',
        *(Code.INTERNAL, "over capacity"),
    ),
    "Cloudflare": (
        b'data: {"errors": [{"message": "No such model", "code": 5007}], "success": false}\n\n',
        *(Code.INTERNAL, "No such model"),
    ),
}


@pytest.mark.parametrize(("event", "code", "text"), IN_STREAMS.values(), ids=IN_STREAMS)
def test_an_error_in_the_words_of_another_server(event: bytes, code: Code, text: str) -> None:
    found, line = call(STREAM_CHAT, answers.stream([event, answers.event("[DONE]")]))
    assert (found.code, found.text, line["status"]) == (code, text, code.name)


STATUSES: dict[str, tuple[int, Any, str]] = {
    "Cloudflare": (
        404,
        {"result": None, "success": False, "errors": [{"code": 7003, "message": "No route"}]},
        "No route",
    ),
    "a list of texts": (400, {"errors": ["temperature is too high"]}, "temperature is too high"),
    "Mistral": (
        422,
        {"object": "error", "message": {"detail": [{"loc": ["body", "x"], "msg": "not permitted"}]}, "type": "invalid"},
        "body.x: not permitted",
    ),
    "a service of FastAPI": (400, {"detail": {"message": "No such key", "code": "x"}}, "No such key"),
    "in Java": (400, {"errorCode": "X1", "errorMessage": "Quota is gone"}, "Quota is gone"),
    "Amazon": (400, {"Message": "Not allowed to do that"}, "Not allowed to do that"),
}


@pytest.mark.parametrize(("status", "body", "text"), STATUSES.values(), ids=STATUSES)
def test_a_status_in_the_words_of_another_server(status: int, body: Any, text: str) -> None:
    assert call(CREATE_CHAT, answers.json(body, status=status))[0].text == text


@pytest.mark.parametrize("error", [None, False, "", {}, {"code": 0, "message": ""}])
def test_an_error_that_says_nothing_is_none(error: Any) -> None:
    sent = [chunk(CONTENT) | {"error": error}, chunk("", "stop") | {"error": error}]
    found, _ = call(STREAM_CHAT, answers.stream(answers.events(sent)))
    assert (found.code, CONTENT in str(found.messages)) == (Code.OK, True)
    found, _ = call(CREATE_CHAT, answers.json({**(CREATE_CHAT.reply or {}), "error": error}))
    assert found.code is Code.OK


@pytest.mark.parametrize("error", ["Out of memory", {"message": "Out of memory"}])
def test_a_response_that_failed_with_a_text(error: Any) -> None:
    failed = FAILED | {"response": RESPONSE_OBJECT | {"status": "failed", "error": error}}
    for rpc, answer in (
        (STREAM_CHAT, answers.stream(answers.events([failed], named=True))),
        (CREATE_CHAT, answers.json(failed["response"])),
    ):
        found, _ = call(rpc, answer, mode="responses")
        assert (found.code, found.text) == (Code.INTERNAL, "Out of memory")


def test_the_usage_of_groq_counts() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    last = chunk("", "stop") | {"x_groq": {"id": "r", "usage": usage}}
    found, line = call(STREAM_CHAT, answers.stream(answers.events([chunk(CONTENT), last])))
    assert (found.code, line["input_tokens"], line["output_tokens"]) == (Code.OK, 5, 7)


def test_a_reason_that_is_the_word_null_finishes_nothing() -> None:
    found, _ = call(STREAM_CHAT, answers.stream(answers.events([chunk("a", "null"), chunk("b", "null")], done=False)))
    assert found.reason == "UPSTREAM_TRUNCATED"


def test_an_error_that_is_plain_text() -> None:
    found, _ = call(STREAM_CHAT, answers.stream([b"event: error\ndata: out of memory\n\n", answers.event("[DONE]")]))
    assert (found.code, found.text, found.messages) == (Code.INTERNAL, "out of memory", [])


ELSEWHERE: dict[str, tuple[Rpc, Answer]] = {
    "nothing": (CREATE_CHAT, answers.json({})),
    "a server that starts": (CREATE_EMBEDDING, answers.json({"status": "starting"})),
    "a limit on a choice": (
        CREATE_CHAT,
        with_choice(streaming=False, finish_reason="error", error={"code": 429, "message": "Slower"}),
    ),
    "no balance": (STREAM_CHAT, answers.json({"base_resp": {"status_code": 1008, "status_msg": "no balance"}})),
    "a limit in llama.cpp's form": (
        STREAM_CHAT,
        answers.stream([b'error: {"code": 429, "message": "busy"}\n\n', answers.event("[DONE]")]),
    ),
}


@pytest.mark.parametrize(("rpc", "answer"), ELSEWHERE.values(), ids=ELSEWHERE)
def test_routing_sees_a_failure(rpc: Rpc, answer: Answer) -> None:
    with StandIn() as bad, StandIn() as good:
        bad.on("POST", rpc.path, answer)
        good.on("POST", rpc.path, rpc.well())
        deployments = (
            deployment(bad.url, name="bad", model_name="*", weight=1),
            deployment(good.url, name="good", model_name="*", weight=0),
        )
        router = RouterConfig(num_retries=0, allowed_fails=0, cooldown_time=60)
        with running_gateway(*deployments, router=router) as gateway:
            for _ in range(2):
                assert outcome(rpc, rpc.start(gateway)).code is Code.OK
            lines = gateway.logged("rpc")
        assert [(line["deployment"], line.get("attempts")) for line in lines] == [("good", 2), ("good", 1)]
        assert len(bad.requests) == 1  # then it has its cooldown


FAILED = {
    "type": "response.failed",
    "sequence_number": 3,
    "response": RESPONSE_OBJECT
    | {
        "status": "failed",
        "error": {"code": "server_error", "message": "It broke"},
        "usage": {"input_tokens": 5, "output_tokens": 7, "total_tokens": 12},
    },
}


@pytest.mark.parametrize("facts", [{}, {"mode": "responses"}], ids=["as it is", "chat by it"])
@pytest.mark.parametrize("together", [False, True])
def test_what_follows_an_error_in_a_response(facts: dict[str, Any], together: bool) -> None:
    error = {"type": "error", "sequence_number": 2, "error": {"type": "server_error", "message": "It broke"}}
    sent = [*STREAM_RESPONSE.events[:2], error, FAILED]
    pieces = answers.events(sent, named=True)
    answer = answers.stream([b"".join(pieces)] if together else pieces, then="stall")
    found, line = call(STREAM_CHAT if facts else STREAM_RESPONSE, answer, **facts)
    assert (found.code, found.text) == (Code.INTERNAL, "It broke")
    assert (line["input_tokens"], line["output_tokens"]) == (5, 7)
    if not facts:
        assert [message["type"] for message in found.messages] == [event["type"] for event in sent]
        assert found.messages[-1]["response"]["usage"]["total_tokens"] == 12


def test_what_follows_an_error_in_a_chat() -> None:
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    sent = [chunk(CONTENT), {"error": {"message": "It broke"}}, chunk("") | {"choices": [], "usage": usage}]
    found, line = call(STREAM_CHAT, answers.stream(answers.events(sent)))
    assert (found.code, found.text, len(found.messages)) == (Code.INTERNAL, "It broke", 1)
    assert (line["input_tokens"], line["output_tokens"]) == (5, 7)
    asked = type(CHAT)()
    asked.CopyFrom(CHAT)
    asked.stream_options.include_usage = True
    found, _ = call(Rpc("chat", "StreamChatCompletion", asked, ""), answers.stream(answers.events(sent)))
    assert (found.code, found.messages[-1]["usage"]) == (Code.INTERNAL, usage)


def test_what_follows_an_error_has_its_bounds() -> None:
    endless = [answers.event(chunk("x" * 100_000))] * 60
    pieces = [answers.event(chunk(CONTENT)), answers.event({"error": {"message": "It broke"}}), *endless]
    found, _ = call(STREAM_CHAT, answers.stream(pieces, then="stall"))
    assert (found.code, found.text) == (Code.INTERNAL, "It broke")
    assert 1 < len(found.messages) < len(pieces) - 10


def test_a_response_that_failed_is_a_response() -> None:
    failed = {"id": "r", "object": "response", "status": "failed", "error": {"code": "server_error", "message": "no"}}
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/responses", answers.json(failed))
        reply = gateway.responses.CreateResponse(responses_pb2.CreateResponseRequest(model="m"), timeout=10)
    assert (reply.status, reply.error.message) == ("failed", "no")
