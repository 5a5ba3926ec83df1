"""Whether an exchange came through the gateway without loss."""

import json
import re
from collections.abc import Iterator
from typing import Any, cast

import grpc
from google.rpc import error_details_pb2  # type: ignore[import-untyped]  # ships no py.typed
from grpc_status import rpc_status  # type: ignore[import-untyped]  # ships no py.typed

from conformance.compare import differences
from conformance.corpus import Exchange, Number
from conformance.driver import Outcome
from conformance.upload import content, form_differences
from faults.http_request import ReceivedRequest

FINISHING = frozenset(
    {
        *("response.completed", "response.failed", "response.incomplete", "transcript.text.done", "speech.audio.done"),
        *("image_generation.completed", "image_edit.completed"),
    }
)
SHORTENED = "…"
# The table of docs/errors.md for the caller's own key; 502 and 504 of calls without side effects may be retried.
STATUSES: dict[int, set[grpc.StatusCode]] = {
    400: {grpc.StatusCode.INVALID_ARGUMENT},
    413: {grpc.StatusCode.INVALID_ARGUMENT},
    422: {grpc.StatusCode.INVALID_ARGUMENT},
    401: {grpc.StatusCode.UNAUTHENTICATED},
    402: {grpc.StatusCode.FAILED_PRECONDITION},
    403: {grpc.StatusCode.PERMISSION_DENIED},
    404: {grpc.StatusCode.NOT_FOUND},
    408: {grpc.StatusCode.DEADLINE_EXCEEDED},
    409: {grpc.StatusCode.ABORTED},
    429: {grpc.StatusCode.RESOURCE_EXHAUSTED},
    500: {grpc.StatusCode.INTERNAL},
    502: {grpc.StatusCode.INTERNAL, grpc.StatusCode.UNAVAILABLE},
    503: {grpc.StatusCode.UNAVAILABLE},
    504: {grpc.StatusCode.DEADLINE_EXCEEDED, grpc.StatusCode.UNAVAILABLE},
}
ANY_OTHER = {grpc.StatusCode.INTERNAL, grpc.StatusCode.FAILED_PRECONDITION}


def request_differences(exchange: Exchange, received: ReceivedRequest) -> Iterator[str]:
    """Yields what the upstream received other than what was recorded."""
    recorded = f"{exchange.record['method']} /v1{exchange.record['op_path']}"
    if not same_route(recorded, f"{received.method} {received.path}"):
        yield f"{recorded} became {received.method} {received.path}"
    if exchange.record.get("request_form"):
        yield from form_differences(exchange, bytes(received.body), received.header("content-type") or "")
        return
    sent = exchange.request_body
    if not isinstance(sent, dict) or exchange.record["method"] == "GET":
        return
    got = json.loads(bytes(received.body), parse_float=Number)
    # An absent `stream` and one that is false or null ask for the same.
    sent, got = ({key: v for key, v in each.items() if key != "stream" or v} for each in (sent, got))
    yield from differences(sent, got, reply=False)


def same_route(recorded: str, received: str) -> bool:
    """Whether a request went where the recorded one went; ids in paths were not kept."""
    pattern = re.sub(r"\\\{\w+\\\}", "[^/]+", re.escape(recorded))
    return re.fullmatch(pattern, received) is not None


def reply_differences(exchange: Exchange, outcome: Outcome) -> Iterator[str]:
    """Yields what came back other than what was recorded."""
    if exchange.status >= 300:
        yield from error_differences(exchange.status, exchange.record.get("response_body"), outcome.error)
    elif exchange.events is not None:
        yield from stream_differences(exchange, outcome)
    elif outcome.error is not None:
        body = exchange.record.get("response_body")
        text = exchange.record.get("response_text")
        if isinstance(body, dict) and body.get("error"):
            yield from error_differences(None, body, outcome.error)
        elif text is None or text not in (outcome.error.details() or ""):
            yield f"failed: {describe(outcome.error)}"
    elif exchange.record.get("response_binary") is not None:
        audio = b"".join(cast("Any", message).data for message in outcome.messages)
        if audio != content(exchange.record["response_binary"]["size"]):
            yield "the bytes changed"
    elif exchange.record.get("response_text") is not None:
        text = exchange.record["response_text"]
        texts = {"text", "sdp"}  # the fields that hold it, whichever the reply has
        if [[value[key] for key in texts & value.keys()] for value in outcome.values] != [[text]]:
            yield "$.text changed"
    else:
        yield from differences(exchange.record.get("response_body"), outcome.values[0], reply=True)


def stream_differences(exchange: Exchange, outcome: Outcome) -> Iterator[str]:
    """Yields what came back of a stream other than what was recorded, in its messages and in how it ended."""
    sent = [data for event in exchange.events or [] if (data := event_data(event)) is not None]
    errors = [value for value in sent if isinstance(value, dict) and value.get("error") and "type" not in value]
    values = [value for value in sent if value not in errors or value.get("choices")]
    if len(values) != len(outcome.messages):
        yield f"{len(outcome.messages)} messages, not {len(values)}"
    for index, (one, other) in enumerate(zip(values, outcome.values, strict=False)):
        yield from differences(one, other, reply=True, path=f"$[{index}]")
    failed = bool(errors) or any(isinstance(value, dict) and value.get("type") == "error" for value in values)
    if failed:
        if outcome.error is None:
            yield "an error in the stream ended it with OK"
        elif errors:
            yield from error_differences(None, errors[0], outcome.error)
    elif finished(exchange, values) != (outcome.error is None):
        yield f"ended with {describe(outcome.error)}"


def finished(exchange: Exchange, values: list[Any]) -> bool:
    """Whether a recorded stream came to its end."""
    if any(event.get("data") == "[DONE]" for event in exchange.events or []):
        return True
    if any(isinstance(value, dict) and value.get("type") in FINISHING for value in values):
        return True
    reasons: dict[int, bool] = {}
    for value in values:
        for choice in (value.get("choices") if isinstance(value, dict) else None) or ():
            index = choice.get("index", 0)
            reasons[index] = bool(choice.get("finish_reason")) or reasons.get(index, False)
    return bool(reasons) and all(reasons.values())


def event_data(event: dict[str, Any]) -> Any:
    """Returns the JSON value of a recorded event; None for a comment and for `[DONE]`."""
    data = event.get("data")
    if not isinstance(data, str):
        return data
    return None if data == "[DONE]" or not data.strip() else json.loads(data, parse_float=Number)


def error_differences(status: int | None, body: Any, error: grpc.RpcError | None) -> Iterator[str]:
    """Yields what of an error did not reach the caller."""
    if error is None:
        yield f"HTTP status {status} became OK"
        return
    info = error_info(error)
    if info is None:
        yield f"no ErrorInfo: {describe(error)}"
        return
    if status is not None and error.code() not in STATUSES.get(status, ANY_OTHER):
        yield f"HTTP status {status} became {error.code().name}"
    if status is not None and info.metadata.get("http_status") != str(status):
        yield f"http_status {info.metadata.get('http_status')}, not {status}"
    told = body.get("error") if isinstance(body, dict) and body.get("error") else body
    if not isinstance(told, dict):
        told = {"message": told} if isinstance(told, str) else {}
    for key in ("type", "param", "code"):
        if isinstance(told.get(key), str | int) and info.metadata.get(key) != str(told[key]):
            yield f"error.{key} is {info.metadata.get(key)!r}, not {told[key]!r}"
    message = told.get("message")
    details = error.details() or ""
    if isinstance(message, str) and message not in details and not message.startswith(details.rstrip(SHORTENED + ".")):
        yield f"the message became {details[:80]!r}"


def error_info(error: grpc.RpcError) -> error_details_pb2.ErrorInfo | None:
    """Returns the ErrorInfo of a failed call."""
    status = rpc_status.from_call(cast("grpc.Call", error))
    for detail in status.details if status else ():
        info = error_details_pb2.ErrorInfo()
        if detail.Unpack(info):
            return info
    return None


def describe(error: grpc.RpcError | None) -> str:
    """Says how a call ended."""
    return f"{error.code().name}: {error.details()}" if error is not None else "OK"
