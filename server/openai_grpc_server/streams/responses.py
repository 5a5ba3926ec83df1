"""Events of a response as messages."""

from typing import Any

from openai_grpc.codec import from_object
from openai_grpc.v1 import response_event_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.errors import GatewayError, from_error_object
from openai_grpc_server.streams.delta_cache import Variable

FINAL = frozenset({"completed", "failed", "incomplete"})


def _piece(event: Any) -> Any:
    """The event itself, out of its union, if it is a piece of a text."""
    kind = event.WhichOneof("kind") or ""
    return getattr(event, kind) if kind.endswith("_delta") else None


# What differs between the events of a text that comes in pieces.
VARIABLES = (
    Variable(b'"delta"', _piece, "delta"),
    Variable(b'"obfuscation"', _piece, "obfuscation"),
    Variable(b'"sequence_number"', _piece, "sequence_number", number=True),
)


class ResponseEvents:
    """Reads the events of a response, whose last one has the whole response.

    An `error` event goes out as a message, and then the stream fails. A response that failed is an answer: its stream
    ends well.

    Args:
        call: The call; its usage is noted.
    """

    def __init__(self, call: Call) -> None:
        self.complete = False
        self.failure: GatewayError | None = None
        self._call = call
        self._started = False
        self.variables = VARIABLES

    def read(self, value: Any) -> response_event_pb2.ResponseStreamEvent | None:
        """Returns the message of an event; an error that is no event is none."""
        if value.get("type") == "error" or ("error" in value and "type" not in value):
            self.failure = from_error_object(value, safe=self._call.rpc.safe, started=self._started)
            if "type" not in value or (not self._started and self._call.route.plan.alternatives):
                return None
        self._started = True
        event = from_object(response_event_pb2.ResponseStreamEvent, value, in_steps=self._call.sent.large)
        kind = event.WhichOneof("kind")
        if kind == "created":
            self._call.made(event.created.response.id)
        if kind in FINAL:
            self.complete = True
            response = getattr(event, kind).response
            self._call.note_usage(response.usage)
            if self._call.access.meter is not None:
                self._call.access.meter.ran(response, created=self._call.rpc.creates)
            response.call_info.CopyFrom(self._call.info())
        return event

    def ended(self) -> None:
        """Only a last event finishes a response."""

    def last(self) -> None:
        """Nothing follows the last event."""
