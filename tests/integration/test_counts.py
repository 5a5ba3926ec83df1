"""The counts of `make counts` are within their limits; that of generated lines, which takes Go and npm, is CI's."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from support.gateway import HTTP2

ROOT = Path(__file__).parents[2]


def counts(*names: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, str(ROOT / "scripts/counts.py"), *names]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "tests"), "OPENAI_GRPC_TEST_HTTP2": HTTP2}
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=100)


@pytest.mark.once
@pytest.mark.parametrize("name", ["java", "modules", "rings"])
def test_counts_of_the_repository(name: str) -> None:
    done = counts(name)
    assert (done.returncode, done.stderr) == (0, ""), done.stdout
    assert " of " in done.stdout


def test_a_unary_call_enters_few_modules() -> None:
    done = counts("call")
    assert done.returncode == 0, done.stdout + done.stderr
    assert f"modules of a unary chat call, {HTTP2}" in done.stdout
    assert ("HTTP/2" in done.stdout) == (HTTP2 == "asyncio")


@pytest.mark.once
def test_an_unknown_count() -> None:
    done = counts("lines")
    assert done.returncode == 1
    assert done.stderr == "unknown count 'lines': must be one of java, field, modules, rings, call\n"
