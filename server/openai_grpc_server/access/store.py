"""Where it is kept what keys have used."""

import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

from openai_grpc_server.access.caller import Caller
from openai_grpc_server.access.limits import Bucket, Refusal, State, refusal
from openai_grpc_server.config import ConfigError, Problem

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
"""


class StoreError(Exception):
    """What keys have used can't be read or written just now."""


class Store(Protocol):
    """Keeps what keys have used. Several processes may share one."""

    async def enter(self, caller: Caller, call: str, longest: float) -> Refusal | None:
        """Counts a call in, unless a limit is in the way.

        Args:
            caller: Whose call it is.
            call: An id of the call that no other has.
            longest: After how many seconds it is over even if nobody counts it out, as its process was killed.

        Returns:
            Why it is refused, or None when it is counted in.

        Raises:
            StoreError: It can't be counted.
        """

    async def leave(self, caller: Caller, call: str, tokens: int, cost: float) -> None:
        """Counts a call out that was counted in, with the tokens that it took and its cost in US dollars.

        Raises:
            StoreError: It can't be counted.
        """

    async def aclose(self) -> None:
        """Closes what is open."""


class SqliteStore:
    """Keeps it in SQLite: in memory for one process, or in a file for several on one host, which outlives them.

    A transaction takes some 20 microseconds in memory and 40 in a file, less than a thread to wait for it would.

    Args:
        path: The file, made when it is not there; None: memory.
        clock: Tells the time, in seconds since the epoch.

    Raises:
        ConfigError: The file can't be used.
    """

    def __init__(self, path: str | None = None, clock: Callable[[], float] = time.time) -> None:
        self._clock = clock
        try:
            self._database = sqlite3.connect(path or ":memory:", timeout=LOCK_TIMEOUT, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = NORMAL")
            self._database.executescript(SCHEMA)
        except sqlite3.Error as error:
            raise ConfigError(Problem(f"can't be used: {error}", path or "memory")) from error

    async def enter(self, caller: Caller, call: str, longest: float) -> Refusal | None:
        """Counts a call in, as `Store.enter` says."""
        limits, now = caller.limits, self._clock()
        with self._transaction():
            state = self._state(caller, now)
            refused = refusal(limits, state)
            if refused is None:
                self._write(caller, State(state.requests.less(1), state.tokens, spent=state.spent))
                if limits.max_parallel_requests is not None:
                    self._database.execute("INSERT INTO running VALUES (?, ?, ?)", (caller.name, call, now + longest))
        return refused

    async def leave(self, caller: Caller, call: str, tokens: int, cost: float) -> None:
        """Counts a call out, as `Store.leave` says."""
        with self._transaction():
            self._database.execute("DELETE FROM running WHERE caller = ? AND call = ?", (caller.name, call))
            if tokens or cost:
                state = self._state(caller, self._clock())
                self._write(caller, State(state.requests, state.tokens.less(tokens), spent=state.spent + cost))

    async def aclose(self) -> None:
        """Closes the database."""
        self._database.close()

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self._database.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self._database.execute("ROLLBACK")
                raise
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise StoreError(str(error)) from error

    def _state(self, caller: Caller, now: float) -> State:
        limits = caller.limits
        rpm, tpm = limits.rpm or 0, limits.tpm or 0
        row = self._database.execute(
            "SELECT requests, requests_at, tokens, tokens_at, spent FROM used WHERE caller = ?", (caller.name,)
        ).fetchone()
        if row is None:
            requests, tokens, spent = Bucket(rpm, now), Bucket(tpm, now), 0.0
        else:
            requests, tokens, spent = (
                Bucket(row[0], row[1]).filled(rpm, now),
                Bucket(row[2], row[3]).filled(tpm, now),
                row[4],
            )
        return State(requests, tokens, self._running(caller, now), spent)

    def _running(self, caller: Caller, now: float) -> int:
        if caller.limits.max_parallel_requests is None:
            return 0
        self._database.execute("DELETE FROM running WHERE until < ?", (now,))
        query = "SELECT count(*) FROM running WHERE caller = ?"
        return int(self._database.execute(query, (caller.name,)).fetchone()[0])

    def _write(self, caller: Caller, state: State) -> None:
        requests, tokens = state.requests, state.tokens
        self._database.execute(
            "INSERT OR REPLACE INTO used VALUES (?, ?, ?, ?, ?, ?)",
            (caller.name, requests.balance, requests.at, tokens.balance, tokens.at, state.spent),
        )
