"""Streams of the Python clients that go on where they broke off: states of jobs, results of batches, files."""

import json
from collections.abc import Callable, Iterator
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from clients.upstream_objects import CONTENT, DONE, JOBS, RESULTS, content, result
from faults import answers
from faults.exchange import Exchange
from faults.stand_in import StandIn
from openai_grpc import APIError, ChecksumError, OpenAIGrpcError, UnavailableError
from support.gateway import deployment, running_gateway
from support.proxy import Proxy, proxy
from support.python_client import KINDS, Driver, driver

BREAK = 250_000
JOBS_OF = {
    "a batch": (lambda c: c.batches.watch("batch_job"), "/v1/batches/batch_job"),
    "a background response": (lambda c: c.responses.watch("resp_job"), "/v1/responses/resp_job"),
    "a video": (lambda c: c.videos.watch("video_job"), "/v1/videos/video_job"),
}


@pytest.fixture(scope="module")
def upstream() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("GET", "/v1/files/file-breaks/content", content(BREAK))
        running.on("GET", "/v1/videos/video_1/content", content(BREAK))
        yield running


@pytest.fixture(scope="module")
def cuttable(upstream: StandIn) -> Iterator[Proxy]:
    """A gateway behind a proxy."""
    pace: dict[str, Any] = {"watch_min_interval": 0.01, "watch_max_interval": 0.01}
    with running_gateway(deployment(upstream.url), **pace) as gateway, proxy(gateway.target) as between:
        yield between


@pytest.fixture(params=KINDS)
def drive(request: pytest.FixtureRequest, cuttable: Proxy) -> Iterator[Driver]:
    with driver(request.param, cuttable.target) as driven:
        yield driven


class Job:
    """A job that is done once somebody has asked for it again after the cut."""

    def __init__(self, job: dict[str, Any]) -> None:
        self._job = job
        self.is_cut = False
        self.asked = 0

    async def __call__(self, exchange: Exchange) -> None:
        await exchange.body()
        self.asked += self.is_cut
        status = "completed" if self.asked > 1 else "queued"
        await answers.json({**self._job, "status": status})(exchange)


@pytest.mark.parametrize("case", JOBS_OF.values(), ids=JOBS_OF)
def test_a_job_is_watched_again(
    upstream: StandIn, cuttable: Proxy, drive: Driver, case: tuple[Callable[[Any], Any], str]
) -> None:
    """The state that was known is not told again."""
    watch, path = case
    job = Job(JOBS[path])
    upstream.on("GET", path, job)
    states = drive(watch)
    assert [state.status for state in drive.read(lambda _: states, most=1)] == ["queued"]
    job.is_cut = True
    cuttable.cut()
    assert drive(lambda _: states.final()).status == "completed"
    job.is_cut, job.asked = False, 0
    states = drive(watch)
    known = [state.status for state in drive.read(lambda _: states, most=1)]
    job.is_cut = True
    cuttable.cut()
    assert [*known, *(state.status for state in drive.read(lambda _: states))] == ["queued", "completed"]


def test_a_stream_ends_after_as_many_failures_in_a_row(upstream: StandIn, cuttable: Proxy, drive: Driver) -> None:
    path = "/v1/videos/video_job"
    upstream.on("GET", path, Job(JOBS[path]))
    states = drive(lambda c: c.videos.watch("video_job", max_retries=0))
    assert [state.status for state in drive.read(lambda _: states, most=1)] == ["queued"]
    cuttable.cut()
    with pytest.raises(UnavailableError):
        drive.read(lambda _: states)


def test_results_go_on_after_the_last_cursor(upstream: StandIn, cuttable: Proxy, drive: Driver) -> None:
    lines = [result(name, name) for name in "abc"]
    begun = iter((True, False))

    async def output(exchange: Exchange) -> None:
        await exchange.body()
        text = "".join(f"{json.dumps(line)}\n" for line in lines).encode()
        await exchange.send(answers.head(200, [("content-length", str(len(text)))]))
        if next(begun):
            await exchange.send(text[: len(text) // 2])
            await exchange.stall()
        else:
            await exchange.send(text)

    upstream.on("GET", "/v1/batches/batch_done", answers.json({**DONE, "error_file_id": None}))
    upstream.on("GET", "/v1/files/file-output/content", output)
    results = drive(lambda c: c.batches.results("batch_done"))
    names = [each.custom_id for each in drive.read(lambda _: results, most=1)]
    cuttable.cut()
    names += [each.custom_id for each in drive.read(lambda _: results)]
    assert names == [line["custom_id"] for line in RESULTS["output"]] + ["c"]


READ: dict[str, tuple[Callable[[Any], Any], bytes]] = {
    "a file": (lambda c: c.files.content("file-breaks"), CONTENT),
    "a part of a file": (lambda c: c.files.content("file-breaks", offset=99, length=510_000), CONTENT[99:510_099]),
    "a video": (lambda c: c.videos.download_content("video_1"), CONTENT),
}


@pytest.mark.parametrize("case", READ.values(), ids=READ)
def test_a_download_goes_on(tmp_path: Path, drive: Driver, case: tuple[Callable[[Any], Any], bytes]) -> None:
    """The last message has the checksum of all, as if the file had come in one stream."""
    begin, expected = case
    stream = drive(begin)
    assert drive(lambda _: stream.read()) == expected
    file = tmp_path / "file"
    stream = drive(begin)
    drive(lambda _: stream.write_to_file(file))
    assert file.read_bytes() == expected
    chunks = drive.read(begin)
    assert chunks[-1].sha256 == sha256(expected).digest()


def test_a_download_without_retries_ends_where_it_broke_off(drive: Driver) -> None:
    got: list[Any] = []
    with pytest.raises(APIError) as raised:
        drive.read(lambda c: c.files.content("file-breaks", max_retries=0), got)
    assert raised.value.reason == "UPSTREAM_TRUNCATED"
    assert b"".join(chunk.data for chunk in got) == CONTENT[:BREAK]


def test_a_file_that_changes_amid_a_download(upstream: StandIn, drive: Driver) -> None:
    """Its size tells; the first part of one and the rest of the other are never taken for a file."""
    changed = CONTENT + b"more"

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        if exchange.request.header("range") is None:
            await exchange.send(answers.head(200, [("content-length", str(len(CONTENT)))]))
            await exchange.send(CONTENT[:BREAK])
            exchange.close()
            return
        place = f"bytes {BREAK}-{len(changed) - 1}/{len(changed)}"
        fields = [("content-length", str(len(changed) - BREAK)), ("content-range", place)]
        await exchange.send(answers.head(206, fields))
        await exchange.send(changed[BREAK:])

    upstream.on("GET", "/v1/files/file-changes/content", answer)
    with pytest.raises(OpenAIGrpcError, match=f"changed from {len(CONTENT)} to {len(changed)} bytes") as raised:
        drive.read(lambda c: c.files.content("file-changes"))
    assert not isinstance(raised.value, APIError | ChecksumError)
