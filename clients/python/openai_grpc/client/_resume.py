"""Streams that go on where they broke off: states of jobs, results of batches, files.

A connection that is lost amid such a stream, or a gateway that shuts down, does not end it: the call is made again for
what has not arrived yet. Events of a response are resumed by their own RPC, by number.
"""

import hashlib
from typing import Any, Protocol

import grpc
from google.protobuf.message import Message

from openai_grpc.client.errors import APIError, ChecksumError, OpenAIGrpcError
from openai_grpc.v1 import Batch, BatchResult, FileChunk, Response, Video

_CUT = {"UPSTREAM_TRUNCATED", "UPSTREAM_CONNECTION_LOST", "IDLE_TIMEOUT", "FIRST_TOKEN_TIMEOUT"}


class Resumption(Protocol):
    """How a stream of one request goes on."""

    def __init__(self, request: Any) -> None: ...

    def received(self, message: Any) -> bool:
        """Records a message; returns whether it is new.

        Raises:
            OpenAIGrpcError: It does not belong to what came before.
        """
        ...

    def rest(self) -> Message:
        """Returns the request for what has not arrived yet, called when the stream broke off."""
        ...


class States:
    """States of a job: the present one, then each change. Watched again, the state that was known is left out."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._last: Any = None
        self._again = False

    def received(self, message: Any) -> bool:
        """Records a state."""
        known = self._again and _bare(message) == _bare(self._last)
        self._again, self._last = False, message
        return not known

    def rest(self) -> Message:
        """Returns the same request."""
        self._again = True
        request: Message = self._request
        return request


class Results:
    """Results of a batch, each with a cursor."""

    def __init__(self, request: Any) -> None:
        self._request = request
        self._cursor: str | None = None

    def received(self, message: Any) -> bool:
        """Records the cursor of a result."""
        if message.HasField("cursor"):
            self._cursor = message.cursor
        return True

    def rest(self) -> Message:
        """Returns the request for the results after the last one."""
        return _changed(self._request, after=self._cursor)


class Download:
    """Chunks of a file, compared with its checksum.

    A checksum is that of one call; the last chunk of several gets that of all bytes.
    """

    def __init__(self, request: Any) -> None:
        self._request = request
        self._digest = hashlib.sha256()
        self._part: Any = None
        self._received = 0
        self._size: int | None = None

    def received(self, message: Any) -> bool:
        """Records a chunk.

        Raises:
            ChecksumError: It is the last one, and its checksum is another.
            OpenAIGrpcError: The file has changed.
        """
        if message.HasField("size"):
            if self._part is not None and self._size not in (None, message.size):
                raise OpenAIGrpcError(
                    f"the file has changed from {self._size} to {message.size} bytes: download it again"
                )
            self._size = message.size
        self._received += len(message.data)
        self._digest.update(message.data)
        if self._part is not None:
            self._part.update(message.data)
        if message.HasField("sha256"):
            if message.sha256 != (self._part or self._digest).digest():
                raise ChecksumError("the content differs from its checksum: download it again")
            message.sha256 = self._digest.digest()
        return True

    def rest(self) -> Message:
        """Returns the request for the bytes after the last one."""
        self._part = hashlib.sha256()
        length = self._request.length - self._received if self._request.HasField("length") else None
        return _changed(self._request, offset=self._request.offset + self._received, length=length)


RESUMPTIONS: dict[type[Message], type[Resumption]] = {
    Batch: States,
    BatchResult: Results,
    FileChunk: Download,
    Response: States,
    Video: States,
}
"""By the class of a stream's messages; other streams don't go on."""


def is_interruption(failure: APIError) -> bool:
    """Returns whether a stream failed because it was cut off; without a reason it was not the gateway that ended it."""
    if failure.reason in _CUT or failure.status is grpc.StatusCode.UNAVAILABLE:
        return True
    return not failure.reason and failure.status is grpc.StatusCode.INTERNAL


def _bare(state: Any) -> Message:
    """Returns a state without what belongs to the call that brought it."""
    return _changed(state, call_info=None)


def _changed(message: Any, **fields: Any) -> Message:
    """Returns a copy with other values; of a field whose value is None, without it."""
    copy: Message = type(message)()
    copy.CopyFrom(message)
    for name, value in fields.items():
        if value is None:
            copy.ClearField(name)
        else:
            setattr(copy, name, value)
    return copy
