"""What workers share: limits of keys, metrics, and what each of them has a part of."""

import json
import os
import re
import signal
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import grpc
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.gateway import LIMIT
from support.process import run, server_process
from support.workers import WorkerServer, connection, worker_server, write_configuration

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
KEY = "sk-v3R9xQ2mT7bK4wZ8nL5c"
METADATA = (("authorization", f"Bearer {KEY}"),)
CONNECTIONS = 16  # that all of them reach one of two workers is as likely as 2 in 65,536
CALLS = re.compile(r'openai_grpc_calls_total\{.*status="OK".*\} (\d+)')


def outcomes(server: WorkerServer, connections: int = CONNECTIONS) -> list[grpc.StatusCode]:
    """Calls once over each of many connections, and returns the statuses."""
    found = []
    for _ in range(connections):
        with connection(server.address) as channel:
            call = chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion.future(
                REQUEST, timeout=LIMIT, metadata=METADATA
            )
            found.append(call.code())
    return found


@pytest.mark.parametrize("file", [None, "limits.sqlite"], ids=["no file is configured", "a file is configured"])
def test_limits_of_keys_hold_for_all_workers_together(tmp_path: Path, file: str | None) -> None:
    general = {"keys": [{"name": "team", "key": KEY, "rpm": 1}]}
    settings = {"limits_file": str(tmp_path / file)} if file else {}
    with (
        StandIn() as upstream,
        worker_server(tmp_path, upstream=upstream.url, general_settings=general, server=settings) as server,
    ):
        upstream.on("POST", CHAT, COMPLETION)
        found = outcomes(server)
        assert found == [grpc.StatusCode.OK, *[grpc.StatusCode.RESOURCE_EXHAUSTED] * (CONNECTIONS - 1)]
        server.reload()
        server.wait_for("workers replaced")
        assert outcomes(server, 1) == [grpc.StatusCode.RESOURCE_EXHAUSTED]
        server.stop()
    assert {entry["worker"] for entry in server.entries("rpc")} == {1, 2}


BOUNDS: dict[str, dict[str, Any]] = {
    "calls at once": {"server": {"max_concurrent_rpcs": 4}},
    "calls at once to a deployment": {
        "deployment": {"max_parallel_requests": 4},
        "router_settings": {"num_retries": 0},
    },
}


@pytest.mark.parametrize("sections", BOUNDS.values(), ids=BOUNDS)
def test_bounds_are_divided(tmp_path: Path, sections: dict[str, Any]) -> None:
    gate = Gate()
    with ExitStack() as stack, StandIn() as upstream:
        server = stack.enter_context(worker_server(tmp_path, upstream=upstream.url, **sections))
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
        channels = [stack.enter_context(connection(server.address)) for _ in range(CONNECTIONS)]
        stubs = [chat_pb2_grpc.ChatServiceStub(channel) for channel in channels]
        streams = [stub.StreamChatCompletion(REQUEST, timeout=LIMIT) for stub in stubs]
        begun = [each for each in streams if begins(each)]
        assert len(begun) == 4
        assert {each.code() for each in streams if each not in begun} == {grpc.StatusCode.RESOURCE_EXHAUSTED}
        gate.open()
        for each in begun:
            assert [chunk.choices[0].finish_reason for chunk in each] == ["stop"]


def begins(stream: Iterator[chat_pb2.ChatCompletionChunk]) -> bool:
    """Whether a stream has a first message."""
    try:
        next(stream)
    except grpc.RpcError:
        return False
    return True


def calls_counted(server: WorkerServer) -> int:
    """Returns how many calls the page of metrics tells of, which also tells of each worker's process."""
    (serving,) = [entry for entry in server.entries("serving") if "metrics_port" in entry]
    text = ""
    while 'process_start_time_seconds{worker="1"}' not in text:  # a worker logs that it serves before it reports so
        with urlopen(f"http://127.0.0.1:{serving['metrics_port']}/metrics", timeout=LIMIT) as answer:
            text = answer.read().decode()
    for name in ("process_cpu_seconds_total", "process_resident_memory_bytes", "process_start_time_seconds"):
        assert re.findall(rf'^{name}{{worker="(\d)"}} [0-9.e+]+$', text, re.MULTILINE) == ["1", "2"]
    assert text.count("# TYPE openai_grpc_calls_total counter") == 1
    (calls,) = CALLS.findall(text)
    return int(calls)


def test_one_page_of_metrics_for_all_workers(tmp_path: Path) -> None:
    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url, server={"metrics_port": 0}) as server:
        upstream.on("POST", CHAT, COMPLETION)
        assert set(outcomes(server)) == {grpc.StatusCode.OK}
        server.wait_for("rpc", CONNECTIONS)
        assert {entry["worker"] for entry in server.entries("rpc")} == {1, 2}
        assert calls_counted(server) == CONNECTIONS

        server.reload()
        server.wait_for("workers replaced")
        assert calls_counted(server) == CONNECTIONS
        assert set(outcomes(server)) == {grpc.StatusCode.OK}
        server.wait_for("rpc", CONNECTIONS)
        assert calls_counted(server) == 2 * CONNECTIONS

        pid = [entry["pid"] for entry in server.entries("serving") if entry.get("worker") == 1][-1]
        os.kill(pid, signal.SIGKILL)
        server.wait_for("serving", worker=1)
        assert calls_counted(server) == 2 * CONNECTIONS


STORED_ELSEWHERE = (
    "general_settings: workers don't know what the others have stored where "
    "(set sealing_key, so that the ids of stored objects say where they are)"
)


PARTS = "router_settings: each worker has its part of rpm and tpm of deployments (with redis_url they count together)"
TOLD = {"several workers": (2, [STORED_ELSEWHERE, PARTS]), "one": (1, [])}


@pytest.mark.parametrize(("workers", "expected"), TOLD.values(), ids=TOLD)
def test_what_workers_do_not_share_is_told(tmp_path: Path, workers: int, expected: list[str]) -> None:
    file = tmp_path / "config.yaml"
    models = [
        {"model_name": "m", "litellm_params": {"model": "m", "api_base": f"http://127.0.0.1:{port}/v1", "rpm": 5}}
        for port in (1, 2)
    ]
    write_configuration(file, upstream="", model_list=models, server={"workers": workers})
    done = run("check-config", str(file))
    assert (done.returncode, done.stderr) == (0, "".join(f"openai-grpc: warning: {each}\n" for each in expected))
    with server_process(tmp_path / "log", "--config", str(file)) as server:
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        entries = [json.loads(line) for line in server.log().splitlines()]
    assert [entry["warning"] for entry in entries if entry["event"] == "configuration"] == expected
