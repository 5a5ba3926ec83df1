"""Conversations over the real server: what goes upstream, whose they are, and which upstream has them."""

from collections.abc import Iterator
from typing import Any

import grpc
import httpx2
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import dumps, from_object, loads, to_object
from openai_grpc.v1 import chat_pb2, conversations_pb2, responses_pb2
from openai_grpc_server.config import GeneralSettings, HttpSettings, KeySettings, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

KEEPER, OTHER = "sk-2Vb8Lq5keeperTn4Xc7", "sk-9Hd3Wm6otherRz1Kp8"
KEYS = GeneralSettings(
    sealing_key=Secret("Qe7Uj2Vx9Lm4Zs6Rt1Na"),
    keys=(KeySettings(name="keeper", key=Secret(KEEPER)), KeySettings(name="other", key=Secret(OTHER))),
)
MINE = (("authorization", f"Bearer {KEEPER}"),)
OTHERS = (("authorization", f"Bearer {OTHER}"),)
KEPT = {"id": "conv_1", "object": "conversation", "created_at": 1790000000, "metadata": {"pier": "3"}}
MESSAGE = {"id": "msg_1", "type": "message", "role": "user", "status": "completed"}
ITEM = {**MESSAGE, "content": [{"type": "text", "text": "High water?"}]}
PAGE = {"object": "list", "data": [ITEM], "first_id": "msg_1", "last_id": "msg_1", "has_more": False}
ASKED = {"type": "message", "role": "user", "content": "High water?"}
RESPONSE = {"id": "resp_1", "object": "response", "status": "completed", "conversation": {"id": "conv_1"}, "output": []}
ONE = "/v1/conversations/conv_1"


def serve(upstream: StandIn) -> None:
    upstream.on("POST", "/v1/conversations", answers.json(KEPT))
    upstream.on("GET", ONE, answers.json(KEPT))
    upstream.on("POST", ONE, answers.json(KEPT))
    upstream.on("DELETE", ONE, answers.json({"id": "conv_1", "object": "conversation.deleted", "deleted": True}))
    upstream.on("POST", f"{ONE}/items", answers.json(PAGE))
    upstream.on("GET", f"{ONE}/items", answers.json(PAGE))
    upstream.on("GET", f"{ONE}/items/msg_1", answers.json(ITEM))
    upstream.on("DELETE", f"{ONE}/items/msg_1", answers.json(KEPT))
    upstream.on("POST", "/v1/responses", answers.json(RESPONSE))
    upstream.on("POST", "/v1/responses/input_tokens", answers.json({"object": "response.input_tokens"}))


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        serve(running)
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    bridge = deployment(upstream.url, name="bridge", model_name="bridge", model="m", mode="responses")
    models = (deployment(upstream.url), bridge)
    with running_gateway(*models, general=KEYS, http=HttpSettings(port=0)) as running:
        yield running


def make(gateway: RunningGateway, metadata: Any = MINE) -> str:
    request = conversations_pb2.CreateConversationRequest()
    return str(gateway.conversations.CreateConversation(request, metadata=metadata, timeout=10).id)


def request_of(rpc: str, fields: dict[str, Any]) -> Any:
    return from_object(getattr(conversations_pb2, f"{rpc}Request"), fields)


INCLUDE = ["message.input_image.image_url"]
CALLS: dict[str, tuple[str, dict[str, Any], str, str, list[tuple[str, str]], Any, Any]] = {
    "get": ("GetConversation", {}, "GET", ONE, [], None, KEPT),
    "update": (
        *("UpdateConversation", {"metadata": {"pier": "4"}}, "POST", ONE, [], {"metadata": {"pier": "4"}}),
        KEPT,
    ),
    "empty the metadata": ("UpdateConversation", {"metadata": {}}, "POST", ONE, [], {"metadata": {}}, KEPT),
    "delete": (
        *("DeleteConversation", {}, "DELETE", ONE, [], None),
        {"id": "conv_1", "object": "conversation.deleted", "deleted": True},
    ),
    "add items": (
        *("CreateConversationItems", {"items": [ASKED], "include": INCLUDE}, "POST", f"{ONE}/items"),
        *([("include[]", INCLUDE[0])], {"items": [ASKED]}, PAGE),
    ),
    "get an item": (
        *("GetConversationItem", {"item_id": "msg_1", "include": INCLUDE}, "GET", f"{ONE}/items/msg_1"),
        *([("include[]", INCLUDE[0])], None, ITEM),
    ),
    "list items": (
        *("ListConversationItems", {"after": "msg_0", "limit": 5, "order": "asc"}, "GET", f"{ONE}/items"),
        *([("after", "msg_0"), ("limit", "5"), ("order", "asc")], None, PAGE),
    ),
    "delete an item": (
        *("DeleteConversationItem", {"item_id": "msg_1"}, "DELETE", f"{ONE}/items/msg_1", [], None),
        KEPT,
    ),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    rpc, fields, method, path, query, body, reply = CALLS[name]
    made = make(gateway)
    call = getattr(gateway.conversations, rpc)
    answer = call(request_of(rpc, {"conversation_id": made, **fields}), metadata=MINE, timeout=10)
    found = loads(dumps(to_object(answer)))
    request = upstream.requests[-1]
    assert (request.method, request.path, sorted(request.query)) == (method, path, query)
    assert (request.json() if request.body else None) == body
    assert made.startswith("conv_")
    assert made != "conv_1"
    assert found == ({**reply, "id": made} if "conv" in str(reply.get("id")) else reply)


@pytest.mark.parametrize("name", CALLS)
def test_it_belongs_to_its_maker(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    rpc, fields = CALLS[name][:2]
    made = make(gateway)
    before = len(upstream.exchanges)
    for conversation, metadata in ((made, OTHERS), ("conv_1", MINE), ("conv_1", OTHERS), (made[:-2], MINE)):
        request = request_of(rpc, {"conversation_id": conversation, **fields})
        failure = failure_of(lambda: getattr(gateway.conversations, rpc)(request, metadata=metadata, timeout=10))  # noqa: B023
        assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert len(upstream.exchanges) == before


# Whatever names a conversation in another request: how it is written, given its id, and the value sent upstream.
NAMED: dict[str, Any] = {
    "an id": (lambda made: {"conversation": made}, "conv_1"),
    "an object": (lambda made: {"conversation": {"id": made}}, {"id": "conv_1"}),
    "an object with more": (lambda made: {"conversation": {"id": made, "pier": 3}}, {"id": "conv_1", "pier": 3}),
}


@pytest.mark.parametrize("named", NAMED)
@pytest.mark.parametrize("rpc", ["CreateResponse", "CountResponseInputTokens", "CreateChatCompletion"])
def test_a_request_that_goes_on_from_one(rpc: str, named: str, gateway: RunningGateway, upstream: StandIn) -> None:
    write, sent = NAMED[named]
    made = make(gateway)
    chat = rpc == "CreateChatCompletion"
    stub: Any = gateway.chat if chat else gateway.responses
    kind = getattr(chat_pb2 if chat else responses_pb2, f"{rpc}Request")
    given = {"model": "bridge", "messages": [{"role": "user", "content": "a"}]} if chat else {"model": "m"}

    def ask(conversation: str, metadata: Any) -> Any:
        request = from_object(kind, {**given, **write(conversation)})
        return getattr(stub, rpc)(request, metadata=metadata, timeout=10)

    reply = ask(made, MINE)
    assert upstream.requests[-1].json()["conversation"] == sent
    if rpc == "CreateResponse":
        assert reply.conversation.id == made
    before = len(upstream.exchanges)
    for conversation, metadata in ((made, OTHERS), ("conv_1", MINE)):
        failure = failure_of(lambda: ask(conversation, metadata))  # noqa: B023
        assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert len(upstream.exchanges) == before


REACHING = {
    "text that the contract does not type": {"conversation": {"unknown": '"conv_1"'}},
    "an object that it does not type": {"conversation": {"unknown": '{"id": "conv_1"}'}},
    "an object of another spelling": {"conversation": {"unknown": '{"ID": "conv_1"}'}},
    "a list": {"conversation": {"unknown": '["conv_1"]'}},
    "a key that is added": {"extra_json": '{"conversation": "conv_1"}'},
    "a key that is spelt otherwise": {"extra_json": '{"Conversation": "conv_1"}'},
    "an object that is added": {"extra_json": '{"conversation": {"id": "conv_1"}}'},
    "an id somewhere": {"extra_json": '{"more": [{"conversation_id": "conv_1"}]}'},
}


@pytest.mark.parametrize("name", REACHING)
def test_ids_that_are_not_sealed_reach_nothing(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    fields: Any = REACHING[name]
    before = len(upstream.exchanges)
    request = responses_pb2.CreateResponseRequest(model="m", **fields)
    failure = failure_of(lambda: gateway.responses.CreateResponse(request, metadata=MINE, timeout=10))
    assert failure.code in {grpc.StatusCode.NOT_FOUND, grpc.StatusCode.INVALID_ARGUMENT}
    assert len(upstream.exchanges) == before


def test_words_that_name_none(gateway: RunningGateway, upstream: StandIn) -> None:
    """A property of a tool's schema may have any name."""
    make(gateway)
    tool = {"type": "sonar", "schema": {"properties": {"conversation": {"type": "string"}}}}
    request = responses_pb2.CreateResponseRequest(model="m")
    request.tools.add(unknown=dumps(tool).decode())
    gateway.responses.CreateResponse(request, metadata=MINE, timeout=10)
    assert upstream.requests[-1].json()["tools"] == [tool]


def test_by_http(gateway: RunningGateway, upstream: StandIn) -> None:
    headers = dict(MINE)
    with httpx2.Client(base_url=f"{gateway.url}/", headers=headers) as client:
        made = client.post("conversations", json={"items": [ASKED]}).json()["id"]
        assert upstream.requests[-1].json() == {"items": [ASKED]}
        reply = client.post(f"conversations/{made}/items?include[]={INCLUDE[0]}", json={"items": []})
        assert loads(reply.content) == PAGE
        assert upstream.requests[-1].query == [("include[]", INCLUDE[0])]
        assert upstream.requests[-1].json() == {"items": []}
        assert client.get(f"conversations/{made}/items/msg_1").json() == ITEM
        assert client.get(f"conversations/{made}", headers=dict(OTHERS)).status_code == 404
        assert client.get(f"conversations/{made}").json() == {**KEPT, "id": made}


def test_an_error_that_looks_like_an_item(gateway: RunningGateway, upstream: StandIn) -> None:
    made = make(gateway)
    upstream.enqueue(answers.json({"error": {"message": "The tide took it.", "type": "invalid_request_error"}}))
    request = conversations_pb2.GetConversationItemRequest(conversation_id=made, item_id="msg_1")
    failure = failure_of(lambda: gateway.conversations.GetConversationItem(request, metadata=MINE, timeout=10))
    assert "The tide took it." in failure.message


def test_it_stays_with_its_upstream() -> None:
    """Created where metadata says, and used there: also by a gateway that has not seen it before."""
    with StandIn() as first, StandIn() as second:
        for each in (first, second):
            serve(each)
        models = [deployment(each.url, name=name, model_name=name) for each, name in ((first, "a"), (second, "b"))]
        models.append(deployment(second.url, name="spare", model_name="a", weight=0))
        create = conversations_pb2.CreateConversationRequest()
        with running_gateway(*models, general=KEYS) as gateway:
            failure = failure_of(lambda: make(gateway))
            assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
            assert "openai-grpc-model" in failure.message
            for model in ("", "x" * 300):
                metadata = (*MINE, ("openai-grpc-model", model))
                assert failure_of(lambda: make(gateway, metadata)).code is grpc.StatusCode.INVALID_ARGUMENT  # noqa: B023
            metadata = (*MINE, ("openai-grpc-model", "b"))
            made = gateway.conversations.CreateConversation(create, metadata=metadata, timeout=10).id
            assert second.requests[-1].json() == {}
        with running_gateway(*models, general=KEYS) as gateway:
            get = conversations_pb2.GetConversationRequest(conversation_id=made)
            assert gateway.conversations.GetConversation(get, metadata=MINE, timeout=10).id == made
            for write, _ in NAMED.values():
                request = from_object(responses_pb2.CreateResponseRequest, {"model": "a", **write(made)})
                gateway.responses.CreateResponse(request, metadata=MINE, timeout=10)
        assert not first.exchanges
        assert [each.path for each in second.requests][-3:] == ["/v1/responses"] * 3


def test_without_several_keys_ids_stay(upstream: StandIn) -> None:
    with running_gateway(deployment(upstream.url)) as gateway:
        assert make(gateway, ()) == "conv_1"
        request = responses_pb2.CreateResponseRequest(model="m", extra_json='{"conversation": "conv_7"}')
        gateway.responses.CreateResponse(request, timeout=10)
        assert upstream.requests[-1].json()["conversation"] == "conv_7"
