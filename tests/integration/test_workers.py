"""Several workers: how they start, are kept running, and stop."""

import os
import signal
from pathlib import Path
from typing import Any

import grpc
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.gateway import LIMIT
from support.process import run, server_process
from support.workers import connection, wait_for_end, worker_server, write_configuration

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
NOWHERE = "http://127.0.0.1:1"


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_from_start_to_stop(tmp_path: Path, number: signal.Signals) -> None:
    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url) as server:
        upstream.on("POST", CHAT, COMPLETION)
        serving = server.entries("serving")
        assert [entry.get("worker") for entry in serving[2:]] == [None]
        assert sorted(entry["worker"] for entry in serving[:2]) == [1, 2]
        assert {entry["address"] for entry in serving} == {server.address}
        assert server.supervisor.welcome.count("serves on") == 1
        with connection(server.address) as channel:
            chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion(REQUEST, timeout=LIMIT)
        server.supervisor.send(number)
        assert server.supervisor.wait() == 0
        server.wait_for("stopped", 3)
        (served,) = server.entries("rpc")
        assert served["worker"] in {1, 2}
        for entry in serving[:2]:
            wait_for_end(entry["pid"])


def test_the_command_line_says_how_many(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    write_configuration(file, upstream=NOWHERE)
    with server_process(tmp_path / "log", "--config", str(file), "--workers", "3") as server:
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert server.log().count('"event":"serving"') == 4


BROKEN = "raise ImportError('broken on purpose')"
MISTAKES = {
    "an unknown key": ({"server": {"prot": 1}}, "unknown key 'prot'"),
    "a key that can be guessed": ({"general_settings": {"master_key": "sk-1234"}}, "weak key"),
    "what only workers find out": (
        {"server": {"tls": {"certificate": "none.pem", "private_key": "none.key"}}},
        "none.key: can't be read",
    ),
    "an address that is not ours": ({"server": {"host": "192.0.2.1"}}, "can't listen on 192.0.2.1:"),
}


@pytest.mark.parametrize(("sections", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_once(tmp_path: Path, sections: dict[str, Any], expected: str) -> None:
    file = tmp_path / "config.yaml"
    write_configuration(file, upstream=NOWHERE, **sections)
    done = run("serve", "--config", str(file), "--port", "0")
    assert done.returncode == 2
    assert done.stderr.count(expected) == 1
    assert done.stdout == ""
    assert "Traceback" not in done.stderr


def test_workers_that_can_not_start(tmp_path: Path) -> None:
    (tmp_path / "grpc_reflection.py").write_text(BROKEN)  # which workers import, and the supervisor does not
    file = tmp_path / "config.yaml"
    write_configuration(file, upstream=NOWHERE)
    done = run("serve", "--config", str(file), "--port", "0", env={"PYTHONPATH": str(tmp_path)})
    assert done.returncode == 2
    assert "broken on purpose" in done.stderr
    assert done.stderr.endswith("openai-grpc: no worker serves: ended with status 1\n")


@pytest.mark.parametrize("workers", [1, 2])
def test_the_port_of_another_server(tmp_path: Path, workers: int) -> None:
    with worker_server(tmp_path, upstream=NOWHERE) as server:
        port = server.address.rpartition(":")[2]
        done = run("serve", "--api-base", f"{NOWHERE}/v1", "--workers", str(workers), "--port", port)
    assert done.returncode == 2
    assert f"can't listen on 127.0.0.1:{port}: Address already in use (is another server running there?" in done.stderr


def test_the_number_of_workers() -> None:
    done = run("serve", "--workers", "0")
    assert done.returncode == 2
    assert "must be at least 1" in done.stderr


def test_a_worker_that_dies_is_replaced(tmp_path: Path) -> None:
    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url) as server:
        upstream.on("POST", CHAT, COMPLETION)
        first, second = (
            entry["pid"] for entry in sorted(server.entries("serving")[:2], key=lambda each: each["worker"])
        )
        os.kill(first, signal.SIGKILL)
        (ended,) = server.wait_for("worker ended")
        assert (ended["level"], ended["worker"], ended["pid"], ended["how"]) == ("error", 1, first, "ended by SIGKILL")
        (serving,) = server.wait_for("serving", worker=1)
        assert serving["pid"] not in {first, second}
        os.kill(second, signal.SIGKILL)
        server.wait_for("serving", worker=2)
        with connection(server.address) as channel:
            chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion(REQUEST, timeout=LIMIT)


def test_workers_end_with_a_supervisor_that_is_killed(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    write_configuration(file, upstream=NOWHERE)
    env = {"TMPDIR": str(tmp_path)}  # what it made there stays
    with server_process(tmp_path / "log", "--config", str(file), env=env) as server:
        children = Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()
        server.send(signal.SIGKILL)
        assert server.wait() == -signal.SIGKILL
    assert len(children) == 2
    for pid in children:
        wait_for_end(int(pid))


def test_a_stream_outlives_sigterm(tmp_path: Path) -> None:
    gate = Gate()
    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url) as server:
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
        with connection(server.address) as channel:
            stream = chat_pb2_grpc.ChatServiceStub(channel).StreamChatCompletion(REQUEST, timeout=LIMIT)
            assert next(stream).choices[0].delta.content == "Hi"
            server.supervisor.send(signal.SIGTERM)
            server.wait_for("stopping", 3)
            gate.open()
            assert [each.choices[0].finish_reason for each in stream] == ["stop"]
            assert server.supervisor.wait() == 0
        server.wait_for("stopped", 3)


def test_a_second_signal_ends_the_grace_period(tmp_path: Path) -> None:
    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url, server={"grace_period": 600}) as server:
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS, done=False)[:1], then="stall"))
        with connection(server.address) as channel:
            stream = chat_pb2_grpc.ChatServiceStub(channel).StreamChatCompletion(REQUEST, timeout=LIMIT)
            next(stream)
            server.supervisor.send(signal.SIGTERM)
            server.wait_for("stopping", 3)
            server.supervisor.send(signal.SIGTERM)
            assert stream.code() is grpc.StatusCode.INTERNAL
            assert server.supervisor.wait() == 0
        server.wait_for("stopped", 3)
