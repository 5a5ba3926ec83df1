"""connectrpc.com/conformance, gRPC's protocol, with and without TLS and client certificates, against both servers."""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from clients.live import ROOT, require

PROGRAM = "connectconformance"
MODULE = "connectrpc.com/conformance"
INSTALLED = Path(sys.executable).with_name(PROGRAM)  # by scripts/install_tools.sh
HERE = Path(__file__).parent
LIMIT = 300.0  # seconds for all cases
UNEXPECTED = "gRPC Unexpected Requests/**"
FAILS_ON_GRPCIO = (
    "Unexpected Requests/**/unexpected-content-type",  # resets the stream instead of answering 415
    f"{UNEXPECTED}/incomplete-message",  # takes the end of the stream inside a message for a good end
    f"{UNEXPECTED}/incomplete-message-prefix",
    f"{UNEXPECTED}/multiple-requests",  # serves the first message of a unary request, ignores the others
    f"{UNEXPECTED}/unexpected-codec",  # serves content types of any codec
)
"""What gRPC's own server answers otherwise. Each must fail, so that the list stays true."""
HANGS_ON_GRPCIO = f"{UNEXPECTED}/no-request"
"""A unary request that ends without a message is never answered; the client gives up, and runs no other case."""
BREAKS_ON_GRPCIO = f"{UNEXPECTED}/unexpected-compression"
"""Answered with INTERNAL, as are then all calls of the connection whose `grpc-encoding` refers to HPACK's table."""


def run(server: str, *arguments: str) -> str:
    if not INSTALLED.exists():
        require(PROGRAM)
    require("go")
    program = str(INSTALLED) if INSTALLED.exists() else PROGRAM
    serve = [sys.executable, "-m", "conformance.connect_server", server, str(protos(program))]
    done = subprocess.run(
        [program, "--mode", "server", "--conf", str(HERE / "connect.yaml"), *arguments, "--", *serve],
        env={**os.environ, "PYTHONPATH": str(ROOT / "tests")},
        capture_output=True,
        text=True,
        check=False,
        timeout=LIMIT,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def protos(program: str) -> Path:
    """The .proto files of the installed version, which its module carries."""
    build = _go("version", "-m", shutil.which(program) or program)
    version = re.search(rf"^\tmod\t{re.escape(MODULE)}\t(\S+)", build, re.MULTILINE)
    assert version is not None, build
    return Path(json.loads(_go("mod", "download", "-json", f"{MODULE}@{version[1]}"))["Dir"]) / "proto"


def _go(*arguments: str) -> str:
    return subprocess.run(["go", *arguments], capture_output=True, text=True, check=True).stdout


def each(option: str, patterns: tuple[str, ...]) -> list[str]:
    return [argument for pattern in patterns for argument in (option, pattern)]


def test_asyncio() -> None:
    printed = run("asyncio")
    assert "Total cases: 570" in printed, printed


def test_grpcio() -> None:
    skipped = each("--skip", (HANGS_ON_GRPCIO, BREAKS_ON_GRPCIO))
    printed = run("grpcio", *each("--known-failing", FAILS_ON_GRPCIO), *skipped)
    assert "Total cases: 564" in printed, printed


def test_an_unknown_encoding_breaks_grpcio() -> None:
    run("grpcio", "--run", BREAKS_ON_GRPCIO, "--known-failing", BREAKS_ON_GRPCIO)
