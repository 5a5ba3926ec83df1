"""The server as a process: how it starts, what it says, and how it stops."""

import json
import os
import signal
import subprocess
from pathlib import Path

import grpc
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.failure import failure_of
from support.gateway import LIMIT
from support.process import command, environment, run, server_process

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]
NOWHERE = {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}


def test_a_stream_survives_sigterm(tmp_path: Path) -> None:
    gate = Gate()
    with StandIn() as upstream:
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
        env = {"OPENAI_BASE_URL": f"{upstream.url}/v1", "OPENAI_API_KEY": "sk-secret"}
        with server_process(tmp_path / "log", env=env) as server, grpc.insecure_channel(server.address) as channel:
            health = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=LIMIT)
            assert next(health).status == health_pb2.HealthCheckResponse.SERVING
            stream = chat_pb2_grpc.ChatServiceStub(channel).StreamChatCompletion(REQUEST, timeout=LIMIT)
            assert next(stream).choices[0].delta.content == "Hi"
            server.send(signal.SIGTERM)
            assert next(health).status == health_pb2.HealthCheckResponse.NOT_SERVING
            stub = chat_pb2_grpc.ChatServiceStub(channel)
            failure = failure_of(lambda: stub.CreateChatCompletion(REQUEST, timeout=10))
            assert failure.code is grpc.StatusCode.UNAVAILABLE
            assert len(upstream.requests) == 1
            gate.open()
            assert [each.choices[0].finish_reason for each in stream] == ["stop"]
            assert stream.code() is grpc.StatusCode.OK
            assert server.wait() == 0
            assert '"event":"stopped"' in server.log()
            assert "sk-secret" not in server.log() + server.welcome


def test_a_second_signal_ends_the_grace_period(tmp_path: Path) -> None:
    with StandIn() as upstream:
        upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS, done=False)[:1], then="stall"))
        env = {"OPENAI_BASE_URL": f"{upstream.url}/v1"}
        with server_process(tmp_path / "log", env=env) as server, grpc.insecure_channel(server.address) as channel:
            health = health_pb2_grpc.HealthStub(channel).Watch(health_pb2.HealthCheckRequest(), timeout=LIMIT)
            next(health)
            stream = chat_pb2_grpc.ChatServiceStub(channel).StreamChatCompletion(REQUEST, timeout=LIMIT)
            next(stream)
            server.send(signal.SIGTERM)
            next(health)
            server.send(signal.SIGTERM)
            assert stream.code() is grpc.StatusCode.INTERNAL
            assert server.wait() == 0


def test_a_watcher_that_leaves_leaves_the_others(tmp_path: Path) -> None:
    with server_process(tmp_path / "log", env=NOWHERE) as server, grpc.insecure_channel(server.address) as channel:
        watch = health_pb2_grpc.HealthStub(channel).Watch
        told = [watch(health_pb2.HealthCheckRequest(), timeout=LIMIT) for _ in range(3)]
        assert [next(each).status for each in told] == [health_pb2.HealthCheckResponse.SERVING] * 3
        told[1].cancel()
        next(watch(health_pb2.HealthCheckRequest(), timeout=LIMIT))  # comes after the cancel, on the same connection
        server.send(signal.SIGTERM)
        stopped = health_pb2.HealthCheckResponse.NOT_SERVING
        assert [next(each).status for each in (told[0], told[2])] == [stopped] * 2
        assert server.wait() == 0


def test_a_hangup_while_it_starts(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    os.mkfifo(file)
    text = "model_list: [{model_name: m, litellm_params: {model: m, api_base: 'http://127.0.0.1:1/v1', api_key: sk-x}}]"
    with subprocess.Popen(
        command("serve", "--port", "0", "--http-port", "0", "--config", str(file)),
        env=environment(None),
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            assert process.stderr
            with file.open("w") as config:  # it has begun to read
                process.send_signal(signal.SIGHUP)
                config.write(text)
            assert '"event":"serving"' in process.stderr.readline()
            file.write_text(text)  # which it reads again, as the file may have changed before the signal
            assert '"event":"configuration reloaded"' in process.stderr.readline()
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT) == 0
        finally:
            process.kill()


def test_welcome(tmp_path: Path) -> None:
    with server_process(tmp_path / "log", env=NOWHERE) as server:
        port = server.address.rpartition(":")[2]
        assert "any model -> http://127.0.0.1:1/v1, with the caller's key" in server.welcome
        assert f"localhost:{port} openai_grpc.v1.ChatService/StreamChatCompletion" in server.welcome
        assert f'Client("localhost:{port}")' in server.welcome


def test_the_log_says_where_the_metrics_are(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("server: {metrics_port: 0}")
    with server_process(tmp_path / "log", "--config", str(file), env=NOWHERE) as server:
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        serving = json.loads(server.log().splitlines()[0])
        assert serving["event"] == "serving"
        assert serving["metrics_port"] > 0


def test_configured_by_a_file(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    params = "{model: openai/gpt-4o, api_base: 'http://127.0.0.1:1/v1', api_key: sk-secret}"
    file.write_text(f"model_list: [{{model_name: mine, litellm_params: {params}}}]\nserver: {{log: {{format: text}}}}")
    with server_process(tmp_path / "log", "--config", str(file)) as server:
        assert "mine -> http://127.0.0.1:1/v1 as gpt-4o, with a key of its own" in server.welcome
        assert '"model": "mine"' in server.welcome
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert "info    serving address=" in server.log()
        assert "sk-secret" not in server.log() + server.welcome


MISTAKES = {
    "a file that is not there": (["serve", "--config", "none.yaml"], "none.yaml: can't be read: No such file"),
    "a port that is none": (["serve", "--port", "99999"], "99999"),
    "an address that is not ours": (["serve", "--host", "192.0.2.1"], "can't listen on 192.0.2.1:50051"),
    "a check of a file that is not there": (["check-config", "none.yaml"], "none.yaml: can't be read: No such file"),
}


@pytest.mark.parametrize(("arguments", "expected"), MISTAKES.values(), ids=MISTAKES)
def test_mistake(arguments: list[str], expected: str) -> None:
    done = run(*arguments, env=NOWHERE)
    assert done.returncode == 2
    assert expected in done.stderr
    assert "Traceback" not in done.stderr


def test_check_config(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("model_list: [{model_name: mine, litellm_params: {model: m, api_key: os.environ/KEY}}]")
    done = run("check-config", str(file), env={"KEY": "sk-secret"})
    assert (done.returncode, done.stdout) == (
        0,
        "mine -> https://api.openai.com/v1 as m, with a key of its own\n",
    )
    file.write_text("model_lst: []\nserver: {prot: 1}\n")
    done = run("check-config", str(file))
    assert done.returncode == 2
    assert done.stderr == (
        f"openai-grpc: {file}:1:1: unknown key 'model_lst' (did you mean 'model_list'?)\n"
        f"openai-grpc: {file}:2:10: unknown key 'prot' (did you mean 'port'?)\n"
    )


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_an_idle_server_stops_at_once(tmp_path: Path, number: signal.Signals) -> None:
    with server_process(tmp_path / "log", env=NOWHERE) as server:
        server.send(number)
        assert server.wait() == 0
