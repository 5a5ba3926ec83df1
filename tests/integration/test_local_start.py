"""The start without an upstream: the port is taken before the models load, and calls that come meanwhile wait."""

import asyncio
import io
import socket
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Any

import grpc
import pytest

from faults import answers
from faults.rpcs import COMPLETION, CREATE_CHAT
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2_grpc
from openai_grpc_server.config import Config, ConfigError, LogSettings, ServerSettings
from openai_grpc_server.gateway import Gateway
from openai_grpc_server.local import LocalEngineError, LocalUpstream, LocalUpstreams, engine
from openai_grpc_server.process import serve
from openai_grpc_server.telemetry.log import Log
from support.gateway import HTTP2, LIMIT, on_loop, submit


class Models:
    """Local models that are loaded when the test says so.

    Attributes:
        loading: Set once they load.
        loaded: Lets them be ready.
        failure: Raised in place of that.
    """

    def __init__(self, url: str) -> None:
        self._url = url
        self.loading = asyncio.Event()
        self.loaded = asyncio.Event()
        self.failure: Exception | None = None

    def __call__(self, **_: object) -> "Models":
        return self

    async def start(self, _: Callable[[str, float], None]) -> LocalUpstreams:
        self.loading.set()
        await self.loaded.wait()
        if self.failure is not None:
            raise self.failure
        return LocalUpstreams(LocalUpstream(f"{self._url}/v1", "tiny"), LocalUpstream(f"{self._url}/v1", "whisper"))

    async def stop(self) -> None:
        pass


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def start(port: int, stack: AsyncExitStack) -> Gateway:
    settings: dict[str, Any] = {"port": port, "http2": HTTP2, "grace_period": 0.0}
    config = Config(server=ServerSettings(**settings))
    gateway, _, _ = await serve.start(config, Log(io.StringIO(), LogSettings()), stack)
    return gateway


@pytest.fixture
def models(monkeypatch: pytest.MonkeyPatch) -> Models:
    models = Models("")
    monkeypatch.setattr(engine, "LocalEngine", models)
    return models


def test_a_call_that_comes_while_models_load_is_answered(models: Models, capsys: pytest.CaptureFixture[str]) -> None:
    port, stack = free_port(), AsyncExitStack()
    with StandIn() as upstream:
        models._url = upstream.url
        upstream.on("POST", CREATE_CHAT.path, answers.json(COMPLETION))
        started = submit(start(port, stack))
        on_loop(models.loading.wait())
        assert f"openai-grpc listens on 127.0.0.1:{port}" in capsys.readouterr().out
        with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
            with socket.create_connection(("127.0.0.1", port), LIMIT):
                pass
            call = chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion.future(
                type(CREATE_CHAT.request)(), timeout=LIMIT
            )
            assert not upstream.requests
            on_loop(opened(models))
            gateway = started.result(LIMIT)
            try:
                assert call.result(LIMIT).id == COMPLETION["id"]
            finally:
                on_loop(gateway.stop())
                on_loop(stack.aclose())


async def opened(models: Models) -> None:
    models.loaded.set()


def test_a_port_that_is_taken_is_told_before_models_load(models: Models) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held, pytest.raises(ConfigError, match="can't listen on"):
        on_loop(start(held.getsockname()[1], AsyncExitStack()))
    assert not models.loading.is_set()


def test_models_that_do_not_load(models: Models) -> None:
    started = submit(start(free_port(), AsyncExitStack()))
    on_loop(models.loading.wait())
    models.failure = LocalEngineError("no memory")
    on_loop(opened(models))
    with pytest.raises(ConfigError, match="no memory"):
        started.result(LIMIT)
