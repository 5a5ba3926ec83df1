"""Retries of failed calls.

Idempotent calls are retried after any UNAVAILABLE. Calls that create something, and may be billed, are retried only if
the UNAVAILABLE carries the gateway's `ErrorInfo`: without it, the connection may have been lost during the call. A key
may have been issued or rotated even then, where the gateway's store of keys did not answer. gRPC's own retries support
neither this rule nor a limit for a single call.

A stream that can go on where it broke off (`_resume`) does, after as many failures in a row at most.
"""

import json
import random
import time
from typing import Any

from openai_grpc.client._failure import api_error
from openai_grpc.client._resume import is_interruption
from openai_grpc.client._rpc import Rpc
from openai_grpc.client.errors import APIError, UnavailableError

FIRST_PAUSE = 0.5  # seconds; it doubles with each retry
FIRST_PAUSE_OF_RESUMED = 0.1  # of a stream that has brought something since the last failure
LONGEST_PAUSE = 8.0
PUSHBACK = "grpc-retry-pushback-ms"
ADMINISTRATION = "/openai_grpc.admin."
KEYS_UNAVAILABLE = "KEYS_UNAVAILABLE"


SERVICE_CONFIG = json.dumps({"loadBalancingConfig": [{"round_robin": {}}]})
"""gRPC's service config: load balancing over all addresses of a name."""


def pause_before_retry(rpc: Rpc[Any], error: APIError, failures: int, max_retries: int) -> float | None:
    """Returns the seconds to wait before a retry, or None if the call must not be retried.

    Args:
        rpc: The RPC.
        error: The failure.
        failures: Number of failures, this one included.
        max_retries: Maximum number of retries.
    """
    if rpc.upload or failures > max_retries:
        return None  # the file is gone
    if not isinstance(error, UnavailableError) or not (rpc.repeatable or _nothing_done(rpc, error)):
        return None
    return _pause(error, FIRST_PAUSE, failures)


def pause_before_resumption(error: APIError, failures: int, max_retries: int) -> float | None:
    """Returns the seconds to wait before a stream that broke off goes on, or None if it can't.

    Args:
        error: The failure.
        failures: Number of failures since the last message, this one included.
        max_retries: Maximum number of retries.
    """
    if failures > max_retries or not is_interruption(error):
        return None
    return _pause(error, FIRST_PAUSE_OF_RESUMED, failures)


def _pause(error: APIError, first: float, failures: int) -> float | None:
    """Returns the seconds that the gateway asks for, or else more with each failure; None: no other attempt."""
    pushback = dict[str, Any](error.metadata.pairs).get(PUSHBACK)
    if pushback is None:
        longest: float = min(first * 2 ** (failures - 1), LONGEST_PAUSE)
        return longest * random.uniform(0.5, 1)  # noqa: S311 - it spreads load and keeps no secret
    return int(pushback) / 1000 if isinstance(pushback, str) and pushback.isdecimal() else None


def _nothing_done(rpc: Rpc[Any], error: APIError) -> bool:
    """Returns whether the gateway says that the call has done nothing."""
    return bool(error.reason) and not (error.reason == KEYS_UNAVAILABLE and rpc.path.startswith(ADMINISTRATION))


class Attempts:
    """Attempts of one call, within its deadline.

    Args:
        rpc: The RPC.
        timeout: Seconds until the deadline, or None.
        max_retries: Maximum number of retries.
        resumes: Whether the reply can go on where it broke off.
    """

    def __init__(self, rpc: Rpc[Any], timeout: float | None, max_retries: int, *, resumes: bool = False) -> None:
        self._rpc = rpc
        self._deadline = None if timeout is None else time.monotonic() + timeout
        self._max_retries = max_retries
        self._resumes = resumes
        self._failures = 0
        self._begun = False

    def remaining(self) -> float | None:
        """Returns the seconds left until the deadline, or None."""
        return None if self._deadline is None else max(self._deadline - time.monotonic(), 0.0)

    def received(self) -> None:
        """Records a message of the reply: no further attempt, unless it can go on where it broke off."""
        self._begun = True
        self._failures = 0
        if not self._resumes:
            self._max_retries = 0

    def pause(self, error: Any) -> float:
        """Returns the seconds to wait before the next attempt.

        Args:
            error: gRPC's exception.

        Raises:
            APIError: There is none.
        """
        self._failures += 1
        failure = api_error(error, begun=self._begun)
        if self._begun and self._resumes:
            pause = pause_before_resumption(failure, self._failures, self._max_retries)
        else:
            pause = pause_before_retry(self._rpc, failure, self._failures, self._max_retries)
        remaining = self.remaining()
        if pause is None or (remaining is not None and pause >= remaining):
            raise failure from error
        return pause
