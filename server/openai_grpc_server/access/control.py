"""Who may call and how much, around every RPC."""

import asyncio
import logging
from uuid import uuid4

from grpc import StatusCode

from openai_grpc_server.access.keyring import Keyring
from openai_grpc_server.access.limits import limit_error
from openai_grpc_server.access.store import Store, StoreError
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.interceptors.credentials import caller_key
from openai_grpc_server.services.call import Call
from openai_grpc_server.telemetry.logs import Log

MARGIN = 60.0  # seconds by which a call may outlast the limit of its upstream call


class AccessControl:
    """Lets callers in by their keys, within their limits, and counts what their calls have used.

    Args:
        keyring: The keys.
        store: Keeps what they have used.
        key_header: The metadata key that holds the caller's key.
        longest_call: The limit of an upstream call, in seconds.
        log: Where it is told what could not be counted.
    """

    def __init__(self, keyring: Keyring, store: Store, key_header: str, longest_call: float, log: Log) -> None:
        self._keyring = keyring
        self._store = store
        self._key_header = key_header
        self._longest = longest_call + MARGIN
        self._log = log

    async def enter(self, call: Call) -> None:
        """Lets a call in, and notes whose it is.

        Raises:
            GatewayError: UNAUTHENTICATED, PERMISSION_DENIED, or RESOURCE_EXHAUSTED for a limit; UNAVAILABLE when limits
                can't be looked up, as nothing was begun yet.
        """
        caller = self._keyring.identify(caller_key(call.metadata, self._key_header))
        call.caller = caller
        caller.check_rpc(call.rpc.name)
        if caller.limits:
            entry = uuid4().hex
            try:
                refused = await self._store.enter(caller, entry, self._longest)
            except StoreError as error:
                raise GatewayError(
                    "The limits of the key can't be looked up; retry a little later",
                    code=StatusCode.UNAVAILABLE,
                    reason="LIMITS_UNAVAILABLE",
                ) from error
            if refused is not None:
                raise limit_error(caller.name, caller.limits, refused)
            call.entry = entry

    async def leave(self, call: Call) -> None:
        """Counts out a call that was counted in; also when it was cancelled.

        What can't be written is logged: a call that was served does not fail for it.
        """
        if not call.entry or call.caller is None:
            return
        tokens, cost = call.used().tokens, call.cost() or 0.0
        try:
            await asyncio.shield(self._store.leave(call.caller, call.entry, tokens, cost))
        except StoreError as error:
            lost = {"key": call.caller.name, "request_id": call.request_id, "tokens": tokens, "cost": cost}
            self._log.write(logging.ERROR, "usage not counted", {**lost, "error": str(error)})
