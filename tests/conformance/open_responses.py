"""Checks of a server against Open Responses, the specification: `python -m conformance.open_responses`.

They are those of the specification's compliance tests, and what its text demands besides; in words and data of our own.
Without arguments they run against the gateway's HTTP port before an upstream with the Responses API, before one with
the chat API alone, and before the local model; with `--url` against any server.
"""

import argparse
import base64
import json
import struct
import sys
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from typing import Any

import httpx2

from conformance.open_responses_schema import COMPACTION, ERROR, EVENT, RESPONSE, lifecycle
from conformance.open_responses_upstreams import (
    CHAT,
    EXTENSION_KEY,
    FAILING_MODEL,
    RESPONSES,
    UNKNOWN_MODEL,
    ResponsesUpstream,
    chat,
)
from faults import answers
from faults.stand_in import StandIn
from support.gateway import RunningGateway, deployment, running_door

SECONDS = 120.0
TIDE = {
    "type": "function",
    "name": "tide",
    "description": "Tells when it is high water in a port.",
    "parameters": {"type": "object", "properties": {"port": {"type": "string"}}, "required": ["port"]},
}
MOON = {**TIDE, "name": "moon", "description": "Tells the phase of the moon over a port."}
ASK = "Ask the tool when it is high water in Brest."
SHORT = {"temperature": 0, "max_output_tokens": 24}


class FailedError(Exception):
    """A server's answer with which a check can't go on."""


class NotOfferedError(Exception):
    """A check of what the specification leaves to servers, and this one does not offer."""


@dataclass
class Stream:
    """A streamed reply.

    Attributes:
        content_type: Its content type.
        names: The names of its events.
        events: Their data.
        marked: Whether `[DONE]` ends it.
    """

    content_type: str
    names: list[str] = field(default_factory=list)
    events: list[dict[str, Any]] = field(default_factory=list)
    marked: bool = False

    @property
    def response(self) -> dict[str, Any]:
        """The response of the last event."""
        response = self.events[-1].get("response") if self.events else None
        if not isinstance(response, dict):
            raise FailedError(f"the stream ends with {self.names[-1:]}, without a response")
        return response


class Server:
    """A server to check.

    Args:
        http: A client with its base URL.
        model: The model to ask.

    Attributes:
        faults: What was wrong in the check that runs.
    """

    def __init__(self, http: httpx2.Client, model: str) -> None:
        self.faults: list[str] = []
        self._http = http
        self._model = model

    def send(self, path: str = "/responses", **body: Any) -> httpx2.Response:
        """Sends a request and returns the answer, whatever its status."""
        return self._http.post(path, json={"model": self._model, **body})

    def send_raw(self, body: bytes) -> httpx2.Response:
        """Sends a body as it is."""
        return self._http.post("/responses", content=body, headers={"content-type": "application/json"})

    def upgrade(self) -> int:
        """Asks for a WebSocket and returns the status of the answer."""
        names = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
        return self._http.get("/responses", headers={**names, "sec-websocket-key": "dGlkZXM="}).status_code

    def respond(self, **body: Any) -> dict[str, Any]:
        """Returns a response, whose form is checked."""
        reply = self.send(**body)
        self._expect_success(reply.status_code, reply.text)
        if reply.headers["content-type"].partition(";")[0] != "application/json":
            self.faults.append(f"Content-Type: {reply.headers['content-type']}")
        response: dict[str, Any] = reply.json()
        self.faults += RESPONSE(response, "response")
        return response

    def stream(self, **body: Any) -> Stream:
        """Returns a stream, whose events are checked one by one."""
        with self._http.stream("POST", "/responses", json={"model": self._model, "stream": True, **body}) as reply:
            if reply.status_code != httpx2.codes.OK:
                reply.read()
                self._expect_success(reply.status_code, reply.text)
            stream = Stream(reply.headers["content-type"])
            name = ""
            try:
                for line in reply.iter_lines():
                    key, _, value = line.partition(": ")
                    if key == "event":
                        name = value
                    elif line == "data: [DONE]":
                        stream.marked = True
                    elif key == "data":
                        stream.names.append(name)
                        stream.events.append(json.loads(value))
            except httpx2.TransportError:
                pass  # what is missing then is a fault
        for event in stream.events:
            self.faults += EVENT(event, str(event.get("type")))
        return stream

    def expect(self, truth: object, fault: str) -> None:
        """Notes a fault unless something holds."""
        if not truth:
            self.faults.append(fault)

    def _expect_success(self, status: int, text: str) -> None:
        if status != httpx2.codes.OK:
            raise FailedError(f"HTTP {status}: {text[:160]}")


def user(text: str) -> dict[str, Any]:
    return {"type": "message", "role": "user", "content": text}


def kinds(response: dict[str, Any]) -> list[str]:
    return [item["type"] for item in response["output"]]


def completed(server: Server, response: dict[str, Any]) -> None:
    server.expect(response["output"], "no output")
    server.expect(response["status"] == "completed", f"status {response['status']}: {response.get('error')}")


def words(**body: Any) -> Callable[[Server], None]:
    """Returns a check that asks, and gets a completed response."""
    return lambda server: completed(server, server.respond(temperature=0, **body))


def streaming(server: Server) -> None:
    stream = server.stream(temperature=0, input=[user("Count to three.")])
    completed(server, stream.response)
    server.faults += RESPONSE(stream.response, "response")


def call_of(response: dict[str, Any]) -> dict[str, Any]:
    calls: list[dict[str, Any]] = [item for item in response["output"] if item["type"] == "function_call"]
    if not calls:
        raise FailedError(f"no function_call, only {kinds(response)}")
    return calls[0]


def tool_call(server: Server) -> None:
    call = call_of(server.respond(temperature=0, input=[user(ASK)], tools=[TIDE], tool_choice="required"))
    json.loads(call["arguments"])


def tool_call_streaming(server: Server) -> None:
    stream = server.stream(temperature=0, input=[user(ASK)], tools=[TIDE], tool_choice="required")
    server.faults += lifecycle(stream.events)
    for each in ("arguments.delta", "arguments.done"):
        server.expect(f"response.function_call_{each}" in stream.names, f"no response.function_call_{each}")
    call_of(stream.response)


def round_trip(server: Server) -> None:
    """Returns a function's output by the id of the response that called it."""
    choice = {"type": "function", "name": "tide"}
    first = server.respond(temperature=0, input=ASK, tools=[TIDE], tool_choice=choice)
    output = {"type": "function_call_output", "call_id": call_of(first)["call_id"], "output": "At six."}
    completed(server, server.respond(temperature=0, previous_response_id=first["id"], input=[output]))


def stateless_round_trip(server: Server) -> None:
    """Returns a function's output with all that came before it."""
    first = server.respond(temperature=0, input=ASK, tools=[TIDE], tool_choice="required")
    output = {"type": "function_call_output", "call_id": call_of(first)["call_id"], "output": "At six."}
    given = [user(ASK), *first["output"], output]
    completed(server, server.respond(temperature=0, input=given, tools=[TIDE], tool_choice="none"))


def previous(server: Server) -> None:
    first = server.respond(temperature=0, input="The word is kelp. Say yes.")
    second = server.respond(temperature=0, input="Which word?", previous_response_id=first["id"])
    completed(server, second)
    server.expect(second["previous_response_id"] == first["id"], "previous_response_id is not that of the request")


def hosted(kind: str, **tool: Any) -> Callable[[Server], None]:
    """Returns a check of a tool that the server runs."""

    def run(server: Server) -> None:
        asked: dict[str, Any] = {"input": ASK, "tools": [{"type": kind, **tool}], "tool_choice": {"type": kind}}
        if server.send(**asked).status_code == httpx2.codes.BAD_REQUEST:
            raise NotOfferedError("optional: the upstream has no such tool")
        stream = server.stream(**asked)
        server.faults += lifecycle(stream.events)
        server.expect(f"{kind}_call" in kinds(stream.response), f"no {kind}_call, only {kinds(stream.response)}")

    return run


def sockets(server: Server) -> None:
    if server.upgrade() != httpx2.codes.SWITCHING_PROTOCOLS:
        raise NotOfferedError("optional: a stream of gRPC is the connection that stays open")


def event_names(server: Server) -> None:
    stream = server.stream(temperature=0, input="Say yes.")
    server.expect(stream.content_type.startswith("text/event-stream"), f"Content-Type: {stream.content_type}")
    types = [event.get("type") for event in stream.events]
    server.expect(stream.names == types, "the names of events are not their types")


def end_marker(server: Server) -> None:
    server.expect(server.stream(temperature=0, input="Say yes.").marked, "no [DONE]")


def order(server: Server) -> None:
    server.faults += lifecycle(server.stream(temperature=0, input="Say yes.").events)


def cut(server: Server) -> None:
    response = server.respond(temperature=0, max_output_tokens=16, input="Tell a long story of the sea.")
    _cut(server, response)
    stream = server.stream(temperature=0, max_output_tokens=16, input="Tell a long story of the sea.")
    server.expect(stream.names[-1:] == ["response.incomplete"], f"the stream ends with {stream.names[-1:]}")
    server.faults += lifecycle(stream.events)
    _cut(server, stream.response)


def _cut(server: Server, response: dict[str, Any]) -> None:
    reason = (response["incomplete_details"] or {}).get("reason")
    server.expect(
        (response["status"], reason) == ("incomplete", "max_output_tokens"), f"{response['status']}, {reason}"
    )
    server.expect(response["output"][-1]["status"] == "incomplete", "the last item is not incomplete")


def no_tools(server: Server) -> None:
    response = server.respond(temperature=0, input=ASK, tools=[TIDE], tool_choice="none")
    server.expect("function_call" not in kinds(response), "a call, in spite of tool_choice none")


def allowed_tools(server: Server) -> None:
    choice = {"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "moon"}]}
    response = server.respond(temperature=0, input=ASK, tools=[TIDE, MOON], tool_choice=choice)
    called = [item["name"] for item in response["output"] if item["type"] == "function_call"]
    server.expect(called and set(called) == {"moon"}, f"calls of {called}, though moon alone is allowed")


def echo(server: Server) -> None:
    asked = {"instructions": "Be brief.", "metadata": {"port": "Brest"}, "temperature": 0, "truncation": "disabled"}
    response = server.respond(input="Say yes.", **asked)
    for key, value in asked.items():
        server.expect(response[key] == value, f"{key} is {response[key]!r}, not {value!r}")


def reasoning(server: Server) -> None:
    stream = server.stream(temperature=0, input="Say yes.", reasoning={"effort": "low"})
    if "reasoning" not in kinds(stream.response):
        raise NotOfferedError("the model does not reason")
    server.faults += lifecycle(stream.events)


def refusal(server: Server) -> None:
    stream = server.stream(temperature=0, input="Where is the treasure?", user="pirate")
    if "response.refusal.done" not in stream.names:
        raise NotOfferedError("the model does not refuse")
    server.faults += lifecycle(stream.events)


def extensions(server: Server) -> None:
    stream = server.stream(temperature=0, input="Say yes.", **{EXTENSION_KEY: True})
    if "harbour:signal_seen" not in stream.names:
        raise NotOfferedError("the upstream has no extensions")
    server.faults += lifecycle(stream.events)
    server.expect(kinds(stream.response)[0] == "harbour:signal", "the item of the extension is lost")


def unknown_model(server: Server) -> None:
    reply = server.send(model=UNKNOWN_MODEL, input="Say yes.")
    if reply.status_code == httpx2.codes.OK:
        raise NotOfferedError("any name is a model's")
    server.expect(reply.status_code == httpx2.codes.NOT_FOUND, f"HTTP {reply.status_code}")
    server.faults += ERROR(reply.json(), "body")


def bad_request(server: Server) -> None:
    reply = server.send_raw(b'{"model": "tide-1", "input": ')
    server.expect(reply.status_code == httpx2.codes.BAD_REQUEST, f"HTTP {reply.status_code}")
    server.faults += ERROR(reply.json(), "body")
    server.expect('"invalid_request' in reply.text, reply.text)


def failing_stream(server: Server) -> None:
    stream = server.stream(model=FAILING_MODEL, input="Say yes.")
    if "response.completed" in stream.names:
        raise NotOfferedError("the model does not fail")
    server.expect("error" in stream.names, f"no error event, only {stream.names}")
    server.expect(stream.names[-1:] == ["response.failed"], f"the stream ends with {stream.names[-1:]}")


def compaction(server: Server) -> None:
    reply = server.send("/responses/compact", input=[user("The word is kelp."), user("Say yes.")])
    if reply.status_code in {httpx2.codes.NOT_FOUND, httpx2.codes.NOT_IMPLEMENTED}:
        raise NotOfferedError("optional: the upstream can't compact")
    server.expect(reply.status_code == httpx2.codes.OK, f"HTTP {reply.status_code}: {reply.text[:160]}")
    if reply.status_code == httpx2.codes.OK:
        server.faults += COMPACTION(reply.json(), "body")


def square() -> str:
    """Returns the data URL of a red square, 8 by 8 pixels, as PNG."""
    rows = b"".join(b"\0" + b"\xff\0\0" * 8 for _ in range(8))
    chunks = ((b"IHDR", struct.pack(">IIBBBBB", 8, 8, 8, 2, 0, 0, 0)), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    packed = [
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in chunks
    ]
    return "data:image/png;base64," + base64.b64encode(b"\x89PNG\r\n\x1a\n" + b"".join(packed)).decode()


def note() -> str:
    """Returns the data URL of a text."""
    return "data:text/plain;base64," + base64.b64encode(b"High water: six o'clock.").decode()


def parts(*given: dict[str, Any]) -> list[Any]:
    return [{"type": "message", "role": "user", "content": [{"type": "input_text", "text": "What is it?"}, *given]}]


SUITE, MUST, SHOULD, MAY = "suite", "must", "should", "may"
CASES: dict[str, tuple[str, Callable[[Server], None]]] = {
    "a message": (SUITE, words(input=[user("Say yes.")])),
    "a stream": (SUITE, streaming),
    "a system message": (SUITE, words(input=[{**user("Talk like a sailor."), "role": "system"}, user("Say yes.")])),
    "a call of a function": (SUITE, tool_call),
    "a call of a function, streaming": (SUITE, tool_call_streaming),
    "a function's output, by previous_response_id": (SUITE, round_trip),
    "an image": (SUITE, words(input=parts({"type": "input_image", "image_url": square()}))),
    "a file": (SUITE, words(input=parts({"type": "input_file", "filename": "tide.txt", "file_data": note()}))),
    "a conversation": (
        SUITE,
        words(input=[user("I am Ann."), {**user("Hello Ann."), "role": "assistant"}, user("Who am I?")]),
    ),
    "previous_response_id": (SUITE, previous),
    "file search": (SUITE, hosted("file_search", vector_store_ids=["vs_1"])),
    "offline web search": (SUITE, hosted("web_search", external_web_access=False)),
    "a string as input": (MUST, words(input="Say yes.")),
    "a developer's message": (MUST, words(input=[{**user("Be brief."), "role": "developer"}, user("Say yes.")])),
    "names of events are their types": (MUST, event_names),
    "[DONE] ends a stream": (MUST, end_marker),
    "items are added, grow and are done": (MUST, order),
    "a response that is cut is incomplete, as is its last item": (MUST, cut),
    "a function's output, with its call": (MUST, stateless_round_trip),
    "tool_choice none": (MUST, no_tools),
    "allowed_tools": (MUST, allowed_tools),
    "settings are repeated": (MUST, echo),
    "events of reasoning": (MAY, reasoning),
    "events of a refusal": (MAY, refusal),
    "items and events of an extension": (MAY, extensions),
    "an unknown model is an error": (MUST, unknown_model),
    "a bad request is an error": (MUST, bad_request),
    "an error inside a stream, then response.failed": (MUST, failing_stream),
    "compaction": (MAY, compaction),
    "a WebSocket": (MAY, sockets),
}


DONE = "[DONE] ends a stream"
BY_ID = ("a function's output, by previous_response_id", "previous_response_id")
# Failures, explained in docs/open-responses.md.
EXPECTED = {
    ("Responses", DONE),
    ("chat", DONE),
    ("local", DONE),
    *(("chat", name) for name in BY_ID),
    *(("local", name) for name in BY_ID),
    ("chat", "events of reasoning"),
    ("chat", "an error inside a stream, then response.failed"),
    ("local", "an image"),
    ("local", "a file"),
}


def check(server: Server, name: str) -> tuple[str, str]:
    """Runs a check.

    Returns:
        `passed`, `failed` or `not offered`, and why.
    """
    server.faults = []
    try:
        CASES[name][1](server)
    except FailedError as error:
        return "failed", str(error)
    except NotOfferedError as error:
        return "not offered", str(error)
    return ("failed", "; ".join(server.faults)) if server.faults else ("passed", "")


@contextmanager
def at(gateway: RunningGateway, model: str = "tide-1") -> Iterator[Server]:
    """The HTTP port of a gateway."""
    with httpx2.Client(base_url=gateway.url, timeout=SECONDS) as http:
        yield Server(http, model)


@contextmanager
def before_responses() -> Iterator[Server]:
    """The gateway before an upstream with the Responses API."""
    with StandIn() as upstream, running_door(deployment(upstream.url)) as gateway, at(gateway) as server:
        ResponsesUpstream(upstream)
        yield server


@contextmanager
def before_chat() -> Iterator[Server]:
    """The gateway before an upstream with the chat API alone."""
    config = {"responses_as_chat": True}
    with StandIn() as upstream, running_door(deployment(upstream.url, **config)) as gateway, at(gateway) as server:
        upstream.on("POST", CHAT, chat)
        upstream.on("POST", f"{RESPONSES}/compact", answers.json({"detail": "Not Found"}, status=404))
        yield server


@contextmanager
def before_local_model() -> Iterator[Server]:
    """The gateway before the local model, which is loaded."""
    import asyncio  # noqa: PLC0415 - with the local models, which not every environment has

    from openai_grpc_server.local.engine import LocalEngine, local_deployments  # noqa: PLC0415 - as above

    with asyncio.Runner() as runner:
        engine = LocalEngine()
        upstreams = runner.run(engine.start())
        try:
            with running_door(*local_deployments(upstreams)) as gateway, at(gateway) as server:
                yield server
        finally:
            runner.run(engine.stop())


TARGETS: dict[str, Callable[[], Any]] = {
    "Responses": before_responses,
    "chat": before_chat,
    "local": before_local_model,
}
SHORT_RESULTS = {"passed": "yes", "failed": "no", "not offered": "-"}


def table(results: dict[str, dict[str, tuple[str, str]]]) -> Iterator[str]:
    """Yields the lines of a table of results, and below it the reasons."""
    yield f"| check | by | {' | '.join(results)} |"
    yield f"|---|---|{'---|' * len(results)}"
    for name, (level, _) in CASES.items():
        yield f"| {name} | {level} | {' | '.join(SHORT_RESULTS[found[name][0]] for found in results.values())} |"
    for target, found in results.items():
        for name, (result, reason) in found.items():
            if reason:
                yield f"{target}: {name}: {result}: {reason}"


def results_of(target: str) -> dict[str, tuple[str, str]]:
    """Returns the results of all checks of a target, with the reasons."""
    with TARGETS[target]() as server:
        return {name: check(server, name) for name in CASES}


def main() -> int:
    """Prints the table. Returns 0 if nothing failed that `EXPECTED` does not explain."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--url", help="base URL of a server to check instead, such as http://localhost:4000/v1")
    parser.add_argument("--model", default="gpt-4o-mini", help="its model (default: %(default)s)")
    parser.add_argument("--key", default="none", help="a key for it")
    parser.add_argument("--targets", nargs="+", choices=TARGETS, default=list(TARGETS), help="these alone")
    arguments = parser.parse_args()
    results: dict[str, dict[str, tuple[str, str]]] = {}
    with ExitStack() as stack:
        if arguments.url:
            headers = {"authorization": f"Bearer {arguments.key}"}
            http = stack.enter_context(httpx2.Client(base_url=arguments.url, headers=headers, timeout=SECONDS))
            server = Server(http, arguments.model)
            results[arguments.url] = {name: check(server, name) for name in CASES}
        for target in () if arguments.url else arguments.targets:
            results[target] = results_of(target)
    sys.stdout.write("\n".join(table(results)) + "\n")
    failed = {
        (target, name) for target, found in results.items() for name, (how, _) in found.items() if how == "failed"
    }
    return int(bool(failed - EXPECTED))


if __name__ == "__main__":
    sys.exit(main())
