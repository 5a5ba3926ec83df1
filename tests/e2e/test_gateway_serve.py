"""`serve` on a machine with nothing: no key, no configuration, no network."""

from __future__ import annotations

import json
import re
import signal
from pathlib import Path

import grpc
from google.protobuf import json_format

from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.process import ServerProcess, server_process

TIMEOUT = 120.0  # seconds; only a hung test takes as long


def printed_request(welcome: str) -> chat_pb2.CreateChatCompletionRequest:
    """The request of the example that the server prints for grpcurl."""
    found = re.search(r"grpcurl .*-d '(.*)' \S+ openai_grpc\.v1\.ChatService/StreamChatCompletion", welcome)
    assert found, welcome
    return json_format.ParseDict(json.loads(found[1]), chat_pb2.CreateChatCompletionRequest())


def children(server: ServerProcess) -> list[int]:
    """The processes that a server has started."""
    return [int(pid) for pid in Path(f"/proc/{server.pid}/task/{server.pid}/children").read_text().split()]


def test_from_nothing_to_tokens_and_back(tmp_path: Path) -> None:
    with server_process(tmp_path / "log") as server:
        port = server.address.rpartition(":")[2]
        assert f'openai-grpc chat --address localhost:{port} "hello"' in server.welcome
        assert f'Client("localhost:{port}")' in server.welcome
        models = children(server)
        assert len(models) == 2
        with grpc.insecure_channel(server.address) as channel:
            request = printed_request(server.welcome)
            request.max_tokens = 16
            chunks = list(chat_pb2_grpc.ChatServiceStub(channel).StreamChatCompletion(request, timeout=TIMEOUT))
        assert "".join(choice.delta.content for chunk in chunks for choice in chunk.choices)
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert not [pid for pid in models if Path(f"/proc/{pid}").exists()]
        lines = [json.loads(line) for line in server.log().splitlines()]
    assert [line["status"] for line in lines if line["event"] == "rpc"] == ["OK"]
    assert not [line for line in lines if line["level"] in {"warning", "error"}]
