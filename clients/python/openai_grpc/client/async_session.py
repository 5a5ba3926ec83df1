"""Sessions of the client for asyncio; counterpart of `session`."""

import math
from collections.abc import AsyncIterator
from typing import Any, Self

import grpc
import grpc.aio
from google.protobuf.message import Message

from openai_grpc.client._channel import Settings
from openai_grpc.client._events import Events, SessionKind
from openai_grpc.client._failure import api_error
from openai_grpc.client._request import Prepared
from openai_grpc.client._text import has_notice, is_notice
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.v1 import CallDrain


class AsyncSession(AsyncIterator[Any]):
    """Session: events in both directions, until a side ends it.

    An event is sent by `send`, or by its type: `await session.response.create()`,
    `await session.input_audio_buffer.append(audio=b"")`. To end the session leave its `async with` block: what runs is
    cancelled. `done` ends it once nothing runs.

    Args:
        method: gRPC's callable.
        kind: The kind of session.
        prepared: The options of the call.
        settings: Settings of the client.
        first: The first message, if any.

    Raises:
        APIError: From iteration: the session failed.
    """

    def __init__(self, method: Any, kind: SessionKind, prepared: Prepared, settings: Settings, first: Any) -> None:
        self._kind = kind
        self._first = first
        self._begun = False
        self._closed = False
        self._draining: CallDrain | None = None
        self._call = method(timeout=prepared.deadline(math.inf), metadata=settings.metadata_of(prepared))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(Events(self._kind, self.send, ""), name)

    async def __anext__(self) -> Any:
        await self._begin()
        while not self._closed:
            try:
                event: Any = await self._call.read()
            except grpc.RpcError as error:
                raise api_error(error, begun=self._begun) from error
            if event is grpc.aio.EOF:
                await self._ended()
                break
            if has_notice(event):
                self._draining = event.call_info.drain
                if is_notice(event):
                    continue
            self._begun = True
            return event
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        await self._begin()
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    @property
    def draining(self) -> CallDrain | None:
        """The notice that the gateway's replica is leaving, with the seconds that the session has; None: it is not."""
        return self._draining

    async def send(self, event: Any) -> None:
        """Sends an event: a message, or its JSON object, in which audio may be bytes.

        Raises:
            TypeError: It is neither.
            APIError: The session failed.
        """
        await self._begin()
        await self._write(self._kind.read(event))

    async def recv(self) -> Any:
        """Waits for the next event and returns it.

        Raises:
            APIError: The session failed.
            StopAsyncIteration: It has ended.
        """
        return await anext(self)

    async def done(self) -> None:
        """Sends no further event: the session ends once nothing runs."""
        await self._begin()
        await self._call.done_writing()

    def close(self) -> None:
        """Ends the session at once."""
        self._closed = True
        self._call.cancel()

    async def metadata(self) -> CallMetadata:
        """Waits for the initial metadata and returns it."""
        return CallMetadata.of(await self._call.initial_metadata(), None)

    async def _begin(self) -> None:
        first, self._first = self._first, None
        if first is not None:
            await self._write(first)

    async def _write(self, message: Message) -> None:
        try:
            await self._call.write(message)
        except grpc.RpcError as error:
            raise api_error(error, begun=self._begun) from error

    async def _ended(self) -> None:
        if await self._call.code() is not grpc.StatusCode.OK:
            error = grpc.aio.AioRpcError(
                await self._call.code(),
                await self._call.initial_metadata(),
                await self._call.trailing_metadata(),
                await self._call.details(),
            )
            raise api_error(error, begun=self._begun)
