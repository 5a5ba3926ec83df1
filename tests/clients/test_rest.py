"""OpenAI's REST as calls of the gateway: the answers are those that the upstream gave."""

import json
from collections.abc import Iterator
from typing import Any

import grpc
import pytest

from clients.python_answers import COMPLETION, RESPONSE, VECTORS, chunk, event
from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import from_object
from openai_grpc.rest import HttpError, Match, Prepared, http_error, reply_headers, request_metadata, routes
from openai_grpc.v1 import response_event_pb2
from openai_grpc.v1.common_pb2 import UploadFile
from support.contract import methods
from support.contract import route as route_of
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway

SAID = {"model": "m", "messages": [{"role": "user", "content": "tide?", "name": None}], "mooring": {"depth": 3}}
CHUNKS = [chunk("eb"), chunk("b", "stop")]
EVENTS = [event("output_text.delta", delta="ebb"), event("completed", response=RESPONSE)]
HEADERS = {"x-request-id": "req_1", "x-ratelimit-remaining-tokens": "9", "openai-processing-ms": "7"}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(stand_in: StandIn) -> Iterator[RunningGateway]:
    with running_gateway(deployment(stand_in.url)) as running:
        yield running


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    return stand_in


def call(gateway: RunningGateway, prepared: Prepared, content: bytes = b"") -> Any:
    """Makes a prepared call and returns gRPC's call."""
    operation = prepared.operation
    kinds: dict[tuple[bool, bool], Any] = {
        (False, False): gateway.channel.unary_unary,
        (False, True): gateway.channel.unary_stream,
        (True, False): gateway.channel.stream_unary,
        (True, True): gateway.channel.stream_stream,
    }
    make = kinds[operation.uploads, operation.streams]
    method = make(operation.path, lambda message: message.SerializeToString(), operation.reply_type.FromString)
    sent = prepared.messages([content]) if operation.uploads else prepared.request
    metadata = request_metadata([("Authorization", "Bearer sk-caller"), ("Accept", "*/*")])
    if operation.streams:
        return method(sent, timeout=LIMIT, metadata=metadata)
    return method.with_call(sent, timeout=LIMIT, metadata=metadata)


CALLS: dict[str, tuple[str, str, Any, Any, tuple[str, str, Any]]] = {
    "a body": ("POST /v1/chat/completions", "", SAID, COMPLETION, ("/v1/chat/completions", "", SAID)),
    "without /v1": ("POST /embeddings", "", {"input": "a"}, VECTORS, ("/v1/embeddings", "", {"input": "a"})),
    "Azure's prefix": (
        "POST /openai/v1/responses",
        "",
        {"input": "a"},
        RESPONSE,
        ("/v1/responses", "", {"input": "a"}),
    ),
    "a path": ("GET /v1/responses/r%2B1", "", None, RESPONSE, ("/v1/responses/r%2B1", "", None)),
    "a literal before a field": (
        "POST /v1/responses/compact",
        "",
        {"model": "m"},
        {"id": "c"},
        ("/v1/responses/compact", "", {"model": "m"}),
    ),
    "a name with a slash": (
        "GET /v1/models/sea/m-1",
        "",
        None,
        {"id": "sea/m-1", "object": "model"},
        ("/v1/models/sea%2Fm-1", "", None),
    ),
    "query parameters": (
        "GET /v1/chat/completions",
        "limit=2&metadata[port]=Brest&order=desc&later=x",
        None,
        {"object": "list", "data": []},
        ("/v1/chat/completions", "limit=2&metadata%5Bport%5D=Brest&order=desc&later=x", None),
    ),
    "a list in the query": (
        "GET /v1/responses/r1",
        "include[]=a&include[]=b",
        None,
        RESPONSE,
        ("/v1/responses/r1", "include%5B%5D=a&include%5B%5D=b", None),
    ),
    "a list without brackets": (
        "GET /v1/responses/r1/input_items",
        "include=a&after=i1",
        None,
        {"object": "list", "data": []},
        ("/v1/responses/r1/input_items", "after=i1&include%5B%5D=a", None),
    ),
    "no body": ("POST /v1/responses/r1/cancel", "", None, RESPONSE, ("/v1/responses/r1/cancel", "", None)),
    "a deletion": ("DELETE /v1/responses/r1", "", None, {"id": "r1", "deleted": True}, ("/v1/responses/r1", "", None)),
}


@pytest.mark.parametrize(("line", "query", "body", "answer", "sent"), CALLS.values(), ids=CALLS)
def test_calls(  # noqa: PLR0917 - a table and fixtures
    line: str, query: str, body: Any, answer: Any, sent: Any, gateway: RunningGateway, upstream: StandIn
) -> None:
    verb, path = line.split()
    target, parameters, sent_body = sent
    upstream.on(verb, target, answers.json(answer, headers=HEADERS))
    match = routes.match(verb, path)
    given = match.read_json(b"" if body is None else json.dumps(body).encode()) | match.read_query(query)
    prepared = match.prepare(given)
    reply, called = call(gateway, prepared)
    received = upstream.requests[-1]
    assert (received.method, received.target.partition("?")[::2]) == (verb, (target, parameters))
    if sent_body is not None:
        assert received.json().items() >= sent_body.items()
    content_type, data = prepared.body(reply)
    assert content_type == "application/json"
    assert json.loads(data).items() >= answer.items()
    headers = dict(reply_headers(called.initial_metadata()))
    assert headers.items() >= HEADERS.items()
    assert "openai-request-id" not in headers
    assert headers["openai-grpc-request-id"]


def test_every_rpc_has_its_route() -> None:
    found = {operation.path: f"{route.method} {route.template}" for route, operation in routes.operations()}
    assert found == {f"/{each.containing_service.full_name}/{each.name}": route_of(each) for each in methods()}
    for route, operation in routes.operations():
        assert operation.streams == bool(operation.framing), operation.name
        path = f"/v1{route.template}"
        assert routes.match(route.method, path).route is route


STREAMS: dict[str, tuple[str, list[Any], bool, bytes]] = {
    "a chat": ("/v1/chat/completions", CHUNKS, False, b"data: [DONE]\n\n"),
    "a response": ("/v1/responses", EVENTS, True, b""),
}


@pytest.mark.parametrize(("path", "sent", "named", "end"), STREAMS.values(), ids=STREAMS)
def test_streams(  # noqa: PLR0917 - a table and fixtures
    path: str, sent: list[Any], named: bool, end: bytes, gateway: RunningGateway, upstream: StandIn
) -> None:
    upstream.on("POST", path, answers.stream(answers.events(sent, named=named, done=not named)))
    match = routes.match("POST", path)
    prepared = match.prepare({"model": "m", "stream": True})
    framing = prepared.events()
    events = [framing.event(message) for message in call(gateway, prepared)]
    assert framing.end() == end
    for event_bytes, message in zip(events, sent, strict=True):
        *names, data = event_bytes.decode().removesuffix("\n\n").split("\n")
        assert names == ([f"event: {message['type']}"] if named else [])
        assert json.loads(data.removeprefix("data: ")) == message


@pytest.mark.parametrize("stream", [True, False])
def test_a_form(stream: bool, gateway: RunningGateway, upstream: StandIn) -> None:
    done = {"type": "transcript.text.done", "text": "ebb"}
    whole = answers.json({"text": "ebb"})
    path = "/v1/audio/transcriptions"
    upstream.on("POST", path, answers.stream(answers.events([done], named=True)) if stream else whole)
    match = routes.match("POST", path)
    fields = [
        ("model", "m"),
        ("temperature", "0.5"),
        ("timestamp_granularities[]", "word"),
        ("stream", str(stream).lower()),
    ]
    fields += [("chunking_strategy[type]", "server_vad"), ("chunking_strategy[prefix_padding_ms]", "300")]
    value = match.read_form(fields)
    assert value["temperature"] == 0.5
    assert value["chunking_strategy"] == {"type": "server_vad", "prefix_padding_ms": 300}
    prepared = match.prepare(value, UploadFile(filename="a.wav", size=4))
    if stream:
        (message,) = call(gateway, prepared, b"RIFF")
        assert prepared.events().event(message).startswith(b"event: transcript.text.done\ndata: ")
    else:
        reply, _ = call(gateway, prepared, b"RIFF")
        assert json.loads(prepared.body(reply)[1]) == {"text": "ebb"}
    assert b'filename="a.wav"' in upstream.requests[-1].body
    assert b"RIFF" in upstream.requests[-1].body


@pytest.mark.parametrize("kind", ["text", "srt", "vtt"])
def test_a_plain_text(kind: str, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.on("POST", "/v1/audio/transcriptions", answers.body(b"1\nebb\n", content_type="text/plain"))
    match = routes.match("POST", "/v1/audio/transcriptions")
    prepared = match.prepare({"model": "m", "response_format": kind}, UploadFile(filename="a.wav", size=4))
    reply, _ = call(gateway, prepared, b"RIFF")
    assert prepared.body(reply) == ("text/plain; charset=utf-8", b"1\nebb\n")


ERROR = {"message": "no", "type": "sea_error", "param": "messages", "code": "low_tide"}


@pytest.mark.parametrize("status", [400, 402, 404, 409, 413, 422, 429, 500, 502, 503])
def test_errors_of_upstream(status: int, gateway: RunningGateway, upstream: StandIn) -> None:
    error = {**ERROR, "innererror": {"depth": 3}}
    headers = {"x-request-id": "req_1", "x-ratelimit-remaining-requests": "0", "retry-after-ms": "1500"}
    upstream.on("POST", "/v1/chat/completions", answers.json({"error": error}, status=status, headers=headers))
    failed = failure(gateway, routes.match("POST", "/v1/chat/completions").prepare(dict(SAID)))
    told, head, data = failed.parts()
    assert (told, json.loads(data)) == (status, {"error": error})
    found = dict(head)
    assert found["content-type"] == "application/json"
    assert (found["x-request-id"], found["x-ratelimit-remaining-requests"]) == ("req_1", "0")
    if status in {429, 503}:
        assert (found["retry-after"], found["retry-after-ms"]) == ("2", "1500")


@pytest.mark.parametrize("status", [401, 403])
def test_the_gateways_own_key_is_not_the_callers(status: int, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.on("POST", "/v1/chat/completions", answers.json({"error": ERROR}, status=status))
    assert failure(gateway, routes.match("POST", "/v1/chat/completions").prepare(dict(SAID))).status == 500


def test_a_call_that_may_be_billed_is_not_retried(gateway: RunningGateway, upstream: StandIn) -> None:
    cut = answers.stream(answers.events(CHUNKS[:1], done=False))
    upstream.on("POST", "/v1/chat/completions", cut)
    prepared = routes.match("POST", "/v1/chat/completions").prepare({**SAID, "stream": True})
    failed = failure(gateway, prepared)
    assert failed.status == 502
    assert dict(failed.headers)["x-should-retry"] == "false"
    assert json.loads(prepared.events().error(failed).decode().removeprefix("data: ")) == failed.body
    named = routes.match("POST", "/v1/responses").prepare({"input": "a", "stream": True}).events().error(failed)
    name, data = named.decode().split("\n")[:2]
    assert name == "event: error"
    assert json.loads(data.removeprefix("data: ")).items() >= {"type": "error", **failed.body}.items()
    assert "sequence_number" not in data


def test_the_event_of_a_failure_has_the_next_number() -> None:
    events = routes.match("POST", "/v1/responses").prepare({"input": "a", "stream": True}).events()
    delta = {"type": "response.output_text.delta", "delta": "ebb", "item_id": "m", "sequence_number": 41}
    events.event(from_object(response_event_pb2.ResponseStreamEvent, delta))
    data = events.error(HttpError(502, {"error": ERROR})).decode().split("\n")[1]
    assert json.loads(data.removeprefix("data: "))["sequence_number"] == 42


def failure(gateway: RunningGateway, prepared: Prepared) -> HttpError:
    with pytest.raises(grpc.RpcError) as raised:
        list(call(gateway, prepared))
    return http_error(raised.value)


REFUSED: dict[str, tuple[Any, int, str]] = {
    "an unknown path": (lambda: routes.match("POST", "/v1/chat/completion"), 404, "did you mean /v1/chat/completions"),
    "another method": (lambda: routes.match("PUT", "/v1/embeddings"), 405, "use POST"),
    "no JSON": (lambda: chat().read_json(b"{"), 400, "not valid JSON"),
    "no object": (lambda: chat().read_json(b"[]"), 400, "must be a JSON object"),
    "no boolean": (lambda: chat().prepare({"stream": "yes"}), 400, "must be true or false"),
    "no stream": (lambda: routes.match("POST", "/v1/embeddings").prepare({"stream": True}), 400, "does not stream"),
    "a name": (lambda: chat().read_form([("a[b", "x")]), 400, "Invalid parameter name 'a[b'"),
    "no file": (lambda: routes.match("POST", "/v1/audio/transcriptions").prepare({"model": "m"}), 400, "takes a file"),
    "a file": (lambda: chat().prepare({}, UploadFile(filename="a")), 400, "takes no file"),
}


def chat() -> Match:
    return routes.match("POST", "/v1/chat/completions")


@pytest.mark.parametrize(("attempt", "status", "told"), REFUSED.values(), ids=REFUSED)
def test_refusals(attempt: Any, status: int, told: str) -> None:
    with pytest.raises(HttpError) as refused:
        attempt()
    assert refused.value.status == status
    assert told in refused.value.message
    assert refused.value.body["error"]["type"] == "invalid_request_error"
