"""gRPC-Web on the HTTP port by raw frames: calls, streams, statuses, text, deadlines, limits, health and reflection."""

import base64
import gzip
import http.client
import json
from collections.abc import Iterator
from typing import Any, NamedTuple
from urllib.parse import unquote

import httpx2
import pytest
from google.protobuf.message import Message
from google.rpc import error_details_pb2, status_pb2  # type: ignore[import-untyped]  # ships no py.typed
from grpc_health.v1 import health_pb2  # type: ignore[import-untyped]  # ships no py.typed
from grpc_reflection.v1alpha import reflection_pb2  # type: ignore[import-untyped]  # ships no py.typed

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, embeddings_pb2
from openai_grpc.v1.transcription_pb2 import UploadTranscriptionRequest
from openai_grpc_server.config import GeneralSettings, HttpSettings, KeySettings, Secret
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_door

BINARY = "application/grpc-web+proto"
TEXT = "application/grpc-web-text+proto"
KEY = "sk-Tq8Zr3vNm5Xc7Lw2"
OURS = "https://harbour.example"
CHAT = "/openai_grpc.v1.ChatService/CreateChatCompletion"
STREAM = "/openai_grpc.v1.ChatService/StreamChatCompletion"
EMBED = "/openai_grpc.v1.EmbeddingsService/CreateEmbedding"
UPLOAD = "/openai_grpc.v1.AudioService/UploadTranscription"
HEALTH = "/grpc.health.v1.Health/"
REFLECTION = "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo"
SAID = chat_pb2.CreateChatCompletionRequest(model="m")
SAID.messages.add().user.content.text = "tide?"
COMPLETION = {
    "object": "chat.completion",
    "id": "c1",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "ebb"}}],
}
CHUNKS = [
    {"object": "chat.completion.chunk", "id": "c1", "choices": [{"index": 0, "delta": {"content": each}}]}
    for each in ("e", "b", "b")
]


class Reply(NamedTuple):
    """A reply.

    Attributes:
        messages: Its messages.
        status: The status, with metadata: the trailers, wherever they were.
        headers: The headers.
    """

    messages: list[bytes]
    status: dict[str, str]
    headers: httpx2.Headers


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def gateway(stand_in: StandIn) -> Iterator[RunningGateway]:
    settings = HttpSettings(port=0, cors_origins=(OURS,))
    with running_door(deployment(stand_in.url), http=settings) as running:
        yield running


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    stand_in.clear_queue()
    return stand_in


def frame(message: Message | bytes, flag: int = 0) -> bytes:
    data = message if isinstance(message, bytes) else message.SerializeToString()
    return bytes([flag]) + len(data).to_bytes(4, "big") + data


def split(body: bytes) -> tuple[list[bytes], dict[str, str]]:
    """Returns the messages of a body, and its trailers."""
    messages: list[bytes] = []
    while body:
        flag, size = body[0], int.from_bytes(body[1:5], "big")
        data, body = body[5 : 5 + size], body[5 + size :]
        assert len(data) == size
        if flag == 0x80:
            assert not body, "the trailers are the last frame"
            return messages, dict(line.split(": ", 1) for line in data.decode().splitlines())
        assert flag == 0
        messages.append(data)
    return messages, {}


def url_of(gateway: RunningGateway, path: str) -> str:
    return gateway.url.removesuffix("/v1") + path


def call(gateway: RunningGateway, path: str, body: bytes | Message, **headers: str) -> Reply:
    data = body if isinstance(body, bytes) else frame(body)
    sent = {
        "content-type": BINARY,
        "x-grpc-web": "1",
        **{key.replace("_", "-"): value for key, value in headers.items()},
    }
    answer = httpx2.post(url_of(gateway, path), content=data, headers=sent, timeout=LIMIT)
    assert answer.status_code == 200
    content = answer.content
    if answer.headers["content-type"] == TEXT:
        content = b"".join(base64.b64decode(each + b"=" * (-len(each) % 4)) for each in parts(content))
    else:
        assert answer.headers["content-type"] == BINARY
    messages, trailers = split(content)
    if not content:
        trailers = {name: value for name, value in answer.headers.items() if name.startswith("grpc-")}
    return Reply(messages, trailers, answer.headers)


def parts(text: bytes) -> list[bytes]:
    """Returns the padded parts of which a text is made."""
    found, part = [], b""
    for at in range(0, len(text), 4):
        part += text[at : at + 4]
        if part.endswith(b"="):
            found.append(part)
            part = b""
    return [*found, part]


def test_a_call(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION, headers={"x-request-id": "req_1"}))
    reply = call(gateway, CHAT, SAID, x_request_id="ours-1")
    (message,) = reply.messages
    assert chat_pb2.ChatCompletion.FromString(message).choices[0].message.content == "ebb"
    assert reply.status["grpc-status"] == "0"
    assert reply.headers["openai-request-id"] == "req_1"
    assert gateway.logged("rpc")[-1]["request_id"] == "ours-1"
    assert upstream.exchange(0).request.json()["messages"] == [{"role": "user", "content": "tide?"}]


@pytest.mark.parametrize("content_type", ["application/grpc-web", "Application/GRPC-Web+Proto; charset=x"])
def test_content_types(content_type: str, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION))
    reply = call(gateway, CHAT, SAID, content_type=content_type)
    assert (len(reply.messages), reply.status["grpc-status"]) == (1, "0")


def test_a_stream(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.stream(answers.events(CHUNKS)))
    reply = call(gateway, STREAM, SAID)
    read = [chat_pb2.ChatCompletionChunk.FromString(each).choices[0].delta.content for each in reply.messages]
    assert read == ["e", "b", "b"]
    assert reply.status["grpc-status"] == "0"


def test_messages_come_as_upstream_sends_them(gateway: RunningGateway, upstream: StandIn) -> None:
    gate = Gate()
    upstream.enqueue(answers.stream(answers.events(CHUNKS), gates={1: gate}))
    headers = {"content-type": BINARY}
    with httpx2.stream("POST", url_of(gateway, STREAM), content=frame(SAID), headers=headers, timeout=LIMIT) as reply:
        received = reply.iter_raw()
        first = next(received)
        assert len(split(first)[0]) == 1
        gate.open()
        messages, trailers = split(b"".join(received))
    assert (len(messages), trailers["grpc-status"]) == (2, "0")


def test_text(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.stream(answers.events(CHUNKS)))
    data = frame(SAID)
    padded = b"".join(base64.b64encode(data[at : at + 7]) for at in range(0, len(data), 7))
    reply = call(gateway, STREAM, padded, content_type="application/grpc-web-text", accept="application/grpc-web-text")
    assert reply.headers["content-type"] == TEXT
    assert (len(reply.messages), reply.status["grpc-status"]) == (3, "0")


def test_text_is_answered_in_the_form_that_is_accepted(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION))
    reply = call(gateway, CHAT, base64.b64encode(frame(SAID)), content_type=TEXT, accept=BINARY)
    assert (reply.headers["content-type"], len(reply.messages)) == (BINARY, 1)


def test_an_error_is_in_the_headers(gateway: RunningGateway, upstream: StandIn) -> None:
    told = {"message": "slower, für 2 s", "type": "requests", "param": None, "code": "rate_limit_exceeded"}
    upstream.enqueue(answers.json({"error": told}, status=429, headers={"retry-after": "2"}))
    reply = call(gateway, CHAT, SAID, origin=OURS)
    assert (reply.messages, reply.status["grpc-status"]) == ([], "8")
    assert "slower, für 2 s" in unquote(reply.status["grpc-message"])
    exposed = reply.headers["access-control-expose-headers"]
    assert {"grpc-status", "grpc-message", "grpc-status-details-bin"} <= set(exposed.split(", "))
    assert details(reply)["ErrorInfo"].metadata["http_status"] == "429"
    assert details(reply)["RetryInfo"].retry_delay.seconds == 2


def details(reply: Reply) -> dict[str, Any]:
    text = reply.status["grpc-status-details-bin"]
    status = status_pb2.Status.FromString(base64.b64decode(text + "=" * (-len(text) % 4)))
    found: dict[str, Any] = {}
    for each in status.details:
        name = each.type_url.rpartition(".")[2]
        if (kind := getattr(error_details_pb2, name, None)) is not None:
            found[name] = kind.FromString(each.value)
    return found


def test_an_error_inside_a_stream_is_in_the_trailers(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.stream(answers.events(CHUNKS[:1], done=False), then="reset"))
    reply = call(gateway, STREAM, SAID)
    assert (len(reply.messages), reply.status["grpc-status"]) == (1, "13")
    assert details(reply)["ErrorInfo"].domain == "openai-grpc"


def test_a_deadline(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.stall())
    reply = call(gateway, CHAT, SAID, grpc_timeout="200m")
    assert (reply.messages, reply.status["grpc-status"]) == ([], "4")
    upstream.exchange(0).closed.result(LIMIT)
    assert gateway.logged("rpc")[-1]["status"] == "DEADLINE_EXCEEDED"


def test_a_deadline_inside_a_stream(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.stream(answers.events(CHUNKS[:1], done=False), then="stall"))
    reply = call(gateway, STREAM, SAID, grpc_timeout="1S")
    assert (len(reply.messages), reply.status["grpc-status"]) == (1, "4")
    upstream.exchange(0).closed.result(LIMIT)


@pytest.mark.parametrize("path", [CHAT, STREAM])
def test_a_caller_who_hangs_up_cancels_upstream(path: str, gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(
        answers.stream(answers.events(CHUNKS[:1], done=False), then="stall") if path == STREAM else answers.stall()
    )
    connection = http.client.HTTPConnection("127.0.0.1", gateway.gateway.http_port)
    connection.request("POST", path, frame(SAID), {"content-type": BINARY})
    exchange = upstream.exchange(0)
    exchange.received.result(LIMIT)
    if path == STREAM:
        assert connection.getresponse().read1()
    connection.close()
    exchange.closed.result(LIMIT)
    assert gateway.logged("rpc")[-1]["status"] == "CANCELLED"


def test_a_caller_who_does_not_read_slows_the_upstream_down() -> None:
    with StandIn(send_buffer=1 << 14) as upstream:
        upstream.enqueue(answers.stream(answers.events(CHUNKS[:1], done=False), then="repeat"))
        with running_door(deployment(upstream.url)) as gateway:
            connection = http.client.HTTPConnection("127.0.0.1", gateway.gateway.http_port)
            connection.request("POST", STREAM, frame(SAID), {"content-type": BINARY})
            assert upstream.settled_bytes() < 64 << 20
            connection.close()
            upstream.exchange(0).closed.result(LIMIT)


def test_an_upload(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json({"text": "ebb"}))
    first = UploadTranscriptionRequest()
    first.config.model = "m"
    first.config.file.filename = "a.wav"
    chunks = [UploadTranscriptionRequest(chunk=bytes([each]) * 70_000) for each in range(5)]
    reply = call(gateway, UPLOAD, b"".join(map(frame, [first, *chunks])))
    assert (len(reply.messages), reply.status["grpc-status"]) == (1, "0")
    assert b"".join(each.chunk for each in chunks) in upstream.exchange(0).request.body


REFUSED = {
    "no message": (b"", {}, "12", "no message"),
    "half a message": (frame(SAID)[:-1], {}, "13", "ends inside a message"),
    "half a prefix": (b"\0\0", {}, "13", "ends inside a message"),
    "another message": (frame(b"\xff\xff"), {}, "3", "is not a"),
    "trailers": (frame(b"a: b", 0x80), {}, "13", "compressed flag"),
    "a compressed message without a coding": (frame(gzip.compress(b""), 1), {}, "13", "no grpc-encoding"),
    "an unknown coding": (frame(SAID), {"grpc-encoding": "br"}, "12", "br"),
    "a coding of the body": (gzip.compress(frame(SAID)), {"content-encoding": "gzip"}, "12", "as it is"),
    "no base64": (b"\xff" * 8, {"content-type": TEXT}, "13", "base64"),
    "padding in front": (b"====AAAA", {"content-type": TEXT}, "13", "base64"),
    "half of base64": (base64.b64encode(frame(SAID))[:-1], {"content-type": TEXT}, "13", "ends inside a message"),
    "another codec": (frame(SAID), {"content-type": "application/grpc-web+json"}, "12", "content type"),
    "a deadline that is none": (frame(SAID), {"grpc-timeout": "soon"}, "13", "grpc-timeout"),
    "metadata that is not base64": (frame(SAID), {"x-bin": "*"}, "13", "base64"),
    "a message that is too large": (b"\0\xff\0\0\0", {}, "8", "larger"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refusals(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    body, headers, status, said = REFUSED[name]
    reply = call(gateway, CHAT, body, **headers)
    assert (reply.messages, reply.status["grpc-status"]) == ([], status)
    assert said in unquote(reply.status["grpc-message"])
    assert not upstream.exchanges


def test_an_unknown_method(gateway: RunningGateway) -> None:
    reply = call(gateway, "/openai_grpc.v1.ChatService/Nope", b"")
    assert (reply.status["grpc-status"], reply.status["grpc-message"]) == ("12", "Method not found!")


def test_plain_grpc_and_other_methods_are_refused(gateway: RunningGateway) -> None:
    refused = httpx2.post(url_of(gateway, CHAT), content=frame(SAID), headers={"content-type": "application/grpc"})
    assert (refused.status_code, gateway.target in refused.text) == (415, True)
    assert httpx2.put(url_of(gateway, CHAT), content=b"", headers={"content-type": BINARY}).status_code == 405


def test_compressed_messages_are_read(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION))
    body = frame(gzip.compress(SAID.SerializeToString()), 1)
    assert call(gateway, CHAT, body, grpc_encoding="gzip").status["grpc-status"] == "0"


def test_keys_and_their_limits_hold(upstream: StandIn) -> None:
    upstream.on("POST", "/v1/embeddings", answers.json({"object": "list", "data": []}))
    keys = (KeySettings(name="ours", key=Secret(KEY), rpm=1),)
    asked = embeddings_pb2.CreateEmbeddingRequest(model="m")
    asked.input.text = "tide"
    with running_door(deployment(upstream.url), general=GeneralSettings(keys=keys)) as gateway:
        connection = http.client.HTTPConnection("127.0.0.1", gateway.gateway.http_port, timeout=LIMIT)
        head = {"content-type": BINARY, "content-length": "1000000", "expect": "100-continue"}
        connection.request("POST", EMBED, None, head)  # its body is not waited for
        assert connection.getresponse().headers["grpc-status"] == "16"
        connection.close()
        statuses = [call(gateway, EMBED, asked, authorization=f"Bearer {KEY}").status for _ in range(2)]
        assert [each["grpc-status"] for each in statuses] == ["0", "8"]
        assert gateway.logged("rpc")[-1]["key"] == "ours"


def test_headers_of_browsers_do_not_go_upstream(upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION))
    with running_door(deployment(upstream.url), metadata_headers=("*",)) as gateway:
        browser = {"cookie": "a=b", "sec-fetch-mode": "cors", "accept-language": "de", "x-tenant": "quay"}
        assert call(gateway, CHAT, SAID, **browser).status["grpc-status"] == "0"
    request = upstream.exchange(0).request
    assert request.header("x-tenant") == "quay"
    assert [request.header(each) for each in ("cookie", "sec-fetch-mode", "accept-language", "x-grpc-web")] == [
        None
    ] * 4


def test_preflight(gateway: RunningGateway) -> None:
    asked = {
        "origin": OURS,
        "access-control-request-method": "POST",
        "access-control-request-headers": "content-type,grpc-timeout,x-grpc-web",
    }
    allowed = httpx2.options(url_of(gateway, CHAT), headers=asked)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-headers"] == "content-type,grpc-timeout,x-grpc-web"
    elsewhere = httpx2.options(url_of(gateway, CHAT), headers={**asked, "origin": "https://elsewhere.example"})
    assert elsewhere.status_code == 403


def test_health(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url)) as gateway:
        ours = health_pb2.HealthCheckRequest(service="openai_grpc.v1.ChatService")
        (message,) = call(gateway, f"{HEALTH}Check", ours).messages
        assert health_pb2.HealthCheckResponse.FromString(message).status == health_pb2.HealthCheckResponse.SERVING
        assert call(gateway, f"{HEALTH}Check", frame(ours) * 2).status["grpc-status"] == "12"
        assert call(gateway, f"{HEALTH}Check", frame(b"\xff")).status["grpc-status"] == "3"
        assert call(gateway, f"{HEALTH}Check", frame(bytes(1 << 15))).status["grpc-status"] == "8"
        unknown = health_pb2.HealthCheckRequest(service="none")
        assert call(gateway, f"{HEALTH}Check", unknown).status["grpc-status"] == "5"
        url, headers = url_of(gateway, f"{HEALTH}Watch"), {"content-type": BINARY}
        with httpx2.stream("POST", url, content=frame(ours), headers=headers, timeout=LIMIT) as reply:
            received = reply.iter_raw()
            assert split(next(received))[0] == [message]
            on_loop(gateway.gateway.stop())
            (last,), _ = split(next(received))
    assert health_pb2.HealthCheckResponse.FromString(last).status == health_pb2.HealthCheckResponse.NOT_SERVING


def test_reflection(gateway: RunningGateway) -> None:
    asked = [
        reflection_pb2.ServerReflectionRequest(list_services=""),
        reflection_pb2.ServerReflectionRequest(file_containing_symbol="openai_grpc.v1.ChatService"),
    ]
    reply = call(gateway, REFLECTION, b"".join(map(frame, asked)))
    listed, found = map(reflection_pb2.ServerReflectionResponse.FromString, reply.messages)
    assert "openai_grpc.v1.ChatService" in [each.name for each in listed.list_services_response.service]
    assert found.file_descriptor_response.file_descriptor_proto
    assert reply.status["grpc-status"] == "0"


def test_rest_is_served_beside(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json(COMPLETION))
    reply = httpx2.post(f"{gateway.url}/chat/completions", json={"model": "m", "messages": []})
    assert json.loads(reply.content) == COMPLETION
