"""Logs where standard error is a terminal, and where gRPC's C library would write to it."""

import json
import os
import pty
import select
import signal
import socket
import subprocess
from pathlib import Path

import pytest

from support.certificates import Authority
from support.gateway import HTTP2, LIMIT
from support.process import command, environment, server_process

NOWHERE = {"OPENAI_BASE_URL": "http://127.0.0.1:1/v1"}
FORMATS = {
    "nothing said": ((), "info    serving address="),
    "json asked for": (("--log-format", "json"), '"event":"serving"'),
}


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("options", "expected"), FORMATS.values(), ids=FORMATS)
def test_a_terminal_gets_text(options: tuple[str, ...], expected: str, workers: int) -> None:
    ours, theirs = pty.openpty()
    line = command("serve", "--port", "0", "--http-port", "0", "--workers", str(workers), *options)
    with subprocess.Popen(line, env=environment(NOWHERE), stdout=subprocess.DEVNULL, stderr=theirs) as process:
        os.close(theirs)
        try:
            # The supervisor writes such a line as well.
            text = read_until(ours, "serving", 1 if workers == 1 else 1 + workers)
            process.send_signal(signal.SIGTERM)
            assert process.wait(LIMIT) == 0
        finally:
            process.kill()
            os.close(ours)
    assert expected in text
    assert ("{" in text) == ("json" in options)


def read_until(descriptor: int, expected: str, times: int) -> str:
    text = ""
    while text.count(expected) < times:
        assert select.select([descriptor], [], [], LIMIT)[0], text
        text += os.read(descriptor, 1 << 16).decode()
    return text


def test_elsewhere_lines_are_json(tmp_path: Path) -> None:
    with server_process(tmp_path / "log", env=NOWHERE) as server:
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        events = [json.loads(line)["event"] for line in server.log().splitlines()]
    assert events == ["serving", "stopping", "stopped"]


def test_grpc_writes_no_lines_of_its_own(tmp_path: Path) -> None:
    """As its C library does for each handshake that fails."""
    authority = Authority(tmp_path / "ours")
    certificate, key = authority.issue("server")
    file = tmp_path / "config.yaml"
    tls = {"certificate": str(certificate), "private_key": str(key)}
    file.write_text(json.dumps({"server": {"http2": HTTP2, "tls": tls}}))
    with server_process(tmp_path / "log", "--config", str(file), env=NOWHERE) as server:
        host, _, port = server.address.rpartition(":")
        with socket.create_connection((host, int(port)), LIMIT) as connection:
            connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
            while connection.recv(1024):
                pass
        server.send(signal.SIGTERM)
        assert server.wait() == 0
        assert [line for line in server.log().splitlines() if not line.startswith("{")] == []
