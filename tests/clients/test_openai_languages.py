"""OpenAI's libraries for Node, Go and Java give the same by the HTTP port as directly; so does what upstream gets."""

import json
import os
import shutil
import subprocess
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.live import JVM, MAVEN, ROOT, check, require
from clients.openai_calls import CALLS, CREATE, EVENTS, STREAM, Call, chat
from clients.openai_cases import CHAT, RESPONSES, RETRIES, TEXT, events
from clients.openai_ways import KEY, received
from faults import answers
from faults.stand_in import LIMIT, StandIn
from openai_grpc_server.config import RouterConfig
from support.gateway import RunningGateway, deployment, running_door

FOLDER = "tests/clients/openai_sdks"
ANSWER_LIMIT = 120.0  # seconds; the first call loads the library


def node(made: Path) -> list[str]:
    """Installs the package beside a copy of the program."""
    require("npm")
    for name in ("package.json", "package-lock.json", "calls.js"):
        shutil.copy(ROOT / FOLDER / "node" / name, made)
    check(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], str(made))
    return ["node", str(made / "calls.js")]


def go(made: Path) -> list[str]:
    """Builds the program; without optimizations the module compiles in half the time."""
    require("go")
    check(["go", "build", "-gcflags=github.com/openai/openai-go/v3/...=-N -l", "-o", str(made), "."], f"{FOLDER}/go")
    return [str(made / "calls")]


def java(made: Path) -> list[str]:
    """Compiles the program alone, as Maven's own compiler would be one more thing to load."""
    require("mvn")
    listed = made / "classpath"
    command = ("dependency:build-classpath", f"-Dmdep.outputFile={listed}")
    check([*MAVEN, *command], f"{FOLDER}/java")
    path = os.pathsep.join([str(made), listed.read_text()])
    check(["javac", "-proc:none", "-d", str(made), "-cp", path, "Calls.java"], f"{FOLDER}/java")
    return ["java", *JVM, "-cp", path, "Calls"]


BUILDS: dict[str, Callable[[Path], list[str]]] = {"go": go, "java": java, "typescript": node}


class Library:
    """A program that makes calls with OpenAI's library of a language.

    Args:
        command: Starts it.
    """

    def __init__(self, command: list[str]) -> None:
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
        )

    def run(self, call: Call, url: str, **settings: Any) -> Any:
        """Makes a call and returns what came of it: `items`, and as `end` how it failed, or `whole`."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        asked = {"url": url, "op": call.op, "args": call.args, **call.settings, **settings}
        late = threading.Timer(ANSWER_LIMIT, self._process.kill)
        late.start()
        try:
            self._process.stdin.write(json.dumps(asked) + "\n")
            self._process.stdin.flush()
            return json.loads(self._process.stdout.readline())
        finally:
            late.cancel()

    def close(self) -> None:
        """Ends the program."""
        self._process.communicate(timeout=LIMIT)


@pytest.fixture(scope="module")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], Library]]:
    """Builds and starts the program of a language when it is asked for."""
    running: dict[str, Library] = {}

    def library(language: str) -> Library:
        if language not in running:
            running[language] = Library(BUILDS[language](tmp_path_factory.mktemp(language)))
        return running[language]

    yield library
    for each in running.values():
        each.close()


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: StandIn) -> Iterator[RunningGateway]:
    """A gateway that hands on the caller's key and adds nothing."""
    config = deployment(upstream.url, api_key=None, include_usage=False, embeddings_base64=False)
    with running_door(config) as running:
        yield running


def outcome(library: Library, call: Call, url: str, upstream: StandIn) -> tuple[Any, list[Any]]:
    """Returns what a call gives, and what the upstream got."""
    upstream.clear_queue()
    upstream.enqueue(*call.answers)
    before = len(upstream.exchanges)
    found = library.run(call, url)
    return found, [received(each.request) for each in upstream.exchanges[before:]]


# The HTTP port ends a stream that fails with an event, and never in order: the failure at the end is another one.
_CUT = {"go": "*ssestream.StreamError", "java": "SseException", "typescript": "APIError"}
_CLOSED = {"go": "*errors.errorString", "java": "OpenAIIoException", "typescript": "TypeError"}
DIFFERENT = {
    "a stream that is cut": _CUT,
    "a stream that is reset": _CUT,
    "events that are cut": _CUT,
    "an error event": _CLOSED,
}

USES = [(language, name) for language in BUILDS for name, call in CALLS.items() if language not in call.lacking]


@pytest.mark.parametrize(("language", "name"), USES)
def test_the_same_as_direct(
    language: str, name: str, libraries: Callable[[str], Library], upstream: StandIn, gateway: RunningGateway
) -> None:
    call, library = CALLS[name], libraries(language)
    expected, sent = outcome(library, call, f"{upstream.url}/v1", upstream)
    found, got = outcome(library, call, gateway.url, upstream)
    if name in DIFFERENT:
        assert found["items"] == expected["items"]
        assert found["end"]["class"] == DIFFERENT[name][language]
    else:
        assert found == expected
    assert got == sent
    assert len(sent) == len(call.answers)
    assert sent[0][3]["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("op", [CREATE, STREAM])
@pytest.mark.parametrize("name", RETRIES)
@pytest.mark.parametrize("language", BUILDS)
def test_retries_do_not_multiply(
    language: str, name: str, op: str, libraries: Callable[[str], Library], upstream: StandIn
) -> None:
    answer, retries, requests = RETRIES[name]
    upstream.clear_queue()
    upstream.on("POST", CHAT, answer)
    before = len(upstream.exchanges)
    with running_door(deployment(upstream.url), router=RouterConfig(num_retries=retries)) as gateway:
        found = libraries(language).run(chat(answer, op), gateway.url, retries=2)
    assert found["end"] != "whole"
    assert len(upstream.exchanges) - before == requests


@pytest.mark.parametrize("op", [STREAM, EVENTS])
@pytest.mark.parametrize("language", BUILDS)
def test_a_stream_that_is_left_closes_upstreams(
    language: str, op: str, libraries: Callable[[str], Library], upstream: StandIn, gateway: RunningGateway
) -> None:
    upstream.clear_queue()
    upstream.on("POST", CHAT, answers.stream(answers.events(TEXT[:2], done=False), then="stall"))
    upstream.on("POST", RESPONSES, answers.stream(answers.events(events(("a",))[:4], named=True), then="stall"))
    call = CALLS["a stream" if op == STREAM else "events"]
    found = libraries(language).run(call, gateway.url, leave=1)
    assert (len(found["items"]), found["end"]) == (1, "whole")
    upstream.exchanges[-1].closed.result(LIMIT)
