"""A web page in a headless Chromium calls the gateway by gRPC-Web, with the generated TypeScript client.

The page is of another origin than the gateway, as the ports differ: the browser asks by CORS before it calls.
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
from clients.upstream_script import script
from faults.stand_in import LIMIT, StandIn
from openai_grpc_server.config import HttpSettings
from support.gateway import deployment, running_door

PAGE = ROOT / "tests/clients/browser"
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
    for name in ("package.json", "package-lock.json", "page.ts", "run.js"):
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
