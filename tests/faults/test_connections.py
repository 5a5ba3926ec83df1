"""No connection, or one that is lost before the upstream has answered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import grpc
import pytest

from faults import answers
from faults.outcome import check_failure, outcome, try_fault
from faults.rpcs import CREATE_CHAT, CREATING, GET_RESPONSE, STREAM_CHAT, UPLOAD_TRANSCRIPTION, Rpc, rpc_name
from faults.stand_in import StandIn, refusing, silent
from openai_grpc_server.config import TimeoutSettings
from support.gateway import deployment, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer


@pytest.mark.parametrize("rpc", [*CREATING, GET_RESPONSE], ids=rpc_name)
def test_refused(rpc: Rpc) -> None:
    with refusing() as url, running_gateway(deployment(url)) as gateway:
        found = outcome(rpc, rpc.start(gateway, metadata=[("x-request-id", "mine")]))
        check_failure(found, gateway)
    assert (found.code, found.reason) == (grpc.StatusCode.UNAVAILABLE, "UPSTREAM_CONNECT_FAILED")
    assert (found.messages, found.pushback, found.info.get("http_status")) == ([], None, None)


BEFORE_HEADERS: dict[str, tuple[Answer, str]] = {
    "reset": (answers.reset(), "UPSTREAM_CONNECTION_LOST"),
    "closed": (answers.close(), "UPSTREAM_CONNECTION_LOST"),
    "closed inside the headers": (answers.raw(b"HTTP/1.1 200 OK\r\ncontent-ty"), "UPSTREAM_CONNECTION_LOST"),
    "not HTTP": (answers.raw(b"SSH-2.0-OpenSSH_9.6\r\n"), "UPSTREAM_PROTOCOL_ERROR"),
}


@pytest.mark.parametrize("rpc", CREATING, ids=rpc_name)
@pytest.mark.parametrize(("answer", "reason"), BEFORE_HEADERS.values(), ids=BEFORE_HEADERS)
def test_lost_before_the_headers(rpc: Rpc, answer: Answer, reason: str) -> None:
    found = try_fault(rpc, answer)
    assert (found.code, found.reason, found.pushback) == (grpc.StatusCode.INTERNAL, reason, "-1")
    assert (found.messages, found.info.get("http_status")) == ([], None)


def test_a_safe_call_whose_connection_is_lost_is_sent_again() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.enqueue(answers.reset(), GET_RESPONSE.well())
        assert outcome(GET_RESPONSE, GET_RESPONSE.start(gateway)).code is grpc.StatusCode.OK
        upstream.enqueue(answers.reset(), answers.reset())
        found = outcome(GET_RESPONSE, GET_RESPONSE.start(gateway))
    assert (found.code, found.reason) == (grpc.StatusCode.INTERNAL, "UPSTREAM_CONNECTION_LOST")
    assert (found.pushback, len(upstream.requests)) == (None, 4)


@pytest.mark.parametrize("rpc", [CREATE_CHAT, STREAM_CHAT, UPLOAD_TRANSCRIPTION], ids=rpc_name)
@pytest.mark.parametrize("times", [1, 3])
def test_a_connection_that_was_closed_while_idle_is_not_noticed(rpc: Rpc, times: int) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", rpc.path, rpc.well())
        calls = [rpc.start(gateway) for _ in range(times)]
        assert [outcome(rpc, call).code for call in calls] == [grpc.StatusCode.OK] * times
        upstream.drop_connections()
        assert outcome(rpc, rpc.start(gateway)).code is grpc.StatusCode.OK
    assert len(upstream.requests) == times + 1


def test_an_address_that_nothing_answers_at() -> None:

    with silent() as url, running_gateway(deployment(url, timeouts=TimeoutSettings(connect=0.3))) as gateway:
        found = outcome(CREATE_CHAT, CREATE_CHAT.start(gateway, metadata=[("x-request-id", "mine")]))
        check_failure(found, gateway)
    assert (found.code, found.reason) == (grpc.StatusCode.UNAVAILABLE, "UPSTREAM_CONNECT_TIMEOUT")
    assert found.pushback is None


@pytest.mark.parametrize(("server", "connections"), [("llama.cpp", 2), ("other", 1)])
def test_a_server_that_closes_after_streams_without_saying_so(server: str, connections: int) -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        stream = answers.stream(answers.events(STREAM_CHAT.events), headers={"server": server})
        upstream.enqueue(stream, CREATE_CHAT.well())
        for rpc in (STREAM_CHAT, CREATE_CHAT):
            assert outcome(rpc, rpc.start(gateway)).code is grpc.StatusCode.OK
        assert upstream.connections == connections
