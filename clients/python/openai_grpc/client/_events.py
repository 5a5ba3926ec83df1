"""Events of a session, by their types in JSON: for both clients."""

import base64
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import from_object, to_object
from openai_grpc.codec._options import shape
from openai_grpc.v1 import realtime_pb2, responses_pb2

LANE = "stream_id"  # of responses over one connection; not a part of an event's JSON


@dataclass(frozen=True)
class SessionKind:
    """A kind of session.

    Attributes:
        path: The HTTP/2 path of its RPC.
        event: The class of the events that the caller sends.
        reply: The class of those that he gets.
    """

    path: str
    event: type[Message]
    reply: type[Message]

    @cached_property
    def types(self) -> tuple[str, ...]:
        """The types of the events that the caller sends."""
        found = []
        for arm in shape(self.event.DESCRIPTOR).fields:
            if arm.message is not None:
                found += [*arm.tags, *filter(None, [shape(arm.message).constants.get("type")])]
        return tuple(found)

    def read(self, event: Any) -> Message:
        """Returns the message of an event.

        Args:
            event: The message, or its JSON object, in which audio may be bytes and parts may be messages.

        Raises:
            TypeError: It is neither.
            CodecError: The object is no JSON.
        """
        if isinstance(event, self.event):
            return event
        if not isinstance(event, Mapping):
            raise TypeError(f"an event must be a {self.event.__name__} or a mapping, not a {type(event).__name__}")
        value = {key: plain(item) for key, item in event.items()}
        lane = value.pop(LANE, None) if LANE in self.event.DESCRIPTOR.fields_by_name else None
        message = from_object(self.event, value, keep_nulls=True)
        if lane is not None:
            setattr(message, LANE, lane)
        return message


REALTIME = SessionKind(
    "/openai_grpc.v1.RealtimeService/Connect", realtime_pb2.RealtimeClientEvent, realtime_pb2.RealtimeServerEvent
)
RESPONSES = SessionKind(
    "/openai_grpc.v1.ResponsesService/Connect", responses_pb2.ResponsesClientEvent, responses_pb2.ResponsesServerEvent
)


class Events:
    """Sends events by their types: `events.input_audio_buffer.append(audio=...)`.

    Args:
        kind: The kind of session.
        send: Sends an event.
        prefix: The beginning of the types, with its dot.
    """

    def __init__(self, kind: SessionKind, send: Callable[[Any], Any], prefix: str) -> None:
        self._kind = kind
        self._send = send
        self._prefix = prefix

    def __getattr__(self, name: str) -> Any:
        type_ = f"{self._prefix}{name}"
        if type_ in self._kind.types:
            return lambda **fields: self._send({"type": type_, **fields})
        if any(each.startswith(f"{type_}.") for each in self._kind.types):
            return Events(self._kind, self._send, f"{type_}.")
        raise AttributeError(f"no event {type_!r}: known are {', '.join(self._kind.types)}")


def plain(value: Any) -> Any:
    """Returns a value as JSON: bytes in base64, messages as objects."""
    if isinstance(value, bytes | bytearray | memoryview):
        return base64.b64encode(value).decode()
    if isinstance(value, Message):
        return to_object(value)
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    return [plain(item) for item in value] if isinstance(value, list | tuple) else value
