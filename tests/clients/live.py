"""A live gateway for tests that are written in a client's own language.

    python -m clients.live COMMAND...        in tests/, to run one by hand

The command finds in its environment:

    OPENAI_GRPC_ADDRESS        the gateway's address, plaintext, such as 127.0.0.1:41234
    OPENAI_GRPC_RETRYING       that of a gateway which retries by itself as it does by default
    OPENAI_GRPC_TEST_UPSTREAM  the URL of the upstream behind it, which `clients.upstream_script` describes
"""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from clients.upstream_script import script
from faults.stand_in import StandIn
from openai_grpc.v1 import CONTRACT_REVISION
from openai_grpc_server.config import RawSettings, RouterConfig
from support.gateway import deployment, running_gateway

ROOT = Path(__file__).resolve().parents[2]
README_ADDRESS = "localhost:50051"  # where the programs of a README look for the gateway
Run = Callable[[str, str], str]  # runs such a program with a gateway's address instead; returns what it printed
SETTINGS: dict[str, Any] = {
    "raw": (RawSettings(path="/vector_stores/**", methods=("GET", "POST")),),
    "watch_min_interval": 0.02,
    "watch_max_interval": 0.02,
}
JVM = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC")  # programs of seconds: half of the CPU time
MAVEN = ("mvn", "--batch-mode", "--no-transfer-progress")
TIME_LIMIT = 900.0  # seconds; a first build downloads and compiles what the client depends on


@contextmanager
def live_gateway() -> Iterator[dict[str, str]]:
    """Runs a gateway before the scripted upstream and yields the variables that lead to them."""
    with (
        StandIn() as upstream,
        running_gateway(deployment(upstream.url), **SETTINGS) as gateway,
        running_gateway(deployment(upstream.url), router=RouterConfig(), **SETTINGS) as retrying,
    ):
        script(upstream)
        yield {
            "OPENAI_GRPC_ADDRESS": gateway.target,
            "OPENAI_GRPC_RETRYING": retrying.target,
            "OPENAI_GRPC_TEST_UPSTREAM": upstream.url,
        }
        told = {entry.get("contract_revision") for entry in gateway.logged("rpc")}
        assert told & {CONTRACT_REVISION} or not told, "no call told which revision of the contract its client knows"


def require(tool: str) -> None:
    """Skips the test where a language's tool is not installed; in continuous integration it fails."""
    if shutil.which(tool) is None:
        refuse = pytest.fail if "CI" in os.environ else pytest.skip
        refuse(f"{tool} is not installed")


def programs(readme: Path, language: str) -> list[str]:
    """Returns the fenced programs of a language in a README, as written there."""
    return re.findall(rf"^```{language}\n(.*?)^```$", readme.read_text(), re.MULTILINE | re.DOTALL)


def check(command: Sequence[str], folder: str, variables: Mapping[str, str] | None = None) -> str:
    """Runs a command in a folder of the checkout and returns what it printed, which is also shown if it fails."""
    done = subprocess.run(
        command,
        cwd=ROOT / folder,
        env={"MAVEN_OPTS": " ".join(JVM), **os.environ, **(variables or {})},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
        timeout=TIME_LIMIT,
    )
    assert done.returncode == 0, f"{' '.join(command)} in {folder}:\n{done.stdout}"
    return done.stdout


def main(command: Sequence[str]) -> int:
    """Runs a command beside a gateway and returns its exit code."""
    with live_gateway() as variables:
        return subprocess.run(command, env={**os.environ, **variables}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
