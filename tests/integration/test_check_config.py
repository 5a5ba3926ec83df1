"""`check-config` refuses what `serve` refuses, in the same words, and prints no secret wherever one stands."""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from faults import answers
from faults.rpcs import COMPLETION, CREATE_CHAT
from faults.stand_in import StandIn
from openai_grpc_server import cli
from openai_grpc_server.cli import CHECK_CONFIG
from openai_grpc_server.config import ConfigError, ServeOptions, load_config
from openai_grpc_server.local import engine
from openai_grpc_server.process import serve, supervisor
from support.certificates import Authority
from support.gateway import LIMIT, running_gateway
from support.process import KEYS, run, server_process

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SECRET = "sk-Tw6nQx1/Lz8mRv3+Yb9cKd4"  # noqa: S105 - of the tests only
WHERE = {"model": "m", "api_base": "http://127.0.0.1:1/v1", "api_key": "k"}


def params(**more: Any) -> dict[str, Any]:
    """A file with one model."""
    return {"model_list": [{"model_name": "m", "litellm_params": {**WHERE, **more}}]}


def general(**more: Any) -> dict[str, Any]:
    return {**params(), "general_settings": more}


def server(**more: Any) -> dict[str, Any]:
    return {**params(), "server": more}


def router(**more: Any) -> dict[str, Any]:
    return {**params(), "router_settings": more}


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, str]:
    """Files by the names that stand for them in the configurations below."""
    directory = tmp_path_factory.mktemp("files")
    ours, other = Authority(directory / "ours"), Authority(directory / "other")
    certificate, key = ours.issue("server")
    encrypted = directory / "encrypted.key"
    hide = ("openssl", "pkey", "-in", key, "-aes256", "-passout", "pass:secret", "-out", encrypted)
    subprocess.run(tuple(map(str, hide)), check=True, capture_output=True)
    damaged = directory / "damaged.sqlite"
    damaged.write_bytes(b"SQLite format 3\0" + bytes(range(256)) * 16)
    text = directory / "text"
    text.write_text("a text that is neither PEM nor JSON nor a database")
    return {
        "CERTIFICATE": str(certificate),
        "KEY": str(key),
        "OTHER": str(other.issue("other")[1]),
        "ENCRYPTED": str(encrypted),
        "DAMAGED": str(damaged),
        "TEXT": str(text),
        "DIRECTORY": str(directory),
        "MISSING": str(directory / "none" / "file"),
    }


# What is wrong, and how it is told.
REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "a Redis at a port that is none": (router(redis_url=f"redis://:{SECRET}@host:port"), "redis_url: not the URL of a"),
    "a Redis that is none": (router(redis_url=f"nonsense://:{SECRET}@host"), "redis_url: not the URL of a Redis"),
    "limits in no directory": (server(limits_file="MISSING"), "its directory does not exist"),
    "limits in a directory": (server(limits_file="DIRECTORY"), "is not a file"),
    "limits in another file": (server(limits_file="TEXT"), "is not a SQLite database"),
    "limits in a damaged database": (server(limits_file="DAMAGED"), "is not a SQLite database"),
    "a Redis with an unknown parameter": (
        router(redis_url=f"redis://:{SECRET.replace('/', '')}@host:1/0?x=1"),
        "redis_url: not the URL of a Redis",
    ),
    "an address of another machine": (server(host="192.0.2.1"), "can't listen on 192.0.2.1:50051: Cannot assign"),
    "a host that has no address": (server(host="nobody.invalid"), "can't listen on nobody.invalid:50051: "),
    "a host in brackets": (server(host="[::1]", port=0), "can't listen on [[::1]]:0: "),
    "no host": (server(host="", port=0), "can't listen on :0: "),
    "metrics at another machine": (
        server(metrics_port=0, metrics_host="192.0.2.1"),
        "server.metrics_port: can't listen on 192.0.2.1:0: Cannot assign",
    ),
    "metrics at a host that has no address": (
        server(metrics_port=0, metrics_host="nobody.invalid"),
        "server.metrics_port: can't listen on nobody.invalid:0: ",
    ),
    "an encrypted key": (
        server(tls={"certificate": "CERTIFICATE", "private_key": "ENCRYPTED"}),
        "which must not be encrypted",
    ),
    "an encrypted key for an upstream": (params(ssl_certificate="ENCRYPTED"), "TLS of 'm'"),
    "a certificate that is not there": (server(tls={"certificate": "MISSING", "private_key": "KEY"}), "can't be read"),
    "a certificate that is no PEM": (server(tls={"certificate": "TEXT", "private_key": "KEY"}), "TLS of the port"),
    "another certificate's key": (
        server(tls={"certificate": "CERTIFICATE", "private_key": "OTHER"}),
        "TLS of the port",
    ),
    "authorities that are no PEM": (
        server(tls={"certificate": "CERTIFICATE", "private_key": "KEY", "client_ca": "TEXT"}),
        "TLS of the port",
    ),
    "one port for both": (
        server(port=50051, metrics_port=50051),
        "server.metrics_port: port 50051 is server.port as well",
    ),
    "prices that are not there": (server(prices_file="MISSING"), "can't be read"),
    "prices that are no JSON": (server(prices_file="TEXT"), "invalid JSON"),
    "models that are not there": (server(models_file="MISSING"), "can't be read"),
    "a header for keys that no metadata can have": (
        server(key_header="X-Key"),
        "server.key_header: not a metadata key",
    ),
    "a peer that can't be verified": (server(trusted_peers=["proxy"]), "can't be verified"),
    "an upstream's authorities that are not there": (params(ssl_verify="MISSING"), "TLS of 'm'"),
    "a client certificate that is no PEM": (params(ssl_certificate="TEXT"), "TLS of 'm'"),
    "a line break in a key": (params(api_key="sk-1\n2"), "has a line break"),
    "a line break in a header": (params(extra_headers={"x-a": "1\n2"}), "has a line break"),
    "a line break in an organization": (params(organization="o\n2"), "organization: has a character"),
    "a master key beyond ASCII": (general(master_key=SECRET + "\u00e9"), "has a line break or another character"),
    "a key with a line break": (general(keys=[{"name": "a", "key": f"{SECRET}\n{SECRET}"}]), "has a line break"),
    "a key of nothing but blanks": (params(api_key=" \n"), "has nothing but blanks"),
    "a key that can be guessed": (general(master_key="sk-1234"), "weak key"),
    "what contains itself": (params(extra_body={"a": "ITSELF"}), "nested too deeply"),
}


def written(value: dict[str, Any], files: Mapping[str, str], path: Path) -> Path:
    """Writes a configuration; names of files stand for their paths."""
    text = json.dumps(value)
    for name, file in files.items():
        text = text.replace(f'"{name}"', json.dumps(file))
    path.write_text(text.replace('{"a": "ITSELF"}', "&a {a: *a}"))
    return path


def checked(file: Path) -> int:
    return CHECK_CONFIG.run(argparse.Namespace(file=file, env_file=None, live=False))


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize(("value", "expected"), REFUSED.values(), ids=REFUSED)
def test_both_refuse_it_in_the_same_words(  # noqa: PLR0917 - a row of the table, and fixtures
    tmp_path: Path,
    files: Mapping[str, str],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    value: dict[str, Any],
    expected: str,
    workers: int,
) -> None:
    def served(*_: object) -> int:
        raise AssertionError("it would be served")

    monkeypatch.setattr(serve, "serve", served)
    monkeypatch.setattr(supervisor, "supervise", served)
    file = written(value, files, tmp_path / "config.yaml")
    with pytest.raises(ConfigError) as caught:
        cli.serve(ServeOptions(config=file, workers=workers))
    assert expected in str(caught.value)
    assert checked(file) == 2
    told = capsys.readouterr().err
    assert told.splitlines() == [f"openai-grpc: {problem}" for problem in caught.value.problems]
    assert SECRET not in told


def test_the_commands_themselves(tmp_path: Path) -> None:
    file = written(server(limits_file=str(tmp_path / "none" / "file")), {}, tmp_path / "config.yaml")
    done = [run("check-config", str(file)), run("serve", "--config", str(file), "--port", "0")]
    assert {each.returncode for each in done} == {2}
    assert done[0].stderr == done[1].stderr != ""


def test_what_is_accepted_leaves_no_file(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    limits = tmp_path / "limits.sqlite"
    value = {**general(master_key=SECRET), "server": {"limits_file": str(limits), "port": 0}}
    assert checked(written(value, {}, tmp_path / "config.yaml")) == 0
    assert capsys.readouterr().err == ""
    assert not limits.exists()


@pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
@pytest.mark.parametrize("key", ["port", "metrics_port"])
def test_a_port_that_is_taken_is_a_warning(tmp_path: Path, http2: str, key: str) -> None:
    """A gateway that runs by the file has it. To start another one by it is refused, in the same words."""
    with socket.create_server(("127.0.0.1", 0)) as held:
        port = held.getsockname()[1]
        file = written(server(**{"http2": http2, "port": 0, key: port}), {}, tmp_path / "config.yaml")
        checked_, served = run("check-config", str(file)), run("serve", "--config", str(file))
    assert f"can't listen on 127.0.0.1:{port}: Address already in use (is another server" in served.stderr
    assert (served.returncode, served.stderr.count("\n")) == (2, 1)
    assert checked_.stderr == served.stderr.replace("openai-grpc: ", "openai-grpc: warning: ")
    assert checked_.returncode == 0


@pytest.mark.parametrize("workers", [1, 2])
@pytest.mark.parametrize("http2", ["grpcio", "asyncio"])
def test_the_largest_values_are_served(tmp_path: Path, http2: str, workers: int) -> None:
    infinite = ("max_connection_age", "max_connection_idle", "grace_period")
    value = server(http2=http2, max_message_bytes=1 << 40, max_concurrent_streams=1 << 40, max_connections=1 << 40)
    value["server"] |= dict.fromkeys(infinite, float("inf"))
    file = written(value, {}, tmp_path / "config.yaml")
    file.write_text(file.read_text().replace("Infinity", ".inf"))
    assert checked(file) == 0
    with server_process(tmp_path / "log", "--config", str(file), "--workers", str(workers)) as process:
        assert process.address


def test_local_models_that_are_not_installed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in KEYS:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(engine, "local_extra_installed", lambda: False)
    file = tmp_path / "config.yaml"
    file.write_text("server: {port: 0}")
    with pytest.raises(ConfigError, match="neither an OPENAI_API_KEY nor") as caught:
        cli.serve(ServeOptions(config=file))
    assert checked(file) == 2
    assert capsys.readouterr().err == f"openai-grpc: {caught.value}\n"


def test_workers_without_a_directory_for_temporary_files(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def none() -> str:
        raise FileNotFoundError

    monkeypatch.setattr(tempfile, "gettempdir", none)
    file = written(server(port=0, workers=2), {}, tmp_path / "config.yaml")
    with pytest.raises(ConfigError, match="mount a writable /tmp") as caught:
        cli.serve(ServeOptions(config=file))
    assert checked(file) == 2
    assert capsys.readouterr().err == f"openai-grpc: {caught.value}\n"


def test_live_asks_the_redis(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    with StandIn() as upstream, socket.socket() as nobody:
        upstream.on("GET", "/v1/models", answers.json({"data": [{"id": "m"}]}))
        nobody.bind(("127.0.0.1", 0))
        url = f"redis://:{SECRET.replace('/', '')}@127.0.0.1:{nobody.getsockname()[1]}"
        file = written(router(redis_url=url), {}, tmp_path / "config.yaml")
        file.write_text(file.read_text().replace("http://127.0.0.1:1", upstream.url))
        assert CHECK_CONFIG.run(argparse.Namespace(file=file, env_file=None, live=True)) == 2
    told = capsys.readouterr().err
    assert "router_settings: the Redis can't be used: ConnectionError" in told
    assert SECRET[3:10] not in told


# Places where a secret stands by mistake, in YAML.
MISPLACED = {
    "as a key": f'general_settings: {{keys: [{{"{SECRET}": a}}]}}',
    "as a key, twice": f'general_settings: {{"{SECRET}": a, "{SECRET}": b}}',
    "as a section": f'"{SECRET}": a',
    "as the name of a variable": f"general_settings: {{master_key: os.environ/{SECRET}}}",
    "as an alias": f"general_settings: {{master_key: *{SECRET.replace('/', '').replace('+', '')}}}",
    "as a tag": f"general_settings: {{master_key: !{SECRET} }}",
    "as an anchor": f"general_settings: {{master_key: &{SECRET.replace('/', '').replace('+', '')} [}}",
    "as a list": f'general_settings: {{master_key: ["{SECRET}"]}}',
    "as a number": f'server: {{port: "{SECRET}"}}',
    "as a choice": f'server: {{http2: "{SECRET}"}}',
    "as the name of a header": json.dumps(params(extra_headers={f"Bearer {SECRET}": "x"})),
    "as a hash": json.dumps(general(keys=[{"name": "a", "hash": SECRET}])),
    "as a base URL": json.dumps(params(api_base=SECRET)),
    "in a base URL": json.dumps(params(api_base=f"http://user:{SECRET.replace('/', '')}@host/v1")),
    "in the query of a base URL": json.dumps(params(api_base=f"http://host/v1?key={SECRET.replace('/', '')}")),
    "of a key that is unknown": json.dumps(params(api_keys=SECRET)),
    "of a key that resembles nothing": json.dumps(params(zzz=SECRET)),
    "with a line break": json.dumps(params(api_key=f"{SECRET}\n{SECRET}")),
    "in a URL of a Redis": json.dumps(router(redis_url=f"redis://:{SECRET.replace('/', '')}@host:port")),
    "without its quote": f'general_settings: {{master_key: "{SECRET}',
    "with an escape": f'general_settings: {{master_key: "\\{SECRET}"}}',
}


@pytest.mark.parametrize("text", MISPLACED.values(), ids=MISPLACED)
def test_a_secret_in_a_wrong_place_is_not_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text(text)
    assert checked(file) == 2
    told = capsys.readouterr()
    assert str(file) in told.err or "redis_url" in told.err or "general_settings" in told.err
    for part in (SECRET[3:10], SECRET[12:18], SECRET[19:]):
        assert part not in told.err + told.out


def test_names_are_still_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("team: a\nserver: {host: os.environ/AZURE_OPENAI_KEY_2, port: 1, port: 2}")
    assert checked(file) == 2
    told = capsys.readouterr().err
    for expected in ("unknown key 'team'", "variable AZURE_OPENAI_KEY_2 is not set", "duplicate key 'port'"):
        assert expected in told


def test_blanks_around_secrets_are_left_out(tmp_path: Path) -> None:
    """As files and environments of containers have them: with a line break at the end."""
    value = {
        **params(api_key="os.environ/UPSTREAM", extra_headers={"x-token": "os.environ/TOKEN"}),
        "general_settings": {"master_key": "os.environ/MASTER"},
    }
    with StandIn() as upstream:
        upstream.on("POST", CREATE_CHAT.path, answers.json(COMPLETION))
        file = tmp_path / "config.yaml"
        file.write_text(json.dumps(value).replace("http://127.0.0.1:1", upstream.url))
        config = load_config(file, {"UPSTREAM": "sk-up\n", "TOKEN": " tok\r\n", "MASTER": f"{SECRET}\n"})
        with running_gateway(*config.deployments, general=config.general) as gateway:
            request = type(CREATE_CHAT.request)(model="m")
            gateway.chat.CreateChatCompletion(request, timeout=LIMIT, metadata=(("authorization", f"Bearer {SECRET}"),))
    sent = upstream.requests[0]
    assert (sent.header("authorization"), sent.header("x-token")) == ("Bearer sk-up", "tok")
    assert [str(each).rpartition(": ")[2] for each in config.warnings] == [
        "blanks or line breaks around the value are left out"
    ] * 3


@pytest.mark.parametrize("name", ["OPENAI_API_KEY", "OPENAI_ORGANIZATION", "OPENAI_PROJECT"])
def test_variables_of_the_environment(name: str) -> None:
    config = load_config(None, {"OPENAI_API_KEY": "k", name: "sk-1\n"})
    upstream = config.deployments[0]
    key = upstream.api_key.reveal() if upstream.api_key else None
    assert "sk-1" in {key, upstream.organization, upstream.project}
    with pytest.raises(ConfigError, match=f"{name}: has a line break") as caught:
        load_config(None, {"OPENAI_API_KEY": "k", name: f"{SECRET}\n1"})
    assert SECRET not in str(caught.value)
