"""Stores of what keys have used: changes in batches, and SQLite as the store of one host."""

import asyncio
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, replace

from openai_grpc_server.access.caller import Caller
from openai_grpc_server.access.limits import Bucket, Refusal, State, refusal
from openai_grpc_server.config import ConfigError, Problem

LEASE = 30.0  # seconds that a running call is counted for unless it is renewed: its process may have been killed
MAX_COUNTED = 100_000  # usages that are known to be counted
LOCK_TIMEOUT = 2.0  # seconds to wait for another process that writes; it holds the lock for microseconds

SCHEMA = """
CREATE TABLE IF NOT EXISTS used (
    caller TEXT PRIMARY KEY,
    requests REAL NOT NULL, requests_at REAL NOT NULL,
    tokens REAL NOT NULL, tokens_at REAL NOT NULL,
    spent REAL NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS running (
    caller TEXT NOT NULL, call TEXT NOT NULL, until REAL NOT NULL,
    PRIMARY KEY (caller, call)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS probes (id INTEGER PRIMARY KEY, number INTEGER NOT NULL);
CREATE TABLE IF NOT EXISTS counted (caller TEXT NOT NULL, once TEXT NOT NULL, UNIQUE (caller, once));
"""


class StoreError(Exception):
    """The store can't be read or written just now."""


@dataclass(frozen=True, slots=True)
class Enter:
    """Counts a call in, unless a limit is in the way.

    Attributes:
        caller: Whose call it is.
        call: A unique id of the call.
        lease: Seconds after which the call no longer counts as running unless it is renewed.
    """

    caller: Caller
    call: str
    lease: float = LEASE


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
        caller: Whose call it is.
        call: The id that it was counted in with.
        tokens: The tokens that it took.
        cost: Its cost, in US dollars.
        once: What its usage is of, if other calls may report the same usage: only the first is counted. Empty: nothing.
    """

    caller: Caller
    call: str
    tokens: int = 0
    cost: float = 0.0
    once: str = ""


Change = Enter | Renew | Leave


@dataclass(frozen=True, slots=True)
class Batch:
    """Changes that are made together, in order.

    Attributes:
        changes: The changes.
        number: Larger than that of every batch before. A store whose answer was lost may be given the same batch
            again; it is counted once. 0: it is not given again.
    """

    changes: Sequence[Change]
    number: int = 0


class Store(ABC):
    """Keeps what keys have used. Several processes may share one.

    Attributes:
        shared: Whether other processes see the same; then `apply` waits for something outside of this process.
    """

    shared: bool = True

    @abstractmethod
    async def apply(self, batch: Batch) -> list[Refusal | None]:
        """Makes changes, all of them or none.

        Returns:
            For each change why it is refused, or None.

        Raises:
            StoreError: Nothing was changed, or it is not known whether something was.
        """

    async def enter(self, caller: Caller, call: str, lease: float = LEASE) -> Refusal | None:
        """Counts one call in; returns why it is refused, or None."""
        return (await self.apply(Batch((Enter(caller, call, lease),))))[0]

    async def leave(self, caller: Caller, call: str, tokens: int = 0, cost: float = 0.0) -> None:
        """Counts one call out."""
        await self.apply(Batch((Leave(caller, call, tokens, cost),)))

    @abstractmethod
    async def aclose(self) -> None:
        """Closes what is open."""


class SqliteStore(Store):
    """Keeps it in SQLite: in memory for one process, or in a file for several on one host, which outlives them.

    A batch takes some 20 microseconds in memory, less than a thread to wait for it would. A file may be locked by
    another process, so that its batches are made in a thread.

    Args:
        path: The file, made when it is not there; None: memory.
        clock: Seconds that never go back and are the same in all processes of the host. They may start anew when the
            host does.

    Raises:
        ConfigError: The file can't be used.
    """

    def __init__(self, path: str | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self.shared = path is not None
        self._thread = ThreadPoolExecutor(1, "limits") if self.shared else None  # begins with the first batch
        try:
            self._database = sqlite3.connect(
                path or ":memory:", timeout=LOCK_TIMEOUT, isolation_level=None, check_same_thread=False
            )
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise ConfigError(Problem(f"can't be used: {error}", path or "memory")) from error

    async def apply(self, batch: Batch) -> list[Refusal | None]:
        """Makes changes, as `Store.apply` says."""
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

    def _apply(self, batch: Batch) -> list[Refusal | None]:
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

    def _change(self, change: Change) -> Refusal | None:
        caller, now = change.caller, self._clock()
        if isinstance(change, Enter):
            return self._enter(change, now)
        if isinstance(change, Renew):
            self._lease(change, now)
            return None
        self._database.execute("DELETE FROM running WHERE caller = ? AND call = ?", (caller.name, change.call))
        if (change.tokens or change.cost) and self._is_first(change):
            state, _ = self._state(caller, now)
            self._write(caller, state.counted(caller.limits, tokens=change.tokens, cost=change.cost))
        return None

    def _is_first(self, change: Leave) -> bool:
        if not change.once:
            return True
        values = (change.caller.name, change.once)
        inserted = self._database.execute("INSERT OR IGNORE INTO counted VALUES (?, ?)", values)
        if inserted.rowcount:
            self._database.execute("DELETE FROM counted WHERE rowid <= ?", ((inserted.lastrowid or 0) - MAX_COUNTED,))
        return bool(inserted.rowcount)

    def _enter(self, change: Enter, now: float) -> Refusal | None:
        caller = change.caller
        state, ahead = self._state(caller, now, self._running(change, now))
        refused = refusal(caller.limits, state)
        if refused is None:
            self._write(caller, state.counted(caller.limits, requests=1))
            self._lease(change, now)
        elif ahead:
            self._write(caller, state)  # else the key would wait until the clock has caught up
        return refused

    def _state(self, caller: Caller, now: float, running: int = 0) -> tuple[State, bool]:
        """Returns what a key has used by now, and whether that was written by a clock ahead of this one."""
        limits = caller.limits
        rpm, tpm = limits.rpm or 0, limits.tpm or 0
        row = self._database.execute(
            "SELECT requests, requests_at, tokens, tokens_at, spent FROM used WHERE caller = ?", (caller.name,)
        ).fetchone()
        if row is None:
            return State(Bucket(rpm, now), Bucket(tpm, now), running), False
        requests, requests_at, tokens, tokens_at, spent = row
        state = State(
            Bucket(requests, requests_at).filled(rpm, now), Bucket(tokens, tokens_at).filled(tpm, now), running
        )
        return replace(state, spent=spent), max(requests_at, tokens_at) > now

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

    def _write(self, caller: Caller, state: State) -> None:
        requests, tokens = state.requests, state.tokens
        self._database.execute(
            "INSERT OR REPLACE INTO used VALUES (?, ?, ?, ?, ?, ?)",
            (caller.name, requests.balance, requests.at, tokens.balance, tokens.at, state.spent),
        )
