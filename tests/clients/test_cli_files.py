"""`openai-grpc files` and `batches`: large files in parts, and downloads that are continued."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from faults import answers
from faults.exchange import Exchange
from faults.stand_in import StandIn
from openai_grpc.cli import main
from support.gateway import deployment, running_gateway
from support.upload_store import UploadStore

LOG = bytes(index * 17 % 243 for index in range(2_500_000))
KEPT = {"id": "file-1", "object": "file", "bytes": len(LOG), "purpose": "batch", "filename": "../log.bin"}
LINE = f"file-1  {len(LOG)}  batch  ../log.bin"
CUT = 1_000_000
PART = f"log.bin.{hashlib.sha256(b'file-1').hexdigest()[:8]}.part"


class Server:
    """A server of one file, which may break downloads off.

    Attributes:
        data: The file, as it is sent.
        cuts: The bytes after which each of the next downloads breaks off; 0: before an answer.
        asked: The first byte of each download.
    """

    def __init__(self) -> None:
        self.data = LOG
        self.cuts: list[int] = []
        self.asked: list[int] = []

    async def content(self, exchange: Exchange) -> None:
        """Answers with the file from the byte on that is asked for."""
        await exchange.body()
        start = int((exchange.request.header("range") or "bytes=0-").removeprefix("bytes=").partition("-")[0])
        self.asked.append(start)
        size = len(self.data)
        cut = self.cuts.pop(0) if self.cuts else size
        if cut == 0:
            exchange.close()
            return
        if start >= size:
            await answers.body(b"", status=416)(exchange)
            return
        head = [("content-length", str(size - start)), ("content-range", f"bytes {start}-{size - 1}/{size}")]
        await exchange.send(answers.head(206 if start else 200, head if start else head[:1]))
        await exchange.send(self.data[start : start + cut])
        if cut < size:
            exchange.close()


@pytest.fixture(scope="module")
def server() -> Server:
    return Server()


@pytest.fixture(scope="module")
def running(server: Server) -> Iterator[tuple[StandIn, str]]:
    with StandIn() as upstream, running_gateway(deployment(upstream.url)) as gateway:
        upstream.on("GET", "/v1/files/file-1", answers.json(KEPT))
        upstream.on("GET", "/v1/files/file-1/content", server.content)
        yield upstream, gateway.target


@pytest.fixture
def files(
    running: tuple[StandIn, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> Any:
    """Runs the command in a folder of its own; returns the exit code and what is printed."""
    monkeypatch.chdir(tmp_path)

    def run(*words: str, command: str = "files") -> tuple[int, str, str]:
        code = main([command, *words, "--address", running[1]])
        return code, *capfd.readouterr()

    return run


def test_a_large_file_goes_in_parts(files: Any, running: tuple[StandIn, str], tmp_path: Path) -> None:
    store = UploadStore()
    store.serve(running[0])
    (tmp_path / "log.bin").write_bytes(LOG)
    assert files("upload", "log.bin", "--purpose", "batch", "--part-size", "1") == (0, "file-Up1\n", "")
    assert store.files == [LOG]
    assert sorted(map(len, store.parts.values())) == [len(LOG) - 2 * 1024 * 1024, 1024 * 1024, 1024 * 1024]


def test_a_download_that_broke_off_is_continued(files: Any, server: Server, tmp_path: Path) -> None:
    """By the same command once, and by the next one where the upstream stays away."""
    server.asked.clear()
    server.cuts = [CUT, CUT, *[0] * 99]
    code, out, err = files("download", "file-1")
    assert (code, out, "lost" in err) == (1, "", True), err
    kept = (tmp_path / PART).read_bytes()
    assert CUT < len(kept) <= 2 * CUT
    assert LOG.startswith(kept)
    server.cuts.clear()
    assert files("download", "file-1") == (0, "log.bin\n", "")  # the server's folder is not taken
    first, second, *others = server.asked
    assert (first, set(others)) == (0, {len(kept)})
    assert 0 < second <= CUT
    assert {each.name: each.read_bytes() for each in tmp_path.iterdir()} == {"log.bin": LOG}


def test_what_is_there_already(files: Any, server: Server, tmp_path: Path) -> None:
    (tmp_path / PART).write_bytes(LOG)  # all of it, but for its name
    server.asked.clear()
    assert files("download", "file-1", "-o", "log.bin")[0] == 0
    assert server.asked[0] == len(LOG)
    assert (tmp_path / "log.bin").read_bytes() == LOG
    (tmp_path / PART).write_bytes(LOG + b"more")
    code, _, err = files("download", "file-1", "-o", "log.bin")
    assert (code, PART in err) == (1, True), err
    assert (tmp_path / "log.bin").read_bytes() == LOG


def test_a_file_that_differs_from_its_checksum(files: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What came is not kept; what was there before is."""
    (tmp_path / PART).write_bytes(LOG[:CUT])
    monkeypatch.setattr("openai_grpc.client._resume.hashlib", SimpleNamespace(sha256=hashlib.sha512))
    code, _, err = files("download", "file-1")
    assert (code, "checksum" in err) == (1, True), err
    assert (tmp_path / PART).read_bytes() == LOG[:CUT]


COUNTED = {"completed": 7, "failed": 1, "total": 10}
BATCH = {"id": "batch_1", "object": "batch", "created_at": 1, "status": "completed", "request_counts": COUNTED}
TOLD = "batch_1  completed  [###################.....] 8 of 10, 1 failed\n"
PAGE = {"object": "list", "has_more": False}
# The arguments, the upstream's answers, the exit code, and what is printed.
COMMANDS: dict[str, tuple[str, list[Any], int, str]] = {
    "files": ("files list --purpose batch", [answers.json({**PAGE, "data": [KEPT]})], 0, f"{LINE}\n"),
    "a file": ("files get file-1", [answers.json(KEPT)], 0, f"{LINE}\n"),
    "a file as JSON": ("files get file-1 --json", [answers.json({"id": "f"})], 0, '{"id":"f"}\n'),
    "a deleted file": (
        *("files delete file-1", [answers.json({"id": "file-1", "deleted": True})], 0),
        "file-1 deleted\n",
    ),
    "a small file": ("files upload small.txt", [answers.json(KEPT)], 0, "file-1\n"),
    "no file": ("files upload nowhere.txt", [], 1, ""),
    "to standard output": ("files download file-1 -o -", [answers.body(b"{}\n")], 0, "{}\n"),
    "to a folder": ("files download file-1 -o .", [], 2, ""),
    "a list of a file": ("files list file-1", [], 2, ""),
    "no id": ("files get", [], 2, ""),
    "a batch of a file": (
        *("batches create small.txt --endpoint /v1/responses", [answers.json(KEPT), answers.json(BATCH)]),
        *(0, TOLD),
    ),
    "a batch": ("batches get batch_1", [answers.json(BATCH)], 0, TOLD),
    "batches": (
        *("batches list", [answers.json({**PAGE, "data": [{**BATCH, "request_counts": None}]})], 0),
        "batch_1  completed\n",
    ),
    "a cancelled batch": (
        *("batches cancel batch_1 --json", [answers.json({"id": "b"})], 0),
        '{"id":"b"}\n',
    ),
    "a batch of no requests": ("batches create file-1", [], 2, ""),
    "no batch": ("batches get", [], 2, ""),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command(name: str, files: Any, running: tuple[StandIn, str], tmp_path: Path) -> None:
    line, given, code, printed = COMMANDS[name]
    (tmp_path / "small.txt").write_text("small")
    before = len(running[0].exchanges)
    running[0].clear_queue()
    running[0].enqueue(*given)
    command, *words = line.split()
    found, out, err = files(*words, command=command)
    assert (found, out) == (code, printed), err
    assert len(running[0].exchanges) - before == len(given)
    assert bool(err) == bool(code)
    if name == "a batch of a file":
        assert running[0].requests[-1].json()["input_file_id"] == "file-1"
