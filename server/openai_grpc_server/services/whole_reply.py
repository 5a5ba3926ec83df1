"""The reply of a model that can't stream, told as the stream that it would have been."""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from typing import Any

from openai_grpc.codec import CodecError, dumps, loads, loads_in_steps
from openai_grpc_server.calls.call import Call
from openai_grpc_server.errors import (
    GatewayError,
    InvalidArgumentError,
    from_error_object,
)
from openai_grpc_server.offload import beside_loop
from openai_grpc_server.services.events import EventReader
from openai_grpc_server.services.reading import Reading
from openai_grpc_server.services.relay import check_elements
from openai_grpc_server.synthetic import chat_chunks, response_events
from openai_grpc_server.upstream import ServerSentEvent

DONE = b"[DONE]"
OF_STREAMS = frozenset({"stream", "stream_options"})

# How a reply is told, by the path of its REST call; a legacy completion is a chunk as it is.
EVENTS: Mapping[str, Callable[[dict[str, Any]], Iterator[dict[str, Any]]]] = {
    "/chat/completions": chat_chunks,
    "/responses": response_events,
}


def asks_for_usage(value: dict[str, Any]) -> bool:
    """Whether the request of a stream asks for a chunk with the usage."""
    options = value.get("stream_options")
    return isinstance(options, dict) and options.get("include_usage") is True


def whole_request(value: dict[str, Any]) -> dict[str, Any]:
    """Returns the request of a whole reply for that of a stream.

    Raises:
        InvalidArgumentError: The reply is to be made in the background, where it is not whole yet when it comes.
    """
    if value.get("background") is True:
        raise InvalidArgumentError.of_field(
            "background", "this model can't stream: create the response, and get it until it is done"
        )
    return {key: each for key, each in value.items() if key not in OF_STREAMS}


class WholeReply:
    """The events of one reply.

    Args:
        call: The call.
        data: The reply's JSON.

    Raises:
        GatewayError: It is an error, or not the JSON that it should be.
    """

    def __init__(self, call: Call, data: bytes) -> None:
        check_elements(call, data)
        with Reading(call, data):
            reply = loads_in_steps(data) if call.large_reply else loads(data)
            if not isinstance(reply, dict):
                raise CodecError("no JSON object")
        # A response that failed has its error beside its id.
        if reply.get("error") and not reply.get("id"):
            raise from_error_object(reply, safe=False)
        tell = EVENTS.get(call.rpc.http_path)
        self._call = call
        self._events = tell(reply) if tell else iter([reply])
        # A whole reply is complete whatever its choices say; a response has its last event.
        self._end = () if tell is response_events else (ServerSentEvent(DONE),)

    async def event_batches(self) -> AsyncIterator[list[ServerSentEvent]]:
        """Yields the events, all together."""
        yield await beside_loop(self._call.large_reply, self._written)

    def _written(self) -> list[ServerSentEvent]:
        with Reading(self._call):
            return [*(ServerSentEvent(dumps(event)) for event in self._events), *self._end]


class MarkedMessages:
    """Reads events as another reader does, and marks each message as one that the gateway made.

    Args:
        call: The call.
        reader: The other reader.
        usage: Whether a chunk that has nothing but the usage is one that the request asks for.
    """

    def __init__(self, call: Call, reader: EventReader, *, usage: bool) -> None:
        self._usage = usage
        self._call = call
        self._reader = reader
        self.variables = ()

    @property
    def complete(self) -> bool:
        """Whether the stream has said that it is finished."""
        return self._reader.complete

    @complete.setter
    def complete(self, value: bool) -> None:
        self._reader.complete = value

    @property
    def failure(self) -> GatewayError | None:
        """The error that the event just read stands for."""
        return self._reader.failure

    @failure.setter
    def failure(self, value: GatewayError | None) -> None:
        self._reader.failure = value

    def read(self, value: Any) -> Any:
        """Returns the messages of an event, marked."""
        messages = self._reader.read(value)
        if not self._usage and value.get("usage") and value.get("choices") == []:
            return None
        return self._marked(messages)

    def ended(self) -> None:
        """Tells the reader that the reply has ended."""
        self._reader.ended()

    def last(self) -> Any:
        """Returns what follows, marked."""
        return self._marked(self._reader.last())

    def _marked(self, messages: Any) -> Any:
        for message in messages if isinstance(messages, list) else filter(None, [messages]):
            message.call_info.CopyFrom(self._call.info())
        return messages
