"""The command line under TLS, and what it says when a connection is not made."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.python_answers import CHUNKS, RESPONSE, VECTORS
from clients.test_cli import CHAT, run
from faults import answers
from faults.stand_in import StandIn
from openai_grpc_server.config import TlsSettings
from support.certificates import Authority
from support.gateway import deployment, running_gateway


@pytest.fixture(scope="module")
def ours(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "ours")


@pytest.fixture(scope="module")
def theirs(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "theirs")


@pytest.fixture(scope="module")
def address(ours: Authority) -> Iterator[str]:
    """A gateway that asks for certificates of its clients."""
    certificate, key = ours.issue("server")
    tls = TlsSettings(certificate=str(certificate), private_key=str(key), client_ca=str(ours.certificate))
    with StandIn() as upstream, running_gateway(deployment(upstream.url), tls=tls) as gateway:
        upstream.on("POST", CHAT, CHUNKS)
        yield gateway.target


def test_options(address: str, ours: Authority) -> None:
    certificate, key = map(str, ours.issue("client"))
    tls = ("--ca", str(ours.certificate), "--cert", certificate, "--key", key)
    assert run("healthcheck", "--address", address, *tls).stdout == "SERVING\n"
    assert run("chat", "hello", "-m", "m", "--address", address, *tls).stdout == "Hi!\n"


def test_environment(address: str, ours: Authority) -> None:
    certificate, key = map(str, ours.issue("client"))
    env = {
        "OPENAI_GRPC_ADDRESS": address,
        "OPENAI_GRPC_CA_FILE": str(ours.certificate),
        "OPENAI_GRPC_CERT_FILE": certificate,
        "OPENAI_GRPC_KEY_FILE": key,
    }
    assert run("healthcheck", **env).stdout == "SERVING\n"
    assert run("healthcheck", "--no-tls", **env).returncode == 1
    assert run("healthcheck", **env, OPENAI_GRPC_TLS="0").returncode == 1
    done = run("healthcheck", **env, OPENAI_GRPC_TLS="maybe")
    assert done.stderr == "openai-grpc: invalid OPENAI_GRPC_TLS 'maybe': must be 1 or 0\n"
    assert done.returncode == 2


COMMANDS = {
    "chat": ("chat hello", "Hi!\n"),
    "respond": ("respond hello --no-stream", "Hi!\n"),
    "complete": ("complete hello --no-stream", "Hi!\n"),
    "embed": ("embed hello", "2 dimensions"),
    "transcribe": ("transcribe FILE", "Hi!\n"),
    "models": ("models", "m"),
    "responses": ("responses get resp_1", "Hi!"),
}


@pytest.mark.parametrize("mutual", [False, True], ids=["TLS", "mTLS"])
@pytest.mark.parametrize(("line", "printed"), COMMANDS.values(), ids=COMMANDS)
def test_every_command(tmp_path: Path, ours: Authority, line: str, printed: str, mutual: bool) -> None:
    certificate, key = map(str, ours.issue("server"))
    tls = TlsSettings(certificate=certificate, private_key=key, client_ca=str(ours.certificate) if mutual else None)
    recording = tmp_path / "a.wav"
    recording.write_bytes(b"RIFF")
    env = {"OPENAI_GRPC_CA_FILE": str(ours.certificate)}
    if mutual:
        env["OPENAI_GRPC_CERT_FILE"], env["OPENAI_GRPC_KEY_FILE"] = map(str, ours.issue("client"))
    with StandIn() as upstream, running_gateway(deployment(upstream.url), tls=tls) as gateway:
        upstream.on("POST", CHAT, CHUNKS)
        upstream.on("POST", "/v1/responses", answers.json(RESPONSE))
        upstream.on("GET", "/v1/responses/resp_1", answers.json(RESPONSE))
        upstream.on("POST", "/v1/completions", answers.json({"choices": [{"index": 0, "text": "Hi!"}]}))
        upstream.on("POST", "/v1/embeddings", answers.json(VECTORS))
        upstream.on("POST", "/v1/audio/transcriptions", answers.json({"text": "Hi!"}))
        upstream.on("GET", "/v1/models", answers.json({"data": [{"id": "m"}]}))
        done = run(*line.replace("FILE", str(recording)).split(), "--address", gateway.target, **env)
    assert printed in done.stdout
    assert done.returncode == 0, done.stderr


def test_another_name(address: str, ours: Authority) -> None:
    certificate, key = map(str, ours.issue("client"))
    tls = ("--ca", str(ours.certificate), "--cert", certificate, "--key", key)
    unnamed = run("healthcheck", "--address", address, *tls, "--server-name", "sea.example")
    assert "its certificate is for another name: " in unnamed.stderr
    named = run("healthcheck", "--address", address, *tls, OPENAI_GRPC_SERVER_NAME="localhost")
    assert (named.stdout, named.stderr) == ("SERVING\n", "")


REFUSED = {
    "plain text": ("", "if it needs TLS, add --tls or --ca FILE"),
    "an authority that is not known": (
        "--tls",
        "its certificate is not trusted: name its CA certificate with --ca FILE",
    ),
    "another authority": ("--ca THEIRS", "its certificate is not trusted: name its CA certificate with --ca FILE"),
    "no certificate": ("--ca OURS", "give one that it accepts with --cert FILE --key FILE"),
    "another's certificate": (
        "--ca OURS --cert T.PEM --key T.KEY",
        "give one that it accepts with --cert FILE --key FILE",
    ),
    "a key of another": ("--ca OURS --cert O.PEM --key T.KEY", "don't belong together: check --cert and --key"),
}


@pytest.mark.parametrize(("options", "told"), REFUSED.values(), ids=REFUSED)
def test_failures_are_told_in_one_line(  # noqa: PLR0917 - a table and fixtures
    options: str, told: str, address: str, ours: Authority, theirs: Authority, tmp_path: Path
) -> None:
    files = {"OURS": ours.certificate, "THEIRS": theirs.certificate}
    for letter, authority in {"O": ours, "T": theirs}.items():
        files[f"{letter}.PEM"], files[f"{letter}.KEY"] = authority.issue(f"c{tmp_path.name}")
    words = [str(files.get(word, word)) for word in options.split()]
    done = run("healthcheck", "--address", address, *words)
    (line,) = done.stderr.splitlines()
    assert line.startswith("openai-grpc: ")
    assert f" at {address} " in line
    assert line.endswith(told)
    assert (done.stdout, done.returncode) == ("", 1)


def test_tls_against_plain_text() -> None:
    with running_gateway(deployment("http://127.0.0.1:1")) as gateway:
        done = run("healthcheck", "--tls", "--address", gateway.target)
        bare = run("healthcheck", "--address", f"dns:{gateway.target}")
    assert done.stderr.splitlines()[-1].endswith("it does not speak TLS: leave out --tls, or use --no-tls")
    assert (done.stderr.count("\n"), done.returncode) == (1, 1)
    assert bare.stdout == "SERVING\n"


def test_no_such_host() -> None:
    done = run("healthcheck", "--address", "nosuch.invalid")
    assert done.stderr.startswith("openai-grpc: can't reach a gateway at nosuch.invalid (UNAVAILABLE): no such host: ")
    assert done.stderr.count("\n") == 1
