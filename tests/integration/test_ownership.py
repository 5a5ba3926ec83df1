"""Whose stored objects are: sealed ids, between keys and between upstreams."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.codec import dumps
from openai_grpc.v1 import chat_pb2, common_pb2, responses_pb2
from openai_grpc.v1.response_tool_pb2 import ResponseTool
from openai_grpc_server.config import ConfigError, GeneralSettings, KeySettings, Secret
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

MASTER = "sk-v3R9xQ2mT7bK4wZ8nL5c"
TEAM = "sk-Jq6Xh1uYf0sD9gRe2aPo"
KEYS = GeneralSettings(master_key=Secret(MASTER), keys=(KeySettings(name="team", key=Secret(TEAM)),))
RESPONSE = {"id": "resp_1", "object": "response", "status": "completed", "previous_response_id": "resp_0"}
CHAT = {"id": "chatcmpl-1", "object": "chat.completion"}

Pairs = tuple[tuple[str, str], ...]


def bearer(key: str) -> Pairs:
    return (("authorization", f"Bearer {key}"),)


MINE, OTHERS = bearer(TEAM), bearer(MASTER)


def event(kind: str, number: int) -> dict[str, Any]:
    return {"type": f"response.{kind}", "sequence_number": number, "response": RESPONSE}


def serve(upstream: StandIn) -> None:
    upstream.on("POST", "/v1/responses", answers.json(RESPONSE))
    upstream.on("GET", "/v1/responses/resp_1", answers.json(RESPONSE))
    upstream.on("POST", "/v1/responses/resp_1/cancel", answers.json(RESPONSE))
    upstream.on("DELETE", "/v1/responses/resp_1", answers.json({"id": "resp_1", "deleted": True}))
    upstream.on("GET", "/v1/responses/resp_1/input_items", answers.json({"object": "list", "data": []}))
    upstream.on("POST", "/v1/chat/completions", answers.json(CHAT))
    upstream.on("GET", "/v1/chat/completions/chatcmpl-1", answers.json(CHAT))
    upstream.on("DELETE", "/v1/chat/completions/chatcmpl-1", answers.json({"id": "chatcmpl-1", "deleted": True}))
    upstream.on("POST", "/v1/chat/completions/chatcmpl-1", answers.json(CHAT))
    upstream.on("GET", "/v1/chat/completions/chatcmpl-1/messages", answers.json({"object": "list", "data": []}))


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        serve(running)
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    with running_gateway(deployment(upstream.url), general=KEYS) as running:
        yield running


def create(gateway: RunningGateway, **fields: Any) -> Any:
    request = responses_pb2.CreateResponseRequest(model="gpt-4o", **fields)
    return gateway.responses.CreateResponse(request, metadata=MINE, timeout=10)


def create_chat(gateway: RunningGateway, **fields: Any) -> Any:
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o", **fields)
    return gateway.chat.CreateChatCompletion(request, metadata=MINE, timeout=10)


RPCS = {
    "GetResponse": (responses_pb2.GetResponseRequest, "response_id"),
    "CancelResponse": (responses_pb2.CancelResponseRequest, "response_id"),
    "DeleteResponse": (responses_pb2.DeleteResponseRequest, "response_id"),
    "ListResponseInputItems": (responses_pb2.ListResponseInputItemsRequest, "response_id"),
    "CreateResponse": (responses_pb2.CreateResponseRequest, "previous_response_id"),
    "GetChatCompletion": (chat_pb2.GetChatCompletionRequest, "completion_id"),
    "UpdateChatCompletion": (chat_pb2.UpdateChatCompletionRequest, "completion_id"),
    "DeleteChatCompletion": (chat_pb2.DeleteChatCompletionRequest, "completion_id"),
    "ListChatCompletionMessages": (chat_pb2.ListChatCompletionMessagesRequest, "completion_id"),
}


@pytest.mark.parametrize("rpc", RPCS)
def test_an_object_is_its_makers_alone(gateway: RunningGateway, upstream: StandIn, rpc: str) -> None:
    request_type, field = RPCS[rpc]
    stub: Any = gateway.chat if "Chat" in rpc else gateway.responses
    made = create_chat(gateway, store=True) if "Chat" in rpc else create(gateway)
    raw = "chatcmpl-1" if "Chat" in rpc else "resp_1"
    assert made.id != raw

    reply = getattr(stub, rpc)(request_type(**{field: made.id}), metadata=MINE, timeout=10)
    received = upstream.requests[-1]
    assert received.json()[field] == raw if rpc == "CreateResponse" else raw in received.path
    assert getattr(reply, "id", made.id) == made.id

    before = len(upstream.exchanges)
    for object_id, metadata in ((made.id, OTHERS), (raw, MINE), (raw, OTHERS), (made.id[:-2], MINE)):
        request = request_type(**{field: object_id})
        failure = failure_of(lambda: getattr(stub, rpc)(request, metadata=metadata, timeout=10))  # noqa: B023
        assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert len(upstream.exchanges) == before


def test_ids_inside_a_reply(gateway: RunningGateway, upstream: StandIn) -> None:
    first = create(gateway)
    options = common_pb2.PromptCacheOptions(comparison_response_id=first.id)
    reply = create(gateway, previous_response_id=first.id, prompt_cache_options=options)
    sent = upstream.requests[-1].json()
    assert (sent["previous_response_id"], sent["prompt_cache_options"]["comparison_response_id"]) == (
        "resp_1",
        "resp_1",
    )
    assert reply.previous_response_id not in {"", "resp_0"}


def test_ids_inside_the_events_of_a_stream() -> None:
    sent = [event(kind, number) for number, kind in enumerate(("created", "in_progress", "completed"))]
    with StandIn() as upstream, running_gateway(deployment(upstream.url), general=KEYS) as gateway:
        upstream.on("POST", "/v1/responses", answers.stream(answers.events(sent, named=True)))
        upstream.on("GET", "/v1/responses/resp_1", answers.stream(answers.events(sent, named=True)))
        request = responses_pb2.CreateResponseRequest(model="gpt-4o")
        events = list(gateway.responses.StreamResponse(request, metadata=MINE, timeout=10))
        (made,) = {getattr(each, str(each.WhichOneof("kind"))).response.id for each in events}
        resume = responses_pb2.ResumeResponseRequest(response_id=made)
        again = list(gateway.responses.ResumeResponse(resume, metadata=MINE, timeout=10))
    assert made != "resp_1"
    assert again[0].created.response.id == made


def test_a_chat_that_is_not_stored_keeps_its_id(gateway: RunningGateway) -> None:
    assert create_chat(gateway).id == "chatcmpl-1"


def test_lists_show_ones_own() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url), general=KEYS) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json(CHAT))
        made = create_chat(gateway, store=True, metadata={"topic": "x"})
        stored = upstream.requests[-1].json()["metadata"]
        assert stored.pop("topic") == "x"
        (marker,) = stored.items()
        own = {**CHAT, "metadata": dict([marker, ("topic", "x")])}
        another = {**CHAT, "id": "chatcmpl-2", "metadata": {marker[0]: "another's"}}
        page = {"object": "list", "data": [own, another], "first_id": "chatcmpl-1", "last_id": "chatcmpl-2"}
        upstream.on("GET", "/v1/chat/completions", answers.json(page))
        request = chat_pb2.ListChatCompletionsRequest(after=made.id)
        listed = gateway.chat.ListChatCompletions(request, metadata=MINE, timeout=10)
    query = dict(upstream.requests[-1].query)
    assert (query["after"], query[f"metadata[{marker[0]}]"]) == ("chatcmpl-1", marker[1])
    assert [(chat.id, dict(chat.metadata)) for chat in listed.data] == [(made.id, {"topic": "x"})]
    assert listed.first_id == made.id


BRIDGE = {"name": "bridge", "model_name": "bridge", "model": "m", "mode": "responses"}


@contextmanager
def bridging() -> Iterator[tuple[StandIn, RunningGateway]]:
    with StandIn() as upstream:
        serve(upstream)
        models = (deployment(upstream.url), deployment(upstream.url, **BRIDGE))
        with running_gateway(*models, general=KEYS) as gateway:
            yield upstream, gateway


def test_a_chat_by_responses_goes_on_from_ones_own_alone() -> None:
    with bridging() as (upstream, gateway):
        made = create(gateway).id

        def go_on(key: str, value: Any, metadata: Pairs) -> Any:
            request = chat_pb2.CreateChatCompletionRequest(model="bridge", extra_json=dumps({key: value}).decode())
            request.messages.add().user.content.text = "hi"
            return gateway.chat.CreateChatCompletion(request, metadata=metadata, timeout=10)

        first = go_on("previous_response_id", made, MINE)
        assert upstream.requests[-1].json()["previous_response_id"] == "resp_1"
        assert first.id not in {"", "resp_1"}
        go_on("previous_response_id", first.id, MINE)
        get = responses_pb2.GetResponseRequest(response_id=first.id)
        gateway.responses.GetResponse(get, metadata=MINE, timeout=10)
        assert upstream.requests[-1].path == "/v1/responses/resp_1"

        before = len(upstream.exchanges)
        for key, value, metadata, code in (
            ("previous_response_id", made, OTHERS, grpc.StatusCode.NOT_FOUND),
            ("previous_response_id", "resp_1", MINE, grpc.StatusCode.NOT_FOUND),
            ("previous_response_id", ["resp_1"], MINE, grpc.StatusCode.INVALID_ARGUMENT),
            ("previous_response_id", "x" * 500_000, MINE, grpc.StatusCode.INVALID_ARGUMENT),
            ("PREVIOUS_RESPONSE_ID", made, MINE, grpc.StatusCode.INVALID_ARGUMENT),
            ("previou\u017f_response_id", made, MINE, grpc.StatusCode.INVALID_ARGUMENT),
            ("previousResponseId", made, MINE, grpc.StatusCode.INVALID_ARGUMENT),
            ("Input", "hi", MINE, grpc.StatusCode.INVALID_ARGUMENT),
        ):
            failure = failure_of(lambda: go_on(key, value, metadata))  # noqa: B023
            assert (failure.code, key in failure.message) == (code, True)
        assert len(upstream.exchanges) == before


def test_a_stream_by_responses_has_a_sealed_id_as_well() -> None:
    sent = [event(kind, number) for number, kind in enumerate(("created", "completed"))]
    with bridging() as (upstream, gateway):
        upstream.on("POST", "/v1/responses", answers.stream(answers.events(sent, named=True)))
        request = chat_pb2.CreateChatCompletionRequest(model="bridge")
        request.messages.add().user.content.text = "hi"
        chunks = list(gateway.chat.StreamChatCompletion(request, metadata=MINE, timeout=10))
        (made,) = {chunk.id for chunk in chunks}
        get = responses_pb2.GetResponseRequest(response_id=made)
        gateway.responses.GetResponse(get, metadata=MINE, timeout=10)
    assert made != "resp_1"
    assert upstream.requests[-1].path == "/v1/responses/resp_1"


def test_an_id_in_json_that_the_contract_does_not_know() -> None:
    with bridging() as (upstream, gateway):
        made = create(gateway).id
        nested = {"context": [{"previous_response_id": made, "n": 18446744073709551616}]}
        create(gateway, extra_json=dumps(nested).decode())
        assert upstream.requests[-1].json()["context"] == [
            {"previous_response_id": "resp_1", "n": 18446744073709551616}
        ]
        tool = ResponseTool(unknown=dumps({"type": "search", "response_id": made}).decode())
        create(gateway, tools=[tool])
        assert upstream.requests[-1].json()["tools"] == [{"type": "search", "response_id": "resp_1"}]
        tool = ResponseTool(unknown='{"type": "search", "response_id": "resp_1"}')
        failure = failure_of(lambda: create(gateway, tools=[tool]))
    assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert "tools[0].unknown.response_id" in failure.message


def stored(number: int, metadata: dict[str, str]) -> dict[str, Any]:
    return {**CHAT, "id": f"chatcmpl-{number}", "metadata": metadata}


@pytest.mark.parametrize("own", [(), (2,), (1, 2)])
def test_the_ends_of_a_page_are_ones_own(own: tuple[int, ...]) -> None:
    """Of an upstream that does not filter by metadata."""
    with StandIn() as upstream, running_gateway(deployment(upstream.url), general=KEYS) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json(CHAT))
        create_chat(gateway, store=True)
        mine = upstream.requests[-1].json()["metadata"]
        data = [stored(number, mine if number in own else {next(iter(mine)): "another's"}) for number in range(4)]
        page = {"object": "list", "data": data, "first_id": "chatcmpl-0", "last_id": "chatcmpl-3", "has_more": True}
        upstream.on("GET", "/v1/chat/completions", answers.json(page))
        listed = gateway.chat.ListChatCompletions(chat_pb2.ListChatCompletionsRequest(), metadata=MINE, timeout=10)
        assert len(listed.data) == len(own)
        assert listed.first_id == (listed.data[0].id if own else "")
        if own:
            assert listed.last_id == listed.data[-1].id

        before = len(upstream.exchanges)
        if not own:  # it leads on, and to no object
            for rpc in ("GetChatCompletion", "DeleteChatCompletion", "UpdateChatCompletion"):
                request_type, field = RPCS[rpc]
                request = request_type(**{field: listed.last_id})
                failure = failure_of(lambda: getattr(gateway.chat, rpc)(request, metadata=MINE, timeout=10))  # noqa: B023
                assert (failure.code, failure.reason) == (grpc.StatusCode.NOT_FOUND, "OBJECT_NOT_FOUND")
        following = chat_pb2.ListChatCompletionsRequest(after=listed.last_id)
        failure = failure_of(lambda: gateway.chat.ListChatCompletions(following, metadata=OTHERS, timeout=10))
        assert failure.code is grpc.StatusCode.NOT_FOUND
        assert len(upstream.exchanges) == before
        gateway.chat.ListChatCompletions(following, metadata=MINE, timeout=10)
        assert dict(upstream.requests[-1].query)["after"] == f"chatcmpl-{own[-1] if own else 3}"


def test_an_id_that_is_too_long_is_not_unsealed(gateway: RunningGateway, upstream: StandIn) -> None:
    before = len(upstream.exchanges)
    request = responses_pb2.GetResponseRequest(response_id="resp_" + "x" * 20_000_000)
    failure = failure_of(lambda: gateway.responses.GetResponse(request, metadata=MINE, timeout=10))
    assert (failure.code, failure.message[:12]) == (grpc.StatusCode.INVALID_ARGUMENT, "response_id:")
    assert len(upstream.exchanges) == before


def test_an_object_is_found_at_its_own_upstream_also_by_another_gateway() -> None:
    secret = GeneralSettings(sealing_key=Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm"))
    with StandIn() as first, StandIn() as second:
        serve(first)
        serve(second)
        configured = [deployment(each.url, name=name, model_name=name) for each, name in ((first, "a"), (second, "b"))]
        with running_gateway(*configured, general=secret) as gateway:
            made = gateway.responses.CreateResponse(responses_pb2.CreateResponseRequest(model="b"), timeout=10)
        with running_gateway(*configured, general=secret) as gateway:
            got = gateway.responses.GetResponse(responses_pb2.GetResponseRequest(response_id=made.id), timeout=10)
    assert got.id == made.id
    assert [len(each.exchanges) for each in (first, second)] == [0, 2]


@pytest.mark.parametrize("general", [GeneralSettings(), GeneralSettings(master_key=Secret(MASTER))])
def test_with_one_key_and_one_upstream_ids_stay(upstream: StandIn, general: GeneralSettings) -> None:
    with running_gateway(deployment(upstream.url), general=general) as gateway:
        request = responses_pb2.CreateResponseRequest(model="gpt-4o")
        assert gateway.responses.CreateResponse(request, metadata=OTHERS, timeout=10).id == "resp_1"


SECRETS = {
    "none": (
        GeneralSettings(keys=(KeySettings(name="a", key=Secret(MASTER)), KeySettings(name="b", key=Secret(TEAM))))
    ),
    "a weak one": (GeneralSettings(master_key=Secret(MASTER), sealing_key=Secret("sk-1234"), keys=KEYS.keys)),
}


@pytest.mark.parametrize("general", SECRETS.values(), ids=SECRETS)
def test_several_keys_need_something_to_seal_ids_with(upstream: StandIn, general: GeneralSettings) -> None:
    with pytest.raises(ConfigError, match="sealing_key"), running_gateway(deployment(upstream.url), general=general):
        pass
