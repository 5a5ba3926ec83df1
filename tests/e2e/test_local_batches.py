"""Batches on the local model: the programs of the guide run as written, by our client and by OpenAI's."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from clients.live import ROOT, programs
from openai_grpc_server.local.engine import local_deployments
from support.gateway import running_door

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from openai_grpc_server.local import LocalUpstreams
    from support.gateway import RunningGateway

GUIDE = ROOT / "docs/batches.md"
ANSWERS = r"""sky ['"].+['"]\nfruit ['"].+['"]\n"""
PRINTED = {"messages": f"completed\\n{ANSWERS}", "JSONL": f"completed 2 0\\n{ANSWERS}"}


@pytest.fixture(scope="module")
def gateway(local_engine: LocalUpstreams) -> Iterator[RunningGateway]:
    with running_door(*local_deployments(local_engine), watch_min_interval=0.05) as running:
        yield running


@pytest.mark.parametrize("name", PRINTED)
def test_the_guide(gateway: RunningGateway, tmp_path: Path, name: str) -> None:
    program = programs(GUIDE, "python")[list(PRINTED).index(name)]
    program = program.replace("localhost:50051", gateway.target).replace("http://localhost:4000/v1", gateway.url)
    run = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, cwd=tmp_path, timeout=120, check=False
    )
    assert run.returncode == 0, run.stderr
    assert re.fullmatch(PRINTED[name], run.stdout)
