"""Two replicas behind a real Envoy are restarted one after the other under load: nobody notices."""

import asyncio
import contextlib
import signal
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

import grpc
import grpc.aio
import pytest
import yaml

from faults import answers
from faults.exchange import Exchange
from faults.stand_in import Gate, StandIn
from integration.test_envoy import CHAT, COMPLETION, REQUEST, SHOP, TRUST, names
from openai_grpc.v1 import CONTRACT_REVISION, chat_pb2, chat_pb2_grpc
from support.certificates import Authority
from support.envoy import DEPLOY, Envoy, configured, endpoints, running_envoy
from support.gateway import LIMIT
from support.process import ServerProcess, server_process

UNARY, STREAMS = 8, 4  # callers, each of which calls again and again
WARM = 40  # calls of each kind before a restart, and between two
CHUNK = {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": "ebb"}}]}
HELD_STREAMS = 16  # of which Envoy sends some to either replica
HELD = "held"  # the user whose streams wait at a gate
REVISION = (("openai-grpc-contract", str(CONTRACT_REVISION)),)


@dataclass
class Load:
    """Callers that call again and again, and how their calls ended.

    Attributes:
        ended: How often calls of a kind ended in a way.
    """

    ended: Counter[tuple[str, str]] = field(default_factory=Counter)
    _changed: asyncio.Event = field(default_factory=asyncio.Event)

    def note(self, kind: str, how: str) -> None:
        """Takes note of a call that ended."""
        self.ended[kind, how] += 1
        self._changed.set()

    async def more(self) -> None:
        """Waits until as many more calls of each kind have ended well."""
        wanted = {kind: self.ended[kind, "OK"] + WARM for kind in ("unary", "stream")}
        async with asyncio.timeout(LIMIT):
            while any(self.ended[kind, "OK"] < count for kind, count in wanted.items()):
                self._changed.clear()
                await self._changed.wait()

    async def unary(self, stub: Any) -> None:
        """Calls for ever."""
        while True:
            try:
                await stub.CreateChatCompletion(REQUEST, timeout=LIMIT)
                self.note("unary", "OK")
            except grpc.aio.AioRpcError as error:
                self.note("unary", f"{error.code().name} {error.details()}")

    async def stream(self, stub: Any) -> None:
        """Streams for ever."""
        while True:
            call = stub.StreamChatCompletion(REQUEST, timeout=LIMIT)
            try:
                count = len([message async for message in call])
                self.note("stream", "OK" if count == 3 else f"{count} messages")
            except grpc.aio.AioRpcError as error:
                self.note("stream", f"{error.code().name} {error.details()}")


async def upstream_answer(exchange: Exchange, gates: list[Gate]) -> None:
    """Answers streams and others; streams of one user wait at the newest gate after their first message."""
    body = await exchange.body()
    if b'"stream":true' not in body.replace(b" ", b""):
        await COMPLETION(exchange)
        return
    held = HELD.encode() in body
    events = answers.events([CHUNK] * 3)
    await answers.stream(events, gates={1: gates[-1]} if held else None)(exchange)


@pytest.fixture
def gates() -> list[Gate]:
    """The gates of streams that are held, the newest last."""
    return [Gate()]


@pytest.fixture
def upstream(gates: list[Gate]) -> Iterator[StandIn]:
    with StandIn() as standing:
        standing.on("POST", CHAT, lambda exchange: upstream_answer(exchange, gates))
        yield standing


class Replicas:
    """Replicas as processes, which run by `deploy/envoy/gateway.yaml` without its limits of callers."""

    def __init__(self, directory: Path, mesh: Authority, upstream: StandIn) -> None:
        certificate, key = mesh.issue("gateway", names(f"{TRUST}/ai/sa/openai-grpc"))
        text = (DEPLOY / "gateway.yaml").read_text()
        for name, path in (("ca.crt", mesh.certificate), ("tls.crt", certificate), ("tls.key", key)):
            text = text.replace(f"/certs/{name}", str(path))
        config = yaml.safe_load(text)
        config["model_list"][0]["litellm_params"]["api_base"] = f"{upstream.url}/v1"
        config["general_settings"]["identities"] = [{"spiffe": f"{SHOP}/*"}]
        config["server"] |= {"host": "127.0.0.1", "grace_period": LIMIT}
        config["server"].pop("http")
        self._file = directory / "gateway.yaml"
        self._file.write_text(yaml.safe_dump(config))
        self._directory = directory
        self._stack = contextlib.ExitStack()
        self._count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def start(self, port: int = 0) -> ServerProcess:
        """Starts a replica, on a free port or on that of one that has ended."""
        self._count += 1
        log = self._directory / f"log{self._count}"
        env = {"OPENAI_API_KEY": "sk-x", "OPENAI_GRPC_SEALING_KEY": "Wf4Yp9Ts2Gd7Xk1Nb6Vm"}
        arguments = ("--config", str(self._file), "--port", str(port))
        return self._stack.enter_context(server_process(log, *arguments, env=env))


def port_of(replica: ServerProcess) -> int:
    return int(replica.address.rpartition(":")[2])


async def line_of(replica: ServerProcess, event: str) -> None:
    """Waits until a replica has logged an event."""

    def wait() -> None:
        assert any(f'"{event}"' in line for line in replica.follow_log())

    await asyncio.to_thread(wait)


@contextlib.asynccontextmanager
async def stubs(envoy: Envoy, mesh: Authority) -> AsyncIterator[list[Any]]:
    """Opens a channel for each caller, without retries of its own, which would hide those of Envoy."""
    certificate, key = mesh.issue("cart", names(f"{SHOP}/cart"))
    pem = mesh.certificate.read_bytes(), key.read_bytes(), certificate.read_bytes()
    options = [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)]
    target, credentials = f"localhost:{envoy.port}", grpc.ssl_channel_credentials(*pem)
    channels = [grpc.aio.secure_channel(target, credentials, options) for _ in range(3)]
    try:
        yield [chat_pb2_grpc.ChatServiceStub(each) for each in channels]
    finally:
        for each in channels:
            await each.close()


async def held_streams(stub: Any) -> list[Any]:
    """Opens streams that stay open, and returns them after their first message."""
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o", user=HELD)
    calls = [stub.StreamChatCompletion(request, timeout=LIMIT, metadata=REVISION) for _ in range(HELD_STREAMS)]
    for call in calls:
        assert not (await call.read()).call_info.HasField("drain")
    return calls


async def rest_of(call: Any) -> list[Any]:
    found = []
    while (message := await call.read()) is not grpc.aio.EOF:
        found.append(message)
    assert await call.code() is grpc.StatusCode.OK
    return found


async def restarted_under_load(envoy: Envoy, mesh: Authority, replicas: Replicas, first: Any, gates: list[Gate]) -> Any:
    """Restarts each replica; returns how calls ended, and whether each stream that was held was told."""
    load, told = Load(), []
    async with stubs(envoy, mesh) as callers:
        tasks = [asyncio.create_task(load.unary(callers[index % 3])) for index in range(UNARY)]
        tasks += [asyncio.create_task(load.stream(callers[index % 3])) for index in range(STREAMS)]
        for replica in first:
            await load.more()
            held = await held_streams(callers[0])
            replica.send(signal.SIGTERM)
            await line_of(replica, "stopping")
            await load.more()
            gate = gates[-1]
            gates.append(Gate())
            gate.open()
            told.append([any(each.call_info.HasField("drain") for each in await rest_of(call)) for call in held])
            assert await asyncio.to_thread(replica.wait) == 0
            await load.more()
            await asyncio.to_thread(replicas.start, port_of(replica))
            await asyncio.to_thread(envoy.wait_for, "cluster.gateway.membership_healthy", 2)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    return load.ended, told


def test_a_rolling_restart_fails_no_call_and_cuts_no_stream(
    upstream: StandIn, gates: list[Gate], tmp_path: Path
) -> None:
    mesh = Authority(tmp_path / "ca")
    certificate, key = mesh.issue("envoy", names(f"{TRUST}/ingress/sa/envoy"))
    files = {"tls.crt": certificate, "tls.key": key, "ca.crt": mesh.certificate}
    with Replicas(tmp_path, mesh, upstream) as replicas:
        first = [replicas.start(), replicas.start()]

        def changed(config: Any) -> None:
            (cluster,) = config["static_resources"]["clusters"]
            cluster["load_assignment"]["endpoints"] = endpoints([port_of(each) for each in first])

        with running_envoy(configured("envoy.yaml", tmp_path, files, changed)) as envoy:
            ended, told = asyncio.run(restarted_under_load(envoy, mesh, replicas, first, gates))
    assert {how for _, how in ended} == {"OK"}, ended
    # Nothing that Envoy has repeated had reached an upstream.
    assert len(upstream.exchanges) <= sum(ended.values()) + 2 * HELD_STREAMS + UNARY + STREAMS
    assert all(any(each) for each in told), told
