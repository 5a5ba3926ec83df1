"""The README's first program, which streams a chat answer, in each language, once on the real local model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from clients.live import ROOT, Run, programs
from openai_grpc_server.local.engine import local_deployments
from support.gateway import running_gateway

if TYPE_CHECKING:
    from openai_grpc_server.local import LocalUpstreams

STREAM = "/openai_grpc.v1.ChatService/StreamChatCompletion"
READMES = {"python": "README.md", **{each: f"clients/{each}/README.md" for each in ("go", "typescript", "java")}}


@pytest.mark.parametrize("language", READMES)
def test_stream(language: str, local_engine: LocalUpstreams, request: pytest.FixtureRequest) -> None:
    program = next(iter(programs(ROOT / READMES[language], language)))
    run: Run = request.getfixturevalue(f"run_{language}")
    with running_gateway(*local_deployments(local_engine)) as gateway:
        printed = run(program, gateway.target)
        (logged,) = gateway.logged("rpc")
    assert printed.strip()
    assert (logged["method"], logged["status"]) == (STREAM, "OK")
