"""Load reports (ORCA): what they say, and that Envoy and gRPC's clients move calls to the replica that is faster."""

import asyncio
import base64
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import grpc
import httpx2
import pytest
import yaml

from faults import answers
from faults.exchange import Exchange, Gate
from faults.stand_in import StandIn
from openai_grpc.v1 import chat_pb2, chat_pb2_grpc
from openai_grpc_server.config import LoadReportSettings
from openai_grpc_server.listen.http2.frames import DATA, END_STREAM, frame
from openai_grpc_server.pipeline.load_reports import SERVICE, TRAILER, OrcaLoadReport, OrcaLoadReportRequest
from support.envoy import configured, endpoints, running_envoy
from support.gateway import LIMIT, RunningGateway, deployment, running_door, running_gateway
from support.http2_peer import peer
from support.xds import control_plane

CHAT = "/v1/chat/completions"
REQUEST = chat_pb2.CreateChatCompletionRequest(model="m")
USAGE = {"prompt_tokens": 70, "completion_tokens": 30, "total_tokens": 100}
COMPLETION = {"id": "c1", "object": "chat.completion", "choices": [], "usage": USAGE}
REMAINING = {"x-ratelimit-remaining-requests": "17", "x-ratelimit-remaining-tokens": "4000"}
DEPLOY = Path(__file__).parents[2] / "deploy"
BOTH = LoadReportSettings(per_call=True, out_of_band=True, models=True, capacity=10, min_interval=0.05)


def watch(channel: grpc.Channel) -> Any:
    """Begins a stream of out-of-band reports."""
    method: Any = channel.unary_stream(
        f"/{SERVICE}/StreamCoreMetrics",
        request_serializer=OrcaLoadReportRequest.SerializeToString,
        response_deserializer=OrcaLoadReport.FromString,
    )
    return method(OrcaLoadReportRequest(report_interval={"nanos": 1}), timeout=LIMIT)


def until(reports: Any, holds: Callable[[Any], bool]) -> Any:
    """Returns the first report for which something holds."""
    return next(each for each in reports if holds(each))


def test_what_reports_say() -> None:
    gate = Gate()

    async def gated(exchange: Exchange) -> None:
        await exchange.body()
        await gate.passed()
        await answers.json(COMPLETION)(exchange)

    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url, name="one", model_name="m", model="m", rpm=50, max_parallel_requests=5),
            deployment(upstream.url, name="two", model_name="open", model="open"),
            load_reports=BOTH,
        ) as gateway,
    ):
        upstream.on("POST", CHAT, gated)
        reports = watch(gateway.channel)
        first = next(reports)
        assert first.named_metrics["calls_in_flight"] == 0
        assert first.named_metrics["requests_left.m"] == 50
        assert not any("open" in name for name in first.named_metrics)
        call = gateway.chat.CreateChatCompletion.future(
            chat_pb2.CreateChatCompletionRequest(model="m", user="x" * 400), timeout=LIMIT
        )
        busy = until(reports, lambda each: each.application_utilization > 0 and each.named_metrics["calls_left.m"] == 4)
        assert busy.named_metrics["calls_in_flight"] == 1
        assert busy.named_metrics["tokens_in_flight"] >= 100
        assert busy.application_utilization == pytest.approx(busy.utilization["calls"])
        gate.open()
        call.result()
        idle = until(reports, lambda each: each.rps_fractional > 0)
        assert (idle.named_metrics["calls_in_flight"], idle.named_metrics["calls_left.m"]) == (0, 5)
        assert idle.named_metrics["tokens_per_second"] == pytest.approx(100 * idle.rps_fractional)
        assert idle.eps == 0
        upstream.on("POST", CHAT, answers.json({"error": {"message": "x"}}, status=500))
        with pytest.raises(grpc.RpcError):
            gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model="m"), timeout=LIMIT)
        failing = until(reports, lambda each: each.eps > 0)
        assert failing.eps < failing.rps_fractional
        upstream.on("POST", CHAT, answers.json(COMPLETION, headers=REMAINING))
        gateway.chat.CreateChatCompletion(chat_pb2.CreateChatCompletionRequest(model="open"), timeout=LIMIT)
        told = until(reports, lambda each: "tokens_left.open" in each.named_metrics)
        assert (told.named_metrics["requests_left.open"], told.named_metrics["tokens_left.open"]) == (17, 4000)
        reports.cancel()


def test_models_are_not_named_unasked() -> None:
    """Out-of-band reports need no key, so whoever reaches the port reads them."""
    settings = replace(BOTH, models=False)
    with StandIn() as upstream, running_gateway(deployment(upstream.url, rpm=50), load_reports=settings) as gateway:
        names = set(next(watch(gateway.channel)).named_metrics)
    assert "calls_in_flight" in names
    assert not [name for name in names if name.startswith(("requests_left", "tokens_left", "calls_left"))]


def message(content: bytes) -> bytes:
    return b"\0" + len(content).to_bytes(4, "big") + content


@contextmanager
def trailers_of(gateway: RunningGateway) -> Iterator[Callable[[str, bytes], dict[str, str]]]:
    """Yields a function that makes a call and returns its trailers as they are on the wire: clients keep this one."""
    with peer(gateway.target) as caller:
        streams = iter(range(1, 99, 2))

        def call(name: str, request: bytes) -> dict[str, str]:
            stream = next(streams)
            caller.open(stream, f"/openai_grpc.v1.ChatService/{name}")
            caller.send(frame(DATA, END_STREAM, stream, message(request)))
            return caller.status(stream)

        yield call


def test_a_call_ends_with_a_report_of_its_own_model() -> None:
    """Failed calls and streams as well; and no other model is named."""
    chunks = answers.stream(answers.events([{"id": "c1", "object": "chat.completion.chunk", "choices": []}]))
    cases = (
        ("CreateChatCompletion", answers.json(COMPLETION), "0"),
        ("StreamChatCompletion", chunks, "0"),
        ("CreateChatCompletion", answers.json({"error": {"message": "x"}}, status=500), "13"),
    )
    with (
        StandIn() as upstream,
        running_gateway(
            deployment(upstream.url, name="one", model_name="m", model="m", rpm=50),
            deployment(upstream.url, name="two", model_name="secret", model="n", rpm=60),
            load_reports=LoadReportSettings(per_call=True),
        ) as gateway,
        trailers_of(gateway) as call,
    ):
        for name, answer, status in cases:
            upstream.on("POST", CHAT, answer)
            trailers = call(name, REQUEST.SerializeToString())
            assert trailers["grpc-status"] == status
            report = OrcaLoadReport.FromString(binary(trailers[TRAILER]))
            assert [name for name in report.named_metrics if "_left." in name] == ["requests_left.m"]
            assert report.named_metrics["calls_in_flight"] == 1
            assert report.rps_fractional > 0


def binary(text: str) -> bytes:
    return base64.b64decode(text + "=" * (-len(text) % 4))


def test_nothing_is_reported_unasked() -> None:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway, trailers_of(gateway) as call:
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        trailers = call("CreateChatCompletion", REQUEST.SerializeToString())
        assert (trailers["grpc-status"], TRAILER in trailers) == ("0", False)
        with pytest.raises(grpc.RpcError) as raised:
            next(watch(gateway.channel))
        assert raised.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_rest_has_no_report() -> None:
    with StandIn() as upstream, running_door(deployment(upstream.url), load_reports=BOTH) as gateway:
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        reply = httpx2.post(f"{gateway.url}/chat/completions", json={"model": "m", "messages": []}, timeout=LIMIT)
        assert (reply.status_code, TRAILER in reply.headers) == (200, False)


class Replicas:
    """Two gateways, the first with a slow upstream and the second with a fast one."""

    def __init__(self, slow: StandIn, fast: StandIn, gateways: tuple[RunningGateway, ...]) -> None:
        self._upstreams = (slow, fast)
        self.targets = [each.target for each in gateways]

    def shift(self, channel: grpc.Channel) -> None:
        """Calls in rounds until most calls of a round go to the fast one; fails if that never comes."""
        stub = chat_pb2_grpc.ChatServiceStub(channel)
        end = time.monotonic() + LIMIT
        with ThreadPoolExecutor(CALLERS) as callers:
            while True:
                before = self._counts()
                for each in callers.map(lambda _: stub.CreateChatCompletion(REQUEST, timeout=LIMIT), range(ROUND)):
                    assert each.id == "c1"
                slow, fast = (now - then for now, then in zip(self._counts(), before, strict=True))
                assert slow + fast == ROUND
                if fast >= 3 * slow:
                    return
                assert time.monotonic() < end, f"{slow} calls to the slow one, {fast} to the fast one"

    def _counts(self) -> tuple[int, ...]:
        return tuple(len(each.exchanges) for each in self._upstreams)


CALLERS = 8
ROUND = 32
SLOW = 0.4  # seconds that the slow upstream takes


@contextmanager
def replicas(reports: LoadReportSettings) -> Iterator[Replicas]:
    async def late(exchange: Exchange) -> None:
        await exchange.body()
        await asyncio.sleep(SLOW)
        await answers.json(COMPLETION)(exchange)

    with ExitStack() as stack:
        slow, fast = (stack.enter_context(StandIn()) for _ in range(2))
        slow.on("POST", CHAT, late)
        fast.on("POST", CHAT, answers.json(COMPLETION))
        gateways = (
            stack.enter_context(running_gateway(deployment(each.url), load_reports=reports)) for each in (slow, fast)
        )
        yield Replicas(slow, fast, tuple(gateways))


def test_envoy_moves_calls_to_the_faster_replica(tmp_path: Path) -> None:
    def here(config: Any) -> None:
        gateway, _ = config["static_resources"]["clusters"]
        gateway["load_assignment"]["endpoints"] = endpoints([int(each.rpartition(":")[2]) for each in two.targets])
        (policy,) = gateway["load_balancing_policy"]["policies"]
        policy["typed_extension_config"]["typed_config"] |= {"blackout_period": "0s", "weight_update_period": "0.1s"}
        config["static_resources"]["clusters"][1]["load_assignment"]["endpoints"] = endpoints([1])

    with (
        replicas(LoadReportSettings(per_call=True)) as two,
        running_envoy(configured("load-reports.yaml", tmp_path, {}, here)) as envoy,
        grpc.insecure_channel(f"127.0.0.1:{envoy.port}") as channel,
    ):
        two.shift(channel)
        assert envoy.count("cluster.gateway.upstream_rq_total") >= ROUND


WAYS = {
    "by trailers": (LoadReportSettings(per_call=True), False),
    "out of band": (LoadReportSettings(out_of_band=True, min_interval=0.1), True),
}


@pytest.mark.parametrize(("reports", "out_of_band"), WAYS.values(), ids=WAYS)
def test_grpc_moves_calls_to_the_faster_replica(reports: LoadReportSettings, out_of_band: bool) -> None:
    """By the service config of `deploy/grpc/`."""
    config = json.loads((DEPLOY / "grpc" / "service-config.json").read_text())
    (policy,) = config["loadBalancingConfig"]
    policy["weighted_round_robin"] |= {"blackoutPeriod": "0s", "weightUpdatePeriod": "0.1s"}
    if out_of_band:
        policy["weighted_round_robin"] |= {"enableOobLoadReport": True, "oobReportingPeriod": "0.1s"}
    options = [("grpc.service_config", json.dumps(config)), ("grpc.use_local_subchannel_pool", 1)]
    with replicas(reports) as two, grpc.insecure_channel(f"ipv4:{','.join(two.targets)}", options) as channel:
        two.shift(channel)


def test_grpc_moves_calls_by_xds(monkeypatch: pytest.MonkeyPatch) -> None:
    """By the bootstrap and the resources of `deploy/xds/`, which a control plane serves."""
    resources = list(yaml.safe_load_all((DEPLOY / "xds" / "resources.yaml").read_text()))
    bootstrap = json.loads((DEPLOY / "xds" / "bootstrap.json").read_text())
    with replicas(LoadReportSettings(per_call=True)) as two:
        cluster, assignment = resources[-2:]
        locality = cluster["load_balancing_policy"]["policies"][0]["typed_extension_config"]["typed_config"]
        (policy,) = locality["endpoint_picking_policy"]["policies"]
        policy["typed_extension_config"]["typed_config"] |= {"blackout_period": "0s", "weight_update_period": "0.1s"}
        (found,) = endpoints([int(each.rpartition(":")[2]) for each in two.targets])
        assignment["endpoints"][0]["lb_endpoints"] = found["lb_endpoints"]
        with control_plane(resources) as address:
            bootstrap["xds_servers"][0]["server_uri"] = address
            monkeypatch.setenv("GRPC_XDS_BOOTSTRAP_CONFIG", json.dumps(bootstrap))
            with grpc.insecure_channel("xds:///openai-grpc") as channel:
                two.shift(channel)
