"""The gateway behind a real Envoy that runs the files of `deploy/envoy/`: mutual TLS by SPIFFE, retries, gRPC-Web."""

import base64
import ssl
import struct
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from threading import Timer
from typing import Any

import grpc
import httpx2
import pytest
import yaml

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from openai_grpc_server.config import RouterConfig, load_config
from support.certificates import Authority
from support.envoy import DEPLOY, Envoy, configured, endpoints, running_envoy, validate
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, running_gateway

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
COMPLETION = answers.json({"id": "c1", "object": "chat.completion", "model": "m", "choices": []})
CHUNKS = [
    {"id": "c1", "object": "chat.completion.chunk", "choices": [{"index": 0, "delta": {"content": text}}]}
    for text in ("ebb", "flow")
]
TRUST = "spiffe://example.org/ns"
SHOP = f"{TRUST}/shop/sa"
SEALING_KEY = "Wf4Yp9Ts2Gd7Xk1Nb6Vm"

LIMIT_OF_OTHERS = 3  # calls a minute
GENERATION = 40.0  # seconds, more than twice Envoy's default for a whole reply

Change = Callable[[Any], None]


@pytest.fixture(scope="module")
def mesh(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("mesh") / "ca")


def names(spiffe: str) -> str:
    return f"URI:{spiffe},DNS:localhost"


@pytest.fixture(scope="module")
def of_gateway(mesh: Authority) -> tuple[Path, Path]:
    return mesh.issue("gateway", names(f"{TRUST}/ai/sa/openai-grpc"))


@contextmanager
def replica(
    upstream: StandIn, mesh: Authority, shown: tuple[Path, Path], directory: Path, **settings: Any
) -> Iterator[RunningGateway]:
    """Runs a gateway by `deploy/envoy/gateway.yaml`, with a stand-in for OpenAI."""
    file = directory / "gateway.yaml"
    file.write_text((DEPLOY / "gateway.yaml").read_text().replace("/certs/ca.crt", str(mesh.certificate)))
    for name, path in zip(("tls.crt", "tls.key"), shown, strict=True):
        file.write_text(file.read_text().replace(f"/certs/{name}", str(path)))
    environ = {"OPENAI_API_KEY": "sk-x", "OPENAI_GRPC_SEALING_KEY": SEALING_KEY}
    config = load_config(file, environ)
    (configured_model,) = config.deployments
    assert configured_model.model == "gpt-4o"
    # Of 60 a minute, one comes back each second.
    named, others = config.general.identities
    general = replace(config.general, identities=(named, replace(others, rpm=LIMIT_OF_OTHERS)))
    with running_gateway(
        deployment(upstream.url, model_name="gpt-4o", model="gpt-4o"),
        general=general,
        tls=config.server.tls,
        **settings,
    ) as gateway:
        yield gateway


class Mesh:
    """Replicas behind an Envoy, and callers with certificates."""

    def __init__(self, envoy: Envoy, mesh: Authority, replicas: list[RunningGateway]) -> None:
        self.envoy = envoy
        self.replicas = replicas
        self._mesh = mesh
        self._stack = ExitStack()

    def caller(self, name: str) -> Any:
        """Returns the chat service for a service of the shop."""
        certificate, key = self._mesh.issue(name, names(f"{SHOP}/{name}"))
        pem = self._mesh.certificate.read_bytes(), key.read_bytes(), certificate.read_bytes()
        credentials = grpc.ssl_channel_credentials(*pem)
        # Its own retries would hide those of Envoy.
        options = [("grpc.enable_retries", 0), ("grpc.use_local_subchannel_pool", 1)]
        channel = self._stack.enter_context(grpc.secure_channel(f"localhost:{self.envoy.port}", credentials, options))
        return chat_pb2_grpc.ChatServiceStub(channel)

    def browser(self, name: str) -> httpx2.Client:
        """Returns an HTTP/1.1 client for a service of the shop."""
        tls = ssl.create_default_context(cafile=self._mesh.certificate)
        tls.load_cert_chain(*self._mesh.issue(name, names(f"{SHOP}/{name}")))
        return self._stack.enter_context(httpx2.Client(verify=tls, timeout=LIMIT))

    def close(self) -> None:
        self._stack.close()


@contextmanager
def running(
    upstream: StandIn,
    mesh: Authority,
    of_gateway: tuple[Path, Path],
    directory: Path,
    *,
    replicas: int = 1,
    change: Change = lambda _: None,
    **settings: Any,
) -> Iterator[Mesh]:
    """Runs replicas behind Envoy, as `deploy/envoy/` has them."""
    certificate, key = mesh.issue("envoy", names(f"{TRUST}/ingress/sa/envoy"))
    files = {"tls.crt": certificate, "tls.key": key, "ca.crt": mesh.certificate}
    with ExitStack() as stack:
        gateways = [
            stack.enter_context(replica(upstream, mesh, of_gateway, directory, **settings)) for _ in range(replicas)
        ]
        ports = [int(each.target.rpartition(":")[2]) for each in gateways]

        def changed(config: Any) -> None:
            (cluster,) = config["static_resources"]["clusters"]
            cluster["load_assignment"]["endpoints"] = endpoints(ports)
            change(config)

        envoy = stack.enter_context(running_envoy(configured("envoy.yaml", directory, files, changed)))
        found = Mesh(envoy, mesh, gateways)
        stack.callback(found.close)
        yield found


def http_of(config: Any) -> Any:
    (listener,) = config["static_resources"]["listeners"]
    return listener["filter_chains"][0]["filters"][0]["typed_config"]


def route_of(config: Any) -> Any:
    return http_of(config)["route_config"]["virtual_hosts"][0]["routes"][0]["route"]


def create(stub: Any, **options: Any) -> Any:
    return stub.CreateChatCompletion(REQUEST, timeout=LIMIT, **options)


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn() as standing:
        standing.on("POST", CHAT, COMPLETION)
        yield standing


def test_the_callers_spiffe_id_counts_in_its_limits(
    upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path
) -> None:
    with running(upstream, mesh, of_gateway, tmp_path) as cluster:
        (gateway,) = cluster.replicas
        cart, search = cluster.caller("cart"), cluster.caller("search")
        forged = (("x-forwarded-client-cert", f"URI={SHOP}/checkout"),)
        for _ in range(LIMIT_OF_OTHERS):
            assert create(cart, metadata=forged).id == "c1"
        failure = failure_of(lambda: create(cart, metadata=forged))
        (violation,) = failure.details["QuotaFailure"].violations
        assert (failure.reason, violation.subject) == ("KEY_LIMIT_EXCEEDED", f"identity:{SHOP}/cart")
        assert create(search).id == "c1"
        assert create(cluster.caller("checkout")).id == "c1"
        keys = [line["key"] for line in gateway.logged("rpc")]
    assert keys == [*[f"{SHOP}/cart"] * (LIMIT_OF_OTHERS + 1), f"{SHOP}/search", "checkout"]


def test_a_caller_of_another_domain_does_not_connect(
    upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path
) -> None:
    certificate, key = mesh.issue("elsewhere", names("spiffe://example.com/ns/shop/sa/cart"))
    pem = mesh.certificate.read_bytes(), key.read_bytes(), certificate.read_bytes()
    with running(upstream, mesh, of_gateway, tmp_path) as cluster:
        target = f"localhost:{cluster.envoy.port}"
        with grpc.secure_channel(target, grpc.ssl_channel_credentials(*pem)) as channel:
            refused: Any = chat_pb2_grpc.ChatServiceStub(channel).CreateChatCompletion.future(REQUEST, timeout=LIMIT)
            assert refused.code() is grpc.StatusCode.UNAVAILABLE
        assert not cluster.replicas[0].logged("rpc")


def test_grpc_web(upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path) -> None:
    upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS)))
    data = REQUEST.SerializeToString()
    body = base64.b64encode(struct.pack(">BI", 0, len(data)) + data)
    with running(upstream, mesh, of_gateway, tmp_path) as cluster:
        url = f"https://localhost:{cluster.envoy.port}/openai_grpc.v1.ChatService/StreamChatCompletion"
        headers = {"content-type": "application/grpc-web-text+proto", "accept": "application/grpc-web-text+proto"}
        reply = cluster.browser("web").post(url, content=body, headers=headers)
    frames = list(frames_of(reply.content))
    chunks = [chat_pb2.ChatCompletionChunk.FromString(frame) for flags, frame in frames if flags == 0]
    assert [each.choices[0].delta.content for each in chunks] == ["ebb", "flow"]
    (trailers,) = (frame for flags, frame in frames if flags == 0x80)
    assert b"grpc-status:0" in trailers


def frames_of(text: bytes) -> Iterator[tuple[int, bytes]]:
    """Yields flags and content of the frames of gRPC-Web's text form: base64, whose parts may each be padded."""
    data = b"".join(base64.b64decode(text[at : at + 4]) for at in range(0, len(text), 4))
    while data:
        flags, size = struct.unpack(">BI", data[:5])
        yield flags, data[5 : 5 + size]
        data = data[5 + size :]


def test_a_generation_of_40_s_outlives_envoys_default(
    upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path
) -> None:
    """Envoy's default timeout of a route, 15 s, cuts a generation off; with the deployed one, 0, it goes on."""
    gate = Gate()
    upstream.on("POST", CHAT, answers.stream(answers.events(CHUNKS), gates={1: gate}))

    def both(config: Any) -> None:
        route = http_of(config)["route_config"]["virtual_hosts"][0]["routes"][0]
        matched = {"prefix": "/", "headers": [{"name": "x-route", "string_match": {"exact": "default"}}]}
        without = {"match": matched, "route": {"cluster": "gateway"}}
        http_of(config)["route_config"]["virtual_hosts"][0]["routes"] = [without, route]

    with running(upstream, mesh, of_gateway, tmp_path, change=both) as cluster, ExitStack() as stack:
        stub = cluster.caller("cart")
        long = stub.StreamChatCompletion(REQUEST, timeout=GENERATION + LIMIT)
        assert next(long).choices[0].delta.content == "ebb"
        end = Timer(GENERATION, gate.open)
        stack.callback(end.cancel)
        end.start()
        by_default = stub.StreamChatCompletion(REQUEST, timeout=GENERATION, metadata=(("x-route", "default"),))
        with pytest.raises(grpc.RpcError):
            list(by_default)
        assert cluster.envoy.count("cluster.gateway.upstream_rq_timeout") == 1
        assert [each.choices[0].delta.content for each in long] == ["flow"]
        assert long.code() is grpc.StatusCode.OK
        assert cluster.envoy.count("cluster.gateway.upstream_rq_timeout") == 1


def test_no_timeout_of_envoy_is_shorter_than_the_gateways() -> None:
    """A stream may be silent as long as the gateway lets it."""
    config = yaml.safe_load((DEPLOY / "envoy.yaml").read_text())
    timeouts = load_config(DEPLOY / "gateway.yaml", {"OPENAI_API_KEY": "x", "OPENAI_GRPC_SEALING_KEY": "y"})
    longest = max(timeouts.server.timeouts.first_token, timeouts.server.timeouts.idle)
    assert float(http_of(config)["stream_idle_timeout"].removesuffix("s")) > longest
    assert route_of(config)["timeout"] == "0s"


def test_a_draining_replica_costs_no_call(
    upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path
) -> None:
    with running(upstream, mesh, of_gateway, tmp_path, replicas=2) as cluster:
        stub = cluster.caller("checkout")
        draining, _ = cluster.replicas
        draining.gateway._handlers.refuse()
        for _ in range(20):
            assert create(stub).id == "c1"
        assert {line["reason"] for line in draining.logged("rpc")} == {"DRAINING"}
        assert cluster.envoy.count("cluster.gateway.upstream_rq_retry_success") > 0
    assert len(upstream.exchanges) == 20


NOT_REPEATED = {
    "an upstream that may have billed": (answers.json({"error": {"message": "x"}}, status=500), "INTERNAL", 1),
    "a gateway that has spent its retries": (answers.json({"error": {"message": "x"}}, status=503), "UNAVAILABLE", 2),
}


@pytest.mark.parametrize("case", NOT_REPEATED.values(), ids=NOT_REPEATED)
def test_envoy_obeys_pushback(
    upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path, case: tuple[Any, str, int]
) -> None:
    answer, status, requests = case
    upstream.on("POST", CHAT, answer)
    router = RouterConfig(num_retries=1)
    with running(upstream, mesh, of_gateway, tmp_path, replicas=2, router=router) as cluster:
        failure = failure_of(lambda: create(cluster.caller("checkout")))
    assert (failure.code.name, failure.trailers["grpc-retry-pushback-ms"]) == (status, "-1")
    assert "x-openai-grpc-retry" not in {**failure.initial, **failure.trailers}
    assert len(upstream.exchanges) == requests


def test_a_proxy_protects_itself(
    upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path
) -> None:
    def one_call(config: Any) -> None:
        bucket = http_of(config)["http_filters"][1]["typed_config"]["token_bucket"]
        bucket |= {"max_tokens": 1, "tokens_per_fill": 1, "fill_interval": "3600s"}

    with running(upstream, mesh, of_gateway, tmp_path, change=one_call) as cluster:
        stub = cluster.caller("checkout")
        assert create(stub).id == "c1"
        failed: Any = stub.CreateChatCompletion.future(REQUEST, timeout=LIMIT)
        assert failed.code() is grpc.StatusCode.RESOURCE_EXHAUSTED


def test_the_replicas_are_checked(
    upstream: StandIn, mesh: Authority, of_gateway: tuple[Path, Path], tmp_path: Path
) -> None:
    def often(config: Any) -> None:
        (cluster,) = config["static_resources"]["clusters"]
        cluster["health_checks"][0] |= {"interval": "0.1s", "no_traffic_interval": "0.1s"}
        cluster["common_lb_config"] = {"update_merge_window": "0s"}  # else it is told to the workers a second later

    with running(upstream, mesh, of_gateway, tmp_path, replicas=2, change=often) as cluster:
        cluster.envoy.wait_for("cluster.gateway.membership_healthy", 2)
        cluster.replicas[0].gateway._health.stop()
        cluster.envoy.wait_for("cluster.gateway.membership_healthy", 1)
        stub = cluster.caller("checkout")
        for _ in range(5):
            assert create(stub).id == "c1"
        assert [len(each.logged("rpc")) for each in cluster.replicas] == [0, 5]


def test_the_files_are_valid(mesh: Authority, tmp_path: Path) -> None:
    certificate, key = mesh.issue("envoy", names(f"{TRUST}/ingress/sa/envoy"))
    files = {"tls.crt": certificate, "tls.key": key, "ca.crt": mesh.certificate}
    assert validate(configured("envoy.yaml", tmp_path, files)) == ""

    def broken(config: Any) -> None:
        http_of(config)["stream_idle_time"] = "330s"

    assert "stream_idle_time" in validate(configured("envoy.yaml", tmp_path, files, broken))
