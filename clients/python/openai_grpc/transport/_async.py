"""The transport of asyncio's clients."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from types import ModuleType
from typing import Any
from weakref import WeakKeyDictionary

import grpc
import grpc.aio
from google.protobuf.message import Message

from openai_grpc.client._address import DEFAULT_TARGET
from openai_grpc.client._channel import Tls, channel_options, credentials
from openai_grpc.client._text import is_notice
from openai_grpc.rest import HttpError
from openai_grpc.rest._operations import Operation
from openai_grpc.transport import _modules
from openai_grpc.transport._exchange import EventBody, Exchange, refused


class AsyncGrpcTransport(_modules.default.AsyncBaseTransport):
    """Carries the requests of an HTTP client of asyncio over gRPC.

    Args:
        target: The gateway's address, in any form that gRPC's name resolution knows.
        tls: True for TLS with gRPC's own CA certificates, a file of CA certificates, or `grpc.ChannelCredentials`.
        options: Arguments of the channel, besides the client's own.
        module: The HTTP library of the client, `httpx2` or `httpx`.

    Raises:
        OSError: The file of CA certificates can't be read.
    """

    def __init__(
        self,
        target: str = DEFAULT_TARGET,
        *,
        tls: Tls = False,
        options: Sequence[tuple[str, Any]] = (),
        module: ModuleType = _modules.default,
    ) -> None:
        self._module = module
        self._target = target
        self._options = [*channel_options(), *options]
        self._credentials = credentials(tls)
        # A channel belongs to the event loop that it is made in, and programs run several, one after the other.
        self._channels: WeakKeyDictionary[asyncio.AbstractEventLoop, Channel] = WeakKeyDictionary()

    async def handle_async_request(self, request: Any) -> Any:
        """Serves a request.

        Raises:
            module.TransportError: Nobody answers, or not in time.
        """
        try:
            exchange = Exchange(request, self._module)
            rest = await _body(exchange, request)
        except HttpError as error:
            return refused(error, self._module)
        operation = exchange.prepared.operation
        upload = Upload(exchange, rest) if operation.uploads else None
        sent: Any = exchange.prepared.request if upload is None else aiter(upload)
        call = self._channel().method(operation)(sent, timeout=exchange.deadline, metadata=exchange.metadata)
        try:
            if operation.streams:
                return await _stream(exchange, call)
            reply = await call
            return exchange.response(reply, (*await call.initial_metadata(), *await call.trailing_metadata()))
        except grpc.RpcError as error:
            return exchange.refused(upload.refusal if upload and upload.refusal else exchange.failure(error))
        except asyncio.CancelledError:
            call.cancel()
            if upload is not None and upload.failure is not None:
                if upload.refusal is not None:
                    return exchange.refused(upload.refusal)
                raise upload.failure from None
            raise

    async def aclose(self) -> None:
        """Closes the channel and all calls on it."""
        channel = self._channels.pop(asyncio.get_running_loop(), None)
        if channel is not None:
            await channel.close()

    def _channel(self) -> "Channel":
        loop = asyncio.get_running_loop()
        channel = self._channels.get(loop)
        if channel is None:
            target, options = self._target, self._options
            made = (
                grpc.aio.insecure_channel(target, options)
                if self._credentials is None
                else grpc.aio.secure_channel(target, self._credentials, options)
            )
            channel = self._channels[loop] = Channel(made)
        return channel


class Channel:
    """A channel and gRPC's callables of its RPCs.

    Args:
        channel: The channel.
    """

    def __init__(self, channel: grpc.aio.Channel) -> None:
        self._channel = channel
        self._methods: dict[str, Any] = {}

    def method(self, operation: Operation) -> Any:
        """Returns the gRPC callable of an RPC."""
        method = self._methods.get(operation.path)
        if method is None:
            kinds: dict[tuple[bool, bool], Any] = {
                (False, False): self._channel.unary_unary,
                (False, True): self._channel.unary_stream,
                (True, False): self._channel.stream_unary,
                (True, True): self._channel.stream_stream,
            }
            make = kinds[operation.uploads, operation.streams]
            method = make(operation.path, lambda message: message.SerializeToString(), operation.reply_type.FromString)
            self._methods[operation.path] = method
        return method

    async def close(self) -> None:
        """Closes the channel."""
        await self._channel.close()


class Upload:
    """Messages of an upload, read one by one by a task of gRPC.

    A body that can't be read to its end cancels the call: upstream must not take what came of it for the whole.

    Args:
        exchange: The exchange.
        rest: The rest of the request's body.

    Attributes:
        failure: What reading the body raised.
    """

    def __init__(self, exchange: Exchange, rest: AsyncIterator[bytes]) -> None:
        self._exchange = exchange
        self._rest = rest
        self.failure: Exception | None = None

    @property
    def refusal(self) -> HttpError | None:
        """The failure, if the form is at fault."""
        return self.failure if isinstance(self.failure, HttpError) else None

    async def __aiter__(self) -> AsyncIterator[Message]:
        form: Any = self._exchange.form
        try:
            for message in self._exchange.messages(form.take()):
                yield message
            make = self._exchange.prepared.operation.message_type
            async for data in self._rest:
                form.feed(data)
                for chunk in form.take():
                    yield make(chunk=chunk)
            form.end()
        except Exception as error:
            self.failure = error
            raise  # gRPC cancels the call and says no more of it


async def _body(exchange: Exchange, request: Any) -> AsyncIterator[bytes]:
    """Reads as much of a request's body as the call needs to begin, prepares the call, and returns the rest.

    Raises:
        HttpError: It can't be read.
    """
    rest: AsyncIterator[bytes] = aiter(request.stream)
    if exchange.form is None:
        exchange.prepare(b"".join([data async for data in rest]))
        return rest
    while not exchange.form.settled:
        try:
            exchange.form.feed(await anext(rest))
        except StopAsyncIteration:
            exchange.form.end()
            break
    exchange.prepare(b"")
    return rest


async def _stream(exchange: Exchange, call: Any) -> Any:
    # The status is known once the first message is there.
    first = await _read(call)
    metadata = await call.initial_metadata()
    body = EventBody(exchange, None if first is grpc.aio.EOF else first)
    stream = _modules.async_stream(exchange.module)(_events(body, call), call.cancel)
    return exchange.stream_response(stream, metadata, body)


async def _read(call: Any) -> Any:
    """Returns the next message of a reply, or `grpc.aio.EOF`."""
    while (message := await call.read()) is not grpc.aio.EOF:
        if not is_notice(message):
            break
    return message


async def _events(body: EventBody, call: Any) -> AsyncIterator[bytes]:
    try:
        if body.first:
            yield body.first
        while (message := await _read(call)) is not grpc.aio.EOF:
            yield body.event(message)
    except grpc.RpcError as error:
        yield body.failed(error)
    else:
        yield body.end()
    finally:
        call.cancel()
