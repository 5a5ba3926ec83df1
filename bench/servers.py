"""Servers measured side by side, each started on first use and halted while others run."""

import secrets
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import grpc
import grpc.aio
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from bench.certificate import Certificate, certificate
from bench.client import Target
from bench.configuration import Deployment, Feature, Issuer
from bench.peers import PEERS, Peer, PeerUnavailableError
from bench.peers.launch import HOST, free_port
from bench.process import Process, started

GATEWAY = "openai_grpc_server"
PROBED = "bench.probe"
FLOOR = "floor"
OURS = "openai-grpc"
ASYNCIO = "openai-grpc, http2: asyncio"
HTTP = "openai-grpc, HTTP"
LITELLM, PORTKEY, ENVOY = (peer.name for peer in PEERS)
SERVERS = (FLOOR, OURS, ASYNCIO, HTTP, LITELLM, PORTKEY, ENVOY)


class Setting(StrEnum):
    """Configuration of a server."""

    PLAIN = "plain"
    PRODUCTION = "keys, limits and routing"
    TLS = "TLS"
    TWO_WORKERS = "two workers"
    FOUR_WORKERS = "four workers"
    EIGHT_WORKERS = "eight workers"
    TELEMETRY = "OpenTelemetry"
    SAMPLED = "OpenTelemetry for one call in ten"
    SOAK = "soak"
    KEYS = "keys"
    LIMITS = "keys and limits"
    ROUTING = "routing"
    IDENTITY = "identity"
    METRICS = "metrics"
    EVERYTHING = "keys, limits, routing, identity, metrics and one trace in ten"


_PRODUCTION = frozenset({Feature.KEYS, Feature.LIMITS, Feature.ROUTING})
FEATURES = {
    Setting.PRODUCTION: _PRODUCTION,
    Setting.SOAK: _PRODUCTION,
    Setting.KEYS: frozenset({Feature.KEYS}),
    Setting.LIMITS: frozenset({Feature.KEYS, Feature.LIMITS}),
    Setting.ROUTING: frozenset({Feature.ROUTING}),
    Setting.IDENTITY: frozenset({Feature.IDENTITY}),
    Setting.METRICS: frozenset({Feature.METRICS}),
    Setting.EVERYTHING: frozenset(Feature),
}
WORKERS = {Setting.TWO_WORKERS: 2, Setting.FOUR_WORKERS: 4, Setting.EIGHT_WORKERS: 8}
SAMPLE_RATIO = {Setting.TELEMETRY: 1.0, Setting.SAMPLED: 0.1, Setting.EVERYTHING: 0.1}


class Collector(grpc.GenericRpcHandler):
    """Takes any export."""

    def service(self, _: grpc.HandlerCallDetails) -> "grpc.RpcMethodHandler[bytes, bytes]":
        """Answers with a message without fields."""
        return grpc.unary_unary_rpc_method_handler(lambda *_: b"")


@dataclass(frozen=True, slots=True)
class Kind:
    """A server with its configuration.

    Attributes:
        name: The server's name.
        setting: How it is set up.
    """

    name: str
    setting: Setting = Setting.PLAIN


class Servers:
    """All servers of a run, ended by the context manager that yields it.

    Args:
        directory: For configurations and logs.
        stack: Ends what is started.

    Attributes:
        unavailable: Those that can't be run, and why.
        start_up: Seconds until each served, by its name, every time that it was started plain.
        idle: Its PSS then, in bytes.
        probe: The file to which a server with the setting `SOAK` writes what it holds.
    """

    def __init__(self, directory: Path, stack: AsyncExitStack) -> None:
        self._directory = directory
        self._log = directory / "stderr.log"
        self.probe = directory / "held.json"
        self._stack = stack
        self._targets: dict[Kind, Target] = {}
        self._upstreams: dict[bool, Process] = {}
        self._certificate: Certificate | None = None
        self._key = f"sk-{secrets.token_hex(20)}"
        self.unavailable: dict[Kind, str] = {}
        self.start_up: dict[str, list[float]] = {}
        self.idle: dict[str, list[float]] = {}

    @asynccontextmanager
    async def running(self, kind: Kind, *, fresh: bool = False) -> AsyncIterator[Target | None]:
        """Resumes a server until the block ends.

        Args:
            kind: Which.
            fresh: Whether it is started for this block, and ended after it.

        Yields:
            The server, or nothing if it can't be run.
        """
        async with AsyncExitStack() as block:
            try:
                if kind not in self.unavailable:
                    target = await self._target(kind, block if fresh else self._stack)
            except (PeerUnavailableError, RuntimeError) as error:
                self.unavailable[kind] = str(error)
            if kind in self.unavailable:
                yield None
                return
            target.process.go_on()
            if not fresh:
                block.callback(target.process.halt)
            yield target

    async def _target(self, kind: Kind, stack: AsyncExitStack) -> Target:
        if stack is not self._stack:
            return await stack.enter_async_context(self._start(kind))
        if kind not in self._targets:
            self._targets[kind] = await stack.enter_async_context(self._start(kind))
            stack.callback(self._targets[kind].process.go_on)  # what is halted can't be ended in order
        return self._targets[kind]

    @asynccontextmanager
    async def _start(self, kind: Kind) -> AsyncIterator[Target]:
        secure = kind.setting is Setting.TLS
        upstream = await self._upstream(secure=secure)
        pem = self._certificate if secure else None
        authority = pem.chain if pem else None
        peer = next((peer for peer in (*PEERS, REST) if peer.name == kind.name), None)
        metadata = self._credentials(kind.setting)
        async with self._process(kind, upstream, pem, peer) as process:
            if kind.setting is Setting.PLAIN:
                self.start_up.setdefault(kind.name, []).append(process.start_up)
                self.idle.setdefault(kind.name, []).append(process.proportional_set_size())
            yield Target(process=process, upstream=upstream, peer=peer, metadata=metadata, authority=authority)

    def _credentials(self, setting: Setting) -> dict[str, str]:
        """Returns the metadata of a caller: with a token where there are identities, else with a key."""
        features = FEATURES.get(setting, frozenset())
        if Feature.IDENTITY in features:
            return {"authorization": f"Bearer {self._issuer.token}"}
        return {"authorization": f"Bearer {self._key}"} if Feature.KEYS in features else {}

    @cached_property
    def _issuer(self) -> Issuer:
        return Issuer(self._directory)

    def _process(
        self, kind: Kind, upstream: Process, pem: Certificate | None, peer: Peer | None
    ) -> AbstractAsyncContextManager[Process]:
        if peer is not None:
            return peer.started(upstream.address, self._directory)
        files = [str(pem.chain), str(pem.private_key)] if pem else []
        if kind.name == FLOOR:
            return started("bench.floor", [upstream.address, *files], self._log)
        features = FEATURES.get(kind.setting, frozenset())
        deployment = Deployment(
            upstream=upstream.address,
            key=self._key,
            issuer=self._issuer if Feature.IDENTITY in features else None,
            features=features,
            certificate=pem,
            http2="asyncio" if kind.name == ASYNCIO else "grpcio",
            one_try=kind.setting is Setting.SOAK,
            collector=self._collector() if kind.setting in SAMPLE_RATIO else None,
            sample_ratio=SAMPLE_RATIO.get(kind.setting, 1.0),
        )
        config = deployment.write(self._directory / f"{kind.name} {kind.setting}.yaml")
        workers = ["--workers", str(count)] if (count := WORKERS.get(kind.setting)) else []
        module, probe = (PROBED, [str(self.probe)]) if kind.setting is Setting.SOAK else (GATEWAY, [])
        ports = ["--port", "0", "--http-port", "0"]
        return started(module, [*probe, "serve", "--config", str(config), *ports, *workers], self._log)

    def _collector(self) -> str:
        """Returns the URL of a collector in this process, which reads nothing of what it takes."""
        server = grpc.server(ThreadPoolExecutor(2))
        server.add_generic_rpc_handlers((Collector(),))
        port = server.add_insecure_port(f"{HOST}:0")
        server.start()
        self._stack.callback(server.stop, None)
        return f"http://{HOST}:{port}"

    async def _upstream(self, *, secure: bool) -> Process:
        if secure not in self._upstreams:
            files = []
            if secure:
                self._certificate = certificate(self._directory)
                files = [str(self._certificate.chain), str(self._certificate.private_key)]
            upstream = await self._stack.enter_async_context(started("bench.upstream", files, self._log))
            self._upstreams[secure] = upstream
        return self._upstreams[secure]


@asynccontextmanager
async def _http(upstream: str, directory: Path) -> AsyncIterator[Process]:
    """Runs the gateway until the block ends, to be called by REST on its HTTP port; as `Peer.started`."""
    port = free_port()
    config = Deployment(upstream=upstream, http2="asyncio").write(directory / "http.yaml")
    arguments = ["serve", "--config", str(config), "--port", "0", "--http-port", str(port)]
    async with started(GATEWAY, arguments, directory / "stderr.log") as process:
        yield replace(process, address=f"{HOST}:{port}")


# Our own HTTP port, called as the other gateways are.
REST = Peer(
    name=HTTP,
    version=version("openai-grpc-server"),
    started=_http,
    headers=lambda _: {"authorization": "Bearer sk-bench"},
    same_bytes=False,
)


async def check_health(server: Process) -> None:
    """Checks that a server of ours serves.

    Raises:
        RuntimeError: It does not.
    """
    async with grpc.aio.insecure_channel(server.address) as channel:
        reply = await health_pb2_grpc.HealthStub(channel).Check(health_pb2.HealthCheckRequest())
    if reply.status != health_pb2.HealthCheckResponse.SERVING:
        raise RuntimeError("the gateway says that it does not serve")
