"""Workers that hang: they are noticed, killed and replaced, and neither a reload nor a stop waits for them."""

import os
import signal
from pathlib import Path

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.gateway import LIMIT
from support.workers import WorkerServer, connection, wait_for_end, worker_server

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
NOWHERE = "http://127.0.0.1:1"
# That nothing but the heartbeat can end the wait for a worker.
HANGING = {"worker_heartbeat_timeout": 1.0, "grace_period": 600, "max_connection_age": 600}


def worker_pid(server: WorkerServer, number: int) -> int:
    """Returns the process id of the first worker of a number."""
    (entry,) = [each for each in server.entries("serving") if each.get("worker") == number]
    return int(entry["pid"])


def test_a_worker_that_is_stopped_is_replaced(tmp_path: Path) -> None:
    with StandIn() as upstream, worker_server(tmp_path, upstream=upstream.url, server=HANGING) as server:
        upstream.on("POST", CHAT, COMPLETION)
        first, second = worker_pid(server, 1), worker_pid(server, 2)
        os.kill(first, signal.SIGSTOP)
        (silent,) = server.wait_for("worker does not answer")
        assert (silent["level"], silent["worker"], silent["pid"], silent["timeout"]) == ("error", 1, first, 1.0)
        (ended,) = server.wait_for("worker ended")
        assert (ended["pid"], ended["how"]) == (first, "ended by SIGKILL")
        (serving,) = server.wait_for("serving", worker=1)
        assert serving["pid"] not in {first, second}
        for _ in range(4):
            with connection(server.address) as channel:
                chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion(REQUEST, timeout=LIMIT)
        server.stop()
        assert [each["pid"] for each in server.entries("worker does not answer")] == [first]


def test_a_worker_whose_event_loop_is_blocked_is_replaced(tmp_path: Path) -> None:
    with worker_server(tmp_path, upstream=NOWHERE, server=HANGING) as server:
        first = worker_pid(server, 1)
        file = tmp_path / "config.yaml"
        kept = file.rename(tmp_path / "kept.yaml")
        os.mkfifo(file)  # which the worker reads on its event loop, and nobody writes
        os.kill(first, signal.SIGHUP)
        with file.open("w"):  # it has begun to
            kept.rename(file)
            (silent,) = server.wait_for("worker does not answer")
        assert silent["pid"] == first
        server.wait_for("serving", worker=1)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_stop_does_not_wait_for_workers_that_hang(tmp_path: Path, number: signal.Signals) -> None:
    with worker_server(tmp_path, upstream=NOWHERE, server=HANGING) as server:
        workers = [worker_pid(server, each) for each in (1, 2)]
        for pid in workers:
            os.kill(pid, signal.SIGSTOP)
        server.supervisor.send(number)
        assert server.supervisor.wait() == 0
        server.wait_for("stopped")
        for pid in workers:
            wait_for_end(pid)
    assert sorted(each["pid"] for each in server.entries("worker does not answer")) == sorted(workers)


def test_a_reload_does_not_wait_for_a_worker_that_hangs(tmp_path: Path) -> None:
    settings = {**HANGING, "max_connection_age": 1.0}
    with worker_server(tmp_path, upstream=NOWHERE, server=settings) as server:
        os.kill(worker_pid(server, 1), signal.SIGSTOP)
        server.reload()
        server.wait_for("workers replaced")
        server.stop()
    assert len(server.entries("worker does not answer")) == 1
