"""Web pages in a headless Chromium call the gateway by gRPC-Web, with the generated TypeScript client.

One page is of another origin than the gateway, as the ports differ: the browser asks by CORS before it calls. The other
is the gateway's own chat page, which is used as a person uses it, by keys and clicks; so is the page of the admin port.
"""

import functools
import json
import platform
import shutil
import threading
from collections.abc import Callable, Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import httpx2
import pytest

from clients.live import ROOT, check
from clients.upstream_script import REPLY, script
from faults import answers
from faults.rpcs import CREATE_CHAT, STREAM_CHAT
from faults.stand_in import LIMIT, Gate, StandIn
from openai_grpc_server.config import AdminSettings, GeneralSettings, HttpSettings, KeySettings, Secret
from support.failure import failure_of
from support.gateway import deployment, running_door, running_gateway

PAGE = ROOT / "tests/clients/browser"
CHAT = ROOT / "examples/chat"
TSC = ROOT / "clients/typescript/node_modules/.bin/tsc"
KEY = "sk-of-somebody-at-a-browser"
NPM = ("--ignore-scripts", "--no-audit", "--no-fund")
Call = Callable[..., Any]  # calls a function of the page and returns its result

pytestmark = pytest.mark.skipif(platform.machine() != "x86_64", reason="the package of Chromium is for x86-64")


class Files(SimpleHTTPRequestHandler):
    """Serves a folder, and logs nothing."""

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name of the base class
        """Does nothing."""


@pytest.fixture(scope="module")
def folder(typescript_build: None, tmp_path_factory: pytest.TempPathFactory) -> Path:  # noqa: ARG001 - it is packed
    """The page, bundled with the client as it would be published."""
    made = tmp_path_factory.mktemp("page")
    for name in ("package.json", "package-lock.json", "page.ts", "run.js", "chat.js", "admin.js"):
        shutil.copy(PAGE / name, made)
    check(["npm", "pack", "--ignore-scripts", "--pack-destination", str(made)], "clients/typescript")
    (packed,) = made.glob("*.tgz")
    check(["npm", "ci", *NPM], str(made))
    check(["npm", "install", "--no-save", *NPM, str(packed)], str(made))
    # The client's transport of Node is in the package as well; the page does not use it.
    check(["npx", "esbuild", "page.ts", "--bundle", "--outfile=page.js", "--external:node:*"], str(made))
    (made / "index.html").write_text("<!doctype html><title>page</title><script src=page.js></script>")
    return made


@pytest.fixture(scope="module")
def origin(folder: Path) -> Iterator[str]:
    """The origin of the page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Files, directory=str(folder))) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def call(folder: Path, origin: str) -> Call:
    def run(name: str, *values: Any) -> Any:
        return json.loads(check(["node", "run.js", f"{origin}/", name, json.dumps(values)], str(folder)))

    return run


REFUSED = {"code": "ResourceExhausted", "reason": "RATE_LIMITED", "status": "429", "delay": 7000}


def test_a_page_calls(origin: str, call: Call) -> None:
    http = HttpSettings(port=0, cors_origins=(origin,))
    with StandIn() as upstream, running_door(deployment(upstream.url), http=http) as gateway:
        script(upstream)
        result = call("run", gateway.url.removesuffix("/v1"))
        for user in ("left", "late"):
            assert httpx2.get(f"{upstream.url}/closed?user={user}", timeout=LIMIT).status_code == 204
        statuses = sorted(line["status"] for line in gateway.logged("rpc"))
    assert ("".join(result["pieces"]), result["whole"]) == ("Hello there", "Hello there")
    assert len(result["pieces"]) > 1
    assert (result["cancelled"]["code"], result["late"]["code"]) == ("Canceled", "DeadlineExceeded")
    assert result["refused"] == result["refusedStream"] == REFUSED
    assert statuses == ["CANCELLED", "DEADLINE_EXCEEDED", "OK", "OK", "RESOURCE_EXHAUSTED", "RESOURCE_EXHAUSTED"]


def test_a_page_of_an_origin_that_is_not_named_may_not_call(call: Call) -> None:
    with StandIn() as upstream, running_door(deployment(upstream.url)) as gateway:
        assert call("attempt", gateway.url.removesuffix("/v1"))["code"]
        assert not upstream.exchanges


@pytest.fixture(scope="module")
def chat(folder: Path) -> Iterator[dict[str, Any]]:
    """What the chat page showed: a reply, one that was stopped, and a call that failed."""
    general = GeneralSettings(master_key=Secret(KEY))
    with StandIn() as upstream, running_door(deployment(upstream.url), general=general) as gateway:
        script(upstream)
        url = gateway.url.removesuffix("/v1")
        shown = json.loads(check(["node", "chat.js", f"{url}/chat", KEY], str(folder)))
        stopped = next(each for each in upstream.exchanges if b'"endless"' in bytes(each.request.body))
        stopped.closed.result(LIMIT)
        shown["logged"] = [line["status"] for line in gateway.logged("rpc") if "StreamChat" in line["method"]]
        yield {**shown, "url": url}


def test_a_chat_streams_and_is_inspected(chat: dict[str, Any]) -> None:
    seen = chat["reply"]
    request, reply = json.loads(seen["request"]), json.loads(seen["reply"])
    assert [each["role"] for each in request["messages"]] == ["system", "user"]
    assert (request["messages"][0]["content"], request["max_completion_tokens"]) == ("Be brief.", 50)
    assert seen["text"] == reply["choices"][0]["message"]["content"] == REPLY
    assert (seen["status"], seen["figures"]["tokens-in"], seen["figures"]["tokens-out"]) == ("OK", "3", "3")
    assert all(seen["figures"][name].endswith("s") for name in ("first", "total"))
    assert [json.loads(each)["object"] for each in seen["events"]] == ["chat.completion.chunk"] * len(seen["events"])
    assert len(seen["events"]) > 3
    assert all(time.endswith(" ms") for time in seen["times"])
    assert "openai-grpc-deployment" in seen["metadata"]
    assert "grpc-status" in seen["metadata"]


def test_stop_cancels_the_call_at_the_upstream(chat: dict[str, Any]) -> None:
    assert chat["stopped"]["status"] == "CANCELLED"
    assert chat["stopped"]["text"]
    assert chat["logged"] == ["OK", "CANCELLED", "RESOURCE_EXHAUSTED"]


def test_an_error_is_shown_with_its_details(chat: dict[str, Any]) -> None:
    seen = chat["failed"]
    assert seen["status"] == "RESOURCE_EXHAUSTED"
    assert "Rate limit reached for requests" in seen["failure"]
    for told in ("RATE_LIMITED", "7.00 s", "google.rpc.ErrorInfo", '"http_status": "429"', "google.rpc.RetryInfo"):
        assert told in seen["detail"]


def test_the_conversation_goes_on_without_what_failed(chat: dict[str, Any]) -> None:
    told = [(each["role"], each["content"]) for each in json.loads(chat["failed"]["request"])["messages"][1:]]
    assert told == [
        ("user", "hello"),
        ("assistant", REPLY),
        ("user", "go on"),
        ("assistant", chat["stopped"]["text"]),
        ("user", "more"),
    ]


def test_the_key_stays_in_memory(chat: dict[str, Any]) -> None:
    assert chat["asked"] == "This gateway takes calls with a key: enter it above."
    assert chat["stored"] == {"local": 0, "session": 0, "cookie": ""}
    assert KEY not in chat["markup"]
    assert "(the key)" in chat["reply"]["metadata"]


def test_the_page_calls_no_other_host_and_runs_no_other_script(chat: dict[str, Any]) -> None:
    assert chat["origins"] == [chat["url"]]
    assert chat["errors"] == []


def test_the_page_fits_a_narrow_window(chat: dict[str, Any]) -> None:
    assert chat["widths"] == [360, 360]


def test_every_control_has_a_name_and_a_role(chat: dict[str, Any]) -> None:
    named = {(each["role"], each["name"]) for each in chat["controls"]}
    assert all(name for _, name in named)
    assert {("textbox", "Message"), ("combobox", "Model"), ("textbox", "Key"), ("button", "Send")} <= named
    assert {("tab", "Request"), ("tab", "Reply"), ("tab", "Metadata"), ("tab", "Status"), ("log", "Messages")} <= named


def test_tabs_are_moved_by_arrow_keys(chat: dict[str, Any]) -> None:
    assert chat["tabs"] == ["tab-metadata", "tab-status", "tab-request", "tab-status"]


def test_the_page_is_typed(folder: Path) -> None:
    example = folder / "chat"
    example.mkdir()
    for name in ("page.ts", "tsconfig.json"):
        shutil.copy(CHAT / name, example)
    check([str(TSC), "-p", "."], str(example))


ADMIN_KEY = "adm-of-somebody-at-a-browser-7Kw3"
MARKUP = "<img src=x onerror=alert(1)>"


@pytest.fixture(scope="module")
def operated(folder: Path) -> Iterator[dict[str, Any]]:
    """What the admin page showed of a gateway with an open stream, after a call that succeeded and one that failed."""
    admin = AdminSettings(port=0, key=Secret(ADMIN_KEY))
    general = GeneralSettings(keys=(KeySettings(name="shop", key=Secret(KEY)),))
    gate = Gate()
    with StandIn() as upstream:
        here = deployment(upstream.url, name="here", model_name="gpt-4o", model="gpt-4o")
        with running_gateway(here, admin=admin, general=general) as gateway:
            metadata = (("authorization", f"Bearer {KEY}"), ("x-request-id", MARKUP.replace(" ", "/")))
            usage = {"prompt_tokens": 1000, "completion_tokens": 200, "total_tokens": 1200}
            upstream.on("POST", CREATE_CHAT.path, answers.json({**(CREATE_CHAT.reply or {}), "usage": usage}))
            gateway.chat.CreateChatCompletion(CREATE_CHAT.request, metadata=metadata, timeout=LIMIT)
            upstream.on("POST", CREATE_CHAT.path, answers.json({"error": {"message": "no"}}, status=400))
            failure_of(lambda: gateway.chat.CreateChatCompletion(CREATE_CHAT.request, metadata=metadata, timeout=LIMIT))
            upstream.on("POST", STREAM_CHAT.path, answers.stream(STREAM_CHAT.pieces, gates={2: gate}))
            call = gateway.chat.StreamChatCompletion(STREAM_CHAT.request, metadata=metadata, timeout=3 * LIMIT)
            next(call)
            url = f"http://127.0.0.1:{gateway.gateway.admin_port}/"
            shown = json.loads(check(["node", "admin.js", url, ADMIN_KEY], str(folder)))
            gate.open()
            list(call)
            yield {**shown, "url": url, "logged": len(gateway.logged("rpc"))}


def test_the_admin_page_shows_what_goes_on(operated: dict[str, Any]) -> None:
    seen = operated["seen"]
    ((_, call, method, caller, model, name, age, messages, size),) = seen["calls"]
    assert (call, method) == (MARKUP.replace(" ", "/"), "/openai_grpc.v1.ChatService/StreamChatCompletion")
    assert (caller, model, name, messages) == ("shop", "gpt-4o", "here", "2")
    assert (age.endswith(" s"), size.endswith(" B")) == (True, True)
    ((_, model, name, state, in_flight, first, whole, ended, failed),) = seen["deployments"]
    assert (model, name, state, in_flight, ended, failed) == ("gpt-4o", "here", "in use", "1", "2", "1")
    assert (first[-1].isdigit(), whole.endswith(" s")) == (False, True)
    assert seen["failures"] == [["INVALID_ARGUMENT", "INVALID_REQUEST", "gpt-4o", "here", "1"]]
    assert seen["totals"] == {"calls": "2", "errors": "1", "tokens": "1,200", "cost": "$0.0045"}
    assert any(each[-1] == "1" for each in seen["connections"])
    assert (seen["level"], seen["workers"]) == ("info", "none")


def test_the_admin_page_draws(operated: dict[str, Any]) -> None:
    assert len(operated["seen"]["paths"]) == 5
    assert all(path.startswith("M") and path.endswith("Z") for path in operated["seen"]["paths"])
    assert operated["seen"]["labels"][0] == "Calls in flight: 1, at most 1"
    assert operated["widths"] == [1280, 360]


def test_the_admin_page_switches(operated: dict[str, Any]) -> None:
    assert (operated["draining"], operated["serving"]) == (503, 200)
    assert operated["logged"] == 2  # not the stream, which ended once the log took errors only


def test_the_admin_page_asks_for_the_key_and_keeps_it_to_itself(operated: dict[str, Any]) -> None:
    assert "server.admin.key" in operated["asked"]
    assert operated["refused"]
    assert operated["stored"] == {"local": 0, "session": 0, "cookie": ""}
    assert not any(key in operated["markup"] for key in (ADMIN_KEY, KEY))


def test_the_admin_page_calls_no_other_host_and_runs_no_other_script(operated: dict[str, Any]) -> None:
    assert operated["origins"] == [operated["url"].removesuffix("/")]
    assert operated["errors"] == []
    assert all(each["name"] for each in operated["controls"])
    assert {("textbox", "Key"), ("combobox", "Log level"), ("button", "Drain"), ("button", "Serve again")} <= {
        (each["role"], each["name"]) for each in operated["controls"]
    }
