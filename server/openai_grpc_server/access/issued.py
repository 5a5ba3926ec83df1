"""Keys issued at run time: the stores that replicas share, and the keys that a replica knows.

Stores keep hashes, never keys. A replica looks every second whether a store has changed, and at once when a caller
shows a key that it does not know.
"""

import asyncio
import json
import logging
import os
import sqlite3
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass, fields, replace
from typing import Any, Final, TypeVar
from urllib.parse import urlsplit

from grpc import StatusCode

from openai_grpc_server.access.keyring import Caller, Keyring, caller_of
from openai_grpc_server.config import (
    ConfigError,
    GeneralSettings,
    IdentitySettings,
    KeySettings,
    Problem,
    RouterConfig,
    Secret,
    ServerSettings,
)
from openai_grpc_server.config.redis import redis_client
from openai_grpc_server.errors import GatewayError
from openai_grpc_server.telemetry.log import Log

T = TypeVar("T")

REDIS: Final = "redis"  # values of `server.key_store` that are no path
POSTGRES: Final = "postgres"
LOOK_INTERVAL: Final = 1.0  # seconds
PATIENCE: Final = 1.0  # seconds that a store may take to answer
PREFIX: Final = "openai-grpc:issued"

SCHEMA: Final = """
CREATE TABLE IF NOT EXISTS issued (
    id TEXT PRIMARY KEY, name TEXT NOT NULL UNIQUE, revision INTEGER NOT NULL, record TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS changes (id INTEGER PRIMARY KEY CHECK (id = 0), number INTEGER NOT NULL);
INSERT OR IGNORE INTO changes VALUES (0, 0);
"""
ADD: Final = "INSERT OR IGNORE INTO issued VALUES (?, ?, 1, ?)"
REPLACE: Final = "UPDATE issued SET revision = revision + 1, record = ? WHERE id = ? AND revision = ?"
CHANGED: Final = "UPDATE changes SET number = number + 1"
# KEYS: records by id, ids by name, number of changes. ARGV: id, name, revision before (0: a new key), record.
SCRIPT: Final = """
local known = redis.call('HGET', KEYS[1], ARGV[1])
if ARGV[3] == '0' then
  if known or redis.call('HSETNX', KEYS[2], ARGV[2], ARGV[1]) == 0 then return 0 end
elseif not known or cjson.decode(known).revision ~= tonumber(ARGV[3]) then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[4])
redis.call('INCR', KEYS[3])
return 1
"""

POSTGRES_SCHEMA: Final = """
CREATE TABLE openai_grpc_issued_keys (
    id text PRIMARY KEY, name text NOT NULL UNIQUE, revision integer NOT NULL, record text NOT NULL
);
CREATE TABLE openai_grpc_issued_changes (id integer PRIMARY KEY CHECK (id = 0), number bigint NOT NULL);
INSERT INTO openai_grpc_issued_changes VALUES (0, 0);
"""
POSTGRES_MADE: Final = "SELECT to_regclass('openai_grpc_issued_changes') IS NOT NULL"
# Replicas that start together make the tables one after the other.
POSTGRES_LOCK: Final = "BEGIN; SELECT pg_advisory_xact_lock(7238101469203585)"
# The transaction of a replica whose host is gone holds up nobody for longer.
POSTGRES_BEGIN: Final = "BEGIN; SET LOCAL idle_in_transaction_session_timeout = '2s'"
POSTGRES_ADD: Final = "INSERT INTO openai_grpc_issued_keys VALUES ($1, $2, 1, $3) ON CONFLICT DO NOTHING"
POSTGRES_REPLACE: Final = """
UPDATE openai_grpc_issued_keys SET revision = revision + 1, record = $3 WHERE id = $1 AND revision = $2
"""
POSTGRES_CHANGED: Final = "UPDATE openai_grpc_issued_changes SET number = number + 1"


class KeyStoreError(Exception):
    """The store of keys can't be read or written."""


def keys_unavailable(error: KeyStoreError) -> GatewayError:
    """Returns the error of a call that needs the store."""
    unavailable = GatewayError(
        "The store of keys does not answer; retry a little later",
        code=StatusCode.UNAVAILABLE,
        reason="KEYS_UNAVAILABLE",
    )
    unavailable.__cause__ = error
    return unavailable


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedKey:
    """A key issued at run time. Times are in Unix seconds; permissions and limits are those of `KeySettings`.

    Attributes:
        id: Its id.
        revision: Number of its changes, from 1.
        name: Its name.
        hash: SHA-256 of the key, in hexadecimal.
        hint: Last characters of the key.
        created_at: When it was issued.
        created_by: Name of the caller that issued it.
        models: Allowed models; empty: all.
        rpcs: Allowed RPCs; empty: all.
        rpm: Limit of requests per minute.
        tpm: Limit of tokens per minute.
        max_parallel_requests: Limit of calls in flight.
        max_budget: Limit of the cost in a period, in US dollars.
        soft_budget: Cost from which calls are warned, in US dollars.
        budget_duration: Period of the budgets.
        organization: `OpenAI-Organization` of its calls.
        project: `OpenAI-Project` of its calls.
        expires_at: When it expires; None: never.
        rotated_at: When it was rotated last; None: never.
        previous_hash: Hash of the key before the latest rotation.
        previous_until: Until when that one is taken; None: it is not.
        revoked_at: When it was revoked; None: it is valid.
    """

    id: str
    revision: int = 1
    name: str
    hash: str
    hint: str
    created_at: int
    created_by: str
    models: tuple[str, ...] = ()
    rpcs: tuple[str, ...] = ()
    rpm: int | None = None
    tpm: int | None = None
    max_parallel_requests: int | None = None
    max_budget: float | None = None
    soft_budget: float | None = None
    budget_duration: str | None = None
    organization: str | None = None
    project: str | None = None
    expires_at: int | None = None
    rotated_at: int | None = None
    previous_hash: str | None = None
    previous_until: int | None = None
    revoked_at: int | None = None

    def settings(self) -> KeySettings:
        """Returns its permissions and limits, as of a configured key."""
        given = asdict(self)
        return KeySettings(**{each.name: given[each.name] for each in fields(KeySettings) if each.name in given})

    def valid_until(self, given: str) -> float:
        """Returns until when a key with a hash is taken, in Unix seconds; infinity: for good."""
        if self.revoked_at is not None:
            return 0.0
        until = [self.expires_at] if given == self.hash else [self.expires_at, self.previous_until or 0]
        return float(min((each for each in until if each is not None), default=float("inf")))

    def changed(self, **values: Any) -> "IssuedKey":
        """Returns it after a change."""
        return replace(self, revision=self.revision + 1, **values)

    def record(self) -> str:
        """Returns it as JSON."""
        return json.dumps({name: value for name, value in asdict(self).items() if value not in {None, ()}})

    @classmethod
    def read(cls, record: str | bytes) -> "IssuedKey":
        """Reads its JSON."""
        given = json.loads(record)
        values: dict[str, Any] = {each.name: given[each.name] for each in fields(cls) if each.name in given}
        lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
        return cls(**{**values, **lists})


class KeyStore(ABC):
    """Store of issued keys that replicas share. Every method raises `KeyStoreError` if it does not answer."""

    @abstractmethod
    async def version(self) -> int:
        """Returns the number of changes so far."""

    @abstractmethod
    async def load(self) -> list[IssuedKey]:
        """Returns all keys."""

    @abstractmethod
    async def save(self, key: IssuedKey) -> bool:
        """Adds a key, or replaces its revision before.

        Returns:
            False: its name is taken, or another change came first. Nothing was changed.
        """

    @abstractmethod
    async def aclose(self) -> None:
        """Closes open connections and files."""


class SqliteKeyStore(KeyStore):
    """Store in a SQLite file, which only its owner may read; for the processes of one host.

    Args:
        path: The file, made if it is not there.

    Raises:
        ConfigError: The file can't be used.
    """

    def __init__(self, path: str) -> None:
        self._thread = ThreadPoolExecutor(1, "keys")
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._database = sqlite3.connect(path, timeout=PATIENCE, isolation_level=None, check_same_thread=False)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("PRAGMA synchronous = FULL")  # a revocation outlives a power failure
            self._database.executescript(SCHEMA)
        except (OSError, sqlite3.Error) as error:
            raise ConfigError(Problem(f"can't be used: {error}", path, "server.key_store")) from error

    async def version(self) -> int:
        """Returns the number of changes so far."""
        rows = await self._run(lambda: self._database.execute("SELECT number FROM changes").fetchall())
        return int(rows[0][0])

    async def load(self) -> list[IssuedKey]:
        """Returns all keys."""
        rows = await self._run(lambda: self._database.execute("SELECT record FROM issued").fetchall())
        return [IssuedKey.read(record) for (record,) in rows]

    async def save(self, key: IssuedKey) -> bool:
        """Adds a key, or replaces its revision before; see `KeyStore.save`."""
        return await self._run(lambda: self._save(key))

    async def aclose(self) -> None:
        """Closes the file."""
        await self._run(self._database.close)
        self._thread.shutdown(wait=False)

    def _save(self, key: IssuedKey) -> bool:
        with self._database:
            self._database.execute("BEGIN IMMEDIATE")
            if key.revision == 1:
                done = self._database.execute(ADD, (key.id, key.name, key.record()))
            else:
                done = self._database.execute(REPLACE, (key.record(), key.id, key.revision - 1))
            if changed := done.rowcount > 0:
                self._database.execute(CHANGED)
        return changed

    async def _run(self, work: Callable[[], T]) -> T:
        try:
            return await asyncio.get_running_loop().run_in_executor(self._thread, work)
        except sqlite3.Error as error:
            raise KeyStoreError(str(error)) from error


class RedisKeyStore(KeyStore):
    """Store in the Redis that replicas share. It must persist: keys that it loses are refused.

    Args:
        url: `redis://[user:password@]host:port[/db]`; `rediss` for TLS.

    Raises:
        ConfigError: The package `redis` is not installed, or the URL is invalid.
    """

    def __init__(self, url: Secret) -> None:
        self._redis, self._failures = redis_client(url, PATIENCE)
        self._script = self._redis.register_script(SCRIPT)
        self._keys = [f"{PREFIX}:{each}" for each in ("records", "names", "changes")]

    async def version(self) -> int:
        """Returns the number of changes so far."""
        return int(await self._answer(lambda: self._redis.get(self._keys[2])) or 0)

    async def load(self) -> list[IssuedKey]:
        """Returns all keys."""
        return [IssuedKey.read(each) for each in await self._answer(lambda: self._redis.hvals(self._keys[0]))]

    async def save(self, key: IssuedKey) -> bool:
        """Adds a key, or replaces its revision before; see `KeyStore.save`."""
        arguments = [key.id, key.name, str(key.revision - 1), key.record()]
        return bool(await self._answer(lambda: self._script(keys=self._keys, args=arguments)))

    async def aclose(self) -> None:
        """Closes the connections."""
        await self._redis.aclose()

    async def _answer(self, ask: Callable[[], Any]) -> Any:
        try:
            async with asyncio.timeout(PATIENCE):
                return await ask()
        except self._failures as error:
            raise KeyStoreError(f"Redis: {type(error).__name__}") from error


class PostgresKeyStore(KeyStore):
    """Store in a Postgres that replicas share, by one connection per replica.

    It sends no startup parameters and keeps no prepared statements, so that poolers such as PgBouncer may be between.

    Args:
        url: `postgresql://[user:password@]host[:port]/database[?sslmode=...]`.

    Raises:
        ConfigError: The package `asyncpg` is not installed, or the URL is invalid.
    """

    def __init__(self, url: Secret) -> None:
        try:
            import asyncpg  # noqa: PLC0415 - an extra; loaded where it is configured
        except ImportError as error:
            hint = "pip install 'openai-grpc-server[postgres]'"
            raise ConfigError(Problem("key_store_url: the package asyncpg is not installed", hint=hint)) from error
        if not _is_postgres(url.reveal()):
            hint = "postgresql://user:password@host:5432/database"
            raise ConfigError(Problem("key_store_url: not the URL of a Postgres", hint=hint))
        connect: Any = asyncpg.connect
        self._connect: Callable[[], Awaitable[Any]] = lambda: connect(url.reveal(), statement_cache_size=0)
        self._failures = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
        self._connection: Any = None
        self._made = False
        self._turn = asyncio.Lock()

    async def version(self) -> int:
        """Returns the number of changes so far."""
        return int(await self._answer(lambda ask: ask.fetchval("SELECT number FROM openai_grpc_issued_changes")))

    async def load(self) -> list[IssuedKey]:
        """Returns all keys."""
        rows = await self._answer(lambda ask: ask.fetch("SELECT record FROM openai_grpc_issued_keys"))
        return [IssuedKey.read(row[0]) for row in rows]

    async def save(self, key: IssuedKey) -> bool:
        """Adds a key, or replaces its revision before; see `KeyStore.save`."""
        return bool(await self._answer(lambda connection: self._save(connection, key)))

    async def ping(self) -> None:
        """Connects and makes nothing.

        Raises:
            KeyStoreError: It does not answer.
        """
        await self._answer(lambda ask: ask.fetchval("SELECT 1"), makes=False)

    async def aclose(self) -> None:
        """Closes the connection."""
        self._drop()

    async def _save(self, connection: Any, key: IssuedKey) -> bool:
        await connection.execute(POSTGRES_BEGIN)
        if key.revision == 1:
            done = await connection.execute(POSTGRES_ADD, key.id, key.name, key.record())
        else:
            done = await connection.execute(POSTGRES_REPLACE, key.id, key.revision - 1, key.record())
        if changed := not done.endswith(" 0"):
            await connection.execute(POSTGRES_CHANGED)
        await connection.execute("COMMIT")
        return changed

    async def _answer(self, ask: Callable[[Any], Awaitable[T]], *, makes: bool = True) -> T:
        try:
            async with asyncio.timeout(PATIENCE), self._turn:
                try:
                    if self._connection is None or self._connection.is_closed():
                        self._connection = await self._connect()
                    if makes and not self._made:
                        await self._make(self._connection)
                        self._made = True
                    return await ask(self._connection)
                except BaseException:
                    self._drop()  # with its transaction, which may be open
                    raise
        except self._failures as error:
            raise KeyStoreError(f"Postgres: {type(error).__name__}: {error}".removesuffix(": ")) from error

    async def _make(self, connection: Any) -> None:
        if await connection.fetchval(POSTGRES_MADE):  # then it needs no right to make tables
            return
        await connection.execute(POSTGRES_LOCK)
        if not await connection.fetchval(POSTGRES_MADE):
            await connection.execute(POSTGRES_SCHEMA)
        await connection.execute("COMMIT")

    def _drop(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()


def _is_postgres(url: str) -> bool:
    parts = urlsplit(url)
    try:
        parts.port  # noqa: B018 - raises if it is no number
    except ValueError:
        return False
    return parts.scheme in {"postgres", "postgresql"}


class IssuedKeys:
    """The issued keys that a replica knows.

    Args:
        store: Where they are kept.
        log: Where failures of the store are logged.
    """

    def __init__(self, store: KeyStore, log: Log) -> None:
        self._store = store
        self._log = log
        self._version = -1
        self._keys: dict[str, IssuedKey] = {}
        self._callers: dict[str, tuple[IssuedKey, Caller]] = {}
        self._begun = self._ended = 0  # numbers of the latest looks at the store
        self._look = asyncio.Lock()
        self._failure = ""
        self._looking: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """Reads the keys, if the store answers, and looks for changes from now on."""
        await self._look_on()
        self._looking = asyncio.create_task(self._look_again())

    def find(self, given: str) -> Caller | None:
        """Returns the caller by the SHA-256 of its key; None: it is unknown, revoked or expired."""
        found = self._callers.get(given)
        return None if found is None or time.time() >= found[0].valid_until(given) else found[1]

    def get(self, key_id: str) -> IssuedKey | None:
        """Returns a key by its id."""
        return self._keys.get(key_id)

    def newest(self) -> list[IssuedKey]:
        """Returns the keys, the newest first."""
        return sorted(self._keys.values(), key=lambda key: (key.created_at, key.id), reverse=True)

    async def save(self, key: IssuedKey) -> bool:
        """Adds or replaces a key, for this replica at once; see `KeyStore.save`.

        Raises:
            KeyStoreError: The store does not answer; it may have made the change.
        """
        saved = await self._store.save(key)
        await self.refresh()
        return saved

    async def refresh(self) -> None:
        """Reads the keys if any was changed before this call. Calls at the same time look once.

        Raises:
            KeyStoreError: The store does not answer.
        """
        before = self._begun
        async with self._look:
            if self._ended <= before:
                self._begun += 1
                await self._read(self._begun)
            elif self._failure:
                raise KeyStoreError(self._failure)

    async def aclose(self) -> None:
        """Stops looking and closes the store."""
        if self._looking is not None:
            self._looking.cancel()
            await asyncio.wait((self._looking,))
        await self._store.aclose()

    async def _read(self, number: int) -> None:
        try:
            version = await self._store.version()
            if version != self._version:
                self._know(await self._store.load())
                self._version = version
        except KeyStoreError as error:
            if not self._failure:
                self._log.write(logging.WARNING, "key store does not answer", {"error": str(error)})
            self._failure = str(error) or type(error).__name__
            self._ended = number
            raise
        self._ended = number
        if self._failure:
            self._failure = ""
            self._log.write(logging.WARNING, "key store answers again", {})

    def _know(self, keys: Iterable[IssuedKey]) -> None:
        self._keys = {key.id: key for key in keys}
        self._callers = {}
        for key in self._keys.values():
            caller = caller_of(key.settings())
            for each in (key.previous_hash, key.hash):
                if each is not None:
                    self._callers[each] = key, caller

    async def _look_on(self) -> None:
        try:
            await self.refresh()
        except KeyStoreError:
            pass  # logged; the keys known so far count on
        except Exception as error:  # noqa: BLE001 - revocations must be seen after whatever it was
            self._log.write(logging.ERROR, "issued keys can't be read", {"error": type(error).__name__})

    async def _look_again(self) -> None:
        while True:
            await asyncio.sleep(LOOK_INTERVAL)
            await self._look_on()


def key_store(server: ServerSettings, router: RouterConfig) -> KeyStore | None:
    """Returns the store of issued keys; None: none are issued.

    Raises:
        ConfigError: It can't be used.
    """
    if server.key_store is None:
        return None
    if problems := [*issue_problems(server, router, None)]:
        raise ConfigError(*problems)
    if server.key_store == REDIS and router.redis_url is not None:
        return RedisKeyStore(router.redis_url)
    if server.key_store == POSTGRES and server.key_store_url is not None:
        return PostgresKeyStore(server.key_store_url)
    return SqliteKeyStore(server.key_store)


def issue_problems(server: ServerSettings, router: RouterConfig, general: GeneralSettings | None) -> Iterator[Problem]:
    """Yields why no keys can be issued.

    Args:
        server: Settings of the server.
        router: Settings of the router.
        general: Keys and identities; None: not to be checked.
    """
    where = "server.key_store"
    if server.key_store == REDIS and router.redis_url is None:
        yield Problem("redis without router_settings.redis_url", where, "give the Redis, or the path of a file")
    if server.key_store == POSTGRES and server.key_store_url is None:
        yield Problem("postgres without server.key_store_url", where, "give its URL: postgresql://host:5432/database")
    if server.key_store != POSTGRES and server.key_store_url is not None:
        yield Problem("a URL without key_store: postgres", f"{where}_url", "set server.key_store: postgres")
    if server.key_store is None or general is None:
        return
    entries: tuple[KeySettings | IdentitySettings, ...] = (*general.keys, *general.identities)
    if general.master_key is None and not any(each.admin for each in entries):
        hint = "set general_settings.master_key, or admin: true of a key or an identity"
        yield Problem("nobody may issue keys", where, hint)


def with_issued(keys: Keyring | None, issued: IssuedKeys | None) -> Keyring | None:
    """Returns a keyring that knows issued keys as well, if there are any."""
    if issued is None:
        return keys
    return Keyring({} if keys is None else keys.by_hash, issued.find)
