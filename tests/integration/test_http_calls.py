"""OpenAI's own SDK and plain HTTP on the HTTP port: the answers are those that the upstream gave."""

import asyncio
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any, cast

import grpc
import httpx2
import openai
import pytest

from faults import answers
from faults.stand_in import Exchange, Gate, StandIn
from openai_grpc.codec import loads
from openai_grpc.transport import GrpcTransport
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import Config, GeneralSettings, HttpSettings, KeySettings, Secret
from support.gateway import OWN_KEY, RunningGateway, deployment, on_loop, running_door

KEY = "sk-Tq8Zr3vNm5Xc7Lw2"
COMPLETION = {
    "object": "chat.completion",
    "id": "c1",
    "created": 7,
    "model": "m-1",
    "service_tier": None,
    "choices": [
        {
            "index": 0,
            "finish_reason": "stop",
            "logprobs": None,
            "message": {"role": "assistant", "content": "ebb", "refusal": None, "mooring": {"depth": None}},
        }
    ],
    "usage": {"prompt_tokens": 2, "completion_tokens": 1, "total_tokens": 3, "prompt_tokens_details": None},
}
RESPONSE = {
    "object": "response",
    "id": "r1",
    "created_at": 7,
    "status": "completed",
    "error": None,
    "incomplete_details": None,
    "instructions": None,
    "model": "m-1",
    "output": [
        {
            "type": "message",
            "id": "msg_1",
            "status": "completed",
            "role": "assistant",
            "content": [{"type": "output_text", "text": "ebb", "annotations": [], "logprobs": None}],
        }
    ],
    "parallel_tool_calls": True,
    "tool_choice": "auto",
    "tools": [],
    "usage": None,
}
VECTORS = {
    "object": "list",
    "data": [{"object": "embedding", "index": 0, "embedding": [0.5, 0.25]}],
    "model": "m-1",
    "usage": {"prompt_tokens": 1, "total_tokens": 1},
}
MODELS = {"object": "list", "data": [{"id": "m-1", "object": "model", "created": 7, "owned_by": "harbour"}]}
SAID: Any = [{"role": "user", "content": "tide?"}]
HEADERS = {"x-request-id": "req_1", "x-ratelimit-remaining-tokens": "9", "openai-processing-ms": "7"}


def chunk(content: str, finish_reason: str | None = None) -> dict[str, Any]:
    choice = {"index": 0, "delta": {"content": content}, "logprobs": None, "finish_reason": finish_reason}
    return {"object": "chat.completion.chunk", "id": "c1", "created": 7, "model": "m-1", "choices": [choice]}


CHUNKS = [chunk("e"), chunk("b"), chunk("b", "stop")]
EVENTS = [
    {"type": "response.created", "sequence_number": 0, "response": RESPONSE | {"status": "in_progress"}},
    {
        "type": "response.output_text.delta",
        "sequence_number": 1,
        "item_id": "msg_1",
        "output_index": 0,
        "content_index": 0,
        "delta": "ebb",
        "logprobs": [],
    },
    {"type": "response.completed", "sequence_number": 2, "response": RESPONSE},
]


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(stand_in: StandIn) -> Iterator[RunningGateway]:
    with running_door(deployment(stand_in.url)) as running:
        yield running


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    stand_in.clear_queue()
    return stand_in


@pytest.fixture(scope="module")
def client(gateway: RunningGateway) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=gateway.url, api_key=KEY, max_retries=0) as made:
        yield made


CALLS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "chat": (lambda sdk: sdk.chat.completions.create(model="m", messages=SAID), COMPLETION),
    "response": (lambda sdk: sdk.responses.create(model="m", input="tide?"), RESPONSE),
    "embedding": (lambda sdk: sdk.embeddings.create(model="m", input="tide", encoding_format="float"), VECTORS),
    "stored response": (lambda sdk: sdk.responses.retrieve("r1"), RESPONSE),
    "list": (lambda sdk: sdk.models.list(), MODELS),
    "transcription": (lambda sdk: sdk.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF")), {"text": "ebb"}),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_reply_is_the_upstreams(name: str, client: openai.OpenAI, upstream: StandIn) -> None:
    make, said = CALLS[name]
    upstream.enqueue(answers.json(said, headers=HEADERS))
    assert json.loads(make(client.with_raw_response).text) == said
    assert upstream.exchange(0).request.header("authorization") == f"Bearer {OWN_KEY}"


@pytest.mark.parametrize("door", ["HTTP", "gRPC"])
@pytest.mark.parametrize("asked", [None, "float", "base64"])
def test_vectors_are_numbers_unless_the_caller_asks_for_base64(
    asked: str | None, door: str, gateway: RunningGateway, upstream: StandIn
) -> None:
    """Even though the gateway has asked the upstream for base64."""

    async def vectors(exchange: Exchange) -> None:
        await exchange.body()
        base64 = exchange.request.json().get("encoding_format") == "base64"
        item = {"object": "embedding", "index": 0, "embedding": "AAAAPwAAgD4=" if base64 else [0.5, 0.25]}
        await answers.json({**VECTORS, "data": [item]})(exchange)

    upstream.enqueue(vectors)
    body = {"model": "m", "input": "tide"} | ({"encoding_format": asked} if asked else {})
    transport = GrpcTransport(gateway.target) if door == "gRPC" else None
    base_url = "http://gateway/v1" if transport else gateway.url
    with httpx2.Client(transport=transport, base_url=base_url) as http:
        reply = http.post("/embeddings", json=body, headers={"authorization": f"Bearer {KEY}"}).json()
    assert upstream.requests[-1].json()["encoding_format"] == (asked or "base64")
    assert reply["data"][0]["embedding"] == ("AAAAPwAAgD4=" if asked == "base64" else [0.5, 0.25])


ONE_CHOICE = b'"id":"c1","choices":[{"index":0,"message":{"content":"ebb"}}]}'
ODD_REPLIES = {
    "spaces": b'{ "object": "chat.completion",\n ' + ONE_CHOICE,
    "a long number": b'{"object":"chat.completion","n":0.1000000000000000055511151231257827,' + ONE_CHOICE,
    "half of a character": b'{"object":"chat.completion","t":"\\u00e9 \\ud83d",' + ONE_CHOICE,
    "a byte order mark": b'\xef\xbb\xbf{"object":"chat.completion",' + ONE_CHOICE,
    "no kind": b"{" + ONE_CHOICE,
}


@pytest.mark.parametrize("name", ODD_REPLIES)
def test_a_reply_says_what_the_upstreams_says(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    data = ODD_REPLIES[name]
    upstream.enqueue(answers.body(data))
    body = httpx2.post(f"{gateway.url}/chat/completions", json={"model": "m", "messages": SAID}).content
    assert loads(body) == loads(data.removeprefix(b"\xef\xbb\xbf"))


CHOICE: dict[str, Any] = {"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ebb"}}
USAGE: dict[str, Any] = {"prompt_tokens": 3, "completion_tokens": 4, "total_tokens": 7}
# Replies whose facts decide how a call ends: by REST no more of them is decoded.
FACTS: dict[str, Any] = {
    "all is well": {**COMPLETION, "usage": USAGE},
    "details of usage": {**COMPLETION, "usage": {**USAGE, "prompt_tokens_details": {"cached_tokens": 2, "x": 1}}},
    "usage that is none": {**COMPLETION, "usage": [1]},
    "usage of another type": {**COMPLETION, "usage": {**USAGE, "prompt_tokens": "3", "total_tokens": None}},
    "usage that is null": {**COMPLETION, "usage": None},
    "no choices": {**COMPLETION, "choices": []},
    "choices that are missing": {"id": "c1", "object": "chat.completion"},
    "choices that are null": {**COMPLETION, "choices": None},
    "a choice that is none": {**COMPLETION, "choices": [CHOICE, "ebb"]},
    "choices that are an object": {**COMPLETION, "choices": CHOICE},
    "an empty choice": {**COMPLETION, "choices": [{}]},
    "a choice that failed": {**COMPLETION, "choices": [{**CHOICE, "finish_reason": "error"}], "usage": USAGE},
    "a choice with an error": {**COMPLETION, "choices": [{**CHOICE, "error": {"message": "low water", "code": 503}}]},
    "a choice with no error": {**COMPLETION, "choices": [{**CHOICE, "error": None}]},
    "a reason of another type": {**COMPLETION, "choices": [{**CHOICE, "finish_reason": 7}]},
    "an error": {"error": {"message": "low water", "type": "server_error", "code": "low"}},
    "an error and choices": {**COMPLETION, "error": {"message": "low water"}},
    "an error that says nothing": {**COMPLETION, "error": {"message": "", "code": 0}},
    "an error that is null": {**COMPLETION, "error": None},
    "an error of another form": {"object": "error", "message": "low water", "code": 400},
    "a base response": {"base_resp": {"status_code": 1004, "status_msg": "low water"}, "choices": None},
    "a list": [COMPLETION],
    "a text": "ebb",
    "an id of another type": {**COMPLETION, "id": 7},
    "very deep": {**COMPLETION, "x": json.loads("[" * 90 + "]" * 90)},
}
OUTCOME = ("method", "status", "reason", "upstream_status", "attempts", "input_tokens", "output_tokens")


@pytest.mark.parametrize("name", FACTS)
def test_a_reply_ends_a_call_as_by_grpc(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    reply = FACTS[name]
    upstream.on("POST", "/v1/chat/completions", answers.json(reply))
    request = chat_pb2.CreateChatCompletionRequest(model="m")
    told = ""
    try:
        gateway.chat.CreateChatCompletion(request, timeout=20)
    except grpc.RpcError as error:
        told = str(cast("grpc.Call", error).details())
    by_grpc = gateway.logged("rpc")[-1]
    answer = httpx2.post(f"{gateway.url}/chat/completions", json={"model": "m", "messages": []})
    by_rest = gateway.logged("rpc")[-1]
    assert {key: by_grpc.get(key) for key in OUTCOME} == {key: by_rest.get(key) for key in OUTCOME}
    if told:
        assert answer.json()["error"]["message"] == told
    else:
        assert (answer.status_code, answer.json()) == (200, reply)


def test_a_body_that_comes_late_is_the_same(gateway: RunningGateway, upstream: StandIn) -> None:
    body = json.dumps({"model": "m", "messages": SAID}).encode()
    host = httpx2.URL(gateway.url)
    upstream.enqueue(answers.json(COMPLETION), answers.json(COMPLETION))
    for together in (True, False):
        connection = http.client.HTTPConnection(host.host, host.port, timeout=20)
        connection.putrequest("POST", "/v1/chat/completions")
        connection.putheader("content-type", "application/json")
        connection.putheader("content-length", str(len(body)))
        connection.endheaders(body if together else None)
        if not together:
            connection.send(body[:20])
            connection.send(body[20:])
        assert json.loads(connection.getresponse().read()) == COMPLETION
        connection.close()
    assert upstream.requests[0].json() == upstream.requests[1].json()


def test_headers_are_the_upstreams(client: openai.OpenAI, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION, headers=HEADERS))
    raw = client.chat.completions.with_raw_response.create(model="m", messages=SAID)
    assert {name: raw.headers[name] for name in HEADERS} == HEADERS
    assert raw.request_id == "req_1"
    assert raw.headers["server"] == "openai-grpc"
    assert raw.headers["openai-grpc-deployment"] == "stand-in"


def test_what_the_caller_says_arrives(client: openai.OpenAI, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION))
    client.chat.completions.create(
        model="m", messages=SAID, stop=None, extra_body={"mooring": {"depth": None}, "seed": 3}
    )
    sent = upstream.exchange(0).request.json()
    assert sent == {"model": "m", "messages": SAID, "stop": None, "mooring": {"depth": None}, "seed": 3}


@pytest.mark.parametrize("prefix", ["", "/v1", "/openai/v1"])
def test_each_prefix_is_served(prefix: str, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(MODELS))
    reply = httpx2.get(f"{gateway.url.removesuffix('/v1')}{prefix}/models")
    assert (reply.status_code, reply.json()) == (200, MODELS)


STREAMS: dict[str, tuple[Callable[[Any], Any], list[Any], bool]] = {
    "chat": (lambda sdk: sdk.chat.completions.create(model="m", messages=SAID, stream=True), CHUNKS, False),
    "response": (lambda sdk: sdk.responses.create(model="m", input="tide?", stream=True), EVENTS, True),
    "transcription": (
        lambda sdk: sdk.audio.transcriptions.create(model="m", file=("a.wav", b"RIFF"), stream=True),
        [{"type": "transcript.text.delta", "delta": "ebb"}, {"type": "transcript.text.done", "text": "ebb"}],
        True,
    ),
}


def sent_as(said: list[Any], *, named: bool) -> list[bytes]:
    return answers.events(said, named=named, done=not named)


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_is_the_upstreams(name: str, client: openai.OpenAI, upstream: StandIn) -> None:
    make, said, named = STREAMS[name]
    upstream.enqueue(answers.stream(sent_as(said, named=named)))
    with make(client) as events:
        assert [event.to_dict() for event in events] == said


def test_the_asynchronous_client_streams(gateway: RunningGateway, upstream: StandIn) -> None:
    async def run() -> list[Any]:
        async with openai.AsyncOpenAI(base_url=gateway.url, api_key=KEY, max_retries=0) as sdk:
            stream = await sdk.chat.completions.create(model="m", messages=SAID, stream=True)
            return [each.to_dict() async for each in stream]

    upstream.enqueue(answers.stream(sent_as(CHUNKS, named=False)))
    assert asyncio.run(run()) == CHUNKS


@pytest.mark.parametrize("name", ["chat", "response"])
def test_the_frames_are_openais(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    _, said, named = STREAMS[name]
    path, body = ("/responses", {"input": "tide?"}) if named else ("/chat/completions", {"messages": SAID})
    upstream.enqueue(answers.stream(sent_as(said, named=named), headers=HEADERS))
    reply = httpx2.post(gateway.url + path, json={"model": "m", "stream": True, **body})
    assert reply.headers["content-type"].startswith("text/event-stream")
    assert reply.headers["x-request-id"] == "req_1"
    frames = reply.text.strip().split("\n\n")
    assert frames.pop() == "data: [DONE]" if not named else True
    data = [json.loads(frame.rpartition("data: ")[2]) for frame in frames]
    assert data == said
    assert [frame.partition("\n")[0] for frame in frames if named] == [
        f"event: {each['type']}" for each in said if named
    ]


def delta(text: str) -> dict[str, Any]:
    return {**EVENTS[1], "delta": text}


TEXTS = ["ebb", " and", "", " flow \u6f6e", '"quoted"', "two\nlines", "\U0001f30a"] * 6
REPEATED: dict[str, tuple[str, dict[str, Any], list[Any], bool]] = {
    "chat": ("/chat/completions", {"messages": SAID}, [*map(chunk, TEXTS), chunk("", "stop")], False),
    "response": ("/responses", {"input": "tide?"}, [EVENTS[0], *map(delta, TEXTS), EVENTS[2]], True),
}


@pytest.mark.parametrize("written", ["compact", "with spaces", "on two lines"])
@pytest.mark.parametrize("name", REPEATED)
def test_events_that_repeat_each_other(name: str, written: str, gateway: RunningGateway, upstream: StandIn) -> None:
    path, body, said, named = REPEATED[name]
    separators = (",", ":") if written == "compact" else (", ", ": ")
    texts = [json.dumps(each, ensure_ascii=False, separators=separators) for each in said]
    if written == "on two lines":
        texts = [each.replace(", ", ",\ndata: ", 1) for each in texts]
    sent = [answers.event(text, name=each["type"] if named else None) for text, each in zip(texts, said, strict=True)]
    upstream.enqueue(answers.stream([b"".join(sent), *([] if named else [answers.event("[DONE]")])]))
    reply = httpx2.post(gateway.url + path, json={"model": "m", "stream": True, **body})
    frames = [each.splitlines() for each in reply.text.strip().split("\n\n") if each != "data: [DONE]"]
    assert [json.loads(lines[-1].removeprefix("data: ")) for lines in frames] == said
    assert [lines[:-1] for lines in frames] == [[f"event: {each['type']}"] if named else [] for each in said]


def test_the_text_of_a_key_with_a_limit_is_counted(upstream: StandIn) -> None:
    key = KeySettings(name="metered", key=Secret("sk-Jq7Tz2Nc5Rb9Yd4G"), tpm=1000)
    counted = []
    for size in (10, 100):
        chunks = [*(chunk(" tide and ebb") for _ in range(size)), chunk("", "stop")]
        with running_door(deployment(upstream.url), general=GeneralSettings(keys=(key,))) as gateway:
            upstream.enqueue(answers.stream(sent_as(chunks, named=False)))
            body = {"model": "m", "messages": SAID, "stream": True}
            headers = {"authorization": "Bearer sk-Jq7Tz2Nc5Rb9Yd4G"}
            assert httpx2.post(f"{gateway.url}/chat/completions", json=body, headers=headers).text.endswith(
                "[DONE]\n\n"
            )
            (line,) = gateway.logged("rpc")
            assert line["estimated"]
            counted.append(line["output_tokens"])
    assert counted[1] > 8 * counted[0] > 0


ERRORS: dict[str, tuple[int, dict[str, Any], dict[str, str], type[openai.APIStatusError]]] = {
    "bad request": (
        400,
        {"message": "too warm", "type": "invalid_request_error", "param": "temperature", "code": "bad"},
        {},
        openai.BadRequestError,
    ),
    "rate limit": (
        429,
        {"message": "slower", "type": "requests", "param": None, "code": "rate_limit_exceeded"},
        {"retry-after": "2"},
        openai.RateLimitError,
    ),
    "unprocessable": (
        422,
        {"message": "odd", "type": "t", "param": None, "code": None},
        {},
        openai.UnprocessableEntityError,
    ),
    "server error": (
        500,
        {"message": "fog", "type": "server_error", "param": None, "code": None},
        {},
        openai.InternalServerError,
    ),
}


@pytest.mark.parametrize("streams", [False, True], ids=["whole", "stream"])
@pytest.mark.parametrize("name", ERRORS)
def test_an_error_is_the_upstreams(name: str, streams: bool, client: openai.OpenAI, upstream: StandIn) -> None:
    status, told, headers, kind = ERRORS[name]
    upstream.enqueue(answers.json({"error": told}, status=status, headers=headers))
    with pytest.raises(kind) as raised:
        client.chat.completions.create(model="m", messages=SAID, stream=cast("Any", streams))
    assert raised.value.status_code == status
    assert raised.value.body == told
    assert {name: raised.value.response.headers[name] for name in headers} == headers


def test_an_error_inside_a_stream_raises(client: openai.OpenAI, upstream: StandIn) -> None:
    error = {"error": {"message": "fog", "type": None, "param": None, "code": "mist"}}
    upstream.enqueue(answers.stream(answers.events([CHUNKS[0], error], done=False)))
    stream = client.chat.completions.create(model="m", messages=SAID, stream=True)
    assert next(stream).to_dict() == CHUNKS[0]
    with pytest.raises(openai.APIError, match="fog") as raised:
        list(stream)
    assert raised.value.body == error["error"]


@pytest.mark.parametrize("then", ["truncate", "reset", "garbage"])
def test_a_stream_that_breaks_off_never_ends_well(then: str, gateway: RunningGateway, upstream: StandIn) -> None:
    gate = Gate()
    upstream.enqueue(answers.stream(answers.events(CHUNKS[:1], done=False), gates={1: gate}, then=then))
    received: list[bytes] = []
    body = {"model": "m", "messages": SAID, "stream": True}
    with httpx2.Client() as http, http.stream("POST", f"{gateway.url}/chat/completions", json=body) as reply:
        assert reply.status_code == 200  # the first event is there
        gate.open()
        with pytest.raises(httpx2.RemoteProtocolError):
            received.extend(reply.iter_raw())
    first, second = b"".join(received).strip().split(b"\n\n")
    assert json.loads(first.removeprefix(b"data: ")) == CHUNKS[0]
    assert json.loads(second.removeprefix(b"data: "))["error"]["message"]


def test_a_response_that_breaks_off_raises(client: openai.OpenAI, upstream: StandIn) -> None:
    upstream.enqueue(answers.stream(sent_as(EVENTS[:2], named=True), then="reset"))
    stream = client.responses.create(model="m", input="tide?", stream=True)
    events: list[Any] = []
    with pytest.raises(openai.APIError):
        events.extend(stream)


def test_the_first_event_comes_before_the_second_is_there(client: openai.OpenAI, upstream: StandIn) -> None:
    gate = Gate()
    upstream.enqueue(answers.stream(sent_as(CHUNKS, named=False), gates={1: gate}))
    stream = client.chat.completions.create(model="m", messages=SAID, stream=True)
    assert next(stream).to_dict() == CHUNKS[0]
    gate.open()
    assert [each.to_dict() for each in stream] == CHUNKS[1:]


@pytest.mark.parametrize("streams", [False, True], ids=["before an answer", "inside a stream"])
def test_a_caller_who_hangs_up_cancels_upstream(streams: bool, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(
        answers.stream(answers.events(CHUNKS[:1], done=False), then="stall") if streams else answers.stall()
    )
    connection = http.client.HTTPConnection("127.0.0.1", gateway.gateway.http_port)
    body = json.dumps({"model": "m", "messages": SAID, "stream": streams})
    connection.request("POST", "/v1/chat/completions", body, {"content-type": "application/json"})
    exchange = upstream.exchange(0)
    exchange.received.result(20)
    if streams:
        assert connection.getresponse().read1().startswith(b"data: ")
    connection.close()
    exchange.closed.result(20)
    assert gateway.logged("rpc")[-1]["status"] == "CANCELLED"


REFUSED: dict[str, tuple[str, str, dict[str, Any], int, str]] = {
    "an unknown path": ("POST", "/chat/completion", {"json": {}}, 404, "/v1/chat/completions"),
    "a method that it does not have": ("PUT", "/chat/completions", {"json": {}}, 405, "use GET or POST"),
    "no JSON": ("POST", "/chat/completions", {"content": b"{"}, 400, "not valid JSON"),
    "a list": ("POST", "/chat/completions", {"json": []}, 400, "JSON object"),
    "a list as a field": ("POST", "/chat/completions", {"json": {"stream": [True]}}, 400, "true or false"),
    "a number as a field": ("POST", "/chat/completions", {"json": {"stream": 1}}, 400, "true or false"),
    "a field of another type": ("POST", "/chat/completions", {"json": {"stream": "yes"}}, 400, "stream"),
    "a file as JSON": ("POST", "/audio/transcriptions", {"json": {"model": "m"}}, 400, "multipart/form-data"),
    "a form without a file": ("POST", "/audio/transcriptions", {"files": {"model": (None, "m")}}, 400, "takes a file"),
    "two files": (
        "POST",
        "/audio/transcriptions",
        {"files": [("file", ("a", b"1")), ("file", ("b", b"2"))]},
        400,
        "more than one file",
    ),
    "a compressed body": (
        "POST",
        "/embeddings",
        {"content": b"\x1f\x8b", "headers": {"content-encoding": "gzip"}},
        415,
        "as it is",
    ),
    "a timeout that is none": ("GET", "/models", {"headers": {"openai-grpc-timeout": "soon"}}, 400, "seconds above 0"),
    "gRPC": (
        "POST",
        "/chat/completions",
        {"headers": {"content-type": "application/grpc"}},
        415,
        "gRPC is at 127.0.0.1:",
    ),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_refused_says_why(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    method, path, sent, status, words = REFUSED[name]
    reply = httpx2.request(method, gateway.url + path, **sent)
    assert reply.status_code == status
    error = reply.json()["error"]
    assert words in error["message"]
    assert error["type"] == "invalid_request_error"
    assert not upstream.exchanges


@pytest.mark.parametrize(
    "target", [b"/v1/models/\xff", b"/v1/models/%ff", b"/v1/models/a?\xff=\xfe", b"/v1/responses/%ed%a0%80"]
)
def test_bytes_that_are_no_text_are_refused(target: bytes, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(MODELS["data"][0]))
    with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), 20) as connection:
        connection.sendall(b"GET %b HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n" % target)
        reply = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert reply.split(b" ")[1] in {b"200", b"400"}
    assert not gateway.logged("unexpected error")


def test_a_deadline_ends_the_call(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.stall())
    sent = {"model": "m", "messages": SAID}
    reply = httpx2.post(f"{gateway.url}/chat/completions", json=sent, headers={"openai-grpc-timeout": "0.3"})
    assert reply.status_code == 504
    assert reply.headers["x-should-retry"] == "false"
    upstream.exchange(0).closed.result(20)
    assert gateway.logged("rpc")[-1]["status"] == "DEADLINE_EXCEEDED"


KEYS = GeneralSettings(
    master_key=Secret(KEY), keys=(KeySettings(name="reader", key=Secret("sk-Wm4Xd8Kp1Hs6Vb3T"), rpcs=("ListModels",)),)
)


def test_keys_apply(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), general=KEYS) as gateway:
        send: Any = {"json": {"model": "m", "messages": SAID}}
        post = f"{gateway.url}/chat/completions"
        assert httpx2.post(post, **send).status_code == 401
        stranger = httpx2.post(post, **send, headers={"authorization": "Bearer sk-no"})
        assert (stranger.status_code, stranger.json()["error"]["code"]) == (401, "invalid_api_key")
        reader = httpx2.post(post, **send, headers={"authorization": "Bearer sk-Wm4Xd8Kp1Hs6Vb3T"})
        assert reader.status_code == 403
        upstream.enqueue(answers.json(COMPLETION), answers.json(COMPLETION))
        for headers in ({"authorization": f"Bearer {KEY}"}, {"api-key": KEY}):
            assert httpx2.post(post, **send, headers=headers).status_code == 200
        logged = [(line["status"], line.get("key")) for line in gateway.logged("rpc")]
    assert logged == [
        *[("UNAUTHENTICATED", None)] * 2,
        ("PERMISSION_DENIED", "reader"),
        ("OK", "master"),
        ("OK", "master"),
    ]


def test_a_caller_without_a_key_sends_nothing(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), general=KEYS) as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.gateway.http_port, timeout=20)
        connection.putrequest("POST", "/v1/chat/completions")
        connection.putheader("content-length", "1000000")
        connection.putheader("expect", "100-continue")
        connection.endheaders()
        assert connection.getresponse().status == 401
        connection.close()
        (line,) = gateway.logged("rpc")
    assert line["request_bytes"] == 0


def test_time_limits_apply(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.stream(answers.events(CHUNKS[:1], done=False), then="stall"))
    body = {"model": "m", "messages": SAID, "stream": True}
    limits = {"openai-grpc-time-limits": "between_messages=0.2"}
    received: list[bytes] = []
    url = f"{gateway.url}/chat/completions"
    with (
        httpx2.Client() as sender,
        sender.stream("POST", url, json=body, headers=limits) as reply,
        pytest.raises(httpx2.RemoteProtocolError),
    ):
        received.extend(reply.iter_raw())
    *_, last = b"".join(received).strip().split(b"\n\n")
    error = json.loads(last.removeprefix(b"data: "))["error"]
    assert (error["type"], "silent for 0.2 s" in error["message"]) == ("server_error", True)
    assert gateway.logged("rpc")[-1]["status"] == "DEADLINE_EXCEEDED"


def test_a_header_of_the_operators_choice_holds_the_key(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), general=KEYS, key_header="x-gateway-key") as gateway:
        upstream.enqueue(answers.json(MODELS))
        assert httpx2.get(f"{gateway.url}/models", headers={"X-Gateway-Key": KEY}).json() == MODELS
        assert httpx2.get(f"{gateway.url}/models", headers={"authorization": f"Bearer {KEY}"}).status_code == 401


def test_headers_of_the_operators_choice_go_upstream(upstream: StandIn) -> None:
    sent = {"X-Tenant": "harbour", "X-Other": "no", "User-Agent": "mine", "Accept-Encoding": "br"}
    with running_door(deployment(upstream.url), metadata_headers=("x-tenant*", "user-*", "accept*")) as gateway:
        upstream.enqueue(answers.json(MODELS))
        assert httpx2.get(f"{gateway.url}/models", headers=sent).json() == MODELS
    request = upstream.exchange(0).request
    assert request.header("x-tenant") == "harbour"
    assert request.header("x-other") is None
    assert request.header("user-agent") != "mine"
    assert request.header("accept-encoding") != "br"


def test_a_reload_is_taken_up(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), general=KEYS) as gateway:
        assert httpx2.get(f"{gateway.url}/models").status_code == 401
        on_loop(reload_without_keys(gateway, upstream))
        upstream.enqueue(answers.json(MODELS))
        assert httpx2.get(f"{gateway.url}/models").json() == MODELS


async def reload_without_keys(gateway: RunningGateway, upstream: StandIn) -> None:
    config = Config(server=gateway.gateway.settings, deployments=(deployment(upstream.url),))
    assert not gateway.gateway.reload(config)


def test_there_is_none_without_a_port(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), http=HttpSettings(port=None)) as gateway:
        assert gateway.gateway.http_port == 0
