"""HTTP/2 conversations near valid ones, by frame and by byte, with our own server and the whole gateway behind.

Calls of others go on, nothing unforeseen is logged, and no connection, stream or task is left.
"""

import asyncio
import json
import random
import socket
import struct
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING

import grpc
import hpack

from faults import rpcs
from faults.stand_in import StandIn
from fuzz.target import FaultError, mutated_bytes
from openai_grpc_server.listen.http2 import frames as wire
from openai_grpc_server.listen.http2.frames import frame
from support.gateway import LIMIT, deployment, on_loop, running_gateway

if TYPE_CHECKING:
    from faults.exchange import Answer
    from faults.http_request import ReceivedRequest

_PATHS = (
    "/openai_grpc.v1.ChatService/CreateChatCompletion",
    "/openai_grpc.v1.ChatService/StreamChatCompletion",
    "/openai_grpc.v1.AudioService/UploadTranscription",
    "/openai_grpc.v1.ModelsService/ListModels",
    "/grpc.health.v1.Health/Check",
    "/grpc.health.v1.Health/Watch",
    "/grpc.reflection.v1.ServerReflection/ServerReflectionInfo",
    "/openai_grpc.v1.ChatService/Nothing",
    "/",
)
_FIELDS = (
    *(
        ("grpc-timeout", "10m"),
        ("grpc-timeout", "1n"),
        ("grpc-timeout", "x"),
        ("grpc-encoding", "gzip"),
        ("x-bin", "AA,BB"),
    ),
    *(("grpc-encoding", "br"), ("content-length", "5"), ("te", "gzip"), ("connection", "close"), ("x", "\xe9" * 40)),
)
_BETWEEN_CHECKS = 50
_READING = (0.001, 0.01, 0.05)  # seconds that a peer reads before it goes
_SETTING = struct.Struct(">HL")


class _Upstream(StandIn):
    """Answers whatever is asked with a chat completion."""

    def _answer(self, request: "ReceivedRequest") -> "Answer":  # noqa: ARG002 - the same for all
        return rpcs.CREATE_CHAT.well()


class Http2:
    """The gateway on our own HTTP/2 server."""

    name = "http2"

    def __init__(self) -> None:
        self._stack = ExitStack()
        upstream = self._stack.enter_context(_Upstream())
        self._upstream = upstream
        self._gateway = self._stack.enter_context(running_gateway(deployment(upstream.url), http2="asyncio"))
        self._call()
        self._tasks = on_loop(_tasks())
        self._tried = 0
        self._logged = 0

    def make(self, rng: random.Random) -> tuple[bytes, float]:
        """Makes what a peer sends, and for how long it then reads."""
        parts = _conversation(rng)
        for _ in range(rng.choice((0, 0, 1, 1, 3))):
            _mutate(rng, parts)
        data = wire.PREFACE + b"".join(parts)
        if rng.random() < 0.3:
            data = mutated_bytes(rng, data)
        return data, rng.choice(_READING)

    def check(self, data: tuple[bytes, float]) -> str:
        """Plays it; a call of another's is made now and then."""
        sent, reading = data
        how = self._play(sent, reading)
        self._tried += 1
        if self._tried % _BETWEEN_CHECKS == 0:
            self._call()
        self._check_log()
        return how

    def close(self) -> list[str]:
        """Ends the gateway; its tasks must be those from before."""
        self._call()
        end = time.monotonic() + LIMIT
        while (tasks := on_loop(_tasks())) > self._tasks and time.monotonic() < end:
            time.sleep(0.05)
        self._stack.close()
        return [f"{tasks - self._tasks} tasks"] if tasks > self._tasks else []

    def _play(self, data: bytes, reading: float) -> str:
        host, _, port = self._gateway.target.rpartition(":")
        with socket.create_connection((host, int(port)), LIMIT) as peer:
            if len(data) % 3 == 0:  # goes with a reset
                peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            try:
                peer.sendall(data)
                peer.settimeout(reading)
                while received := peer.recv(1 << 16):
                    if received[3:4] == bytes((wire.GOAWAY,)):
                        return "ended by GOAWAY"
            except TimeoutError:
                return "left"
            except OSError:
                return "reset"
        return "closed"

    def _call(self) -> None:
        self._upstream.exchanges.clear()
        try:
            rpcs.CREATE_CHAT.start(self._gateway, timeout=LIMIT).result()
        except grpc.RpcError as error:
            raise FaultError(f"another caller's call failed: {error}") from None

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


async def _tasks() -> int:
    return len(asyncio.all_tasks())


def _conversation(rng: random.Random) -> list[bytes]:
    encoder = hpack.Encoder()
    parts = [frame(wire.SETTINGS, 0, 0, _settings(rng))]
    stream = 1
    for _ in range(rng.randrange(1, 6)):
        path = rng.choice(_PATHS)
        fields = [(":method", "POST"), (":scheme", "http"), (":path", path), (":authority", "x")]
        fields += [("te", "trailers"), ("content-type", "application/grpc")]
        if rng.random() < 0.3:
            fields.append(rng.choice(_FIELDS))
        block = encoder.encode(fields, huffman=rng.random() < 0.5)
        if rng.random() < 0.1:
            block = mutated_bytes(rng, block)
        parts += _headers(rng, stream, block)
        parts += _data(rng, stream, path)
        parts += [_other(rng, stream) for _ in range(rng.randrange(3))]
        stream += 2 * rng.choice((1, 1, 1, 4))
    return parts


def _settings(rng: random.Random) -> bytes:
    values = (0, 1, 100, 16384, 65535, 1 << 20, (1 << 31) - 1, 1 << 31)
    return b"".join(_SETTING.pack(rng.randrange(1, 9), rng.choice(values)) for _ in range(rng.randrange(3)))


def _headers(rng: random.Random, stream: int, block: bytes) -> list[bytes]:
    at = rng.randrange(len(block) + 1)
    how = rng.randrange(8)
    if how == 0:
        rest = frame(wire.CONTINUATION, wire.END_HEADERS, stream, block[at:])
        return [frame(wire.HEADERS, 0, stream, block[:at]), rest]
    if how == 1:
        pad = rng.randrange(20)
        payload = bytes((pad,)) + struct.pack(">LB", rng.randrange(4), 5) + block + bytes(pad)
        flags = wire.END_HEADERS | wire.PADDED | wire.PRIORITY_FLAG
        return [frame(wire.HEADERS, flags, stream, payload)]
    return [frame(wire.HEADERS, wire.END_HEADERS, stream, block)]


def _data(rng: random.Random, stream: int, path: str) -> list[bytes]:
    message = rpcs.CHAT.SerializeToString() if "Chat" in path else rng.randbytes(rng.randrange(4))
    body = (rng.choice((b"\0", b"\0", b"\0", b"\1", b"\2")) + struct.pack(">L", len(message)) + message) * rng.choice(
        (1, 1, 2)
    )
    size = rng.choice((1, 5, 100, 16384))
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    ends = rng.random() < 0.8
    return [
        frame(wire.DATA, wire.END_STREAM if ends and number == len(pieces) - 1 else 0, stream, piece)
        for number, piece in enumerate(pieces)
    ]


def _other(rng: random.Random, stream: int) -> bytes:
    return rng.choice(
        (
            frame(wire.PING, rng.randrange(2), 0, bytes(8)),
            wire.window_update(rng.choice((0, stream)), rng.choice((0, 1, 65535, (1 << 31) - 1))),
            frame(wire.PRIORITY, 0, stream, struct.pack(">LB", rng.randrange(8), 1)),
            wire.rst_stream(stream, rng.randrange(14)),
            frame(wire.SETTINGS, 0, 0, _settings(rng)),
            frame(wire.GOAWAY, 0, 0, bytes(8)),
            frame(rng.randrange(10, 256), 0, stream, b"extension"),
        )
    )


def _mutate(rng: random.Random, parts: list[bytes]) -> None:
    at, other = rng.randrange(len(parts)), rng.randrange(len(parts))
    head = bytearray(parts[at])
    how = rng.randrange(7)
    if how == 0:
        head[2] = rng.randrange(256)
    elif how == 1:
        head[3] = rng.randrange(12)
    elif how == 2:
        head[4] = rng.randrange(256)
    elif how == 3:
        head[5:9] = struct.pack(">L", rng.choice((0, 1, 2, 3, 1001, (1 << 31) - 1, 1 << 31 | 1)))
    elif how == 4:
        parts[at], parts[other] = parts[other], parts[at]
        return
    elif how == 5:
        parts.insert(at, parts[other])
        return
    else:
        parts[at:at] = [parts[other]] * rng.randrange(1, 40)
        return
    parts[at] = bytes(head)
