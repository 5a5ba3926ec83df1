"""Context of an RPC, whichever of the gateway's own transports it came by."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final, Never

import grpc
import grpc.aio

from openai_grpc_server.listen.http2.headers import Metadata, code_number
from openai_grpc_server.listen.http2.limits import Peer

_LOG: Final = logging.getLogger(__name__)
_OK: Final = grpc.StatusCode.OK


class CallContext(grpc.aio.ServicerContext[Any, Any]):
    """The parts of a context that do not depend on the transport.

    Args:
        metadata: The caller's metadata.
        peer: The caller.
        deadline: When the RPC must have ended, in `time.monotonic()` seconds, or None.
    """

    def __init__(self, metadata: Metadata, peer: Peer, deadline: float | None) -> None:
        self._metadata = metadata
        self._peer = peer
        self._deadline = deadline
        self._code: grpc.StatusCode | int = _OK
        self._details = ""
        self._trailing: Metadata = ()
        self._over = False
        self._cancelled = False
        self._aborted = False
        self._done_callbacks: list[Callable[[Any], None]] = []

    async def abort(self, code: grpc.StatusCode, details: str = "", trailing_metadata: Any = ()) -> Never:
        """Ends the RPC with an error.

        Raises:
            AbortError: Always, to end the method.
            UsageError: The RPC has been aborted before.
        """
        if self._aborted:
            raise grpc.aio.UsageError("Abort already called!")
        self._aborted = True
        self._code = grpc.StatusCode.UNKNOWN if code_number(code) == 0 else code
        self._details = details or self._details
        self._trailing = tuple(trailing_metadata) or self._trailing
        self.finish()
        raise grpc.aio.AbortError("Locally aborted.")

    async def abort_with_status(self, status: grpc.Status) -> Never:
        """Ends the RPC with an error; as `abort`."""
        await self.abort(status.code, status.details, status.trailing_metadata or ())

    def set_trailing_metadata(self, trailing_metadata: Any) -> None:
        """Sets the trailing metadata."""
        self._trailing = tuple(trailing_metadata)

    def invocation_metadata(self) -> Any:
        """Returns the caller's metadata: pairs; the values of `-bin` keys are bytes."""
        return self._metadata

    def set_code(self, code: grpc.StatusCode) -> None:
        """Sets the status code of the RPC."""
        self._code = code

    def set_details(self, details: str) -> None:
        """Sets the status message of the RPC."""
        self._details = details

    def peer(self) -> str:
        """Returns the caller's address, such as `ipv4:127.0.0.1:50051`."""
        return self._peer.address

    def peer_identities(self) -> Iterable[bytes] | None:
        """Returns the names in the caller's certificate, or None without one."""
        key = self._peer.identity_key
        return self._peer.auth_context[key] if key else None

    def peer_identity_key(self) -> str | None:
        """Returns the key of `auth_context` that has the identities, or None."""
        return self._peer.identity_key

    def auth_context(self) -> Mapping[str, Iterable[bytes]]:
        """Returns the TLS properties of the caller, as in grpc.aio."""
        return self._peer.auth_context

    def time_remaining(self) -> Any:
        """Returns the seconds until the deadline, at least 0, or None without one."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)

    def trailing_metadata(self) -> Any:
        """Returns the trailing metadata."""
        return self._trailing

    def code(self) -> Any:
        """Returns the status code set for the RPC."""
        return self._code

    def details(self) -> str:
        """Returns the status message set for the RPC."""
        return self._details

    def add_done_callback(self, callback: Any) -> None:
        """Registers a function that is called with this context when the RPC has ended."""
        self._done_callbacks.append(callback)

    def cancelled(self) -> bool:
        """Returns whether the caller has cancelled the RPC, or its deadline has passed."""
        return self._cancelled

    def done(self) -> bool:
        """Returns whether the RPC has ended."""
        return self._over

    def finish(self) -> None:
        """Ends the RPC with the status that was set, unless it has ended."""
        self._over = True

    def cancel(self) -> None:
        """Marks the RPC as cancelled."""
        self._over = self._cancelled = True

    def run_done_callbacks(self) -> None:
        """Runs the done callbacks."""
        self._over = True
        callbacks, self._done_callbacks = self._done_callbacks, []  # they may refer to this context
        for callback in callbacks:
            try:
                callback(self)
            except Exception as error:  # noqa: BLE001 - the boundary: a callback may raise anything
                _LOG.exception("Unexpected [%s] raised by a done callback", type(error).__name__)
