"""A process that is short of descriptors or memory: it says so, blames no upstream, and refuses calls early."""

import json
import re
import signal
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import grpc
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.failure import Failure, failure_of
from support.gateway import LIMIT
from support.process import ServerProcess, server_process
from support.workers import write_configuration

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
CALLS = 150
DESCRIPTORS = 128


@contextmanager
def served(
    directory: Path, gate: Gate, limits: str = ":", **settings: Any
) -> Iterator[tuple[ServerProcess, chat_pb2_grpc.ChatServiceStub]]:
    """Runs a server whose upstream ends its streams once a gate opens."""
    file = directory / "config.yaml"
    with StandIn() as upstream:
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
        write_configuration(file, upstream=upstream.url, server={"workers": 1, **settings})
        with (
            server_process(directory / "log", "--config", str(file), limits=limits) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            yield server, chat_pb2_grpc.ChatServiceStub(channel)


def begin(stub: chat_pb2_grpc.ChatServiceStub, count: int) -> tuple[list[Any], list[Failure]]:
    """Begins streams, and returns those that have a first message, and the failures of the others."""
    streams = [stub.StreamChatCompletion(REQUEST, timeout=LIMIT) for _ in range(count)]
    running, failures = [], []
    for each in streams:
        try:
            next(each)
        except grpc.RpcError:
            failures.append(failure_of(lambda each=each: next(each)))  # type: ignore[misc]  # the same failure again
        else:
            running.append(each)
    return running, failures


def test_calls_for_which_no_descriptor_is_left(tmp_path: Path) -> None:
    gate = Gate()
    with served(tmp_path, gate, f"ulimit -n {DESCRIPTORS}") as (server, stub):
        running, failures = begin(stub, CALLS)
        assert running
        assert {(each.code.name, each.reason, each.message) for each in failures} == {
            (
                "RESOURCE_EXHAUSTED",
                "GATEWAY_OVERLOADED",
                "The gateway is short of file descriptors; retry a little later",
            )
        }
        gate.open()
        for each in running:
            assert [chunk.choices[0].finish_reason for chunk in each] == ["stop"]
        # The upstream was not left alone, and its connections are there to be used.
        assert len(begin(stub, 1)[0]) == 1
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        entries = [json.loads(line) for line in server.log().splitlines()]
    (short,) = [each for each in entries if each["event"] == "short of file descriptors"]
    assert short["level"] == "error"
    assert short["open_descriptors"] <= short["limit"] == DESCRIPTORS


@pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
def test_connections_of_strangers_leave_descriptors_to_calls(tmp_path: Path, http2: str) -> None:
    gate = Gate()
    gate.open()
    with served(tmp_path, gate, f"ulimit -n {DESCRIPTORS}", http2=http2) as (server, stub), ExitStack() as strangers:
        (first,), _ = begin(stub, 1)
        for chunk in first:
            assert chunk.choices
        for address in (server.address, urlsplit(server.url).netloc):
            host, _, port = address.rpartition(":")
            opened = [
                strangers.enter_context(socket.create_connection((host, int(port)), LIMIT)) for _ in range(DESCRIPTORS)
            ]
            try:
                while opened[-1].recv(1 << 10):
                    pass
            except ConnectionResetError:  # as good as closed
                pass
        running, failures = begin(stub, 8)
        assert failures == []
        for each in running:
            assert [chunk.choices[0].finish_reason for chunk in each] == ["stop"]
        assert "GATEWAY_OVERLOADED" not in server.log()


def test_the_soft_limit_of_descriptors_is_raised(tmp_path: Path) -> None:
    with served(tmp_path, Gate(), "ulimit -Sn 100") as (server, _):
        limits = Path(f"/proc/{server.pid}/limits").read_text()
    found = re.search(r"^Max open files +(\d+) +(\d+)", limits, re.MULTILINE)
    assert found
    assert found[1] == found[2]


@pytest.mark.parametrize("workers", [1, 2])
def test_calls_for_which_no_memory_is_left(tmp_path: Path, workers: int) -> None:
    gate = Gate()
    with served(tmp_path, gate, workers=workers, max_memory=1) as (_, stub):
        (running,), _ = begin(stub, 1)  # where nothing else runs one is let in: refusing it would free nothing
        none, (failure,) = begin(stub, 1)
        assert not none
        assert (failure.code.name, failure.reason) == ("RESOURCE_EXHAUSTED", "GATEWAY_OVERLOADED")
        assert failure.message == "The gateway is short of memory; retry a little later"
        gate.open()
        assert [chunk.choices[0].finish_reason for chunk in running] == ["stop"]
        assert len(begin(stub, 1)[0]) == 1
