"""Keys and metadata of callers that no HTTP header can have: the caller's fault, and no deployment's."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from faults import answers
from faults.rpcs import COMPLETION, CREATE_CHAT, STREAM_CHAT, Rpc, rpc_name
from faults.stand_in import StandIn
from openai_grpc_server.config import RouterConfig
from support.gateway import deployment as at
from support.gateway import running_gateway
from support.http2_peer import peer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from support.gateway import RunningGateway

COOLS_DOWN = RouterConfig(num_retries=2, allowed_fails=0, cooldown_time=600.0, retry_maybe_billed=True)
PATHS = {"chat": "/openai_grpc.v1.ChatService", "audio": "/openai_grpc.v1.AudioService"}


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", CREATE_CHAT.path, answers.json(COMPLETION))
        yield running


@pytest.fixture
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    """A gateway that passes callers' keys on, with a second deployment that serves only if the first is left alone."""
    first = at(upstream.url, name="first", model_name="gpt-4o", weight=1, api_key=None)
    second = at(upstream.url, name="second", model_name="gpt-4o", weight=0, api_key=None)
    any_other = at(upstream.url, name="any", api_key=None)
    with running_gateway(first, second, any_other, router=COOLS_DOWN) as running:
        yield running


def statuses(gateway: RunningGateway, rpc: Rpc, name: str, value: Any, count: int) -> list[dict[str, str]]:
    """Makes calls whose metadata no library would send, and returns their trailers."""
    requests = rpc.request if isinstance(rpc.request, tuple) else (rpc.request,)
    data = b"".join(
        b"\0" + len(message).to_bytes(4, "big") + message for message in (each.SerializeToString() for each in requests)
    )
    with peer(gateway.target) as caller:
        found = []
        for stream in range(1, 2 * count, 2):
            caller.call(stream, f"{PATHS[rpc.service]}/{rpc.name}", (name, value), message=data[5:])
            found.append(caller.status(stream))
    return found


BAD: dict[str, Any] = {
    "UTF-8": "k\u00e9y",
    "Latin-1": b"k\xe9y",
    "an emoji": "\U0001f511",
}


@pytest.mark.parametrize("key", BAD.values(), ids=BAD)
@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_CHAT], ids=rpc_name)
def test_a_key_that_cannot_be_sent(gateway: RunningGateway, upstream: StandIn, rpc: Rpc, key: str | bytes) -> None:
    bearer = f"Bearer {key}" if isinstance(key, str) else b"Bearer " + key
    for trailers in statuses(gateway, rpc, "authorization", bearer, 4):
        assert trailers["grpc-status"] == "16"
        assert trailers["grpc-message"].startswith("The key in authorization has characters")
    assert not upstream.requests
    assert {(line["reason"], line.get("attempts")) for line in gateway.logged("rpc")} == {("UNAUTHENTICATED", None)}
    reply = gateway.chat.CreateChatCompletion(CREATE_CHAT.request, timeout=10)
    assert reply.call_info.deployment == "first"


@pytest.mark.parametrize("value", BAD.values(), ids=BAD)
@pytest.mark.parametrize("name", ["openai-organization", "openai-project", "idempotency-key", "traceparent"])
def test_metadata_that_cannot_be_sent(
    gateway: RunningGateway, upstream: StandIn, name: str, value: str | bytes
) -> None:
    for trailers in statuses(gateway, CREATE_CHAT, name, value, 4):
        assert (trailers["grpc-status"], trailers["grpc-message"]) == ("3", f"{name}: not a legal HTTP header value")
    assert not upstream.requests
    reply = gateway.chat.CreateChatCompletion(CREATE_CHAT.request, timeout=10)
    assert reply.call_info.deployment == "first"
