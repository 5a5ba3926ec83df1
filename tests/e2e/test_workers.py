"""Several workers on a machine with nothing: they share the local models."""

import signal
from pathlib import Path

from google.protobuf import json_format

from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.process import server_process
from support.workers import connection

TIMEOUT = 120.0  # seconds; only a hung test takes as long
ASKED = {"max_tokens": 4, "messages": [{"user": {"content": {"text": "hello"}}}]}
REQUEST = json_format.ParseDict(ASKED, chat_pb2.CreateChatCompletionRequest())
MODELS, WORKERS = "openai_grpc_server.local", "openai_grpc_server.process"


def children(pid: int) -> list[str]:
    """The modules that the processes run which a process has started."""
    pids = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = [Path(f"/proc/{each}/cmdline").read_text().split("\0") for each in pids]
    return sorted(command[command.index("-m") + 1] for command in commands)


def test_workers_share_the_local_models(tmp_path: Path) -> None:
    with server_process(tmp_path / "log", "--workers", "2") as server:
        assert children(server.pid) == [MODELS, MODELS, WORKERS, WORKERS]
        for _ in range(4):
            with connection(server.address) as channel:
                completion = chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion(REQUEST, timeout=TIMEOUT)
            assert completion.choices[0].message.content
        server.send(signal.SIGTERM)
        assert server.wait() == 0
