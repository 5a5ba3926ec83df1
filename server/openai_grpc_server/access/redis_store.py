"""What keys have used, in a Redis that replicas share."""

import asyncio
from collections import defaultdict
from collections.abc import Callable
from typing import Any

from openai_grpc_server.access.caller import Caller
from openai_grpc_server.access.limits import Bucket, Refusal, State, refusal
from openai_grpc_server.access.store import StoreError
from openai_grpc_server.config import Secret
from openai_grpc_server.redis_client import redis_client

PREFIX = "openai-grpc:key"
PATIENCE = 1.0  # seconds that a call waits for the Redis
TRIES = 100  # of a transaction that other replicas came before
FIELDS = ("requests", "requests_at", "tokens", "tokens_at", "spent")

# Given what was used, the time and a transaction, writes what changes; or says why nothing does.
Change = Callable[[State, float, Any], Refusal | None]


class RedisStore:
    """Keeps it in a Redis, whose clock counts for all replicas.

    Args:
        url: `redis://[user:password@]host:port[/db]`; `rediss` for TLS.

    Raises:
        ConfigError: The package `redis` is not installed, or the URL is none.
    """

    def __init__(self, url: Secret) -> None:
        self._redis, self._failures = redis_client(url, PATIENCE)
        from redis.exceptions import WatchError  # noqa: PLC0415 - an extra; loaded where it is configured

        self._overtaken = WatchError
        # Calls of one process wait here for each other, so that only other replicas can come before a transaction.
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def enter(self, caller: Caller, call: str, longest: float) -> Refusal | None:
        """Counts a call in, as `Store.enter` says."""
        limits = caller.limits

        def count_in(state: State, now: float, pipe: Any) -> Refusal | None:
            refused = refusal(limits, state)
            if refused is None:
                write(pipe, caller, State(state.requests.less(1), state.tokens, spent=state.spent))
                if limits.max_parallel_requests is not None:
                    pipe.zremrangebyscore(running(caller), "-inf", now)
                    pipe.zadd(running(caller), {call: now + longest})
            return refused

        return await self._change(caller, count_in)

    async def leave(self, caller: Caller, call: str, tokens: int, cost: float) -> None:
        """Counts a call out, as `Store.leave` says."""

        def count_out(state: State, _now: float, pipe: Any) -> None:
            pipe.zrem(running(caller), call)
            write(pipe, caller, State(state.requests, state.tokens.less(tokens), spent=state.spent + cost))

        await self._change(caller, count_out)

    async def aclose(self) -> None:
        """Closes the connections to the Redis."""
        await self._redis.aclose()

    async def _change(self, caller: Caller, change: Change) -> Refusal | None:
        try:
            async with self._turns[caller.name], self._redis.pipeline() as pipe:
                for _ in range(TRIES):
                    try:
                        return await self._attempt(caller, change, pipe)
                    except self._overtaken:
                        continue
        except self._failures as error:
            raise StoreError(f"Redis: {type(error).__name__}") from error
        raise StoreError("Redis: other replicas always came first")

    async def _attempt(self, caller: Caller, change: Change, pipe: Any) -> Refusal | None:
        await pipe.watch(used(caller), running(caller))
        seconds, microseconds = await pipe.time()
        now = seconds + microseconds / 1e6
        values = await pipe.hmget(used(caller), FIELDS)
        at_once = await pipe.zcount(running(caller), now, "+inf")
        pipe.multi()
        refused = change(state_of(caller, values, at_once, now), now, pipe)
        if refused is not None:
            await pipe.reset()
            return refused
        await pipe.execute()
        return None


def state_of(caller: Caller, values: list[bytes | None], at_once: int, now: float) -> State:
    """Reads what a key has used."""
    rpm, tpm = caller.limits.rpm or 0, caller.limits.tpm or 0
    if None in values:
        return State(Bucket(rpm, now), Bucket(tpm, now), at_once)
    requests, requests_at, tokens, tokens_at, spent = (float(value or 0) for value in values)
    return State(
        Bucket(requests, requests_at).filled(rpm, now), Bucket(tokens, tokens_at).filled(tpm, now), at_once, spent
    )


def write(pipe: Any, caller: Caller, state: State) -> None:
    """Writes what a key has used."""
    requests, tokens = state.requests, state.tokens
    values = (requests.balance, requests.at, tokens.balance, tokens.at, state.spent)
    pipe.hset(used(caller), mapping={name: repr(value) for name, value in zip(FIELDS, values, strict=True)})


def used(caller: Caller) -> str:
    """Returns the name of the hash of what a key has used."""
    return f"{PREFIX}:{caller.name}:used"


def running(caller: Caller) -> str:
    """Returns the name of the set of a key's calls that are being served, by when they are over at the latest."""
    return f"{PREFIX}:{caller.name}:running"
