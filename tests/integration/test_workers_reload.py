"""Workers are replaced one at a time, and no call fails for it."""

import asyncio
import os
import signal
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import grpc
import grpc.aio
import pytest
from grpc_reflection.v1alpha import reflection_pb2, reflection_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from faults import answers
from faults.exchange import Exchange
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.failure import failure_of
from support.gateway import LIMIT
from support.workers import OWN_CONNECTION, WorkerServer, connection, wait_for_end, worker_server

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
STREAM = answers.stream(answers.events(CHUNKS))
NOWHERE = "http://127.0.0.1:1"
TLS = {"certificate": "none.pem", "private_key": "none.key"}
KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
PACE = 0.01  # seconds between two calls of a caller, so that callers do not starve workers that start
CALLERS = 12  # of each kind, each with a connection of its own

Use = Callable[["chat_pb2_grpc.ChatServiceAsyncStub"], Awaitable[None]]


async def either(exchange: Exchange) -> None:
    """Answers as the request asks: with a stream or a whole reply."""
    await (STREAM if b'"stream":true' in await exchange.body() else COMPLETION)(exchange)


async def unary(stub: "chat_pb2_grpc.ChatServiceAsyncStub") -> None:
    assert (await stub.CreateChatCompletion(REQUEST, timeout=LIMIT)).id == "c1"


async def stream(stub: "chat_pb2_grpc.ChatServiceAsyncStub") -> None:
    chunks = [chunk async for chunk in stub.StreamChatCompletion(REQUEST, timeout=LIMIT)]
    assert [chunk.choices[0].finish_reason for chunk in chunks] == ["", "stop"]


async def call_on(address: str, use: Use, over: asyncio.Event) -> int:
    """Calls over one channel, which has no retry policy, until it is over; returns how often."""
    done = 0
    async with grpc.aio.insecure_channel(address, OWN_CONNECTION) as channel:
        stub = chat_pb2_grpc.ChatServiceStub(channel)
        while not over.is_set():
            await use(stub)
            done += 1
            await asyncio.sleep(PACE)
    return done


async def call_through(server: WorkerServer, happens: Callable[[], object], callers: int = 3) -> None:
    """Makes calls while something happens; none may fail."""
    over = asyncio.Event()
    async with asyncio.TaskGroup() as group:
        calling = [group.create_task(call_on(server.address, use, over)) for use in (unary, stream) * callers]
        await asyncio.to_thread(happens)
        over.set()
    assert all(each.result() for each in calling)


def pids(server: WorkerServer) -> dict[int, int]:
    """The worker and process id of every worker that has served so far."""
    return {entry["pid"]: entry["worker"] for entry in server.entries("serving") if "pid" in entry}


AGES = {
    "the same file": ({}, {}),
    "connections that age faster from now on": ({"max_connection_age": 3}, {"max_connection_age": 0.2}),
}


@pytest.mark.parametrize(("before", "after"), AGES.values(), ids=AGES)
def test_no_call_fails(tmp_path: Path, before: dict[str, Any], after: dict[str, Any]) -> None:
    def reload() -> None:
        server.configure(upstream=upstream.url, server=after)
        server.reload()
        server.wait_for("workers replaced")

    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url, server=before) as server:
        upstream.on("POST", CHAT, either)
        asyncio.run(call_through(server, reload))
    assert sorted(pids(server).values()) == [1, 1, 2, 2]


def test_streams_end_at_the_worker_that_began_them(tmp_path: Path) -> None:
    gate = Gate()
    with ExitStack() as stack, StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url) as server:
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
        before = pids(server)
        channels = [stack.enter_context(connection(server.address)) for _ in range(CALLERS)]
        stubs = [chat_pb2_grpc.ChatServiceStub(channel) for channel in channels]
        begun = [stub.StreamChatCompletion(REQUEST, timeout=LIMIT) for stub in stubs]
        assert [next(each).choices[0].delta.content for each in begun] == ["Hi"] * CALLERS
        server.reload()
        server.wait_for("stopping", worker=1)
        gate.open()
        for each in begun:
            assert [chunk.choices[0].finish_reason for chunk in each] == ["stop"]
        server.wait_for("workers replaced")
        for pid in before:
            wait_for_end(pid)


def test_what_a_single_process_can_not_take_up(tmp_path: Path) -> None:
    with worker_server(tmp_path, upstream=NOWHERE) as server:
        server.configure(upstream=NOWHERE, server={"reflection": False, "port": 1, "metrics_port": 1})
        server.reload()
        (replaced,) = server.wait_for("workers replaced")
        assert replaced["needs_restart"] == "server.metrics_port"
        with connection(server.address) as channel:
            stub = reflection_pb2_grpc.ServerReflectionStub(channel)
            asked = [reflection_pb2.ServerReflectionRequest(list_services="")]
            failure = failure_of(lambda: stub.ServerReflectionInfo(iter(asked), timeout=LIMIT))
        assert failure.code is grpc.StatusCode.UNIMPLEMENTED


@pytest.mark.parametrize(("before", "after"), [(2, 3), (3, 2), (2, 1)])
def test_another_number_of_workers(tmp_path: Path, before: int, after: int) -> None:
    with worker_server(tmp_path, upstream=NOWHERE, server={"workers": before}) as server:
        server.configure(upstream=NOWHERE, server={"workers": after})
        server.reload()
        server.wait_for("workers replaced")
        server.stop()
    assert sorted(pids(server).values()) == sorted([*range(1, before + 1), *range(1, after + 1)])
    assert len(server.entries("stopped")) == before + after + 1


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "what the supervisor finds out": ({"model_lst": []}, "unknown key 'model_lst'"),
    "what a new worker finds out": ({"server": {"tls": TLS}}, "none.key: can't be read"),
}


@pytest.mark.parametrize(("sections", "expected"), REFUSED.values(), ids=REFUSED)
def test_a_configuration_that_can_not_be_used(tmp_path: Path, sections: dict[str, Any], expected: str) -> None:
    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url) as server:
        upstream.on("POST", CHAT, COMPLETION)
        before = pids(server)
        server.configure(upstream=upstream.url, **sections)
        server.reload()
        (refused,) = server.wait_for("configuration refused")
        assert expected in refused["problem"]
        with connection(server.address) as channel:
            chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion(REQUEST, timeout=LIMIT)
        server.configure(upstream=upstream.url)
        server.reload()
        server.wait_for("workers replaced")
        assert len(server.entries("worker drains")) == len(before)


def test_a_hangup_during_a_reload_leads_to_one_more(tmp_path: Path) -> None:
    with worker_server(tmp_path, upstream=NOWHERE) as server:
        server.reload()
        server.wait_for("worker drains", worker=1)
        server.reload()
        server.reload()
        server.wait_for("workers replaced", 2)
        server.stop()
    assert len(server.entries("workers replaced")) == 2


def test_a_stop_during_a_reload(tmp_path: Path) -> None:
    with worker_server(tmp_path, upstream=NOWHERE) as server:
        server.reload()
        server.wait_for("worker drains", worker=1)
        server.stop()
        for pid in pids(server):
            wait_for_end(pid)
    assert not server.entries("workers replaced")


def stop_while_one_leaves(server: WorkerServer) -> None:
    """Stops while worker 1 stops for a reload."""
    server.reload()
    server.wait_for("stopping", worker=1)
    server.supervisor.send(signal.SIGTERM)
    server.wait_for("stopping", 3)


def signal_all(server: WorkerServer) -> None:
    """Signals workers as well as their supervisor, as systemd does."""
    workers = pids(server)
    for pid in workers:
        os.kill(pid, signal.SIGTERM)
    server.wait_for("stopping", len(workers))
    server.supervisor.send(signal.SIGTERM)
    server.wait_for("stopping")
    for pid in workers:
        os.kill(pid, signal.SIGTERM)


STOPS: dict[str, Callable[[WorkerServer], object]] = {
    "one of them stops for a reload": stop_while_one_leaves,
    "they are signalled themselves": signal_all,
}


@pytest.mark.parametrize("stop", STOPS.values(), ids=STOPS)
def test_workers_that_stop_already_keep_their_grace_period(
    tmp_path: Path, stop: Callable[[WorkerServer], object]
) -> None:
    gate = Gate()
    with ExitStack() as stack, StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url) as server:
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
        channels = [stack.enter_context(connection(server.address)) for _ in range(CALLERS)]
        stubs = [chat_pb2_grpc.ChatServiceStub(channel) for channel in channels]
        begun = [stub.StreamChatCompletion(REQUEST, timeout=LIMIT) for stub in stubs]
        assert [next(each).choices[0].delta.content for each in begun] == ["Hi"] * CALLERS
        stop(server)
        gate.open()
        for each in begun:
            assert [chunk.choices[0].finish_reason for chunk in each] == ["stop"]
        assert server.supervisor.wait() == 0


def test_what_can_be_taken_up_at_once_is(tmp_path: Path) -> None:
    with (
        StandIn() as upstream,
        worker_server(tmp_path, upstream=upstream.url, server={"max_connection_age": 600}) as server,
    ):
        upstream.on("POST", CHAT, COMPLETION)
        with connection(server.address) as channel:
            stub = chat_pb2_grpc.ChatServiceStub(channel)
            stub.CreateChatCompletion(REQUEST, timeout=LIMIT)
            server.configure(upstream=upstream.url, general_settings={"master_key": KEY})
            server.reload()
            server.wait_for("configuration reloaded", 2)
            assert failure_of(lambda: stub.CreateChatCompletion(REQUEST, timeout=LIMIT)).reason == "UNAUTHENTICATED"


def test_a_channel_goes_to_the_other_worker_in_time(tmp_path: Path) -> None:
    def both_were_called() -> None:
        (first,) = server.wait_for("rpc")
        server.wait_for("rpc", worker=3 - first["worker"])

    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url) as server:
        upstream.on("POST", CHAT, either)
        asyncio.run(call_through(server, both_were_called, callers=1))
