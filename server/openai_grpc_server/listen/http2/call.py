"""RPCs: methods, their tasks and contexts, and plain HTTP replies to requests that are not gRPC."""

import asyncio
import logging
import time
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Never, Self

import grpc
import grpc.aio

from openai_grpc_server.errors.error import RequestMemoryError, RpcError
from openai_grpc_server.listen.http2.context import CallContext
from openai_grpc_server.listen.http2.frames import CANCEL
from openai_grpc_server.listen.http2.headers import (
    BEGIN,
    BEGIN_MESSAGES,
    OK,
    Metadata,
    RequestHead,
    encode_metadata,
    http_head,
    trailers,
)
from openai_grpc_server.listen.http2.hpack import encode
from openai_grpc_server.listen.http2.limits import Peer
from openai_grpc_server.listen.http2.messages import StreamClosedError, compressor
from openai_grpc_server.listen.http2.stream import Stream

if TYPE_CHECKING:  # it is generic in the stubs alone
    Handler = grpc.RpcMethodHandler[Any, Any]
else:
    Handler = grpc.RpcMethodHandler


class _CallDetails(NamedTuple):
    """Call details for generic handlers."""

    method: str
    invocation_metadata: Metadata


class Methods:
    """The methods of a server.

    Attributes:
        small: The methods with small requests, by their paths: those added by `add_registered`.
    """

    def __init__(self) -> None:
        self.small: dict[str, Handler] = {}
        self._generic: list[grpc.GenericRpcHandler] = []

    def add_generic(self, handlers: Sequence[grpc.GenericRpcHandler]) -> None:
        """Adds handlers that are queried for each RPC, in order."""
        self._generic += handlers

    def add_registered(self, service: str, handlers: Mapping[str, Handler]) -> None:
        """Adds the methods of a service, by their names."""
        self.small |= {f"/{service}/{name}": handler for name, handler in handlers.items()}

    def find(self, path: str, metadata: Metadata) -> Handler | None:
        """Returns the method at a path, or None."""
        handler = self.small.get(path)
        if handler is not None:
            return handler
        details: Any = _CallDetails(path, metadata)  # a named tuple, as the interface has read-only attributes
        for generic in self._generic:
            found = generic.service(details)
            if found is not None:
                return found
        return None


_LOG: Final = logging.getLogger(__name__)
_ENCODINGS: Final = {grpc.Compression.Deflate: "deflate", grpc.Compression.Gzip: "gzip"}
_OK: Final = grpc.StatusCode.OK


class ServicerContext(CallContext):
    """The context of one RPC. It iterates over the messages of the request, for methods with a stream of them.

    Args:
        stream: Its stream.
        head: The request's head.
        peer: The peer of its connection.
        handler: Turns messages into bytes and back.
        deadline: Deadline, in `time.monotonic()` seconds, or None.
    """

    def __init__(
        self,
        stream: Stream,
        head: RequestHead,
        peer: Peer,
        handler: "grpc.RpcMethodHandler[Any, Any]",
        deadline: float | None,
    ) -> None:
        super().__init__(head.metadata, peer, deadline)
        self._stream = stream
        self._head = head
        self._handler = handler
        self._serialize = handler.response_serializer
        self._begun = False
        self._kept: bytes | None = None  # header block of a reply of one message, until that is sent
        self._compress: Callable[[bytes], bytes] | None = None
        self._encoding = ""
        self._compress_next = True

    def read_now(self) -> Any:
        """Returns the next message or `grpc.aio.EOF` as `read` would, or None if that takes waiting."""
        stream = self._stream
        data = stream.read_now()
        if data is not None:
            parse = self._handler.request_deserializer
            return data if parse is None else parse(data)
        ended = stream.remote_ended and not (stream.messages or stream.closed or stream.overloaded)
        return grpc.aio.EOF if ended else None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Any:
        message = await self.read()
        if message is grpc.aio.EOF:
            raise StopAsyncIteration
        return message

    async def read(self) -> Any:
        """Returns the next message of the request, or `grpc.aio.EOF`.

        Raises:
            StreamClosedError: The RPC has ended before.
            RpcError: The message can't be inflated.
        """
        data = await self._stream.read()
        if data is None:
            return grpc.aio.EOF
        parse = self._handler.request_deserializer
        return data if parse is None else parse(data)

    async def write(self, message: Any) -> None:
        """Sends a message; returns at once if the peer's window has room, else after sending.

        Raises:
            StreamClosedError: The RPC has ended before.
            UsageError: The method has ended it, or writes twice at once.
            TypeError: The message is no bytes, nor made bytes of; the RPC has ended with that.
        """
        if self._over:
            self._raise_over()
        data = message if self._serialize is None else self._serialize(message)
        if not isinstance(data, bytes):
            details = f"A message is {type(data).__name__}, not bytes"
            self.fail(grpc.StatusCode.INTERNAL, details)
            raise TypeError(details)
        if not self._begun:
            self._begin()
        compressed = self._compress is not None and self._compress_next
        if compressed and self._compress is not None:
            data = self._compress(data)
        self._compress_next = True
        if not self._stream.send_now(data, compressed=compressed):
            await self._stream.send(b"%c%b%b" % (compressed, len(data).to_bytes(4, "big"), data))

    def write_now(self, messages: Sequence[bytes]) -> int:
        """Sends messages as `write` would, as far as it need not wait; returns how many."""
        if self._over or not self._begun or self._compress is not None or self._serialize is not None:
            return 0
        return self._stream.send_all_now(messages)

    def reply_now(self, message: Any) -> bool:
        """Sends the only message of the reply with all else, if the peer's window has room for it.

        Returns:
            Whether it is done: true as well for a status that is an error, which no message goes with.
        """
        if self._code is not _OK:
            return True
        data = message if self._serialize is None else self._serialize(message)
        if self._over or self._begun or self._compress is not None or not isinstance(data, bytes):
            return False
        blocks = BEGIN_MESSAGES if self._kept is None else self._kept, self._status()
        self._over = self._stream.send_now(data, compressed=False, blocks=blocks)
        return self._over

    async def send_initial_metadata(self, initial_metadata: Any) -> None:
        """Sends the initial metadata; that of a reply of one message goes out with the message or the status.

        Raises:
            UsageError: It was sent before, or the RPC has ended.
        """
        if self._over:
            self._raise_over()
        if self._begun or self._kept is not None:
            raise grpc.aio.UsageError("Send initial metadata failed: already sent")
        self._kept = self._head_block(initial_metadata)
        if self._handler.response_streaming:
            self._begin()

    def set_compression(self, compression: grpc.Compression) -> None:
        """Compresses messages, if the caller accepts it.

        Raises:
            UsageError: The caller was told otherwise already.
        """
        if self._begun or self._kept is not None:
            raise grpc.aio.UsageError("Compression can't be set after the initial metadata")
        encoding = _ENCODINGS.get(compression, "")
        if encoding in [each.strip() for each in self._head.accepts.split(",")]:
            self._encoding, self._compress = encoding, compressor(encoding)

    def disable_next_message_compression(self) -> None:
        """Sends the next message uncompressed."""
        self._compress_next = False

    def finish(self) -> None:
        """Ends the RPC with the status that was set, unless it has ended."""
        if self._over:
            return
        block = self._status()
        self._over = True
        if self._kept is not None and not self._begun:
            self._begin()
        self._stream.send_trailers(block if self._begun else BEGIN + block)

    def fail(self, code: grpc.StatusCode, details: str, metadata: Metadata = ()) -> None:
        """Ends the RPC with an error from outside its method, unless it has ended."""
        if not self._over:
            self._code, self._details, self._trailing = code, details, metadata
            self.finish()

    def _begin(self) -> None:
        self._begun = True
        self._stream.send_headers(self._head_block(()) if self._kept is None else self._kept)

    def _head_block(self, metadata: Any) -> bytes:
        block = BEGIN_MESSAGES
        if self._encoding:
            block += encode(b"grpc-encoding", self._encoding.encode())
        return block + encode_metadata(metadata) if metadata else block

    def _status(self) -> bytes:
        """Returns the status that was set and the trailing metadata."""
        block = OK if self._code is _OK and not self._details else trailers(self._code, self._details)
        return block + encode_metadata(self._trailing) if self._trailing else block

    def _raise_over(self) -> Never:
        if self._aborted:
            raise grpc.aio.AbortError("Locally aborted.")
        if self._cancelled:
            raise StreamClosedError("The RPC was cancelled")
        raise grpc.aio.UsageError("RPC already finished.")


class ServerCall:
    """An RPC in progress.

    Args:
        stream: Its stream.
        head: The request's head.
        handler: Its method.
        peer: The peer of its connection.
        loop: The event loop.
        over: Called once the RPC has ended and its method has returned.

    Raises:
        RpcError: INTERNAL: the head can't be served.
    """

    __slots__ = ("_context", "_handler", "_head", "_loop", "_over", "_started", "_stream", "_task", "_timer")

    def __init__(  # noqa: PLR0913, PLR0917 - each is one thing that an RPC needs
        self,
        stream: Stream,
        head: RequestHead,
        handler: Handler,
        peer: Peer,
        loop: asyncio.AbstractEventLoop,
        over: "Callable[[ServerCall], None]",
    ) -> None:
        if head.fault:
            raise RpcError(grpc.StatusCode.INTERNAL, head.fault)
        stream.receiver = self
        self._stream = stream
        self._head = head
        self._handler = handler
        self._loop = loop  # to ask for the running one is a system call, with Python 3.11
        self._over = over
        self._started = False
        self._task: asyncio.Task[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        deadline = None
        if head.timeout is not None:
            deadline = time.monotonic() + head.timeout
            self._timer = loop.call_later(head.timeout, self._expire)
        self._context = ServicerContext(stream, head, peer, handler, deadline)
        if handler.request_streaming:
            self._start()

    def received(self) -> None:
        """Handles a message, or the end of the request."""
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
        """Handles cancellation by the caller, or loss of its connection."""
        self._context.cancel()
        self._end_method()

    def fail(self, error: RpcError) -> None:
        """Ends the RPC with a status from outside its method."""
        self._context.fail(error.code, error.details, error.metadata)
        self._end_method()

    def cancel(self) -> None:
        """Cancels the RPC from this side; its method may still set the status."""
        self._end_method()

    def _expire(self) -> None:
        self._context.fail(grpc.StatusCode.DEADLINE_EXCEEDED, "Deadline Exceeded")
        self._context.cancel()
        self._end_method()

    def _start(self) -> None:
        self._stream.greedy = False
        self._task = self._loop.create_task(self._run())

    def _end_method(self) -> None:
        if self._task is not None:
            self._task.cancel()
        if not self._started:  # nor will the task be: one that is cancelled before its first step never runs
            self._stream.reset(CANCEL)
            self._close()

    async def _run(self) -> None:
        self._started = True
        handler, context = self._handler, self._context
        method: Any  # the stubs say that it takes the context of threads
        request: Any
        try:
            if handler.request_streaming:
                request = context
                method = handler.stream_stream if handler.response_streaming else handler.stream_unary
            else:
                data = await self._stream.read_only()
                request = data if handler.request_deserializer is None else handler.request_deserializer(data)
                method = handler.unary_stream if handler.response_streaming else handler.unary_unary
            result = method(request, context)
            if not handler.response_streaming:
                reply = await result
                if not context.reply_now(reply):
                    await context.write(reply)
            elif hasattr(result, "__aiter__"):
                async for message in result:
                    await context.write(message)
            else:
                await result
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

    def _close(self) -> None:
        """Breaks reference cycles, so that the RPC is freed without a garbage collection."""
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        self._context.run_done_callbacks()
        self._stream.receiver = None
        self._task = None
        self._over(self)


def _cardinality(what: str) -> RpcError:
    return RpcError(grpc.StatusCode.UNIMPLEMENTED, f"The request has {what}: this RPC takes exactly one")


_TEXT: Final = b"This port speaks gRPC: POST with the content type application/grpc.\n"


class Refusal:
    """Plain HTTP reply to a request that is not gRPC, sent after its end: HTTP clients don't read earlier.

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
        """Drops the data."""
        if self._stream.remote_ended and self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._send())

    def fail(self, error: RpcError) -> None:
        """Does nothing: no data is read."""

    def gone(self) -> None:
        """Does nothing: the peer is gone."""
        if self._task is None:
            self._end()

    def cancel(self) -> None:
        """Resets the stream."""
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
