"""Retries of failed calls.

What can be repeated without harm, gRPC itself repeats by the channel's service config. Of a call that creates, and so
costs, it can't tell whether an UNAVAILABLE is the gateway's, which means that nothing was billed, or stands for a
connection that was lost with the call under way. Here it can be told: the gateway's carries its `ErrorInfo`.
"""

import json
import random
import time
from collections.abc import Iterable
from typing import Any

from openai_grpc.client._failure import api_error
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.errors import APIError, UnavailableError

FIRST_PAUSE = 0.5  # seconds; it doubles with each retry
LONGEST_PAUSE = 8.0
PUSHBACK = "grpc-retry-pushback-ms"


def service_config(rpcs: Iterable[Rpc[..., Any]], max_retries: int) -> str:
    """Returns gRPC's service config: retried calls, and load balancing over all addresses of a name."""
    names = [rpc.path.removeprefix("/").split("/") for rpc in rpcs if rpc.repeatable]
    config: dict[str, Any] = {"loadBalancingConfig": [{"round_robin": {}}]}
    if max_retries:
        policy = {
            "maxAttempts": min(max_retries, 4) + 1,  # gRPC's own limit is 5
            "initialBackoff": f"{FIRST_PAUSE}s",
            "maxBackoff": f"{LONGEST_PAUSE}s",
            "backoffMultiplier": 2,
            "retryableStatusCodes": ["UNAVAILABLE"],
        }
        methods = [{"service": service, "method": method} for service, method in names]
        config["methodConfig"] = [{"name": methods, "retryPolicy": policy}]
    return json.dumps(config)


def pause_before_retry(rpc: Rpc[..., Any], error: APIError, failures: int, max_retries: int) -> float | None:
    """Returns the seconds to wait before a retry, or None if the call must not be retried.

    Args:
        rpc: The RPC.
        error: The failure.
        failures: Number of failures, this one included.
        max_retries: Maximum number of retries.
    """
    if rpc.repeatable or rpc.upload or failures > max_retries:
        return None  # gRPC has done what can be done, or the file is gone
    if not isinstance(error, UnavailableError) or not error.reason:
        return None
    pushback = dict[str, Any](error.metadata.pairs).get(PUSHBACK)
    if pushback is None:
        longest: float = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
        return longest * random.uniform(0.5, 1)  # noqa: S311 - it spreads load and keeps no secret
    return int(pushback) / 1000 if isinstance(pushback, str) and pushback.isdecimal() else None


class Attempts:
    """Attempts of one call, within its deadline.

    Args:
        rpc: The RPC.
        timeout: Seconds until the deadline, or None.
        max_retries: Maximum number of retries.
    """

    def __init__(self, rpc: Rpc[..., Any], timeout: float | None, max_retries: int) -> None:
        self._rpc = rpc
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._max_retries = max_retries
        self._failures = 0

    def remaining(self) -> float | None:
        """Returns the seconds left until the deadline, or None."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)

    def began(self) -> None:
        """Records that a reply has begun: no further attempt."""
        self._max_retries = 0

    def pause(self, error: Any) -> float:
        """Returns the seconds to wait before the next attempt.

        Args:
            error: gRPC's exception.

        Raises:
            APIError: There is none.
        """
        self._failures += 1
        failure = api_error(error)
        pause = pause_before_retry(self._rpc, failure, self._failures, self._max_retries)
        remaining = self.remaining()
        if pause is None or (remaining is not None and pause >= remaining):
            raise failure from error
        return pause
