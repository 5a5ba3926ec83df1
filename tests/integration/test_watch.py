"""Watching of jobs: one poller for all watchers, each change, ends, failures, Retry-After, cancel, drain, ownership."""

import asyncio
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import grpc
import pytest

from faults import answers
from faults.exchange import Exchange
from faults.http_request import ReceivedRequest
from faults.stand_in import StandIn
from openai_grpc.v1 import (
    CreateResponseRequest,
    GetBatchRequest,
    GetVideoRequest,
    WatchResponseRequest,
    responses_pb2_grpc,
)
from openai_grpc_server.config import GeneralSettings, KeySettings, Secret
from openai_grpc_server.services import jobs
from support.failure import failure_of
from support.gateway import LIMIT, RunningGateway, deployment, on_loop, running_gateway

STATUS = grpc.StatusCode
MASTER, OTHER = "sk-of-the-lock-keeper-000001", "sk-of-the-towpath-walker-02"
GENERAL = GeneralSettings(master_key=Secret(MASTER), keys=(KeySettings(name="other", key=Secret(OTHER)),))


class JobUpstream(StandIn):
    """Answers each poll with what the test has put there for it, as soon as it is there.

    Attributes:
        polls: Is released by each poll that has come.
        gone: Is set when a poll was given up.
    """

    def __init__(self) -> None:
        super().__init__()
        self.polls = threading.Semaphore(0)
        self.gone = threading.Event()
        self.running = self.most = 0
        self._given: asyncio.Queue[Any] = asyncio.Queue()

    def put(self, *given: Any) -> None:
        for each in given:
            self._loop.call_soon_threadsafe(self._given.put_nowait, each)

    def polled(self) -> None:
        assert self.polls.acquire(timeout=LIMIT)

    def _answer(self, request: ReceivedRequest) -> Any:
        return self.create if request.method == "POST" else self.poll

    async def create(self, exchange: Exchange) -> None:
        await exchange.body()
        await answers.json(state("queued", "resp_x"))(exchange)

    async def poll(self, exchange: Exchange) -> None:
        self.running += 1
        self.most = max(self.most, self.running)
        self.polls.release()
        given = asyncio.create_task(self._given.get())
        left = asyncio.wrap_future(exchange.closed)
        try:
            await asyncio.wait({given, left}, return_when=asyncio.FIRST_COMPLETED)
            if given.done():
                await given.result()(exchange)
            else:
                self.gone.set()
        finally:
            given.cancel()
            self.running -= 1


class Pauses:
    """Waits between polls, which are over at once; or, while they are held, never."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.held = False
        self.begun = threading.Semaphore(0)

    async def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)
        self.begun.release()
        await asyncio.Event().wait() if self.held else await asyncio.sleep(0)


def state(status: str, object_id: str = "resp_x", *texts: str, **fields: Any) -> dict[str, Any]:
    content = [[{"type": "output_text", "text": each, "annotations": []}] for each in texts]
    items = [
        {"type": "message", "id": f"msg_{at}", "role": "assistant", "status": "completed", "content": each}
        for at, each in enumerate(content)
    ]
    return {"id": object_id, "object": "response", "model": "m", "status": status, "output": items, **fields}


def told(status: str, *texts: str, headers: Any = None, **fields: Any) -> Any:
    return answers.json(state(status, "resp_x", *texts, **fields), headers=headers)


def refused(status: int, headers: Any = None) -> Any:
    return answers.json({"error": {"message": "Not now.", "type": "server_error"}}, status=status, headers=headers)


@pytest.fixture(scope="module")
def upstream() -> Iterator[JobUpstream]:
    with JobUpstream() as stand_in:
        yield stand_in


@pytest.fixture(scope="module")
def gateway(upstream: JobUpstream) -> Iterator[RunningGateway]:
    with running_gateway(deployment(upstream.url), general=GENERAL) as running:
        yield running


@pytest.fixture(autouse=True)
def pauses(monkeypatch: pytest.MonkeyPatch) -> Pauses:
    found = Pauses()
    monkeypatch.setattr(jobs, "pause", found)
    return found


def of(key: str) -> Any:
    return (("authorization", f"Bearer {key}"),)


@pytest.fixture
def job(gateway: RunningGateway, upstream: JobUpstream) -> str:
    request = CreateResponseRequest(model="m", background=True)
    request.input.text = "How deep is the lock?"
    upstream.polls, upstream.most = threading.Semaphore(0), 0
    upstream.gone.clear()
    return str(gateway.responses.CreateResponse(request, metadata=of(MASTER), timeout=LIMIT).id)


def watch(gateway: RunningGateway, job: str, key: str = MASTER, stub: Any = None, **fields: Any) -> Any:
    request = WatchResponseRequest(response_id=job, **fields)
    return (stub or gateway.responses).WatchResponse(request, metadata=of(key), timeout=LIMIT)


def seen(response: Any) -> tuple[str, int]:
    return response.status, len(response.output)


def test_watchers_share_a_poller_and_see_each_change(gateway: RunningGateway, upstream: JobUpstream, job: str) -> None:
    count = 4
    with ThreadPoolExecutor(count) as pool, grpc.insecure_channel(gateway.target) as channel:
        stubs = [None, None, None, responses_pb2_grpc.ResponsesServiceStub(channel)]
        calls = [watch(gateway, job, stub=each) for each in stubs]
        upstream.put(told("queued"))
        changes = [("queued", 0), ("in_progress", 0), ("in_progress", 1), ("completed", 2)]
        bodies = [told("in_progress"), told("in_progress", "One."), told("completed", "One.", "Two.")]
        for at, change in enumerate(changes):
            got = list(pool.map(next, calls))
            assert [seen(each) for each in got] == [change] * count
            assert {each.id for each in got} == {job}
            assert {each.call_info.deployment for each in got} == {"stand-in"}
            if at < len(bodies):
                upstream.put(*([told(*_same(change))] if at == 1 else []), bodies[at])
        assert [list(each) for each in calls] == [[]] * count
        assert {each.code() for each in calls} == {STATUS.OK}
    assert upstream.most == 1
    assert upstream.requests[-1].path == upstream.requests[-2].path
    # A state that has not changed is told to nobody: five polls, four messages.
    assert [upstream.polls.acquire(blocking=False) for _ in range(6)] == [True] * 5 + [False]


def _same(change: tuple[str, int]) -> tuple[str]:
    return (change[0],)


def test_who_comes_back_gets_the_present_state_without_a_poll(
    gateway: RunningGateway, upstream: JobUpstream, job: str
) -> None:
    first, second = watch(gateway, job), None
    upstream.put(told("in_progress", "One."))
    assert seen(next(first)) == ("in_progress", 1)
    upstream.polled()
    upstream.polled()  # runs: it waits for its answer
    second = watch(gateway, job)
    assert seen(next(second)) == ("in_progress", 1)
    first.cancel()
    upstream.put(told("completed", "One."))
    assert [seen(each) for each in second] == [("completed", 1)]
    assert not upstream.polls.acquire(blocking=False)


def test_nobody_polls_when_nobody_watches(gateway: RunningGateway, upstream: JobUpstream, job: str) -> None:
    calls = [watch(gateway, job) for _ in range(2)]
    upstream.put(told("in_progress"))
    assert [seen(next(each)) for each in calls] == [("in_progress", 0)] * 2
    upstream.polled()
    upstream.polled()
    for each in calls:
        each.cancel()
    assert upstream.gone.wait(LIMIT)
    assert [line["status"] for line in gateway.logged("rpc")[-2:]] == ["CANCELLED"] * 2


def test_another_key_finds_nothing_and_nothing_goes_upstream(
    gateway: RunningGateway, upstream: JobUpstream, job: str
) -> None:
    before = len(upstream.requests)
    failure = failure_of(lambda: list(watch(gateway, job, OTHER)))
    assert (failure.code, failure.details["ErrorInfo"].reason) == (STATUS.NOT_FOUND, "OBJECT_NOT_FOUND")
    assert len(upstream.requests) == before


def test_a_poll_that_fails_is_repeated_as_late_as_the_upstream_asks(
    gateway: RunningGateway, upstream: JobUpstream, job: str, pauses: Pauses
) -> None:
    call = watch(gateway, job)
    upstream.put(told("in_progress", headers={"openai-poll-after-ms": "90000"}))
    assert seen(next(call)) == ("in_progress", 0)
    upstream.put(refused(503, {"retry-after": "120"}), refused(429, {"retry-after": "70"}), refused(502))
    upstream.put(told("completed", headers={"retry-after": "5"}))
    assert [seen(each) for each in call] == [("completed", 0)]
    assert pauses.seconds[:3] == [90, 120, 70]
    assert 1 <= pauses.seconds[3] <= 30
    assert len(pauses.seconds) == 4


@pytest.mark.parametrize(
    ("given", "code", "reason"),
    [
        ([refused(503)] * 6, STATUS.UNAVAILABLE, "UPSTREAM_UNAVAILABLE"),
        ([refused(404)], STATUS.NOT_FOUND, "NOT_FOUND"),
        ([refused(401)], STATUS.INTERNAL, "UPSTREAM_CREDENTIALS"),
    ],
    ids=["unavailable for long", "deleted", "key refused"],
)
def test_a_failure_is_that_of_all_watchers(  # noqa: PLR0917 - fixtures and a row of the table
    gateway: RunningGateway, upstream: JobUpstream, job: str, given: Any, code: Any, reason: str
) -> None:
    calls = [watch(gateway, job) for _ in range(2)]
    upstream.put(told("in_progress"))
    assert [seen(next(each)) for each in calls] == [("in_progress", 0)] * 2
    upstream.put(*given)
    for call in calls:
        failure = failure_of(partial(list, call))
        assert (failure.code, failure.details["ErrorInfo"].reason) == (code, reason)


def test_intervals_grow_to_those_of_the_completion_window(
    gateway: RunningGateway, upstream: JobUpstream, job: str, pauses: Pauses
) -> None:
    call = watch(gateway, job, completion_window="8h")
    upstream.put(*[told("queued")] * 20, told("in_progress"), told("in_progress"), told("completed"))
    assert [each.status for each in call] == ["queued", "in_progress", "completed"]
    assert 1 <= pauses.seconds[0] <= 2
    assert 120 <= pauses.seconds[19] <= 240
    assert 1 <= pauses.seconds[20] <= 2


def test_a_batch_is_watched_by_its_counts(upstream: JobUpstream) -> None:
    with running_gateway(deployment(upstream.url)) as plain:
        upstream.put(
            *(
                answers.json(
                    {
                        "id": "batch_1",
                        "object": "batch",
                        "status": status,
                        "request_counts": {"completed": done, "failed": 0, "total": 9},
                    }
                )
                for status, done in (("validating", 0), ("in_progress", 4), ("in_progress", 4), ("completed", 9))
            )
        )
        batches = plain.batches.WatchBatch(GetBatchRequest(batch_id="batch_1"), timeout=LIMIT)
        assert [(each.status, each.request_counts.completed) for each in batches] == [
            ("validating", 0),
            ("in_progress", 4),
            ("completed", 9),
        ]


def test_a_video_is_watched_by_its_progress(upstream: JobUpstream) -> None:
    with running_gateway(deployment(upstream.url)) as plain:
        upstream.put(
            *(
                answers.json({"id": "video_1", "object": "video", "status": status, "progress": progress})
                for status, progress in (("queued", 0), ("in_progress", 40), ("in_progress", 40), ("completed", 100))
            )
        )
        videos = plain.videos.WatchVideo(GetVideoRequest(video_id="video_1"), timeout=LIMIT)
        assert [(each.status, each.progress) for each in videos] == [
            ("queued", 0),
            ("in_progress", 40),
            ("completed", 100),
        ]


def test_deadline_and_drain_end_a_watch(upstream: JobUpstream, pauses: Pauses) -> None:
    pauses.held = True
    with running_gateway(deployment(upstream.url)) as plain:
        request = WatchResponseRequest(response_id="resp_x")
        upstream.put(told("in_progress"))
        late = plain.responses.WatchResponse(
            request, metadata=(("openai-grpc-time-limits", "total=0.2"),), timeout=LIMIT
        )
        assert failure_of(lambda: list(late)).code is STATUS.DEADLINE_EXCEEDED
        upstream.put(told("in_progress"))
        call = plain.responses.WatchResponse(request, timeout=LIMIT)
        assert seen(next(call)) == ("in_progress", 0)

        async def drain() -> None:
            plain.gateway.drain()

        on_loop(drain())
        failure = failure_of(lambda: list(call))
        assert (failure.code, failure.details["ErrorInfo"].reason) == (STATUS.UNAVAILABLE, "DRAINING")
