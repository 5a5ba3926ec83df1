"""Commands of the command line, their help and their completion."""

import io
import os
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from faults import answers
from faults.stand_in import StandIn
from openai_grpc.cli._output import Progress
from support.gateway import LIMIT, deployment, running_gateway

ROOT = Path(__file__).resolve().parents[2]
COMMANDS = [
    "serve",
    "check-config",
    "config-schema",
    "chat",
    "respond",
    "responses",
    "conversations",
    "files",
    "batches",
    "videos",
    "watch",
    "complete",
    "embed",
    "transcribe",
    "speak",
    "image",
    "moderate",
    "call",
    "models",
    "keys",
    "healthcheck",
    "completion",
]

# Runs a command line where nothing but the client is installed.
ALONE = """
import importlib.metadata, sys
importlib.metadata.entry_points = lambda **_: ()
from openai_grpc.cli import main
sys.exit(main(sys.argv[1:]))
"""
PLUGIN = """
class Hello:
    name = "hello"
    help = "Say hello."

    def configure(self, parser):
        parser.add_argument("whom")

    def run(self, args):
        print("hello", args.whom)
        return 3

COMMAND = Hello()
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A directory of distributions: the server by its own entry points, and one more with a command."""
    site = tmp_path_factory.mktemp("site")
    own = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["entry-points"]["openai_grpc.commands"]
    (site / "hello_plugin.py").write_text(PLUGIN)
    for name, commands in {"server": own, "hello": {"hello": "hello_plugin:COMMAND"}}.items():
        metadata = site / f"{name}-1.dist-info"
        metadata.mkdir()
        (metadata / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1\n")
        lines = [f"{command} = {where}" for command, where in commands.items()]
        (metadata / "entry_points.txt").write_text("\n".join(["[openai_grpc.commands]", *lines]))
    return site


def run(*command: str, site: Path | None = None, **more: str) -> "subprocess.CompletedProcess[str]":
    paths = [*([str(site)] if site else []), *filter(None, [os.environ.get("PYTHONPATH")])]
    env = os.environ | {"PYTHONPATH": os.pathsep.join(paths), "COLUMNS": "120"} | more
    command = (sys.executable, *command)
    return subprocess.run(command, env=env, capture_output=True, text=True, timeout=LIMIT, check=False)


@pytest.mark.parametrize("arguments", [(), ("--help",)])
def test_help(arguments: tuple[str, ...], installed: Path) -> None:
    done = run("-m", "openai_grpc.cli", *arguments, site=installed)
    for command in (*COMMANDS, "hello"):
        assert f"\n    {command}" in done.stdout
    assert "pip install" not in done.stdout
    assert "examples:\n" in done.stdout
    assert "OPENAI_GRPC_ADDRESS" in done.stdout
    assert (done.stderr, done.returncode) == ("", 0)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command(command: str, installed: Path) -> None:
    done = run("-m", "openai_grpc.cli", command, "--help", site=installed)
    assert done.stdout.startswith(f"usage: openai-grpc {command} ")
    assert (done.stderr, done.returncode) == ("", 0)


def test_a_command_of_another_distribution(installed: Path) -> None:
    done = run("-m", "openai_grpc.cli", "hello", "world", site=installed)
    assert (done.stdout, done.returncode) == ("hello world\n", 3)


def test_a_command_of_the_server(installed: Path, tmp_path: Path) -> None:
    config = tmp_path / "config.yaml"
    config.write_text("model_list:\n- model_name: m\n  litellm_params: {model: openai/gpt-4o, api_key: k}\n")
    done = run("-m", "openai_grpc.cli", "check-config", str(config), site=installed)
    assert done.stdout.startswith("m -> https://api.openai.com/v1 as gpt-4o")
    assert done.returncode == 0


@pytest.mark.parametrize("arguments", [("serve", "--port", "0"), ("check-config", "file.yaml")])
def test_the_server_is_not_installed(arguments: tuple[str, ...]) -> None:
    done = run("-c", ALONE, *arguments)
    told = f"openai-grpc: {arguments[0]} comes with the server: pip install openai-grpc-server\n"
    assert (done.stdout, done.stderr, done.returncode) == ("", told, 1)
    assert f"    {arguments[0]}" in run("-c", ALONE, "--help").stdout


COMPLETED: dict[str, tuple[list[str], list[str]]] = {
    "a command": (["comp"], ["complete", "completion"]),
    "a command of the server": (["check"], ["check-config"]),
    "an option": (["chat", "--rea"], ["--reasoning-effort"]),
    "a value": (["transcribe", "a.wav", "--format", "v"], ["vtt", "verbose_json"]),
    "an argument": (["responses", ""], ["get", "cancel", "delete", "resume"]),
    "an option of the program": (["--v"], ["--version"]),
    "a file": (["chat", "--image", ""], []),
    "no command": (["nonsense", ""], []),
}


@pytest.mark.parametrize(("words", "found"), COMPLETED.values(), ids=COMPLETED)
def test_shell_completion(words: list[str], found: list[str], tmp_path: Path) -> None:
    done = run("-m", "openai_grpc.cli", "__complete", *words)
    assert (done.stdout.split(), done.stderr, done.returncode) == (found, "", 0)
    script = run("-m", "openai_grpc.cli", "completion", "bash").stdout
    program = tmp_path / "openai-grpc"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -m openai_grpc.cli "$@"\n')
    program.chmod(0o755)
    typed = " ".join(f"'{word}'" for word in ("openai-grpc", *words))
    asked = f"{script}\nCOMP_WORDS=({typed}); COMP_CWORD={len(words)}; _openai_grpc; echo ${{COMPREPLY[@]}}"
    env = os.environ | {"PATH": f"{tmp_path}:{os.environ['PATH']}"}
    shell = subprocess.run(["bash", "-c", asked], env=env, capture_output=True, text=True, timeout=LIMIT, check=True)
    assert (shell.stdout.split(), shell.stderr) == (found, "")


def test_models_are_completed() -> None:
    listed = answers.json({"object": "list", "data": [{"id": "gpt-4o"}, {"id": "o4-mini"}]})
    typed = ("-m", "openai_grpc.cli", "__complete", "chat", "-m", "g")
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("GET", "/v1/models", listed)
        assert run(*typed, OPENAI_GRPC_ADDRESS=gateway.target).stdout == "gpt-4o\n"
    assert run(*typed, OPENAI_GRPC_ADDRESS="127.0.0.1:1").stdout == ""


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script(shell: str) -> None:
    done = run("-m", "openai_grpc.cli", "completion", shell)
    assert "openai-grpc __complete" in done.stdout
    assert (done.stderr, done.returncode) == ("", 0)


def test_version() -> None:
    assert run("-m", "openai_grpc.cli", "--version").stdout.startswith("openai-grpc ")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_progress_on_a_terminal() -> None:
    terminal = Terminal()
    progress = Progress(terminal, "a.wav")
    progress.report(500_000, 2_000_000)
    assert terminal.getvalue().endswith("a.wav [########                      ]  25% of 2.0 MB")
    progress.report(2_000_000, 2_000_000)
    assert terminal.getvalue().endswith("100% of 2.0 MB\r\x1b[K")


def test_progress_of_a_size_that_is_not_known() -> None:
    terminal = Terminal()
    Progress(terminal, "a.wav").report(500_000, None)
    assert terminal.getvalue() == "\ra.wav 0.5 MB"


def test_no_progress_elsewhere() -> None:
    out = io.StringIO()
    progress = Progress(out, "a.wav")
    progress.report(1, 2)
    progress.end()
    assert out.getvalue() == ""


COUNTED = {"completed": 7, "failed": 1, "total": 10}
BATCH = {"id": "batch_1", "object": "batch", "created_at": 1, "status": "completed", "request_counts": COUNTED}
FILM = {"id": "video_1", "object": "video", "created_at": 1, "status": "queued", "progress": 0}
TALK = {"id": "conv_1", "object": "conversation", "created_at": 1, "metadata": {}}
TALKED = {
    "object": "list",
    "data": [
        {"id": "a", "type": "message", "role": "user", "content": [{"type": "input_text", "text": "When?"}]},
        {"id": "b", "type": "function_call", "call_id": "c", "name": "tide", "arguments": "{}"},
    ],
    "has_more": False,
}
MODERATED = {
    "id": "modr-1",
    "model": "m",
    "results": [
        {"flagged": True, "categories": {"hate": True}, "category_scores": {"hate": 0.75}},
        {"flagged": False, "categories": {"hate": False}, "category_scores": {"hate": 0.25}},
    ],
}
PICTURE: dict[str, Any] = {"created": 1, "data": [{"b64_json": "AAEC"}]}
# The arguments, the upstream's answer, the exit code, what is printed, and the files that are written.
MEDIA: dict[str, tuple[list[str], Any, int, bytes, dict[str, bytes]]] = {
    "an image": (
        ["image", "a pier", "-o", "pier.webp"],
        answers.json(PICTURE),
        0,
        b"pier.webp\n",
        {"pier.webp": b"\0\1\2"},
    ),
    "images": (
        ["image", "a pier", "-n", "2", "-o", "pier.png"],
        answers.json({"data": [*PICTURE["data"], {"url": "https://a/b"}]}),
        *(0, b"pier-1.png\nhttps://a/b\n", {"pier-1.png": b"\0\1\2"}),
    ),
    "an edit": (
        ["image", "night", "--edit", "day.png"],
        answers.json(PICTURE),
        0,
        b"image.png\n",
        {"image.png": b"\0\1\2"},
    ),
    "a mask alone": (["image", "night", "--mask", "day.png"], None, 2, b"", {}),
    "speech": (
        ["speak", "Fog", "-o", "fog.wav"],
        *(answers.body(b"RIFF\0", content_type="audio/wav"), 0, b"", {"fog.wav": b"RIFF\0"}),
    ),
    "speech to standard output": (
        *(["speak", "Fog", "--voice", "cedar"], answers.body(b"ID3\xff", content_type="audio/mpeg"), 0, b"ID3\xff", {}),
    ),
    "moderation": (["moderate", "a", "b"], answers.json(MODERATED), 0, b"hate 0.75  a\nok  b\n", {}),
    "a new conversation": (["conversations", "create"], answers.json(TALK), 0, b"conv_1\n", {}),
    "items of a conversation": (
        ["conversations", "items", "conv_1"],
        *(answers.json(TALKED), 0, b"user: When?\n[function_call]\n", {}),
    ),
    "a new video": (["videos", "create", "Fog", "--seconds", "8"], answers.json(FILM), 0, b"video_1 queued 0%\n", {}),
    "a video": (
        ["videos", "content", "video_1", "-o", "pier.mp4"],
        *(answers.body(b"ftyp\0", content_type="video/mp4"), 0, b"", {"pier.mp4": b"ftyp\0"}),
    ),
    "a failed video is watched": (
        ["watch", "video_1"],
        *(
            answers.json({**FILM, "status": "failed", "progress": 50}),
            1,
            b"failed  [############............] 50 %\n",
            {},
        ),
    ),
    "a batch is watched": (
        ["watch", "batch_1"],
        *(answers.json(BATCH), 0, b"completed  [###################.....] 8 of 10, 1 failed\n", {}),
    ),
    "a response is watched": (
        ["watch", "resp_1"],
        *(answers.json({"id": "resp_1", "object": "response", "status": "completed", "output": []}), 0),
        *(b"completed  0 output items\n", {}),
    ),
    "a conversation without its id": (["conversations", "get"], None, 2, b"", {}),
    "a check": (["moderate", "a", "b", "--check"], answers.json(MODERATED), 1, b"hate 0.75  a\nok  b\n", {}),
    "a call with files": (
        ["call", "images.edit", "-F", "prompt=fog", "-F", "image=@day.png", "-F", "mask=@day.png"],
        *(answers.json(PICTURE), 0, b'{"created":1,"data":[{"b64_json":"AAEC"}]}\n', {}),
    ),
    "a call of bytes": (
        ["call", "audio.speech.create", "-d", '{"model":"m","input":"x","voice":"alloy"}'],
        *(answers.body(b"ID3\xff", content_type="audio/mpeg"), 0, b"ID3\xff", {}),
    ),
}


@pytest.fixture(scope="module")
def media() -> Iterator[tuple[StandIn, str]]:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        yield upstream, gateway.target


@pytest.mark.parametrize("name", MEDIA)
def test_images_speech_and_moderation(name: str, media: tuple[StandIn, str], tmp_path: Path) -> None:
    arguments, answer, code, printed, written = MEDIA[name]
    upstream, target = media
    upstream.clear_queue()
    if answer is not None:
        upstream.enqueue(answer)
    (tmp_path / "day.png").write_bytes(b"\x89PNG")
    command = [sys.executable, "-m", "openai_grpc.cli", *arguments, "--address", target]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, timeout=LIMIT, check=False)
    assert (done.returncode, done.stdout) == (code, printed), done.stderr
    files = {each.name: each.read_bytes() for each in tmp_path.iterdir() if each.name != "day.png"}
    assert files == written
