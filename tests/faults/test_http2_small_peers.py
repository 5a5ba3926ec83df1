"""Answers to peers that take no large lists of fields (SETTINGS_MAX_HEADER_LIST_SIZE): status and message stay true."""

from base64 import b64decode
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote

import grpc
import pytest
from google.rpc import status_pb2  # type: ignore[import-untyped]  # ships no py.typed

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.listen.http2 import Limits, Server
from openai_grpc_server.listen.http2.hpack import FIELD_OVERHEAD
from support.gateway import deployment, on_loop, running_gateway
from support.http2_peer import Http2Peer, peer

METHOD = "/test.Test/Any"
DETAILS = ("grpc-status-details-bin", b"d" * 3000)
HINT = ("x-hint", "h" * 500)
PUSHBACK = ("grpc-retry-pushback-ms", "-1")
MESSAGE = "nicht möglich: " + "ü" * 150


def takes(size: int) -> bytes:
    """The payload of SETTINGS with SETTINGS_MAX_HEADER_LIST_SIZE."""
    return b"\0\6" + size.to_bytes(4, "big")


def size_of(fields: dict[str, str]) -> int:
    return sum(len(name) + len(value) + FIELD_OVERHEAD for name, value in fields.items())


@contextmanager
def serving(method: Any) -> Iterator[str]:
    class Only(grpc.GenericRpcHandler):
        def service(self, _: grpc.HandlerCallDetails) -> Any:
            return grpc.unary_unary_rpc_method_handler(method)

    server = Server(Limits(max_message_size=1 << 20))
    server.add_generic_rpc_handlers((Only(),))
    port = server.bind("127.0.0.1", 0, reuse_port=False, tls=None)
    on_loop(server.start())
    try:
        yield f"127.0.0.1:{port}"
    finally:
        on_loop(server.stop(0))


async def fails(_: bytes, context: Any) -> bytes:
    await context.abort(grpc.StatusCode.DATA_LOSS, MESSAGE, (HINT, DETAILS, PUSHBACK))
    raise AssertionError("abort returned")


def failure(client: Http2Peer) -> dict[str, str]:
    client.call(1, METHOD)
    status = client.status(1)
    client.call(3, METHOD)  # the table and the connection are whole
    assert client.status(3) == status
    return status


KEPT: dict[int, set[str]] = {
    8000: {"grpc-status-details-bin", "x-hint"},
    4000: {"x-hint"},  # the details go first, also where the other metadata alone would do
    1800: {"x-hint"},
    1500: set(),
}


@pytest.mark.parametrize(("limit", "kept"), KEPT.items())
def test_details_go_before_other_metadata(limit: int, kept: set[str]) -> None:
    with serving(fails) as target, peer(target, takes(limit)) as client:
        status = failure(client)
        assert size_of(status) <= limit
        assert {"grpc-status-details-bin", "x-hint"} & set(status) == kept
        assert (status["grpc-status"], unquote(status["grpc-message"])) == ("15", MESSAGE)
        assert status["grpc-retry-pushback-ms"] == "-1"


def test_a_message_is_shortened_last() -> None:
    limit = 500
    with serving(fails) as target, peer(target, takes(limit)) as client:
        status = failure(client)
        assert size_of(status) <= limit
        message = unquote(status["grpc-message"], errors="strict")
        assert message.startswith("nicht möglich: ü")
        assert MESSAGE.startswith(message)
        assert (status["grpc-status"], status["grpc-retry-pushback-ms"]) == ("15", "-1")


def test_a_status_is_sent_to_a_peer_that_takes_nothing() -> None:
    with serving(fails) as target, peer(target, takes(0)) as client:
        assert failure(client)["grpc-status"] == "15"


def test_what_goes_before_the_reply() -> None:
    async def replies(request: bytes, context: Any) -> bytes:
        await context.send_initial_metadata((("x-small", "1"), ("x-large", "l" * 2000)))
        return request

    with serving(replies) as target, peer(target, takes(1000)) as client:
        client.call(1, METHOD)
        head = client.head(1)
        assert (head[":status"], head["x-small"], "x-large" in head) == ("200", "1", False)
        assert client.status(1)["grpc-status"] == "0"


@pytest.mark.parametrize("limit", [1 << 16, 1000])
def test_an_error_of_the_gateway(limit: int) -> None:
    reason = "the prompt is too long: " + "x" * 400
    request = chat_pb2.CreateChatCompletionRequest(model="m").SerializeToString()
    with StandIn() as upstream, running_gateway(deployment(upstream.url), http2="asyncio") as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json({"error": {"message": reason}}, status=400))
        with peer(gateway.target, takes(limit)) as client:
            client.call(1, "/openai_grpc.v1.ChatService/CreateChatCompletion", message=request)
            status = client.status(1)
    assert (status["grpc-status"], status["grpc-message"]) == ("3", reason)
    assert size_of(status) <= limit
    details = status.get("grpc-status-details-bin")
    if limit > 1000:
        assert details is not None
        assert status_pb2.Status.FromString(b64decode(details + "=" * (-len(details) % 4))).message == reason
    else:
        assert details is None
