"""Input of the HTTP port: requests, JSON and forms near valid ones, several on one connection; smuggled requests.

Each connection is closed in time, each answer is one that HTTP has and none says that the gateway failed, nothing
unforeseen is logged, and no call is left. A request whose end two servers may see at different places is no call, and
neither is what follows it.
"""

import json
import random
import re
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

from faults import rpcs
from faults.stand_in import LIMIT, StandIn
from fuzz.target import FaultError, mutated_bytes, mutated_json
from openai_grpc_server.config import HttpSettings
from support.gateway import deployment, on_loop, running_door

if TYPE_CHECKING:
    from faults.exchange import Answer
    from faults.http_request import ReceivedRequest

_TARGETS = (
    *(b"POST /v1/chat/completions", b"POST /chat/completions", b"POST /openai/v1/embeddings", b"POST /v1/responses"),
    *(b"GET /v1/models", b"GET /v1/models/a%2Fb?x[]=1&x[y]=2", b"DELETE /v1/responses/r%00", b"GET /v1/responses/r"),
    *(b"GET /v1/models/%2e%2e/%2E%2E/health", b"GET //v1//models/../models", b"POST /v1/chat/completions?x=%zz&%00=1"),
    *(b"GET http://elsewhere.example/v1/models", b"GET /v1/models/\xc3\xbc#f", b"GET /v1/models/" + b"%61" * 300),
    *(b"HEAD /health/liveliness", b"OPTIONS *", b"PUT /v1//models", b"POST /v1/audio/transcriptions"),
)
_HEADERS = (
    *(b"Content-Length: 3", b"Transfer-Encoding: chunked", b"Transfer-Encoding: identity", b"Expect: 100-continue"),
    *(b"Connection: close", b"Connection: upgrade\r\nUpgrade: h2c", b"Content-Encoding: gzip", b"Host: elsewhere"),
    *(b"Origin: https://elsewhere.example", b"Authorization: Bearer \xff", b"openai-grpc-timeout: 0.01", b"a:\tb"),
    *(b"openai-grpc-timeout: -1", b"openai-grpc-time-limits: total=x", b"X-Request-Id: \x7f", b" folded"),
)
_REQUEST = {"model": "m", "messages": [{"role": "user", "content": "tide?"}], "input": ["a"], "stream": False}
_LAST = b"GET /health/liveliness HTTP/1.1\r\nHost: harbour\r\nConnection: close\r\n\r\n"
_STATUS = re.compile(rb"HTTP/\d\.\d (\d{3}) ")


class _Upstream(StandIn):
    """Answers whatever is asked with a chat completion."""

    def _answer(self, request: "ReceivedRequest") -> "Answer":  # noqa: ARG002 - the same for all
        return rpcs.CREATE_CHAT.well()


class Door:
    """The HTTP port of a gateway with short timeouts."""

    name = "door"

    def __init__(self) -> None:
        self._stack = ExitStack()
        self._upstream = self._stack.enter_context(_Upstream())
        http = HttpSettings(port=0, header_timeout=0.05, body_timeout=0.05, idle_timeout=0.2, max_body_bytes=100_000)
        self._gateway = self._stack.enter_context(running_door(deployment(self._upstream.url), http=http))
        self._logged = 0
        self._called = 0  # requests that the upstream got from the last input

    def make(self, rng: random.Random) -> bytes:
        """Makes what is sent on a connection."""
        sent = b"".join(_request(rng) for _ in range(rng.choice((1, 1, 1, 2, 3))))
        sent = mutated_bytes(rng, sent) if rng.random() < 0.5 else sent
        return sent[: rng.randrange(len(sent) + 1)] if rng.random() < 0.05 else sent + _LAST

    def check(self, data: bytes) -> str:
        """Sends it, and reads until the server closes the connection."""
        received = b""
        with socket.create_connection(("127.0.0.1", self._gateway.gateway.http_port), LIMIT) as connection:
            try:
                connection.sendall(data)
                while piece := connection.recv(1 << 16):
                    received += piece
            except TimeoutError:
                raise FaultError(f"the connection is open after {LIMIT} s: {received[-500:]!r}") from None
            except (ConnectionResetError, BrokenPipeError):  # it closed before it had read all
                pass
        self._check_log()
        statuses = [int(each) for each in _STATUS.findall(received)]
        if received and not statuses:
            raise FaultError(f"no HTTP: {received[:500]!r}")
        if b"gateway failed" in received or not all(100 <= each < 600 for each in statuses):
            raise FaultError(f"statuses {statuses}: {received[:2000]!r}")
        return " ".join(map(str, statuses)) or "closed"

    def close(self) -> list[str]:
        """Ends the gateway; calls that are left would keep it from being idle."""
        on_loop(self._gateway.gateway.idle())
        self._stack.close()
        return []

    def _check_log(self) -> None:
        self._called = len(self._upstream.exchanges)
        self._upstream.exchanges.clear()
        lines = self._gateway.log.getvalue()[self._logged :]
        self._logged += len(lines)
        for line in lines.splitlines():
            if json.loads(line)["level"] == "error":
                raise FaultError(f"logged: {line}")


class Smuggling(Door):
    """The HTTP port, sent requests whose body has another one, with a head that leaves open where the body ends."""

    name = "smuggling"

    def make(self, rng: random.Random) -> bytes:
        """Makes such a request, and one that is well after it."""
        body = json.dumps(_REQUEST).encode()
        hidden = b"POST /v1/chat/completions HTTP/1.1\r\nHost: harbour\r\nContent-Length: %d\r\n\r\n%b" % (
            len(body),
            body,
        )
        lines = [b"POST /v1/chat/completions HTTP/1.1", b"Host: harbour", b"Content-Type: application/json"]
        ambiguous = rng.choice(_AMBIGUOUS)(rng, hidden)
        at = rng.randrange(1, len(lines) + 1)
        lines[at:at] = ambiguous
        ends = b"\r\n"
        if len(ambiguous) == 1:  # a length alone, which is clear but for the ends of lines
            ends = rng.choice((b"\n", b"\r", b"\n\r", b"\r\r\n"))
        first = b"0\r\n\r\n" if rng.random() < 0.5 else b""
        return ends.join([*lines, b"", b""]) + first + hidden + _LAST

    def check(self, data: bytes) -> str:
        """Sends it; the upstream must get nothing, and the connection end with one refusal."""
        how = super().check(data)
        if self._called:
            raise FaultError(f"a call was made of {data[:300]!r}")
        if not all(status in {"400", "431", "501", "closed"} for status in how.split()) or " " in how:
            raise FaultError(f"statuses {how} for {data[:300]!r}")
        return how


def _length(rng: random.Random, hidden: bytes) -> bytes:
    value = rng.choice((0, 5, len(hidden), len(hidden) + 5, 3))
    name = rng.choice((b"Content-Length", b"content-length", b"CONTENT-LENGTH"))
    return b"%b: %b" % (name, rng.choice((b"%d", b"%d", b" %d ", b"0%d", b"\t%d")) % value)


def _coding(rng: random.Random) -> bytes:
    value = rng.choice(
        (b"chunked", b"Chunked", b"identity, chunked", b"chunked, identity", b"xchunked", b"chunked;a=b")
    )
    name = rng.choice((b"Transfer-Encoding", b"transfer-encoding"))
    return b"%b:%b%b" % (name, rng.choice((b" ", b"", b"\t", b"  ")), value)


_AMBIGUOUS = (
    lambda rng, hidden: rng.sample([_length(rng, hidden), _length(rng, hidden)], 2),
    lambda rng, hidden: rng.sample([_length(rng, hidden), _coding(rng)], 2),
    lambda rng, _: [
        b"Transfer-Encoding: chunked",
        rng.choice((b"Transfer-Encoding: x", b"Transfer-Encoding: chunked")),
    ],
    lambda rng, hidden: (
        [rng.choice((b"Content-Length : %d", b"Content-Length: +%d", b"Content-Length: %d, 5")) % 5, b"A: b"]
        if hidden
        else []
    ),
    lambda rng, _: [b"Content-Length: 5", rng.choice((b" folded", b"\tfolded", b"A\0: b", b"A", b": b", b"A b: c"))],
    lambda _, hidden: [b"Content-Length: %d" % len(hidden)],
)


def _request(rng: random.Random) -> bytes:
    target = rng.choice(_TARGETS)
    lines = [target + rng.choice((b" HTTP/1.1",) * 9 + (b" HTTP/1.0",)), b"Host: harbour"]
    lines += rng.sample(_HEADERS, rng.choice((0, 0, 0, 1, 2)))
    body = b"" if target.startswith((b"GET", b"HEAD", b"OPTIONS")) and rng.random() < 0.9 else _body(rng, target, lines)
    if body or rng.random() < 0.2:
        if rng.random() < 0.3:
            lines.append(b"Transfer-Encoding: chunked")
            body = _chunks(rng, body)
        else:
            lines.append(b"Content-Length: %d" % (len(body) + rng.choice((0,) * 12 + (1, -1))))
    ends = rng.choice((b"\r\n",) * 30 + (b"\n", b"\r", b"\n\r", b"\r\r\n"))
    return ends.join([*lines, b"", b""]) + body


def _body(rng: random.Random, target: bytes, lines: list[bytes]) -> bytes:
    if not target.endswith(b"transcriptions") or rng.random() < 0.1:
        value = mutated_json(rng, _REQUEST, 2)
        data = json.dumps(value).encode()
        return mutated_bytes(rng, data) if rng.random() < 0.2 else data
    lines.append(b"Content-Type: multipart/form-data; boundary=x")
    parts = [b'--x\r\nContent-Disposition: form-data; name="model"\r\n\r\nm\r\n']
    parts.append(b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF\r\n')
    parts.append(b'--x\r\nContent-Disposition: form-data; name="a[b][]"\r\n\r\n1\r\n')
    rng.shuffle(parts)
    form = b"".join(parts[: rng.choice((1, 2, 3, 3))]) + b"--x--\r\n"
    return mutated_bytes(rng, form) if rng.random() < 0.4 else form


def _chunks(rng: random.Random, body: bytes) -> bytes:
    at, chunks = 0, b""
    while at < len(body):
        part = body[at : at + rng.choice((1, 7, 100, 5000))]
        chunks += b"%x\r\n" % len(part) + part + b"\r\n"
        at += len(part)
    return chunks + rng.choice((b"0\r\n\r\n",) * 5 + (b"0\r\nA: b\r\n\r\n", b"", b"zz\r\n"))
