"""What keys have used, in a Redis that replicas share."""

import asyncio
import time
from collections.abc import Sequence
from typing import Any
from uuid import uuid4

from openai_grpc.codec import dumps
from openai_grpc_server.access.caller import Caller
from openai_grpc_server.access.limits import Limit, Refusal
from openai_grpc_server.access.store import Batch, Change, Enter, Leave, Renew, Store, StoreError
from openai_grpc_server.config import Secret
from openai_grpc_server.config.redis import redis_client

PREFIX = "openai-grpc:key"
TIMEOUT = 1.0  # seconds
COUNTED = 30 * 86400  # seconds for which it is known what was counted once: as long as upstreams keep it
NEVER = 1e18  # seconds since the epoch
KINDS = {Enter: "enter", Renew: "renew", Leave: "leave"}
LIMITS = (Limit.BUDGET, Limit.PARALLEL, Limit.RPM, Limit.TPM)  # by their numbers in the script, from 1

# The rules are those of `limits.refusal` and `SqliteStore`.
#
# KEYS: the number of this process's last batch; of each caller the hash of what was used and the sorted set of its
# running calls, by when their leases end; what may be counted once.
# ARGV: the batch's number, or 0; the time after which it is not made any more, as nobody waits for it; the callers'
# limits, -1 where there is none; the changes. The latter two are JSON. Seconds for which it is
# known what was counted once.
# Returns the time, whether the batch was made, and for each change a limit (its number in LIMITS, or 0) and the
# milliseconds to wait. Times are in seconds of the Redis's own clock.
SCRIPT = """
local clock = redis.call('TIME')
local now = clock[1] + clock[2] / 1000000
local answer = {string.format('%.6f', now), 0}
if now > tonumber(ARGV[2]) then return answer end
answer[2] = 1
local number = tonumber(ARGV[1])
local known = number > 0 and number <= tonumber(redis.call('GET', KEYS[1]) or '0')
if number > 0 then redis.call('SET', KEYS[1], ARGV[1], 'EX', 86400) end

local limits, states = cjson.decode(ARGV[3]), {}

local function filled(balance, at, size)
  if size <= 0 then return 0 end
  return math.min((tonumber(balance) or size) + math.max(now - (tonumber(at) or now), 0) * size / 60, size)
end

local function state(i)
  if not states[i] then
    local used = redis.call('HMGET', KEYS[2 * i], 'requests', 'requests_at', 'tokens', 'tokens_at', 'spent')
    states[i] = {
      requests = filled(used[1], used[2], limits[i].rpm),
      tokens = filled(used[3], used[4], limits[i].tpm),
      spent = tonumber(used[5]) or 0,
      ahead = (tonumber(used[2]) or 0) > now or (tonumber(used[4]) or 0) > now,
    }
    states[i].changed = states[i].ahead
  end
  return states[i]
end

local function wait(balance, size)
  return math.ceil(math.max(1 - balance, 0) * 60000 / size)
end

local function lease(i, change)
  if limits[i].parallel < 0 then return end
  redis.call('ZADD', KEYS[2 * i + 1], string.format('%.6f', now + change.lease), change.call)
  redis.call('PEXPIRE', KEYS[2 * i + 1], math.ceil(change.lease * 1000))
end

local function enter(i, change)
  local limit, s = limits[i], state(i)
  if limit.budget >= 0 and s.spent >= limit.budget then return 1, 0 end
  if limit.parallel >= 0 then
    redis.call('ZREMRANGEBYSCORE', KEYS[2 * i + 1], '-inf', string.format('(%.6f', now))
    redis.call('ZREMRANGEBYSCORE', KEYS[2 * i + 1], string.format('(%.6f', now + change.lease), '+inf')
    if redis.call('ZCARD', KEYS[2 * i + 1]) >= limit.parallel then return 2, 1000 end
  end
  local rpm = limit.rpm < 0 and 0 or wait(s.requests, limit.rpm)
  local tpm = limit.tpm < 0 and 0 or wait(s.tokens, limit.tpm)
  if rpm > 0 and rpm >= tpm then return 3, rpm end
  if tpm > 0 then return 4, tpm end
  if limit.rpm >= 0 then
    s.requests = s.requests - 1
    s.changed = true
  end
  lease(i, change)
  return 0, 0
end

local function leave(i, change)
  if limits[i].parallel >= 0 then redis.call('ZREM', KEYS[2 * i + 1], change.call) end
  if change.tokens == 0 and change.cost == 0 then return end
  if change.once > 0 and not redis.call('SET', KEYS[change.once], 1, 'NX', 'EX', ARGV[5]) then return end
  local s = state(i)
  if limits[i].tpm >= 0 then s.tokens = s.tokens - change.tokens end
  s.spent = s.spent + change.cost
  s.changed = true
end

for _, change in ipairs(cjson.decode(ARGV[4])) do
  local limit, milliseconds = 0, 0
  if not known then
    if change.kind == 'enter' then
      limit, milliseconds = enter(change.caller, change)
    elseif change.kind == 'renew' then
      lease(change.caller, change)
    else
      leave(change.caller, change)
    end
  end
  answer[#answer + 1] = limit
  answer[#answer + 1] = milliseconds
end
for i, s in pairs(states) do
  if s.changed then
    redis.call('HSET', KEYS[2 * i], 'requests', string.format('%.17g', s.requests), 'requests_at',
      string.format('%.6f', now), 'tokens', string.format('%.17g', s.tokens), 'tokens_at', string.format('%.6f', now),
      'spent', string.format('%.17g', s.spent))
  end
end
return answer
"""


class RedisStore(Store):
    """Keeps it in a Redis, whose clock counts for all replicas.

    A batch is one script. One that the Redis only gets to after its answer was given up, as it was stopped meanwhile,
    is not made: the Redis is told until when it may be.

    Args:
        url: `redis://[user:password@]host:port[/db]`; `rediss` for TLS.

    Raises:
        ConfigError: The package `redis` is not installed, or the URL is invalid.
    """

    def __init__(self, url: Secret) -> None:
        self._redis, self._failures = redis_client(url, TIMEOUT)
        self._script = self._redis.register_script(SCRIPT)
        self._batches = f"{PREFIX}s:batches:{uuid4().hex}"
        self._ahead: float | None = None  # by how much the Redis's clock is ahead of this process's; None: not known

    async def apply(self, batch: Batch) -> list[Refusal | None]:
        """Makes changes, as `Store.apply` says."""
        keys, arguments = self._written(batch)
        try:
            async with asyncio.timeout(TIMEOUT):
                made, answers = await self._run(keys, batch.number, arguments)
                if not made:  # the Redis's clock was set, and is known now
                    made, answers = await self._run(keys, batch.number, arguments)
        except self._failures as error:
            raise StoreError(f"Redis: {type(error).__name__}") from error
        if not made:
            raise StoreError("Redis: it was too late")
        return [
            _refusal(limit, wait) if limit else None for limit, wait in zip(answers[::2], answers[1::2], strict=True)
        ]

    async def aclose(self) -> None:
        """Closes the connections to the Redis."""
        await self._redis.aclose()

    async def _run(self, keys: Sequence[str], number: int, arguments: Sequence[bytes]) -> tuple[bool, list[int]]:
        until = NEVER if self._ahead is None else time.monotonic() + self._ahead + TIMEOUT
        now, made, *answers = await self._script(keys=keys, args=[number, repr(until), *arguments])
        self._ahead = float(now) - time.monotonic()
        return bool(made), answers

    def _written(self, batch: Batch) -> tuple[list[str], list[bytes]]:
        """Returns the keys and the JSON arguments of the script."""
        numbers: dict[str, int] = {}
        keys, limits, changes = [self._batches], [], []
        for caller in {change.caller.name: change.caller for change in batch.changes}.values():
            numbers[caller.name] = len(numbers) + 1
            keys += [used(caller), running(caller)]
            limits.append(_limits(caller))
        for change in batch.changes:
            written = _change(numbers[change.caller.name], change)
            if isinstance(change, Leave) and change.once:
                keys.append(counted(change.caller, change.once))
                written["once"] = len(keys)
            changes.append(written)
        return keys, [dumps(limits), dumps(changes), str(COUNTED).encode()]


def _refusal(number: int, milliseconds: int) -> Refusal:
    limit = LIMITS[number - 1]
    return Refusal(limit, None if limit is Limit.BUDGET else milliseconds / 1000)


def _limits(caller: Caller) -> dict[str, float]:
    limits = caller.limits
    values = {
        "rpm": limits.rpm,
        "tpm": limits.tpm,
        "parallel": limits.max_parallel_requests,
        "budget": limits.max_budget,
    }
    return {name: -1 if value is None else value for name, value in values.items()}


def _change(caller: int, change: Change) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": KINDS[type(change)], "caller": caller, "call": change.call}
    if isinstance(change, Leave):
        return {**written, "tokens": change.tokens, "cost": change.cost, "once": 0}
    return {**written, "lease": change.lease}


def used(caller: Caller) -> str:
    """Returns the name of the hash of what a key has used."""
    return f"{PREFIX}:{caller.name}:used"


def running(caller: Caller) -> str:
    """Returns the name of the sorted set of a key's running calls, by when their leases end."""
    return f"{PREFIX}:{caller.name}:running"


def counted(caller: Caller, once: str) -> str:
    """Returns the name of the key that says that a usage was counted."""
    return f"{PREFIX}:{caller.name}:counted:{once}"
