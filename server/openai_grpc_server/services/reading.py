"""The boundary around all reading of what an upstream has sent.

Upstreams send any JSON type anywhere. What a reader stumbles over is the upstream's failure, after which another
deployment may serve the call; it is neither the caller's fault nor the gateway's.
"""

from types import TracebackType

from openai_grpc.codec import CodecError
from openai_grpc_server.calls.call import Call
from openai_grpc_server.errors import GatewayError, InvalidUpstreamJsonError
from openai_grpc_server.errors.texts import plain_text
from openai_grpc_server.telemetry.logs import frames

MAX_FRAMES = 8  # of a traceback in the log, those nearest to the failure


class Reading:
    """A context in which every failure to read becomes `InvalidUpstreamJsonError`.

    Failures that have a status of their own stay as they are, and so does `MemoryError`, which is the gateway's.

    Args:
        call: The call; takes note of where a reader failed, for the log.
        data: What is read, whose beginning the caller is told; empty for events.
    """

    __slots__ = ("_call", "_data")

    def __init__(self, call: Call, data: bytes = b"") -> None:
        self._call = call
        self._data = data

    def __enter__(self) -> None:
        """Does nothing."""

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Replaces an exception.

        Raises:
            InvalidUpstreamJsonError: In its place.
        """
        if not isinstance(error, Exception) or isinstance(error, (GatewayError, MemoryError)):
            return
        parts = ["The upstream sent what is not the JSON it should be"]
        if isinstance(error, CodecError):
            parts.append(str(error))
        else:
            self._call.unreadable = frames(error)[-MAX_FRAMES:]
        if self._data:
            parts.append(plain_text(self._data, ""))
        error.__traceback__ = None  # its frames hold the reply
        raise InvalidUpstreamJsonError(": ".join(parts), maybe_billed=not self._call.rpc.safe) from None
