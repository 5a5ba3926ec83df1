"""Stores of the usage of keys: memory of one process, SQLite in a file of one host, Redis for replicas.

It is one module, because the rules are one subject, which two of them share and the script of Redis repeats.
"""

import asyncio
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace
from math import inf
from typing import Any
from uuid import uuid4

from openai_grpc.codec import dumps
from openai_grpc_server.access.keyring import (
    MINUTE,
    Bucket,
    Caller,
    Limit,
    Limits,
    Notice,
    Refusal,
    State,
    refusal,
    spent_refusal,
)
from openai_grpc_server.config import ConfigError, Problem, Secret
from openai_grpc_server.config.redis import redis_client

LEASE = 30.0  # seconds that a running call is counted for unless it is renewed: its process may have been killed
MAX_COUNTED = 100_000  # usages that are known to be counted
LOCK_TIMEOUT = 2.0  # seconds to wait for another process that writes; it holds the lock for microseconds

SCHEMA = """
CREATE TABLE IF NOT EXISTS used (
    caller TEXT PRIMARY KEY,
    requests REAL NOT NULL, requests_at REAL NOT NULL,
    tokens REAL NOT NULL, tokens_at REAL NOT NULL,
    spent REAL NOT NULL,
    period REAL NOT NULL DEFAULT 0
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS running (
    caller TEXT NOT NULL, call TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (caller, call)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS probes (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counted (caller TEXT NOT NULL, once TEXT NOT NULL, UNIQUE (caller, once));
CREATE TABLE IF NOT EXISTS reserved (
    caller TEXT NOT NULL, call TEXT NOT NULL,
    tokens REAL NOT NULL, cost REAL NOT NULL, period REAL NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (caller, call)
) WITHOUT ROWID;
"""
ADD_PERIOD = "ALTER TABLE used ADD COLUMN period REAL NOT NULL DEFAULT 0"  # to a file of an earlier release
PREFIX = "openai-grpc:key"
REDIS_TIMEOUT = 1.0  # seconds
COUNTED = 30 * 86400  # seconds for which it is known what was counted once: as long as upstreams keep it
NEVER = 1e18  # seconds since the epoch
RESERVED = 86400  # seconds for which it is known what a call has reserved: longer than a call takes
SKEW = 3600.0  # seconds by which a period may begin in the future, by another host's clock
LIMITS = (Limit.BUDGET, Limit.PARALLEL, Limit.RPM, Limit.TPM)  # by their numbers in the script, from 1
SOFT = 5  # number of a notice
# The rules are those of `limits.refusal` and `SqliteStore`.
#
# KEYS: the number of this process's last batch; of each caller the hash of what was used and the sorted set of its
# running calls, by when their leases end; what may be counted once; what calls have reserved.
# ARGV: the batch's number, or 0; the time after which it is not made any more, as nobody waits for it; the callers'
# limits, -1 for unlimited, and the starts of the periods of their budgets; the changes. The latter two are JSON.
# Seconds for which it is known what was counted once, and what was reserved.
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
    local used = redis.call('HMGET', KEYS[2 * i], 'requests', 'requests_at', 'tokens', 'tokens_at', 'spent', 'period')
    local spent, period, begun = tonumber(used[5]) or 0, tonumber(used[6]) or 0, limits[i].period
    if begun > period or (begun >= 0 and period > begun + %(skew)d) then spent, period = 0, begun end
    states[i] = {
      requests = filled(used[1], used[2], limits[i].rpm),
      tokens = filled(used[3], used[4], limits[i].tpm),
      spent = spent,
      period = period,
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
  if limit.soft >= 0 and s.spent >= limit.soft then return 5, 0 end
  return 0, 0
end

local function reserve(i, change)
  local limit, s = limits[i], state(i)
  if limit.budget >= 0 and s.spent >= limit.budget then return 1, 0 end
  local tpm = limit.tpm < 0 and 0 or wait(s.tokens, limit.tpm)
  if tpm > 0 then return 4, tpm end
  if limit.tpm >= 0 then s.tokens = s.tokens - change.tokens end
  s.spent = s.spent + change.cost
  s.changed = true
  local value = string.format('%.17g %.17g %.17g', change.tokens, change.cost, s.period)
  redis.call('SET', KEYS[change.reserved], value, 'EX', ARGV[6])
  return 0, 0
end

local function leave(i, change)
  if limits[i].parallel >= 0 then redis.call('ZREM', KEYS[2 * i + 1], change.call) end
  local tokens, cost = change.tokens, change.cost
  local reserved = change.reserved > 0 and redis.call('GET', KEYS[change.reserved])
  if not reserved and tokens == 0 and cost == 0 then return end
  if change.once > 0 and not redis.call('SET', KEYS[change.once], 1, 'NX', 'EX', ARGV[5]) then
    tokens, cost = 0, 0
  end
  local s = state(i)
  if reserved then
    redis.call('DEL', KEYS[change.reserved])
    local held, paid, period = string.match(reserved, '(%S+) (%S+) (%S+)')
    tokens = tokens - tonumber(held)
    if tonumber(period) == s.period then cost = cost - tonumber(paid) end
  end
  if limits[i].tpm >= 0 then s.tokens = s.tokens - tokens end
  s.spent = math.max(s.spent + cost, 0)
  s.changed = true
end

for _, change in ipairs(cjson.decode(ARGV[4])) do
  local limit, milliseconds = 0, 0
  if not known then
    if change.kind == 'enter' then
      limit, milliseconds = enter(change.caller, change)
    elseif change.kind == 'reserve' then
      limit, milliseconds = reserve(change.caller, change)
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
      'spent', string.format('%.17g', s.spent), 'period', string.format('%.17g', s.period))
  end
end
return answer
""".replace("%(skew)d", str(int(SKEW)))


class StoreError(Exception):
    """The store can't be read or written."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Counts a call in, unless it is over a limit.

    Attributes:
        caller: The caller.
        call: A unique id of the call.
        lease: Seconds after which the call no longer counts as running unless it is renewed.
    """

    caller: Caller
    call: str
    lease: float = LEASE


@dataclass(frozen=True, slots=True)
class Reserve:
    """Counts what a call that was counted in may take, until it is counted out, unless nothing is left.

    Its usage then replaces the estimate. The estimate of a call whose process died stays counted: it may be billed.

    Attributes:
        caller: The caller.
        call: The id that it was counted in with.
        tokens: Estimated tokens.
        cost: Estimated cost, in US dollars.
    """

    caller: Caller
    call: str
    tokens: int
    cost: float


@dataclass(frozen=True, slots=True)
class Renew:
    """Renews the lease of a running call; also counts it in again if the store has lost it."""

    caller: Caller
    call: str
    lease: float = LEASE


@dataclass(frozen=True, slots=True)
class Leave:
    """Counts a call out.

    Attributes:
        caller: Owner of the call's key.
        call: The id that it was counted in with.
        tokens: The tokens that it took.
        cost: Its cost, in US dollars.
        once: Id of the usage, if other calls may report the same: only the first is counted. Empty: none.
        reserved: Whether the call may have reserved something.
    """

    caller: Caller
    call: str
    tokens: int = 0
    cost: float = 0.0
    once: str = ""
    reserved: bool = False


Change = Enter | Reserve | Renew | Leave
Answer = Refusal | Notice | None
Row = tuple[float, float, float, float, float, float]
"""Usage of a key: the balance and time of the buckets of requests and tokens, what it has spent, in which period."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes applied together, in order.

    Attributes:
        changes: The changes.
        number: Larger than that of every batch before. A store whose answer was lost may be given the same batch
            again; it is counted once. 0: it is not given again.
    """

    changes: Sequence[Change]
    number: int = 0


class Store(ABC):
    """Store of the usage of keys; several processes may share it.

    Attributes:
        shared: Whether other processes use it; then `apply` waits for something outside of this process.
    """

    shared: bool = True

    @abstractmethod
    async def apply(self, batch: Batch) -> list[Answer]:
        """Applies changes, all of them or none.

        Returns:
            For each change why it is refused, a notice, or None.

        Raises:
            StoreError: Nothing was changed, or it is not known whether something was.
        """

    async def enter(self, caller: Caller, call: str, lease: float = LEASE) -> Answer:
        """Counts one call in; returns why it is refused, a notice, or None."""
        return (await self.apply(Batch((Enter(caller, call, lease),))))[0]

    async def leave(self, caller: Caller, call: str, tokens: int = 0, cost: float = 0.0) -> None:
        """Counts one call out."""
        await self.apply(Batch((Leave(caller, call, tokens, cost),)))

    @abstractmethod
    async def aclose(self) -> None:
        """Closes open connections and files."""


class LocalStore(Store):
    """The rules of a store of one host; where its values are is a subclass's.

    Args:
        clock: Seconds that never go back and are the same in all processes of the host. They may start anew when the
            host does.
        calendar: Seconds since the epoch, for the periods of budgets.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, calendar: Callable[[], float] = time.time) -> None:
        self._clock = clock
        self._calendar = calendar

    @abstractmethod
    def _read(self, caller: Caller) -> Row | None:
        """Returns the usage of a key, if there is any."""

    @abstractmethod
    def _write(self, caller: Caller, state: State) -> None:
        """Keeps the usage of a key."""

    @abstractmethod
    def _running(self, change: Enter, now: float) -> int:
        """Returns the number of a key's running calls, if it is limited."""

    @abstractmethod
    def _lease(self, change: Enter | Renew, now: float) -> None:
        """Keeps a running call, if their number is limited."""

    @abstractmethod
    def _end(self, change: Leave) -> None:
        """Forgets a running call."""

    @abstractmethod
    def _keep(self, change: Reserve, period: float) -> None:
        """Keeps what a call reserves, in a period."""

    @abstractmethod
    def _settle(self, change: Leave) -> "tuple[int, float, float] | None":
        """Returns tokens, cost and period of what a call has reserved, which is forgotten."""

    @abstractmethod
    def _is_first(self, change: Leave) -> bool:
        """Returns whether a usage was not counted before."""

    def _change(self, change: Change) -> Answer:
        caller, now = change.caller, self._clock()
        if isinstance(change, Enter):
            return self._enter(change, now)
        if isinstance(change, Reserve):
            return self._reserve(change, now)
        if isinstance(change, Renew):
            self._lease(change, now)
            return None
        self._end(change)
        reserved = self._settle(change) if change.reserved else None
        used = (change.tokens or change.cost) and self._is_first(change)
        if not (used or reserved):
            return None
        tokens, cost = (change.tokens, change.cost) if used else (0, 0.0)
        state, _ = self._state(caller, now)
        if reserved is not None:
            tokens -= reserved[0]
            cost -= reserved[1] if reserved[2] == state.period else 0.0
        state = state.counted(caller.limits, tokens=tokens, cost=cost)
        self._write(caller, state if state.spent >= 0 else replace(state, spent=0.0))
        return None

    def _reserve(self, change: Reserve, now: float) -> Refusal | None:
        caller = change.caller
        state, _ = self._state(caller, now)
        refused = refusal(caller.limits, state, self._calendar(), begun=True)
        if refused is None:
            self._keep(change, state.period)
            self._write(caller, state.counted(caller.limits, tokens=change.tokens, cost=change.cost))
        return refused

    def _enter(self, change: Enter, now: float) -> Answer:
        caller = change.caller
        state, ahead = self._state(caller, now, self._running(change, now))
        refused = refusal(caller.limits, state, self._calendar())
        if refused is None:
            self._write(caller, state.counted(caller.limits, requests=1))
            self._lease(change, now)
        elif ahead:
            self._write(caller, state)  # else the key would wait until the clock has caught up
        if refused is None and caller.limits.soft_budget is not None and state.spent >= caller.limits.soft_budget:
            return Notice.SOFT_BUDGET
        return refused

    def _state(self, caller: Caller, now: float, running: int = 0) -> tuple[State, bool]:
        """Returns the usage of a key, and whether it was written by a clock ahead of this one."""
        limits = caller.limits
        rpm, tpm = limits.rpm or 0, limits.tpm or 0
        begun = 0.0 if limits.period is None else limits.period.start(self._calendar())
        row = self._read(caller)
        if row is None:
            return State(Bucket(rpm, now), Bucket(tpm, now), running, period=begun), False
        requests, requests_at, tokens, tokens_at, spent, period = row
        if begun > period or (begun and period > begun + SKEW):
            spent, period = 0.0, begun
        state = State(
            Bucket(requests, requests_at).filled(rpm, now),
            Bucket(tokens, tokens_at).filled(tpm, now),
            running,
            spent,
            period,
        )
        return state, max(requests_at, tokens_at) > now


class _Account:
    """Usage of a key in memory.

    Attributes:
        limits: The limits that it was last counted by.
        requests: Balance of the bucket of `rpm`.
        requests_at: Its time, in seconds of the store's clock.
        tokens: Balance of the bucket of `tpm`.
        tokens_at: Its time.
        spent: Cost of its calls in the period, in US dollars.
        period: Start of the period, in seconds since the epoch; 0 if the budget has no period.
        period_end: End of the period.
        leases: Its running calls, with the ends of their leases.
        reserved: Tokens, cost and period of what each of them has reserved.
    """

    __slots__ = (
        "leases",
        "limits",
        "period",
        "period_end",
        "requests",
        "requests_at",
        "reserved",
        "spent",
        "tokens",
        "tokens_at",
    )

    def __init__(self) -> None:
        self.limits: Limits | None = None  # until it is written
        self.requests = self.requests_at = self.tokens = self.tokens_at = 0.0
        self.spent = self.period = self.period_end = 0.0
        self.leases: dict[str, float] = {}
        self.reserved: dict[str, tuple[int, float, float]] = {}

    def keep(self, requests: float, tokens: float, at: float) -> None:
        """Keeps the balances of a time."""
        self.requests = requests
        self.tokens = tokens
        self.requests_at = self.tokens_at = at


class MemoryStore(LocalStore):
    """Store of one process, in memory.

    A call that is let in, by limits that have not changed and in a period that has not ended, is counted in place: it
    is nearly every call. Others go by the rules of `LocalStore`, which make a new state at each change.
    """

    shared = False

    def __init__(self, clock: Callable[[], float] = time.monotonic, calendar: Callable[[], float] = time.time) -> None:
        super().__init__(clock, calendar)
        self._accounts: dict[str, _Account] = {}
        self._counted: dict[tuple[str, str], None] = {}

    async def apply(self, batch: Batch) -> list[Answer]:
        """Applies changes; see `Store.apply`."""
        return [self._apply(each) for each in batch.changes]

    async def aclose(self) -> None:
        """Does nothing."""

    def enter_now(self, caller: Caller, call: str, lease: float) -> Answer:
        """Counts a call in; arguments and answer as those of `Enter`."""
        limits, account = caller.limits, self._accounts.get(caller.name)
        before = None if account is None else self._fill(account, limits)
        if account is None or before is None:
            return self._change(Enter(caller, call, lease))
        parallel = limits.max_parallel_requests
        if (
            (limits.rpm is not None and account.requests < 1)
            or (limits.tpm is not None and account.tokens < 1)
            or (limits.max_budget is not None and account.spent >= limits.max_budget)
            or (parallel is not None and (lease < inf or len(account.leases) >= parallel))
        ):
            account.keep(*before)
            return self._change(Enter(caller, call, lease))
        if limits.rpm is not None:
            account.requests -= 1
        if parallel is not None:
            account.leases[call] = account.requests_at + lease
        warned = limits.soft_budget is not None and account.spent >= limits.soft_budget
        return Notice.SOFT_BUDGET if warned else None

    def reserve_now(self, caller: Caller, call: str, tokens: int, cost: float) -> Answer:
        """Counts what a call may take; arguments and answer as those of `Reserve`."""
        limits, account = caller.limits, self._accounts.get(caller.name)
        before = None if account is None else self._fill(account, limits)
        if account is None or before is None:
            return self._change(Reserve(caller, call, tokens, cost))
        if (limits.tpm is not None and account.tokens < 1) or (
            limits.max_budget is not None and account.spent >= limits.max_budget
        ):
            account.keep(*before)
            return self._change(Reserve(caller, call, tokens, cost))
        account.reserved[call] = tokens, cost, account.period
        if limits.tpm is not None:
            account.tokens -= tokens
        account.spent += cost
        return None

    def leave_now(  # noqa: PLR0913 - those of `Leave`
        self, caller: Caller, call: str, tokens: int, cost: float, once: str, *, reserved: bool
    ) -> None:
        """Counts a call out; arguments as those of `Leave`."""
        limits, account = caller.limits, self._accounts.get(caller.name)
        if account is None or once or self._fill(account, limits) is None:
            self._change(Leave(caller, call, tokens, cost, once, reserved))
            return
        account.leases.pop(call, None)
        held = account.reserved.pop(call, None) if reserved else None
        if held is not None:
            tokens -= held[0]
            cost -= held[1] if held[2] == account.period else 0.0
        elif not (tokens or cost):
            return
        if limits.tpm is not None:
            account.tokens -= tokens
        spent = account.spent + cost
        account.spent = spent if spent > 0.0 else 0.0  # noqa: FURB136 - as above

    def _apply(self, change: Change) -> Answer:
        caller, call = change.caller, change.call
        if isinstance(change, Enter):
            return self.enter_now(caller, call, change.lease)
        if isinstance(change, Reserve):
            return self.reserve_now(caller, call, change.tokens, change.cost)
        if isinstance(change, Leave):
            self.leave_now(caller, call, change.tokens, change.cost, change.once, reserved=change.reserved)
            return None
        return self._change(change)

    def _fill(self, account: _Account, limits: Limits) -> "tuple[float, float, float] | None":
        """Fills the buckets of a key up to now, as `Bucket.filled` does.

        Returns:
            The balances of requests and tokens before, with their time, for `_Account.keep`: what is refused changes
            nothing. None: its balances or its period are not counted by these limits any more.
        """
        now, at = self._clock(), account.requests_at
        if account.limits is not limits or not account.tokens_at == at <= now:
            return None
        if limits.period is not None and not account.period <= self._calendar() < account.period_end:
            return None
        requests, tokens = account.requests, account.tokens
        if rpm := limits.rpm:
            filled = requests + (now - at) * rpm / MINUTE
            account.requests = filled if filled < rpm else rpm  # noqa: FURB136 - `min` takes several times as long
        if tpm := limits.tpm:
            filled = tokens + (now - at) * tpm / MINUTE
            account.tokens = filled if filled < tpm else tpm  # noqa: FURB136 - as above
        account.requests_at = account.tokens_at = now
        return requests, tokens, at

    def _account(self, caller: Caller) -> _Account:
        account = self._accounts.get(caller.name)
        if account is None:
            account = self._accounts[caller.name] = _Account()
        return account

    def _read(self, caller: Caller) -> Row | None:
        used = self._accounts.get(caller.name)
        if used is None or used.limits is None:
            return None
        return used.requests, used.requests_at, used.tokens, used.tokens_at, used.spent, used.period

    def _write(self, caller: Caller, state: State) -> None:
        account, period = self._account(caller), caller.limits.period
        account.limits = caller.limits
        account.requests, account.requests_at = state.requests.balance, state.requests.at
        account.tokens, account.tokens_at = state.tokens.balance, state.tokens.at
        account.spent, account.period = state.spent, state.period
        account.period_end = inf if period is None else period.end(state.period)

    def _running(self, change: Enter, now: float) -> int:
        account = self._accounts.get(change.caller.name)
        if account is None or change.caller.limits.max_parallel_requests is None:
            return 0
        leases = account.leases
        if change.lease < inf:
            for call in [call for call, until in leases.items() if not now <= until <= now + change.lease]:
                del leases[call]
        return len(leases)

    def _lease(self, change: Enter | Renew, now: float) -> None:
        if change.caller.limits.max_parallel_requests is not None:
            self._account(change.caller).leases[change.call] = now + change.lease

    def _end(self, change: Leave) -> None:
        account = self._accounts.get(change.caller.name)
        if account is not None:
            account.leases.pop(change.call, None)

    def _keep(self, change: Reserve, period: float) -> None:
        self._account(change.caller).reserved[change.call] = change.tokens, change.cost, period

    def _settle(self, change: Leave) -> "tuple[int, float, float] | None":
        account = self._accounts.get(change.caller.name)
        return None if account is None else account.reserved.pop(change.call, None)

    def _is_first(self, change: Leave) -> bool:
        if not change.once:
            return True
        usage = change.caller.name, change.once
        if usage in self._counted:
            return False
        self._counted[usage] = None
        if len(self._counted) > MAX_COUNTED:
            del self._counted[next(iter(self._counted))]
        return True


class SqliteStore(LocalStore):
    """Store in SQLite: a persistent file for several processes of one host.

    The file may be locked by another process, so that batches are made in a thread.

    Args:
        path: The file, made when it is not there; None: memory.
        clock: Seconds that never go back and are the same in all processes of the host. They may start anew when the
            host does.
        calendar: Seconds since the epoch, for the periods of budgets.

    Raises:
        ConfigError: The file can't be used.
    """

    def __init__(
        self,
        path: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        calendar: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(clock, calendar)
        self.shared = path is not None
        self._thread = ThreadPoolExecutor(1, "limits") if self.shared else None  # begins with the first batch
        try:
            self._database = sqlite3.connect(
                path or ":memory:", timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(SCHEMA)
            if "period" not in {each[1] for each in self._database.execute("PRAGMA table_info(used)")}:
                self._database.execute(ADD_PERIOD)
            self._database.execute("DELETE FROM reserved WHERE at < ?", (calendar() - RESERVED,))
        except sqlite3.Error as error:
            raise ConfigError(Problem(f"can't be used: {error}", path or "memory")) from error

    async def apply(self, batch: Batch) -> list[Answer]:
        """Applies changes; see `Store.apply`."""
        if self._thread is None:
            return self._apply(batch)
        return await asyncio.get_running_loop().run_in_executor(self._thread, self._apply, batch)

    async def aclose(self) -> None:
        """Closes the database."""
        if self._thread is not None:
            await asyncio.get_running_loop().run_in_executor(self._thread, self._database.close)
            self._thread.shutdown(wait=False)
        else:
            self._database.close()

    def _apply(self, batch: Batch) -> list[Answer]:
        with self._transaction():
            if not batch.changes:  # it is to be known whether the file can be written
                self._database.execute("INSERT OR REPLACE INTO probes VALUES (0, ?)", (batch.number,))
            return [self._change(each) for each in batch.changes]

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        database = self._database
        try:
            database.execute("BEGIN IMMEDIATE")
            try:
                yield
                database.execute("COMMIT")
            except BaseException:
                # A COMMIT that fails for want of space may leave the transaction open.
                if database.in_transaction:
                    database.execute("ROLLBACK")
                raise
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def _read(self, caller: Caller) -> Row | None:
        row: Row | None = self._database.execute(
            "SELECT requests, requests_at, tokens, tokens_at, spent, period FROM used WHERE caller = ?", (caller.name,)
        ).fetchone()
        return row

    def _write(self, caller: Caller, state: State) -> None:
        requests, tokens = state.requests, state.tokens
        self._database.execute(
            "INSERT OR REPLACE INTO used VALUES (?, ?, ?, ?, ?, ?, ?)",
            (caller.name, requests.balance, requests.at, tokens.balance, tokens.at, state.spent, state.period),
        )

    def _running(self, change: Enter, now: float) -> int:
        if change.caller.limits.max_parallel_requests is None:
            return 0
        # A lease longer than any was given out by a clock that has gone back since.
        self._database.execute("DELETE FROM running WHERE until < ? OR until > ?", (now, now + change.lease))
        query = "SELECT count(*) FROM running WHERE caller = ?"
        return int(self._database.execute(query, (change.caller.name,)).fetchone()[0])

    def _lease(self, change: Enter | Renew, now: float) -> None:
        if change.caller.limits.max_parallel_requests is not None:
            values = (change.caller.name, change.call, now + change.lease)
            self._database.execute("INSERT OR REPLACE INTO running VALUES (?, ?, ?)", values)

    def _end(self, change: Leave) -> None:
        self._database.execute("DELETE FROM running WHERE caller = ? AND call = ?", (change.caller.name, change.call))

    def _keep(self, change: Reserve, period: float) -> None:
        values = (change.caller.name, change.call, change.tokens, change.cost, period, self._calendar())
        self._database.execute("INSERT OR REPLACE INTO reserved VALUES (?, ?, ?, ?, ?, ?)", values)

    def _settle(self, change: Leave) -> "tuple[int, float, float] | None":
        query = "DELETE FROM reserved WHERE caller = ? AND call = ? RETURNING tokens, cost, period"
        found: tuple[int, float, float] | None = self._database.execute(
            query, (change.caller.name, change.call)
        ).fetchone()
        return found

    def _is_first(self, change: Leave) -> bool:
        if not change.once:
            return True
        values = (change.caller.name, change.once)
        inserted = self._database.execute("INSERT OR IGNORE INTO counted VALUES (?, ?)", values)
        if inserted.rowcount:
            self._database.execute("DELETE FROM counted WHERE rowid <= ?", ((inserted.lastrowid or 0) - MAX_COUNTED,))
        return bool(inserted.rowcount)


KINDS = {Enter: "enter", Reserve: "reserve", Renew: "renew", Leave: "leave"}


class RedisStore(Store):
    """Store in Redis, whose clock applies to all replicas.

    A batch is one script. One that the Redis only gets to after its answer was given up, as it was stopped meanwhile,
    is not made: the Redis is told until when it may be.

    Args:
        url: `redis://[user:password@]host:port[/db]`; `rediss` for TLS.

    Raises:
        ConfigError: The package `redis` is not installed, or the URL is invalid.
    """

    def __init__(self, url: Secret) -> None:
        self._redis, self._failures = redis_client(url, REDIS_TIMEOUT)
        self._script = self._redis.register_script(SCRIPT)
        self._batches = f"{PREFIX}s:batches:{uuid4().hex}"
        self._ahead: float | None = None  # by how much the Redis's clock is ahead of this process's; None: not known

    async def apply(self, batch: Batch) -> list[Answer]:
        """Applies changes; see `Store.apply`."""
        now = self._calendar()
        keys, arguments = self._written(batch, now)
        try:
            async with asyncio.timeout(REDIS_TIMEOUT):
                made, answers = await self._run(keys, batch.number, arguments)
                if not made:  # the Redis's clock was set, and is known now
                    made, answers = await self._run(keys, batch.number, arguments)
        except self._failures as error:
            raise StoreError(f"Redis: {type(error).__name__}") from error
        if not made:
            raise StoreError("Redis: timed out")
        answered = zip(batch.changes, answers[::2], answers[1::2], strict=True)
        return [_answer(change.caller, limit, wait, now) if limit else None for change, limit, wait in answered]

    async def aclose(self) -> None:
        """Closes the connections to the Redis."""
        await self._redis.aclose()

    async def _run(self, keys: Sequence[str], number: int, arguments: Sequence[bytes]) -> tuple[bool, list[int]]:
        until = NEVER if self._ahead is None else time.monotonic() + self._ahead + REDIS_TIMEOUT
        now, made, *answers = await self._script(keys=keys, args=[number, repr(until), *arguments])
        self._ahead = float(now) - time.monotonic()
        return bool(made), answers

    def _calendar(self) -> float:
        """Returns the time of the Redis, in seconds since the epoch; of this process while it is not known."""
        return time.time() if self._ahead is None else time.monotonic() + self._ahead

    def _written(self, batch: Batch, now: float) -> tuple[list[str], list[bytes]]:
        """Returns the keys and the JSON arguments of the script."""
        numbers: dict[str, int] = {}
        keys, limits, changes = [self._batches], [], []
        for caller in {change.caller.name: change.caller for change in batch.changes}.values():
            numbers[caller.name] = len(numbers) + 1
            keys += [used(caller), running(caller)]
            limits.append(_limits(caller, now))
        for change in batch.changes:
            written = _change(numbers[change.caller.name], change)
            if isinstance(change, Leave) and change.once:
                keys.append(counted(change.caller, change.once))
                written["once"] = len(keys)
            if isinstance(change, Reserve) or (isinstance(change, Leave) and change.reserved):
                keys.append(reserved(change.caller, change.call))
                written["reserved"] = len(keys)
            changes.append(written)
        return keys, [dumps(limits), dumps(changes), str(COUNTED).encode(), str(RESERVED).encode()]


def _answer(caller: Caller, number: int, milliseconds: int, now: float) -> Refusal | Notice:
    if number == SOFT:
        return Notice.SOFT_BUDGET
    limit = LIMITS[number - 1]
    return spent_refusal(caller.limits, now) if limit is Limit.BUDGET else Refusal(limit, milliseconds / 1000)


def _limits(caller: Caller, now: float) -> dict[str, float]:
    limits = caller.limits
    values = {
        "rpm": limits.rpm,
        "tpm": limits.tpm,
        "parallel": limits.max_parallel_requests,
        "budget": limits.max_budget,
        "soft": limits.soft_budget,
        "period": None if limits.period is None else limits.period.start(now),
    }
    return {name: -1 if value is None else value for name, value in values.items()}


def _change(caller: int, change: Change) -> dict[str, Any]:
    written: dict[str, Any] = {"kind": KINDS[type(change)], "caller": caller, "call": change.call}
    if isinstance(change, Leave):
        return {**written, "tokens": change.tokens, "cost": change.cost, "once": 0, "reserved": 0}
    if isinstance(change, Reserve):
        return {**written, "tokens": change.tokens, "cost": change.cost}
    return {**written, "lease": change.lease}


def used(caller: Caller) -> str:
    """Returns the name of the hash with the usage of a key."""
    return f"{PREFIX}:{caller.name}:used"


def running(caller: Caller) -> str:
    """Returns the name of the sorted set of a key's running calls, by the end of their leases."""
    return f"{PREFIX}:{caller.name}:running"


def reserved(caller: Caller, call: str) -> str:
    """Returns the name of the key that holds what a call has reserved."""
    return f"{PREFIX}:{caller.name}:reserved:{call}"


def counted(caller: Caller, once: str) -> str:
    """Returns the name of the key that marks a usage as counted."""
    return f"{PREFIX}:{caller.name}:counted:{once}"
