"""A gateway that drains: new calls are sent elsewhere, open streams are told, and it may serve again."""

from collections.abc import Iterator
from typing import Any

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from faults import answers
from faults.outcome import outcome
from faults.rpcs import CREATE_CHAT, STREAM_CHAT, STREAMING, Rpc
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import CONTRACT_REVISION
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway, submit

GRACE = 19.0  # seconds
BEFORE = 2  # messages before the gate
NEW = (("openai-grpc-contract", str(CONTRACT_REVISION)),)
OLD = {"of revision 1": (("openai-grpc-contract", "1"),), "of none": ()}


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn() as standing:
        yield standing


@pytest.fixture
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    with running_gateway(deployment(upstream.url), grace_period=GRACE) as running:
        yield running


def opened(gateway: RunningGateway, upstream: StandIn, rpc: Rpc, metadata: Any = NEW) -> tuple[Any, Gate]:
    """Returns a stream after its first messages, and the gate at which its upstream waits."""
    gate = Gate()
    upstream.on("POST", rpc.path, answers.stream(rpc.pieces, gates={BEFORE: gate}))
    call = rpc.start(gateway, metadata=metadata)
    assert not any(told_of(next(call)) for _ in range(BEFORE))
    return call, gate


def told_of(message: Any) -> bool:
    """Returns whether a message says that the gateway drains."""
    return bool(message.call_info.HasField("drain"))


async def drain(gateway: RunningGateway) -> None:
    gateway.gateway.drain()


async def undrain(gateway: RunningGateway) -> None:
    gateway.gateway.undrain()


def health(gateway: RunningGateway) -> Any:
    return health_pb2_grpc.HealthStub(gateway.channel).Check(health_pb2.HealthCheckRequest(), timeout=LIMIT).status


@pytest.mark.parametrize("rpc", STREAMING, ids=lambda rpc: rpc.name)
def test_open_streams_are_told_once_and_go_on(gateway: RunningGateway, upstream: StandIn, rpc: Rpc) -> None:
    call, gate = opened(gateway, upstream, rpc)
    on_loop(drain(gateway))
    gate.open()
    rest = list(call)
    assert [told_of(each) for each in rest] == [True, *[False] * (len(rest) - 1)]
    assert not rest[0].call_info.drain.HasField("seconds_left")
    assert call.code() is grpc.StatusCode.OK
    plain = [each for each in rest if each.ClearField("call_info") or True]
    upstream.on("POST", rpc.path, rpc.well())
    on_loop(undrain(gateway))
    again = [each for each in rpc.start(gateway, metadata=NEW) if each.ClearField("call_info") or True]
    assert plain == again[BEFORE:]


def test_a_stop_tells_how_long_streams_have(gateway: RunningGateway, upstream: StandIn) -> None:
    call, gate = opened(gateway, upstream, STREAM_CHAT)
    watched = health_pb2_grpc.HealthStub(gateway.channel).Watch(health_pb2.HealthCheckRequest(), timeout=LIMIT)
    assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
    stopping = submit(gateway.gateway.stop())
    assert next(watched).status == health_pb2.HealthCheckResponse.NOT_SERVING
    gate.open()
    told, *_ = list(call)
    assert 0 < told.call_info.drain.seconds_left <= GRACE
    assert call.code() is grpc.StatusCode.OK
    stopping.result(LIMIT)


@pytest.mark.parametrize("metadata", OLD.values(), ids=OLD)
def test_a_caller_who_does_not_know_the_notice_gets_none(
    gateway: RunningGateway, upstream: StandIn, metadata: Any
) -> None:
    call, gate = opened(gateway, upstream, STREAM_CHAT, metadata)
    on_loop(drain(gateway))
    gate.open()
    rest = list(call)
    assert rest
    assert not any(map(told_of, rest))
    assert not any(each.extra_json for each in rest)


def test_a_stream_is_not_told_of_what_has_passed(gateway: RunningGateway, upstream: StandIn) -> None:
    call, gate = opened(gateway, upstream, STREAM_CHAT)
    on_loop(drain(gateway))
    on_loop(undrain(gateway))
    gate.open()
    assert not any(map(told_of, call))


def test_new_calls_go_elsewhere_at_once_until_it_serves_again(gateway: RunningGateway, upstream: StandIn) -> None:
    serving, not_serving = health_pb2.HealthCheckResponse.SERVING, health_pb2.HealthCheckResponse.NOT_SERVING
    on_loop(drain(gateway))
    for rpc in (CREATE_CHAT, *STREAMING):
        found = outcome(rpc, rpc.start(gateway))
        assert (found.code, found.reason, found.pushback) == (grpc.StatusCode.UNAVAILABLE, "DRAINING", "0")
        assert found.retry_delay == 0
    assert health(gateway) == not_serving
    on_loop(undrain(gateway))
    assert health(gateway) == serving
    upstream.on("POST", CREATE_CHAT.path, CREATE_CHAT.well())
    assert outcome(CREATE_CHAT, CREATE_CHAT.start(gateway)).code is grpc.StatusCode.OK
