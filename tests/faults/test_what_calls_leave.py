"""An RPC that has ended keeps nothing: no reference cycle holds its request, its reply or a frame.

Each kind of end happens a few times while the garbage collector is off. What a collection then finds is what would
have stayed in memory until one ran.
"""

from __future__ import annotations

import asyncio
import gc
import socket
import types
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from integration.three_apis import RESPONSE, RESPONSES

from faults import answers
from faults.rpcs import UPLOAD
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import GeneralSettings, KeySettings, ModelInfo, RouterConfig, Secret
from openai_grpc_server.listen.http2.frames import CANCEL, DATA, END_STREAM, PING, frame, rst_stream
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_door, running_gateway
from support.http2_peer import Http2Peer, peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from faults.exchange import Answer

CHAT = "/v1/chat/completions"
TRANSCRIPTIONS = "/v1/audio/transcriptions"
CREATE = "/openai_grpc.v1.ChatService/CreateChatCompletion"
STREAM = "/openai_grpc.v1.ChatService/StreamChatCompletion"
MIB = 1 << 20
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m", user="x" * 5000)
CHUNK = answers.event(
    {"id": "c1", "choices": [{"index": 0, "delta": {"content": "x" * 5000}, "finish_reason": "stop"}]}
)
OK = answers.json({"id": "c1", "object": "chat.completion", "user": "x" * 5000})
ERROR = {"error": {"message": "no"}}
KEYS = GeneralSettings(master_key=Secret("sk-Hq2Lw8vN4xT6yB9cJ3mF"))

TIMES = 3
LARGE = 1000  # bytes that are a part of a request or a reply
OURS = ("openai_grpc", "aiohttp", "httpx2")
OF_GRPC = ("RPCState", "_ServicerContext", "AbortError")


def call(gateway: RunningGateway, path: str = CREATE, **options: Any) -> Any:
    """Makes a call that may fail; returns nothing that it left."""
    service = gateway.chat
    with suppress(grpc.RpcError):
        if path == STREAM:
            list(service.StreamChatCompletion(REQUEST, **{"timeout": LIMIT, **options}))
        else:
            service.CreateChatCompletion(REQUEST, **{"timeout": LIMIT, **options})


def stream(gateway: RunningGateway) -> None:
    call(gateway, STREAM)


def past_its_deadline(gateway: RunningGateway) -> None:
    call(gateway, timeout=0.2)


def stream_past_its_deadline(gateway: RunningGateway) -> None:
    call(gateway, STREAM, timeout=0.2)


def compressed(gateway: RunningGateway) -> None:
    call(gateway, compression=grpc.Compression.Gzip)


def no_message(gateway: RunningGateway) -> None:
    method: Any = gateway.channel.unary_unary(CREATE)
    with suppress(grpc.RpcError):
        method(b"\xff" * 5000, timeout=LIMIT)


def upload(gateway: RunningGateway) -> None:
    with suppress(grpc.RpcError):
        gateway.audio.UploadTranscription(iter(UPLOAD), timeout=LIMIT)


def upload_in_disorder(gateway: RunningGateway) -> None:
    with suppress(grpc.RpcError):
        gateway.audio.UploadTranscription(iter(UPLOAD[1:]), timeout=LIMIT)


def no_such_method(gateway: RunningGateway) -> None:
    method: Any = gateway.channel.unary_unary("/openai_grpc.v1.ChatService/None")
    with suppress(grpc.RpcError):
        method(b"x" * 5000, timeout=LIMIT)


def health_of_nothing(gateway: RunningGateway) -> None:
    method: Any = gateway.channel.unary_unary("/grpc.health.v1.Health/Check")
    with suppress(grpc.RpcError):
        method(b"\x0a\x7f" + b"x" * 127, timeout=LIMIT)


def reflection_of_garbage(gateway: RunningGateway) -> None:
    method: Any = gateway.channel.stream_stream("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo")
    with suppress(grpc.RpcError):
        list(method(iter([b"\xff" * 5000]), timeout=LIMIT))


def served(peer: Http2Peer) -> None:
    """Waits until the server has read what was sent."""
    peer.send(frame(PING, 0, 0, b"all read"))
    peer.expect(PING)


PART = frame(DATA, 0, 1, b"\0\0\0\xff\xff" + b"x" * 5000)


def reset_inside_a_message(gateway: RunningGateway) -> None:
    with peer(gateway.target) as caller:
        caller.open(1, CREATE)
        served(caller)
        caller.send(PART, rst_stream(1, CANCEL))
        served(caller)


def connection_lost_inside_a_message(gateway: RunningGateway) -> None:
    with peer(gateway.target) as caller:
        caller.open(1, CREATE)
        caller.send(PART)
        served(caller)


def far_too_large(gateway: RunningGateway) -> None:
    with peer(gateway.target) as caller:
        caller.open(1, CREATE)
        caller.send(frame(DATA, 0, 1, b"\0\x7f\xff\xff\xff" + b"x" * 5000))
        caller.expect(1, 1)


def broken_compression(gateway: RunningGateway) -> None:
    with peer(gateway.target) as caller:
        caller.open(1, CREATE, ("grpc-encoding", "gzip"))
        caller.send(frame(DATA, END_STREAM, 1, b"\1\0\0\x10\0" + b"x" * 4096))
        caller.expect(1, 1)


def plain_http(gateway: RunningGateway) -> None:
    with peer(gateway.target) as caller:
        fields = [(":method", "POST"), (":scheme", "http"), (":path", "/"), (":authority", "here")]
        caller.send(frame(1, 5, 1, caller.encode([*fields, ("content-type", "text/plain")])))
        next(each for each in caller.frames() if each.stream == 1 and each.flags & END_STREAM)


def cancelled(gateway: RunningGateway, upstream: StandIn, path: str = CREATE) -> None:
    number = len(upstream.exchanges)
    if path == CREATE:
        running: Any = gateway.chat.CreateChatCompletion.future(REQUEST, timeout=LIMIT)
        upstream.exchange(number).received.result(LIMIT)
    else:
        running = gateway.chat.StreamChatCompletion(REQUEST, timeout=LIMIT)
        next(running)
    running.cancel()
    upstream.exchange(number).closed.result(LIMIT)


def cancelled_upload(gateway: RunningGateway, upstream: StandIn) -> None:
    number = len(upstream.exchanges)
    with peer(gateway.target) as caller:
        caller.open(1, "/openai_grpc.v1.AudioService/UploadTranscription")
        for each in UPLOAD[:2]:
            message = each.SerializeToString()
            caller.send(frame(DATA, 0, 1, b"\0" + len(message).to_bytes(4, "big") + message))
        upstream.exchange(number)
        caller.send(rst_stream(1, CANCEL))
        upstream.exchange(number).closed.result(LIMIT)


END: dict[str, tuple[Answer, Callable[[RunningGateway], None], dict[str, Any]]] = {
    "served": (OK, call, {}),
    "served, compressed": (OK, compressed, {}),
    "served, would be drained": (OK, call, {"on_cancel": "drain"}),
    "status 500": (answers.json(ERROR, status=500), call, {}),
    "status 429": (answers.json(ERROR, status=429), call, {}),
    "status 500, would be drained": (answers.json(ERROR, status=500), call, {"on_cancel": "drain"}),
    "no JSON": (answers.body(b"x" * 5000), call, {}),
    "an error with status 200": (answers.json(ERROR), call, {}),
    "upstream closes": (answers.close(), call, {}),
    "upstream resets": (answers.reset(), call, {}),
    "a deadline": (answers.stall(), past_its_deadline, {}),
    "a deadline, drained": (answers.stall(), past_its_deadline, {"on_cancel": "drain", "drain_limit": 1.0}),
    "a stream": (answers.stream([CHUNK, answers.event("[DONE]")]), stream, {}),
    "a stream with an error": (answers.stream([CHUNK, answers.event(ERROR)]), stream, {}),
    "a stream with no JSON": (answers.stream([CHUNK, answers.event("x" * 5000)]), stream, {}),
    "a stream that breaks off": (answers.stream([answers.event({"id": "c1"})]), stream, {}),
    "a stream that is reset": (answers.stream([CHUNK], then="reset"), stream, {}),
    "a stream and its deadline": (answers.stream([CHUNK], then="stall"), stream_past_its_deadline, {}),
    "a reply that is too large": (OK, call, {"max_message_bytes": 4000}),
    "a request that is too large": (OK, call, {"max_message_bytes": 1000}),
    "a request that is far too large": (OK, far_too_large, {"max_message_bytes": MIB}),
    "a request that is none": (OK, no_message, {}),
    "a request in broken gzip": (OK, broken_compression, {}),
    "a request that is reset": (OK, reset_inside_a_message, {}),
    "a request whose connection is lost": (OK, connection_lost_inside_a_message, {}),
    "no upstream that can be reached": (answers.close(read_request=False), call, {}),
    "no such method": (OK, no_such_method, {}),
    "health of an unknown service": (OK, health_of_nothing, {}),
    "reflection of garbage": (OK, reflection_of_garbage, {}),
}


def settled(gateway: RunningGateway) -> None:
    """Waits until the server has nothing more to do."""

    async def turns() -> None:
        for _ in range(20):
            await asyncio.sleep(0.005)

    on_loop(gateway.gateway.idle())
    on_loop(turns())


@contextmanager
def collector_off() -> Iterator[list[object]]:
    """Switches the garbage collector off; the list has what a collection finds afterwards."""
    found: list[object] = []
    gc.collect()
    gc.disable()
    try:
        yield found
        gc.set_debug(gc.DEBUG_SAVEALL)
        gc.collect()
        found += gc.garbage
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()


def kept(found: list[object]) -> list[str]:
    """Describes what is a call's: frames and objects of the server, and anything that may be a message."""
    kept = []
    for each in found:
        kind = type(each)
        if isinstance(each, types.FrameType):
            if "openai_grpc_server" in each.f_code.co_filename:
                kept.append(f"the frame {each.f_code.co_name}")
        elif isinstance(each, (types.CoroutineType, types.AsyncGeneratorType)):
            kept.append(f"the coroutine {each.__qualname__}")
        elif kind.__module__.startswith(OURS) or kind.__name__ in OF_GRPC:
            kept.append(kind.__qualname__)
        elif isinstance(each, (bytes, bytearray, str)) and len(each) >= LARGE:
            kept.append(f"{len(each)} {kind.__name__}")
    return kept


def left_by(gateway: RunningGateway, act: Callable[[], None]) -> list[str]:
    """Ends calls, the first of which loads what is loaded on first use."""
    act()
    settled(gateway)
    with collector_off() as found:
        for _ in range(TIMES):
            act()
        settled(gateway)
    return kept(found)


@pytest.fixture(params=["grpcio", "asyncio"])
def http2(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.mark.parametrize(("answer", "act", "settings"), END.values(), ids=END)
def test_a_call_that_has_ended(
    http2: str, answer: Answer, act: Callable[[RunningGateway], None], settings: dict[str, Any]
) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), http2=http2, **settings) as gateway:
        upstream.on("POST", CHAT, answer)
        assert left_by(gateway, lambda: act(gateway)) == []


@pytest.mark.parametrize("act", [upload, upload_in_disorder])
@pytest.mark.parametrize("answer", [answers.json({"text": "hi"}), answers.json(ERROR, status=500)])
def test_an_upload(http2: str, answer: Answer, act: Callable[[RunningGateway], None]) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), http2=http2) as gateway:
        upstream.on("POST", TRANSCRIPTIONS, answer)
        assert left_by(gateway, lambda: act(gateway)) == []


CANCELLED: dict[str, tuple[Callable[[RunningGateway, StandIn], None], dict[str, Any]]] = {
    "before the reply": (cancelled, {}),
    "in a stream": (partial(cancelled, path=STREAM), {}),
    "in a stream, drained": (partial(cancelled, path=STREAM), {"on_cancel": "drain", "drain_limit": 0.1}),
    "in an upload": (cancelled_upload, {}),
}


@pytest.mark.parametrize(("act", "settings"), CANCELLED.values(), ids=CANCELLED)
def test_a_call_that_was_cancelled(
    http2: str, act: Callable[[RunningGateway, StandIn], None], settings: dict[str, Any]
) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), http2=http2, **settings) as gateway:
        upstream.on("POST", CHAT, answers.stream([CHUNK], then="stall"))
        upstream.on("POST", TRANSCRIPTIONS, answers.stall())
        assert left_by(gateway, lambda: act(gateway, upstream)) == []


def by_http(gateway: RunningGateway, body: bytes = b"", *headers: bytes, path: str = CHAT) -> None:
    head = [b"POST %b HTTP/1.1" % path.encode(), b"Host: h", b"Connection: close", b"Content-Length: %d" % len(body)]
    with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as connection:
        connection.sendall(b"\r\n".join([*head, *headers, b"", body]))
        while connection.recv(1 << 16):
            pass


def hung_up(gateway: RunningGateway) -> None:
    with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as connection:
        head = b"POST %b HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (CHAT.encode(), len(STREAMED))
        connection.sendall(head + STREAMED)
        connection.recv(1 << 10)


BODY = b'{"model": "m", "user": "%b"}' % (b"x" * 5000)
STREAMED = b'{"model": "m", "stream": true, "user": "%b"}' % (b"x" * 5000)
FORM = (
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n' + b"x" * 5000 + b"\r\n"
    b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n--x--\r\n'
)
MULTIPART = b"Content-Type: multipart/form-data; boundary=x"
BY_HTTP: dict[str, tuple[Answer, Callable[[RunningGateway], None]]] = {
    "served": (OK, partial(by_http, body=BODY)),
    "no JSON": (OK, partial(by_http, body=BODY[:-1])),
    "a field of another type": (OK, partial(by_http, body=b'{"stream": "%b"}' % (b"x" * 5000))),
    "no such path": (OK, partial(by_http, body=BODY, path="/v1/tides")),
    "not HTTP": (OK, lambda gateway: by_http(gateway, BODY, b"Content-Length: 1")),
    "status 500": (answers.json(ERROR, status=500), partial(by_http, body=BODY)),
    "a deadline": (answers.stall(), lambda gateway: by_http(gateway, BODY, b"openai-grpc-timeout: 0.2")),
    "a stream": (answers.stream([CHUNK, answers.event("[DONE]")]), partial(by_http, body=STREAMED)),
    "a stream with an error": (answers.stream([CHUNK, answers.event(ERROR)]), partial(by_http, body=STREAMED)),
    "a stream that is reset": (answers.stream([CHUNK], then="reset"), partial(by_http, body=STREAMED)),
    "a stream whose caller hangs up": (answers.stream([CHUNK], then="stall"), hung_up),
    "a form": (OK, lambda gateway: by_http(gateway, FORM, MULTIPART, path=TRANSCRIPTIONS)),
    "half a form": (OK, lambda gateway: by_http(gateway, FORM[:4000], MULTIPART, path=TRANSCRIPTIONS)),
}


@pytest.mark.parametrize(("answer", "act"), BY_HTTP.values(), ids=BY_HTTP)
def test_a_call_by_http(answer: Answer, act: Callable[[RunningGateway], None]) -> None:
    with StandIn() as upstream, running_door(deployment(upstream.url)) as gateway:
        upstream.on("POST", CHAT, answer)
        upstream.on("POST", TRANSCRIPTIONS, answers.json({"text": "hi"}))
        assert left_by(gateway, lambda: act(gateway)) == []


def test_a_call_without_a_key(http2: str) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), http2=http2, general=KEYS) as gateway:
        assert left_by(gateway, lambda: call(gateway)) == []


LIMITED = GeneralSettings(
    master_key=Secret("sk-Hq2Lw8vN4xT6yB9cJ3mF"),
    keys=(KeySettings(name="limited", key=Secret("sk-Zt5Gk1pD7sW3fR9aMu4E"), models=("m",)),),
)
NAMES = {
    "a model that it may not use": {"openrouter": {"models": ["other"]}},
    "a model in unknown JSON": {"extra_json": '{"draft_model": "other"}'},
    "a model in a large request": {"extra_json": '{"draft_model": "other"}', "user": "x" * 100_000},
    "another's response": {"extra_json": '{"previous_response_id": "resp_1"}'},
    "models that it may use": {"openrouter": {"models": ["m"]}, "user": "x" * 100_000},
    "a name that is too long": {"openrouter": {"models": ["x" * 5000]}},
}


@pytest.mark.parametrize("fields", NAMES.values(), ids=NAMES)
def test_a_call_of_a_limited_key_that_names(http2: str, fields: dict[str, Any]) -> None:
    request = chat_pb2.CreateChatCompletionRequest(**{"model": "m", "user": "x" * 5000, **fields})
    metadata = (("authorization", "Bearer sk-Zt5Gk1pD7sW3fR9aMu4E"),)

    def act() -> None:
        with suppress(grpc.RpcError):
            gateway.chat.CreateChatCompletion(request, timeout=LIMIT, metadata=metadata)

    with StandIn() as upstream, running_gateway(deployment(upstream.url), http2=http2, general=LIMITED) as gateway:
        upstream.on("POST", CHAT, OK)
        assert left_by(gateway, act) == []


def test_a_call_for_which_there_is_no_place(http2: str) -> None:
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), http2=http2, max_concurrent_rpcs=1) as gateway,
    ):
        upstream.on("POST", CHAT, answers.stall())
        first = gateway.chat.CreateChatCompletion.future(REQUEST, timeout=LIMIT)
        upstream.exchange(0).received.result(LIMIT)
        call(gateway)
        with collector_off() as found:
            for _ in range(TIMES):
                call(gateway)
        assert kept(found) == []
        first.cancel()


BY_OTHER_WAYS: dict[str, tuple[dict[str, Any], str, Answer, Callable[[RunningGateway], None]]] = {
    "a bridge": ({"mode": "responses"}, RESPONSES, answers.json(RESPONSE), call),
    "a bridge that fails": ({"mode": "responses"}, RESPONSES, answers.json(ERROR, status=500), call),
    "a synthetic stream": ({"info": ModelInfo(supports_native_streaming=False)}, CHAT, OK, stream),
}


@pytest.mark.parametrize(("facts", "path", "answer", "act"), BY_OTHER_WAYS.values(), ids=BY_OTHER_WAYS)
def test_a_call_that_is_changed(
    http2: str, facts: dict[str, Any], path: str, answer: Answer, act: Callable[[RunningGateway], None]
) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url, model="m", **facts), http2=http2) as gateway:
        upstream.on("POST", path, answer)
        assert left_by(gateway, lambda: act(gateway)) == []


@pytest.mark.parametrize("second", [OK, answers.json(ERROR, status=503)], ids=["served", "failed"])
@pytest.mark.parametrize("name", ["m", "other"], ids=["by a retry", "by a fallback"])
def test_a_call_whose_first_deployment_fails(http2: str, name: str, second: Answer) -> None:
    router = RouterConfig(num_retries=0, fallbacks={"m": ("other",)}, allowed_fails=1000)
    with (
        StandIn() as first,
        StandIn() as other,
        running_gateway(
            deployment(first.url, name="first", model_name="m"),
            deployment(other.url, name="second", model_name=name),
            router=router,
            http2=http2,
        ) as gateway,
    ):
        first.on("POST", CHAT, answers.json(ERROR, status=503))
        other.on("POST", CHAT, second)
        assert left_by(gateway, lambda: call(gateway)) == []


def test_what_is_no_call() -> None:
    with running_gateway(deployment("http://127.0.0.1:1"), http2="asyncio") as gateway:
        assert left_by(gateway, lambda: plain_http(gateway)) == []
