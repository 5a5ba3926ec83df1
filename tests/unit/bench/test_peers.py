"""Peers are installed once for each version, run until they are no longer needed, and say why they can't be."""

from __future__ import annotations

import asyncio
import os
import sys
from typing import TYPE_CHECKING

import pytest

from bench.exchanges import exchanges
from bench.peers import PEERS, PeerUnavailableError, install
from bench.peers.launch import free_port, launched
from bench.process import Process

if TYPE_CHECKING:
    from pathlib import Path

    from bench.peers import Peer

SERVES = [sys.executable, "-m", "http.server", "--bind", "127.0.0.1"]
EXITS = [sys.executable, "-c", "raise SystemExit('no such model')"]


@pytest.fixture(autouse=True)
def root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where peers are installed, and programs that are found there only."""
    monkeypatch.setattr(install, "ROOT", tmp_path / "installed")
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    return tmp_path


def write_npm(directory: Path, lines: str) -> None:
    program = directory / "npm"
    program.write_text(f"#!/bin/sh\n{lines}\n")
    program.chmod(0o755)


def test_a_package_is_installed_once_for_each_version(root: Path) -> None:
    write_npm(root, "pwd >> ../../runs; cp package.json was-there")
    for version, runs in (("1", 1), ("1", 1), ("2", 2), ("2", 2), ("1", 3)):
        home = install.node_package("it", {"dependencies": {"it": version}})
        assert (home / "was-there").read_text() == (home / "package.json").read_text()
        assert f'"it": "{version}"' in (home / "package.json").read_text()
        assert (root / "runs").read_text().splitlines() == [str(home)] * runs


def test_what_could_not_be_installed_says_why_and_is_tried_again(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for lines, reason in (
        ("echo first >&2; echo no such version >&2; exit 1", "could not be installed: no such version"),
        ("exit 3", "could not be installed: npm"),
    ):
        write_npm(root, lines)
        with pytest.raises(PeerUnavailableError, match=reason):
            install.node_package("it", {})
    write_npm(root, "exec sleep 60")
    monkeypatch.setattr(install, "LIMIT", 0.01)
    with pytest.raises(PeerUnavailableError, match="longer than"):
        install.node_package("it", {})
    (root / "npm").unlink()
    monkeypatch.setenv("PATH", str(root))
    with pytest.raises(PeerUnavailableError, match="there is no npm"):
        install.node_package("it", {})


def test_a_peer_runs_until_the_block_ends(tmp_path: Path) -> None:
    port = free_port()

    async def main() -> Process:
        async with launched(
            [*SERVES, str(port)], port, ready="/", log=tmp_path / "log", environment={"PYTHONUNBUFFERED": "1"}
        ) as process:
            assert process.cpu() > 0
            assert process.start_up > 0
            assert process.address == f"127.0.0.1:{port}"
        return process

    process = asyncio.run(main())
    with pytest.raises(ProcessLookupError):
        os.kill(process.pid, 0)
    assert "GET / HTTP/1.1" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(
    ("command", "reason"),
    [pytest.param(EXITS, "no such model", id="exits"), pytest.param(["no-such-program"], "there is no", id="missing")],
)
def test_a_peer_that_does_not_start_says_why(tmp_path: Path, command: list[str], reason: str) -> None:
    async def main() -> None:
        async with launched(command, free_port(), ready="/", log=tmp_path / "log", environment={}):
            pytest.fail("it serves")

    with pytest.raises(PeerUnavailableError, match=reason):
        asyncio.run(main())


def test_a_peer_that_never_serves_is_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bench.peers.launch.LIMIT", 0.0)
    command = [sys.executable, "-c", "input()"]

    async def main() -> None:
        async with launched(command, free_port(), ready="/", log=tmp_path / "log", environment={}):
            pytest.fail("it serves")

    with pytest.raises(PeerUnavailableError, match="does not start"):
        asyncio.run(main())


@pytest.mark.parametrize("peer", PEERS, ids=lambda peer: peer.name)
def test_a_peer_is_called_with_the_exchange_and_its_own_headers(peer: Peer) -> None:
    exchange = exchanges()["chat"]
    request = peer.prepared(exchange, Process("127.0.0.1:1", 1, 0.0), "127.0.0.1:2").request
    assert request.startswith(b"POST /v1/chat/completions HTTP/1.1\r\nhost: 127.0.0.1:1\r\n")
    assert request.endswith(exchange.http_body)
    assert peer.headers("127.0.0.1:2")
    for name, value in peer.headers("127.0.0.1:2").items():
        assert f"\r\n{name}: {value}\r\n".encode() in request
