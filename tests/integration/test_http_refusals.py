"""Requests that gRPC refuses are refused by REST as well, for the same reason and in the same words."""

import http.client
import json
from collections.abc import Iterator
from typing import Any, NamedTuple

import grpc
import httpx2
import pytest

from faults import answers
from faults.stand_in import LIMIT, StandIn
from openai_grpc.codec import from_object
from openai_grpc.v1 import chat_pb2, responses_pb2
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from support.gateway import RunningGateway, deployment, running_door

KEY, LIMITED = "sk-of-a-sailor-of-the-bay", "sk-of-another-sailor-who-waits"
SAID = {"model": "tide-1", "messages": [{"role": "user", "content": "When?"}]}
COMPLETION = {
    "object": "chat.completion",
    "id": "c1",
    "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": "At six"}}],
}


class Refused(NamedTuple):
    """A request that is refused.

    Attributes:
        reason: The reason in the log.
        body: Its JSON object; None: the response of `path` is read instead.
        key: The caller's key; empty: none is sent.
        headers: Further headers, or metadata.
        identity: The id of the response that is read.
        alike: Whether the words are the same; values are counted before JSON becomes a message.
    """

    reason: str
    body: dict[str, Any] | None = SAID
    key: str = KEY
    headers: tuple[tuple[str, str], ...] = ()
    identity: str = ""
    alike: bool = True


REFUSED: dict[str, Refused] = {
    "no key": Refused("UNAUTHENTICATED", key=""),
    "an unknown key": Refused("INVALID_KEY", key="sk-of-nobody-at-all"),
    "a model that the key may not use": Refused("MODEL_NOT_ALLOWED", {**SAID, "model": "moon-1"}),
    "a limit of the key": Refused("KEY_LIMIT_EXCEEDED", key=LIMITED),
    "an unknown model": Refused("MODEL_NOT_FOUND", {**SAID, "model": "tide-2"}),
    "a long name of a model": Refused("INVALID_REQUEST", {**SAID, "model": "tide-" + "x" * 300}),
    "a key that is the gateway's": Refused("INVALID_REQUEST", {**SAID, "api_base": "http://elsewhere"}),
    "a key that reads as another": Refused("MODEL_NOT_ALLOWED", {**SAID, "Model": "moon-1"}),
    "too many values": Refused("MESSAGE_TOO_LARGE", {**SAID, "stop": ["x"] * 3000}, alike=False),
    "a large request": Refused("MESSAGE_TOO_LARGE", {**SAID, "user": "x" * 30_000}),
    "time limits that are none": Refused("INVALID_REQUEST", headers=(("openai-grpc-time-limits", "total=soon"),)),
    "an id that leads elsewhere": Refused("INVALID_REQUEST", None, identity="../models"),
    "an id that is not the caller's": Refused("OBJECT_NOT_FOUND", None, identity="resp_of_another"),
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", "/v1/chat/completions", answers.json(COMPLETION))
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    keys = (
        KeySettings(name="sailor", key=Secret(KEY), models=("tide-*",)),
        KeySettings(name="waiting", key=Secret(LIMITED), rpm=1),
    )
    general = GeneralSettings(keys=keys, sealing_key=Secret("a tide that seals"))
    limits: dict[str, Any] = {"max_message_bytes": 20_000, "max_message_elements": 2000}
    config = deployment(upstream.url, model_name="tide-1")
    with running_door(config, general=general, router=RouterConfig(num_retries=0), **limits) as running:
        once = httpx2.post(f"{running.url}/chat/completions", json=SAID, headers={"authorization": f"Bearer {LIMITED}"})
        assert once.status_code == httpx2.codes.OK  # all that this key may do in a minute
        yield running


def by_grpc(gateway: RunningGateway, refused: Refused) -> str:
    """Makes the call by gRPC, and returns the message of its error."""
    metadata = [*refused.headers, *([("authorization", f"Bearer {refused.key}")] if refused.key else [])]
    request: Any
    call: Any = gateway.chat.CreateChatCompletion
    if refused.body is None:
        call = gateway.responses.GetResponse
        request = responses_pb2.GetResponseRequest(response_id=refused.identity)
    else:
        request = from_object(chat_pb2.CreateChatCompletionRequest, refused.body)
    with pytest.raises(grpc.RpcError) as raised:
        call(request, timeout=LIMIT, metadata=metadata)
    return str(raised.value.details())


def by_rest(gateway: RunningGateway, refused: Refused) -> str:
    """Makes the call by REST, and returns the message of its error."""
    headers = [*refused.headers, *([("authorization", f"Bearer {refused.key}")] if refused.key else [])]
    if refused.body is None:
        path = refused.identity.replace("/", "%2F")
        reply = httpx2.get(f"{gateway.url}/responses/{path}", headers=headers)
    else:
        content = json.dumps(refused.body).encode()
        headers.append(("content-type", "application/json"))
        reply = httpx2.post(f"{gateway.url}/chat/completions", content=content, headers=headers)
    assert reply.status_code >= httpx2.codes.BAD_REQUEST
    return str(reply.json()["error"]["message"])


@pytest.mark.parametrize("name", REFUSED)
def test_the_same_reason(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    refused, before = REFUSED[name], len(upstream.exchanges)
    told = {by_grpc(gateway, refused), by_rest(gateway, refused)}
    first, second = gateway.logged("rpc")[-2:]
    for key in ("method", "status", "reason"):
        assert first.get(key) == second.get(key), (first, second)
    assert first["reason"] == refused.reason
    assert len(told) == 1 or not refused.alike, told
    assert len(upstream.exchanges) == before


OURS = {"authorization": f"Bearer {KEY}", "content-type": "application/json"}
LONG = {**SAID, "user": "a sailor of the bay"}
# Headers, body and status of requests that follow each other on one connection, which remembers what the last one's
# headers said.
ON_ONE_CONNECTION: tuple[tuple[dict[str, str], dict[str, Any], int], ...] = (
    (OURS, SAID, 200),
    (OURS, LONG, 200),
    ({**OURS, "authorization": "Bearer sk-of-nobody-at-all"}, SAID, 401),
    (OURS, SAID, 200),
    ({**OURS, "authorization": f"Bearer {LIMITED}"}, SAID, 429),
    ({**OURS, "origin": "https://elsewhere.example"}, SAID, 403),
    (OURS, SAID, 200),
    ({**OURS, "content-encoding": "gzip"}, SAID, 415),
    ({**OURS, "content-type": "application/grpc"}, SAID, 415),
    (OURS, LONG, 200),
    ({**OURS, "openai-grpc-timeout": "never"}, SAID, 400),
    ({**OURS, "openai-grpc-time-limits": "total=soon"}, SAID, 400),
    ({"content-type": "application/json"}, SAID, 401),
    ({"content-type": "application/json"}, SAID, 401),
    (OURS, {**SAID, "model": "moon-1"}, 403),
    (OURS, SAID, 200),
)


def test_headers_are_read_anew_for_each_request_of_a_connection(gateway: RunningGateway) -> None:
    host, _, path = gateway.url.removeprefix("http://").partition("/")
    connection = http.client.HTTPConnection(host, timeout=LIMIT)
    statuses, ids, port = [], set(), 0
    for headers, body, _ in ON_ONE_CONNECTION:
        connection.request("POST", f"/{path}/chat/completions", json.dumps(body), headers)
        port = port or connection.sock.getsockname()[1]
        reply = connection.getresponse()
        statuses.append(reply.status)
        ids.add(reply.headers["x-request-id"])
        content = json.loads(reply.read())
        assert (content.get("id") == "c1") == (reply.status == 200)
        assert reply.headers["server"] == "openai-grpc"
        assert reply.headers["date"]
    assert statuses == [status for _, _, status in ON_ONE_CONNECTION]
    assert len(ids) > statuses.count(200)  # each call has its own
    assert connection.sock.getsockname()[1] == port
    connection.close()
