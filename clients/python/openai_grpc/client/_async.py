"""Calls for asyncio; counterpart of `_sync`, with only what differs."""

import asyncio
from functools import cached_property, update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar
from weakref import WeakSet

import grpc.aio
from google.protobuf.message import Message

from openai_grpc.client._channel import Settings
from openai_grpc.client._retry import Attempts
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.async_stream import AsyncStream, AsyncTransfer
from openai_grpc.client.metadata import CallMetadata

P = ParamSpec("P")
M = TypeVar("M", bound=Message)


class AsyncConnection:
    """Channel to a gateway, shared by its calls."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        # gRPC cancels only the calls that a task waits for right now when the channel is closed.
        self.streams: WeakSet[AsyncStream[Any]] = WeakSet()

    @cached_property
    def channel(self) -> grpc.aio.Channel:
        """The channel, created at the first call in the event loop that runs then."""
        target, options = self.settings.target, self.settings.options
        if self.settings.credentials is None:
            return grpc.aio.insecure_channel(target, options)
        return grpc.aio.secure_channel(target, self.settings.credentials, options)

    def method(self, rpc: Rpc[..., Any]) -> Any:
        """Returns the gRPC callable of an RPC."""
        kinds: dict[tuple[bool, bool], Any] = {
            (False, False): self.channel.unary_unary,
            (False, True): self.channel.unary_stream,
            (True, False): self.channel.stream_unary,
            (True, True): self.channel.stream_stream,
        }
        make = kinds[rpc.upload, rpc.streams]
        return make(rpc.path, lambda message: message.SerializeToString(), rpc.reply_type.FromString)

    async def close(self) -> None:
        """Closes the channel, if any, and all calls on it."""
        for stream in list(self.streams):
            stream.close()
        if "channel" in self.__dict__:
            await self.channel.close()


class AsyncUnary(Generic[P, M]):
    """Unary RPC: called and awaited, it returns the reply.

    Args:
        connection: The connection.
        rpc: The RPC.
    """

    def __init__(self, connection: AsyncConnection, rpc: Rpc[P, M]) -> None:
        self._connection = connection
        self._rpc = rpc
        update_wrapper(self, rpc.build)
        self.__doc__ = rpc.doc

    @cached_property
    def _method(self) -> Any:
        return self._connection.method(self._rpc)

    async def __call__(self, *args: P.args, **kwargs: P.kwargs) -> M:
        return (await self.with_call(*args, **kwargs))[0]

    async def with_call(self, *args: P.args, **kwargs: P.kwargs) -> tuple[M, CallMetadata]:
        """Calls the RPC; returns the reply with its metadata.

        Raises:
            APIError: The call failed.
        """
        settings = self._connection.settings
        prepared = self._rpc.build(*args, **kwargs)
        attempts = Attempts(self._rpc, prepared.deadline(settings.timeout), settings.max_retries)
        metadata = settings.metadata + prepared.metadata
        while True:
            transfer = prepared.upload and AsyncTransfer(prepared.request, prepared.upload)
            call = self._method(transfer or prepared.request, timeout=attempts.remaining(), metadata=metadata)
            try:
                reply = await call
                return reply, CallMetadata.from_pairs(await call.initial_metadata())
            except grpc.RpcError as error:
                await asyncio.sleep(attempts.pause(error))
            except asyncio.CancelledError:
                if transfer and transfer.failure:
                    raise transfer.failure from None
                raise


class AsyncServerStream(Generic[P, M]):
    """Server-streaming RPC: called, it returns an `AsyncStream` without awaiting.

    Args:
        connection: The connection.
        rpc: The RPC.
    """

    def __init__(self, connection: AsyncConnection, rpc: Rpc[P, M]) -> None:
        self._connection = connection
        self._rpc = rpc
        update_wrapper(self, rpc.build)
        self.__doc__ = rpc.doc

    @cached_property
    def _method(self) -> Any:
        return self._connection.method(self._rpc)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> AsyncStream[M]:
        prepared = self._rpc.build(*args, **kwargs)
        stream = AsyncStream(self._method, self._rpc, prepared, self._connection.settings)
        self._connection.streams.add(stream)
        return stream
