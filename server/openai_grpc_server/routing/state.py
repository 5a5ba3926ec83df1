"""State of deployments: cooldowns, counts of the minute and refused keys, local or shared through Redis."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Coroutine, Mapping, Sequence
from contextlib import suppress
from functools import partial
from typing import Any, Protocol, TypeVar

from openai_grpc.codec import CodecError, dumps, loads
from openai_grpc_server.config import Secret
from openai_grpc_server.config.redis import redis_client
from openai_grpc_server.routing.deployment import MINUTE, REFUSED_FOR, Deployment
from openai_grpc_server.telemetry.log import Log

T = TypeVar("T")
PREFIX = "openai-grpc"
PATIENCE = 0.25  # seconds that a call waits for Redis
PAUSE = 5.0  # seconds for which a Redis that failed is not asked again
KEPT = int(2 * MINUTE)  # seconds that a minute's counts are kept
REFUSALS = f"{PREFIX}:refusals"  # a sorted set of what was refused, by when it is forgotten; and the channel
MOST_SHARED = 1024  # refusals in Redis
MAX_REFUSAL = 1024  # bytes of one
REJOIN = 5.0  # seconds until a connection that was lost is made again
LISTENING = 30.0  # seconds without a word after which the set is read again
# Adds a refusal to the set, or removes it, and tells all who listen. Times are those of Redis's own clock.
# ARGV: the refusal; the seconds for which it is remembered, or 0; how many there may be; seconds that the set is kept.
SHARE = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
if tonumber(ARGV[2]) > 0 then
  redis.call('ZADD', KEYS[1], string.format('%.6f', now + ARGV[2]), ARGV[1])
else
  redis.call('ZREM', KEYS[1], ARGV[1])
end
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', string.format('%.6f', now))
redis.call('ZREMRANGEBYRANK', KEYS[1], 0, -1 - ARGV[3])
redis.call('EXPIRE', KEYS[1], ARGV[4])
redis.call('PUBLISH', KEYS[1], ARGV[2] .. ' ' .. ARGV[1])
return 1
"""


class State(Protocol):
    """State of deployments, kept in their `health`, `load` and `refusals`.

    Attributes:
        shared: Whether other replicas have to be asked, by `refresh` and `take`; without them `turn` is enough.
    """

    shared: bool

    def turn(self, deployments: Sequence[Deployment]) -> None:
        """Resets the counts of deployments at the start of a minute."""

    async def refresh(self, deployments: Sequence[Deployment]) -> None:
        """Updates the `health` and `load` of deployments."""

    async def take(self, deployment: Deployment) -> bool:
        """Counts a request to a deployment; returns whether its `rpm` allowed it."""

    def spend(self, deployment: Deployment, tokens: int) -> None:
        """Counts the tokens of a call."""

    async def hold(self, deployment: Deployment, seconds: float) -> None:
        """Starts the cooldown of a deployment."""

    def this_minute(self) -> int:
        """Returns the number of the current minute."""

    def rest_of_minute(self) -> float:
        """Returns the seconds until the next minute."""

    def share(self, deployments: Mapping[str, Deployment]) -> None:
        """Begins to share with other replicas which keys upstreams have refused.

        Args:
            deployments: The deployments by name.
        """

    async def aclose(self) -> None:
        """Closes connections."""


class LocalState:
    """State of a single gateway."""

    shared = False

    def turn(self, deployments: Sequence[Deployment]) -> None:
        """Resets the counts at the start of a minute."""
        minute = self.this_minute()
        for deployment in deployments:
            if deployment.load.minute != minute:
                deployment.load.turn(minute)

    async def refresh(self, deployments: Sequence[Deployment]) -> None:
        """Resets the counts at the start of a minute."""
        self.turn(deployments)

    async def take(self, deployment: Deployment) -> bool:
        """Counts a request; the limit was checked after `refresh`."""
        deployment.load.requests += 1
        return True

    def spend(self, deployment: Deployment, tokens: int) -> None:
        """Counts the tokens of a call, in the minute of its end."""
        load, minute = deployment.load, self.this_minute()
        if load.minute != minute:
            load.turn(minute)
        load.tokens += tokens

    async def hold(self, deployment: Deployment, seconds: float) -> None:
        """Starts the cooldown of a deployment."""
        deployment.health.hold(time.monotonic(), seconds)

    def this_minute(self) -> int:
        """Returns the number of the current minute."""
        return int(self.clock() // MINUTE)

    def rest_of_minute(self) -> float:
        """Returns the seconds until the next minute."""
        return MINUTE - self.clock() % MINUTE

    def clock(self) -> float:
        """Returns monotonic seconds since any epoch."""
        return time.monotonic()

    def share(self, deployments: Mapping[str, Deployment]) -> None:
        """Does nothing: there are no other replicas."""

    async def aclose(self) -> None:
        """Does nothing: no connection is open."""


class RedisState(LocalState):
    """State that replicas of the gateway share: cooldowns, the counts of the minute, refused keys.

    If Redis does not answer, no call fails: each replica uses its own state until Redis answers again. No reply waits
    to be counted. Minutes are those of the clock of Redis. No call waits to know what was refused: each replica listens
    to the others, and takes up what was refused before when it begins to, and again from time to time.

    Args:
        url: `redis://[user:password@]host:port[/db]`; `rediss` for TLS.
        log: Log of failures of Redis.
        usage: Whether the tokens of all deployments are counted, not only of those with a `tpm`.

    Raises:
        ConfigError: The package `redis` is not installed, or the URL is invalid.
    """

    shared = True

    def __init__(self, url: Secret, log: Log, *, usage: bool) -> None:
        self._redis, self._failures = redis_client(url, PATIENCE)
        self._log = log
        self._usage = usage
        self._pause = 0.0
        self._probing = False
        self._ahead: float | None = None  # by how much the Redis's clock is ahead of this process's; None: not known
        self._background: set[asyncio.Task[Any]] = set()
        self._listener: asyncio.Task[None] | None = None
        self._in_order = asyncio.Lock()
        self._deployments: Mapping[str, Deployment] = {}

    async def refresh(self, deployments: Sequence[Deployment]) -> None:
        """Reads cooldowns, and the counts of deployments with limits."""
        self.turn(deployments)
        minute = self.this_minute()
        pipe = self._redis.pipeline(transaction=False)
        pipe.time()
        for deployment in deployments:
            pipe.pttl(key(deployment, "cooldown"))
            pipe.mget(
                key(deployment, "cooldown"),
                key(deployment, "requests", minute),
                key(deployment, "tokens", minute),
            )
        answers = await self._ask(pipe.execute)
        if answers is None:
            return
        now = time.monotonic()
        (seconds, microseconds), *rest = answers
        self._ahead = seconds + microseconds / 1e6 - now
        for deployment, left, (cooldown, requests, tokens) in zip(deployments, rest[::2], rest[1::2], strict=True):
            if 0 < left <= int(cooldown or 0):
                deployment.health.hold(now, left / 1000)
            elif left > 0:  # the Redis's clock has gone back
                self._later(self._ask(partial(self._redis.delete, key(deployment, "cooldown"))))
            load = deployment.load
            load.requests = max(load.requests, int(requests or 0))
            load.tokens = max(load.tokens, int(tokens or 0))

    async def take(self, deployment: Deployment) -> bool:
        """Counts a request atomically against the limit shared by replicas."""
        await super().take(deployment)
        limit = deployment.config.rpm
        if limit is None:
            return True
        count = await self._add(key(deployment, "requests", self.this_minute()), 1)
        if count is None:
            return True
        deployment.load.requests = count
        return count <= limit

    def spend(self, deployment: Deployment, tokens: int) -> None:
        """Counts the tokens of a call."""
        super().spend(deployment, tokens)
        if self._usage or deployment.config.tpm is not None:
            self._later(self._add(key(deployment, "tokens", self.this_minute()), tokens))

    async def hold(self, deployment: Deployment, seconds: float) -> None:
        """Starts the cooldown of a deployment, for all replicas."""
        await super().hold(deployment, seconds)
        left = round((deployment.health.until - time.monotonic()) * 1000)
        if left > 0:
            self._later(self._ask(partial(self._redis.set, key(deployment, "cooldown"), left, px=left)))

    def clock(self) -> float:
        """Returns the time of Redis, or this process's until it is known."""
        return time.time() if self._ahead is None else time.monotonic() + self._ahead

    def share(self, deployments: Mapping[str, Deployment]) -> None:
        """Begins to share which keys upstreams have refused."""
        self._deployments = deployments
        for name, deployment in deployments.items():
            deployment.refusals.share = partial(self._tell, name)
        self._listener = asyncio.create_task(self._listen())

    async def aclose(self) -> None:
        """Closes the connections to Redis after pending commands."""
        if self._listener is not None:
            self._listener.cancel()
            await asyncio.wait({self._listener})
        await asyncio.gather(*self._background)
        await self._redis.aclose()

    def _tell(self, name: str, model: str, refused: str, seconds: float) -> None:
        """Tells all replicas, in the background, that a deployment has refused a key, or is to be asked again."""
        member = dumps([name, model, refused])
        if len(member) <= MAX_REFUSAL:
            self._later(self._send(member, seconds))

    async def _send(self, member: bytes, seconds: float) -> None:
        async with self._in_order:
            arguments = (member, seconds, MOST_SHARED, int(REFUSED_FOR))
            await self._ask(partial(self._redis.eval, SHARE, 1, REFUSALS, *arguments))

    async def _listen(self) -> None:
        """Takes up what replicas tell, for as long as the gateway runs; Redis may be away meanwhile."""
        while True:
            with suppress(*self._failures):
                async with self._redis.pubsub(ignore_subscribe_messages=True) as channel:
                    await channel.subscribe(REFUSALS)
                    await self._take_up()
                    while True:
                        message = await channel.get_message(timeout=LISTENING)
                        if message is None:
                            await self._take_up()  # it may have been away without a word
                        elif message["type"] == "message":
                            seconds, _, member = message["data"].partition(b" ")
                            self._put(member, seconds)
            await asyncio.sleep(REJOIN)

    async def _take_up(self) -> None:
        """Takes up what was refused lately."""
        pipe = self._redis.pipeline(transaction=False)
        pipe.time()
        pipe.zrange(REFUSALS, 0, -1, withscores=True)
        async with asyncio.timeout(PATIENCE):  # it is not asked for a call, and probes for none
            (seconds, microseconds), refusals = await pipe.execute()
        for member, until in refusals:
            self._put(member, until - seconds - microseconds / 1e6)

    def _put(self, member: bytes, seconds: bytes | float) -> None:
        with suppress(CodecError, ValueError):  # that of another version, which means something else
            name, model, refused = loads(member)
            if name in self._deployments and isinstance(model, str) and isinstance(refused, str):
                self._deployments[name].refusals.put(model, refused, float(seconds))

    def _later(self, work: Coroutine[Any, Any, Any]) -> None:
        task = asyncio.create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)

    async def _add(self, name: str, amount: int) -> int | None:
        pipe = self._redis.pipeline(transaction=False)
        pipe.incrby(name, amount)
        pipe.expire(name, KEPT)
        answers = await self._ask(pipe.execute)
        return None if answers is None else int(answers[0])

    async def _ask(self, command: Callable[[], Awaitable[T]]) -> T | None:
        """Sends a command; returns None if Redis does not answer.

        Once it has failed it is not asked for a while, and then by one call, until it has answered.
        """
        began = time.monotonic()
        probe = self._pause > 0
        if probe and (self._probing or began < self._pause):
            return None
        self._probing = self._probing or probe
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await command()
        except self._failures as error:
            if self._pause <= began:  # else one that was asked at the same time has said so
                self._log.write(logging.WARNING, "redis does not answer", {"error": type(error).__name__})
            self._pause = time.monotonic() + PAUSE
            return None
        else:
            self._pause = 0.0
            return answer
        finally:
            self._probing = self._probing and not probe


def key(deployment: Deployment, kind: str, minute: int | None = None) -> str:
    """Returns the name of a key, the same for replicas with the same configuration."""
    name = f"{PREFIX}:{deployment.name}:{kind}"
    return name if minute is None else f"{name}:{minute}"
