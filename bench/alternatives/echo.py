"""An echo: what a server library costs by itself, without a gateway behind it."""

import asyncio
from itertools import count
from typing import TYPE_CHECKING, Any

import grpc

from bench.alternatives.load import Case
from bench.exchanges import Exchange

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

REQUEST = b"x" * 200
REPLY = b"y" * 800  # about a chat completion of 150 tokens
MESSAGE = b"z" * 130  # about a chunk
METADATA = (
    ("x-request-id", "0a1b2c3d4e5f"),
    ("openai-processing-ms", "12"),
    ("x-ratelimit-remaining-requests", "4999"),
)
BACK_TO_BACK = 500
PACED, PAUSE, STREAMS = 45, 0.1, 100

UNARY, WITH_METADATA = "/bench.Echo/Unary", "/bench.Echo/UnaryWithMetadata"
STREAM, PACED_STREAM = "/bench.Echo/Stream", "/bench.Echo/PacedStream"
PATHS = (UNARY, WITH_METADATA, STREAM, PACED_STREAM)


def exchanges() -> dict[str, Exchange]:
    """Returns the echo's exchanges by name."""
    return {
        "call": _exchange(UNARY, REPLY),
        "call with initial metadata": _exchange(WITH_METADATA, REPLY),
        "stream": _exchange(STREAM, *[MESSAGE] * BACK_TO_BACK),
        "paced stream": _exchange(PACED_STREAM, *[MESSAGE] * PACED, pause=PAUSE),
    }


CASES = (
    Case(name="call", exchange="call", in_flight=32, each=60),
    Case(name="call with initial metadata", exchange="call with initial metadata", in_flight=32, each=60),
    Case(name="message back to back", exchange="stream", in_flight=32),
    Case(name="message at 1,000/s", exchange="paced stream", in_flight=STREAMS),
)


class Echo(grpc.GenericRpcHandler):
    """Serves the echo's exchanges."""

    def __init__(self) -> None:
        self._turn = count()
        unary: Callable[..., Any] = grpc.unary_unary_rpc_method_handler
        stream: Callable[..., Any] = grpc.unary_stream_rpc_method_handler
        self._handlers = {
            UNARY: unary(self._unary),
            WITH_METADATA: unary(self._unary_with_metadata),
            STREAM: stream(self._stream),
            PACED_STREAM: stream(self._paced_stream),
        }

    def service(self, handler_call_details: grpc.HandlerCallDetails) -> Any:
        """Finds the handler of an RPC."""
        return self._handlers.get(handler_call_details.method)

    async def _unary(self, _request: bytes, _context: Any) -> bytes:
        return REPLY

    async def _unary_with_metadata(self, _request: bytes, context: Any) -> bytes:
        await context.send_initial_metadata(METADATA)
        return REPLY

    async def _stream(self, _request: bytes, context: Any) -> None:
        write: Callable[[bytes], Awaitable[None]] = context.write
        for _ in range(BACK_TO_BACK):
            await write(MESSAGE)

    async def _paced_stream(self, _request: bytes, context: Any) -> None:
        loop = asyncio.get_running_loop()
        due = loop.time() + next(self._turn) % STREAMS / STREAMS * PAUSE
        for _ in range(PACED):
            await asyncio.sleep(due - loop.time())
            await context.write(MESSAGE)
            due += PAUSE


def _exchange(rpc: str, *messages: bytes, pause: float = 0.0) -> Exchange:
    return Exchange(
        rpc=rpc, request=REQUEST, http_path="", http_body=b"", http_reply=(), messages=messages, pause=pause
    )
