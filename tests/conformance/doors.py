"""Replays recorded exchanges as HTTP: `python -m conformance.doors sdk|http [DIR]`.

`sdk` sends each recorded request through the transport for OpenAI's SDK, `http` to the gateway's HTTP port. Status,
body and events that come back are held against the recording, explicit nulls included, and so is what the upstream got.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from conformance.answering import answer_of
from conformance.compare import differences
from conformance.corpus import (
    INVENTED,
    MALFORMED,
    RECORDED,
    Exchange,
    Number,
    Unreadable,
    dumps,
    exchanges,
    models_of,
    why_unreadable,
)
from conformance.driver import SECONDS, is_stream
from conformance.operations import OPERATIONS
from conformance.replay import ATTEMPTS, Report
from conformance.upload import content, parts
from conformance.verdict import event_data, finished, request_differences
from faults.stand_in import StandIn
from openai_grpc.rest import routes
from openai_grpc.transport import GrpcTransport
from support.gateway import RunningGateway, deployment, running_door

KEY = {"authorization": "Bearer of-the-recording"}
ERROR_KEYS = frozenset({"message", "type", "param", "code"})
EMPTY: tuple[Any, ...] = (None, "", [], {})  # says nothing in an error
NO_FILE = ("recording.mp3", b"\0", None)  # of a request that was not kept
SHORTENED = "…"


@dataclass
class Answer:
    """What came back.

    Attributes:
        status: The HTTP status.
        content_type: Its `Content-Type`.
        body: Its body, as far as it came.
        broken: How it broke off; None: it did not.
    """

    status: int
    content_type: str
    body: bytes = b""
    broken: httpx2.TransportError | None = None

    @property
    def events(self) -> list[tuple[str, Any]]:
        """Names and values of its server-sent events."""
        found = []
        for block in self.body.split(b"\n\n"):
            fields = dict(line.split(b": ", 1) for line in block.split(b"\n") if line)
            if fields:
                data = fields[b"data"]
                value = data.decode() if data == b"[DONE]" else loads(data)
                found.append((fields.get(b"event", b"").decode(), value))
        return found


@contextmanager
def over_grpc(gateway: RunningGateway) -> Iterator[httpx2.Client]:
    """A client whose requests go over gRPC."""
    transport = GrpcTransport(gateway.target)
    with httpx2.Client(transport=transport, base_url="http://gateway/v1/", timeout=SECONDS) as client:
        yield client


@contextmanager
def over_http(gateway: RunningGateway) -> Iterator[httpx2.Client]:
    """A client whose requests go to the HTTP port."""
    with httpx2.Client(base_url=f"{gateway.url}/", timeout=SECONDS) as client:
        yield client


DOORS: dict[str, Callable[[RunningGateway], Any]] = {"sdk": over_grpc, "http": over_http}


def replay(folder: Path, door: str) -> Report:
    """Replays every exchange of every file of a folder over HTTP."""
    report = Report()
    with (
        StandIn() as upstream,
        # As the recorded client sent it: with its own key, and asking for nothing that it did not ask for.
        running_door(deployment(upstream.url, api_key=None, include_usage=False, embeddings_base64=False)) as gateway,
        DOORS[door](gateway) as client,
    ):
        everything = list(exchanges(folder))
        gateway.take_names(models_of(everything))
        for exchange in everything:
            if isinstance(exchange, Unreadable):
                report.lossy.setdefault("unreadable", {})[exchange.name] = [exchange.reason]
            elif exchange.route not in OPERATIONS:
                report.skipped += 1
            else:
                report.add(exchange, _lost(exchange, upstream, gateway, client))
    return report


def _lost(exchange: Exchange, upstream: StandIn, gateway: RunningGateway, client: httpx2.Client) -> list[str]:
    before = len(upstream.exchanges)
    try:
        gateway.forget_refusals()  # that recorded upstreams made with others' models
        upstream.enqueue(*[answer_of(exchange)] * ATTEMPTS)
        answer = send(client, exchange)
        if len(upstream.exchanges) == before:
            return [f"refused: {answer.status} {answer.body.decode()}"]
        lost = [f"request {each}" for each in request_differences(exchange, upstream.exchange(before).request)]
        return lost + [f"reply {each}" for each in answer_differences(exchange, answer)]
    except MALFORMED as error:
        return [why_unreadable(error)]
    finally:
        upstream.clear_queue()


def send(client: httpx2.Client, exchange: Exchange) -> Answer:
    """Sends a recorded request, and reads its answer to the end."""
    with client.stream(**request_of(exchange), headers=KEY) as response:
        answer = Answer(response.status_code, response.headers.get("content-type", ""))
        try:
            for data in response.iter_bytes():
                answer.body += data
        except httpx2.TransportError as error:
            answer.broken = error
    return answer


def request_of(exchange: Exchange) -> dict[str, Any]:
    """Returns a recorded request as arguments of the client; ids in paths were not kept."""
    method = exchange.record["method"]
    path = re.sub(r"\{\w+\}", "id-of-the-recording", exchange.record["op_path"].lstrip("/"))
    request: dict[str, Any] = {"method": method, "url": path}
    only = routes.match(method, f"/v1/{path}").route.any.file_part
    if exchange.record.get("request_form"):
        files = [part for part in parts(exchange) if "filename" in part]
        fields = [part for part in parts(exchange) if "filename" not in part]
        data: dict[str, list[str]] = {}
        for part in fields:
            data.setdefault(part["name"], []).append(part["value"])
        described = [(each["filename"], content(each["size"]), each.get("content_type")) for each in files]
        names = [each["name"] for each in files]
        sent = list(zip(names, described, strict=True)) or ([] if not only else [(only, NO_FILE)])
        if not sent:  # a form of texts alone
            return request | {"files": [(name, (None, text)) for name, texts in data.items() for text in texts]}
        return request | {"data": data, "files": sent}
    body = dict(exchange.request_body or {})
    if only:
        return request | {"files": [(only, NO_FILE)], "data": _stream(exchange)}
    if method == "POST":
        return request | {"content": dumps(body | _stream(exchange, value=True))}
    return request | {"params": _stream(exchange)}


def _stream(exchange: Exchange, *, value: Any = "true") -> dict[str, Any]:
    return {"stream": value} if is_stream(exchange) and "stream_format" not in (exchange.request_body or {}) else {}


def answer_differences(exchange: Exchange, answer: Answer) -> Iterator[str]:
    """Yields what came back other than what was recorded."""
    recorded, text = exchange.record.get("response_body"), exchange.record.get("response_text")
    if exchange.events is not None and exchange.status < 300:
        yield from _stream_differences(exchange, answer)
        return
    if exchange.status >= 300 or answer.status >= 300:
        yield from _error_differences(exchange, answer)
        return
    if answer.status != exchange.status:
        yield f"status {answer.status}, not {exchange.status}"
    if (binary := exchange.record.get("response_binary")) is not None:
        if answer.body != content(binary["size"]):
            yield "the bytes changed"
    elif text is not None:
        plain = answer.content_type.startswith(("text/", "application/sdp"))
        got = answer.body.decode() if plain else loads(answer.body).get("text")
        if got != text:
            yield "the text changed"
    else:
        yield from differences(recorded, loads(answer.body), reply=False)


def _stream_differences(exchange: Exchange, answer: Answer) -> Iterator[str]:
    recorded = [(each.get("event") or "", event_data(each)) for each in exchange.events or []]
    sent = [(name, value) for name, value in recorded if value is not None]
    if answer.status >= 300 and sent and _is_error(sent[0][1]):  # told before anything else: an error like others
        yield from _told_differently(sent[0][1], loads(answer.body))
        return
    if answer.status != exchange.status:
        yield f"status {answer.status}: {answer.body[:200]!r}"
        return
    got = [(name, value) for name, value in answer.events if value != "[DONE]"]
    named = bool(got) and bool(got[0][0])
    yield from _event_differences(sent, got, named=named)
    failed = any(_is_error(value) or value.get("type") == "error" for _, value in sent)
    whole = answer.broken is None and (named or answer.body.endswith(b"data: [DONE]\n\n"))
    if failed:
        return
    if not finished(exchange, [value for _, value in sent]):
        if whole:
            yield "a stream that broke off looks whole"
    elif not whole:
        yield f"broke off: {answer.broken or 'no [DONE]'}"


def _event_differences(sent: list[tuple[str, Any]], got: list[tuple[str, Any]], *, named: bool) -> Iterator[str]:
    for index, (name, value) in enumerate(sent):
        if index == len(got):
            yield f"{len(got)} events, not {len(sent)}"
            return
        other_name, other = got[index]
        if _is_error(value) and not value.get("choices"):
            yield from _told_differently(value, other)
            return  # what follows an error is nobody's
        yield from differences(value, other, reply=False, path=f"$[{index}]")
        if named and name and name != other_name:
            yield f"$[{index}] is named {other_name}, not {name}"


def _is_error(value: Any) -> bool:
    """Whether an event is an error object, and no event of the API's own."""
    return isinstance(value, dict) and bool(value.get("error")) and "type" not in value


def _error_differences(exchange: Exchange, answer: Answer) -> Iterator[str]:
    if exchange.status >= 300 and answer.status != exchange.status:
        yield f"status {answer.status}, not {exchange.status}"
    if answer.status < 300:
        yield f"an error became {answer.status}"
        return
    recorded = exchange.record.get("response_body")
    if recorded is None:
        recorded = exchange.record.get("response_text")
    yield from _told_differently(recorded, loads(answer.body))


def _told_differently(recorded: Any, told: Any) -> Iterator[str]:
    """Yields what of an upstream's error did not reach the caller; an error of another form only as its message."""
    got = told.get("error") if isinstance(told, dict) else None
    if not isinstance(got, dict) or not got.keys() >= ERROR_KEYS:
        yield f"no error of OpenAI's form: {str(told)[:200]}"
        return
    error = recorded.get("error") if isinstance(recorded, dict) else None
    if not isinstance(error, dict):
        return
    for key, value in error.items():
        if key == "message":
            short = str(got[key]).rstrip(SHORTENED + ".")
            if isinstance(value, str) and value not in got[key] and not value.startswith(short):
                yield f"the message became {got[key][:80]!r}"
        elif value not in EMPTY and str(got.get(key)) != str(value):
            yield f"error.{key} is {str(got.get(key))[:80]!r}, not {str(value)[:80]!r}"


def loads(data: bytes) -> Any:
    """Reads JSON, numbers as they are written."""
    return json.loads(data, parse_float=Number)


def main() -> int:
    """Prints the report. Returns 0 when nothing was lost."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("door", choices=DOORS)
    parser.add_argument("folder", nargs="?", type=Path, help="where the files *.jsonl or *.jsonl.gz are")
    arguments = parser.parse_args()
    folder = arguments.folder or (RECORDED if RECORDED.is_dir() else INVENTED)
    try:
        report = replay(folder, arguments.door)
    except FileNotFoundError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    sys.stdout.write("\n".join(report.lines()) + "\n")
    return 1 if report.lossy else 0


if __name__ == "__main__":
    sys.exit(main())
