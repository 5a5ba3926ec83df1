"""A real gateway on a real port, in a thread of the test's process, and channels to it.

    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("POST", "/v1/chat/completions", answers.json({...}))
        reply = gateway.chat.CreateChatCompletion(request)

All gateways of a process share one event loop: gRPC's poller does not like several.
"""

import asyncio
import io
import json
import os
import threading
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import grpc

from openai_grpc.admin.v1 import keys_pb2_grpc
from openai_grpc.v1 import (
    audio_pb2_grpc,
    batches_pb2_grpc,
    chat_pb2_grpc,
    completions_pb2_grpc,
    content_provenance_checks_pb2_grpc,
    conversations_pb2_grpc,
    decisions_pb2_grpc,
    embeddings_pb2_grpc,
    files_pb2_grpc,
    images_pb2_grpc,
    models_pb2_grpc,
    moderations_pb2_grpc,
    raw_pb2_grpc,
    realtime_pb2_grpc,
    responses_pb2_grpc,
    uploads_pb2_grpc,
    videos_pb2_grpc,
)
from openai_grpc_server.config import (
    Config,
    DeploymentConfig,
    GeneralSettings,
    HttpSettings,
    LogSettings,
    RouterConfig,
    Secret,
    ServerSettings,
)
from openai_grpc_server.gateway import Gateway
from openai_grpc_server.routing.deployment import Refusals
from openai_grpc_server.telemetry.log import Log
from support.loop_watch import WatchedLoop, collections

if TYPE_CHECKING:
    from concurrent.futures import Future

T = TypeVar("T")

LIMIT = 20.0  # seconds after which a wait gives up: a hung test must fail, not hang
OWN_KEY = "sk-of-the-gateway"
HTTP2 = os.environ.get("OPENAI_GRPC_TEST_HTTP2", "grpcio")  # what all gateways of a test run speak HTTP/2 with
UNLIMITED = [("grpc.max_receive_message_length", -1), ("grpc.max_send_message_length", -1)]


@dataclass
class RunningGateway:
    """A gateway that serves.

    Attributes:
        target: Its address.
        gateway: The gateway itself.
        channel: A channel to it.
        log: What it has logged since its start, as lines.
    """

    target: str
    gateway: Gateway
    channel: grpc.Channel
    log: io.StringIO

    def __post_init__(self) -> None:
        self.chat = chat_pb2_grpc.ChatServiceStub(self.channel)
        self.responses = responses_pb2_grpc.ResponsesServiceStub(self.channel)
        self.embeddings = embeddings_pb2_grpc.EmbeddingsServiceStub(self.channel)
        self.completions = completions_pb2_grpc.CompletionsServiceStub(self.channel)
        self.models = models_pb2_grpc.ModelsServiceStub(self.channel)
        self.audio = audio_pb2_grpc.AudioServiceStub(self.channel)
        self.images = images_pb2_grpc.ImagesServiceStub(self.channel)
        self.moderations = moderations_pb2_grpc.ModerationsServiceStub(self.channel)
        self.realtime = realtime_pb2_grpc.RealtimeServiceStub(self.channel)
        self.raw = raw_pb2_grpc.RawServiceStub(self.channel)
        self.conversations = conversations_pb2_grpc.ConversationsServiceStub(self.channel)
        self.files = files_pb2_grpc.FilesServiceStub(self.channel)
        self.videos = videos_pb2_grpc.VideosServiceStub(self.channel)
        self.uploads = uploads_pb2_grpc.UploadsServiceStub(self.channel)
        self.decisions = decisions_pb2_grpc.DecisionsServiceStub(self.channel)
        self.checks = content_provenance_checks_pb2_grpc.ContentProvenanceChecksServiceStub(self.channel)
        self.batches = batches_pb2_grpc.BatchesServiceStub(self.channel)
        self.keys = keys_pb2_grpc.KeysServiceStub(self.channel)

    @property
    def url(self) -> str:
        """The base URL of its HTTP port."""
        return f"http://127.0.0.1:{self.gateway.http_port}/v1"

    def logged(self, name: str) -> list[dict[str, Any]]:
        """Returns the log lines of an event, once no RPC is in flight."""
        on_loop(self.gateway.idle())
        entries = [json.loads(line) for line in self.log.getvalue().splitlines()]
        return [entry for entry in entries if entry["event"] == name]

    def forget_refusals(self) -> None:
        """Makes the gateway forget which parameters and APIs upstreams have refused."""
        for each in self.gateway._router._deployments.values():
            each.refusals = Refusals()

    def take_names(self, names: Iterable[str]) -> None:
        """Tells the gateway the models that upstreams list: it asks for no list, and alters none of the names."""
        for each in self.gateway._router._deployments.values():
            each.listed.names = frozenset(names)
            each.listed.until = float("inf")


def deployment(url: str, **facts: Any) -> DeploymentConfig:
    """Returns a deployment at a stand-in, for any model; with its own key by default."""
    return DeploymentConfig(**{"name": "stand-in", "base_url": f"{url}/v1", "api_key": Secret(OWN_KEY), **facts})


@contextmanager
def running_gateway(
    *deployments: DeploymentConfig,
    general: GeneralSettings | None = None,
    router: RouterConfig | None = None,
    **settings: Any,
) -> Iterator[RunningGateway]:
    """Runs a gateway with these deployments, keys and settings; without retries by default."""
    no_http = HttpSettings(port=None)
    server = ServerSettings(**{"port": 0, "grace_period": 0.0, "http2": HTTP2, "http": no_http, **settings})
    lines = io.StringIO()
    config = Config(
        server=server,
        general=general or GeneralSettings(),
        router=router or RouterConfig(num_retries=0),
        deployments=deployments,
    )
    gateway = Gateway(config, Log(lines, LogSettings()))
    target = on_loop(gateway.start())
    try:
        with grpc.insecure_channel(target, UNLIMITED) as channel:
            yield RunningGateway(target, gateway, channel, lines)
    finally:
        on_loop(gateway.stop())


@contextmanager
def running_door(
    *deployments: DeploymentConfig, http: HttpSettings | None = None, **settings: Any
) -> Iterator[RunningGateway]:
    """Runs a gateway that serves HTTP as well; arguments as those of `running_gateway`."""
    http = HttpSettings(port=0) if http is None else http
    with running_gateway(*deployments, http=http, **settings) as gateway:
        yield gateway


class Drained:
    """A gate of an upstream's answer: passed once the open streams know that a gateway drains, and it serves again.

    Args:
        gateway: The gateway.
    """

    def __init__(self, gateway: RunningGateway) -> None:
        self._gateway = gateway.gateway

    async def passed(self) -> None:
        """Drains the gateway meanwhile."""
        await asyncio.wrap_future(submit(self._drain()))

    async def _drain(self) -> None:
        self._gateway.drain()
        while any(call.sent.drain_due is not None for call in self._gateway.calls()):  # noqa: ASYNC110 - it has no event
            await asyncio.sleep(0)
        self._gateway.undrain()


def on_loop(work: Coroutine[Any, Any, T]) -> T:
    """Runs a coroutine on the event loop of the gateways."""
    return submit(work).result(LIMIT)


def submit(work: Coroutine[Any, Any, T]) -> "Future[T]":
    """Starts a coroutine on the event loop of the gateways."""
    return asyncio.run_coroutine_threadsafe(work, _loop())


_started: list[asyncio.AbstractEventLoop] = []


def _loop() -> asyncio.AbstractEventLoop:
    if not _started:
        collections.leave_out()
        loop = WatchedLoop()
        threading.Thread(target=loop.run_forever, name="gateways", daemon=True).start()
        _started.append(loop)
    return _started[0]
