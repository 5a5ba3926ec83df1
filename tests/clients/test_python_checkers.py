"""Typos that mypy and pyright find in programs of the Python client, and the documentation that editors show."""

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from clients.live import ROOT

BIN = Path(sys.executable).parent
START = """\
from openai_grpc import Client
from openai_grpc.client.params import ChatCompletionRequestMessageParam, ChatCompletionToolParam

client = Client()
hello: ChatCompletionRequestMessageParam = {"role": "user", "content": "hi"}
tool: ChatCompletionToolParam = {"type": "function", "function": {"name": "f", "parameters": {"type": "object"}}}
completion = client.chat.completions.create(model="m", messages=[hello], tools=[tool], reasoning_effort="low")
response = client.responses.create(model="m", input=[{"role": "user", "content": "hi"}], reasoning={"effort": "low"})
"""
# The line with a typo, what mypy says of it, and what pyright does. The same line without a typo is fine.
TYPOS: dict[str, tuple[str, str, str, str]] = {
    "a key of a message": (
        'client.chat.completions.create(messages=[{"role": "user", "contnet": "hi"}])',
        "contnet=content",
        'has incompatible type "dict[str, str]"',
        'cannot be assigned to parameter "messages"',
    ),
    "a role": (
        'client.chat.completions.create(messages=[{"role": "usr", "content": "hi"}])',
        "usr=user",
        'has incompatible type "dict[str, str]"',
        'cannot be assigned to parameter "messages"',
    ),
    "a key of a part": (
        'client.chat.completions.create(messages=[{"role": "user", "content": [{"type": "text", "txt": "hi"}]}])',
        "txt=text",
        "has incompatible type",
        'cannot be assigned to parameter "messages"',
    ),
    "a key of a tool": (
        'client.chat.completions.create(messages=[hello], tools=[{"type": "function", "function": {"nam": "f"}}])',
        "nam=name",
        "has incompatible type",
        'cannot be assigned to parameter "tools"',
    ),
    "an effort": (
        'client.chat.completions.create(messages=[hello], reasoning_effort="hihg")',
        "hihg=high",
        "No overload variant",
        'cannot be assigned to parameter "reasoning_effort"',
    ),
    "an effort of Responses": (
        'client.responses.create(input="hi", reasoning={"effort": "hihg"})',
        "hihg=high",
        "No overload variant",
        'cannot be assigned to parameter "reasoning"',
    ),
    "a reason": (
        'print(completion.choices[0].finish_reason == "stopp")',
        "stopp=stop",
        "Non-overlapping equality check",
        "Condition will always evaluate to False",
    ),
    "a status": (
        'print(response.status == "complete")',
        '"complete"="completed"',
        "Non-overlapping equality check",
        "Condition will always evaluate to False",
    ),
    "an argument": (
        'client.embeddings.create(modle="m")',
        "modle=model",
        'Unexpected keyword argument "modle"',
        'No parameter named "modle"',
    ),
    "an argument of a call with streams": (
        'client.chat.completions.create(modle="m")',
        "modle=model",
        'Unexpected keyword argument "modle"',
        'No overloads for "__call__"',
    ),
    "a shortcut's": (
        'client.chat([{"role": "usr", "content": "hi"}])',
        "usr=user",
        'has incompatible type "dict[str, str]"',
        'cannot be assigned to parameter "prompt"',
    ),
    "a field of a reply": (
        "print(response.ouput_text)",
        "ouput_text=output_text",
        'has no attribute "ouput_text"',
        'Cannot access attribute "ouput_text"',
    ),
    "an event": (
        'print([it for it in client.responses.stream(input="hi") if it.WhichOneof("kind") == "output_text_detla"])',
        "detla=delta",
        "Non-overlapping equality check",
        "Condition will always evaluate to False",
    ),
    "a variable": (
        'another: ChatCompletionToolParam = {"type": "functoin", "function": {"name": "f"}}',
        "functoin=function",
        "ncompatible type",
        "is not assignable to declared type",
    ),
}
PYRIGHT = {
    "typeCheckingMode": "strict",
    "extraPaths": [str(ROOT / "clients/python")],
    "venvPath": str(BIN.parent.parent),
    "venv": BIN.parent.name,
}


def program(*, typos: bool) -> str:
    """The program with all typos, or with none."""
    lines = []
    for line, typo, *_ in TYPOS.values():
        wrong, right = typo.split("=")
        assert wrong in line
        lines.append(line if typos else line.replace(wrong, right))
    return START + "\n".join(lines) + "\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A caller's folder with a program full of typos, and one without."""
    (tmp_path / "typos.py").write_text(program(typos=True))
    (tmp_path / "fine.py").write_text(program(typos=False))
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(PYRIGHT))
    return tmp_path


def mypy(name: str, folder: Path) -> dict[int, str]:
    """Returns what mypy says of each line of a program."""
    command = [sys.executable, "-m", "mypy", "--strict", "--config-file=", f"--cache-dir={folder}", name]
    environment = {"MYPYPATH": str(ROOT / "clients/python")}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    return told(re.findall(rf"^{name}:(\d+): error: (.*)$", done.stdout, re.MULTILINE))


def pyright(name: str, folder: Path) -> dict[int, str]:
    """Returns what pyright says of each line of a program."""
    command = [str(BIN / "basedpyright"), "--outputjson", name]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stdout + done.stderr
    found = json.loads(done.stdout)["generalDiagnostics"]
    return told((each["range"]["start"]["line"] + 1, each["message"]) for each in found if each["severity"] == "error")


def told(errors: Any) -> dict[int, str]:
    by_line: dict[int, str] = {}
    for line, message in errors:
        by_line[int(line)] = f"{by_line.get(int(line), '')}\n{message}"
    return by_line


@pytest.mark.parametrize("checker", [mypy, pyright])
def test_typos(checker: Any, folder: Path) -> None:
    assert checker("fine.py", folder) == {}
    found = checker("typos.py", folder)
    first = len(START.splitlines()) + 1
    assert set(found) == set(range(first, first + len(TYPOS))), found
    for line, (name, typo) in enumerate(TYPOS.items(), first):
        assert typo[2 if checker is mypy else 3] in found[line], (name, found[line])


def test_the_client_itself() -> None:
    done = subprocess.run([BIN / "basedpyright"], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


class Editor:
    """An editor that talks to pyright's language server."""

    def __init__(self, folder: Path) -> None:
        self._uri = folder.as_uri()
        self._count = 0
        command = [str(BIN / "basedpyright-langserver"), "--stdio"]
        self._server = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, cwd=folder
        )
        formats = {"textDocument": {"hover": {"contentFormat": ["plaintext"]}}}
        folders = [{"uri": self._uri, "name": "folder"}]
        self.ask(
            "initialize",
            {"processId": None, "rootUri": self._uri, "workspaceFolders": folders, "capabilities": formats},
        )
        self._send({"method": "initialized", "params": {}})

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """Returns the result of a request."""
        self._count += 1
        self._send({"id": self._count, "method": method, "params": params})
        while True:
            message = self._receive()
            if message.get("id") == self._count and "method" not in message:
                return message["result"]
            if "id" in message and "method" in message:
                self._send({"id": message["id"], "result": None})

    def hover(self, text: str, word: str) -> str:
        """Returns what the editor shows where a word is in a program."""
        document = {"uri": f"{self._uri}/program{self._count}.py"}
        self._send(
            {
                "method": "textDocument/didOpen",
                "params": {"textDocument": {**document, "languageId": "python", "version": 1, "text": text}},
            }
        )
        before = text[: text.index(word) + 1].splitlines()
        position = {"line": len(before) - 1, "character": len(before[-1])}
        found = self.ask("textDocument/hover", {"textDocument": document, "position": position})
        return str(found["contents"]["value"]) if found else ""

    def close(self) -> None:
        """Ends the server."""
        self._server.kill()
        self._server.communicate()

    def _send(self, message: dict[str, Any]) -> None:
        body = json.dumps({"jsonrpc": "2.0", **message}).encode()
        assert self._server.stdin is not None
        self._server.stdin.write(b"Content-Length: %d\r\n\r\n%b" % (len(body), body))
        self._server.stdin.flush()

    def _receive(self) -> dict[str, Any]:
        assert self._server.stdout is not None
        size = 0
        while line := self._server.stdout.readline().strip():
            if line.lower().startswith(b"content-length"):
                size = int(line.split(b":")[1])
        received: dict[str, Any] = json.loads(self._server.stdout.read(size))
        return received


@pytest.fixture
def editor(folder: Path) -> Iterator[Editor]:
    opened = Editor(folder)
    try:
        yield opened
    finally:
        opened.close()


HOVERS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "a method": (
        'client.chat.completions.create(model="m")',
        "create",
        ("Completes a chat and returns the whole reply.", "max_completion_tokens: ", "reasoning_effort: ", "`xhigh`"),
    ),
    "another": ('client.responses.retrieve("r")', "retrieve", ("Returns the current state of a stored response",)),
    "a stream": (
        'client.chat.completions.stream(model="m")',
        "stream",
        ("streams the reply in chunks", "temperature: "),
    ),
    "a list": ("client.models.list()", "list", ("Lists the models that the caller may use.", "upstream: ")),
    "a run": (
        "client.chat.completions.run_tools([])",
        "run_tools",
        ("Asks for replies and runs the tools", "max_rounds"),
    ),
    "an argument of a shortcut": (
        'client.chat("hi", max_completion_tokens=5)',
        "max_completion_tokens",
        ("int | None",),
    ),
    "an argument of a method": (
        'client.respond("hi", max_output_tokens=5)',
        "max_output_tokens",
        ("Maximum number of output tokens", "int | None"),
    ),
    "a field": ("client.responses.create().output_text", "output_text", ("The text of all messages of the output",)),
}


def test_hover(editor: Editor) -> None:
    for line, word, shown in HOVERS.values():
        found = " ".join(editor.hover(f"from openai_grpc import Client\nclient = Client()\n{line}\n", word).split())
        for text in shown:
            assert text in found, (line, found)
