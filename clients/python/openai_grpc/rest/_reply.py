"""Replies as bodies and server-sent events."""

from typing import Any

from google.protobuf.message import Message

from openai_grpc.codec import dumps, loads, to_json, to_object
from openai_grpc.rest._errors import HttpError
from openai_grpc.rest._operations import Framing

JSON = "application/json"
TEXT = "text/plain; charset=utf-8"
EVENT_STREAM = "text/event-stream; charset=utf-8"
OCTETS = "application/octet-stream"

ERROR = "error"
NUMBER = "sequence_number"
_DONE = b"data: [DONE]\n\n"


class Events:
    """Frames the messages of a stream as OpenAI's server-sent events.

    Args:
        framing: The framing.
    """

    content_type = EVENT_STREAM
    status = 200
    headers = ()

    def __init__(self, framing: Framing) -> None:
        self._named = framing is Framing.NAMED
        self._told = False
        self._next = -1  # the number of the next event, in streams that number them

    def event(self, message: Message) -> bytes:
        """Returns the event of a message.

        Raises:
            CodecError: The message has no JSON.
        """
        if not self._named:
            return b"data: %b\n\n" % encode(message)
        value = to_object(message)
        data = dumps(value)
        if not isinstance(value, dict):  # an event that the contract does not know, which is raw JSON
            value = loads(data)
        return b"%b%b\n\n" % (self._head(value), data)

    def head_of(self, message: Message, data: bytes) -> bytes | None:
        """Returns what precedes JSON text in the event of a message, or None if the text says anything else.

        Args:
            message: The message.
            data: JSON text. Its event may be sent instead of `event`, which would say the same.

        Raises:
            CodecError: The message has no JSON.
        """
        if b"\n" in data or b"\r" in data:
            return None
        value = loads(encode(message))
        return self._head(value) if value == loads(data) else None

    def _head(self, value: Any) -> bytes:
        if not self._named:
            return b"data: "
        name = value.get("type") if isinstance(value, dict) else None
        self._told = self._told or name == ERROR
        number = value.get(NUMBER) if isinstance(value, dict) else None
        if isinstance(number, int):
            self._next = number + 1
        if not isinstance(name, str) or "\n" in name or "\r" in name:
            return b"data: "
        return b"event: %b\ndata: " % name.encode()

    def end(self) -> bytes:
        """Returns the end marker of a complete stream; empty if the framing has none."""
        return b"" if self._named else _DONE

    def error(self, error: HttpError) -> bytes:
        """Returns the event of a failure inside a stream; no end marker may follow it.

        OpenAI's SDKs raise where an event has the key `error`. It is empty if upstream's own event has told already.
        """
        if self._told:
            return b""
        body: dict[str, Any] = error.body
        if not self._named:
            return b"data: %b\n\n" % dumps(body)
        told = body["error"]
        flat = {key: told.get(key) for key in ("code", "message", "param")}
        numbered = {NUMBER: self._next} if self._next >= 0 else {}
        return b"event: error\ndata: %b\n\n" % dumps({"type": ERROR, **flat, **numbered, **body})


class Body:
    """Frames the messages of a stream as the parts of a body of any type.

    Args:
        offset: The first byte of a range that was asked for; None: the whole was.
        length: The number of bytes that were asked for; None: all from there on.

    Attributes:
        content_type: The type of the body, once its first message is there.
        headers: The `Content-Range` of a part, once its first message is there; none for a whole.
    """

    def __init__(self, offset: int | None = None, length: int | None = None) -> None:
        self.content_type = OCTETS
        self.headers: tuple[tuple[str, str], ...] = ()
        self._offset = offset
        self._length = length

    @property
    def status(self) -> int:
        """The HTTP status: 206 for a part."""
        return 200 if self._offset is None else 206

    def event(self, message: Any) -> bytes:
        """Returns the part of the body that a message is."""
        if message.content_type:
            self.content_type = message.content_type
            if self._offset is not None and message.size:
                end = message.size if self._length is None else min(message.size, self._offset + self._length)
                self.headers = (("content-range", f"bytes {self._offset}-{end - 1}/{message.size}"),)
        return bytes(message.data)

    def head_of(self, message: Message, data: bytes) -> None:
        """Returns None: no part is JSON."""

    def end(self) -> bytes:
        """Returns nothing: the end of the body is that of the stream."""
        return b""

    def error(self, error: HttpError) -> bytes:  # noqa: ARG002 - as that of events
        """Returns nothing: a failure cuts the body off."""
        return b""


def encode(message: Message) -> bytes:
    """Returns a message as OpenAI's JSON."""
    return to_json(message)
