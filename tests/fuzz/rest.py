"""What an upstream answers: HTTP, JSON and events near what each operation takes, with the whole gateway before it.

Each call ends in time and not by the gateway's own failure, nothing unforeseen is logged, and nothing is left.
"""

import json
import random
from contextlib import ExitStack
from typing import Any

import grpc

from faults import answers, rpcs
from faults.stand_in import StandIn
from fuzz.target import FaultError, mutated_bytes, mutated_json
from support.gateway import LIMIT, deployment, on_loop, running_gateway

_RPCS = (
    rpcs.CREATE_CHAT,
    rpcs.STREAM_CHAT,
    rpcs.CREATE_RESPONSE,
    rpcs.STREAM_RESPONSE,
    rpcs.CREATE_EMBEDDING,
    rpcs.CREATE_TRANSCRIPTION,
)
_STATUSES = ("200 OK",) * 9 + (
    "400 Bad",
    "401 No",
    "404 None",
    "429 Slow",
    "500 Broken",
    "503 Full",
    "302 Away",
    "204 Empty",
    "999 Odd",
)
_HEADERS = (
    *(
        b"retry-after: 1",
        b"retry-after: nan",
        b"retry-after: 99999999999999999999",
        b"x-request-id: \xff",
        b"x: y\r\n z",
    ),
    *(
        b"content-encoding: gzip",
        b"content-encoding: br",
        b"set-cookie: a=b",
        b"x-ratelimit-remaining-tokens: " + b"9" * 400,
    ),
)
Input = tuple[int, bytes]


class Rest:
    """The gateway, before an upstream that answers anything."""

    name = "rest"

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._upstream = self._stack.enter_context(StandIn())
        self._gateway = self._stack.enter_context(running_gateway(deployment(self._upstream.url), http2="asyncio"))
        self._logged = 0

    def make(self, rng: random.Random) -> Input:
        """Makes the number of an RPC, and the bytes that its upstream answers."""
        number = rng.randrange(len(_RPCS))
        rpc = _RPCS[number]
        if rpc.streaming:
            events = [mutated_json(rng, event, 2) for event in rpc.events for _ in range(rng.choice((1, 1, 0, 2)))]
            body = b"".join(_event(rng, event) for event in events) + rng.choice((b"data: [DONE]\n\n", b""))
            kind = b"text/event-stream"
        else:
            body, kind = json.dumps(mutated_json(rng, rpc.reply)).encode(), b"application/json"
        if rng.random() < 0.1:
            kind = rng.choice((b"text/html", b"", b"application/octet-stream"))
        body = mutated_bytes(rng, body) if rng.random() < 0.2 else body
        data = _answer(rng, kind, body)
        data = mutated_bytes(rng, data) if rng.random() < 0.2 else data
        return number, data[: rng.randrange(len(data) + 1)] if rng.random() < 0.1 else data

    def check(self, data: Input) -> str:
        """Makes the call."""
        number, answer = data
        rpc = _RPCS[number]
        self._upstream.exchanges.clear()
        self._upstream.clear_queue()
        self._upstream.enqueue(answers.raw(answer))
        call = rpc.start(self._gateway, timeout=LIMIT)
        try:
            how = f"{len(list(call))} messages" if rpc.streaming else "OK" if call.result() else ""
        except grpc.RpcError as error:
            how = _status(error)
        self._check_log()
        return how if how[:1].isupper() else "OK"

    def close(self) -> list[str]:
        """Ends the gateway."""
        on_loop(self._gateway.gateway.idle())
        self._stack.close()
        return []

    def _check_log(self) -> None:
        lines = self._gateway.log.getvalue()[self._logged :]
        self._logged += len(lines)
        for line in lines.splitlines():
            if json.loads(line)["level"] == "error":
                raise FaultError(f"logged: {line}")
        if self._logged > 1 << 20:
            self._gateway.log.seek(0)
            self._gateway.log.truncate()
            self._logged = 0


def _status(error: Any) -> str:
    code = error.code()
    if code is grpc.StatusCode.DEADLINE_EXCEEDED:
        raise FaultError(f"no answer within {LIMIT} s: {error.details()}")
    if "gateway failed" in str(error.details()):
        raise FaultError(f"{code.name}: {error.details()}")
    return str(code.name)


def _event(rng: random.Random, value: Any) -> bytes:
    named = isinstance(value, dict) and isinstance(value.get("type"), str) and rng.random() < 0.5
    name = f"event: {value['type']}\n".encode("utf-8", "replace") if named else b""
    return name + b"data: " + json.dumps(value).encode() + rng.choice((b"\n\n", b"\n\n", b"\r\n\r\n", b"\n"))


def _answer(rng: random.Random, kind: bytes, body: bytes) -> bytes:
    head = b"HTTP/1.1 " + rng.choice(_STATUSES).encode() + b"\r\ncontent-type: " + kind + b"\r\n"
    if rng.random() < 0.2:
        head += rng.choice(_HEADERS) + b"\r\n"
    framing = rng.randrange(3)
    if framing == 0:
        return head + b"\r\n" + body
    if framing == 1:
        return head + b"content-length: %d\r\n\r\n" % (len(body) + rng.choice((0, 0, 0, 0, 5, -5))) + body
    at, chunks = 0, b""
    while at < len(body):
        part = body[at : at + rng.choice((1, 7, 100, 5000))]
        chunks += b"%x\r\n" % len(part) + part + b"\r\n"
        at += len(part)
    return (
        head + b"transfer-encoding: chunked\r\n\r\n" + chunks + rng.choice((b"0\r\n\r\n", b"0\r\n\r\n", b"", b"zz\r\n"))
    )
