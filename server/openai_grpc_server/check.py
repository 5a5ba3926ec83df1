"""Checks of a whole configuration, shared by `serve`, reload and `check-config`.

`check` sends nothing, and `check_addresses` binds ports for a moment; `check_upstreams` (`check-config --live`) asks
upstreams for their models.
The HTTP client is imported late: the supervisor of workers checks as well, and has no use for it.
"""

import asyncio
import errno
import os
import re
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from openai_grpc.codec import CodecError, loads
from openai_grpc_server.access.identity import identities
from openai_grpc_server.access.issued import POSTGRES, REDIS, KeyStoreError, PostgresKeyStore, issue_problems
from openai_grpc_server.access.keyring import keyring
from openai_grpc_server.access.ownership import ownership
from openai_grpc_server.config import HTTP_PORT, Config, ConfigError, DeploymentConfig, Problem
from openai_grpc_server.config.admin import check_admin, shares_metrics
from openai_grpc_server.cost.usage import load_prices
from openai_grpc_server.errors import GatewayError, UpstreamConnectError
from openai_grpc_server.listen.options import admin_tls, check_tls, check_trusted_peers, tls_context
from openai_grpc_server.runtime.resources import bind_error, listen_problem
from openai_grpc_server.telemetry.otel import check_telemetry

if TYPE_CHECKING:
    from openai_grpc_server.upstream import UpstreamRequest

METADATA_KEY = re.compile(r"(?!grpc-)[0-9a-z_.\-]+(?<!-bin)")  # of a text, as gRPC names them
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - compared only


def check(config: Config) -> None:
    """Checks a configuration.

    Raises:
        ConfigError: With every problem.
    """
    problems: list[Problem] = []
    for each in CHECKS:
        try:
            each(config)
        except ConfigError as error:
            problems += error.problems
    if problems:
        raise ConfigError(*problems)


def _keys(config: Config) -> None:
    keys = keyring(config.general)
    tls = config.server.tls
    shows = tls is not None and tls.client_ca is not None
    known = identities(config.general, None, keys, shows_certificates=shows)
    ownership(config.general, keys, known, several_upstreams=True, issues=config.server.key_store is not None)


def _prices(config: Config) -> None:
    load_prices(config.server.prices_file)


def _redis(config: Config) -> None:
    if config.router.redis_url is not None:
        from openai_grpc_server.config.redis import redis_client  # noqa: PLC0415 - an extra; loaded where configured

        redis_client(config.router.redis_url, 1.0)


def _telemetry(config: Config) -> None:
    check_telemetry(config.server.telemetry)


def _limits_file(config: Config) -> None:
    if config.server.limits_file is not None:
        problem = _unusable(Path(config.server.limits_file))
        if problem:
            raise ConfigError(
                Problem(problem, config.server.limits_file, "server.limits_file: a file that is made here")
            )


def _key_store(config: Config) -> None:
    store = config.server.key_store
    problems = list(issue_problems(config.server, config.router, config.general))
    if store is not None and store not in {REDIS, POSTGRES} and (problem := _unusable(Path(store))):
        problems.append(Problem(problem, store, "server.key_store: a file that is made here"))
    if problems:
        raise ConfigError(*problems)
    if config.server.key_store_url is not None:
        PostgresKeyStore(config.server.key_store_url)


def _unusable(file: Path) -> str:
    """Describes why a file can't be a database; empty if it can."""
    try:
        if not file.exists():
            if not file.absolute().parent.is_dir():
                return "its directory does not exist"
            return "" if os.access(file.absolute().parent, os.W_OK | os.X_OK) else "its directory can't be written"
        if not file.is_file():
            return "is not a file"
        if not os.access(file, os.R_OK | os.W_OK):
            return "can't be written"
        return _no_database(file)
    except OSError as error:
        return f"can't be read: {error.strerror}"


def _no_database(file: Path) -> str:
    """Describes why a file is not an SQLite database; empty if it is one, or an empty file."""
    if not file.stat().st_size:
        return ""
    try:
        # Immutable: no lock, and no file of a log is made.
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as database:
            database.execute("SELECT count(*) FROM sqlite_master")
    except sqlite3.Error as error:
        return f"is not a SQLite database: {error}"
    return ""


def _port(config: Config) -> None:
    server = config.server
    check_tls(server)
    if server.tls is not None:
        tls_context(server.tls)
    if server.admin.port is not None:
        admin_tls(server.admin)


def _ports(config: Config) -> None:
    server = config.server
    metrics = Listening("server.metrics_port", server.metrics_host, server.metrics_port)
    http = Listening("server.http.port", server.host, server.http.port)
    calls = Listening("server.port", server.host, server.port)
    admin = Listening("server.admin.port", server.admin.host, server.admin.port)
    pairs = [(http, calls), (metrics, calls), (metrics, http), (admin, calls), (admin, http)]
    if not shares_metrics(config):
        pairs.append((admin, metrics))
    for one, other in pairs:
        hosts = {one.host, other.host}
        if one.port and one.port == other.port and (len(hosts) == 1 or hosts & EVERYWHERE):
            raise ConfigError(Problem(f"port {one.port} is {other.name} as well", one.name, "choose another"))


class Listening(NamedTuple):
    """A port that is listened on.

    Attributes:
        name: The key that configures it.
        host: Its address.
        port: Its number; 0 or None: it is free, or not listened on.
    """

    name: str
    host: str
    port: int | None


def _trusted_peers(config: Config) -> None:
    check_trusted_peers(config.server)


def _workers(config: Config) -> None:
    if config.server.workers == 1:
        return
    if sys.platform != "linux":
        hint = "start one process, or several on ports of their own"
        raise ConfigError(Problem("several workers need Linux, which spreads connections over them", hint=hint))
    try:
        tempfile.gettempdir()
    except FileNotFoundError:
        hint = "workers share a file: mount a writable /tmp, or name a directory in TMPDIR"
        raise ConfigError(Problem("no directory for temporary files can be written", hint=hint)) from None


def _local_models(config: Config) -> None:
    if not config.deployments:
        from openai_grpc_server.local.engine import check_installed  # noqa: PLC0415 - not needed with an upstream

        check_installed()


def _key_header(config: Config) -> None:
    if not METADATA_KEY.fullmatch(config.server.key_header):
        hint = "lower-case letters, digits and hyphens, without grpc- before and -bin behind"
        raise ConfigError(Problem("not a metadata key of a text", "server.key_header", hint))


def _upstreams(config: Config) -> None:
    problems = list(_files_of_upstreams(config))
    if problems:
        raise ConfigError(*problems)


def _files_of_upstreams(config: Config) -> Iterator[Problem]:
    checked = set()
    for each in config.deployments:
        files = each.verify if isinstance(each.verify, str) else "", each.client_certificate or ""
        if any(files) and files not in checked:
            from openai_grpc_server.upstream.client import upstream_client  # noqa: PLC0415 - loads the HTTP client

            checked.add(files)
            try:
                upstream_client(each, config.server)
            except ConfigError as error:
                yield from error.problems


CHECKS: tuple[Callable[[Config], None], ...] = (
    _workers,
    _keys,
    _telemetry,
    _prices,
    _key_header,
    _port,
    _ports,
    check_admin,
    _trusted_peers,
    _redis,
    _limits_file,
    _key_store,
    _upstreams,
    _local_models,
)


def check_addresses(config: Config) -> tuple[list[Problem], list[Problem]]:
    """Binds the addresses of a configuration for a moment.

    Returns:
        Problems of addresses that this machine can't listen on, and of those that another program has: a gateway that
        runs by this configuration is one.
    """
    server = config.server
    both = server.http2 == "asyncio" and server.workers == 1
    asked = [("", server.host, server.port, bind_error(server.host, server.port, shared=server.reuse_port, every=both))]
    if server.metrics_port is not None and server.metrics_host:
        error = bind_error(server.metrics_host, server.metrics_port)
        asked.append(("server.metrics_port", server.metrics_host, server.metrics_port, error))
    if server.admin.port is not None:
        admin = server.admin
        asked.append(("server.admin.port", admin.host, server.admin.port, bind_error(admin.host, server.admin.port)))
    # Without the default port gRPC alone is served.
    if server.http.port is not None and server.http.port != HTTP_PORT:
        error = bind_error(server.host, server.http.port, shared=server.reuse_port)
        asked.append(("server.http.port", server.host, server.http.port, error))
    refused: list[Problem] = []
    taken: list[Problem] = []
    for where, host, port, error in asked:
        if error is not None:
            found = taken if error.errno == errno.EADDRINUSE else refused
            found.append(listen_problem(host, port, error, where))
    return refused, taken


def worker_warnings(config: Config) -> tuple[Problem, ...]:
    """Returns warnings that apply to several workers, which share neither memory nor calls; nothing for one worker."""
    if config.server.workers == 1:
        return ()
    found: list[Problem] = []
    upstreams = {(each.base_url, each.api_key, each.organization, each.project) for each in config.deployments}
    general = config.general
    if len(upstreams) > 1 and general.sealing_key is None and general.master_key is None:
        hint = "set sealing_key, so that the ids of stored objects say where they are"
        found.append(Problem("workers don't know what the others have stored where", "general_settings", hint))
    shared = config.router.redis_url is not None
    if not shared and any(each.rpm is not None or each.tpm is not None for each in config.deployments):
        hint = "with redis_url they count together"
        found.append(Problem("each worker has its part of rpm and tpm of deployments", "router_settings", hint))
    return tuple(found)


TIME_LIMIT = 10.0  # seconds for each upstream


def check_upstreams(config: Config) -> list[Problem]:
    """Sends `GET /models` for each deployment and pings Redis, if configured; returns the problems.

    A deployment that sends the callers' own keys is asked without one: then only an upstream that can't be reached, or
    has no such path, is a problem.
    """
    return asyncio.run(_check(config))


async def _check(config: Config) -> list[Problem]:
    asked = (_check_redis(config), _check_postgres(config), *(_check_one(each, config) for each in config.deployments))
    found = await asyncio.gather(*asked)
    return [problem for problem in found if problem is not None]


async def _check_redis(config: Config) -> Problem | None:
    if config.router.redis_url is None:
        return None
    from openai_grpc_server.config.redis import redis_client  # noqa: PLC0415 - an extra; loaded where configured

    client, failures = redis_client(config.router.redis_url, TIME_LIMIT)
    try:
        await client.ping()
    except failures as error:
        reason = type(error).__name__  # whose text may hold the URL
        return Problem(
            f"the Redis can't be used: {reason}", "router_settings", "is it running, and the password right?"
        )
    finally:
        await client.aclose()
    return None


async def _check_postgres(config: Config) -> Problem | None:
    if config.server.key_store_url is None:
        return None
    store = PostgresKeyStore(config.server.key_store_url)
    try:
        await store.ping()
    except KeyStoreError as error:
        return Problem(f"can't be used: {error}", "server.key_store_url", "is it running, and the password right?")
    finally:
        await store.aclose()
    return None


async def _check_one(deployment: DeploymentConfig, config: Config) -> Problem | None:
    from openai_grpc_server.upstream.client import upstream_client  # noqa: PLC0415 - loads the HTTP client

    try:
        client = upstream_client(deployment, config.server)
    except ConfigError as error:
        return error.problems[0]
    try:
        response = await client.send(models_request(deployment))
        try:
            data = await response.read()
        finally:
            await response.close()
    except GatewayError as error:
        if deployment.api_key is None and error.http_status in {401, 403}:
            return None
        detail = error.detail if isinstance(error, UpstreamConnectError) else ""
        return Problem(f"{error} ({detail})" if detail else str(error), deployment.name)
    finally:
        await client.aclose()
    return missing_model(deployment, data)


def models_request(deployment: DeploymentConfig) -> "UpstreamRequest":
    """Builds the request for the upstream's models."""
    from openai_grpc_server.upstream import UpstreamRequest, request_headers  # noqa: PLC0415 - loads the HTTP client

    key = deployment.api_key
    headers = request_headers(
        {},
        api_key=key.reveal() if key else None,
        organization=deployment.organization,
        project=deployment.project,
    )
    own = [(name, value.reveal()) for name, value in deployment.extra_headers]
    return UpstreamRequest(
        method="GET",
        path="/models",
        headers=[*headers, *own],
        deadline=time.monotonic() + TIME_LIMIT,
        safe=True,
        own_key=key is not None,
    )


def missing_model(deployment: DeploymentConfig, data: bytes) -> Problem | None:
    """Returns a problem if the upstream lists its models and the deployment's is not among them."""
    try:
        listed = loads(data)["data"]
        names = {each["id"] for each in listed}
    except (CodecError, KeyError, TypeError):
        return Problem("answered GET /models with no list of models", deployment.name, "is api_base right?")
    if deployment.model is None or "*" in deployment.model or not names or deployment.model in names:
        return None
    return Problem(f"the upstream has no model {deployment.model!r}", deployment.name, "GET /models lists what it has")
