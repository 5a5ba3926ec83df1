"""How calls of the Python clients go wrong, and which are made again."""

from collections.abc import Iterator
from typing import Any

import pytest

from faults import answers
from faults.stand_in import Gate, StandIn, refusing
from openai_grpc import (
    APIError,
    AuthenticationError,
    BadRequestError,
    ConflictError,
    DeadlineExceededError,
    FailedPreconditionError,
    InternalError,
    NotFoundError,
    PermissionDeniedError,
    QuotaExceededError,
    RateLimitError,
    ResponseFailedError,
    UnavailableError,
    UpstreamConnectionLostError,
    UpstreamCredentialsError,
    UpstreamTruncatedError,
)
from support.gateway import deployment, running_gateway
from support.proxy import proxy
from support.python_client import KINDS, Driver, driver

CHAT = "/v1/chat/completions"
COMPLETION = answers.json({"id": "c1", "choices": [{"index": 0, "message": {"content": "Hi!"}}]})
NO_WAIT = {"retry-after-ms": "1"}


def chunk(content: str, finish_reason: str | None = None) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"content": content}, "finish_reason": finish_reason}]}


PIECES = answers.events([chunk("a"), chunk("b"), chunk("c", "stop")])


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        yield running


@pytest.fixture
def target(upstream: StandIn) -> Iterator[str]:
    with running_gateway(deployment(upstream.url)) as gateway:
        yield gateway.target


@pytest.fixture(params=KINDS)
def drive(request: pytest.FixtureRequest, target: str) -> Iterator[Driver]:
    with driver(request.param, target) as driven:
        yield driven


@pytest.mark.parametrize("kind", KINDS)
def test_who_calls(kind: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, COMPLETION)
    settings = {"api_key": "sk-caller", "organization": "org", "project": "proj", "metadata": {"Idempotency-Key": "k"}}
    with (
        running_gateway(deployment(upstream.url, api_key=None)) as gateway,
        driver(kind, gateway.target, **settings) as drive,
    ):
        _, metadata = drive(lambda c: c.chat.completions.create.with_call(extra_metadata={"X-Request-Id": "mine"}))
    received = upstream.requests[0]
    names = ("authorization", "openai-organization", "openai-project", "idempotency-key", "x-client-request-id")
    assert [received.header(name) for name in names] == ["Bearer sk-caller", "org", "proj", "k", "mine"]
    assert metadata.gateway_request_id == "mine"


def refused(status: int, *, message: str = "no", **error: Any) -> Any:
    return answers.json({"error": {"message": message, **error}}, status=status, headers=NO_WAIT)


FAILURES: dict[str, tuple[Any, type[APIError], dict[str, Any]]] = {
    "400": (
        refused(400, type="invalid_request_error", param="messages", code="invalid_value"),
        BadRequestError,
        {"reason": "INVALID_REQUEST", "http_status": 400, "param": "messages", "code": "invalid_value"},
    ),
    "401 with the gateway's key": (refused(401), UpstreamCredentialsError, {"reason": "UPSTREAM_CREDENTIALS"}),
    "402": (refused(402), FailedPreconditionError, {"http_status": 402}),
    "404": (refused(404), NotFoundError, {"http_status": 404}),
    "409": (refused(409), ConflictError, {"http_status": 409}),
    "429": (refused(429), RateLimitError, {"reason": "RATE_LIMITED", "retry_after": 0.001}),
    "429, spent": (refused(429, code="insufficient_quota"), QuotaExceededError, {"retry_after": None}),
    "500": (refused(500), InternalError, {"http_status": 500}),
    "503, time after time": (refused(503), UnavailableError, {"http_status": 503}),
    "504": (refused(504), DeadlineExceededError, {"reason": "UPSTREAM_TIMEOUT"}),
    "lost": (answers.reset(), UpstreamConnectionLostError, {"reason": "UPSTREAM_CONNECTION_LOST"}),
}


@pytest.mark.parametrize(("answer", "kind", "facts"), FAILURES.values(), ids=FAILURES)
def test_failures(answer: Any, kind: type[APIError], facts: dict[str, Any], drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answer)
    with pytest.raises(kind) as failed:
        drive(lambda c: c.chat("hello"))
    error = failed.value
    assert type(error) is kind
    assert {name: getattr(error, name) for name in facts} == facts
    assert error.metadata.deployment == "stand-in"
    assert error.request_id


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("status", "error"), [(401, AuthenticationError), (403, PermissionDeniedError)])
def test_the_callers_key_is_refused(kind: str, status: int, error: type[APIError], upstream: StandIn) -> None:
    upstream.on("POST", CHAT, refused(status))
    with (
        running_gateway(deployment(upstream.url, api_key=None)) as gateway,
        driver(kind, gateway.target, api_key="sk-bad") as drive,
        pytest.raises(error),
    ):
        drive(lambda c: c.chat("hello"))


def test_a_stream_that_breaks_off(drive: Driver, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.stream(PIECES[:2], then="truncate", gates={2: (read := Gate())}))
    stream = drive(lambda c: c.chat_stream("hello"))
    got = drive.read(lambda _: stream, most=2)
    read.open()
    with pytest.raises(UpstreamTruncatedError):
        drive.read(lambda _: stream)
    assert (got, stream.text, stream.message) == (["a", "b"], "ab", None)


def test_a_failed_response(drive: Driver, upstream: StandIn) -> None:
    failed = {"id": "r1", "status": "failed", "output": [], "error": {"code": "server_error", "message": "it broke"}}
    upstream.enqueue(answers.json(failed))
    with pytest.raises(ResponseFailedError, match="it broke"):
        drive(lambda c: c.respond("hello"))
    upstream.enqueue(answers.stream(answers.events([{"type": "response.failed", "response": failed}], named=True)))
    with pytest.raises(ResponseFailedError, match="it broke"):
        drive.read(lambda c: c.respond_stream("hello"))
    upstream.enqueue(answers.json(failed))
    assert drive(lambda c: c.responses.create(input="hello")).status == "failed"


RETRIED: dict[str, tuple[Any, list[Any], Any]] = {
    "a call that creates": (lambda c: c.chat("hello"), [refused(503)], COMPLETION),
    "twice": (lambda c: c.chat("hello"), [refused(503), refused(503)], COMPLETION),
    "a stream": (lambda c: c.chat.completions.stream(model="m"), [refused(503)], answers.stream(PIECES)),
    "a call without side effects": (lambda c: c.models.list(), [refused(503)], answers.json({"data": []})),
    "also for 502": (lambda c: c.models.list(), [refused(502)], answers.json({"data": []})),
}


@pytest.mark.parametrize(("use", "first", "then"), RETRIED.values(), ids=RETRIED)
def test_what_is_made_again(use: Any, first: list[Any], then: Any, drive: Driver, upstream: StandIn) -> None:
    upstream.enqueue(*first, then)
    result = drive(use)
    if hasattr(result, "close"):
        assert len(drive.read(lambda _: result)) == 3
    assert len(upstream.requests) == len(first) + 1


ONCE: dict[str, tuple[Any, Any, dict[str, Any]]] = {
    "where no retries are wanted": (lambda c: c.chat("hello"), refused(503), {"max_retries": 0}),
    "what may have been billed": (lambda c: c.chat("hello"), refused(500), {}),
    "a rate limit": (lambda c: c.chat("hello"), refused(429), {}),
    "an upload, whose file is gone": (lambda c: c.transcribe(("a.wav", b"RIFF")), refused(503), {}),
    "past the deadline": (
        lambda c: c.chat("hello", timeout=5),
        answers.json({}, status=503, headers={"retry-after": "9"}),
        {},
    ),
}


@pytest.mark.parametrize(("use", "answer", "settings"), ONCE.values(), ids=ONCE)
def test_what_is_not_made_again(
    use: Any, answer: Any, settings: dict[str, Any], target: str, upstream: StandIn
) -> None:
    upstream.on("POST", CHAT, answer)
    upstream.on("POST", "/v1/audio/transcriptions", answer)
    for count, kind in enumerate(KINDS, 1):
        with driver(kind, target, **settings) as drive, pytest.raises(APIError):
            drive(use)
        assert len(upstream.requests) == count


@pytest.mark.parametrize("kind", KINDS)
def test_a_call_whose_connection_is_lost_is_not_made_again(kind: str, target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.stall())
    with proxy(target) as between, driver(kind, between.target) as drive:
        stream = drive(lambda c: c.chat_stream("hello", timeout=5))  # made again, it would wait for ever
        upstream.exchange(0)
        between.cut()
        with pytest.raises(UnavailableError) as failed:
            drive.read(lambda _: stream)
        assert failed.value.reason == ""
        upstream.on("POST", CHAT, COMPLETION)
        upstream.on("GET", "/v1/models", answers.json({"data": []}))
        drive(lambda c: c.models.list())  # gRPC may give a call to the connection that it is about to remove
        assert drive(lambda c: c.chat("again")).text == "Hi!"
    assert [each.method for each in upstream.requests] == ["POST", "GET", "POST"]


@pytest.mark.parametrize("kind", KINDS)
def test_no_gateway(kind: str) -> None:
    with refusing() as url, driver(kind, url.removeprefix("http://")) as drive:
        with pytest.raises(ConnectionError) as failed:
            drive(lambda c: c.chat("hello"))
        assert isinstance(failed.value, UnavailableError)
