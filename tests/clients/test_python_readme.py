"""The Python programs and the commands of the READMEs run as written, against the real gateway."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from clients.live import README_ADDRESS, ROOT, check, live_gateway, programs
from clients.upstream_script import REPLY, SUBTITLES

READMES = (ROOT / "README.md", ROOT / "clients/python/README.md")
PRINTED = {
    "root": REPLY,
    "stream": REPLY,
    "asyncio": f"{REPLY}\n{REPLY}gpt-4o-mini\n",
    "conversation": f"{REPLY} 6\nreq_",
    "shortcuts": f"{REPLY}\n{REPLY}\n3 numbers\n",
    "tools": f"{REPLY} 1 2\n",
    "tool call": "get_weather {",
    "types": f"invalid reply: the reply is not a Dish: not JSON: Expecting value: line 1 column 1 (char 0) {REPLY}",
    "images": f"{REPLY}\n{REPLY}\n",
    "events": "an event that this version does not know: {",
    "embeddings": "2 vectors",
    "upload": f"{REPLY}\n{REPLY}",
    "cancel": "left after Hel\n",
    "errors": REPLY,
    "pages": "item-4\n2 True\n",
    "sdk": REPLY,
    "connections": "this gateway has no TLS",
    "json": 'Hi! {"new":1}\n{"object":"chat.completion",',
}
PROGRAMS = list(zip([each for readme in READMES for each in programs(readme, "python")], PRINTED.values(), strict=True))
OFFLINE = {"json"}
MODEL = 'model="gpt-4o-mini"'
FAILURES = {  # of a call that has these arguments instead
    'model="rate-limited"': "RATE_LIMITED again in 7.0 s",
    'call_options={"extra_headers": {"host": "another"}}': "INVALID_ARGUMENT INVALID_REQUEST call_options",
}

CALLS = re.compile(r"(?:^|\| )openai-grpc (?!serve)")
COMMANDS = [
    command.removeprefix(".venv/bin/")
    for readme in READMES
    for block in programs(readme, "sh")
    for command in block.splitlines()
    if CALLS.search(command.removeprefix(".venv/bin/"))
]
SAID = {
    "chat": REPLY,
    "respond": REPLY,
    "embed": "3 dimensions [0.500000, -0.250000, 0.125000]  a cat",
    "transcribe": REPLY,
    "models": "gpt-4o-mini",
    "healthcheck": "SERVING",
}


@pytest.fixture(scope="module")
def gateway() -> Iterator[str]:
    """The address of a gateway."""
    with live_gateway() as variables:
        yield variables["OPENAI_GRPC_ADDRESS"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A caller's folder with the files that the READMEs name, and a change that git knows of."""
    for name in ("talk.mp3", "recording.wav", "cat.png"):
        (tmp_path / name).write_bytes(b"not heard by anyone")
    notes = tmp_path / "notes.txt"
    notes.write_text("old\n")
    subprocess.run(["git", "init", "--quiet", "."], cwd=tmp_path, check=True)
    subprocess.run(["git", "add", notes.name], cwd=tmp_path, check=True)
    notes.write_text("new\n")
    return tmp_path


def run(program: str, folder: Path, gateway: str) -> str:
    """Runs a program as a process of its own and returns what it printed."""
    (folder / "program.py").write_text(program.replace(README_ADDRESS, gateway))
    return check([sys.executable, "-W", "error", "program.py"], str(folder))


@pytest.mark.parametrize(("program", "printed"), PROGRAMS, ids=PRINTED)
def test_program(program: str, printed: str, folder: Path, gateway: str, request: pytest.FixtureRequest) -> None:
    assert (README_ADDRESS in program) == (request.node.callspec.id not in OFFLINE)
    assert printed in run(program, folder, gateway)


@pytest.mark.parametrize(("arguments", "printed"), FAILURES.items(), ids=["rate-limited", "refused"])
def test_the_program_that_handles_failures(arguments: str, printed: str, folder: Path, gateway: str) -> None:
    program, _ = PROGRAMS[list(PRINTED).index("errors")]
    assert program.count(MODEL) == 1
    assert printed in run(program.replace(MODEL, arguments), folder, gateway)


def test_every_command_is_there() -> None:
    assert {CALLS.split(command)[1].split()[0] for command in COMMANDS} == set(SAID)


@pytest.mark.parametrize("command", COMMANDS)
def test_command(command: str, folder: Path, gateway: str) -> None:
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    said = check(["sh", "-ec", command], str(folder), {"PATH": path, "OPENAI_GRPC_ADDRESS": gateway})
    subtitles = folder / "talk.srt"
    if subtitles.name in command:
        assert subtitles.read_text().rstrip() == SUBTITLES.rstrip()
    else:
        assert SAID[CALLS.split(command)[1].split()[0]] in said
