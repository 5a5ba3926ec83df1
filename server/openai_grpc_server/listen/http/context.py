"""Context of an RPC that came by HTTP."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from typing import TYPE_CHECKING, Any, Final

import grpc
import grpc.aio

from openai_grpc_server.listen.http2.context import CallContext
from openai_grpc_server.listen.http2.limits import Peer

if TYPE_CHECKING:
    from google.protobuf.message import Message

    from openai_grpc.rest import Events

_NEVER: Final = (("grpc-retry-pushback-ms", "-1"),)


class HttpContext(CallContext):
    """The context that handlers get; what they send is kept here, or goes to `send`.

    Args:
        metadata: The caller's metadata.
        peer: The caller.
        deadline: When the call must have ended, in `time.monotonic()` seconds, or None.
        task: The task that serves the call; a deadline cancels it.

    Attributes:
        request: The request, as bytes; an iterator of those of an upload; an error, which reading it raises.
        frames: Writes the messages of a stream as events; None: they are sent as they are.
        send: Sends a message of a stream, or its events.
        initial: The initial metadata.
        expired: Whether the deadline has passed.
    """

    request: "bytes | AsyncIterator[Message] | Exception | None" = None
    frames: "Events | None" = None
    send: "Callable[[bytes], Any] | None" = None

    def __init__(
        self, metadata: Iterable[tuple[str, str | bytes]], peer: Peer, deadline: float | None, task: "asyncio.Task[Any]"
    ) -> None:
        super().__init__(tuple(metadata), peer, deadline)
        self.initial: tuple[tuple[str, str], ...] = ()
        self.expired = False
        self._task = task
        self._timer: asyncio.TimerHandle | None = None
        if deadline is not None:
            self._timer = asyncio.get_running_loop().call_later(self.time_remaining(), self._expire)

    async def read(self) -> Any:
        """Returns the next message of the request, or `grpc.aio.EOF`.

        Raises:
            GatewayError: The request can't be read.
        """
        request = self.request
        if isinstance(request, Exception):
            self.request = None
            try:
                raise request
            finally:
                del request  # the error holds this frame
        if request is None or isinstance(request, bytes):
            self.request = None
            return grpc.aio.EOF if request is None else request
        message = await anext(request, None)
        return grpc.aio.EOF if message is None else message.SerializeToString()

    async def write(self, message: Any) -> None:
        """Sends a message of a stream; returns once the connection has room for more."""
        if self.send is None:
            raise grpc.aio.UsageError("RPC already finished.")
        await self.send(message)

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Keeps the metadata: it goes out with the first message, when the status is known."""
        self.initial = tuple(initial_metadata)

    def set_compression(self, compression: grpc.Compression) -> None:
        """Does nothing: replies are not compressed."""

    def disable_next_message_compression(self) -> None:
        """Does nothing, as above."""

    def metadata_of_reply(self) -> Iterable[tuple[str, str | bytes]]:
        """Returns initial and trailing metadata; a key of both once."""
        return dict((*self.initial, *self._trailing)).items()

    def close(self) -> None:
        """Ends the RPC: nothing of it is left for a garbage collection."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._done_callbacks:
            self.run_done_callbacks()
        self.send = None  # it leads back here
        del self._task

    def _expire(self) -> None:
        if not self._over:
            self.expired = self._cancelled = True
            self._code, self._details = grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded"
            self._trailing = (*self._trailing, *_NEVER)
            self._task.cancel()
