"""Keys that are issued, rotated and revoked while the gateway runs, over replicas that share a store."""

import asyncio
import json
import signal
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from itertools import count
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import grpc
import pytest

from faults import answers
from faults.stand_in import LIMIT, StandIn
from integration.test_redis import redis_process
from openai_grpc import APIError, AsyncClient, Client, PermissionDeniedError, UnavailableError
from openai_grpc.admin.v1 import IssueKeyRequest, keys_pb2
from openai_grpc.cli import main
from openai_grpc.v1 import chat_pb2
from openai_grpc_server.access import issued as issued_module
from openai_grpc_server.access.issued import SqliteKeyStore
from openai_grpc_server.check import check, check_upstreams
from openai_grpc_server.config import (
    Config,
    ConfigError,
    GeneralSettings,
    HttpSettings,
    IdentitySettings,
    KeySettings,
    RouterConfig,
    Secret,
    ServerSettings,
)
from support.failure import Failure, failure_of
from support.gateway import RunningGateway, deployment, on_loop, running_gateway
from support.postgres import Postgres, postgres_server

MASTER = "sk-v3R9xQ2mT7bK4wZ8nL5c"
ADMIN = "sk-Jq6Xh1uYf0sD9gRe2aPo"
TEAM = "sk-p8Bf3Wd6Kz1Nc5Ty7Lh2"
PROXY = (("x-forwarded-client-cert", "URI=spiffe://example.org/ops"),)
CHAT = "/v1/chat/completions"
USAGE = {"prompt_tokens": 1000, "completion_tokens": 100, "total_tokens": 1100}
COMPLETION = {"id": "c1", "object": "chat.completion", "choices": [], "usage": USAGE}
GENERAL = GeneralSettings(
    master_key=Secret(MASTER),
    keys=(
        KeySettings(name="operations", key=Secret(ADMIN), admin=True),
        KeySettings(name="team", key=Secret(TEAM)),
    ),
)


def bearer(key: str) -> tuple[tuple[str, str], ...]:
    return (("authorization", f"Bearer {key}"),)


def issue(gateway: RunningGateway, name: str = "search", key: str = MASTER, **fields: Any) -> keys_pb2.IssuedKey:
    issued: keys_pb2.IssuedKey = gateway.keys.IssueKey(
        keys_pb2.IssueKeyRequest(name=name, **fields), metadata=bearer(key), timeout=10
    )
    return issued


def chat(gateway: RunningGateway, key: str, model: str = "gpt-4o") -> Any:
    request = chat_pb2.CreateChatCompletionRequest(model=model)
    return gateway.chat.CreateChatCompletion(request, metadata=bearer(key), timeout=10)


def refused(gateway: RunningGateway, key: str) -> bool:
    return failure_of(lambda: chat(gateway, key)).reason == "INVALID_KEY"


def until(condition: Callable[[], bool]) -> None:
    ends = time.monotonic() + LIMIT
    while not condition():
        assert time.monotonic() < ends


def takes(gateway: RunningGateway, key: str) -> bool:
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    code = gateway.chat.CreateChatCompletion.future(request, metadata=bearer(key), timeout=10).code()
    assert code in {grpc.StatusCode.OK, grpc.StatusCode.UNAUTHENTICATED}
    return code is grpc.StatusCode.OK


DATABASES = count()


@pytest.fixture(scope="module")
def postgres() -> Iterator[Postgres]:
    with postgres_server() as server:
        yield server


def in_postgres(server: Postgres) -> dict[str, Any]:
    """Returns settings that keep keys in a database of their own."""
    return {"key_store": "postgres", "key_store_url": Secret(server.create(f"keys{next(DATABASES)}"))}


@pytest.fixture(params=["sqlite", "redis", "postgres"])
def shared(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[dict[str, Any]]:
    """Settings of gateways that share a store."""
    if request.param == "sqlite":
        yield {"key_store": str(tmp_path / "keys.db")}
        return
    if request.param == "postgres":
        yield in_postgres(request.getfixturevalue("postgres"))
        return
    with redis_process() as (url, process):
        yield {"key_store": "redis", "router": RouterConfig(num_retries=0, redis_url=Secret(url)), "process": process}


@contextmanager
def replicas(count: int, settings: dict[str, Any]) -> Iterator[list[RunningGateway]]:
    settings = {name: value for name, value in settings.items() if name != "process"}
    with ExitStack() as stack:
        upstream = stack.enter_context(StandIn())
        upstream.on("POST", CHAT, answers.json(COMPLETION))
        yield [
            stack.enter_context(running_gateway(deployment(upstream.url), **{"general": GENERAL, **settings}))
            for _ in range(count)
        ]


def test_the_life_of_a_key(shared: dict[str, Any], tmp_path: Path, request: pytest.FixtureRequest) -> None:
    with replicas(2, shared) as (first, second):
        issued = issue(first, models=["gpt-*"], rpm=100, max_budget=0.003, soft_budget=0.001, budget_duration="1mo")
        secrets = [issued.secret]
        key = issued.key
        assert (key.name, key.created_by, key.hint, list(key.models)) == (
            "search",
            "master",
            secrets[0][-4:],
            ["gpt-*"],
        )
        # At a replica that has not looked since, its limits as well.
        assert failure_of(lambda: chat(second, secrets[0], "o3")).reason == "MODEL_NOT_ALLOWED"
        assert chat(second, secrets[0]).id == "c1"
        second.logged("rpc")
        if "redis" in shared["key_store"]:
            assert failure_of(lambda: chat(first, secrets[0])).reason == "BUDGET_EXCEEDED"

        def rotate(**fields: Any) -> Any:
            request = keys_pb2.RotateKeyRequest(key_id=key.id, **fields)
            rotated = second.keys.RotateKey(request, metadata=bearer(ADMIN), timeout=10)
            secrets.append(rotated.secret)
            return rotated.key

        other = issue(first, "other")
        secrets.append(other.secret)
        for kept, fields in ((False, {}), (True, {"grace_period": 3600})):
            before = secrets[-1] if kept else secrets[0]
            rotated = rotate(**fields)
            assert rotated.HasField("previous_until") is kept
            known = {each: not refused_now(second, each) for each in (before, secrets[-1])}
            assert known == {before: kept, secrets[-1]: True}
            until(lambda each=before, kept=kept: refused_now(first, each) is not kept)  # type: ignore[misc]  # of the loop
        revoked = first.keys.RevokeKey(keys_pb2.RevokeKeyRequest(key_id=key.id), metadata=bearer(MASTER), timeout=10)
        assert revoked.HasField("revoked_at")
        assert refused(first, secrets[-1])
        until(lambda: refused_now(second, secrets[-1]))
        again = first.keys.RevokeKey(keys_pb2.RevokeKeyRequest(key_id=key.id), metadata=bearer(MASTER), timeout=10)
        assert again == revoked
        assert takes(first, other.secret)
        pages = [keys_pb2.ListKeysRequest(limit=1), keys_pb2.ListKeysRequest(after=other.key.id)]
        listed = [second.keys.ListKeys(each, metadata=bearer(MASTER), timeout=10) for each in pages]
        assert {each.name for page in listed for each in page.data} <= {"search", "other"}
        whole = second.keys.ListKeys(keys_pb2.ListKeysRequest(), metadata=bearer(MASTER), timeout=10)
        assert [page.has_more for page in (listed[0], whole)] == [True, False]
        assert {each.name: each.HasField("revoked_at") for each in whole.data} == {"search": True, "other": False}
        events = [(each["by"], each["name"]) for each in first.logged("key issued")]
        assert events == [("master", "search"), ("master", "other")]
        assert [each["by"] for each in second.logged("key rotated")] == ["operations"] * 2
        assert [each["key_id"] for each in first.logged("key revoked")] == [key.id]
        text = first.log.getvalue() + second.log.getvalue()
    stored = stored_in(shared, tmp_path, request)
    assert [secret for secret in secrets if secret in text or secret.encode() in stored] == []
    # Keys and revocations outlive the process, where the store does.
    if "redis" not in shared["key_store"]:
        with replicas(1, shared) as (later,):
            assert takes(later, other.secret)
            assert refused(later, secrets[-1])
            assert failure_of(lambda: issue(later)).reason == "KEY_NAME_TAKEN"


def stored_in(shared: dict[str, Any], directory: Path, request: pytest.FixtureRequest) -> bytes:
    """Returns all that a store keeps, if it keeps anything."""
    if shared["key_store"] == "postgres":
        stored: bytes = request.getfixturevalue("postgres").dump(shared["key_store_url"].reveal())
        assert b'"hint"' in stored
        return stored
    return b"".join(file.read_bytes() for file in directory.iterdir())


def refused_now(gateway: RunningGateway, key: str) -> bool:
    """Returns whether a key is unknown, whatever its budget says."""
    request = chat_pb2.CreateChatCompletionRequest(model="gpt-4o")
    call = gateway.chat.CreateChatCompletion.future(request, metadata=bearer(key), timeout=10)
    return bool(call.code() is grpc.StatusCode.UNAUTHENTICATED)


def test_an_expired_key(tmp_path: Path) -> None:
    with replicas(1, {"key_store": str(tmp_path / "keys.db")}) as (gateway,):
        secret = issue(gateway, expires_in=1).secret
        until(lambda: refused_now(gateway, secret))


INVALID = {
    "no name": {"name": ""},
    "an id of an identity": {"name": "spiffe://example.org/ops"},
    "a name with a line break": {"name": "a\n"},
    "a limit of nothing": {"name": "a", "rpm": 0},
    "a negative budget": {"name": "a", "max_budget": -1.0},
    "no number": {"name": "a", "max_budget": float("nan")},
    "no period": {"name": "a", "max_budget": 1.0, "budget_duration": "fortnight"},
    "a period of nothing": {"name": "a", "budget_duration": "1d"},
    "a soft budget above the budget": {"name": "a", "max_budget": 1.0, "soft_budget": 2.0},
    "a header with a line break": {"name": "a", "organization": "org\r\nx: y"},
    "an empty model": {"name": "a", "models": [""]},
    "expired already": {"name": "a", "expires_in": -1},
}


def test_what_is_refused(tmp_path: Path) -> None:
    with replicas(1, {"key_store": str(tmp_path / "keys.db")}) as (gateway,):
        for name, fields in INVALID.items():
            failure = failure_of(lambda given=fields: issue(gateway, **given))  # type: ignore[misc]  # of the loop
            assert failure.code is grpc.StatusCode.INVALID_ARGUMENT, name
        for taken in ("master", "operations", "team"):
            assert failure_of(lambda name=taken: issue(gateway, name)).reason == "KEY_NAME_TAKEN"  # type: ignore[misc]
        issued = issue(gateway)
        assert failure_of(lambda: issue(gateway)).code is grpc.StatusCode.ALREADY_EXISTS
        requests: list[tuple[Any, Any]] = [
            (gateway.keys.IssueKey, keys_pb2.IssueKeyRequest(name="mine")),
            (gateway.keys.ListKeys, keys_pb2.ListKeysRequest()),
            (gateway.keys.RotateKey, keys_pb2.RotateKeyRequest(key_id=issued.key.id)),
            (gateway.keys.RevokeKey, keys_pb2.RevokeKeyRequest(key_id=issued.key.id)),
        ]
        for key, reason in ((TEAM, "ADMIN_REQUIRED"), (issued.secret, "ADMIN_REQUIRED"), ("sk-unknown", "INVALID_KEY")):
            for method, request in requests:
                failure = failure_of(lambda m=method, r=request, k=key: m(r, metadata=bearer(k), timeout=10))  # type: ignore[misc]
                assert failure.reason == reason
        unknown: list[tuple[Any, Any, str]] = [
            (gateway.keys.RotateKey, keys_pb2.RotateKeyRequest(key_id="key_0"), "KEY_NOT_FOUND"),
            (gateway.keys.RevokeKey, keys_pb2.RevokeKeyRequest(), "KEY_NOT_FOUND"),
            (gateway.keys.ListKeys, keys_pb2.ListKeysRequest(after="key_0"), "KEY_NOT_FOUND"),
            (gateway.keys.ListKeys, keys_pb2.ListKeysRequest(limit=0), "INVALID_REQUEST"),
            (
                gateway.keys.RotateKey,
                keys_pb2.RotateKeyRequest(key_id=issued.key.id, grace_period=-1),
                "INVALID_REQUEST",
            ),
        ]
        for method, request, reason in unknown:
            failure = failure_of(lambda m=method, r=request: m(r, metadata=bearer(MASTER), timeout=10))  # type: ignore[misc]
            assert failure.reason == reason
        gateway.keys.RevokeKey(keys_pb2.RevokeKeyRequest(key_id=issued.key.id), metadata=bearer(MASTER), timeout=10)
        rotate = keys_pb2.RotateKeyRequest(key_id=issued.key.id)
        failure = failure_of(lambda: gateway.keys.RotateKey(rotate, metadata=bearer(MASTER), timeout=10))
        assert (failure.code, failure.reason) == (grpc.StatusCode.FAILED_PRECONDITION, "KEY_REVOKED")
        assert len(gateway.logged("key administration refused")) == 8


@pytest.mark.parametrize("dry_run", [False, True], ids=["", "dry run"])
def test_an_identity_that_may_administer_keys(tmp_path: Path, dry_run: bool) -> None:
    general = GeneralSettings(
        identities=(
            IdentitySettings(spiffe="spiffe://example.org/ops", admin=True),
            IdentitySettings(spiffe="spiffe://example.org/web"),
        ),
        xfcc_peers=("127.0.0.1",),
        identities_dry_run=dry_run,
        sealing_key=Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm"),
    )
    with replicas(1, {"key_store": str(tmp_path / "keys.db"), "general": general}) as (gateway,):
        request = keys_pb2.IssueKeyRequest(name="search")
        issued = gateway.keys.IssueKey(request, metadata=PROXY, timeout=10)
        assert issued.key.created_by == "spiffe://example.org/ops"
        assert takes(gateway, issued.secret)
        for name in ("web", "unknown"):
            metadata = (("x-forwarded-client-cert", f"URI=spiffe://example.org/{name}"),)
            failure = failure_of(lambda given=metadata: gateway.keys.IssueKey(request, metadata=given, timeout=10))  # type: ignore[misc]
            assert failure.code is grpc.StatusCode.PERMISSION_DENIED


def test_keys_by_http(tmp_path: Path) -> None:
    http = HttpSettings(port=0)
    with replicas(1, {"key_store": str(tmp_path / "keys.db"), "http": http}) as (gateway,):
        root = gateway.url.removesuffix("/v1")

        def ask(method: str, path: str, body: Any = None, key: str = MASTER) -> tuple[int, Any]:
            headers = {"authorization": f"Bearer {key}", "content-type": "application/json"}
            data = None if body is None else json.dumps(body).encode()
            try:
                with urlopen(Request(root + path, data, headers, method=method), timeout=10) as reply:  # noqa: S310 - loopback
                    return reply.status, json.loads(reply.read())
            except HTTPError as error:
                return error.code, json.loads(error.read())

        status, issued = ask("POST", "/key/generate", {"name": "search", "max_budget": 5, "budget_duration": "1d"})
        assert (status, issued["key"]["max_budget"]) == (200, 5)
        key_id = issued["key"]["id"]
        status, rotated = ask("POST", f"/v1/key/{key_id}/regenerate", {"grace_period": 60})
        assert (status, rotated["secret"] != issued["secret"]) == (200, True)
        status, listed = ask("GET", "/key/list?limit=10")
        assert (status, [each["id"] for each in listed["data"]]) == (200, [key_id])
        assert ask("POST", f"/key/{key_id}/revoke", {})[0] == 200
        assert ask("POST", "/key/generate", {"name": "search"})[0] == 409
        assert ask("POST", "/key/generate", {"name": "a", "max_bugdet": 5})[0] == 400
        assert ask("GET", "/key/list", key=TEAM)[0] == 403
        assert ask("GET", "/key/nothing")[0] == 404
    with replicas(1, {"http": http}) as (gateway,):
        root = gateway.url.removesuffix("/v1")
        assert ask("GET", "/key/list")[0] == 404
        failure = failure_of(lambda: issue(gateway))
        assert failure.code is grpc.StatusCode.UNIMPLEMENTED


def test_a_store_that_is_paused(shared: dict[str, Any], request: pytest.FixtureRequest) -> None:
    stop: Callable[[], object]
    resume: Callable[[], object]
    if shared["key_store"] == "redis":
        stop = lambda: shared["process"].send_signal(signal.SIGSTOP)  # noqa: E731 - one of three
        resume = lambda: shared["process"].send_signal(signal.SIGCONT)  # noqa: E731 - as above
    elif shared["key_store"] == "postgres":
        server = request.getfixturevalue("postgres")
        stop, resume = server.pause, server.resume
    else:  # another process writes
        other = sqlite3.connect(shared["key_store"], isolation_level=None)
        stop = lambda: other.execute("BEGIN EXCLUSIVE")  # noqa: E731 - as above
        resume = lambda: other.execute("ROLLBACK")  # noqa: E731 - as above
    with replicas(2, shared) as (first, second):
        known = issue(first).secret
        assert takes(first, known)
        stop()
        try:
            assert takes(first, known)
            works: list[Callable[[], object]] = [lambda: issue(first, "other")]
            if "process" in shared or "key_store_url" in shared:  # a SQLite file is read while it is written
                works.append(lambda: chat(second, "sk-of-nobody"))
            for work in works:
                failure = failure_of(work)
                assert (failure.code, failure.reason) == (grpc.StatusCode.UNAVAILABLE, "KEYS_UNAVAILABLE")
        finally:
            resume()
        until(lambda: can_issue(first))
        if len(works) == 2:
            until(lambda: bool(second.logged("key store answers again")))
        assert takes(second, known)


def test_a_postgres_that_is_killed(postgres: Postgres) -> None:
    """Each key whose issue was answered is known after a restart; each answer is a key or UNAVAILABLE."""
    settings = in_postgres(postgres)
    with replicas(2, settings) as (first, second):
        revoked = issue(first, "revoked")
        first.keys.RevokeKey(keys_pb2.RevokeKeyRequest(key_id=revoked.key.id), metadata=bearer(MASTER), timeout=10)
        issued: dict[str, str] = {}
        failed: list[Failure] = []
        under_way = threading.Event()

        def issue_on() -> None:
            while True:
                name = f"key {len(issued)}"
                issued[name] = issue(first, name).secret
                if len(issued) == 5:
                    under_way.set()

        issuing = threading.Thread(target=lambda: failed.append(failure_of(issue_on)))
        issuing.start()
        assert under_way.wait(LIMIT)
        postgres.kill()
        issuing.join()
        assert [(each.code, each.reason) for each in failed] == [(grpc.StatusCode.UNAVAILABLE, "KEYS_UNAVAILABLE")]
        assert takes(first, issued["key 0"])
        postgres.start()
        until(lambda: can_issue(first))
        until(lambda: failure_of(lambda: chat(second, "sk-of-nobody")).reason == "INVALID_KEY")
        assert all(takes(second, each) for each in issued.values())
        assert refused(second, revoked.secret)
    with replicas(1, settings) as (later,):
        assert all(takes(later, each) for each in issued.values())
        listed = later.keys.ListKeys(keys_pb2.ListKeysRequest(limit=100), metadata=bearer(MASTER), timeout=10)
        names = [each.name for each in listed.data]
        assert len(names) == len(set(names))
        assert {*issued, "revoked"} <= {*names} <= {*issued, "revoked", "later", f"key {len(issued)}"}


def test_a_postgres_that_starts_last(postgres: Postgres) -> None:
    """Replicas start without the database, say what is missing, and share the tables that one of them makes."""
    url = postgres.url("later")
    with replicas(3, {"key_store": "postgres", "key_store_url": Secret(url)}) as gateways:
        first = gateways[0]
        assert failure_of(lambda: issue(first)).reason == "KEYS_UNAVAILABLE"
        (line,) = first.logged("key store does not answer")
        assert line["error"] == 'Postgres: InvalidCatalogNameError: database "later" does not exist'
        assert "pw-9Xk2Lq" not in first.log.getvalue()
        broken = config(GENERAL, key_store="postgres", key_store_url=Secret(url))
        found = [each for each in check_upstreams(broken) if each.where == "server.key_store_url"]
        assert [each.message for each in found] == [f"can't be used: {line['error']}"]
        postgres.create("later")
        for gateway in gateways:
            until(lambda each=gateway: can_issue(each))  # type: ignore[misc]  # of the loop
        assert not [each for each in check_upstreams(broken) if each.where == "server.key_store_url"]


def can_issue(gateway: RunningGateway) -> bool:
    request = keys_pb2.IssueKeyRequest(name="later")
    code = gateway.keys.IssueKey.future(request, metadata=bearer(MASTER), timeout=10).code()
    assert code in {grpc.StatusCode.OK, grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.ALREADY_EXISTS}
    return code is not grpc.StatusCode.UNAVAILABLE


def test_the_python_clients(shared: dict[str, Any]) -> None:
    with replicas(1, shared) as (gateway,):
        with Client(gateway.target, api_key=MASTER) as client:
            issued = client.keys.issue(name="search", models=["gpt-4*"], max_budget=5, budget_duration="1mo")
            client.keys.issue(IssueKeyRequest(name="other"))
            assert takes(gateway, issued.secret)
            assert (issued.key.name, issued.key.max_budget, issued.key.created_by) == ("search", 5.0, "master")
            rotated, metadata = client.keys.rotate.with_call(issued.key.id, grace_period=60)
            assert takes(gateway, issued.secret)
            assert takes(gateway, rotated.secret)
            assert metadata.gateway_request_id
            assert sorted(key.name for key in client.keys.list(limit=1)) == ["other", "search"]
            assert client.keys.revoke(issued.key.id).HasField("revoked_at")
            assert refused(gateway, rotated.secret)
            with pytest.raises(APIError, match="KEY_NAME_TAKEN"):
                client.keys.issue(name="search")
            with pytest.raises(PermissionDeniedError):
                client.with_options(api_key=TEAM).keys.list()

        async def administer() -> list[str]:
            async with AsyncClient(gateway.target, api_key=MASTER) as client:
                issued = await client.keys.issue(name="third")
                rotated = await client.keys.rotate(issued.key.id)
                await client.keys.revoke(key_id=rotated.key.id)
                return [key.name async for key in client.keys.list(limit=2) if key.HasField("revoked_at")]

        assert sorted(asyncio.run(administer())) == ["search", "third"]


@pytest.mark.parametrize("shared", ["postgres"], indirect=True)
def test_a_change_that_may_have_been_made_is_not_repeated(shared: dict[str, Any], postgres: Postgres) -> None:
    with replicas(1, shared) as (gateway,), Client(gateway.target, api_key=MASTER) as client:
        postgres.pause()
        try:
            with pytest.raises(UnavailableError) as caught:
                client.keys.issue(name="search")
        finally:
            postgres.resume()
        assert caught.value.reason == "KEYS_UNAVAILABLE"
        assert [each["method"].rpartition("/")[2] for each in gateway.logged("rpc")] == ["IssueKey"]


def test_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    with replicas(1, {"key_store": str(tmp_path / "keys.db")}) as (gateway,):

        def run(*arguments: str, key: str = MASTER) -> tuple[int, str]:
            monkeypatch.setenv("OPENAI_GRPC_API_KEY", key)
            code = main(["keys", *arguments, "--address", gateway.target])
            return code, capsys.readouterr().out.strip()

        code, secret = run("issue", "search", "--model", "gpt-*", "--max-budget", "5", "--budget-duration", "1mo")
        assert code == 0
        assert takes(gateway, secret)
        code, line = run("list")
        assert code == 0
        key_id = line.split()[0]
        assert line.split()[2:] == ["valid", "search", "models=gpt-*", "max_budget=5", "budget_duration=1mo"]
        code, rotated = run("rotate", key_id, "--grace-period", "60")
        assert (code, takes(gateway, rotated), takes(gateway, secret)) == (0, True, True)
        assert run("revoke", key_id) == (0, f"{key_id} revoked")
        assert refused(gateway, rotated)
        assert json.loads(run("list", "--json")[1])["name"] == "search"
        assert run("list", key=TEAM)[0] != 0


def config(general: GeneralSettings, **server: Any) -> Config:
    return Config(
        server=ServerSettings(**server),
        general=general,
        router=RouterConfig(),
        deployments=(deployment("http://127.0.0.1:9"),),
    )


PROBLEMS = {
    "nobody who may issue them": (GeneralSettings(sealing_key=Secret("Wf4Yp9Ts2Gd7Xk1Nb6Vm")), "keys.db", "nobody may"),
    "no Redis": (GENERAL, "redis", "redis without router_settings.redis_url"),
    "a path that is no file": (GENERAL, "/proc", "is not a file"),
    "nothing to seal ids with": (
        GeneralSettings(keys=(KeySettings(name="a", key=Secret(ADMIN), admin=True),)),
        "keys.db",
        "sealing_key",
    ),
}


@pytest.mark.parametrize(("general", "store", "text"), PROBLEMS.values(), ids=PROBLEMS)
def test_configurations_that_can_issue_no_keys(general: GeneralSettings, store: str, text: str) -> None:
    with pytest.raises(ConfigError, match=text):
        check(config(general, key_store=store))


URLS = {
    "no URL": ("postgres", None, "postgres without server.key_store_url"),
    "a URL of something else": ("postgres", "redis://127.0.0.1", "not the URL of a Postgres"),
    "a port that is no number": ("postgres", "postgresql://127.0.0.1:pw/keys", "not the URL of a Postgres"),
    "a URL for a file": ("keys.db", "postgresql://127.0.0.1/keys", "a URL without key_store: postgres"),
}


@pytest.mark.parametrize(("store", "url", "text"), URLS.values(), ids=URLS)
def test_urls_of_a_postgres(store: str, url: str | None, text: str) -> None:
    with pytest.raises(ConfigError, match=text) as caught:
        check(config(GENERAL, key_store=store, key_store_url=None if url is None else Secret(url)))
    assert "127.0.0.1" not in str(caught.value)


def test_two_changes_of_one_key_at_once(shared: dict[str, Any]) -> None:
    """Of two that began from the same revision one counts."""
    with replicas(1, shared) as (gateway,):
        key_id = issue(gateway).key.id
        known: Any = gateway.gateway._issued
        key = known.get(key_id)
        saved = [on_loop(known._store.save(key.changed(hint=hint))) for hint in ("aaaa", "bbbb")]
        assert saved == [True, False]
        assert [on_loop(known._store.save(each)) for each in (key, issued_module.IssuedKey.read(key.record()))] == [
            False,
            False,
        ]


def test_only_the_owner_reads_the_file(tmp_path: Path) -> None:
    file = tmp_path / "keys.db"
    store = SqliteKeyStore(str(file))
    assert file.stat().st_mode & 0o777 == 0o600

    async def close() -> None:
        await store.aclose()

    on_loop(close())
