"""Standard error that nobody reads: calls go on, signals work, and what was dropped is counted and said."""

import json
import os
import re
import select
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import grpc
import pytest

from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from support.gateway import LIMIT
from support.process import SERVES, command, environment
from support.workers import write_configuration

NOWHERE = "http://127.0.0.1:1"
UNKNOWN = "m" * 200  # a model that is not there, whose name takes a lot of room in a line
DROPPED = re.compile(r"^openai_grpc_log_lines_dropped_total (\d+)\.0$", re.MULTILINE)


class Unread:
    """Something that is full, as nobody reads it.

    Args:
        reading: The end that nobody reads.
        writing: The end that a server gets as its standard error.
    """

    def __init__(self, reading: int, writing: int) -> None:
        self.reading = reading
        self.writing = writing
        os.set_blocking(writing, False)
        try:
            while os.write(writing, b"x" * 512 + b"\n"):
                pass
        except BlockingIOError:
            pass
        os.set_blocking(writing, True)

    def read_until(self, found: Callable[[str], object]) -> str:
        """Reads until the text of all that was read has something in it."""
        text = b""
        while not found(text.decode()):
            assert select.select([self.reading], [], [], LIMIT)[0], text[-500:]
            text += os.read(self.reading, 1 << 16)
        return text.decode()

    def close(self) -> None:
        """Closes both ends."""
        for each in (self.reading, self.writing):
            os.close(each)


def _socket() -> tuple[int, int]:
    one, other = socket.socketpair()
    return one.detach(), other.detach()


KINDS: dict[str, Callable[[], tuple[int, int]]] = {"a pipe": os.pipe, "a socket": _socket, "a terminal": os.openpty}


@pytest.fixture(params=[*KINDS.values()], ids=[*KINDS])
def unread(request: pytest.FixtureRequest) -> Iterator[Unread]:
    """Standard errors of each kind."""
    made = Unread(*request.param())
    yield made
    made.close()


@contextmanager
def serving(file: Path, errors: int) -> Iterator[tuple["subprocess.Popen[str]", chat_pb2_grpc.ChatServiceStub]]:
    """Runs `serve` with this standard error."""
    with subprocess.Popen(
        command("serve", "--port", "0", "--http-port", "0", "--config", str(file)),
        env=environment(None),
        stdout=subprocess.PIPE,
        stderr=errors,
        text=True,
    ) as process:
        try:
            assert process.stdout
            address = next(found[1] for line in process.stdout if (found := SERVES.search(line)))
            with grpc.insecure_channel(address) as channel:
                yield process, chat_pb2_grpc.ChatServiceStub(channel)
        finally:
            process.kill()


def call(stub: chat_pb2_grpc.ChatServiceStub, model: str = "made-up") -> None:
    """Makes a call that leaves a line in the log."""
    with pytest.raises(grpc.RpcError) as caught:
        stub.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model=model), timeout=LIMIT)
    assert caught.value.code() is grpc.StatusCode.NOT_FOUND


@pytest.mark.parametrize("workers", [1, 2])
def test_calls_and_signals_do_not_wait_for_a_reader(tmp_path: Path, unread: Unread, workers: int) -> None:
    file = tmp_path / "config.yaml"
    write_configuration(file, upstream=NOWHERE, server={"workers": workers})
    with serving(file, unread.writing) as (process, stub):
        for _ in range(20):
            call(stub)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0
    assert os.get_blocking(unread.writing)  # others that have it open see nothing of this


def test_what_waited_is_written_once_somebody_reads(tmp_path: Path, unread: Unread) -> None:
    file = tmp_path / "config.yaml"
    write_configuration(file, upstream=NOWHERE, server={"workers": 1, "log": {"format": "json"}})
    with serving(file, unread.writing) as (process, stub):
        call(stub)
        text = unread.read_until(lambda text: '"status":"NOT_FOUND"' in text and text.endswith("\n"))
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0
    events = [json.loads(line[line.index("{") :])["event"] for line in text.splitlines() if "{" in line]
    assert events == ["serving", "rpc"]


def test_a_reader_that_goes_away(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    write_configuration(file, upstream=NOWHERE, server={"workers": 1})
    reading, writing = os.pipe()
    with serving(file, writing) as (process, stub):
        os.close(writing)
        os.close(reading)
        for _ in range(5):
            call(stub)
        process.send_signal(signal.SIGTERM)
        assert process.wait(LIMIT) == 0


def test_dropped_lines_are_counted_and_told(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    write_configuration(file, upstream=NOWHERE, server={"workers": 1, "metrics_port": port})
    unread = Unread(*os.pipe())
    request = chat_pb2.CreateChatCompletionRequest(model=UNKNOWN)
    with serving(file, unread.writing) as (process, stub):
        while not (dropped := dropped_lines(port)):
            calls = [stub.CreateChatCompletion.future(request, timeout=LIMIT) for _ in range(200)]
            assert {each.code() for each in calls} == {grpc.StatusCode.NOT_FOUND}
        os.close(unread.writing)
        text = unread.read_until(lambda text: "log lines dropped" in text and text.endswith("\n"))
        process.send_signal(signal.SIGTERM)
        process.wait(LIMIT)
        os.close(unread.reading)
    told: list[dict[str, Any]] = [json.loads(line) for line in text.splitlines() if "log lines dropped" in line]
    assert [each["level"] for each in told] == ["warning"]
    assert told[0]["lines"] >= dropped


def dropped_lines(port: int) -> int:
    """Reads from the metrics how many lines were dropped."""
    with urlopen(f"http://127.0.0.1:{port}/metrics", timeout=LIMIT) as page:
        found = DROPPED.search(page.read().decode())
        assert found
        return int(found[1])
