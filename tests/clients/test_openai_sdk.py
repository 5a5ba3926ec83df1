"""OpenAI's SDK gives the same over gRPC as over HTTP, and the upstream gets the same."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openai
import pytest

from clients.openai_cases import (
    CASES,
    CHAT,
    MESSAGES,
    RESPONSES,
    RETRIES,
    TEXT,
    Case,
    attempt,
    chat,
    chat_stream,
    completion,
    events,
    failing,
)
from clients.openai_ways import KEY, WAYS, Way, direct, received
from faults import answers
from faults.stand_in import LIMIT, StandIn, refusing
from openai_grpc_server.config import GeneralSettings, KeySettings, RouterConfig, Secret
from support.gateway import RunningGateway, deployment, running_door


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    """A gateway that hands on the caller's key and adds nothing."""
    config = deployment(upstream.url, api_key=None, include_usage=False)
    with running_door(config) as running:
        yield running


def outcome(way: Way, case: Case, upstream: StandIn, gateway: RunningGateway) -> tuple[Any, list[Any]]:
    """Returns what a use gives, and what the upstream got."""
    upstream.clear_queue()
    upstream.enqueue(*case.answers)
    before = len(upstream.exchanges)
    with way(upstream.url, gateway, max_retries=0) as client:
        found = case.use(client)
    return found, [received(each.request) for each in upstream.exchanges[before:]]


# The HTTP port ends a stream that fails with an event, and never in order: the exception at the end is another one.
DIFFERENT = {
    ("events that are cut", "HTTP"): "APIError",
    ("a stream that is cut", "HTTP"): "APIError",
    ("a stream that is reset", "HTTP"): "APIError",
    ("a transcription that is cut", "HTTP"): "APIError",
    ("an error event", "HTTP"): "APIConnectionError",
}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", CASES)
def test_the_same_as_direct(name: str, way: str, upstream: StandIn, gateway: RunningGateway) -> None:
    case = CASES[name]
    expected, sent = outcome(direct, case, upstream, gateway)
    found, got = outcome(WAYS[way], case, upstream, gateway)
    if (name, way) in DIFFERENT:
        assert found[:-1] == expected[: len(found) - 1]
        assert found[-1]["type"] == DIFFERENT[name, way]
    else:
        assert found == expected
    assert got == sent
    assert len(sent) == len(case.answers)
    assert sent[0][3]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("name", RETRIES)
@pytest.mark.parametrize("use", [chat(), chat_stream()], ids=["whole", "stream"])
def test_retries_do_not_multiply(name: str, use: Any, way: str, upstream: StandIn) -> None:
    answer, retries, requests = RETRIES[name]
    upstream.on("POST", CHAT, answer)
    before = len(upstream.exchanges)
    with (
        running_door(deployment(upstream.url), router=RouterConfig(num_retries=retries)) as gateway,
        WAYS[way](upstream.url, gateway) as client,
    ):
        (error, _) = attempt(lambda got: got.append(failing(use)(client)))
    assert "Error" in str(error)
    assert len(upstream.exchanges) - before == requests


def close_early(client: Any) -> None:
    stream = client.chat.completions.create(model="m", messages=MESSAGES, stream=True)
    next(iter(stream))
    stream.close()


def leave_block(client: Any) -> None:
    with client.responses.stream(model="m", input="When?") as stream:
        next(iter(stream))


def leave_response(client: Any) -> None:
    with client.chat.completions.with_streaming_response.create(model="m", messages=MESSAGES, stream=True) as reply:
        next(iter(reply.iter_lines()))


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("leave", [close_early, leave_block, leave_response])
def test_a_stream_that_is_left_closes_upstreams(
    leave: Any, way: str, upstream: StandIn, gateway: RunningGateway
) -> None:
    upstream.on("POST", CHAT, answers.stream(answers.events(TEXT[:2], done=False), then="stall"))
    upstream.on("POST", RESPONSES, answers.stream(answers.events(events(("a",))[:4], named=True), then="stall"))
    upstream.clear_queue()
    with WAYS[way](upstream.url, gateway) as client:
        leave(client)
        upstream.exchanges[-1].closed.result(LIMIT)


@pytest.mark.parametrize("way", [way for way in WAYS if way.startswith("gRPC")])
def test_nobody_is_there(way: str, gateway: RunningGateway) -> None:
    with refusing() as url:
        nowhere = replace(gateway, target=url.removeprefix("http://"))
        with WAYS[way](url, nowhere, max_retries=0) as client, pytest.raises(openai.APIConnectionError):
            client.models.list()


@pytest.mark.parametrize("way", WAYS)
def test_an_operation_that_the_contract_does_not_have(way: str, gateway: RunningGateway) -> None:
    with WAYS[way]("", gateway) as client, pytest.raises(openai.NotFoundError, match="Invalid URL") as failed:
        client.fine_tuning.jobs.list()
    assert failed.value.code == "unknown_url"


@pytest.mark.parametrize("way", WAYS)
def test_keys_and_limits_of_the_gateway(way: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.json(completion({"content": "Six"})))
    keys = (
        KeySettings(name="sailor", key=Secret(KEY), models=("tide-*",)),
        KeySettings(name="other", key=Secret("sk-of-another-sailor")),
    )
    with (
        running_door(
            deployment(upstream.url), general=GeneralSettings(keys=keys, sealing_key=Secret("a tide that seals"))
        ) as gateway,
        WAYS[way](upstream.url, gateway) as client,
    ):
        assert client.chat.completions.create(model="tide-1", messages=MESSAGES).choices[0].message.content == "Six"
        with pytest.raises(openai.PermissionDeniedError):
            client.chat.completions.create(model="moon-1", messages=MESSAGES)
        with pytest.raises(openai.AuthenticationError) as failed:
            client.with_options(api_key="sk-none").chat.completions.create(model="tide-1", messages=MESSAGES)
    assert failed.value.code == "invalid_api_key"


@pytest.mark.parametrize("way", WAYS)
def test_headers_that_the_gateway_lets_through(way: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.json(completion({"content": "Six"})))
    upstream.clear_queue()
    headers = {"X-Tide": "ebb", "X-Moon": "full"}
    with (
        running_door(deployment(upstream.url), metadata_headers=("x-tide",)) as gateway,
        WAYS[way](upstream.url, gateway) as client,
    ):
        client.chat.completions.create(model="m", messages=MESSAGES, extra_headers=headers)
    sent = upstream.requests[-1]
    assert [sent.header(name) for name in headers] == ["ebb", None]
