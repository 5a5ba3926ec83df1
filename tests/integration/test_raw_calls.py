"""Raw calls: what the allow-list lets through, what never leaves the base URL, and what of keys applies to them."""

from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import dumps, loads
from openai_grpc.v1 import RawParameter, RawRequest, RawUpload
from openai_grpc_server.config import GeneralSettings, KeySettings, RawSettings, Secret
from support.failure import failure_of
from support.gateway import OWN_KEY, RunningGateway, deployment, running_gateway

STORE = "/vector_stores/vs_1"
RULES = (
    RawSettings(path="/vector_stores/**", methods=("GET", "POST", "DELETE")),
    RawSettings(path="/evals/{id}", methods=("GET",), model="lighthouse"),
    RawSettings(path="/skills/*", methods=("POST", "PUT", "PATCH")),
    RawSettings(path="/ours/**", keys=("keeper",)),
    RawSettings(path="/tuned/**", model="lighthouse"),
)
KEYS = (
    KeySettings(name="keeper", key=Secret("sk-keeper-of-the-light-0001")),
    KeySettings(name="reader", key=Secret("sk-reader-of-the-log-0000001"), rpcs=("Download",)),
    KeySettings(name="narrow", key=Secret("sk-narrow-channel-00000001"), models=("buoy",)),
    KeySettings(name="frugal", key=Secret("sk-frugal-harbour-00000001"), tpm=100),
)
BINARY = bytes(range(256)) * 9000


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    with running_gateway(deployment(f"{upstream.url}"), raw=RULES, extra_headers=("x-berth",)) as running:
        yield running


@pytest.fixture(scope="module")
def guarded(upstream: StandIn) -> Iterator[RunningGateway]:
    """A gateway with keys, whose models are at two upstreams."""
    models = [
        deployment(upstream.url, name=name, model_name=name, model=f"{name}-2026") for name in ("lighthouse", "buoy")
    ]
    models[1] = deployment(f"{upstream.url}/second", name="buoy", model_name="buoy", model="buoy-2026")
    general = GeneralSettings(keys=KEYS, sealing_key=Secret("a sealing key of some length, at random 7431"))
    with running_gateway(*models, general=general, raw=RULES) as running:
        yield running


def asked(method: str = "GET", path: str = STORE, **fields: Any) -> RawRequest:
    return RawRequest(method=method, path=path, **fields)


def key(name: str) -> tuple[tuple[str, str], ...]:
    secret = next(each.key for each in KEYS if each.name == name)
    assert secret is not None
    return (("authorization", f"Bearer {secret.reveal()}"),)


def test_a_call_goes_up_and_comes_back_as_it_is(gateway: RunningGateway, upstream: StandIn) -> None:
    body = b'{"id":"vs_1","counts":{"done":18446744073709551615,"odd":1.50}}'
    upstream.enqueue(answers.body(body, status=201, headers={"etag": '"7"', "set-cookie": "a=b", "x-request-id": "r7"}))
    request = asked(
        "POST",
        f"{STORE}/files/f%20%C3%A9",
        query=[RawParameter(name=name, value=value) for name, value in (("include[]", "a&b=c"), ("include[]", "#?"))],
        headers={"OpenAI-Beta": "stores=v2", "x-berth": "4", "accept": "application/json"},
        json='{"ropes":18446744073709551615,"odd":1.50}',
    )
    reply, call = gateway.raw.Call.with_call(request)
    sent = upstream.requests[-1]
    assert (sent.method, sent.path) == ("POST", f"/v1{STORE}/files/f%20%C3%A9")
    assert sent.query == [("include[]", "a&b=c"), ("include[]", "#?")]
    assert bytes(sent.body) == b'{"ropes":18446744073709551615,"odd":1.50}'
    headers = dict(sent.headers)
    assert headers["authorization"] == f"Bearer {OWN_KEY}"
    assert [headers[name] for name in ("openai-beta", "x-berth", "content-type")] == [
        "stores=v2",
        "4",
        "application/json",
    ]
    assert (reply.status, reply.json.encode()) == (201, body)
    assert dict(reply.headers) == {"content-type": "application/json", "etag": '"7"'}
    assert dict(call.initial_metadata())["openai-request-id"] == "r7"
    assert reply.call_info.deployment == "stand-in"


@pytest.mark.parametrize("method", ["PUT", "PATCH"])
def test_bytes_of_any_type_go_up(gateway: RunningGateway, upstream: StandIn, method: str) -> None:
    upstream.enqueue(answers.body(b"\xff\x00", content_type="image/png"))
    reply = gateway.raw.Call(asked(method, "/skills/s1", data=BINARY, content_type="application/zip"))
    sent = upstream.requests[-1]
    assert (sent.method, bytes(sent.body), sent.header("content-type")) == (method, BINARY, "application/zip")
    assert (reply.data, reply.WhichOneof("body")) == (b"\xff\x00", "data")


def test_a_stream_of_events_comes_as_events(gateway: RunningGateway, upstream: StandIn) -> None:
    pieces = [b"event: sail\nid: 7\nretry: 50\ndata: {}\n\n", b"data: one\ndata: two\n\n", b"data: [DONE]\n\n"]
    upstream.enqueue(answers.stream(pieces))
    head, *messages = list(gateway.raw.StreamCall(asked()))
    assert (head.status, head.WhichOneof("part")) == (200, None)
    assert head.headers["content-type"].startswith("text/event-stream")
    told = [(each.event.event, each.event.id, each.event.retry, each.event.data) for each in messages]
    assert told == [("sail", "7", 50, "{}"), ("", "7", 0, "one\ntwo"), ("", "7", 0, "[DONE]")]


@pytest.mark.parametrize("content_type", ["audio/mpeg", "application/json"])
def test_a_stream_of_another_type_comes_in_chunks(
    gateway: RunningGateway, upstream: StandIn, content_type: str
) -> None:
    data = BINARY if content_type == "audio/mpeg" else dumps({"text": "fog " * 500_000})
    upstream.enqueue(answers.body(data, content_type=content_type))
    _, *messages = list(gateway.raw.StreamCall(asked()))
    assert b"".join(each.chunk for each in messages) == data
    assert len(messages) > 1


def test_a_body_is_uploaded_in_chunks_and_another_downloaded(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json({"id": "up_1"}))
    form = "multipart/form-data; boundary=rope"
    config = asked("POST", f"{STORE}/parts", content_type=form, size=len(BINARY))
    pieces = [BINARY[at : at + 100_000] for at in range(0, len(BINARY), 100_000)]
    messages = [RawUpload(config=config), *(RawUpload(chunk=piece) for piece in pieces)]
    reply = gateway.raw.Upload(iter(messages))
    sent = upstream.requests[-1]
    assert (bytes(sent.body), sent.header("content-type"), sent.header("content-length")) == (
        BINARY,
        form,
        str(len(BINARY)),
    )
    assert loads(reply.json) == {"id": "up_1"}
    part = {"content-range": "bytes 5-9/10", "x-secret": "1"}
    upstream.enqueue(answers.body(BINARY, status=206, content_type="application/json", headers=part))
    head, *chunks = list(gateway.raw.Download(asked(headers={"range": "bytes=5-9"})))
    assert upstream.requests[-1].header("range") == "bytes=5-9"
    assert (head.status, dict(head.headers)) == (
        206,
        {"content-type": "application/json", "content-range": "bytes 5-9/10", "content-length": str(len(BINARY))},
    )
    assert b"".join(each.data for each in chunks) == BINARY


ATTACKS = [
    *("", "vector_stores/x", "https://example.org/vector_stores", "//example.org/vector_stores", "@example.org/a"),
    *("/vector_stores/../models", "/vector_stores/..", "/vector_stores/.", "/./vector_stores/a", "/vector_stores/..."),
    *("/vector_stores/%2e%2e/models", "/vector_stores/%2E./models", "/vector_stores/.%2e/models"),
    *("/vector_stores/..%2fmodels", "/vector_stores/a%2Fb", "/vector_stores/a%5cb", "/vector_stores/a\\b"),
    *("/vector_stores/%252e%252e/models", "/vector_stores/..;/models", "/vector_stores/a;b=c", "/vector_stores/a%3Bb"),
    *("/vector_stores//a", "/vector_stores/a/", "//vector_stores/a", "/vector_stores/a?x=1", "/vector_stores/a#b"),
    *("/vector_stores/a%3Fx=1", "/vector_stores/a%23b", "/vector_stores/a%00", "/vector_stores/a%0d%0aHost:x"),
    *("/vector_stores/a\r\nHost: x", "/vector_stores/a b", "/vector_stores/a\x00", "/vector_stores/a%20%09"),
    *("/vector_stores/%c0%af", "/vector_stores/%c0%ae%c0%ae/models", "/vector_stores/%EF%BC%8Fa"),
    *("/vector_stores/%E2%80%A5/models", "/vector_stores/%ef%bc%8e%ef%bc%8e/a", "/vector_stores/é", "/vector_stores/%"),
    *("/vector_stores/%zz", "/vector_stores/" + "a" * 2048, "/vector_stores/%EF%BC%BCb", "/vector_stores/a%7f"),
    "/vector_stores/[::1]",
]


@pytest.mark.parametrize("path", ATTACKS)
def test_a_path_never_leaves_the_base_url(gateway: RunningGateway, upstream: StandIn, path: str) -> None:
    before = len(upstream.requests)
    failure = failure_of(lambda: gateway.raw.Call(asked(path=path)))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "path" in failure.message
    assert len(upstream.requests) == before


REFUSED: list[tuple[str, RawRequest]] = [
    *((path, asked("POST", path)) for path in ("/responses", "/chat/completions", "/Chat/Completions", "/embeddings")),
    *((path, asked("GET", path)) for path in ("/models/a/b", "/responses/r1", "/%72esponses/r1", "/MODELS")),
    *(
        (f"method {name}", asked(name))
        for name in ("", "get", "TRACE", "CONNECT", "GET /x HTTP/1.1\r\nHost: y\r\n\r\n")
    ),
    *(
        (f"header {name}", asked(headers={name: "1"}))
        for name in (
            *(
                "authorization",
                "Authorization",
                "api-key",
                "x-api-key",
                "cookie",
                "host",
                "connection",
                "te",
                "upgrade",
            ),
            *("transfer-encoding", "transfer_encoding", "content-length", "content-type", "proxy-authorization"),
            *("x-forwarded-for", "x-http-method-override", "expect", "trailer", "keep-alive", "x-unlisted", "a b", ""),
        )
    ),
    *((f"value {value!r}", asked(headers={"range": value})) for value in ("a\r\nb: c", "a\nb", "a\x00")),
    ("accept", asked(headers={"accept": "a\r\nauthorization: x"})),
    ("an empty name of a parameter", asked(query=[RawParameter(value="x")])),
    ("a control character in a parameter", asked(query=[RawParameter(name="a\r\nb")])),
    ("too many parameters", asked(query=[RawParameter(name="a")] * 257)),
    ("two bodies", asked("POST", json="{}", data=b"x")),
    ("no JSON", asked("POST", json="{")),
    ("JSON as bytes", asked("POST", data=b"{}", content_type="Application/JSON; charset=utf-8")),
    ("JSON of another type", asked("POST", data=b"{}", content_type="application/vnd.api+json")),
    ("a type that splits the head", asked("POST", data=b"x", content_type="a/b\r\nx: y")),
    *(
        (name, asked("POST", json=dumps({name: "x"}).decode()))
        for name in ("api_base", "apiBase", "fallbacks", "Model")
    ),
]


@pytest.mark.parametrize("request_", [each for _, each in REFUSED], ids=[name for name, _ in REFUSED])
def test_what_may_not_go_up_is_refused(gateway: RunningGateway, upstream: StandIn, request_: RawRequest) -> None:
    before = len(upstream.requests)
    assert failure_of(lambda: gateway.raw.Call(request_)).code is grpc.StatusCode.INVALID_ARGUMENT
    assert len(upstream.requests) == before


def test_the_query_of_the_base_url_stays(upstream: StandIn) -> None:
    there = deployment(upstream.url)
    there = deployment(upstream.url, base_url=f"{there.base_url}?api-version=7")
    with running_gateway(there, raw=RULES) as gateway:
        upstream.enqueue(answers.json({}))
        gateway.raw.Call(asked(query=[RawParameter(name="a&api-version", value="8#")]))
        assert upstream.requests[-1].query == [("api-version", "7"), ("a&api-version", "8#")]
        for name in ("api-version", "API_Version"):
            failure = failure_of(partial(gateway.raw.Call, asked(query=[RawParameter(name=name)])))
            assert failure.code is grpc.StatusCode.INVALID_ARGUMENT


@pytest.mark.parametrize(
    ("method", "path"),
    [
        *(("PUT", STORE), ("POST", "/evals/e1"), ("GET", "/evals/e1/runs"), ("GET", "/evals"), ("GET", "/webhooks/w1")),
        *(("POST", "/skills/s1/versions"), ("GET", "/ours/a"), ("GET", "/%76ector_stores/a")),
    ],
)
def test_what_is_not_listed_is_not_found(gateway: RunningGateway, method: str, path: str) -> None:
    failure = failure_of(lambda: gateway.raw.Call(asked(method, path)))
    assert (failure.code, failure.details["ErrorInfo"].reason) == (
        grpc.StatusCode.NOT_FOUND,
        "RAW_PATH_NOT_ALLOWED",
    )


def test_raw_calls_are_off_by_default(upstream: StandIn) -> None:
    with running_gateway(deployment(upstream.url)) as gateway:
        calls: list[Callable[[], Any]] = [
            lambda: gateway.raw.Call(asked()),
            lambda: list(gateway.raw.StreamCall(asked())),
            lambda: list(gateway.raw.Download(asked())),
            lambda: gateway.raw.Upload(iter([RawUpload(config=asked())])),
        ]
        for call in calls:
            failure = failure_of(call)
            assert (failure.code, failure.message.partition(": ")[2]) == (
                grpc.StatusCode.NOT_FOUND,
                "raw calls are off: list the paths in server.raw",
            )


def test_an_error_of_the_upstream_is_an_error_of_the_call(gateway: RunningGateway, upstream: StandIn) -> None:
    error = {"message": "No such store.", "type": "invalid_request_error", "param": "id", "code": "lost"}
    upstream.enqueue(answers.json({"error": error}, status=404), answers.json({}, status=302))
    failure = failure_of(lambda: gateway.raw.Call(asked()))
    assert (failure.code, failure.message) == (grpc.StatusCode.NOT_FOUND, "No such store.")
    assert failure_of(lambda: gateway.raw.Call(asked())).details["ErrorInfo"].reason == "UPSTREAM_REDIRECT"


def test_an_upload_that_is_not_of_its_size_fails(gateway: RunningGateway, upstream: StandIn) -> None:
    path = f"{STORE}/short"
    upstream.on("POST", f"/v1{path}", answers.json({}))  # its head may come, before the failure or after it
    messages = [RawUpload(config=asked("POST", path, size=5)), RawUpload(chunk=b"abc")]
    assert failure_of(lambda: gateway.raw.Upload(iter(messages))).code is grpc.StatusCode.INVALID_ARGUMENT
    for wrong in ([], [RawUpload(chunk=b"abc")], [RawUpload(config=asked("POST", json="{}"))]):
        assert failure_of(partial(gateway.raw.Upload, iter(wrong))).code is grpc.StatusCode.INVALID_ARGUMENT


def test_a_model_routes_a_call(guarded: RunningGateway, upstream: StandIn) -> None:
    cases = [
        (asked("POST", json='{"model":"buoy","n":1}'), "/second/v1", b'{"model":"buoy-2026","n":1}'),
        (asked("POST", model="lighthouse", json='{"model":"buoy"}'), "/v1", b'{"model":"buoy"}'),
        (asked("POST", "/tuned/t1", json='{"model":"buoy"}'), "/v1", b'{"model":"buoy"}'),
        (asked("GET", "/evals/e1"), "/v1", b""),
    ]
    for request, base, body in cases:
        upstream.enqueue(answers.json({}))
        guarded.raw.Call(request, metadata=key("keeper"))
        sent = upstream.requests[-1]
        assert (sent.path, bytes(sent.body)) == (f"{base}{request.path}", body)
    failure = failure_of(lambda: guarded.raw.Call(asked(), metadata=key("keeper")))
    assert "several upstreams" in failure.message
    failure = failure_of(lambda: guarded.raw.Call(asked(model="raft"), metadata=key("keeper")))
    assert failure.details["ErrorInfo"].reason == "MODEL_NOT_FOUND"


DENIED: list[tuple[str, RawRequest, str]] = [
    ("reader", asked(model="buoy"), "RPC_NOT_ALLOWED"),
    ("narrow", asked(model="lighthouse"), "MODEL_NOT_ALLOWED"),
    ("narrow", asked("POST", json='{"model":"lighthouse"}'), "MODEL_NOT_ALLOWED"),
    ("narrow", asked("POST", model="buoy", json='{"runs":[{"Model":"lighthouse"}]}'), "MODEL_NOT_ALLOWED"),
    ("narrow", asked("POST", model="buoy", json='{"m\\u006fdel":"buoy","model":"lighthouse"}'), "MODEL_NOT_ALLOWED"),
    ("narrow", asked("POST", "/skills/s1", data=b"model=lighthouse", content_type="text/plain"), "MODEL_NOT_ALLOWED"),
    ("narrow", asked("GET", "/evals/e1"), "MODEL_NOT_ALLOWED"),
    ("frugal", asked("GET", "/ours/a", model="buoy"), "RAW_PATH_NOT_ALLOWED"),
]


@pytest.mark.parametrize(("name", "request_", "reason"), DENIED)
def test_what_a_key_may_not_do(guarded: RunningGateway, name: str, request_: RawRequest, reason: str) -> None:
    failure = failure_of(lambda: guarded.raw.Call(request_, metadata=key(name)))
    assert failure.details["ErrorInfo"].reason == reason


def test_without_a_key_nothing_is_done(guarded: RunningGateway) -> None:
    assert failure_of(lambda: guarded.raw.Call(asked())).code is grpc.StatusCode.UNAUTHENTICATED


def test_where_objects_have_owners_no_list_of_them_is_raw(upstream: StandIn) -> None:
    everything = (RawSettings(path="/**"),)
    general = GeneralSettings(keys=KEYS, sealing_key=Secret("a sealing key of some length, at random 7431"))
    with running_gateway(deployment(upstream.url), general=general, raw=everything) as gateway:
        request = asked("GET", "/responses")
        failure = failure_of(lambda: gateway.raw.Call(request, metadata=key("keeper")))
        assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
        failure = failure_of(
            lambda: gateway.raw.Call(asked("POST", json='{"previous_response_id":"r1"}'), metadata=key("keeper"))
        )
        assert failure.details["ErrorInfo"].reason == "OBJECT_NOT_FOUND"
    with running_gateway(deployment(upstream.url), raw=everything) as gateway:
        upstream.enqueue(answers.json({}))
        assert gateway.raw.Call(request).status == 200


def test_what_a_reply_tells_of_usage_counts(guarded: RunningGateway, upstream: StandIn) -> None:
    usage = {"prompt_tokens": 60, "completion_tokens": 70}
    request = asked("POST", model="buoy", json='{"q":"fog"}')
    upstream.enqueue(answers.json({"usage": usage}))
    guarded.raw.Call(request, metadata=key("frugal"))
    line = guarded.logged("rpc")[-1]
    assert (line["input_tokens"], line["output_tokens"], line["key"]) == (60, 70, "frugal")
    assert failure_of(lambda: guarded.raw.Call(request, metadata=key("frugal"))).details["ErrorInfo"].reason == (
        "KEY_LIMIT_EXCEEDED"
    )
    upstream.enqueue(answers.stream([answers.event({"response": {"usage": {"input_tokens": 3, "output_tokens": 4}}})]))
    list(guarded.raw.StreamCall(request, metadata=key("keeper")))
    line = guarded.logged("rpc")[-1]
    assert (line["input_tokens"], line["output_tokens"]) == (3, 4)
