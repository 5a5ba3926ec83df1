"""What a type checker sees of the client, and of a wrong use of it."""

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]

# Each line that reveals a type, or that is wrong, says in its comment what mypy must say of it.
SAMPLE = """\
from openai_grpc import AsyncClient, Client, OpenAIGrpcError, RateLimitError, from_json, to_json
from openai_grpc.client.params import ChatCompletionToolParam
from openai_grpc.v1 import ChatCompletion, CreateChatCompletionRequest

client = Client("localhost:50051", api_key="k", timeout=5)

reveal_type(client.chat("hello", model="m"))  # Reply[ChatCompletion]
reveal_type(client.chat("hello").text)  # str
reveal_type(client.chat("hello").metadata.rate_limits.remaining_tokens)  # int | None
for piece in client.chat_stream([{"role": "user", "content": "hello"}], temperature=0.5):
    reveal_type(piece)  # str
reveal_type(client.chat_stream("hello").message)  # ChatCompletion | None
reveal_type(client.respond("hello").message.output[0].message.role)  # Literal['user']
reveal_type(client.embed(["a", "b"]))  # list[list[float]]
reveal_type(client.transcribe("a.wav", on_progress=lambda sent, size: None).message)  # Transcription
reveal_type(client.audio.transcriptions.stream(file=("a.wav", b"x")))  # TranscriptionStream

tool: ChatCompletionToolParam = {"type": "function", "function": {"name": "f"}}
reveal_type(client.chat.completions.create(messages=[{"role": "user", "content": "x"}], tools=[tool]))  # ChatCompletion
reveal_type(client.chat.completions.create(CreateChatCompletionRequest(), timeout=3))  # ChatCompletion
reveal_type(client.chat.completions.create.with_call(model="m"))  # tuple[ChatCompletion, CallMetadata]
reveal_type(client.responses.retrieve("resp_1", include=["reasoning.encrypted_content"]).status)  # Literal['completed']
reveal_type(client.responses.input_tokens.count(input="x").input_tokens)  # int
for event in client.responses.stream(input="hello", reasoning={"effort": "low"}):
    reveal_type(event)  # ResponseStreamEvent
    reveal_type(event.WhichOneof("kind") == "completed" and event.completed.response)  # Literal[False] | Response
for chunk in client.chat.completions.create(model="m", stream=True):
    reveal_type(chunk)  # ChatCompletionChunk
reveal_type(client.chat.completions.stream(model="m").get_final_completion())  # ChatCompletion
reveal_type(client.chat.completions.stream(model="m").text().message)  # ChatCompletion | None
reveal_type(client.responses.create(input="x").output_text)  # str
for model in client.models.list():
    reveal_type(model)  # Model
reveal_type(client.chat.completions.list(limit=2).data)  # Sequence[ChatCompletion]
reveal_type(client.with_options(timeout=1, max_retries=0))  # Client
client.chat.completions.create(modle="m")  # Unexpected keyword argument "modle"
client.chat.completions.create(model=5)  # No overload variant
client.chat.completions.create("hello")  # No overload variant
client.embeddings.create(modle="m")  # Unexpected keyword argument "modle"
client.embeddings.create(model=5)  # incompatible type "int"
client.embed(5)  # incompatible type "int"

try:
    client.chat("hello")
except RateLimitError as error:
    reveal_type(error.retry_after)  # float | None
except OpenAIGrpcError:
    pass
reveal_type(from_json(ChatCompletion, to_json(ChatCompletion())))  # ChatCompletion


async def main() -> None:
    async with AsyncClient() as client:
        reveal_type(await client.chat("hello"))  # Reply[ChatCompletion]
        reveal_type(await client.chat.completions.create(model="m"))  # ChatCompletion
        reveal_type(await client.responses.create.with_call(input="x"))  # tuple[Response, CallMetadata]
        async for piece in client.respond_stream("hello"):
            reveal_type(piece)  # str
        async for chunk in client.chat.completions.stream(model="m"):
            reveal_type(chunk)  # ChatCompletionChunk
        async for model in client.models.list():
            reveal_type(model)  # Model
        reveal_type((await client.models.list()).data)  # Sequence[Model]
        async for chunk in await client.chat.completions.create(model="m", stream=True):
            reveal_type(chunk)  # ChatCompletionChunk
        client.chat("hello")  # must be used
"""


def test_types(tmp_path: Path) -> None:
    sample = tmp_path / "sample.py"
    sample.write_text(SAMPLE)
    checked = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={tmp_path}", sample],
        env={"MYPYPATH": str(ROOT / "clients/python")},
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    said = dict[int, str]()
    for line, text in re.findall(r"^sample\.py:(\d+): (?:note|error): (.*)$", checked.stdout, re.MULTILINE):
        said.setdefault(int(line), re.sub(r"\b(?:[a-z_]\w*\.)+(?=\w)", "", text))
    lines = SAMPLE.splitlines()
    expected = {number: line.partition("  # ")[2] for number, line in enumerate(lines, 1) if "  # " in line}
    assert said.keys() == expected.keys(), checked.stdout + checked.stderr
    for number, wanted in expected.items():
        assert wanted in said[number], (lines[number - 1], said[number])
