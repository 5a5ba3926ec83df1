"""Who may call and how much, around every RPC."""

import asyncio
from uuid import uuid4

from openai_grpc_server.access.keyring import Keyring
from openai_grpc_server.access.limits import limit_error
from openai_grpc_server.access.store import Store
from openai_grpc_server.interceptors.credentials import caller_key
from openai_grpc_server.services.call import Call

MARGIN = 60.0  # seconds by which a call may outlast the limit of its upstream call


class AccessControl:
    """Lets callers in by their keys, within their limits, and counts what their calls have used.

    Args:
        keyring: The keys.
        store: Keeps what they have used.
        key_header: The metadata key that holds the caller's key.
        longest_call: The limit of an upstream call, in seconds.
    """

    def __init__(self, keyring: Keyring, store: Store, key_header: str, longest_call: float) -> None:
        self._keyring = keyring
        self._store = store
        self._key_header = key_header
        self._longest = longest_call + MARGIN

    async def enter(self, call: Call) -> None:
        """Lets a call in, and notes whose it is.

        Raises:
            GatewayError: UNAUTHENTICATED, PERMISSION_DENIED, or RESOURCE_EXHAUSTED for a limit.
        """
        caller = self._keyring.identify(caller_key(call.metadata, self._key_header))
        call.caller = caller
        caller.check_rpc(call.rpc.name)
        if caller.limits:
            entry = uuid4().hex
            refused = await self._store.enter(caller, entry, self._longest)
            if refused is not None:
                raise limit_error(caller.name, caller.limits, refused)
            call.entry = entry

    async def leave(self, call: Call) -> None:
        """Counts out a call that was counted in; also when it was cancelled."""
        if call.entry and call.caller is not None:
            leaving = self._store.leave(call.caller, call.entry, call.used().tokens, call.cost() or 0.0)
            await asyncio.shield(leaving)
