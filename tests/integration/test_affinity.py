"""What is stored at a deployment is got, cancelled, deleted and continued there."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, responses_pb2
from openai_grpc_server.config import RouterConfig
from openai_grpc_server.routing.router import Affinity
from openai_grpc_server.runtime.bounded_cache import ENTRY_BYTES
from support.failure import failure_of
from support.gateway import RunningGateway, deployment, running_gateway

RESPONSE = {"object": "response", "status": "completed", "output": []}


@pytest.fixture(scope="module")
def upstreams() -> Iterator[list[StandIn]]:
    """Two upstreams; only the second one has what it has made."""
    missing = answers.json({"error": {"message": "no such thing"}}, status=404)
    with StandIn() as first, StandIn() as second:
        for number, upstream in enumerate((first, second)):
            for method, path in (("GET", ""), ("POST", "/cancel"), ("DELETE", "")):
                upstream.on(
                    method, f"/v1/responses/r2{path}", answers.json({"id": "r2", **RESPONSE}) if number else missing
                )
            upstream.on(
                "GET", "/v1/chat/completions/c2", answers.json({"id": "c2", "choices": []}) if number else missing
            )
            upstream.on("GET", "/v1/responses/unknown", missing)
        yield [first, second]


@pytest.fixture
def gateway(upstreams: list[StandIn]) -> Iterator[RunningGateway]:
    """A gateway that sends nothing to the second upstream by chance."""
    first, second = upstreams
    with running_gateway(
        deployment(first.url, name="first", model_name="m", weight=1),
        deployment(second.url, name="second", model_name="m", weight=0),
        deployment(second.url, name="another model", model_name="n"),
        deployment(first.url, name="elsewhere", model_name="o"),
    ) as running:
        yield running


def make_response(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json({"id": "r2", **RESPONSE}))
    gateway.responses.CreateResponse(responses_pb2.CreateResponseRequest(model="n"), timeout=10)


def stream_response(gateway: RunningGateway, upstream: StandIn) -> None:
    events = [
        {"type": f"response.{name}", "sequence_number": number, "response": {"id": "r2", **RESPONSE}}
        for number, name in enumerate(("created", "completed"))
    ]
    upstream.enqueue(answers.stream(answers.events(events, named=True)))
    assert list(gateway.responses.StreamResponse(responses_pb2.CreateResponseRequest(model="n"), timeout=10))


def make_chat(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json({"id": "c2", "object": "chat.completion", "choices": []}))
    gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model="n", store=True), timeout=10)


def get_response(gateway: RunningGateway) -> Any:
    return gateway.responses.GetResponse(responses_pb2.GetResponseRequest(response_id="r2"), timeout=10)


def cancel_response(gateway: RunningGateway) -> Any:
    return gateway.responses.CancelResponse(responses_pb2.CancelResponseRequest(response_id="r2"), timeout=10)


def delete_response(gateway: RunningGateway) -> Any:
    return gateway.responses.DeleteResponse(responses_pb2.DeleteResponseRequest(response_id="r2"), timeout=10)


def get_chat(gateway: RunningGateway) -> Any:
    return gateway.chat.GetChatCompletion(chat_pb2.GetChatCompletionRequest(completion_id="c2"), timeout=10)


USES: dict[str, tuple[Callable[..., None], Callable[..., Any]]] = {
    "get": (make_response, get_response),
    "get after a stream": (stream_response, get_response),
    "cancel": (make_response, cancel_response),
    "delete": (make_response, delete_response),
    "get a chat": (make_chat, get_chat),
}


@pytest.mark.parametrize(("make", "use"), USES.values(), ids=USES)
def test_it_goes_to_the_deployment_that_made_it(
    gateway: RunningGateway, upstreams: list[StandIn], make: Callable[..., None], use: Callable[..., Any]
) -> None:
    first, second = upstreams
    make(gateway, second)
    before = len(first.requests)
    use(gateway)
    assert len(first.requests) == before
    assert gateway.logged("rpc")[-1]["deployment"] == "another model"


@pytest.mark.parametrize("status", [200, 503])
def test_the_next_response_goes_to_the_same_upstream(
    gateway: RunningGateway, upstreams: list[StandIn], status: int
) -> None:
    first, second = upstreams
    make_response(gateway, second)
    before = len(first.requests)
    second.enqueue(answers.json({"id": "r3", **RESPONSE}, status=status))
    request = responses_pb2.CreateResponseRequest(model="m", previous_response_id="r2")
    if status == 200:
        reply = gateway.responses.CreateResponse(request, timeout=10)
        assert reply.call_info.deployment == "second"
    else:
        assert failure_of(lambda: gateway.responses.CreateResponse(request, timeout=10))
    assert len(first.requests) == before, "not even when its own upstream is away"


def test_a_model_that_is_not_where_the_response_is(gateway: RunningGateway, upstreams: list[StandIn]) -> None:
    make_response(gateway, upstreams[1])
    request = responses_pb2.CreateResponseRequest(model="o", previous_response_id="r2")
    failure = failure_of(lambda: gateway.responses.CreateResponse(request, timeout=10))
    assert failure.code is grpc.StatusCode.INVALID_ARGUMENT
    assert "another model" in failure.message


def test_what_nobody_remembers_is_looked_for_everywhere(gateway: RunningGateway) -> None:
    reply = get_response(gateway)
    assert (reply.id, reply.call_info.attempts) == ("r2", 2)
    request = responses_pb2.GetResponseRequest(response_id="unknown")
    failure = failure_of(lambda: gateway.responses.GetResponse(request, timeout=10))
    assert (failure.code, failure.trailers["openai-grpc-attempts"]) == (grpc.StatusCode.NOT_FOUND, "2")


def test_it_is_found_among_more_upstreams_than_a_call_is_tried_at() -> None:
    with ExitStack() as stack:
        upstreams = [stack.enter_context(StandIn()) for _ in range(5)]
        for upstream in upstreams:
            upstream.on("GET", "/v1/responses/r2", answers.json({"error": {"message": "no such thing"}}, status=404))
        upstreams[-1].on("GET", "/v1/responses/r2", answers.json({"id": "r2", **RESPONSE}))
        deployments = [deployment(each.url, name=each.url, model_name=each.url) for each in upstreams]
        gateway = stack.enter_context(running_gateway(*deployments, router=RouterConfig()))
        for _ in range(3):  # the order is random
            assert get_response(gateway).id == "r2"


def test_the_oldest_ids_are_forgotten() -> None:
    affinity = Affinity(max_bytes=(ENTRY_BYTES + 2) * 20)
    names = [f"{number:02}" for number in range(21)]
    for name in names[:20]:
        affinity.remember(name, "there")
    assert affinity.find(names[0])
    affinity.remember(names[20], "there")
    assert [affinity.find(name) for name in (names[0], names[1], names[20])] == ["there", None, "there"]
