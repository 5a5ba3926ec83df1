"""The example programs of the Python client, as they are in `examples/python`."""

import http.client
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from clients.live import ROOT, check, live_gateway

SERVICE = ROOT / "examples/python/service.py"
AGENT = ROOT / "examples/python/agent.py"
LINES_WITH_OPENAI = 61


def test_service(tmp_path: Path) -> None:
    """Runs the service program, which needs no more lines than the same program with OpenAI's SDK."""
    assert len([line for line in SERVICE.read_text().splitlines() if line.strip()]) <= LINES_WITH_OPENAI
    speech = tmp_path / "speech.wav"
    speech.write_bytes(bytes(1 << 20))
    with live_gateway() as variables:
        printed = check([sys.executable, "-W", "error", str(SERVICE), str(speech)], str(tmp_path), variables)
    sections = dict(re.findall(r"== (.*)\n((?:(?!==).*\n?)*)", printed))
    assert "Hello there" in sections["chat stream with a system message and a tool"]
    assert "(NOT_FOUND, " in sections["NOT_FOUND"]
    assert sections["deadline"].startswith("True ")
    assert "(DEADLINE_EXCEEDED" in sections["deadline"]
    assert sections["cancel half-way"] == "2\n"
    assert re.fullmatch(r"Hello there\ndone \d+ Hello there\n", sections["responses events"])
    assert sections["embedding"] == "3\n"
    assert sections["audio, whole and streamed"] == "Hello there\nHello there"


@contextmanager
def agent(model: str) -> Iterator[int]:
    """Runs the agent and yields its port."""
    command = [sys.executable, "-W", "error", str(AGENT), "0"]
    with (
        live_gateway() as variables,
        subprocess.Popen(
            command, env={**os.environ, **variables, "MODEL": model}, stdout=subprocess.PIPE, text=True
        ) as process,
    ):
        try:
            assert process.stdout is not None
            yield int(process.stdout.readline().removeprefix("listening on "))
        finally:
            process.kill()


def ask(port: int, question: str) -> tuple[http.client.HTTPResponse, bytes]:
    """Returns the agent's answer and its body."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    try:
        connection.request("POST", "/ask", question)
        answer = connection.getresponse()
        return answer, answer.read()
    finally:
        connection.close()


def test_an_agent_that_answers() -> None:
    with agent("tool-loop") as port:
        answer, body = ask(port, "weather?")
        assert (answer.status, body) == (200, b'{"city": "Oslo", "celsius": 14}')
        assert ask(port, "")[0].status == 400
        assert ask(port, "x" * (64 << 10) + "y")[0].status == 413


@pytest.mark.parametrize(("model", "status", "wait"), [("rate-limited", 429, "7"), ("fails-closing", 502, None)])
def test_an_agent_whose_model_fails(model: str, status: int, wait: str | None) -> None:
    with agent(model) as port:
        answer, _ = ask(port, "weather?")
        assert (answer.status, answer.headers["retry-after"]) == (status, wait)
