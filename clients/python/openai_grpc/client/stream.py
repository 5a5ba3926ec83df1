"""Streams of the blocking client; counterpart of `async_stream`."""

import math
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, Self, TypeVar

import grpc
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


class Transfer:
    """Messages of an upload or a batch, read one by one by a thread of gRPC.

    A source that fails before its end cancels the call, so that upstream does not take the part for the whole.

    Attributes:
        failure: What reading the file raised.
    """

    def __init__(self, settings: Message, upload: RequestStream) -> None:
        self._settings = settings
        self._upload = upload
        self._call: Any = None
        self._started = threading.Event()
        self.failure: Exception | None = None

    def belongs_to(self, call: Any) -> None:
        """Sets the call of the upload."""
        self._call = call
        self._started.set()

    def __iter__(self) -> Iterator[Message]:
        upload = self._upload
        yield upload.first(self._settings)
        try:
            yield from upload.messages()
        except Exception as error:  # noqa: BLE001 - raised by the call, in the caller's thread
            self.failure = error
            self._started.wait()
            self._call.cancel()


class Stream(Iterator[M]):
    """Stream of messages.

    It ends when the reply is whole, and raises when it is not. To leave it early, close it, leave its `with` block, or
    drop it: each cancels the RPC, which closes the upstream request.

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
        self._transfer: Transfer | None = None
        self._closed = False
        self._draining: CallDrain | None = None
        self._call = self._start()

    def __next__(self) -> M:
        while not self._closed:
            try:
                message: Any = next(self._call)
            except grpc.RpcError as error:
                self._failed(error)
            else:
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
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

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

    def drain(self) -> M:
        """Reads to the end and returns the last message.

        Raises:
            APIError: The call failed.
            OpenAIGrpcError: The stream was left before its end, or had no message.
        """
        for _ in self:
            pass
        return ended(self._last, left=self._closed)

    def metadata(self) -> CallMetadata:
        """Waits for the initial metadata and returns it."""
        return CallMetadata.of(self._call.initial_metadata(), self._last)

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
        self._transfer = Transfer(self._prepared.request, self._prepared.upload)
        call = self._method(iter(self._transfer), **settings)
        self._transfer.belongs_to(call)
        return call

    def _failed(self, error: grpc.RpcError) -> None:
        if self._transfer is not None and self._transfer.failure is not None:
            raise self._transfer.failure
        if not self._closed:  # by another thread
            time.sleep(self._attempts.pause(error))
            if self._resumption is not None and self._last is not None:
                self._prepared = replace(self._prepared, request=self._resumption.rest())
            self._call = self._start()
