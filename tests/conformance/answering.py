"""A recorded answer as an answer of the stand-in upstream."""

from typing import TYPE_CHECKING, Any

from conformance.corpus import Exchange, dumps
from conformance.upload import content
from faults import answers

if TYPE_CHECKING:
    from faults.exchange import Answer

# Of the connection that was recorded, not of the answer.
_DROPPED = frozenset(
    {"connection", "content-encoding", "content-length", "content-type", "keep-alive", "transfer-encoding", "trailer"}
)


def answer_of(exchange: Exchange) -> "Answer":
    """Returns the answer that gives back what was recorded, byte for byte as far as it was kept."""
    record = exchange.record
    headers = dict(_headers(record.get("response_headers") or {}))
    if exchange.events is not None:
        return answers.stream([event_bytes(event) for event in exchange.events], headers=headers)
    if record.get("response_text") is not None:
        return answers.body(
            record["response_text"].encode(), status=exchange.status, content_type="text/plain", headers=headers
        )
    if (binary := record.get("response_binary")) is not None:  # its bytes were not kept
        recorded = {name.lower(): value for name, value in record.get("response_headers", {}).items()}
        kind = recorded.get("content-type", "application/octet-stream")
        return answers.body(content(binary["size"]), status=exchange.status, content_type=kind, headers=headers)
    body = record.get("response_body")
    return answers.body(b"" if body is None else dumps(body), status=exchange.status, headers=headers)


def event_bytes(event: dict[str, Any]) -> bytes:
    """Writes a recorded server-sent event."""
    if "comment" in event:
        return f": {event['comment']}\n\n".encode()
    data = event.get("data")
    text = data.encode() if isinstance(data, str) else dumps(data)
    name = f"event: {event['event']}\n".encode() if event.get("event") else b""
    return name + b"".join(b"data: %b\n" % line for line in text.split(b"\n")) + b"\n"


def _headers(recorded: Any) -> list[tuple[str, str]]:
    pairs = recorded.items() if isinstance(recorded, dict) else recorded
    flat = [(name, value if isinstance(value, str) else ", ".join(map(str, value))) for name, value in pairs]
    return [
        (name, value)
        for name, value in flat
        if name.lower() not in _DROPPED and value.isascii() and "\n" not in value and "\r" not in value
    ]
