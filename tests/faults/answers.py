"""Ready answers for the stand-in upstream: good ones, and the ways in which upstreams go wrong."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import orjson

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from faults.exchange import Answer, Exchange, Gate

JSON = "application/json"
SSE = "text/event-stream; charset=utf-8"

ERROR = b'{"error":{"message":"The server had an error","type":"server_error","param":null,"code":null}}'


def head(status: int, headers: Iterable[tuple[str, str]]) -> bytes:
    """A status line and headers, with the empty line that ends them."""
    phrase = HTTPStatus(status).phrase if status in set(HTTPStatus) else "Unnamed"
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in headers)]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def chunk(data: bytes) -> bytes:
    """One chunk of a chunked body; the empty one ends it."""
    return b"%x\r\n%b\r\n" % (len(data), data)


def event(data: Any, *, name: str | None = None) -> bytes:
    """One server-sent event; `data` is bytes or str as they are, anything else becomes JSON."""
    text = data if isinstance(data, bytes) else data.encode() if isinstance(data, str) else orjson.dumps(data)
    return (b"event: %b\n" % name.encode() if name else b"") + b"data: %b\n\n" % text


def events(objects: Iterable[Mapping[str, Any]], *, named: bool = False, done: bool = True) -> list[bytes]:
    """Server-sent events as Chat sends them (ends with `[DONE]`) or, `named`, as Responses does (does not)."""
    sent = [event(item, name=item["type"] if named else None) for item in objects]
    return [*sent, event("[DONE]")] if done and not named else sent


def body(
    data: bytes,
    *,
    status: int = 200,
    content_type: str = JSON,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """A whole body with its length, after the request was read to its end."""

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        fields = [("content-type", content_type), ("content-length", str(len(data))), *(headers or {}).items()]
        await exchange.send(head(status, fields) + data)

    return answer


def json(value: Any, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A JSON body."""
    return body(orjson.dumps(value), status=status, headers=headers)


def stream(
    pieces: Sequence[bytes],
    *,
    headers: Mapping[str, str] | None = None,
    content_type: str = SSE,
    gates: Mapping[int, Gate] | None = None,
    then: str = "end",
) -> Answer:
    """A chunked stream, one chunk a piece.

    Args:
        pieces: Raw bytes of the body, sent one by one.
        headers: Further headers.
        content_type: The content type.
        gates: Before the piece of this index is sent (or, past the last, before the ending), its gate must be open.
        then: What follows the pieces: "end" (the body ends), "truncate" (the connection closes inside the body),
            "reset" (RST inside the body), "garbage" (no chunk where one should be), "stall" (silence until the
            gateway closes), "repeat" (the last piece for ever).
    """

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        fields = [("content-type", content_type), ("transfer-encoding", "chunked"), *(headers or {}).items()]
        await exchange.send(head(200, fields))
        for index, piece in enumerate(pieces):
            if gates and index in gates:
                await gates[index].passed()
            await exchange.send(chunk(piece))
        if gates and len(pieces) in gates:
            await gates[len(pieces)].passed()
        await _finish(exchange, then, pieces)

    return answer


async def _finish(exchange: Exchange, then: str, pieces: Sequence[bytes]) -> None:
    match then:
        case "end":
            await exchange.send(chunk(b""))
        case "truncate":
            exchange.close()
        case "reset":
            exchange.reset()
        case "stall":
            await exchange.stall()
        case "garbage":
            await exchange.send(b"no size of a chunk\r\n")
            await exchange.stall()
        case "repeat":
            while True:
                await exchange.send(chunk(pieces[-1]))
        case _:
            raise ValueError(then)


def close(*, read_request: bool = True) -> Answer:
    """Closes the connection in order without a byte of an answer."""

    async def answer(exchange: Exchange) -> None:
        if read_request:
            await exchange.body()
        exchange.close()

    return answer


def reset(*, read_request: bool = True) -> Answer:
    """Resets the connection without a byte of an answer."""

    async def answer(exchange: Exchange) -> None:
        if read_request:
            await exchange.body()
        exchange.reset()

    return answer


def stall() -> Answer:
    """Reads the request and never answers."""

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.stall()

    return answer


def raw(data: bytes) -> Answer:
    """Sends bytes that need not be HTTP, then closes."""

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.send(data)
        exchange.close()

    return answer
