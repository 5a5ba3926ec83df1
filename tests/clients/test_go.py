"""The Go client builds, its own tests pass against the real gateway, and all that its README says is true."""

import re
import textwrap
from pathlib import Path

import pytest

from clients.codec_cases import write_cases
from clients.live import ROOT, Run, check, live_gateway, programs, require
from clients.upstream_script import script
from faults.stand_in import StandIn
from openai_grpc_server.config import TlsSettings
from support.certificates import Authority
from support.gateway import deployment, running_gateway

FOLDER = "clients/go"
EXAMPLES = "examples/go"
README = ROOT / FOLDER / "README.md"
STATICCHECK = "honnef.co/go/tools/cmd/staticcheck@v0.8.2"
BLOCKS = programs(README, "go")
FIRST = [block for block in BLOCKS if block.startswith("package main")]
RECIPES = [block for block in BLOCKS if not block.startswith("package main")]
# The model that each recipe asks, and a part of what it prints, in the README's order.
RECIPE_RUNS = {
    "conversation": ("gpt-4o-mini", "Hello there"),
    "tools": ("tool-loop", "-3 degrees in Oslo1 4"),
    "tools by hand": ("tool-caller", 'get_weather {"city":"Oslo"}'),
    "type": ("gpt-4o-mini", "invalid: Hello there"),
    "images": ("gpt-4o-mini", ""),
    "events": ("gpt-4o-mini", "there"),
    "embeddings": ("gpt-4o-mini", "2 3"),
    "stream of embeddings": ("gpt-4o-mini", "3 true\n3 true"),
    "upload": ("gpt-4o-mini", "5 of 5\nHello there"),
    "files": ("gpt-4o-mini", "speech.wav 600000"),
    "parts": ("gpt-4o-mini", "completed file-stored"),
    "batch": ("gpt-4o-mini", "a one \nb two \nc  Too late"),
    "jobs": ("gpt-4o-mini", "completed 0"),
    "connection": ("gpt-4o-mini", "Hello there"),
    "raw": ("gpt-4o-mini", "vs_1"),
    "deadline": ("gpt-4o-mini", ""),
    "errors": ("gpt-4o-mini", "InvalidArgument INVALID_REQUEST"),
    "call": ("gpt-4o-mini", "req_1"),
    "lists": ("gpt-4o-mini", "item-3\nitem-4"),
    "json": ("gpt-4o-mini", '"of_tomorrow":1'),
}
IMPORTS = {
    "context": "context",
    "errors": "errors",
    "fmt": "fmt",
    "log": "log",
    "os": "os",
    "slices": "slices",
    "time": "time",
    "codes": "google.golang.org/grpc/codes",
    "openaigrpc": "github.com/openai-grpc/openai-grpc/clients/go",
    "pb": "github.com/openai-grpc/openai-grpc/clients/go/openai_grpc/v1",
}
MAX_TOUR_LINES = 94  # those that the same program takes with OpenAI's SDK


def test_vet() -> None:
    require("go")
    for folder in (FOLDER, EXAMPLES):
        check(["go", "vet", "./..."], folder)
        assert check(["gofmt", "-l", "."], folder) == ""


def test_staticcheck() -> None:
    require("go")
    for folder in (FOLDER, EXAMPLES):
        check(["go", "run", STATICCHECK, "./..."], folder)


def test_live() -> None:
    require("go")
    with live_gateway() as variables:
        for folder in (FOLDER, EXAMPLES):
            check(["go", "test", "-count=1", "./..."], folder, variables)


def test_codec(tmp_path: Path) -> None:
    """Of odd values the Go codec makes the messages that the Python codec makes, and writes them without loss."""
    require("go")
    cases = tmp_path / "cases.jsonl"
    count = write_cases(cases, each=40)
    command = ["go", "test", "-count=1", "-v", "-run", "^TestCasesOfAnotherCodec$", "."]
    printed = check(command, FOLDER, {"OPENAI_GRPC_TEST_CASES": str(cases)})
    assert f"{count} cases" in printed


def test_encryption(tmp_path: Path) -> None:
    """The client's certificates and authorities, at a gateway that asks for both."""
    require("go")
    ours = Authority(tmp_path / "ours")
    (certificate, key), (own, own_key) = ours.issue("server"), ours.issue("client")
    tls = TlsSettings(certificate=str(certificate), private_key=str(key), client_ca=str(ours.certificate))
    with StandIn() as upstream, running_gateway(deployment(upstream.url), tls=tls) as gateway:
        script(upstream)
        files = {"CA": ours.certificate, "CERT": own, "KEY": own_key}
        variables = {f"OPENAI_GRPC_{name}_FILE": str(path) for name, path in files.items()}
        variables["OPENAI_GRPC_TEST_TLS"] = gateway.target
        printed = check(["go", "test", "-count=1", "-v", "-run", "^TestEncryption$", "."], FOLDER, variables)
    assert "--- PASS: TestEncryption" in printed


@pytest.mark.parametrize("program", [*FIRST, *programs(ROOT / "README.md", "go")])
def test_readme(run_go: Run, program: str) -> None:
    with live_gateway() as variables:
        assert "Hello there" in run_go(program, variables["OPENAI_GRPC_ADDRESS"])


def test_install_and_recipes(tmp_path: Path) -> None:
    """The README's lines install the client in an empty folder, where every recipe compiles and runs as written."""
    require("go")
    (install,) = programs(README, "sh")
    lines = install.replace("/path/to/openai-grpc", str(ROOT))
    check(["go", "mod", "init", "example.com/caller"], str(tmp_path))
    check(["sh", "-ec", lines], str(tmp_path))
    (tmp_path / "main.go").write_text(recipes_program())
    (tmp_path / "picture.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    (tmp_path / "speech.wav").write_bytes(b"sound")
    check(["go", "vet", "./..."], str(tmp_path))
    with live_gateway() as variables:
        printed = check(["go", "run", "."], str(tmp_path), variables).split("== recipe\n")[1:]
    for (name, (_, expected)), said in zip(RECIPE_RUNS.items(), printed, strict=True):
        assert expected in said, name
        assert not said.startswith("failed"), f"{name}: {said}"


def recipes_program() -> str:
    """Returns a program of the README's recipes, each a function."""
    functions, calls = [], []
    for index, (body, (model, _)) in enumerate(zip(RECIPES, RECIPE_RUNS.values(), strict=True)):
        head = f"func recipe{index}(ctx context.Context, client *openaigrpc.Client, {REQUEST}) error {{"
        functions.append(f"{head}\n{textwrap.indent(body, chr(9))}\treturn nil\n}}\n")
        calls.append(f'\trun("{model}", recipe{index})\n')
    source = MAIN.replace("CALLS\n", "".join(calls)) + "\n" + "\n".join(functions)
    imports = [f'\t{name} "{path}"\n' for name, path in IMPORTS.items() if re.search(rf"\b{name}\.", source)]
    return f"package main\n\nimport (\n{''.join(imports)})\n\n{source}"


REQUEST = "request *pb.CreateChatCompletionRequest"
MAIN = """
func main() {
	client, err := openaigrpc.NewClient("")
	if err != nil {
		log.Fatal(err)
	}
	run := func(model string, recipe func(context.Context, *openaigrpc.Client, *pb.CreateChatCompletionRequest) error) {
		fmt.Println("\\n== recipe")
		request := &pb.CreateChatCompletionRequest{
			Model:    openaigrpc.Ptr(model),
			Messages: openaigrpc.Messages(openaigrpc.UserMessage("What are gnocchi?")),
		}
		if err := recipe(context.Background(), client, request); err != nil {
			fmt.Println("failed:", err)
		}
	}
CALLS
}
"""


def test_tour(tmp_path: Path) -> None:
    """The service program does all that it should, in no more lines than with OpenAI's SDK."""
    require("go")
    source = (ROOT / EXAMPLES / "tour/main.go").read_text()
    assert len([line for line in source.splitlines() if line.strip()]) <= MAX_TOUR_LINES
    recording = tmp_path / "a.wav"
    recording.write_bytes(b"sound")
    with live_gateway() as variables:
        printed = check(["go", "run", "./tour", variables["OPENAI_GRPC_ADDRESS"], str(recording)], EXAMPLES)
    parts = [part.split("\n", 1)[1].strip() for part in printed.split("== ")[1:]]
    assert parts[0] == "Hello there"
    assert parts[1].startswith("Response with id 'resp_nope' not found. NOT_FOUND 404")
    assert parts[2].startswith("true ")
    assert parts[3:] == ["Hel", "Hello there\ndone 0", "3", "Hello there"]
