"""How the server is told what to serve: a file, flags, a signal to read the file again."""

import json
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import grpc
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc, models_pb2, models_pb2_grpc
from support.failure import failure_of
from support.gateway import HTTP2
from support.process import ServerProcess, run, server_process

if TYPE_CHECKING:
    from faults.exchange import Answer

CHAT = "/v1/chat/completions"
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "Hi"}}]},
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]},
]


def model(name: str, base: str, key: str = "sk-1") -> str:
    return (
        f"model_list: [{{model_name: {name}, litellm_params: {{model: {name}, api_base: '{base}', api_key: {key}}}}}]"
    )


def request(name: str) -> chat_pb2.CreateChatCompletionRequest:
    return chat_pb2.CreateChatCompletionRequest(model=name)


def wait_for(server: ServerProcess, event: str, count: int = 1) -> list[dict[str, str]]:
    """Follows the server's log until an event stood there so often."""
    found: list[dict[str, str]] = []
    for line in server.follow_log():
        entry = json.loads(line)
        if entry["event"] == event:
            found.append(entry)
        if len(found) == count:
            break
    return found


FLAGS = {
    "one model for every call": (["--model", "openai/gpt-4o"], "gpt-4o"),
    "any model, without the prefix of a provider": ([], "any"),
}


@pytest.mark.parametrize(("flags", "sent"), FLAGS.values(), ids=FLAGS)
def test_without_a_file(tmp_path: Path, flags: list[str], sent: str) -> None:
    with StandIn() as upstream:
        upstream.on("POST", CHAT, COMPLETION)
        arguments = [*flags, "--api-base", f"{upstream.url}/v1", "--detailed_debug"]
        env = {"OPENAI_API_KEY": "sk-secret", "OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
        with (
            server_process(tmp_path / "log", *arguments, env=env) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            stub = chat_pb2_grpc.ChatServiceStub(channel)
            stub.CreateChatCompletion(
                request("openai/any"), timeout=10, metadata=(("openai-organization", "my-special-org"),)
            )
            (logged,) = wait_for(server, "upstream request")
            log = server.log()
        (received,) = upstream.requests
    assert (received.json()["model"], received.header("authorization")) == (sent, "Bearer sk-secret")
    assert logged["url"] == f"{upstream.url}/v1/chat/completions"
    assert "authorization" in logged["headers"]
    assert received.header("openai-organization") is None  # beside the gateway's own key
    assert "sk-secret" not in log


def test_openai_without_a_file() -> None:
    done = run("check-config", env={"OPENAI_API_KEY": "sk-secret"})
    assert done.stdout == "any model -> https://api.openai.com/v1, with a key of its own\n"


def test_a_reload_drops_no_stream(tmp_path: Path) -> None:
    gate = Gate()
    file = tmp_path / "config.yaml"
    with StandIn() as first, StandIn() as second:
        first.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))
        second.on("POST", CHAT, COMPLETION)
        file.write_text(model("old", f"{first.url}/v1"))
        with (
            server_process(tmp_path / "log", "--config", str(file)) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            stub = chat_pb2_grpc.ChatServiceStub(channel)
            stream = iter(stub.StreamChatCompletion(request("old"), timeout=20))
            assert next(stream).choices[0].delta.content == "Hi"

            file.write_text("model_list: [{}]\n")
            server.send(signal.SIGHUP)
            refused = wait_for(server, "configuration refused", 2)
            assert refused[0]["problem"] == f"{file}:1:14: the key 'model_name' is missing"
            assert failure_of(lambda: stub.CreateChatCompletion(request("new"), timeout=10)).reason == "MODEL_NOT_FOUND"

            file.write_text(f"{model('new', second.url + '/v1', 'sk-2')}\nserver: {{port: 1, reflection: false}}\n")
            server.send(signal.SIGHUP)
            (reloaded,) = wait_for(server, "configuration reloaded")
            assert reloaded["needs_restart"] == "server.reflection"
            stub.CreateChatCompletion(request("new"), timeout=10)
            assert failure_of(lambda: stub.CreateChatCompletion(request("old"), timeout=10)).reason == "MODEL_NOT_FOUND"

            gate.open()
            assert [each.choices[0].finish_reason for each in stream] == ["stop"]
            assert second.requests[-1].header("authorization") == "Bearer sk-2"
            server.send(signal.SIGTERM)
            assert server.wait() == 0


WARNED = "litellm_settings: {success_callback: [langfuse]}\n"


def test_warnings_are_told(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(f"{WARNED}{model('a', 'http://127.0.0.1:1/v1')}\n")
    warning = f"{file}:1:20: the key 'success_callback' is not supported"
    with server_process(tmp_path / "log", "--config", str(file)) as server:
        (logged,) = wait_for(server, "configuration")
        assert logged["warning"].startswith(warning)
    done = run("check-config", str(file))
    assert done.returncode == 0
    assert done.stderr.startswith(f"openai-grpc: warning: {warning}")


def test_a_404_hints_at_the_base_url(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    with StandIn() as upstream:
        upstream.on("POST", "/chat/completions", answers.json({"detail": "Not Found"}, status=404))
        file.write_text(model("a", upstream.url))
        with (
            server_process(tmp_path / "log", "--config", str(file)) as server,
            grpc.insecure_channel(server.address) as channel,
        ):
            stub = chat_pb2_grpc.ChatServiceStub(channel)
            failure = failure_of(lambda: stub.CreateChatCompletion(request("a"), timeout=10))
    assert failure.code is grpc.StatusCode.NOT_FOUND
    assert "api_base has no /v1 in it, which most servers need" in failure.message
    assert upstream.url not in failure.message


LIVE = {
    "all is well": (answers.json({"object": "list", "data": [{"id": "m"}]}), "m", ""),
    "a model that is not there": (answers.json({"data": [{"id": "x"}]}), "m", "m: the upstream has no model 'm'"),
    "a key that is refused": (
        answers.json({"error": {"message": "no"}}, status=401),
        "m",
        "m: the upstream refused the gateway's credentials (HTTP 401)",
    ),
    "no list": (answers.json({}), "m", "m: answered GET /models with no list of models (is api_base right?)"),
}


@pytest.mark.parametrize(("answer", "name", "expected"), LIVE.values(), ids=LIVE)
def test_live_check(tmp_path: Path, answer: "Answer", name: str, expected: str) -> None:
    file = tmp_path / "config.yaml"
    with StandIn() as upstream:
        upstream.on("GET", "/v1/models", answer)
        file.write_text(model(name, f"{upstream.url}/v1"))
        done = run("check-config", "--live", str(file))
        (received,) = upstream.requests
    assert received.header("authorization") == "Bearer sk-1"
    assert expected in done.stderr
    assert (done.returncode, bool(done.stderr)) == ((2, True) if expected else (0, False))


def test_a_live_check_of_nobody(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(model("m", "http://127.0.0.1:1/v1"))
    done = run("check-config", "--live", str(file))
    assert done.returncode == 2
    assert done.stderr.startswith("openai-grpc: m: the upstream cannot be reached: connection refused (")


def test_schema() -> None:
    schema = json.loads(run("config-schema").stdout)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    params = schema["$defs"]["LitellmParams"]
    assert params["required"] == ["model"]
    assert {"api_base", "temperature"} <= set(params["properties"])
    assert params["additionalProperties"] is False


def test_a_file_and_flags_contradict_each_other() -> None:
    done = run("serve", "--config", "c.yaml", "--model", "m")
    assert done.returncode == 2
    assert "leave out --config" in done.stderr


def test_facts_and_prices_of_models_are_read_anew_when_their_files_change(tmp_path: Path) -> None:
    file, models, prices = tmp_path / "config.yaml", tmp_path / "models.yaml", tmp_path / "prices.json"
    models.write_text("models: {'acme-*': {max_input_tokens: 1}}")
    prices.write_text("{}")
    file.write_text(
        "model_list:\n"
        "- {model_name: a, litellm_params: {model: acme-1, api_base: 'http://127.0.0.1:1/v1', api_key: k}}\n"
        f"server: {{models_file: '{models}', prices_file: '{prices}', http2: {HTTP2}}}\n"
    )
    with (
        server_process(tmp_path / "log", "--config", str(file)) as server,
        grpc.insecure_channel(server.address) as channel,
    ):
        stub = models_pb2_grpc.ModelsServiceStub(channel)
        before = stub.GetModel(models_pb2.GetModelRequest(model="a"), timeout=10)
        (tmp_path / "next").write_text("models: {'acme-*': {max_input_tokens: 2}}")
        (tmp_path / "next").replace(models)
        wait_for(server, "configuration reloaded")
        after = stub.GetModel(models_pb2.GetModelRequest(model="a"), timeout=10)
    assert (before.model_info.max_input_tokens, after.model_info.max_input_tokens) == (1, 2)
