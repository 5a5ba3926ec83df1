"""The HTTP port against Open Responses, before the local model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from conformance.open_responses import CASES, EXPECTED, at, check
from openai_grpc_server.local.engine import local_deployments
from support.gateway import running_door

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.open_responses import Server
    from openai_grpc_server.local import LocalUpstreams


@pytest.fixture(scope="module")
def server(local_engine: LocalUpstreams) -> Iterator[Server]:
    with running_door(*local_deployments(local_engine)) as gateway, at(gateway) as running:
        yield running


@pytest.mark.parametrize("name", CASES)
def test_check(name: str, server: Server) -> None:
    result, reason = check(server, name)
    assert (result == "failed") == (("local", name) in EXPECTED), reason
