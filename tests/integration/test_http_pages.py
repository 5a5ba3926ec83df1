"""Answers of the HTTP port without a call: probes, the OpenAPI document, the front page, the chat; and CORS."""

from collections.abc import Iterator
from typing import Any

import httpx2
import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.rest import routes
from openai_grpc_server.config import GeneralSettings, HttpSettings, RouterConfig, Secret
from support.gateway import RunningGateway, deployment, running_door

KEY = "sk-Tq8Zr3vNm5Xc7Lw2"
OURS = "https://harbour.example"


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("GET", "/v1/models", answers.json({"object": "list", "data": []}))
        running.on("POST", "/v1/embeddings", answers.json({"object": "list", "data": []}))
        yield running


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    settings = HttpSettings(port=0, cors_origins=(OURS,))
    with running_door(deployment(upstream.url, model_name="m"), http=settings) as running:
        yield running


def get(gateway: RunningGateway, path: str, **headers: str) -> httpx2.Response:
    return httpx2.get(gateway.url.removesuffix("/v1") + path, headers=headers)


@pytest.mark.parametrize("path", ["/health/liveliness", "/health/liveness"])
def test_it_is_alive(path: str, gateway: RunningGateway) -> None:
    reply = get(gateway, path)
    assert (reply.status_code, reply.json()) == (200, "I'm alive!")
    assert httpx2.head(gateway.url.removesuffix("/v1") + path).status_code == 200


def test_it_is_ready_until_it_stops(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url)) as gateway:
        assert get(gateway, "/health/readiness").json()["status"] == "healthy"
        gateway.gateway._handlers.refuse()
        assert get(gateway, "/health/readiness").status_code == 503
        refused = get(gateway, "/v1/models")
        assert (refused.status_code, refused.json()["error"]["type"]) == (503, "server_error")


def test_a_deployment_that_is_cooled_down_is_not_healthy(upstream: StandIn) -> None:
    calm = deployment(upstream.url, name="calm", model_name="m")
    rough = deployment("http://127.0.0.1:1", name="rough", model_name="m")
    router = RouterConfig(num_retries=1, allowed_fails=0)
    with running_door(calm, rough, router=router) as gateway:
        assert get(gateway, "/health").json()["healthy_count"] == 2
        for _ in range(100):  # each is as likely to be tried first
            httpx2.post(f"{gateway.url}/embeddings", json={"model": "m", "input": "a"})
            if (health := get(gateway, "/health").json())["unhealthy_count"]:
                break
        assert health["healthy_endpoints"] == [{"model": "m", "deployment": "calm"}]
        assert [each["deployment"] for each in health["unhealthy_endpoints"]] == ["rough"]


def test_names_of_deployments_need_a_key(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), general=GeneralSettings(master_key=Secret(KEY))) as gateway:
        assert get(gateway, "/health").status_code == 401
        assert get(gateway, "/health", authorization=f"Bearer {KEY}").status_code == 200
        assert get(gateway, "/health/liveliness").status_code == 200


def test_the_front_page_says_what_this_is(gateway: RunningGateway) -> None:
    front = get(gateway, "/").json()
    assert (front["name"], front["rest"], front["grpc"]) == ("openai-grpc", "/v1", gateway.target)


CHAT = {"/chat": "text/html", "/chat/page.js": "text/javascript", "/chat/style.css": "text/css"}


def test_the_front_page_leads_to_the_chat(gateway: RunningGateway) -> None:
    page = get(gateway, get(gateway, "/").json()["chat"])
    for path in CHAT.keys() - {"/chat"}:
        assert f'"{path.removeprefix("/")}"' in page.text


@pytest.mark.parametrize("path", CHAT)
def test_the_chat_page_trusts_its_own_files_alone(path: str, gateway: RunningGateway) -> None:
    for reply in (get(gateway, path), httpx2.head(gateway.url.removesuffix("/v1") + path)):
        assert (reply.status_code, reply.headers["content-type"]) == (200, f"{CHAT[path]}; charset=utf-8")
        policy = dict(each.strip().split(" ", 1) for each in reply.headers["content-security-policy"].split(";"))
        assert policy["default-src"] == policy["frame-ancestors"] == policy["base-uri"] == "'none'"
        assert policy["script-src"] == policy["style-src"] == policy["connect-src"] == "'self'"
        assert reply.headers["x-content-type-options"] == "nosniff"


def test_the_chat_page_names_the_header_of_keys(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), key_header="x-gate-key") as gateway:
        assert '<meta name="key-header" content="x-gate-key">' in get(gateway, "/chat").text


def test_the_chat_page_can_be_turned_off(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), http=HttpSettings(port=0, chat_page=False)) as gateway:
        assert "chat" not in get(gateway, "/").json()
        assert {get(gateway, path).status_code for path in CHAT} == {404}


def test_only_get_asks_for_the_chat_page(gateway: RunningGateway) -> None:
    assert httpx2.post(gateway.url.removesuffix("/v1") + "/chat").status_code in {404, 405}


def test_the_openapi_document_has_every_route(gateway: RunningGateway) -> None:
    document = get(gateway, "/openapi.json").json()
    described = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert described == {(route.method, route.template) for route in routes.all}
    chat = document["paths"]["/chat/completions"]["post"]
    assert set(chat["responses"]["200"]["content"]) == {"application/json", "text/event-stream"}
    assert "multipart/form-data" in document["paths"]["/audio/transcriptions"]["post"]["requestBody"]["content"]
    schemas = document["components"]["schemas"]
    for reference in references(document):
        assert schemas[reference.removeprefix("#/components/schemas/")]


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        if isinstance(value.get("$ref"), str):
            yield value["$ref"]
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


@pytest.mark.parametrize(
    "origin", ["https://elsewhere.example", "null", "http://harbour.example", f"{OURS}.evil.example"]
)
def test_pages_of_others_may_not_call(origin: str, gateway: RunningGateway, upstream: StandIn) -> None:
    before = len(upstream.exchanges)
    reply = get(gateway, "/v1/models", origin=origin)
    assert reply.status_code == 403
    assert "cors_origins" in reply.json()["error"]["message"]
    assert "access-control-allow-origin" not in reply.headers
    assert len(upstream.exchanges) == before


def test_pages_that_are_named_may(gateway: RunningGateway) -> None:
    asked = {"origin": OURS, "access-control-request-method": "POST", "access-control-request-headers": "authorization"}
    allowed = httpx2.options(f"{gateway.url}/chat/completions", headers=asked)
    assert allowed.status_code == 204
    assert allowed.headers["access-control-allow-origin"] == OURS
    assert allowed.headers["access-control-allow-headers"] == "authorization"
    reply = get(gateway, "/v1/models", origin=OURS)
    assert (reply.status_code, reply.headers["access-control-allow-origin"]) == (200, OURS)


def test_pages_of_the_gateway_itself_may(gateway: RunningGateway) -> None:
    own = gateway.url.removesuffix("/v1")
    assert get(gateway, "/v1/models", origin=own).status_code == 200


def test_all_pages_may_if_all_are_named(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), http=HttpSettings(port=0, cors_origins=("*",))) as gateway:
        reply = get(gateway, "/v1/models", origin="https://elsewhere.example")
        assert reply.headers["access-control-allow-origin"] == "https://elsewhere.example"
