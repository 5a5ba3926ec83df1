"""What the events of an upstream's stream mean: which are messages, which end it, and which are errors."""

from collections.abc import AsyncIterator, Sequence
from typing import Any, Protocol

from google.protobuf.message import Message

from openai_grpc_server.errors import GatewayError
from openai_grpc_server.services.repeated import Variable
from openai_grpc_server.upstream import ServerSentEvent


class EventSource(Protocol):
    """A reply that is a stream of events."""

    def event_batches(self) -> AsyncIterator[list[ServerSentEvent]]:
        """Yields the events, together what has come together."""


class EventReader(Protocol):
    """Reads the events of one stream.

    Attributes:
        complete: Whether the stream has said that it is finished; what goes wrong after that is no matter.
        failure: The error that the event just read stands for; its message, if it is one, still goes out first.
    """

    complete: bool
    failure: GatewayError | None

    @property
    def variables(self) -> Sequence[Variable]:
        """What of an event may differ from the one before without the reader having to see it; empty: it sees all."""

    def read(self, value: Any) -> Any:
        """Returns the message of an event, a list of several, or None for one that the caller does not get.

        Args:
            value: The event's data, as `loads` gives it.

        Raises:
            CodecError: The event has no place in the contract.
        """

    def ended(self) -> None:
        """Called when the upstream has ended its answer in order; may set `complete`."""

    def last(self) -> Message | Sequence[Message] | None:
        """Called once when the stream has ended as it should; returns what follows, if anything does."""
