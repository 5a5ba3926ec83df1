"""Calls for asyncio; counterpart of `_sync`, with only what differs."""

import asyncio
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast
from weakref import WeakSet

import grpc.aio
from google.protobuf.message import Message

from openai_grpc.client._address import target
from openai_grpc.client._channel import Settings
from openai_grpc.client._paging import after_of, next_page
from openai_grpc.client._request import Prepared, accumulating
from openai_grpc.client._retry import Attempts
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.async_pages import AsyncPage, AsyncPages
from openai_grpc.client.async_session import AsyncSession
from openai_grpc.client.async_stream import AsyncStream, AsyncTransfer
from openai_grpc.client.async_streams import STREAMS
from openai_grpc.client.errors import ClientClosedError
from openai_grpc.client.metadata import CallMetadata

if TYPE_CHECKING:
    from openai_grpc.client._events import SessionKind

M = TypeVar("M", bound=Message)


class AsyncLink:
    """The channel of a client and of its copies, made at the first call in the event loop that runs then."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.closed = False
        # gRPC cancels only the calls that a task waits for right now when the channel is closed.
        self.streams: WeakSet[AsyncStream[Any] | AsyncSession] = WeakSet()

    @cached_property
    def channel(self) -> grpc.aio.Channel:
        """The channel."""
        settings = self._settings
        address, more = target(settings.addresses)
        options = (*more, *settings.options)
        interceptors = settings.interceptors or None
        if settings.credentials is None:
            return grpc.aio.insecure_channel(address, options, interceptors=interceptors)
        return grpc.aio.secure_channel(address, settings.credentials, options, interceptors=interceptors)

    async def close(self) -> None:
        """Closes the channel, if any, and all calls on it."""
        self.closed = True
        for stream in list(self.streams):
            stream.close()
        if "channel" in self.__dict__:
            await self.channel.close()


class AsyncConnection:
    """Connection to a gateway, shared by its calls.

    Args:
        settings: Settings of the calls.
        link: The channel. Default: a new one.
    """

    def __init__(self, settings: Settings, link: AsyncLink | None = None) -> None:
        self.settings = settings
        self.link = link or AsyncLink(settings)

    def method(self, rpc: Rpc[Any]) -> Any:
        """Returns the gRPC callable of an RPC.

        Raises:
            ClientClosedError: The client is closed.
        """
        if self.link.closed:
            raise ClientClosedError
        channel = self.link.channel
        kinds: dict[tuple[bool, bool], Any] = {
            (False, False): channel.unary_unary,
            (False, True): channel.unary_stream,
            (True, False): channel.stream_unary,
            (True, True): channel.stream_stream,
        }
        make = kinds[rpc.upload, rpc.streams]
        return make(rpc.path, lambda message: message.SerializeToString(), rpc.reply_type.FromString)

    def session(self, kind: "SessionKind", prepared: Prepared, first: Any = None) -> AsyncSession:
        """Opens a session.

        Args:
            kind: Its kind.
            prepared: The options of the call.
            first: The first message, if any.

        Raises:
            ClientClosedError: The client is closed.
        """
        if self.link.closed:
            raise ClientClosedError
        make: Any = self.link.channel.stream_stream
        method = make(kind.path, lambda message: message.SerializeToString(), kind.reply.FromString)
        session = AsyncSession(method, kind, prepared, self.settings, first)
        self.link.streams.add(session)
        return session


class AsyncUnary(Generic[M]):
    """Unary RPC: called and awaited, it returns the reply.

    Args:
        connection: The connection.
        rpc: The RPC.
        streaming: The RPC that streams the reply.
    """

    def __init__(self, connection: AsyncConnection, rpc: Rpc[M], streaming: Rpc[Any] | None = None) -> None:
        self._connection = connection
        self._rpc = rpc
        self._streaming = streaming
        self.__doc__ = rpc.doc

    @cached_property
    def _method(self) -> Any:
        return self._connection.method(self._rpc)

    @cached_property
    def _stream(self) -> "AsyncServerStream[Any]":
        return AsyncServerStream(self._connection, cast("Rpc[Any]", self._streaming))

    async def __call__(self, request: Any = None, /, **params: Any) -> Any:
        if self._streaming is not None and "stream" in params and params.pop("stream"):
            return self._stream.start(request, params, accumulates=False)
        return (await self._perform(request, params))[0]

    async def with_call(self, request: Any = None, /, **params: Any) -> tuple[Any, CallMetadata]:
        """Calls the RPC; returns the reply with its metadata.

        Raises:
            APIError: The call failed.
            ClientClosedError: The client is closed.
        """
        reply, call = await self._perform(request, params)
        return reply, CallMetadata.of(await call.initial_metadata(), reply)

    async def _perform(self, request: Any, params: dict[str, Any]) -> tuple[M, Any]:
        settings = self._connection.settings
        prepared = self._rpc.build(request, **params)
        attempts = Attempts(self._rpc, prepared.deadline(settings.timeout), prepared.retries(settings.max_retries))
        metadata = settings.metadata_of(prepared)
        if self._connection.link.closed:
            raise ClientClosedError
        while True:
            upload = prepared.upload
            transfer = None if upload is None else AsyncTransfer(prepared.request, upload)
            call = self._method(transfer or prepared.request, timeout=attempts.remaining(), metadata=metadata)
            try:
                return await call, call
            except grpc.RpcError as error:
                await asyncio.sleep(attempts.pause(error))
            except asyncio.CancelledError:
                if transfer and transfer.failure:
                    raise transfer.failure from None
                raise


class AsyncLister(AsyncUnary[M]):
    """RPC of a list: awaited, it returns an `AsyncPage`; a loop over it yields the items of all pages."""

    def __call__(self, request: Any = None, /, **params: Any) -> Any:
        async def first() -> AsyncPage[Any, M]:
            return self._page(request, params, (await self._perform(request, params))[0])

        return AsyncPages(first)

    async def with_call(self, request: Any = None, /, **params: Any) -> tuple[Any, CallMetadata]:
        """Fetches a page; returns it with its metadata."""
        reply, call = await self._perform(request, params)
        return self._page(request, params, reply), CallMetadata.of(await call.initial_metadata(), reply)

    def _page(self, request: Any, params: dict[str, Any], reply: M) -> AsyncPage[Any, M]:
        async def fetch(after: str) -> AsyncPage[Any, M]:
            asked, more = next_page(request, params, after)
            page: AsyncPage[Any, M] = await self(asked, **more)
            return page

        return AsyncPage(reply, fetch, after_of(request, params))


class AsyncServerStream(Generic[M]):
    """Server-streaming RPC: called, it returns an `AsyncStream` without awaiting.

    Args:
        connection: The connection.
        rpc: The RPC.
    """

    def __init__(self, connection: AsyncConnection, rpc: Rpc[M]) -> None:
        self._connection = connection
        self._rpc = rpc
        self.__doc__ = rpc.doc

    @cached_property
    def _method(self) -> Any:
        return self._connection.method(self._rpc)

    def __call__(self, request: Any = None, /, **params: Any) -> Any:
        return self.start(request, params, accumulates=True)

    def start(self, request: Any, params: dict[str, Any], *, accumulates: bool) -> AsyncStream[M]:
        """Starts a stream.

        Args:
            request: The request, or an id, or None.
            params: The fields of the request.
            accumulates: Whether to ask for the whole reply with the last message.

        Raises:
            ClientClosedError: The client is closed.
        """
        prepared = self._rpc.build(request, **params)
        if accumulates:
            prepared = accumulating(prepared, self._rpc.reply_type, request)
        return self.begin(prepared)

    def begin(self, prepared: Prepared) -> AsyncStream[M]:
        """Starts the stream of a call.

        Raises:
            ClientClosedError: The client is closed.
        """
        if self._connection.link.closed:
            raise ClientClosedError
        kind: type[AsyncStream[M]] = STREAMS[self._rpc.reply_type]
        stream = kind(self._method, self._rpc, prepared, self._connection.settings)
        self._connection.link.streams.add(stream)
        return stream
