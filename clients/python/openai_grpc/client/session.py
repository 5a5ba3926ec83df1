"""Sessions of the blocking client; counterpart of `async_session`."""

import math
import queue
from collections.abc import Iterator
from typing import Any, Self

import grpc

from openai_grpc.client._channel import Settings
from openai_grpc.client._events import Events, SessionKind
from openai_grpc.client._failure import api_error
from openai_grpc.client._request import Prepared
from openai_grpc.client._text import has_notice, is_notice
from openai_grpc.client.metadata import CallMetadata
from openai_grpc.v1 import CallDrain

_END = object()


class Session(Iterator[Any]):
    """Session: events in both directions, until a side ends it.

    An event is sent by `send`, or by its type: `session.response.create()`,
    `session.input_audio_buffer.append(audio=b"")`. To end the session leave its `with` block: what runs is cancelled.
    `done` ends it once nothing runs.

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
        self._requests: queue.SimpleQueue[Any] = queue.SimpleQueue()
        self._begun = False
        self._closed = False
        self._draining: CallDrain | None = None
        if first is not None:
            self._requests.put(first)
        self._call = method(
            iter(self._requests.get, _END), timeout=prepared.deadline(math.inf), metadata=settings.metadata_of(prepared)
        )

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(Events(self._kind, self.send, ""), name)

    def __next__(self) -> Any:
        while not self._closed:
            try:
                event = next(self._call)
            except grpc.RpcError as error:
                self._failed(error)
                continue
            if has_notice(event):
                self._draining = event.call_info.drain
                if is_notice(event):
                    continue
            self._begun = True
            return event
        raise StopIteration

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    @property
    def draining(self) -> CallDrain | None:
        """The notice that the gateway's replica is leaving, with the seconds that the session has; None: it is not."""
        return self._draining

    def send(self, event: Any) -> None:
        """Sends an event: a message, or its JSON object, in which audio may be bytes.

        Raises:
            TypeError: It is neither.
        """
        self._requests.put(self._kind.read(event))

    def recv(self) -> Any:
        """Waits for the next event and returns it.

        Raises:
            APIError: The session failed.
            StopIteration: It has ended.
        """
        return next(self)

    def done(self) -> None:
        """Sends no further event: the session ends once nothing runs."""
        self._requests.put(_END)

    def close(self) -> None:
        """Ends the session at once."""
        self._closed = True
        self._requests.put(_END)
        self._call.cancel()

    def _failed(self, error: grpc.RpcError) -> None:
        if not self._closed:  # by another thread
            raise api_error(error, begun=self._begun) from error

    def metadata(self) -> CallMetadata:
        """Waits for the initial metadata and returns it."""
        return CallMetadata.of(self._call.initial_metadata(), None)
