"""Conversion of response events to messages."""

from typing import Any

from openai_grpc.codec import from_object
from openai_grpc.v1 import response_event_pb2
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.rest import uses_own_key
from openai_grpc_server.errors import GatewayError, UpstreamCredentialsError, from_error_object, stated_error
from openai_grpc_server.streams.deltas import Variable

FINAL = frozenset({"completed", "failed", "incomplete"})
LIFECYCLE = frozenset({"response.created", "response.in_progress", "response.queued", "keepalive", "ping"})


def _piece(event: Any) -> Any:
    """Returns the event from its union, if it is a text delta."""
    kind = event.WhichOneof("kind") or ""
    return getattr(event, kind) if kind.endswith("_delta") else None


# What differs between the events of a text that comes in pieces.
VARIABLES = (
    Variable(b'"delta"', _piece, "delta"),
    Variable(b'"obfuscation"', _piece, "obfuscation"),
    Variable(b'"sequence_number"', _piece, "sequence_number", number=True),
)


def is_plain_error(value: dict[str, Any]) -> bool:
    """Returns whether an object is an error reply instead of an event."""
    if value.get("object") == "error":
        return True
    return "type" not in value and ("error" in value or stated_error(value) is not None)


class ResponseEvents:
    """Reads the events of a response; the last one has the whole response.

    An `error` event goes out as a message, unless it refuses the gateway's own key; then the stream fails. A response
    that failed is an answer: its stream ends well, unless nothing but lifecycle events came before and another
    deployment may serve the call.

    Args:
        call: The call; its usage is noted.

    Attributes:
        kind: The class of the events.
    """

    kind: type[Any] = response_event_pb2.ResponseStreamEvent

    def __init__(self, call: Call) -> None:
        self.complete = False
        self.failure: GatewayError | None = None
        self.started = False
        self._call = call
        self._nulls = call.keeps_nulls(response_event_pb2.ResponseStreamEvent)
        self.variables = VARIABLES

    def read(self, value: Any) -> Any:
        """Returns the message of an event; None for an error that is not an event."""
        if (is_event := value.get("type") == "error") or is_plain_error(value):
            self.failure = from_error_object(
                value, safe=self._call.rpc.safe, own_key=uses_own_key(self._call), started=self.started
            )
            if not is_event or self.failure.reason == UpstreamCredentialsError.default_reason:
                return None
        elif not self.started:
            self.started = str(value.get("type")) not in LIFECYCLE and not self._fails_at_once(value)
        large = self._call.sent.large
        event: Any = from_object(self.kind, value, keep_nulls=self._nulls, nearly=True, in_steps=large)
        arm = event.WhichOneof("kind")
        if arm == "created":
            self._call.made(event.created.response.id)
        if arm in FINAL:
            self.complete = True
            response = getattr(event, arm).response
            self._call.note_usage(response.usage)
            if self._call.access.meter is not None:
                self._call.access.meter.ran(response, created=self._call.rpc.creates)
            response.call_info.CopyFrom(self._call.info())
        return event

    def _fails_at_once(self, value: Any) -> bool:
        """Returns whether a response failed before its output in a way that another deployment may avoid."""
        if (
            self._call.sent.begun
            or value.get("type") != "response.failed"
            or not isinstance(value.get("response"), dict)
        ):
            return False
        error = from_error_object(
            value["response"].get("error"), safe=self._call.rpc.safe, own_key=uses_own_key(self._call)
        )
        if not self._call.route.plan.may_move(error, self._call.route.chosen, self._call.route.attempts):
            return False
        self.failure = error
        return True

    def done(self) -> None:
        """Does nothing: only a final event completes a response."""

    def ended(self) -> None:
        """Does nothing: only a final event completes a response."""

    def last(self) -> None:
        """Returns None: nothing follows the last event."""
