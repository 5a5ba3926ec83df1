"""The command line, as processes, against the real gateway."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.python_answers import COMPLETION, EVENTS, RESPONSE, TRANSCRIPT, VECTORS, chunk
from faults import answers
from faults.stand_in import LIMIT, Gate, StandIn, refusing
from support.gateway import deployment, running_gateway

CHAT = "/v1/chat/completions"
HELLO = {"role": "user", "content": "hello"}
REASONED = [
    {"choices": [{"index": 0, "delta": {"reasoning_content": "Hm."}}]},
    chunk("Hi"),
    chunk("!", "stop"),
]
CHUNKS = answers.stream(answers.events(REASONED))
VARIABLES = {"OPENAI_GRPC_ADDRESS", "OPENAI_GRPC_API_KEY", "OPENAI_API_KEY"}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def target(stand_in: StandIn) -> Iterator[str]:
    with running_gateway(deployment(stand_in.url, api_key=None)) as gateway:
        yield gateway.target


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    return stand_in


@pytest.fixture
def recording(tmp_path: Path) -> Path:
    path = tmp_path / "a.wav"
    path.write_bytes(b"RIFF")
    return path


def environment(**more: str) -> dict[str, str]:
    return {key: value for key, value in os.environ.items() if key not in VARIABLES} | more


def start(*arguments: str, **env: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, "-m", "openai_grpc.cli", *arguments],
        env=environment(**env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def run(*arguments: str, stdin: str = "", **env: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, "-m", "openai_grpc.cli", *arguments],
        env=environment(**env),
        input=stdin,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )


TALKS: dict[str, tuple[str, tuple[str, Any], str]] = {
    "chat": ("chat hello", (CHAT, CHUNKS), "Hi!\n"),
    "chat, whole": ("chat hello --no-stream", (CHAT, answers.json(COMPLETION)), "Hi!\n"),
    "respond": ("respond hello", ("/v1/responses", EVENTS), "Hi!\n"),
    "respond, whole": ("respond hello --no-stream", ("/v1/responses", answers.json(RESPONSE)), "Hi!\n"),
    "embed": (
        "embed hello",
        ("/v1/embeddings", answers.json(VECTORS)),
        "2 dimensions [0.500000, 0.250000]  hello\n",
    ),
}


@pytest.mark.parametrize(("line", "answer", "printed"), TALKS.values(), ids=TALKS)
def test_talks(line: str, answer: tuple[str, Any], printed: str, target: str, upstream: StandIn) -> None:
    upstream.on("POST", *answer)
    done = run(*line.split(), "--address", target, "-m", "m")
    assert (done.stdout, done.stderr, done.returncode) == (printed, "", 0)
    assert upstream.requests[0].json()["model"] == "m"


JSON: dict[str, tuple[str, tuple[str, Any], list[Any]]] = {
    "a stream": ("chat hello --json", (CHAT, CHUNKS), REASONED),
    "a reply": ("chat hello --json --no-stream", (CHAT, answers.json(COMPLETION)), [COMPLETION]),
    "a response": ("respond hello --json --no-stream", ("/v1/responses", answers.json(RESPONSE)), [RESPONSE]),
    "vectors": ("embed hello --json", ("/v1/embeddings", answers.json(VECTORS)), [VECTORS]),
}


@pytest.mark.parametrize(("line", "answer", "printed"), JSON.values(), ids=JSON)
def test_json(line: str, answer: tuple[str, Any], printed: list[Any], target: str, upstream: StandIn) -> None:
    upstream.on("POST", *answer)
    done = run(*line.split(), "--address", target, "-m", "m")
    assert [json.loads(each) for each in done.stdout.splitlines()] == printed
    assert done.returncode == 0


SAID: dict[str, tuple[str, str, dict[str, Any]]] = {
    "an argument": ("chat hello", "", {"messages": [HELLO]}),
    "the standard input": ("chat -", "hello", {"messages": [HELLO]}),
    "the standard input, without an argument": ("chat", "hello", {"messages": [HELLO]}),
    "settings": (
        "chat hello -s pirate --max-tokens 5 --temperature 0.5",
        "",
        {
            "messages": [{"role": "system", "content": "pirate"}, HELLO],
            "max_completion_tokens": 5,
            "temperature": 0.5,
        },
    ),
}


@pytest.mark.parametrize(("line", "stdin", "sent"), SAID.values(), ids=SAID)
def test_what_is_said(line: str, stdin: str, sent: dict[str, Any], target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, CHUNKS)
    env = {"OPENAI_GRPC_ADDRESS": target, "OPENAI_GRPC_API_KEY": "sk-caller", "OPENAI_API_KEY": "sk-of-the-gateway"}
    assert run(*line.split(), stdin=stdin, **env).stdout == "Hi!\n"
    received = upstream.requests[0]
    assert received.json() == sent | {"stream": True, "stream_options": {"include_usage": True}}
    assert received.header("authorization") == "Bearer sk-caller"


@pytest.mark.parametrize("line", ["chat hello", "chat hello --no-stream"])
def test_reasoning(line: str, target: str, upstream: StandIn) -> None:
    message = {"role": "assistant", "content": "Hi!", "reasoning_content": "Hm."}
    whole = answers.json({"choices": [{"index": 0, "message": message}]})
    upstream.on("POST", CHAT, whole if "--no-stream" in line else CHUNKS)
    done = run(*line.split(), "--show-reasoning", "--address", target)
    assert (done.stdout, done.stderr) == ("Hi!\n", "Hm.\n\n")


FORMATS: dict[str, tuple[str, Any, str]] = {
    "text": ("", answers.json({"text": "Hi!"}), "Hi!\n"),
    "subtitles": ("--format srt", answers.body(b"1\nHi!\n", content_type="text/plain"), "1\nHi!\n"),
    "JSON": (
        "--format verbose_json",
        answers.json({"text": "Hi!", "duration": 1.5}),
        '{"text":"Hi!","duration":1.5}\n',
    ),
    "a stream": ("--stream", TRANSCRIPT, "Hi!\n"),
}


@pytest.mark.parametrize(("options", "answer", "printed"), FORMATS.values(), ids=FORMATS)
def test_transcribe(options: str, answer: Any, printed: str, upstream: StandIn, recording: Path) -> None:
    upstream.on("POST", "/v1/audio/transcriptions", answer)
    with running_gateway(deployment(upstream.url)) as gateway:
        done = run("transcribe", str(recording), *options.split(), "--address", gateway.target)
    assert (done.stdout, done.stderr, done.returncode) == (printed, "", 0)
    assert b"RIFF" in upstream.requests[0].body


HEALTH: dict[str, tuple[str, str, int]] = {
    "the server": ("", "SERVING\n", 0),
    "a service": ("--service openai_grpc.v1.ChatService", "SERVING\n", 0),
    "no service": ("--service nonsense", "", 1),
}


@pytest.mark.parametrize(("options", "printed", "code"), HEALTH.values(), ids=HEALTH)
def test_healthcheck(options: str, printed: str, code: int, target: str) -> None:
    done = run("healthcheck", *options.split(), "--address", target)
    assert (done.stdout, done.returncode) == (printed, code)


def refused(status: int, **error: Any) -> Any:
    return answers.json({"error": {"message": "no\nway", **error}}, status=status, headers={"retry-after": "7"})


PROBLEMS: dict[str, tuple[Any, str]] = {
    "a bad key": (
        refused(401),
        "no way (UNAUTHENTICATED, UNAUTHENTICATED): check the key in OPENAI_GRPC_API_KEY",
    ),
    "a parameter": (
        refused(400, param="temperature"),
        "no way (INVALID_ARGUMENT, INVALID_REQUEST): change --temperature",
    ),
    "no parameter": (refused(422), "no way (INVALID_ARGUMENT, INVALID_REQUEST): change the request"),
    "too long": (
        refused(400, code="context_length_exceeded", param="messages"),
        "no way (INVALID_ARGUMENT, INVALID_REQUEST): shorten the input, or use a model with a larger context window",
    ),
    "no model": (
        refused(400, param="model"),
        "no way (INVALID_ARGUMENT, INVALID_REQUEST): name a model with -m",
    ),
    "an unpaid bill": (
        refused(402),
        "no way (FAILED_PRECONDITION, PAYMENT_REQUIRED): check the billing of the upstream account",
    ),
    "too fast": (refused(429), "no way (RESOURCE_EXHAUSTED, RATE_LIMITED): try again in 7 s"),
    "spent": (
        refused(429, code="insufficient_quota"),
        "no way (RESOURCE_EXHAUSTED, INSUFFICIENT_QUOTA): the quota is spent: waiting does not help",
    ),
    "broken": (
        refused(500),
        "no way (INTERNAL, UPSTREAM_ERROR): try again; if it fails again, the upstream can't answer this request",
    ),
}


@pytest.mark.parametrize(("answer", "told"), PROBLEMS.values(), ids=PROBLEMS)
def test_problems(answer: Any, told: str, target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answer)
    upstream.on("GET", "/v1/models", answers.json({"object": "list", "data": []}))
    done = run("chat", "hello", "--address", target)
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"openai-grpc: {told} [request ")
    assert (done.stdout, done.returncode) == ("", 1)


MISSPELT: dict[str, tuple[str, list[str], str]] = {
    "close": ("gpt-4o-mni", ["gpt-4o-mini", "o4-mini"], "did you mean -m gpt-4o-mini?"),
    "another case": ("GPT-4O-MINI", ["gpt-4o-mini", "o4-mini"], "did you mean -m gpt-4o-mini?"),
    "far": ("zzz", ["gpt-4o-mini", "o4-mini"], "name a model with -m: gpt-4o-mini, o4-mini"),
    "one of many": (
        "zzz",
        [f"m{number}" for number in range(9)],
        "name a model with -m: `openai-grpc models` lists them",
    ),
    "no list": ("zzz", [], "name another model with -m"),
}


@pytest.mark.parametrize(("named", "listed", "told"), MISSPELT.values(), ids=MISSPELT)
def test_a_misspelt_model(named: str, listed: list[str], told: str, target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, refused(404, code="model_not_found", param="model"))
    models = [{"id": name, "object": "model"} for name in listed]
    upstream.on("GET", "/v1/models", answers.json({"object": "list", "data": models}))
    done = run("chat", "hello", "-m", named, "--address", target)
    assert done.stderr.startswith(f"openai-grpc: no way (NOT_FOUND, NOT_FOUND): {told} [request ")
    assert done.returncode == 1


def test_a_problem_in_the_middle_has_a_line_of_its_own(target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.stream(answers.events([chunk("Hi")], done=False)))
    done = run("chat", "hello", "--address", target)
    assert (done.stdout, done.stderr.count("\n"), done.returncode) == ("Hi\n", 1, 1)


@pytest.mark.parametrize("command", ["chat hello", "healthcheck"])
def test_no_gateway(command: str) -> None:
    with refusing() as url:
        address = url.removeprefix("http://")
        done = run(*command.split(), "--address", address)
    told = f"can't reach a gateway at {address} (UNAVAILABLE): connection refused: start one with `openai-grpc serve`"
    assert done.stderr.startswith(f"openai-grpc: {told}")
    assert (done.stderr.count("\n"), done.returncode) == (1, 1)


def test_a_deadline(target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.stall())
    done = run("chat", "hello", "--timeout", "0.2", "--address", target)
    assert "allow more time with --timeout" in done.stderr
    assert done.returncode == 1


@pytest.fixture
def _interruptible() -> Iterator[None]:
    """Lets children be interrupted also where the tests run in the background, with the signal ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("_interruptible")
@pytest.mark.parametrize("line", ["chat hello", "chat hello --no-stream", "transcribe FILE"])
def test_an_interrupt_cancels_the_call(line: str, target: str, upstream: StandIn, recording: Path) -> None:
    upstream.on("POST", CHAT, answers.stall())
    upstream.on("POST", "/v1/audio/transcriptions", answers.stall())
    with start(*line.replace("FILE", str(recording)).split(), "--address", target) as process:
        exchange = upstream.exchange(0)
        process.send_signal(signal.SIGINT)
        printed = process.communicate(timeout=LIMIT)
    assert (*printed, process.returncode) == ("", "", 130)
    exchange.closed.result(LIMIT)


def test_a_closed_pipe_is_no_problem(target: str, upstream: StandIn) -> None:
    read = Gate()
    upstream.on("POST", CHAT, answers.stream(answers.events([chunk("Hi\n")] * 9), gates={1: read}))
    with start("chat", "hello", "--address", target) as process:
        assert process.stdout
        assert process.stderr
        assert process.stdout.readline() == "Hi\n"
        process.stdout.close()
        read.open()
        assert process.stderr.read() == ""
        assert process.wait(LIMIT) == 141


WRONG: dict[str, tuple[str, int, str, str]] = {
    "no message": ("chat", 2, "", "no text on standard input: give one, such as openai-grpc chat"),
    "no argument": ("embed", 2, "openai-grpc embed [options] TEXT [TEXT ...]", "required: TEXT"),
    "no file": ("transcribe /nonsense.wav", 1, "", "/nonsense.wav: No such file or directory"),
    "a command": ("chatt", 2, "openai-grpc COMMAND [options]", "unknown command 'chatt': did you mean chat?"),
    "another command": ("zzz", 2, "openai-grpc COMMAND [options]", "unknown command 'zzz': openai-grpc --help lists"),
    "an option": (
        "chat --temprature 0 hi",
        2,
        "openai-grpc chat [options] [MESSAGE]",
        "unknown option --temprature: did you mean --temperature?",
    ),
    "another option": ("chat --zzz", 2, "openai-grpc chat", "unknown option --zzz: openai-grpc chat --help lists"),
    "an option of a command": ("--model m chat", 2, "openai-grpc COMMAND", "options of a command come after its name"),
    "two words": ("chat hello world", 2, "openai-grpc chat", 'several words: openai-grpc chat "hello world"'),
    "a value": ("transcribe a.wav --format vvt", 2, "openai-grpc transcribe", "did you mean vtt?"),
    "an action": ("responses gett r1", 2, "openai-grpc responses", "did you mean get?"),
    "a deadline": (
        "chat hi --timeout -1",
        2,
        "openai-grpc chat",
        "invalid number of seconds '-1': must be more than 0",
    ),
    "an option of resume": (
        "responses get r1 --after 3",
        2,
        "",
        "--after goes with resume, not with get: leave it out",
    ),
    "a URL": ("chat hi --address https://a:1/", 2, "", "write a:1 without https:// and add --tls"),
    "a port": ("chat hi --address a:70000", 2, "", "must be HOST:PORT, with a port from 1 to 65535"),
    "a certificate alone": ("chat hi --cert a.pem", 2, "", "--cert without --key: a client certificate needs both"),
    "no such certificate": ("chat hi --ca /nonsense.pem", 1, "", "/nonsense.pem: No such file or directory"),
    "no certificate": (f"chat hi --ca {__file__}", 2, "", "is not a PEM file"),
}


@pytest.mark.parametrize(("line", "code", "usage", "told"), WRONG.values(), ids=WRONG)
def test_wrong_use(line: str, code: int, usage: str, told: str) -> None:
    done = run(*line.split())
    lines = done.stderr.splitlines()
    assert [line.startswith(f"usage: {usage}") for line in lines[:-1]] == ([True] if usage else [])
    assert lines[-1].startswith("openai-grpc: ")
    assert told in lines[-1]
    assert (done.stdout, done.returncode) == ("", code)
