"""The admin port: probes, live calls, deployments, configuration, switches, and who may use them."""

import json
import shutil
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import grpc
import httpx2
import pytest
from grpc_health.v1 import health_pb2, health_pb2_grpc  # type: ignore[import-untyped]  # ships no py.typed

from faults import answers
from faults.rpcs import CREATE_CHAT, STREAM_CHAT
from faults.stand_in import Gate, StandIn
from openai_grpc.v1 import chat_pb2_grpc
from openai_grpc_server.admin.state import configuration
from openai_grpc_server.check import check
from openai_grpc_server.config import (
    AdminSettings,
    Config,
    ConfigError,
    GeneralSettings,
    KeySettings,
    RouterConfig,
    Secret,
    load_config,
)
from support.certificates import Authority
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway, submit
from support.process import run
from support.workers import worker_server

ADMIN_KEY = "adm-8Kq3Vt6Zx1Lm9Rw2Yb5Nc7"
CALLER_KEY = "sk-h4Tz7Wq2Kd9Xr5Mp8Vb3"
CANARY = "canary-5Jw8Qz2Tm6"
GENERAL = GeneralSettings(keys=(KeySettings(name="shop", key=Secret(CALLER_KEY)),))
LISTS = ("calls", "connections", "deployments")
PAGES = ("state", *LISTS, "config", "metrics", "log-level")
ONE_OF_TWO = (("one", 1), ("other", 0))
JSON = {"content-type": "application/json"}


@pytest.fixture
def upstream() -> Iterator[StandIn]:
    with StandIn() as standing:
        yield standing


@contextmanager
def administered(*deployments: Any, admin: AdminSettings | None = None, **settings: Any) -> Iterator[RunningGateway]:
    """Runs a gateway with an admin port."""
    with running_gateway(*deployments, admin=admin or AdminSettings(port=0), **settings) as gateway:
        yield gateway


def url(gateway: RunningGateway, path: str = "") -> str:
    return f"http://127.0.0.1:{gateway.gateway.admin_port}/{path}"


def get(gateway: RunningGateway, path: str, **headers: str) -> httpx2.Response:
    return httpx2.get(url(gateway, path), headers=headers, timeout=LIMIT)


def post(gateway: RunningGateway, path: str, value: Any = None, **headers: str) -> httpx2.Response:
    return httpx2.post(url(gateway, path), content=json.dumps(value or {}), headers=JSON | headers, timeout=LIMIT)


@contextmanager
def open_stream(gateway: RunningGateway, upstream: StandIn, **metadata: str) -> Iterator[Any]:
    """Holds a stream open after its first two messages."""
    gate = Gate()
    upstream.on("POST", STREAM_CHAT.path, answers.stream(STREAM_CHAT.pieces, gates={2: gate}))
    stub = gateway.chat.StreamChatCompletion
    call = stub(STREAM_CHAT.request, timeout=LIMIT, metadata=tuple(metadata.items()))
    next(call), next(call)
    try:
        yield call
    finally:
        gate.open()
        list(call)


def test_probes_follow_the_life_of_the_gateway_and_not_its_upstreams(upstream: StandIn) -> None:
    with socket.create_server(("127.0.0.1", 0)) as nobody:
        gone = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    admin = AdminSettings(port=0)
    with administered(deployment(upstream.url), deployment(gone, name="gone"), admin=admin, grace_period=LIMIT) as one:
        for path in ("livez", "readyz", "healthz"):
            assert get(one, path).status_code == 200
        assert post(one, "drain").json()["draining"]
        assert [get(one, path).status_code for path in ("livez", "readyz", "healthz")] == [200, 503, 503]
        assert failure_of(lambda: CREATE_CHAT.start(one).result()).reason == "DRAINING"
        assert post(one, "undrain").json()["ready"]
        assert get(one, "readyz").status_code == 200
        with open_stream(one, upstream):
            watched = health_pb2_grpc.HealthStub(one.channel).Watch(health_pb2.HealthCheckRequest(), timeout=LIMIT)
            assert next(watched).status == health_pb2.HealthCheckResponse.SERVING
            stopping = submit(one.gateway.stop())
            assert next(watched).status == health_pb2.HealthCheckResponse.NOT_SERVING
            assert [get(one, path).status_code for path in ("livez", "readyz")] == [200, 503]
            assert not post(one, "undrain").json()["ready"]
        stopping.result(LIMIT)
        assert [line["event"] for line in one.logged("taken out of service")] == ["taken out of service"]


def test_live_calls_are_listed_without_keys_and_content(upstream: StandIn) -> None:
    here = deployment(upstream.url, name="here", model_name="gpt-4o", model="upstream-name", api_key=Secret(CANARY))
    key = {"authorization": f"Bearer {CALLER_KEY}", "x-request-id": "request-7"}
    with administered(here, general=GENERAL) as gateway, open_stream(gateway, upstream, **key):
        (call,) = get(gateway, "calls").json()["calls"]
        connections = get(gateway, "connections").json()["connections"]
        (one,) = get(gateway, "deployments").json()["deployments"]
        pages = {path: get(gateway, path) for path in PAGES}
    assert {name: call[name] for name in ("id", "method", "caller", "model", "deployment", "upstream_model")} == {
        "id": "request-7",
        "method": "/openai_grpc.v1.ChatService/StreamChatCompletion",
        "caller": "shop",
        "model": "gpt-4o",
        "deployment": "here",
        "upstream_model": "upstream-name",
    }
    assert (call["messages_sent"], call["attempts"], call["protocol"]) == (2, 1, "grpc")
    assert call["bytes_sent"] > 0 < call["bytes_received"]
    assert 0 <= call["age_seconds"] < LIMIT
    assert call["peer"] in {each["peer"] for each in connections if each["calls"] == 1}
    assert (one["name"], one["model"], one["in_flight"], one["usable"]) == ("here", "gpt-4o", 1, True)
    for path, page in pages.items():
        assert page.status_code == 200, path
        assert not any(secret in page.text for secret in (CALLER_KEY, CANARY, "a private matter")), path
    assert 'openai_grpc_calls_in_flight{method="StreamChatCompletion"} 1.0' in pages["metrics"].text


def test_deployments_tell_latency_and_cooldown(upstream: StandIn) -> None:
    router = RouterConfig(num_retries=0, allowed_fails=0, cooldown_time=30.0)
    two = [deployment(upstream.url, name=name, model_name="gpt-4o", weight=weight) for name, weight in ONE_OF_TWO]
    with administered(*two, router=router) as gateway:
        upstream.on("POST", CREATE_CHAT.path, CREATE_CHAT.well())
        CREATE_CHAT.start(gateway).result()
        before, _ = get(gateway, "deployments").json()["deployments"]
        upstream.on("POST", CREATE_CHAT.path, answers.json({"error": {"message": "down"}}, status=503))
        failure_of(lambda: CREATE_CHAT.start(gateway).result())
        after, _ = get(gateway, "deployments").json()["deployments"]
        assert get(gateway, "readyz").status_code == 200
    assert before["latency_seconds"]["unary"] > 0
    assert before["latency_seconds"]["stream"] is None
    assert (before["usable"], before["cooldown_seconds"]) == (True, 0)
    assert not after["usable"]
    assert 0 < after["cooldown_seconds"] <= 30


def test_the_log_level_changes_at_run_time(upstream: StandIn) -> None:
    upstream.on("POST", CREATE_CHAT.path, CREATE_CHAT.well())
    with administered(deployment(upstream.url)) as gateway:
        assert get(gateway, "log-level").json() == {"level": "info"}
        for level, lines in (("error", 0), ("info", 1)):
            assert post(gateway, "log-level", {"level": level}).json()["log_level"] == level
            CREATE_CHAT.start(gateway).result()
            assert len(gateway.logged("rpc")) == lines
        for value in ({"level": "loud"}, {"level": 3}, {}):
            assert post(gateway, "log-level", value).status_code == 400
        assert get(gateway, "log-level").json() == {"level": "info"}


# Of a page in a browser of this machine: its own headers, and what it may set. The answer to a switch, and to a list.
REQUESTS: dict[str, tuple[dict[str, str], int, int]] = {
    "the page of the port": ({"origin": "http://{host}", "sec-fetch-site": "same-origin"}, 200, 200),
    "no browser": ({}, 200, 200),
    "another site": ({"origin": "http://evil.example", "sec-fetch-site": "cross-site"}, 403, 200),
    "a sandboxed page": ({"origin": "null", "sec-fetch-site": "cross-site"}, 403, 200),
    "another port of this machine": ({"origin": "http://127.0.0.1:1", "sec-fetch-site": "same-site"}, 403, 200),
    "an old browser at another site": ({"origin": "http://evil.example"}, 403, 200),
    "a form": ({"content-type": "text/plain"}, 415, 200),
    "a form without a type": ({"content-type": ""}, 415, 200),
    "a name that was pointed here": (
        {"host": "evil.example", "origin": "http://evil.example", "sec-fetch-site": "same-origin"},
        403,
        403,
    ),
    "localhost": ({"host": "localhost:9"}, 200, 200),
}


def test_pages_of_other_sites_change_nothing(upstream: StandIn) -> None:
    with administered(deployment(upstream.url)) as gateway:
        host = f"127.0.0.1:{gateway.gateway.admin_port}"
        for name, (given, switched, listed) in REQUESTS.items():
            headers = {key: value.format(host=host) for key, value in given.items()}
            found = post(gateway, "drain", **headers), get(gateway, "calls", **headers)
            assert [each.status_code for each in found] == [switched, listed], name
            assert gateway.gateway.draining == (switched == 200), name
            assert not any("access-control-allow-origin" in each.headers for each in found), name
            on_loop(_undrain(gateway))
        assert get(gateway, "drain").status_code == get(gateway, "undrain").status_code == 405
        assert httpx2.request("OPTIONS", url(gateway, "drain"), timeout=LIMIT).status_code == 405
        assert get(gateway, "nothing").status_code == 404
        assert post(gateway, "drain", {"x": "y" * 5000}).status_code == 413
        assert not gateway.gateway.draining


async def _undrain(gateway: RunningGateway) -> None:
    gateway.gateway.undrain()


def test_beyond_loopback_all_but_the_probes_needs_the_admin_key(upstream: StandIn) -> None:
    general = GeneralSettings(master_key=Secret(CALLER_KEY))
    keys = {"its own": (AdminSettings(port=0, host="0.0.0.0", key=Secret(ADMIN_KEY)), ADMIN_KEY)}
    keys["the master key"] = (AdminSettings(port=0, host="0.0.0.0"), CALLER_KEY)
    for admin, key in keys.values():
        with administered(deployment(upstream.url), admin=admin, general=general) as gateway:
            wrong: list[dict[str, str]] = [{}, {"authorization": f"Basic {key}"}, {"authorization": f"Bearer {key}x"}]
            for headers in wrong:
                found = [get(gateway, path, **headers).status_code for path in PAGES]
                assert found == [401] * len(PAGES)
                assert post(gateway, "drain", **headers).status_code == 401
            assert not gateway.gateway.draining
            assert [get(gateway, path).status_code for path in ("livez", "readyz", "", "page.js")] == [200] * 4
            right = {"authorization": f"Bearer {key}"}
            assert [get(gateway, path, **right).status_code for path in PAGES] == [200] * len(PAGES)
            assert post(gateway, "drain", **right).json()["draining"]
            named = {**right, "host": "gateway.example", "origin": "https://gateway.example"}
            assert post(gateway, "undrain", **named).json()["ready"]


def test_a_port_beyond_loopback_without_a_key_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    for admin, told in (
        ({"port": 0, "host": "0.0.0.0"}, "server.admin.host: an admin port beyond loopback needs an admin key"),
        ({"port": 0, "key": "sk-1234"}, "server.admin.key: weak key"),
        ({"port": 50051}, "server.admin.port: port 50051 is server.port as well"),
    ):
        model = {"model_name": "m", "litellm_params": {"model": "openai/m", "api_key": "x"}}
        file.write_text(json.dumps({"model_list": [model], "server": {"admin": admin}}))
        found = run("check-config", str(file))
        assert (found.returncode, told in found.stderr) == (2, True), found.stderr


def test_the_configuration_is_shown_without_secrets(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    params = {
        "model": "openai/m",
        "api_base": "https://up.example/v1",
        "api_key": CANARY,
        "extra_headers": {"x-vendor": CANARY},
        "extra_body": {"tenant": {"api-key": CANARY, "region": "north"}},
    }
    keys = [{"name": "shop", "key": f"{CANARY}-shop-Kw2"}, {"name": "hashed", "hash": "5e" * 32}]
    text = {
        "model_list": [{"model_name": "m", "litellm_params": params}],
        "general_settings": {"master_key": f"{CANARY}-Zx9Tq4", "keys": keys, "sealing_key": f"{CANARY}-s"},
        "router_settings": {"redis_url": f"redis://:{CANARY}@redis:6379"},
        "server": {"admin": {"port": 0, "key": ADMIN_KEY}, "timeouts": {"idle": 77}},
    }
    file.write_text(json.dumps(text))
    config = configuration(load_config(file, {}))
    written = json.dumps(config)
    assert not any(secret in written for secret in (CANARY, ADMIN_KEY, "5e5e"))
    (one,) = config["deployments"]
    assert (one["base_url"], one["api_key"]) == ("https://up.example/v1", "***")
    assert one["parameters"]["tenant"] == {"api-key": "***", "region": "north"}
    assert [each["name"] for each in config["general"]["keys"]] == ["shop", "hashed"]
    assert (config["server"]["timeouts"]["idle"], config["server"]["key_header"]) == (77, "authorization")


def test_the_port_of_metrics_may_be_the_admin_port(upstream: StandIn) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    admin = AdminSettings(port=port, key=Secret(ADMIN_KEY))
    with administered(deployment(upstream.url), admin=admin, metrics_port=port) as gateway:
        check(Config(server=gateway.gateway.settings, deployments=(deployment(upstream.url),)))
        assert gateway.gateway.metrics_port == gateway.gateway.admin_port == port
        page = get(gateway, "metrics")
        assert page.headers["content-type"].startswith("text/plain; version=0.0.4")
        assert "openai_grpc_calls_in_flight" in page.text
        assert get(gateway, "calls").status_code == 401


def test_a_taken_port_is_refused(upstream: StandIn) -> None:
    with socket.create_server(("127.0.0.1", 0)) as held:
        admin = AdminSettings(port=held.getsockname()[1])
        taken = administered(deployment(upstream.url), admin=admin)
        with pytest.raises(ConfigError, match=r"server\.admin\.port: can't listen"), taken:
            pass


def test_workers_are_one_gateway(tmp_path: Path, upstream: StandIn) -> None:
    first, second = Authority(tmp_path / "first"), Authority(tmp_path / "second")
    certificate, private_key = first.issue("localhost")
    tls = {"certificate": str(certificate), "private_key": str(private_key)}
    trusted = [first]
    with worker_server(tmp_path, upstream=upstream.url, server={"admin": {"port": 0, "tls": tls}}) as server:
        (told,) = server.entries("serving")[-1:]
        address = f"https://localhost:{told['admin_port']}/"

        def ask(method: str, path: str, **given: Any) -> httpx2.Response:
            context = ssl.create_default_context(cafile=trusted[-1].certificate)
            return httpx2.request(method, f"{address}{path}", verify=context, timeout=LIMIT, **given)

        def read(path: str) -> httpx2.Response:
            return ask("GET", path)

        def switch(path: str, value: Any) -> Any:
            return ask("POST", path, json=value).json()

        assert read("readyz").status_code == 200
        assert read("state").json()["workers"] == 2
        assert sorted(each["worker"] for each in read("deployments").json()["deployments"]) == [1, 2]
        gate = Gate()
        upstream.on("POST", STREAM_CHAT.path, answers.stream(STREAM_CHAT.pieces, gates={2: gate}))
        with grpc.insecure_channel(server.address) as channel:
            stub = chat_pb2_grpc.ChatServiceStub(channel)
            request = type(STREAM_CHAT.request)(model="m")
            call = stub.StreamChatCompletion(request, timeout=LIMIT)
            next(call)
            (listed,) = read("calls").json()["calls"]
            assert listed["worker"] in {1, 2}
            assert listed["method"].endswith("/StreamChatCompletion")
            assert 'openai_grpc_calls_in_flight{method="StreamChatCompletion"} 1.0' in read("metrics").text
            assert switch("drain", {})["draining"]
            assert (read("livez").status_code, read("readyz").status_code) == (200, 503)
            gate.open()
            assert len(list(call)) > 0
            failure = failure_of(lambda: stub.CreateChatCompletion(request, timeout=LIMIT))
            assert failure.reason == "DRAINING"
            # A worker that is started while they are out of service is so as well. New certificates start it here.
            for new, old in zip(second.issue("localhost"), (certificate, private_key), strict=True):
                shutil.copy(new, old)
            server.wait_for("workers replaced")
            with pytest.raises(httpx2.TransportError):
                read("livez")
            trusted.append(second)
            assert read("state").json()["draining"]
            assert switch("undrain", {})["ready"]
            assert switch("log-level", {"level": "error"})["log_level"] == "error"
            assert read("readyz").status_code == 200
