"""What follows when a deployment fails: an attempt at another one, at the same one, under another name, or none."""

import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn, refusing
from openai_grpc.v1 import chat_pb2, common_pb2, responses_pb2, transcription_pb2
from openai_grpc_server.config import RouterConfig, TimeoutSettings
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer

CHAT = "/v1/chat/completions"
COMPLETION = {"id": "c1", "object": "chat.completion", "model": "m", "choices": []}
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
CHUNK = {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "a"}}]}
END = {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
BILLED = RouterConfig(num_retries=0, retry_maybe_billed=True)


def error(status: int, code: str | None = None, message: str = "no", **headers: str) -> "Answer":
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return answers.json({"error": {"message": message, "code": code}}, status=status, headers=named)


@contextmanager
def two(**options: Any) -> Iterator[tuple[RunningGateway, StandIn, StandIn]]:
    """A gateway with two deployments of `m`, of which the first is always asked first, as the other has no weight."""
    with StandIn() as first, StandIn() as second:
        second.on("POST", CHAT, answers.json(COMPLETION))
        deployments = (
            deployment(first.url, name="first", model_name="m", weight=1),
            deployment(second.url, name="second", model_name="m", weight=0),
        )
        with running_gateway(*deployments, **options) as gateway:
            yield gateway, first, second


SERVED_ELSEWHERE: dict[str, tuple["Answer", RouterConfig | None]] = {
    "429": (error(429), None),
    "429 for want of quota": (error(429, "insufficient_quota"), None),
    "503": (error(503), None),
    "the gateway's key is refused": (error(401), None),
    "no money": (error(402), None),
    "no such model": (error(404, "model_not_found"), None),
    "a conflict": (error(409), None),
    "an error object in an answer of 200 that was not billed": (
        answers.json({"error": {"message": "slow down", "code": "rate_limit_exceeded"}}),
        None,
    ),
    "500, where billing twice is allowed": (error(500), BILLED),
    "a lost connection, where billing twice is allowed": (answers.reset(), BILLED),
    "no JSON, where billing twice is allowed": (answers.body(b"what"), BILLED),
}


@pytest.mark.parametrize(("answer", "router"), SERVED_ELSEWHERE.values(), ids=SERVED_ELSEWHERE)
def test_another_deployment_serves(answer: "Answer", router: RouterConfig | None) -> None:
    with two(router=router) as (gateway, first, second):
        first.on("POST", CHAT, answer)
        reply, call = gateway.chat.CreateChatCompletion.with_call(REQUEST, timeout=10)
        line = gateway.logged("rpc")[0]
    assert (reply.id, reply.call_info.deployment, reply.call_info.attempts) == ("c1", "second", 2)
    assert (len(first.requests), len(second.requests)) == (1, 1)
    initial = dict(call.initial_metadata())
    assert (initial["openai-grpc-deployment"], initial["openai-grpc-attempts"]) == ("second", "2")
    assert (line["deployment"], line["attempts"]) == ("second", 2)


FAILS: dict[str, tuple["Answer", str]] = {
    "the request is bad": (error(400), "INVALID_REQUEST"),
    "500": (error(500), "UPSTREAM_ERROR"),
    "502": (error(502), "UPSTREAM_ERROR"),
    "504": (error(504), "UPSTREAM_TIMEOUT"),
    "a lost connection": (answers.reset(), "UPSTREAM_CONNECTION_LOST"),
    "no JSON": (answers.body(b"what"), "UPSTREAM_INVALID_JSON"),
    "an error object in an answer of 200": (answers.json({"error": {"message": "what"}}), "UPSTREAM_ERROR"),
}


@pytest.mark.parametrize(("answer", "reason"), FAILS.values(), ids=FAILS)
def test_nothing_is_repeated_that_is_the_callers_fault_or_may_be_billed(answer: "Answer", reason: str) -> None:
    with two(router=RouterConfig(num_retries=5)) as (gateway, first, second):
        first.on("POST", CHAT, answer)
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
    assert failure.reason == reason
    assert (len(first.requests), len(second.requests)) == (1, 0)
    assert failure.trailers["openai-grpc-deployment"] == "first"


def test_a_call_that_costs_nothing_is_repeated_also_after_500() -> None:
    with StandIn() as upstream:
        upstream.enqueue(error(500), answers.json({"id": "r", "object": "response"}))
        with running_gateway(deployment(upstream.url), router=RouterConfig(num_retries=1)) as gateway:
            reply = gateway.responses.GetResponse(responses_pb2.GetResponseRequest(response_id="r"), timeout=10)
    assert (reply.id, reply.call_info.attempts) == ("r", 2)


STREAMS: dict[str, tuple["Answer", RouterConfig | None]] = {
    "before it began": (error(503), None),
    "with an error as its first event": (answers.stream([answers.event({"error": {"code": "429"}})]), None),
    "before its first event, where billing twice is allowed": (answers.stream([], then="truncate"), BILLED),
}


@pytest.mark.parametrize(("answer", "router"), STREAMS.values(), ids=STREAMS)
def test_a_stream_that_fails(answer: "Answer", router: RouterConfig | None) -> None:
    with two(router=router) as (gateway, first, second):
        first.on("POST", CHAT, answer)
        second.on("POST", CHAT, answers.stream(answers.events([CHUNK, END])))
        call = gateway.chat.StreamChatCompletion(REQUEST, timeout=10)
        assert dict(call.initial_metadata())["openai-grpc-deployment"] == "second"
        assert len(list(call)) == 2


def test_a_stream_that_has_delivered_a_message_is_not_repeated() -> None:
    with two(router=RouterConfig(retry_maybe_billed=True)) as (gateway, first, second):
        first.on("POST", CHAT, answers.stream([answers.event(CHUNK)], then="truncate"))
        failure = failure_of(lambda: gateway.chat.StreamChatCompletion(REQUEST, timeout=10))
    assert (len(failure.received), failure.reason) == (1, "UPSTREAM_TRUNCATED")
    assert (failure.initial["openai-grpc-deployment"], len(second.requests)) == ("first", 0)


def test_no_first_token_in_time_where_billing_twice_is_allowed() -> None:
    with StandIn() as slow, StandIn() as other:
        slow.on("POST", CHAT, answers.stall())
        other.on("POST", CHAT, answers.stream(answers.events([CHUNK, END])))
        with running_gateway(
            deployment(slow.url, name="slow", model_name="m", weight=1, timeouts=TimeoutSettings(first_token=0.1)),
            deployment(other.url, name="other", model_name="m", weight=0),
            router=BILLED,
        ) as gateway:
            assert len(list(gateway.chat.StreamChatCompletion(REQUEST, timeout=10))) == 2


@contextmanager
def one(*scripted: "Answer", **settings: Any) -> Iterator[tuple[RunningGateway, StandIn]]:
    with StandIn() as upstream:
        upstream.enqueue(*scripted)
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        with running_gateway(deployment(upstream.url), router=RouterConfig(**settings)) as gateway:
            yield gateway, upstream


@pytest.mark.parametrize(("retries", "fails", "attempts"), [(2, 2, 3), (2, 1, 2), (1, 1, 2)])
def test_the_only_deployment_is_tried_again(retries: int, fails: int, attempts: int) -> None:
    with one(*[error(503)] * fails, num_retries=retries) as (gateway, upstream):
        reply = gateway.chat.CreateChatCompletion(REQUEST, timeout=10)
    assert (reply.call_info.attempts, len(upstream.requests)) == (attempts, attempts)


NO_MORE: dict[str, tuple["Answer", dict[str, Any], float, int]] = {
    "as many retries as are configured": (error(503), {"num_retries": 1}, 10, 2),
    "none are configured": (error(503), {"num_retries": 0}, 10, 1),
    "upstream asks for more time than the caller has": (error(429, retry_after="30"), {"num_retries": 2}, 10, 1),
    "upstream asks for more time than anybody has": (error(503, retry_after="90"), {"num_retries": 2}, 100, 1),
    "the operator asks for more time than the caller has": (error(503), {"num_retries": 2, "retry_after": 30.0}, 10, 1),
    "an empty account does not fill by itself": (error(429, "insufficient_quota"), {"num_retries": 2}, 10, 1),
}


@pytest.mark.parametrize(("answer", "settings", "timeout", "attempts"), NO_MORE.values(), ids=NO_MORE)
def test_it_is_not_tried_again(answer: "Answer", settings: dict[str, Any], timeout: float, attempts: int) -> None:
    with one(*[answer] * 3, **settings) as (gateway, upstream):
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=timeout))
        assert len(upstream.requests) == attempts
        upstream.clear_queue()
    assert failure.code in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.RESOURCE_EXHAUSTED}
    assert failure.trailers.get("openai-grpc-attempts") == (str(attempts) if attempts > 1 else None)


# Deployments of one name, `num_retries`, and the requests of a call that all of them fail.
TOGETHER = [(2, 2, 3), (5, 2, 3), (5, 0, 3), (2, 0, 2), (5, 4, 5), (2, 3, 4)]


@pytest.mark.parametrize(("count", "retries", "requests"), TOGETHER)
@pytest.mark.parametrize("streaming", [False, True])
def test_failover_and_retries_are_bounded_together(count: int, retries: int, requests: int, streaming: bool) -> None:
    with ExitStack() as stack:
        upstreams = [stack.enter_context(StandIn()) for _ in range(count)]
        for upstream in upstreams:
            upstream.on("POST", CHAT, error(503, retry_after_ms="1"))
        deployments = [deployment(each.url, name=each.url, model_name="m") for each in upstreams]
        router = RouterConfig(num_retries=retries)
        gateway = stack.enter_context(running_gateway(*deployments, router=router))
        create, stream = gateway.chat.CreateChatCompletion, gateway.chat.StreamChatCompletion
        failure = failure_of(lambda: list(stream(REQUEST, timeout=10)) if streaming else create(REQUEST, timeout=10))
    assert failure.trailers["openai-grpc-attempts"] == str(requests)
    assert sum(len(upstream.requests) for upstream in upstreams) == requests


def test_a_refusal_that_says_how_to_ask_counts_as_a_request() -> None:
    with one(error(400, message="Unknown parameter: 'stream_options'."), num_retries=2) as (gateway, upstream):
        upstream.on("POST", CHAT, error(503, retry_after_ms="1"))
        failure_of(lambda: list(gateway.chat.StreamChatCompletion(REQUEST, timeout=10)))
    assert len(upstream.requests) == 3


def test_retry_after_is_waited_for() -> None:
    with one(error(429, retry_after_ms="300"), num_retries=1) as (gateway, upstream):
        began = time.monotonic()
        gateway.chat.CreateChatCompletion(REQUEST, timeout=10)
    assert time.monotonic() - began >= 0.3
    assert len(upstream.requests) == 2


def test_retries_have_a_budget() -> None:
    with one(num_retries=1) as (gateway, upstream):
        upstream.on("POST", CHAT, error(503, retry_after_ms="1"))
        calls = 40
        for _ in range(calls):
            failure_of(lambda: gateway.chat.CreateChatCompletion(REQUEST, timeout=10))
    assert calls < len(upstream.requests) < 1.2 * calls + 21


UPLOADS = [(refusing, 2), (StandIn, 1)]


@pytest.mark.parametrize(("broken", "attempts"), UPLOADS, ids=["before any of it was sent", "after all of it was sent"])
def test_an_upload_is_sent_again_only_if_none_of_it_is_gone(broken: Any, attempts: int) -> None:
    config = transcription_pb2.CreateTranscriptionRequest(model="m", file=common_pb2.UploadFile(filename="a.wav"))
    messages = [
        transcription_pb2.UploadTranscriptionRequest(config=config),
        transcription_pb2.UploadTranscriptionRequest(chunk=b"sound"),
    ]
    with ExitStack() as stack:
        first = stack.enter_context(broken())
        if isinstance(first, StandIn):
            first.on("POST", "/v1/audio/transcriptions", error(503))
        second = stack.enter_context(StandIn())
        second.on("POST", "/v1/audio/transcriptions", answers.json({"text": "hi"}))
        url = first.url if isinstance(first, StandIn) else first
        gateway = stack.enter_context(
            running_gateway(
                deployment(url, name="first", model_name="m", weight=1),
                deployment(second.url, name="second", model_name="m", weight=0),
            )
        )
        if attempts == 1:
            failure = failure_of(lambda: gateway.audio.UploadTranscription(iter(messages), timeout=10))
            assert failure.reason == "UPSTREAM_UNAVAILABLE"
        else:
            reply = gateway.audio.UploadTranscription(iter(messages), timeout=10)
            assert (reply.text, b"sound" in second.requests[0].body) == ("hi", True)
