"""What is decided of a call when its headers are there: whether it may come in, before its request is looked at."""

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.config import GeneralSettings, Secret
from openai_grpc_server.listen.http2.frames import CANCEL, DATA, END_STREAM, frame, rst_stream
from support.gateway import HTTP2, LIMIT, deployment, on_loop, running_gateway
from support.http2_peer import Http2Peer, peer

MASTER = "sk-Hq2Lw8vN4xT6yB9cJ3mF"
CHAT = "/openai_grpc.v1.ChatService/CreateChatCompletion"
STREAM = "/openai_grpc.v1.ChatService/StreamChatCompletion"
UPLOAD = "/openai_grpc.v1.AudioService/UploadTranscription"
OK = answers.json({"id": "c1", "object": "chat.completion"})

RESOURCE_EXHAUSTED, UNIMPLEMENTED, UNAUTHENTICATED = "8", "12", "16"
BEARER = ("authorization", f"Bearer {MASTER}")


def message(content: bytes) -> bytes:
    return b"\0" + len(content).to_bytes(4, "big") + content


REQUEST = message(chat_pb2.CreateChatCompletionRequest(model="m").SerializeToString())


@pytest.mark.parametrize("path", [CHAT, STREAM, UPLOAD])
def test_a_call_without_a_key_is_refused_before_its_request_comes(path: str) -> None:
    general = GeneralSettings(master_key=Secret(MASTER))
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), general=general) as gateway,
        peer(gateway.target) as stranger,
    ):
        stranger.open(1, path)
        assert stranger.status(1)["grpc-status"] == UNAUTHENTICATED
        (line,) = gateway.logged("rpc")
    assert (line["status"], line["reason"]) == ("UNAUTHENTICATED", "UNAUTHENTICATED")
    assert upstream.requests == []


@pytest.mark.parametrize("path", [CHAT, STREAM, UPLOAD])
def test_a_call_too_many_is_refused_before_its_request_comes(path: str) -> None:
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), max_concurrent_rpcs=1) as gateway,
        peer(gateway.target) as caller,
    ):
        upstream.on("POST", "/v1/chat/completions", answers.stall())
        first = gateway.chat.CreateChatCompletion.future(chat_pb2.CreateChatCompletionRequest(), timeout=LIMIT)
        upstream.exchange(0).received.result(LIMIT)
        caller.open(1, path)
        assert caller.status(1)["grpc-status"] == RESOURCE_EXHAUSTED
        first.cancel()


def test_a_call_whose_message_has_not_come_has_its_place() -> None:
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), max_concurrent_rpcs=1) as gateway,
        peer(gateway.target) as caller,
    ):
        upstream.on("POST", "/v1/chat/completions", OK)
        caller.open(1, CHAT)
        caller.open(3, CHAT)
        assert caller.status(3)["grpc-status"] == RESOURCE_EXHAUSTED
        caller.send(frame(DATA, END_STREAM, 1, REQUEST))
        assert caller.status(1)["grpc-status"] == "0"
        on_loop(gateway.gateway.idle())
        assert gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(), timeout=LIMIT).id == "c1"


@pytest.mark.parametrize("path", [CHAT, STREAM])
def test_a_unary_request_without_a_message(path: str) -> None:
    with running_gateway(deployment("http://127.0.0.1:1")) as gateway, peer(gateway.target) as caller:
        caller.open(1, path)
        caller.send(frame(DATA, END_STREAM, 1, b""))
        assert caller.status(1)["grpc-status"] == UNIMPLEMENTED


def two_messages(caller: Http2Peer, path: str) -> None:
    caller.open(1, path)
    caller.send(frame(DATA, 0, 1, REQUEST))
    caller.send(frame(DATA, END_STREAM, 1, REQUEST))


@pytest.mark.parametrize("path", [CHAT, STREAM])
def test_a_unary_request_of_two_messages(path: str) -> None:
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url)) as gateway,
        peer(gateway.target) as caller,
    ):
        upstream.on(
            "POST", "/v1/chat/completions", OK if path == CHAT else answers.stream(answers.events([{"choices": []}]))
        )
        two_messages(caller, path)
        # gRPC's own server has one message read and drops what follows: it would cost every call to ask.
        assert caller.status(1)["grpc-status"] == (UNIMPLEMENTED if HTTP2 == "asyncio" else "0")


def test_a_cancel_before_the_message_is_a_cancel() -> None:
    with (
        running_gateway(deployment("http://127.0.0.1:1"), max_concurrent_rpcs=1) as gateway,
        peer(gateway.target) as caller,
    ):
        caller.open(1, CHAT)
        caller.open(3, CHAT)
        assert caller.status(3)["grpc-status"] == RESOURCE_EXHAUSTED  # so the first one is being served
        caller.send(rst_stream(1, CANCEL))
        assert [line["status"] for line in gateway.logged("rpc")] == ["RESOURCE_EXHAUSTED", "CANCELLED"]
