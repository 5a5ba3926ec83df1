"""Counts that measure the cost of reading and changing this repository, each with a limit: `make counts`.

    PYTHONPATH=tests python scripts/counts.py [java] [field] [modules] [rings] [call]

Without a word it counts everything. Each line has a count, its limit and its name; the exit status is 1 if one is above
its limit. `field` generates all code twice in a copy of the checkout, which takes Go and npm; `call` serves a call, on
the HTTP/2 server that `OPENAI_GRPC_TEST_HTTP2` names, or on both.
"""

import ast
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
PACKAGE = "openai_grpc_server"
SERVER = ROOT / "server" / PACKAGE
CODEC = ROOT / "clients/python/openai_grpc/codec"
SERVERS = ("grpcio", "asyncio")

JAVA_FILES = 2  # the constants of known values and of the revision
FIELD_LINES = 299
# Of these: the fair queue, adaptive concurrency, load reports, OpenTelemetry's SDK, spans and their export, images,
# media, issued keys, their service, the admin port with four, raw calls, conversations, responses over one connection,
# WebSockets to upstreams and of the HTTP port, and streams of embeddings.
# And files, batches, jobs that are watched, videos, sessions, realtime, and of the local model the store of files and
# batches, the runner of batches and their routes.
MODULES = 154
CALL_MODULES = 20
CALL_MOVES = 60
# Our own HTTP/2 server is Python and is counted as well; where grpcio's own is, this sees nothing.
HTTP2_MODULES = 12
HTTP2_MOVES = 85

CONTRACT = Path("proto/openai_grpc/v1/chat.proto")
MESSAGE = "message CreateChatCompletionRequest {\n"
FIELD = """\
  // How long the reply may rest between two words, in milliseconds, 0 to 1000. Default: 0.
  optional int32 rest_between_words_ms = 199;
"""


class Count(NamedTuple):
    """A count and its limit."""

    name: str
    found: int
    limit: int


def java() -> Iterator[Count]:
    """Counts the generated files of the Java client that git tracks: most of its generated code is made by Maven."""
    sources = [ROOT / path for path in tracked("clients/java") if path.endswith(".java")]
    generated = [path for path in sources if path.read_text(encoding="utf-8").lower().startswith("// generated")]
    yield Count("tracked files in clients/java that are generated", len(generated), JAVA_FILES)


def tracked(*paths: str) -> list[str]:
    """Returns the files that git tracks, as far as they are there."""
    listed = subprocess.run(["git", "ls-files", "-z", *paths], cwd=ROOT, capture_output=True, text=True, check=True)
    return [path for path in listed.stdout.split("\0") if path and (ROOT / path).exists()]


def field() -> Iterator[Count]:
    """Counts the lines of generated code changed by a new field of two lines."""
    with tempfile.TemporaryDirectory() as directory:
        copy = Path(directory)
        for path in tracked():
            (copy / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, copy / path)
        (copy / ".venv").symlink_to(ROOT / ".venv")
        git(copy, "init", "--quiet")
        generate(copy)
        git(copy, "add", "--all")
        proto = copy / CONTRACT
        text = proto.read_text(encoding="utf-8")
        if MESSAGE not in text:
            raise SystemExit(f"{CONTRACT} has no {MESSAGE.strip()!r}: name another message in {__file__}")
        proto.write_text(text.replace(MESSAGE, MESSAGE + FIELD), encoding="utf-8")
        generate(copy)
        changes = git(copy, "diff", "--numstat", "--", ".", ":!proto").splitlines()
    lines = [sum(map(int, each.split("\t")[:2])) for each in changes if not each.startswith("-")]
    if not lines:
        raise SystemExit("a new field changed no generated code: was it generated?")
    yield Count("lines that a field of two lines changes outside proto/", sum(lines), FIELD_LINES)


def generate(checkout: Path) -> None:
    """Generates the code of a checkout, which has the environment of this one, with its own packages."""
    paths = os.pathsep.join(str(checkout / each) for each in ("clients/python", "server", "scripts"))
    command = ["make", "--silent", "--old-file=.venv/.installed", "generate"]
    done = subprocess.run(
        command, cwd=checkout, env={**os.environ, "PYTHONPATH": paths}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        raise SystemExit(f"make generate failed:\n{done.stdout}{done.stderr}")


def git(checkout: Path, *arguments: str) -> str:
    """Runs git and returns what it prints."""
    return subprocess.run(["git", *arguments], cwd=checkout, capture_output=True, text=True, check=True).stdout


def modules() -> Iterator[Count]:
    """Counts the Python files of the server."""
    yield Count("modules of the server", sum(1 for _ in SERVER.rglob("*.py")), MODULES)


def rings() -> Iterator[Count]:
    """Counts the packages of the server that import each other in a ring, with late imports and those for types."""
    edges: dict[str, set[str]] = defaultdict(set)
    for path in SERVER.rglob("*.py"):
        here = path.relative_to(SERVER).with_suffix("").parts[0]
        edges[here] |= {there for there in imported(path) if there != here}
    ringed = sorted(each for each in edges if each in reached(edges, each))
    yield Count("packages that import in a ring" + "".join(f" {each}" for each in ringed), len(ringed), 0)


def imported(path: Path) -> Iterator[str]:
    """Yields the packages of the server that a module imports from, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [each.name for each in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == PACKAGE:
            names = [f"{PACKAGE}.{each.name}" for each in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        yield from (each.split(".")[1] for each in names if each.startswith(f"{PACKAGE}."))


def reached(edges: dict[str, set[str]], start: str) -> set[str]:
    """Returns the transitive closure."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        steps = edges.get(waiting.pop(), set()) - found
        found |= steps
        waiting.extend(steps)
    return found


def call() -> Iterator[Count]:
    """Counts the modules that a unary chat call enters, and its moves from one to another, for each HTTP/2 server."""
    for server in (asked,) if (asked := os.environ.get("OPENAI_GRPC_TEST_HTTP2")) else SERVERS:
        command = [sys.executable, str(Path(__file__)), "--trace"]
        environment = {**os.environ, "OPENAI_GRPC_TEST_HTTP2": server}
        done = subprocess.run(command, env=environment, stdout=subprocess.PIPE, text=True, check=True)
        entered: list[str] = json.loads(done.stdout)
        http2 = [each for each in entered if each.startswith("listen/")]
        own = [each for each in entered if not each.startswith("listen/")]
        yield Count(f"modules of a unary chat call, {server}", len(set(own)), CALL_MODULES)
        yield Count(f"moves of a unary chat call, {server}", moves(own), CALL_MOVES)
        if http2:
            yield Count(f"modules of HTTP/2 that it enters besides, {server}", len(set(http2)), HTTP2_MODULES)
            yield Count(f"moves that these add, {server}", moves(entered) - moves(own), HTTP2_MOVES)


def moves(entered: list[str]) -> int:
    """Returns how often the next function that is entered is in another module."""
    return sum(1 for index, each in enumerate(entered) if index == 0 or entered[index - 1] != each)


def trace() -> None:
    """Prints the modules of the functions that a second call enters, in order, as JSON."""
    from integration.three_apis import CHAT, CHAT_COMPLETION, chat  # noqa: PLC0415

    from faults import answers  # noqa: PLC0415 - of the tests
    from faults.stand_in import StandIn  # noqa: PLC0415
    from support.gateway import deployment, on_loop, running_gateway  # noqa: PLC0415

    entered: list[str] = []
    seen: set[FrameType] = set()

    def enter(frame: FrameType, event: str, argument: Any) -> None:
        del argument
        if event != "call" or frame in seen:  # a coroutine that goes on was entered before
            return
        seen.add(frame)
        path = Path(frame.f_code.co_filename)
        if frame.f_code.co_name == "idle":  # is called below, by no call
            return
        if path.is_relative_to(SERVER):
            entered.append(str(path.relative_to(SERVER)))
        elif path.is_relative_to(CODEC):
            entered.append(f"codec/{path.relative_to(CODEC)}")

    async def profile(function: Callable[[FrameType, str, Any], None] | None) -> None:
        sys.setprofile(function)

    with StandIn() as upstream, running_gateway(deployment(upstream.url, model="real")) as gateway:
        upstream.on("POST", CHAT, answers.json(CHAT_COMPLETION))
        gateway.chat.CreateChatCompletion(chat(), timeout=10)
        on_loop(gateway.gateway.idle())
        on_loop(profile(enter))
        gateway.chat.CreateChatCompletion(chat(), timeout=10)
        on_loop(gateway.gateway.idle())
        on_loop(profile(None))
    print(json.dumps(entered))


COUNTS = {each.__name__: each for each in (java, field, modules, rings, call)}


def main(asked: list[str]) -> int:
    """Prints the counts that are asked for; returns 1 if one of them is above its limit."""
    if asked == ["--trace"]:
        trace()
        return 0
    if unknown := sorted(set(asked) - set(COUNTS)):
        raise SystemExit(f"unknown count {unknown[0]!r}: must be one of {', '.join(COUNTS)}")
    over = 0
    for name in asked or COUNTS:
        for each in COUNTS[name]():
            exceeds = each.found > each.limit
            over += exceeds
            note = "  too many" if exceeds else ""
            print(f"{each.found:5d} of {each.limit:3d}  {each.name}{note}", flush=True)
    return 1 if over else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
