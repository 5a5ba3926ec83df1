"""Compares what the caller and the upstream of a case have seen with what the case says."""

import time
from collections.abc import Iterator, Sequence
from typing import Any

from google.protobuf import json_format
from google.protobuf.message import Message

from conformance.clients.cases import Case, loads
from conformance.clients.upstream import events_of, form
from conformance.compare import differences
from faults.exchange import Exchange
from faults.http_request import ReceivedRequest
from faults.stand_in import LIMIT

SOON = 0.2  # seconds after which a request upstream is closed whose loop was left
DETAILS = ("http_status", "type", "param", "code", "retry_after", "fields", "quota")
NOTHING: tuple[Any, ...] = (None, "", 0, [])
# Names of errors in Java, where `reason()` tells those of the upstream apart. Go has one error for all.
ALIKE = {
    "InvalidRequest": ("BadRequest",),
    "Unauthenticated": ("Authentication",),
    "LimitExceeded": ("RateLimit",),
    "Internal": ("UpstreamConnectionLost", "UpstreamCredentials", "UpstreamTruncated"),
}


class Judge:
    """Judges cases.

    Args:
        types: The classes of types.proto, by their names.
    """

    def __init__(self, types: dict[str, type[Message]]) -> None:
        self._types = types

    def faults(self, case: Case, seen: dict[str, Any], exchanges: Sequence[Exchange]) -> Iterator[str]:
        """Yields what is not as a case says."""
        if "crash" in seen:
            yield seen["crash"]
            return
        yield from self._caller(case, seen)
        yield from self._upstream(case, seen, exchanges)

    def _caller(self, case: Case, seen: dict[str, Any]) -> Iterator[str]:
        sees = case.sees
        if "error" not in sees and "error" in seen:
            yield f"failed: {seen['error']}"
        for key, expected in sees.items():
            yield from getattr(self, f"_{key}")(case, expected, seen)

    def _reply(self, case: Case, expected: Any, seen: dict[str, Any]) -> Iterator[str]:
        whole = case.answers[-1]["json"] if expected == "same" else expected
        yield from _json_differs("reply", whole, seen.get("reply"))

    def _messages(self, case: Case, expected: Any, seen: dict[str, Any]) -> Iterator[str]:
        events = events_of(case.answers[-1]) if expected == "same" else expected
        got = seen.get("messages", [])
        if len(got) != len(events):
            yield f"{len(got)} messages, not {len(events)}: {got[-1:]}"
        for index, (sent, received) in enumerate(zip(events, got, strict=False)):
            yield from _json_differs(f"message {index}", sent, received)

    def _pieces(self, _: Case, expected: Any, seen: dict[str, Any]) -> Iterator[str]:
        if seen.get("pieces") != expected:
            yield f"pieces {seen.get('pieces')}, not {expected}"

    def _drained(self, _: Case, expected: bool, seen: dict[str, Any]) -> Iterator[str]:
        if seen.get("drained") is not expected:
            yield "the caller was not told that the gateway drains"

    def _length(self, _: Case, expected: int, seen: dict[str, Any]) -> Iterator[str]:
        if (length := len("".join(seen.get("pieces", [])))) != expected:
            yield f"a text of {length} characters, not {expected}"

    def _whole(self, _: Case, expected: Any, seen: dict[str, Any]) -> Iterator[str]:
        match expected:
            case "failed":
                if seen.get("whole_error") != "failed":
                    yield f"the response did not fail: {seen.get('whole')}"
            case "error":
                if "whole" in seen:
                    yield f"a whole: {seen['whole']}"
            case _:
                yield from _json_differs("whole", expected, seen.get("whole"))

    def _items(self, _: Case, expected: list[Any], seen: dict[str, Any]) -> Iterator[str]:
        got = [loads(each) for each in seen.get("items", [])]
        yield from (f"items: {each}" for each in differences(expected, got, reply=True))

    def _text(self, _: Case, expected: str, seen: dict[str, Any]) -> Iterator[str]:
        text = seen["no_value"]["text"] if "no_value" in seen else loads(seen.get("reply", "{}")).get("text")
        if text != expected:
            yield f"the text {text!r}, not {expected!r}"

    def _says(self, _: Case, expected: str, seen: dict[str, Any]) -> Iterator[str]:
        message = seen.get("no_value", {}).get("message", "")
        if expected not in message:
            yield f"the message {message!r}, without {expected!r}"

    def _progress(self, _: Case, expected: int, seen: dict[str, Any]) -> Iterator[str]:
        if seen.get("progress") != expected:
            yield f"a progress to {seen.get('progress')}, not {expected}"

    def _no_value(self, _: Case, expected: str, seen: dict[str, Any]) -> Iterator[str]:
        if (kind := seen.get("no_value", {}).get("kind")) != expected:
            yield f"the reply is not {expected}: {kind or seen.get('value')}"

    def _value(self, case: Case, expected: Any, seen: dict[str, Any]) -> Iterator[str]:
        if "value" not in seen:
            yield f"no value: {seen.get('no_value')}"
            return
        yield from self._same_value(case.facts["type"], expected, seen["value"])

    def _arguments(self, case: Case, expected: list[Any], seen: dict[str, Any]) -> Iterator[str]:
        of_type = self._types[case.facts["type"]]
        got = sorted(str(of_type.FromString(bytes.fromhex(each))) for each in seen.get("arguments", []))
        if got != sorted(str(json_format.ParseDict(each, of_type())) for each in expected):
            yield f"the arguments {got}"

    def _same_value(self, name: str, expected: Any, got: str) -> Iterator[str]:
        wanted = json_format.ParseDict(expected, self._types[name]())
        value = self._types[name].FromString(bytes.fromhex(got))
        if value != wanted:
            yield f"the value {value}, not {wanted}"

    def _conversation(self, _: Case, expected: int, seen: dict[str, Any]) -> Iterator[str]:
        if seen.get("conversation") != expected:
            yield f"a conversation of {seen.get('conversation')} messages, not {expected}"

    def _schema(self, _: Case, expected: Any, seen: dict[str, Any]) -> Iterator[str]:
        schema = loads(seen.get("schema") or "null")
        if schema != expected:
            paths = list(differences(expected, schema, reply=False)) if schema else []
            yield f"the schema {schema or seen.get('refused')}: {paths}"
        yield from _unordered(schema)

    def _refused(self, _: Case, expected: str, seen: dict[str, Any]) -> Iterator[str]:
        if expected not in seen.get("refused", ""):
            yield f"not refused for {expected!r}: {seen.get('refused') or seen.get('schema')}"

    def _left(self, _: Case, __: bool, seen: dict[str, Any]) -> Iterator[str]:
        if "left_at" not in seen:
            yield "the loop was not left"

    def _error(self, case: Case, expected: dict[str, Any], seen: dict[str, Any]) -> Iterator[str]:
        error = seen.get("error")
        if error is None:
            yield "no error"
            return
        for key in {**dict.fromkeys(DETAILS if case.group == "errors" else ()), **expected}:
            yield from _detail(key, expected.get(key), error)

    def _call(self, _: Case, expected: dict[str, Any], seen: dict[str, Any]) -> Iterator[str]:
        yield from _facts("of the call", expected, seen.get("call", {}))

    def _upstream(self, case: Case, seen: dict[str, Any], exchanges: Sequence[Exchange]) -> Iterator[str]:
        says = case.facts.get("upstream", {})
        if "requests" in says and len(exchanges) != says["requests"] * case.requests:
            yield f"{len(exchanges)} requests upstream, not {says['requests'] * case.requests}"
            return
        requests = [each.request for each in exchanges]
        if says:
            for request in requests:
                yield from _request(case, says, request)
        for request, query in zip(requests, says.get("queries", []), strict=False):
            got = {name: value for name, value in request.query if name != "model"}
            if got != query:
                yield f"the query {got}, not {query}"
        if requests and _has_body(case, says):
            expected = says["bodies"][0] if "bodies" in says else {**case.request, **says.get("adds", {})}
            yield from _sent(expected, requests[0])
        if "results" in says or "told" in says:
            yield from _told(says, requests[-1])
        yield from _closed(says, seen, exchanges)


def _detail(key: str, wanted: Any, error: dict[str, Any]) -> Iterator[str]:
    """Compares one fact about an error."""
    got = error.get(key)
    match key:
        case "call":
            yield from _facts("of the error", wanted, got or {})
        case "metadata":
            yield from (f"no {name} in {got}" for name, text in wanted.items() if not got or got.get(name) != text)
        case "says":
            if wanted not in error["message"]:
                yield f"the message {error['message']!r}, without {wanted!r}"
        case "class":
            if got is not None and wanted not in (got, *ALIKE.get(got, ())):
                yield f"an error of the class {got}, not {wanted}"
        case _ if wanted == "any":
            if got in NOTHING:
                yield f"no {key}"
        case _ if got != wanted and not (wanted in NOTHING and got in NOTHING):
            yield f"{key} {got!r}, not {wanted!r}"


def _request(case: Case, says: dict[str, Any], request: ReceivedRequest) -> Iterator[str]:
    """Compares a request, without its JSON."""
    if request.method != says.get("method", "POST"):
        yield f"a request by {request.method}"
    for name, value in says.get("headers", {}).items():
        if request.header(name) != value:
            yield f"the header {name}: {request.header(name)}, not {value}"
    if "form" in says:
        fields = form(request)
        for name, text in says["form"].items():
            if fields.get(name) != text:
                yield f"the field {name}: {fields.get(name)}"
        if fields["file"] != bytes(case.facts["size"]):
            yield f"a file of {len(fields['file'])} bytes"
    if "query" in says and dict(request.query) != says["query"]:
        yield f"the query {dict(request.query)}"


def _has_body(case: Case, says: dict[str, Any]) -> bool:
    """Returns whether the JSON of a case's request is compared with what came upstream."""
    if "bodies" in says or "adds" in says:
        return True
    by_id = {"completion_id", "response_id"} & case.request.keys()
    return "requests" in says and case.does == "call" and not by_id and says.get("method", "POST") == "POST"


def _sent(expected: Any, request: ReceivedRequest) -> Iterator[str]:
    body = loads(request.body.decode())
    for form_of_schema in (
        body.get("text", {}).get("format", {}),
        body.get("response_format", {}).get("json_schema", {}),
    ):
        form_of_schema.pop("description", None)  # of the type, where a language has its comments
    yield from (f"upstream: {each}" for each in differences(expected, body, reply=False))


def _told(says: dict[str, Any], request: ReceivedRequest) -> Iterator[str]:
    """Compares the results of tools that the model was told."""
    results = {each["tool_call_id"]: each["content"] for each in request.json()["messages"] if each["role"] == "tool"}
    for call, text in says.get("results", {}).items():
        if results.get(call) != text:
            yield f"the model was told {results}"
    for call, part in says.get("told", {}).items():
        if part not in results.get(call, ""):
            yield f"the model was told {results}, without {part}"


def _closed(says: dict[str, Any], seen: dict[str, Any], exchanges: Sequence[Exchange]) -> Iterator[str]:
    if "closed" not in says:
        return
    ended = [each.closed.result(LIMIT) for each in exchanges]
    if says["closed"] == "soon":
        wall = time.time() - time.monotonic()
        took = [at + wall - left for at, left in zip(ended, seen["left_at"], strict=True)]
        if min(took) > SOON:
            yield f"the request upstream was closed after {[round(each, 3) for each in took]} s"


def _facts(where: str, expected: dict[str, Any], got: dict[str, Any]) -> Iterator[str]:
    for key, wanted in expected.items():
        value = got.get(key)
        same = value == wanted if not isinstance(wanted, float) else value is not None and abs(value - wanted) < 1e-9
        if not same and not (wanted is None and value in NOTHING):
            yield f"{key} {where}: {value!r}, not {wanted!r}"


def _json_differs(name: str, expected: Any, text: str | None) -> Iterator[str]:
    if text is None:
        yield f"no {name}"
    else:
        yield from (f"{name}: {each}" for each in differences(expected, loads(text), reply=True))


def _unordered(schema: Any) -> Iterator[str]:
    """Yields objects whose properties are not in the order of what is required, in which a model writes them."""
    match schema:
        case dict():
            if "required" in schema and [*schema["properties"]] != schema["required"]:
                yield f"properties {[*schema['properties']]} in another order than {schema['required']}"
            for each in schema.values():
                yield from _unordered(each)
        case list():
            for each in schema:
                yield from _unordered(each)
