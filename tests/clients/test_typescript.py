"""The TypeScript client: its build, its tests and examples against the real gateway, its codec, its installation."""

import re
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from clients.live import ROOT, check, live_gateway, programs
from clients.python_answers import CHUNKS
from clients.typescript_codec import differ, odd_bodies, replay, running_codec
from conformance.corpus import INVENTED, RECORDED
from faults.stand_in import StandIn
from openai_grpc_server.config import TlsSettings
from support.certificates import Authority
from support.gateway import deployment, running_gateway

FOLDER = "clients/typescript"
EXAMPLES = "examples/typescript"
README = ROOT / FOLDER / "README.md"
PRINTED = {
    "stream": "Hello there",
    "message": "Hello there",
    "conversation": "Hello there",
    "tools": "Hello there",
    "tool call": "get_weather {",
    "types": "invalid reply",
    "images": "Hello there",
    "events": "Hello there",
    "embeddings": "2 vectors",
    "upload": "Hello there",
    "files": "speech.wav 600000",
    "parts and batches": "a chatCompletion",
    "stream of embeddings": "1 3",
    "connection": "Hello there",
    "raw": 'vs_1\n{"piece":"Hel"}',
    "cancel": "left after 1",
    "errors": "INVALID_REQUEST",
    "pages": "item-4",
    "tls": "connected with",
    "json": "chat.completion",
    "connect": "3 numbers",
    "first": "3 numbers",
}
READMES = (*programs(README, "typescript"), *programs(ROOT / "README.md", "typescript"))
MODULE = 'import { Client, user } from "openai-grpc";'
COMMON = 'const { Client, user } = require("openai-grpc"); const v1 = require("openai-grpc/v1"); void v1.ChatService;'
CHAT = """
(async () => {
  const client = new Client();
  const stream = client.chat.completions.stream({ model: "gpt-4o-mini", messages: [user("hi")] });
  for await (const text of stream.text()) process.stdout.write(text);
})();
"""

TLS = """
import { readFileSync } from "node:fs";
import { Client, user } from "openai-grpc";
const { CA, CERT, KEY } = process.env;
const clients = {
  paths: new Client(undefined, { tls: { ca: CA, cert: CERT, key: KEY } }),
  texts: new Client(undefined, { tls: { ca: readFileSync(CA, "utf8"), cert: readFileSync(CERT), key: KEY } }),
  environment: new Client(),
  "another name": new Client(undefined, { tls: { ca: CA, cert: CERT, key: KEY, serverName: "elsewhere" } }),
  "no certificate": new Client(undefined, { tls: { ca: CA } }),
  "another authority": new Client(undefined, { tls: { cert: CERT, key: KEY } }),
  plaintext: new Client(undefined, { tls: false }),
};
for (const [name, client] of Object.entries(clients)) {
  try {
    const stream = client.chat.completions.stream({ model: "m", messages: [user("hi")] }, { maxRetries: 0 });
    let all = "";
    for await (const text of stream.text()) all += text;
    console.log(name + ":", all);
  } catch (error) {
    console.log(name + ":", error.name, error.mayBeBilled);
  }
}
"""

# Each leaves what has arrived unread. Nothing but a connection or a timer can hold the process until it is ended.
LEAVING = """
import { Client, user } from "openai-grpc";
setTimeout(() => { console.log("held by", ...process.getActiveResourcesInfo()); process.exit(1); }, 20_000).unref();
const client = new Client();
const said = { model: "gpt-4o-mini", messages: [user("hi")] };
const begin = async (options) => {
  const stream = client.chat.completions.stream(said, options);
  await stream.next();
  return stream;
};
const ways = {
  async break() {
    let chunks = 0;
    for await (const chunk of client.chat.completions.stream(said)) if (++chunks === 3) break;
  },
  async "break with a time limit"() {
    for await (const chunk of client.chat.completions.stream(said, { timeoutMs: 300_000 })) break;
  },
  async "read no more"() { await begin(); },
  async "cancel before it begins"() {
    const stream = client.chat.completions.stream(said, { timeoutMs: 300_000 });
    const first = stream.next();
    stream.cancel();
    await first;
  },
  async "abort and read no more"() {
    const controller = new AbortController();
    await begin({ signal: controller.signal });
    controller.abort();
  },
  async "time out and read no more"() {
    await begin({ timeoutMs: 3000 }).catch(() => {});
    await client.chat.completions.create({ ...said, model: "silent" }, { timeoutMs: 3000 }).catch(() => {});
  },
};
const { WAY } = process.env;
await Promise.all(Array.from({ length: 20 }, ways[WAY]));
console.log("left by", WAY);
"""
WAYS = (
    "break",
    "break with a time limit",
    "cancel before it begins",
    "read no more",
    "abort and read no more",
    "time out and read no more",
)


@pytest.mark.usefixtures("typescript_tests")
def test_live() -> None:
    files = (ROOT / FOLDER / "build/test").glob("*.test.js")
    with live_gateway() as variables:
        check(["node", "--test", "--test-timeout=60000", *map(str, files)], FOLDER, variables)


@pytest.fixture(scope="module")
def examples(typescript_build: None) -> str:  # noqa: ARG001 - it is what they use
    """Compiles the examples, which have the client as a folder; returns where."""
    check(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], EXAMPLES)
    shutil.rmtree(ROOT / EXAMPLES / "build", ignore_errors=True)
    check(["npm", "run", "build"], EXAMPLES)
    return f"{EXAMPLES}/build"


def test_the_agent_of_the_examples(examples: str) -> None:
    with live_gateway() as variables:
        check(["node", "--test", "--test-timeout=60000", "agent.test.js"], examples, variables)


@pytest.fixture(scope="module")
def readme(compile_typescript: Callable[[Sequence[str], str], list[Path]]) -> Iterator[list[Path]]:
    """The programs of the READMEs, compiled."""
    assert len(READMES) == len(PRINTED)
    with live_gateway() as variables:
        yield compile_typescript(READMES, variables["OPENAI_GRPC_ADDRESS"])


@pytest.mark.parametrize(("index", "printed"), list(enumerate(PRINTED.values())), ids=PRINTED)
def test_readme(readme: list[Path], index: int, printed: str) -> None:
    program = readme[index]
    assert printed in check(["node", program.name], str(program.parent))


@pytest.mark.usefixtures("examples")
def test_lint() -> None:
    check(["npm", "run", "lint"], FOLDER)


@pytest.mark.usefixtures("typescript_build")
def test_tls(tmp_path: Path) -> None:
    ours = Authority(tmp_path / "ours")
    certificate, key = map(str, ours.issue("server"))
    settings = TlsSettings(certificate=certificate, private_key=key, client_ca=str(ours.certificate))
    own_certificate, own_key = map(str, ours.issue("client"))
    files = {"CA": str(ours.certificate), "CERT": own_certificate, "KEY": own_key}
    with StandIn() as upstream, running_gateway(deployment(upstream.url), tls=settings) as gateway:
        upstream.on("POST", "/v1/chat/completions", CHUNKS)
        variables = {f"OPENAI_GRPC_{name}_FILE": file for name, file in files.items()}
        variables |= {**files, "OPENAI_GRPC_ADDRESS": gateway.target}
        printed = check(["node", "--input-type=module", "--eval", TLS], FOLDER, variables).splitlines()
    assert printed[:3] == ["paths: Hi!", "texts: Hi!", "environment: Hi!"]
    assert [line.partition(":")[0] for line in printed[3:] if "UnavailableError" in line] == [
        "another name",
        "no certificate",
        "another authority",
        "plaintext",
    ]


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.usefixtures("typescript_build")
def test_a_process_ends_with_its_calls(way: str) -> None:
    """Leaves streams without closing the client; what is left of them doesn't keep the process alive."""
    with live_gateway() as variables:
        printed = check(["node", "--input-type=module", "--eval", LEAVING], FOLDER, {**variables, "WAY": way})
    assert printed == f"left by {way}\n"


def test_the_service_of_the_examples(examples: str, tmp_path: Path) -> None:
    speech = tmp_path / "speech.wav"
    speech.write_bytes(b"RIFF")
    with live_gateway() as variables:
        printed = check(["node", "service.js", str(speech)], examples, variables)
    assert re.search(r"cancel half-way\n3\n.*events\nHello there\ndone .*embedding\n3\n", printed, re.DOTALL)
    assert printed.endswith("== audio, streamed\nHello there\nwhole: Hello there\n")
    assert "(NotFound, " in printed


@pytest.mark.usefixtures("typescript_tests")
def test_the_codec_loses_nothing() -> None:
    with running_codec() as codec:
        for folder in (INVENTED, *([RECORDED] if RECORDED.exists() else [])):
            total, lost = replay(codec, folder)
            assert total
            assert not lost


@pytest.mark.usefixtures("typescript_tests")
def test_the_codec_reads_odd_values_as_that_of_python() -> None:
    with running_codec() as codec:
        bodies = list(odd_bodies(INVENTED))
        assert len(bodies) > 2000
        assert not [each for body in bodies for each in differ(codec, *body, exact=False)]


@pytest.mark.parametrize("way", ["folder", "tarball"])
def test_installs_in_an_empty_folder(way: str, tmp_path: Path) -> None:
    checkout = tmp_path / "checkout"
    listed = subprocess.run(
        ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT / FOLDER,
        capture_output=True,
        check=True,
        text=True,
    )
    for name in filter(None, listed.stdout.split("\0")):
        target = checkout / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if (ROOT / FOLDER / name).exists():
            shutil.copy(ROOT / FOLDER / name, target)
    caller = tmp_path / "caller"
    caller.mkdir()
    (caller / "package.json").write_text("{}")
    source = str(checkout)
    if way == "tarball":
        check(["npm", "pack", source, "--foreground-scripts=false"], str(caller))
        (packed,) = caller.glob("*.tgz")
        source = str(packed)
    check(["npm", "install", "--no-audit", "--no-fund", source], str(caller))
    declared = caller / "node_modules/openai-grpc/dist/esm/openai_grpc/v1/chat_message_pb.d.ts"
    assert " * The message, as a string or parts. Required.\n" in declared.read_text()
    (caller / "main.mjs").write_text(MODULE + CHAT)
    (caller / "main.cjs").write_text(COMMON + CHAT)
    with live_gateway() as variables:
        for main in ("main.mjs", "main.cjs"):
            assert check(["node", main], str(caller), variables) == "Hello there"
