"""One RPC from its head to its status: when its method is called, and what ends it."""

import asyncio
import logging
import time
from typing import TYPE_CHECKING, Any, Final, Self

import grpc
import grpc.aio

from openai_grpc_server.http2.context import ServicerContext
from openai_grpc_server.http2.errors import CANCEL, RequestMemoryError, RpcError, StreamClosedError
from openai_grpc_server.http2.methods import Handler
from openai_grpc_server.http2.peer import Peer
from openai_grpc_server.http2.request_head import RequestHead
from openai_grpc_server.http2.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Callable

_LOG: Final = logging.getLogger(__name__)


class ServerCall:
    """One RPC that is served.

    Args:
        stream: Its stream.
        head: What it was asked with.
        handler: Its method.
        peer: Who asks.
        over: Called once the RPC has ended and its method has returned.

    Raises:
        RpcError: INTERNAL: the head can't be served.
    """

    __slots__ = ("_context", "_handler", "_head", "_over", "_started", "_stream", "_task", "_timer")

    def __init__(
        self,
        stream: Stream,
        head: RequestHead,
        handler: Handler,
        peer: Peer,
        over: "Callable[[ServerCall], None]",
    ) -> None:
        if head.fault:
            raise RpcError(grpc.StatusCode.INTERNAL, head.fault)
        stream.receiver = self
        self._stream = stream
        self._head = head
        self._handler = handler
        self._over = over
        self._started = False
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        deadline = None
        if head.timeout is not None:
            deadline = time.monotonic() + head.timeout
            self._timer = asyncio.get_running_loop().call_later(head.timeout, self._expire)
        self._context = ServicerContext(stream, head, peer, handler, deadline)
        if handler.request_streaming:
            self._start()

    def received(self) -> None:
        """A message has come, or the request has ended."""
        stream = self._stream
        if stream.overloaded and not self._handler.request_streaming:
            self.fail(RequestMemoryError())
        elif stream.cut_short:
            self.fail(RpcError(grpc.StatusCode.INTERNAL, "The request ends inside a message"))
        elif self._handler.request_streaming:
            stream.notify()
        elif len(stream.messages) > 1 or (stream.messages and stream.inside):
            self.fail(_cardinality("more than one message"))
        elif stream.remote_ended and stream.messages:
            self._start()
        elif stream.remote_ended:
            self.fail(_cardinality("no message"))

    def gone(self) -> None:
        """The caller has cancelled, or its connection was lost."""
        self._context.cancel()
        self._end_method()

    def fail(self, error: RpcError) -> None:
        """Ends the RPC with a status that is none of its method's."""
        self._context.fail(error.code, error.details, error.metadata)
        self._end_method()

    def cancel(self) -> None:
        """Ends the RPC from this side; a method that is told so may still say why."""
        self._end_method()

    def _expire(self) -> None:
        self._context.fail(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")
        self._context.cancel()
        self._end_method()

    def _start(self) -> None:
        self._stream.greedy = False
        self._task = asyncio.get_running_loop().create_task(self._run())

    def _end_method(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if not self._started:  # nor will the task be: one that is cancelled before its first step never runs
            self._stream.reset(CANCEL)
            self._close()

    async def _run(self) -> None:
        self._started = True
        context = self._context
        try:
            await self._serve()
            context.finish()
        except asyncio.CancelledError:
            self._stream.reset(CANCEL)
        except (grpc.aio.AbortError, StreamClosedError):
            pass  # its status is sent, or nobody is left to be told
        except RpcError as error:
            context.fail(error.code, error.details, error.metadata)
        except Exception as error:  # noqa: BLE001 - the boundary: a method may raise anything
            _LOG.exception("Unexpected [%s] raised by servicer method [%s]", type(error).__name__, self._head.path)
            code = context.code() if context.code() is not grpc.StatusCode.OK else grpc.StatusCode.UNKNOWN
            context.fail(code, f"Unexpected {type(error)}: {error}")
            error.__traceback__ = None  # its frames may hold the error
        finally:
            self._close()

    async def _serve(self) -> None:
        handler, context = self._handler, self._context
        method: Any  # the stubs say that it takes the context of threads
        request: Any
        if handler.request_streaming:
            request = _Messages(context)
            method = handler.stream_stream if handler.response_streaming else handler.stream_unary
        else:
            data = await self._stream.read_only()
            request = data if handler.request_deserializer is None else handler.request_deserializer(data)
            method = handler.unary_stream if handler.response_streaming else handler.unary_unary
        result = method(request, context)
        if not handler.response_streaming:
            reply = await result
            if context.code() is grpc.StatusCode.OK:
                await context.write(reply)
        elif hasattr(result, "__aiter__"):
            async for message in result:
                await context.write(message)
        else:
            await result

    def _close(self) -> None:
        """Lets go of all that leads back here, so that nothing of the RPC is left for a garbage collection."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._context.run_done_callbacks()
        self._stream.receiver = None
        self._task = None
        self._over(self)


def _cardinality(what: str) -> RpcError:
    return RpcError(grpc.StatusCode.UNIMPLEMENTED, f"The request has {what}: this RPC takes exactly one")


class _Messages:
    """The messages of a request stream.

    Args:
        context: Of which RPC.
    """

    def __init__(self, context: ServicerContext) -> None:
        self._context = context

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        message = await self._context.read()
        if message is grpc.aio.EOF:
            raise StopAsyncIteration
        return message
