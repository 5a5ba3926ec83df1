"""Time limits that a caller sets for one call, by its options or its metadata."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

import grpc
import pytest

from faults import answers
from faults.outcome import Outcome, check_failure, outcome
from faults.rpcs import (
    CHAT,
    CREATE_CHAT,
    GET_RESPONSE,
    STREAM_CHAT,
    STREAM_TRANSCRIPTION,
    STREAMING,
    UNARY,
    UPLOAD,
    UPLOAD_TRANSCRIPTION,
    Rpc,
    held_back,
    rpc_name,
)
from faults.stand_in import StandIn, silent
from openai_grpc.v1 import chat_pb2, common_pb2, models_pb2, transcription_pb2
from openai_grpc_server.config import RouterConfig, TimeoutSettings
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway

Code = grpc.StatusCode
KEY = "openai-grpc-time-limits"
SHORT = 0.4  # seconds; all other limits are far longer
PATIENT = TimeoutSettings(connect=60.0, first_token=60.0, idle=60.0, total=60.0)


@contextmanager
def gateway_of(*urls: str, timeouts: TimeoutSettings = PATIENT, **router: Any) -> Iterator[RunningGateway]:
    deployments = [deployment(url, name=f"d{index}", timeouts=timeouts) for index, url in enumerate(urls)]
    with running_gateway(*deployments, router=RouterConfig(**{"num_retries": 0, **router})) as gateway:
        yield gateway


CASES: dict[str, tuple[tuple[Rpc, ...], str, str, int]] = {
    "no answer": ((*UNARY, GET_RESPONSE), "total", "nothing", 0),
    "no answer within the time for the first message": ((*UNARY, GET_RESPONSE), "first_message", "nothing", 0),
    "no headers of a stream": (STREAMING, "first_message", "nothing", 0),
    "no first event": (STREAMING, "first_message", "events", 0),
    "no next event": (STREAMING, "between_messages", "events", 2),
    "a stream is too long": (STREAMING, "total", "events", 2),
}


@pytest.mark.parametrize(
    ("case", "rpc"),
    [(case, rpc) for case, (rpcs, *_) in CASES.items() for rpc in rpcs],
    ids=lambda value: rpc_name(value) or str(value),
)
def test_a_limit_ends_a_call(case: str, rpc: Rpc) -> None:
    _, limit, until, count = CASES[case]
    stalled = answers.stall() if until == "nothing" else answers.stream(rpc.pieces[:count], then="stall")
    with StandIn() as upstream, gateway_of(upstream.url) as gateway:
        upstream.enqueue(stalled)
        found = outcome(rpc, rpc.start(gateway, metadata=[(KEY, f"{limit}={SHORT}"), ("x-request-id", "mine")]))
        upstream.exchange(0).closed.result(LIMIT)
        check_failure(found, gateway)
    assert (found.code, found.reason) == (Code.DEADLINE_EXCEEDED, "CALLER_DEADLINE")
    assert f"{SHORT:g} s" in found.text
    assert found.messages == list(rpc.events[:count])


def test_options_say_the_same_and_win_over_metadata() -> None:
    options = common_pb2.CallOptions(time_limits=common_pb2.TimeLimits(first_message=SHORT))
    request = chat_pb2.CreateChatCompletionRequest()
    request.CopyFrom(CHAT)
    request.call_options.CopyFrom(options)
    with StandIn() as upstream, gateway_of(upstream.url) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.stall())
        metadata = ((KEY, "first_message=50, total=50"),)
        for call in (gateway.chat.CreateChatCompletion, gateway.chat.StreamChatCompletion):
            failure = failure_of(partial(call, request, timeout=LIMIT, metadata=metadata))
            assert (failure.code, failure.reason) == (Code.DEADLINE_EXCEEDED, "CALLER_DEADLINE")
            assert f"{SHORT:g} s" in failure.message
    assert "time_limits" not in upstream.requests[0].json()


def test_options_of_an_upload_are_those_of_its_settings() -> None:
    config = transcription_pb2.CreateTranscriptionRequest()
    config.CopyFrom(UPLOAD[0].config)
    config.call_options.time_limits.total = SHORT
    config.call_options.extra_headers["x-tide"] = "ebb"
    messages = (transcription_pb2.UploadTranscriptionRequest(config=config), *UPLOAD[1:])
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), extra_headers=("x-tide",)) as gateway,
    ):
        upstream.enqueue(answers.stall())
        failure = failure_of(lambda: gateway.audio.UploadTranscription(iter(messages), timeout=LIMIT))
        upstream.exchange(0).closed.result(LIMIT)
    assert failure.reason == "CALLER_DEADLINE"
    assert upstream.requests[0].header("x-tide") == "ebb"


@pytest.mark.parametrize("rpc", [UPLOAD_TRANSCRIPTION, STREAM_TRANSCRIPTION], ids=rpc_name)
def test_the_wait_for_the_first_message_begins_at_the_end_of_the_request(rpc: Rpc) -> None:
    with StandIn() as upstream, gateway_of(upstream.url) as gateway, held_back() as messages:
        upstream.enqueue(rpc.well())
        stub = getattr(gateway.audio, rpc.name)
        begin: Any = stub if rpc.streaming else stub.future
        call = begin(messages, timeout=LIMIT, metadata=[(KEY, f"first_message={SHORT}, total=1.5")])
        found = outcome(rpc, call)
        upstream.exchange(0).closed.result(LIMIT)
    assert "1.5 s" in found.text


def test_comments_break_the_silence() -> None:
    rpc = STREAM_CHAT
    pieces = [rpc.pieces[0], b": ping\n\n", *rpc.pieces[1:], answers.event("[DONE]")]
    with StandIn() as upstream, gateway_of(upstream.url) as gateway:
        upstream.enqueue(answers.stream(pieces))
        limits = [(KEY, "connect=60, first_message=60,between_messages=60 , total=86400")]
        found = outcome(rpc, rpc.start(gateway, metadata=limits))
    assert (found.code, found.messages) == (Code.OK, list(rpc.events))


def test_attempts_share_the_time_for_the_first_message() -> None:
    timeouts = TimeoutSettings(connect=60.0, first_token=0.4, idle=60.0, total=60.0)
    with (
        StandIn() as one,
        StandIn() as other,
        gateway_of(one.url, other.url, timeouts=timeouts, retry_maybe_billed=True) as gateway,
    ):
        for upstream in (one, other):
            upstream.on("POST", STREAM_CHAT.path, answers.stall())
        found = outcome(STREAM_CHAT, STREAM_CHAT.start(gateway, metadata=[(KEY, "first_message=0.6")]))
    assert len(one.requests) == len(other.requests) == 1
    assert found.reason == "CALLER_DEADLINE"
    assert "0.6 s" in found.text


def test_attempts_share_the_time_for_connecting() -> None:
    with StandIn() as good, silent() as nowhere, gateway_of(nowhere, good.url) as gateway:
        good.on("POST", CREATE_CHAT.path, CREATE_CHAT.well())
        found: list[Outcome] = []
        # Which of the two deployments is first is drawn by chance.
        while len(found) < 50 and not any(each.code is Code.DEADLINE_EXCEEDED for each in found):
            found.append(outcome(CREATE_CHAT, CREATE_CHAT.start(gateway, metadata=[(KEY, f"connect={SHORT}")])))
    assert {each.code for each in found} <= {Code.OK, Code.DEADLINE_EXCEEDED}
    late = [each for each in found if each.code is Code.DEADLINE_EXCEEDED]
    assert late
    assert {(each.reason, each.trailers.get("openai-grpc-attempts")) for each in late} == {("CALLER_DEADLINE", None)}
    assert len(good.requests) == len(found) - len(late)


def test_no_retry_that_would_come_too_late() -> None:
    busy = answers.json({"error": {"message": "no"}}, status=429, headers={"retry-after": "30"})
    with StandIn() as upstream, gateway_of(upstream.url, num_retries=2) as gateway:
        upstream.on("POST", CREATE_CHAT.path, busy)
        found = outcome(CREATE_CHAT, CREATE_CHAT.start(gateway, timeout=60.0, metadata=[(KEY, "first_message=20")]))
    assert (found.code, found.reason, len(upstream.requests)) == (Code.RESOURCE_EXHAUSTED, "RATE_LIMITED", 1)


@pytest.mark.parametrize("limit", ["total", "first_message"])
@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_CHAT, GET_RESPONSE], ids=rpc_name)
def test_nothing_is_sent_once_the_time_is_over(limit: str, rpc: Rpc) -> None:
    with StandIn() as upstream, gateway_of(upstream.url) as gateway:
        found = outcome(rpc, rpc.start(gateway, metadata=[(KEY, f"{limit}=0.000001")]))
    assert (found.code, found.reason, found.pushback) == (Code.DEADLINE_EXCEEDED, "CALLER_DEADLINE", None)
    assert not upstream.requests


@pytest.mark.parametrize(
    "value",
    [
        "total",
        "total=",
        "total=soon",
        "total=-1",
        "total=0",
        "total=1e3",
        "total=86401",
        "total=nan",
        "tide=1",
        "",
        "a",
    ],
)
@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_TRANSCRIPTION, GET_RESPONSE], ids=rpc_name)
def test_an_invalid_limit_is_refused(rpc: Rpc, value: str) -> None:
    with StandIn() as upstream, gateway_of(upstream.url) as gateway:
        found = outcome(rpc, rpc.start(gateway, metadata=[(KEY, value)]))
    assert (found.code, found.reason, found.fields) == (Code.INVALID_ARGUMENT, "INVALID_REQUEST", [KEY])
    assert not upstream.requests


@pytest.mark.parametrize("value", [0.0, -1.0, 1e6, float("nan"), float("inf")])
@pytest.mark.parametrize("name", [field.name for field in common_pb2.TimeLimits.DESCRIPTOR.fields])
def test_an_invalid_option_is_refused(name: str, value: float) -> None:
    request = chat_pb2.CreateChatCompletionRequest(model="m")
    setattr(request.call_options.time_limits, name, value)
    with StandIn() as upstream, gateway_of(upstream.url) as gateway:
        failure = failure_of(lambda: gateway.chat.CreateChatCompletion(request, timeout=LIMIT))
    assert failure.code is Code.INVALID_ARGUMENT
    assert failure.details["BadRequest"].field_violations[0].field == f"call_options.time_limits.{name}"
    assert not upstream.requests


def test_lists_of_models_have_limits() -> None:
    with StandIn() as one, StandIn() as other, gateway_of(one.url, other.url) as gateway:
        for upstream in (one, other):
            upstream.on("GET", "/v1/models", answers.stall())
        failure = failure_of(
            lambda: gateway.models.ListModels(
                models_pb2.ListModelsRequest(), timeout=LIMIT, metadata=((KEY, f"total={SHORT}"),)
            )
        )
    assert failure.code is Code.DEADLINE_EXCEEDED
