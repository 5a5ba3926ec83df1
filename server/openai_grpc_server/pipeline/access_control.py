"""Admits callers by their keys, within their limits."""

from grpc import StatusCode

from openai_grpc_server.access.keyring import Keyring
from openai_grpc_server.access.ledger import Ledger
from openai_grpc_server.access.limits import Refusal, limit_error
from openai_grpc_server.access.store import StoreError
from openai_grpc_server.calls.call import Call
from openai_grpc_server.calls.metadata import caller_key
from openai_grpc_server.cost.usage import Meter
from openai_grpc_server.errors import GatewayError


class AccessControl:
    """Authenticates callers by their keys and enforces their limits.

    Args:
        keyring: The keys.
        ledger: Counts the calls of keys that have limits.
        key_header: The metadata key that holds the caller's key.
    """

    def __init__(self, keyring: Keyring, ledger: Ledger, key_header: str) -> None:
        self._keyring = keyring
        self._ledger = ledger
        self._key_header = key_header

    async def enter(self, call: Call) -> None:
        """Lets a call in, and notes whose it is; `call.entry` counts it out.

        Raises:
            GatewayError: UNAUTHENTICATED, PERMISSION_DENIED, or RESOURCE_EXHAUSTED for a limit; UNAVAILABLE when limits
                can't be looked up, as nothing was begun yet.
        """
        caller = self._keyring.identify(caller_key(call.metadata, self._key_header))
        call.caller = caller
        caller.check_rpc(call.rpc.name)
        if caller.limits:
            try:
                entry = await self._ledger.enter(caller)
            except StoreError as error:
                raise GatewayError(
                    "The limits of the key can't be looked up; retry a little later",
                    code=StatusCode.UNAVAILABLE,
                    reason="LIMITS_UNAVAILABLE",
                ) from error
            if isinstance(entry, Refusal):
                raise limit_error(caller.name, caller.limits, entry)
            call.entry = entry
            if caller.limits.tpm is not None or caller.limits.max_budget is not None:
                call.meter = Meter()
