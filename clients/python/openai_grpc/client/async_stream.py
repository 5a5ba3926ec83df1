"""Streams of the client for asyncio; counterpart of `stream`."""

import asyncio
import math
from collections.abc import AsyncIterator
from dataclasses import replace
from typing import Any, Self, TypeVar

import grpc.aio
from google.protobuf.message import Message

from openai_grpc.client._channel import Settings
from openai_grpc.client._request import Prepared, RequestStream
from openai_grpc.client._resume import RESUMPTIONS
from openai_grpc.client._retry import Attempts
from openai_grpc.client._rpc import Rpc
from openai_grpc.client._text import ended, has_notice, is_apart, is_notice
from openai_grpc.client.errors import OpenAIGrpcError
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.v1 import CallDrain

M = TypeVar("M", bound=Message)


class AsyncTransfer:
    """Messages of an upload or a batch, read one by one by a task of gRPC.

    A source that fails before its end cancels the call, so that upstream does not take the part for the whole.

    Attributes:
        failure: What reading the file raised.
    """

    def __init__(self, settings: Message, upload: RequestStream) -> None:
        self._settings = settings
        self._upload = upload
        self.failure: Exception | None = None

    async def __aiter__(self) -> AsyncIterator[Message]:
        upload = self._upload
        yield upload.first(self._settings)
        try:
            async for message in upload.async_messages():
                yield message
        except Exception as error:
            self.failure = error
            raise  # gRPC cancels the call and says no more of it


class AsyncStream(AsyncIterator[M]):
    """Stream of messages.

    It ends when the reply is whole, and raises when it is not. To leave it early, close it, leave its `async with`
    block, or drop it: each cancels the RPC, which closes the upstream request.

    Raises:
        APIError: From iteration: the call failed, perhaps after some messages.
        OpenAIGrpcError: From iteration: what came is not what it should be, such as a file with another checksum.
    """

    def __init__(self, method: Any, rpc: Rpc[M], prepared: Prepared, settings: Settings) -> None:
        self._method = method
        self._prepared = prepared
        self._metadata = settings.metadata_of(prepared)
        resumption = RESUMPTIONS.get(rpc.reply_type)
        self._resumption = None if resumption is None else resumption(prepared.request)
        deadline, retries = prepared.deadline(math.inf), prepared.retries(settings.max_retries)
        self._attempts = Attempts(rpc, deadline, retries, resumes=resumption is not None)
        self._accumulates = prepared.accumulates
        self._last: M | None = None
        self._transfer: AsyncTransfer | None = None
        self._closed = False
        self._draining: CallDrain | None = None
        self._call = self._start()

    async def __anext__(self) -> M:
        while not self._closed:
            try:
                message = await self._call.read()
            except grpc.RpcError as error:
                await self._failed(error)
            except asyncio.CancelledError:
                self._raise_failure()
                raise
            else:
                if message is grpc.aio.EOF:
                    break
                if has_notice(message):
                    self._draining = message.call_info.drain
                    if is_notice(message):
                        continue
                self._attempts.received()
                self._last = message
                if (self._accumulates and is_apart(message)) or not self._is_new(message):
                    continue
                received: M = message
                return received
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        # Newer versions of gRPC keep a call that nobody holds any more.
        if hasattr(self, "_call"):
            self._call.cancel()

    @property
    def last(self) -> M | None:
        """The last message so far."""
        return self._last

    @property
    def draining(self) -> CallDrain | None:
        """The notice that the gateway's replica is leaving, with the seconds that this stream has; None: it is not."""
        return self._draining

    def close(self) -> None:
        """Closes the stream; cancels the RPC if it has not ended."""
        self._closed = True
        self._call.cancel()

    async def drain(self) -> M:
        """Reads to the end and returns the last message.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end, or had no message.
        """
        async for _ in self:
            pass
        return ended(self._last, left=self._closed)

    async def metadata(self) -> CallMetadata:
        """Waits for the initial metadata and returns it."""
        return CallMetadata.of(await self._call.initial_metadata(), self._last)

    def _is_new(self, message: M) -> bool:
        """Returns whether the caller has not had a message yet; it may have one of a stream that went on."""
        try:
            return self._resumption is None or self._resumption.received(message)
        except OpenAIGrpcError:
            self.close()
            raise

    def _start(self) -> Any:
        settings = {"timeout": self._attempts.remaining(), "metadata": self._metadata}
        if self._prepared.upload is None:
            return self._method(self._prepared.request, **settings)
        self._transfer = AsyncTransfer(self._prepared.request, self._prepared.upload)
        return self._method(self._transfer, **settings)

    async def _failed(self, error: grpc.RpcError) -> None:
        self._raise_failure()
        if not self._closed:  # by another task
            await asyncio.sleep(self._attempts.pause(error))
            if self._resumption is not None and self._last is not None:
                self._prepared = replace(self._prepared, request=self._resumption.rest())
            self._call = self._start()

    def _raise_failure(self) -> None:
        if self._transfer is not None and self._transfer.failure is not None:
            raise self._transfer.failure
