"""What the talking commands of the command line send and print, as processes, against the real gateway."""

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from clients.python_answers import chunk, event
from clients.test_cli import CHAT, run
from faults import answers
from faults.stand_in import StandIn
from support.gateway import deployment, running_gateway

if TYPE_CHECKING:
    import subprocess

USAGE = {
    "prompt_tokens": 12,
    "completion_tokens": 3,
    "total_tokens": 15,
    "prompt_tokens_details": {"cached_tokens": 8},
    "completion_tokens_details": {"reasoning_tokens": 2},
}
SCHEMA = {"type": "object", "properties": {"born": {"type": "integer"}}, "additionalProperties": False}
FUNCTION = {"name": "get_tide", "parameters": {"type": "object"}}


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def target(stand_in: StandIn) -> Iterator[str]:
    with running_gateway(deployment(stand_in.url)) as gateway:
        yield gateway.target


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    return stand_in


def said(text: str, finish_reason: str = "stop") -> Any:
    usage = {"id": "c1", "object": "chat.completion.chunk", "choices": [], "usage": USAGE}
    return answers.stream(answers.events([chunk(text, finish_reason), usage]))


def calls(name: str, arguments: str) -> Any:
    call = {"index": 0, "id": "call_1", "type": "function", "function": {"name": name, "arguments": arguments}}
    choice = {"index": 0, "delta": {"tool_calls": [call]}, "finish_reason": "tool_calls"}
    return answers.stream(answers.events([{"id": "c1", "object": "chat.completion.chunk", "choices": [choice]}]))


def responds(kind: str = "completed", **fields: Any) -> Any:
    response = {"id": "resp_1", "object": "response", "status": kind, "output": [], **fields}
    delta = event("output_text.delta", delta="Hi")
    return answers.stream(answers.events([delta, event(kind, response=response)], named=True))


def talk(target: str, *arguments: str, stdin: str = "") -> "subprocess.CompletedProcess[str]":
    return run(*arguments, "-m", "m", "--address", target, stdin=stdin)


def messages(upstream: StandIn, request: int = -1) -> list[Any]:
    sent: list[Any] = upstream.requests[request].json()["messages"]
    return sent


def test_a_conversation_remembers_what_was_said(target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, said("ebb"))
    done = talk(target, "chat", "-i", "-s", "You are a sailor.", stdin="high tide?\n\nlow\\\ntide?\n")
    assert (done.stdout, done.stderr, done.returncode) == ("ebb\nebb\n", "", 0)
    assert messages(upstream) == [
        {"role": "system", "content": "You are a sailor."},
        {"role": "user", "content": "high tide?"},
        {"role": "assistant", "content": "ebb"},
        {"role": "user", "content": "low\ntide?"},
    ]


def test_commands_of_a_conversation(target: str, upstream: StandIn, tmp_path: Path) -> None:
    upstream.on("POST", CHAT, said("ebb"))
    (tmp_path / "log.txt").write_text("wind: 5")
    lines = ["first", "/clear", f"/file {tmp_path}/log.txt", "second", "/clera", "/file", "/exit", "third"]
    done = talk(target, "chat", "-i", stdin="\n".join(lines))
    assert done.stderr.splitlines() == [
        "openai-grpc: unknown command '/clera': did you mean /clear?",
        "openai-grpc: /file is incomplete: it needs a file",
    ]
    text = {"type": "text", "text": "log.txt:\n\nwind: 5"}
    assert [messages(upstream, number) for number in range(len(upstream.requests))] == [
        [{"role": "user", "content": "first"}],
        [{"role": "user", "content": [text, {"type": "text", "text": "second"}]}],
    ]


def test_a_conversation_goes_on_after_a_failure(target: str, upstream: StandIn) -> None:
    refusal = answers.json({"error": {"message": "slow down"}}, status=429)
    replies = iter((said("one"), refusal, said("three")))

    async def in_turn(exchange: Any) -> None:
        await next(replies)(exchange)

    upstream.on("POST", CHAT, in_turn)
    done = talk(target, "chat", "-i", stdin="1\n2\n3\n")
    assert (done.stdout, done.returncode) == ("one\nthree\n", 0)
    assert "slow down (RESOURCE_EXHAUSTED, RATE_LIMITED)" in done.stderr
    assert [message["content"] for message in messages(upstream)] == ["1", "one", "3"]


def test_the_history_is_continued(target: str, upstream: StandIn, tmp_path: Path) -> None:
    history = tmp_path / "talk.json"
    upstream.on("POST", CHAT, said("ebb"))
    assert talk(target, "chat", "--history", str(history), "high tide?").returncode == 0
    upstream.on("POST", CHAT, said("flow"))
    assert talk(target, "chat", "--history", str(history), "-s", "Be short.", "low?").stdout == "flow\n"
    kept = [
        {"role": "system", "content": "Be short."},
        {"role": "user", "content": "high tide?"},
        {"role": "assistant", "content": "ebb"},
        {"role": "user", "content": "low?"},
    ]
    assert messages(upstream) == kept
    assert json.loads(history.read_text()) == [*kept, {"role": "assistant", "content": "flow"}]


@pytest.mark.parametrize("written", ["{", '"text"', "[1]"])
def test_a_history_that_is_none(target: str, tmp_path: Path, written: str) -> None:
    history = tmp_path / "talk.json"
    history.write_text(written)
    done = talk(target, "chat", "--history", str(history), "hi")
    assert f"openai-grpc: {history} is not " in done.stderr
    assert (done.stderr.count("\n"), done.returncode, history.read_text()) == (1, 2, written)


def test_attachments(target: str, upstream: StandIn, tmp_path: Path) -> None:
    contents = {"cat.png": b"\x89PNG", "plan.pdf": b"%PDF\xff", "notes.md": b"# Plan", "talk.wav": b"RIFF\xff"}
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    upstream.on("POST", CHAT, said("ebb"))
    upstream.on("POST", "/v1/responses", responds())
    images = ["--image", str(tmp_path / "cat.png"), "--image", "https://example.com/dog.png"]
    files = [word for name in ("plan.pdf", "notes.md", "talk.wav") for word in ("--file", str(tmp_path / name))]
    coded = {name: base64.b64encode(content).decode() for name, content in contents.items()}
    image, pdf = f"data:image/png;base64,{coded['cat.png']}", f"data:application/pdf;base64,{coded['plan.pdf']}"
    assert talk(target, "chat", "what?", *images, *files).stderr == ""
    assert messages(upstream)[0]["content"] == [
        {"type": "image_url", "image_url": {"url": image}},
        {"type": "image_url", "image_url": {"url": "https://example.com/dog.png"}},
        {"type": "file", "file": {"filename": "plan.pdf", "file_data": pdf}},
        {"type": "text", "text": "notes.md:\n\n# Plan"},
        {"type": "input_audio", "input_audio": {"data": coded["talk.wav"], "format": "wav"}},
        {"type": "text", "text": "what?"},
    ]
    assert talk(target, "respond", "what?", *images, *files[:4]).stderr == ""
    assert upstream.requests[-1].json()["input"][0]["content"] == [
        {"type": "input_image", "image_url": image},
        {"type": "input_image", "image_url": "https://example.com/dog.png"},
        {"type": "input_file", "filename": "plan.pdf", "file_data": pdf},
        {"type": "input_text", "text": "notes.md:\n\n# Plan"},
        {"type": "input_text", "text": "what?"},
    ]


TOOLS: dict[str, Any] = {
    "of a chat": [{"type": "function", "function": FUNCTION}],
    "of a response": [{"type": "function", **FUNCTION}],
    "bare": [FUNCTION],
    "in an object": {"tools": [FUNCTION]},
    "one": FUNCTION,
}


@pytest.mark.parametrize("written", TOOLS.values(), ids=TOOLS)
def test_tools_from_a_file(written: Any, target: str, upstream: StandIn, tmp_path: Path) -> None:
    tools = tmp_path / "tools.json"
    tools.write_text(json.dumps(written))
    upstream.on("POST", CHAT, calls("get_tide", '{"at":"Brest"}'))
    upstream.on("POST", "/v1/responses", responds())
    done = talk(target, "chat", "tide?", "--tools", str(tools))
    assert (done.stdout, done.stderr) == ('get_tide({"at":"Brest"})  [call_1]\n', "")
    assert upstream.requests[-1].json()["tools"] == [{"type": "function", "function": FUNCTION}]
    talk(target, "respond", "tide?", "--tools", str(tools))
    assert upstream.requests[-1].json()["tools"] == [{"type": "function", **FUNCTION}]


def test_the_result_of_a_tool(target: str, upstream: StandIn, tmp_path: Path) -> None:
    history = tmp_path / "talk.json"
    upstream.on("POST", CHAT, calls("get_tide", "{}"))
    talk(target, "chat", "tide?", "--history", str(history))
    upstream.on("POST", CHAT, said("ebb"))
    done = talk(target, "chat", "--history", str(history), "--tool-result", "call_1=falling")
    assert done.stdout == "ebb\n"
    result = {"role": "tool", "tool_call_id": "call_1", "content": "falling"}
    assert messages(upstream)[-1] == result
    replies = iter((calls("get_tide", "{}"), said("ebb")))

    async def in_turn(exchange: Any) -> None:
        await next(replies)(exchange)

    upstream.on("POST", CHAT, in_turn)
    done = talk(target, "chat", "-i", stdin="tide?\nfalling\n")
    assert done.stdout == "get_tide({})  [call_1]\nebb\n"
    assert messages(upstream)[-1] == result


SCHEMAS: dict[str, tuple[Any, dict[str, Any]]] = {
    "alone": (SCHEMA, {"name": "person", "schema": SCHEMA, "strict": True}),
    "with a title": ({"title": "A person", **SCHEMA}, {"name": "A_person", "strict": True}),
    "with its name": ({"name": "p", "schema": SCHEMA}, {"name": "p", "schema": SCHEMA}),
    "a whole format": ({"type": "json_schema", "json_schema": {"name": "p", "schema": SCHEMA}}, {"name": "p"}),
}


@pytest.mark.parametrize(("written", "sent"), SCHEMAS.values(), ids=SCHEMAS)
def test_a_schema(written: Any, sent: dict[str, Any], target: str, upstream: StandIn, tmp_path: Path) -> None:
    schema = tmp_path / "person.json"
    schema.write_text(json.dumps(written))
    upstream.on("POST", CHAT, said('{"born": 1815}'))
    upstream.on("POST", "/v1/responses", responds())
    talk(target, "chat", "Ada", "--schema", str(schema), "--reasoning-effort", "low")
    chat = upstream.requests[-1].json()
    talk(target, "respond", "Ada", "--schema", str(schema), "--reasoning-effort", "low")
    response = upstream.requests[-1].json()
    assert (chat["reasoning_effort"], response["reasoning"]) == ("low", {"effort": "low"})
    assert chat["response_format"]["json_schema"].items() >= sent.items()
    assert response["text"]["format"].items() >= {"type": "json_schema", **sent}.items()


@pytest.mark.parametrize("reason", ["length", "content_filter"])
@pytest.mark.parametrize("options", [(), ("--no-stream",), ("--json",)])
def test_an_answer_that_was_cut(reason: str, options: tuple[str, ...], target: str, upstream: StandIn) -> None:
    message = {"role": "assistant", "content": "eb"}
    whole = answers.json({"choices": [{"index": 0, "message": message, "finish_reason": reason}]})
    upstream.on("POST", CHAT, whole if "--no-stream" in options else said("eb", reason))
    done = talk(target, "chat", "tide?", *options)
    told = {"length": "token limit: raise --max-tokens", "content_filter": "content filter: rephrase the message"}
    assert (
        done.stderr
        == f"openai-grpc: the answer was cut off {'at' if reason == 'length' else 'by'} the {told[reason]}\n"
    )
    assert done.returncode == 0


def test_a_response_that_was_cut(target: str, upstream: StandIn) -> None:
    upstream.on("POST", "/v1/responses", responds("incomplete", incomplete_details={"reason": "max_output_tokens"}))
    done = talk(target, "respond", "tide?")
    assert (done.stdout, done.returncode) == ("Hi\n", 0)
    assert done.stderr == "openai-grpc: the answer was cut off at the token limit: raise --max-tokens\n"


def test_usage_and_time(target: str, upstream: StandIn) -> None:
    upstream.on("POST", CHAT, said("ebb"))
    usage = {"input_tokens": 5, "output_tokens": 6, "total_tokens": 11}
    upstream.on("POST", "/v1/responses", responds(usage=usage, model="m"))
    told = talk(target, "chat", "tide?", "--usage").stderr
    assert told.startswith("openai-grpc: 12 tokens in (8 cached), 3 out (2 for reasoning), first text after ")
    assert told.endswith(" s\n")
    told = talk(target, "respond", "tide?", "--usage").stderr
    assert told.startswith("openai-grpc: m, 5 tokens in, 6 out, first text after ")


def test_completions(target: str, upstream: StandIn) -> None:
    piece = {
        "id": "c1",
        "object": "text_completion",
        "choices": [{"index": 0, "text": "ebb", "finish_reason": "length"}],
    }
    upstream.on("POST", "/v1/completions", answers.stream(answers.events([piece])))
    options = ("--max-tokens", "3", "--stop", "\n", "--echo", "--suffix", "!")
    done = talk(target, "complete", "The tide", *options)
    assert (done.stdout, done.returncode) == ("ebb\n", 0)
    assert done.stderr == "openai-grpc: the answer was cut off at the token limit: raise --max-tokens\n"
    sent = upstream.requests[-1].json()
    assert {key: sent[key] for key in ("prompt", "max_tokens", "echo", "suffix")} == {
        "prompt": "The tide",
        "max_tokens": 3,
        "echo": True,
        "suffix": "!",
    }
    upstream.on("POST", "/v1/completions", answers.json(piece))
    assert talk(target, "complete", "--no-stream", stdin="The tide").stdout == "ebb\n"


RESPONSE = {
    "id": "resp_1",
    "object": "response",
    "status": "in_progress",
    "output": [{"type": "function_call", "name": "get_tide", "arguments": "{}", "call_id": "call_1"}],
}
LATER = "openai-grpc: resp_1 is in_progress: `openai-grpc responses get resp_1` shows it later\n"
STORED: dict[str, tuple[str, str, str, Any, str, str]] = {
    "get": ("get", "GET", "/v1/responses/resp_1", answers.json(RESPONSE), "get_tide({})  [call_1]\n", LATER),
    "cancel": (
        "cancel",
        "POST",
        "/v1/responses/resp_1/cancel",
        answers.json({**RESPONSE, "status": "cancelled", "output": []}),
        "",
        "openai-grpc: resp_1 was cancelled\n",
    ),
    "delete": (
        "delete",
        "DELETE",
        "/v1/responses/resp_1",
        answers.json({"id": "resp_1", "object": "response", "deleted": True}),
        "resp_1 deleted\n",
        "",
    ),
    "resume": ("resume", "GET", "/v1/responses/resp_1", responds(), "Hi\n", ""),
}


@pytest.mark.parametrize(("action", "verb", "path", "answer", "printed", "told"), STORED.values(), ids=STORED)
def test_stored_responses(  # noqa: PLR0917 - a table and fixtures
    action: str, verb: str, path: str, answer: Any, printed: str, told: str, target: str, upstream: StandIn
) -> None:
    upstream.on(verb, path, answer)
    options = ("--after", "4") if action == "resume" else ()
    done = run("responses", action, "resp_1", *options, "--address", target)
    assert (done.stdout, done.stderr, done.returncode) == (printed, told, 0)
    if options:
        assert dict(upstream.requests[-1].query)["starting_after"] == "4"


def test_a_response_is_continued(target: str, upstream: StandIn) -> None:
    upstream.on("POST", "/v1/responses", responds())
    talk(target, "respond", "and then?", "--previous", "resp_1", "--background")
    sent = upstream.requests[-1].json()
    assert (sent["previous_response_id"], sent["background"]) == ("resp_1", True)


def test_models(target: str, upstream: StandIn) -> None:
    listed = {"object": "list", "data": [{"id": name, "object": "model"} for name in ("o4-mini", "gpt-4o")]}
    upstream.on("GET", "/v1/models", answers.json(listed))
    upstream.on("GET", "/v1/models/gpt-4o", answers.json({"id": "gpt-4o", "object": "model", "owned_by": "sea"}))
    assert run("models", "--address", target).stdout == "gpt-4o\no4-mini\n"
    assert json.loads(run("models", "--json", "--address", target).stdout) == listed
    one = run("models", "gpt-4o", "--address", target).stdout.splitlines()
    assert one[0] == "id: gpt-4o"
    assert "owned_by: sea" in one


HEADS: dict[str, tuple[bytes, str]] = {
    "wav": (b"RIFF\0\0\0\0WAVE", "audio.wav"),
    "mp3": (b"ID3\4", "audio.mp3"),
    "ogg": (b"OggS\0", "audio.ogg"),
}


@pytest.mark.parametrize(("head", "name"), HEADS.values(), ids=HEADS)
def test_a_recording_on_standard_input(head: bytes, name: str, target: str, upstream: StandIn) -> None:
    upstream.on("POST", "/v1/audio/transcriptions", answers.json({"text": "ebb"}))
    done = run("transcribe", "-", "--address", target, stdin=head.decode())
    assert (done.stdout, done.stderr, done.returncode) == ("ebb\n", "", 0)
    assert f'filename="{name}"'.encode() in upstream.requests[-1].body
    assert head in upstream.requests[-1].body


@pytest.mark.parametrize(("given", "told"), [("", "no recording on standard input"), ("zz", "unknown format")])
def test_no_recording_on_standard_input(given: str, told: str, target: str) -> None:
    done = run("transcribe", "-", "--address", target, stdin=given)
    assert done.stderr.startswith(f"openai-grpc: {told}")
    assert (done.stderr.count("\n"), done.returncode) == (1, 2)
