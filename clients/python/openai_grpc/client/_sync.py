"""Blocking calls; counterpart of `_async`, with only what differs."""

import time
from functools import update_wrapper
from typing import Any, Generic, ParamSpec, TypeVar

import grpc
from google.protobuf.message import Message

from openai_grpc.client._channel import Settings
from openai_grpc.client._retry import Attempts
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.client.stream import Stream, Transfer

P = ParamSpec("P")
M = TypeVar("M", bound=Message)


class Connection:
    """Channel to a gateway, shared by its calls."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        target, options = settings.target, settings.options
        self.channel = (
            grpc.insecure_channel(target, options)
            if settings.credentials is None
            else grpc.secure_channel(target, settings.credentials, options)
        )

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

    def close(self) -> None:
        """Closes the channel and all calls on it."""
        self.channel.close()


class Unary(Generic[P, M]):
    """Unary RPC: called, it returns the reply.

    Args:
        connection: The connection.
        rpc: The RPC.
    """

    def __init__(self, connection: Connection, rpc: Rpc[P, M]) -> None:
        self._settings = connection.settings
        self._rpc = rpc
        self._method = connection.method(rpc)
        update_wrapper(self, rpc.build)
        self.__doc__ = rpc.doc

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> M:
        return self.with_call(*args, **kwargs)[0]

    def with_call(self, *args: P.args, **kwargs: P.kwargs) -> tuple[M, CallMetadata]:
        """Calls the RPC; returns the reply with its metadata.

        Raises:
            APIError: The call failed.
        """
        prepared = self._rpc.build(*args, **kwargs)
        attempts = Attempts(self._rpc, prepared.deadline(self._settings.timeout), self._settings.max_retries)
        metadata = self._settings.metadata + prepared.metadata
        while True:
            timeout = attempts.remaining()
            try:
                if prepared.upload is None:
                    reply, call = self._method.with_call(prepared.request, timeout=timeout, metadata=metadata)
                else:
                    reply, call = self._send(Transfer(prepared.request, prepared.upload), timeout, metadata)
            except grpc.RpcError as error:
                time.sleep(attempts.pause(error))
            else:
                return reply, CallMetadata.from_pairs(call.initial_metadata())

    def _send(self, transfer: Transfer, timeout: float | None, metadata: Any) -> tuple[M, Any]:
        call = self._method.future(iter(transfer), timeout=timeout, metadata=metadata)
        transfer.belongs_to(call)
        try:
            return call.result(), call
        except grpc.FutureCancelledError:
            raise transfer.failure or call from None
        finally:
            call.cancel()  # no effect on a call that is done; an interrupted one must not go on


class ServerStream(Generic[P, M]):
    """Server-streaming RPC: called, it returns a `Stream`.

    Args:
        connection: The connection.
        rpc: The RPC.
    """

    def __init__(self, connection: Connection, rpc: Rpc[P, M]) -> None:
        self._settings = connection.settings
        self._rpc = rpc
        self._method = connection.method(rpc)
        update_wrapper(self, rpc.build)
        self.__doc__ = rpc.doc

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> "Stream[M]":
        return Stream(self._method, self._rpc, self._rpc.build(*args, **kwargs), self._settings)
