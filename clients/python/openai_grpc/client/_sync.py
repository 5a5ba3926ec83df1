"""Blocking calls; counterpart of `_async`, with only what differs."""

import time
from functools import cached_property
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

import grpc
from google.protobuf.message import Message

from openai_grpc.client._address import target
from openai_grpc.client._channel import Settings
from openai_grpc.client._paging import after_of, next_page
from openai_grpc.client._request import Prepared, accumulating
from openai_grpc.client._retry import Attempts
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.errors import ClientClosedError
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.client.pages import Page
from openai_grpc.client.session import Session
from openai_grpc.client.stream import Stream, Transfer
from openai_grpc.client.streams import STREAMS

if TYPE_CHECKING:
    from openai_grpc.client._events import SessionKind

M = TypeVar("M", bound=Message)


class Link:
    """The channel of a client and of its copies, made at the first call."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self.closed = False

    @cached_property
    def channel(self) -> grpc.Channel:
        """The channel."""
        settings = self._settings
        address, more = target(settings.addresses)
        options = (*more, *settings.options)
        channel = (
            grpc.insecure_channel(address, options)
            if settings.credentials is None
            else grpc.secure_channel(address, settings.credentials, options)
        )
        return grpc.intercept_channel(channel, *settings.interceptors) if settings.interceptors else channel

    def close(self) -> None:
        """Closes the channel, if any, and all calls on it."""
        self.closed = True
        if "channel" in self.__dict__:
            self.channel.close()


class Connection:
    """Connection to a gateway, shared by its calls.

    Args:
        settings: Settings of the calls.
        link: The channel. Default: a new one.
    """

    def __init__(self, settings: Settings, link: Link | None = None) -> None:
        self.settings = settings
        self.link = link or Link(settings)

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

    def session(self, kind: "SessionKind", prepared: Prepared, first: Any = None) -> Session:
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
        return Session(method, kind, prepared, self.settings, first)


class Unary(Generic[M]):
    """Unary RPC: called, it returns the reply.

    Args:
        connection: The connection.
        rpc: The RPC.
        streaming: The RPC that streams the reply.
    """

    def __init__(self, connection: Connection, rpc: Rpc[M], streaming: Rpc[Any] | None = None) -> None:
        self._connection = connection
        self._rpc = rpc
        self._streaming = streaming
        self.__doc__ = rpc.doc

    @cached_property
    def _method(self) -> Any:
        return self._connection.method(self._rpc)

    @cached_property
    def _stream(self) -> "ServerStream[Any]":
        return ServerStream(self._connection, cast("Rpc[Any]", self._streaming))

    def __call__(self, request: Any = None, /, **params: Any) -> Any:
        if self._streaming is not None and "stream" in params and params.pop("stream"):
            return self._stream.start(request, params, accumulates=False)
        return self._perform(request, params)[0]

    def with_call(self, request: Any = None, /, **params: Any) -> tuple[Any, CallMetadata]:
        """Calls the RPC; returns the reply with its metadata.

        Raises:
            APIError: The call failed.
            ClientClosedError: The client is closed.
        """
        reply, call = self._perform(request, params)
        return reply, CallMetadata.of(call.initial_metadata(), reply)

    def _perform(self, request: Any, params: dict[str, Any]) -> tuple[M, Any]:
        settings = self._connection.settings
        prepared = self._rpc.build(request, **params)
        attempts = Attempts(self._rpc, prepared.deadline(settings.timeout), prepared.retries(settings.max_retries))
        metadata = settings.metadata_of(prepared)
        if self._connection.link.closed:
            raise ClientClosedError
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
                return reply, call

    def _send(self, transfer: Transfer, timeout: float | None, metadata: Any) -> tuple[M, Any]:
        call = self._method.future(iter(transfer), timeout=timeout, metadata=metadata)
        transfer.belongs_to(call)
        try:
            return call.result(), call
        except grpc.FutureCancelledError:
            raise transfer.failure or call from None
        finally:
            call.cancel()  # no effect on a call that is done; an interrupted one must not go on


class Lister(Unary[M]):
    """RPC of a list: called, it returns a `Page`, which yields the items of all pages."""

    def __call__(self, request: Any = None, /, **params: Any) -> Any:
        return self._page(request, params, self._perform(request, params)[0])

    def with_call(self, request: Any = None, /, **params: Any) -> tuple[Any, CallMetadata]:
        """Fetches a page; returns it with its metadata."""
        reply, call = self._perform(request, params)
        return self._page(request, params, reply), CallMetadata.of(call.initial_metadata(), reply)

    def _page(self, request: Any, params: dict[str, Any], reply: M) -> Page[Any, M]:
        def fetch(after: str) -> Page[Any, M]:
            asked, more = next_page(request, params, after)
            page: Page[Any, M] = self(asked, **more)
            return page

        return Page(reply, fetch, after_of(request, params))


class ServerStream(Generic[M]):
    """Server-streaming RPC: called, it returns a `Stream`.

    Args:
        connection: The connection.
        rpc: The RPC.
    """

    def __init__(self, connection: Connection, rpc: Rpc[M]) -> None:
        self._connection = connection
        self._rpc = rpc
        self.__doc__ = rpc.doc

    @cached_property
    def _method(self) -> Any:
        return self._connection.method(self._rpc)

    def __call__(self, request: Any = None, /, **params: Any) -> Any:
        return self.start(request, params, accumulates=True)

    def start(self, request: Any, params: dict[str, Any], *, accumulates: bool) -> Stream[M]:
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

    def begin(self, prepared: Prepared) -> Stream[M]:
        """Starts the stream of a call.

        Raises:
            ClientClosedError: The client is closed.
        """
        if self._connection.link.closed:
            raise ClientClosedError
        kind: type[Stream[M]] = STREAMS[self._rpc.reply_type]
        return kind(self._method, self._rpc, prepared, self._connection.settings)
