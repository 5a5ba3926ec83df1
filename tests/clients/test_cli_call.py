"""`openai-grpc call`, as a process, against the real gateway."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.python_answers import CHUNKS, COMPLETION, EVENTS, RESPONSE, TRANSCRIPT, VECTORS
from clients.test_cli import CHAT, run
from faults import answers
from faults.stand_in import StandIn
from support.contract import methods
from support.gateway import deployment, running_gateway

SAID = {"model": "m", "messages": [{"role": "user", "content": "tide?"}], "mooring": {"depth": 3}}
DATA = json.dumps(SAID)
LIST = {"object": "list", "data": []}


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


NAMES = [
    ["POST", "/v1/chat/completions"],
    ["post", "/chat/completions"],
    ["POST /v1/chat/completions"],
    ["POST", "https://api.openai.com/v1/chat/completions"],
    ["chat.completions.create"],
    ["CreateChatCompletion"],
    ["createchatcompletion"],
    ["ChatService/CreateChatCompletion"],
    ["/openai_grpc.v1.ChatService/CreateChatCompletion"],
]


@pytest.mark.parametrize("name", NAMES, ids=[" ".join(name) for name in NAMES])
def test_names(name: list[str], target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.json(COMPLETION))
    done = run("call", *name, "-d", DATA, "--address", target)
    assert (json.loads(done.stdout), done.stderr, done.returncode) == (COMPLETION, "", 0)
    assert upstream.requests[-1].json() == SAID


CALLS: dict[str, tuple[list[str], str, tuple[str, str, Any], list[Any]]] = {
    "a query": (
        ["GET", "/v1/responses/r1?include[]=a"],
        "",
        ("GET", "/v1/responses/r1", answers.json(RESPONSE)),
        [RESPONSE],
    ),
    "an id": (
        ["responses.retrieve", "-F", "response_id=r1"],
        "",
        ("GET", "/v1/responses/r1", answers.json(RESPONSE)),
        [RESPONSE],
    ),
    "no request": (["models.list"], "", ("GET", "/v1/models", answers.json(LIST)), [LIST]),
    "standard input": (
        ["embeddings.create", "-d", "-"],
        '{"input": "a", "model": "m"}',
        ("POST", "/v1/embeddings", answers.json(VECTORS)),
        [VECTORS],
    ),
    "fields": (
        ["embeddings.create", "-F", "input=a", "-F", "dimensions=2"],
        "",
        ("POST", "/v1/embeddings", answers.json(VECTORS)),
        [VECTORS],
    ),
    "a stream by its request": (
        ["responses.create", "-d", '{"input": "a", "stream": true}'],
        "",
        ("POST", "/v1/responses", EVENTS),
        ["response.output_text.delta", "response.output_text.delta", "response.completed"],
    ),
    "a stream by its name": (
        ["StreamResponse", "-d", '{"input": "a"}'],
        "",
        ("POST", "/v1/responses", EVENTS),
        ["response.output_text.delta", "response.output_text.delta", "response.completed"],
    ),
}


@pytest.mark.parametrize(("words", "stdin", "answer", "printed"), CALLS.values(), ids=CALLS)
def test_calls(  # noqa: PLR0917 - a table and fixtures
    words: list[str], stdin: str, answer: Any, printed: list[Any], target: str, upstream: StandIn
) -> None:
    upstream.on(*answer)
    done = run("call", *words, "--address", target, stdin=stdin)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    assert [line.get("type", line) for line in lines] == printed
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_file_of_data(target: str, upstream: StandIn, tmp_path: Path) -> None:
    (tmp_path / "request.json").write_text(json.dumps({**SAID, "stream": True}))
    upstream.on("POST", CHAT, CHUNKS)
    done = run("call", "chat.completions.create", "-d", f"@{tmp_path}/request.json", "--address", target)
    assert [json.loads(line)["object"] for line in done.stdout.splitlines()] == ["chat.completion.chunk"] * 2


UPLOADS = {
    "whole": ([], answers.json({"text": "ebb"}), '{"text":"ebb"}\n'),
    "subtitles": (["-F", "response_format=srt"], answers.body(b"1\nebb\n", content_type="text/plain"), "1\nebb\n"),
    "a stream": (["-F", "stream=true"], TRANSCRIPT, None),
}


@pytest.mark.parametrize(("options", "answer", "printed"), UPLOADS.values(), ids=UPLOADS)
def test_uploads(  # noqa: PLR0917 - a table and fixtures
    options: list[str], answer: Any, printed: str | None, target: str, upstream: StandIn, tmp_path: Path
) -> None:
    recording = tmp_path / "a.wav"
    recording.write_bytes(b"RIFF" * 50_000)
    upstream.on("POST", "/v1/audio/transcriptions", answer)
    form = ["-F", "model=m", "-F", f"file=@{recording}", "-F", "timestamp_granularities[]=word", *options]
    done = run("call", "audio.transcriptions.create", *form, "--address", target)
    assert (done.stderr, done.returncode) == ("", 0)
    assert recording.read_bytes() in upstream.requests[-1].body
    if printed is None:
        assert [json.loads(line)["type"] for line in done.stdout.splitlines()][-1] == "transcript.text.done"
    else:
        assert done.stdout == printed


def test_metadata(target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.json(COMPLETION, headers={"x-request-id": "req_1"}))
    headers = ("-H", "OpenAI-Project: sea", "-H", "x-request-id: mine", "-H", "Authorization: Bearer sk-other")
    done = run(
        "call", "chat.completions.create", "-d", DATA, "-i", *headers, "--address", target, OPENAI_GRPC_API_KEY="k"
    )
    told, _, body = done.stdout.partition("\n\n")
    assert {"x-request-id: req_1", "openai-grpc-request-id: mine"} <= set(told.splitlines())
    assert json.loads(body) == COMPLETION
    received = upstream.requests[-1]
    assert (received.header("openai-project"), received.header("authorization")) == ("sea", "Bearer sk-other")


def test_a_failure(target: str, upstream: StandIn) -> None:
    error = {"message": "no tide", "type": "sea_error", "param": "temperature", "code": None}
    upstream.on("POST", CHAT, answers.json({"error": error}, status=400))
    done = run("call", "chat.completions.create", "-d", DATA, "--address", target)
    assert json.loads(done.stdout) == {"error": error}
    assert done.stderr.startswith(
        "openai-grpc: no tide (INVALID_ARGUMENT, INVALID_REQUEST): change --temperature [request "
    )
    assert (done.stderr.count("\n"), done.returncode) == (1, 1)


def test_a_stream_that_breaks_off(target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, answers.stream(answers.events([{"id": "c1", "choices": []}], done=False)))
    done = run("call", "StreamChatCompletion", "-d", DATA, "--address", target)
    first, failed = done.stdout.splitlines()
    assert json.loads(first)["id"] == "c1"
    assert json.loads(failed)["error"]["message"]
    assert "UPSTREAM_TRUNCATED" in done.stderr
    assert done.returncode == 1


WRONG = {
    "nothing": ([], "no operation: name one"),
    "a name": (
        ["chat.completion.create"],
        "unknown operation 'chat.completion.create': did you mean chat.completions.",
    ),
    "a path": (["POST", "/v1/embedding"], "Invalid URL (POST /v1/embedding): did you mean /v1/embeddings"),
    "a method": (["PATCH", "/v1/embeddings"], "use POST"),
    "data": (["models.list", "-d", "{"], "The body is not valid JSON"),
    "a field": (["models.list", "-F", "x"], "invalid field 'x': must be NAME=VALUE or NAME=@FILE"),
    "a header": (["models.list", "-H", "x"], "invalid header 'x': must be 'NAME: VALUE'"),
    "no id": (["responses.retrieve"], "response_id is missing: give it with -F response_id=ID"),
    "no file": (["audio.transcriptions.create"], "takes a file"),
    "two names": (["models.list", "chat"], "unexpected argument 'chat'"),
    "no stream": (["embeddings.create", "-d", '{"stream": true}'], "does not stream"),
}


@pytest.mark.parametrize(("words", "told"), WRONG.values(), ids=WRONG)
def test_wrong_use(words: list[str], told: str) -> None:
    done = run("call", *words)
    (line,) = done.stderr.splitlines()
    assert line.startswith("openai-grpc: ")
    assert told in line
    assert (done.stdout, done.returncode) == ("", 2)


def test_a_list_of_all_operations() -> None:
    listed = run("call", "--list").stdout.splitlines()
    assert sorted(line.split()[0] for line in listed) == sorted(method.name for method in methods())
    (retrieved,) = (line.split() for line in listed if line.startswith("GetResponse "))
    assert retrieved == ["GetResponse", "GET", "/v1/responses/{response_id}", "responses.retrieve"]
