"""Answers in plain HTTP to requests that are none of gRPC's."""

import asyncio
from typing import TYPE_CHECKING, Final

from openai_grpc_server.http2.errors import CANCEL, RpcError, StreamClosedError
from openai_grpc_server.http2.request_head import CONTENT_TYPE, RequestHead
from openai_grpc_server.http2.status import http_head
from openai_grpc_server.http2.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

_METHOD_NOT_ALLOWED: Final = 405
_UNSUPPORTED_MEDIA_TYPE: Final = 415
_TEXT: Final = b"This port speaks gRPC: POST with the content type application/grpc.\n"


def refusal(head: RequestHead) -> int | None:
    """Returns the HTTP status that a request gets which is no RPC, or None if it is one."""
    if head.method != "POST":
        return _METHOD_NOT_ALLOWED
    return None if CONTENT_TYPE.fullmatch(head.content_type) else _UNSUPPORTED_MEDIA_TYPE


class Refusal:
    """The answer to a request that is no RPC, once all of it has come: callers of plain HTTP read no sooner.

    Args:
        stream: Its stream.
        status: The HTTP status.
        body: Whether there is a text for people.
        over: Called once it is sent, or nobody wants it any more.
    """

    def __init__(self, stream: Stream, status: int, *, body: bool, over: "Callable[[Refusal], None]") -> None:
        self._stream = stream
        self._status = status
        self._body = body
        self._over = over
        self._task: asyncio.Task[None] | None = None
        stream.receiver = self

    def received(self) -> None:
        """Data is dropped."""
        if self._stream.remote_ended and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    def fail(self, error: RpcError) -> None:
        """Nothing is read, so nothing fails."""

    def gone(self) -> None:
        """Nobody wants it any more."""
        if self._task is None:
            self._end()

    def cancel(self) -> None:
        """Ends it from this side."""
        self._stream.reset(CANCEL)
        self.gone()

    async def _send(self) -> None:
        head = http_head(self._status)
        try:
            if self._body:
                self._stream.send_headers(head)
                await self._stream.send(_TEXT, end=True)
            else:
                self._stream.send_trailers(head)
        except StreamClosedError:
            pass  # nobody wants it any more
        finally:
            self._end()

    def _end(self) -> None:
        self._stream.receiver = None
        self._task = None
        self._over(self)
