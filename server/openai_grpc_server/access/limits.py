"""How much a key may call, and what it is told when it may not."""

from dataclasses import dataclass
from enum import Enum
from math import ceil

from grpc import StatusCode

from openai_grpc_server.access.caller import Limits
from openai_grpc_server.errors import GatewayError

MINUTE = 60.0
PARALLEL_RETRY = 1.0  # seconds: when another call ends can't be known


class Limit(Enum):
    """A limit of a key, by its name in the configuration."""

    RPM = "rpm"
    TPM = "tpm"
    PARALLEL = "max_parallel_requests"
    BUDGET = "max_budget"


@dataclass(frozen=True, slots=True)
class Bucket:
    """A bucket of tokens that fills up over a minute: what is left of a limit per minute.

    Attributes:
        balance: What is left; less than nothing when a call took more than there was.
        at: When that was, in seconds of the store's clock.
    """

    balance: float
    at: float

    def filled(self, size: int, now: float) -> "Bucket":
        """Returns the bucket as it is by now; after the clock has gone back, as it was."""
        if not size:
            return Bucket(0.0, now)
        passed = max(now - self.at, 0.0)
        return Bucket(min(self.balance + passed * size / MINUTE, size), now)

    def less(self, amount: float) -> "Bucket":
        """Returns the bucket after something was taken out."""
        return Bucket(self.balance - amount, self.at)

    def wait(self, size: int, needed: float) -> float:
        """Returns after how many seconds as much as is needed will be there, in whole milliseconds."""
        return ceil(max(needed - self.balance, 0.0) * MINUTE / size * 1000) / 1000


@dataclass(frozen=True, slots=True)
class State:
    """What a key has used.

    Attributes:
        requests: What is left of `rpm`.
        tokens: What is left of `tpm`.
        running: How many of its calls are being served.
        spent: What its calls have cost, in US dollars.
    """

    requests: Bucket
    tokens: Bucket
    running: int = 0
    spent: float = 0.0

    def counted(self, limits: Limits, *, requests: int = 0, tokens: int = 0, cost: float = 0.0) -> "State":
        """Returns the state after something was used. A limit that is not set counts nothing, for when it is."""
        return State(
            self.requests if limits.rpm is None else self.requests.less(requests),
            self.tokens if limits.tpm is None else self.tokens.less(tokens),
            self.running,
            self.spent + cost,
        )


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a call is refused.

    Attributes:
        limit: The limit that it would go over.
        retry_after: In how many seconds it would not; None: waiting does not help.
    """

    limit: Limit
    retry_after: float | None


def refusal(limits: Limits, state: State) -> Refusal | None:
    """Says whether another call may begin, of a key whose buckets are filled by now.

    How many tokens a call takes is known at its end: while any are left a call may begin, and what it takes beyond them
    is waited for by the next one.
    """
    if limits.max_budget is not None and state.spent >= limits.max_budget:
        return Refusal(Limit.BUDGET, None)
    if limits.max_parallel_requests is not None and state.running >= limits.max_parallel_requests:
        return Refusal(Limit.PARALLEL, PARALLEL_RETRY)
    waits = []
    if limits.rpm is not None and (wait := state.requests.wait(limits.rpm, 1)):
        waits.append(Refusal(Limit.RPM, wait))
    if limits.tpm is not None and (wait := state.tokens.wait(limits.tpm, 1)):
        waits.append(Refusal(Limit.TPM, wait))
    return max(waits, key=lambda each: each.retry_after or 0.0, default=None)


def limit_error(caller: str, limits: Limits, refused: Refusal) -> GatewayError:
    """Makes the error of a call that goes over a limit."""
    name = refused.limit.value
    value = getattr(limits, name)
    text = f"The key {caller!r} is at its limit: {name} {value}"
    return GatewayError(
        text,
        code=StatusCode.RESOURCE_EXHAUSTED,
        reason="BUDGET_EXCEEDED" if refused.limit is Limit.BUDGET else "KEY_LIMIT_EXCEEDED",
        retry_after=refused.retry_after,
        quota=[(f"key:{caller}", f"{name}: {value}")],
    )
