"""Files and batches of the local engine: what is kept, how batches run, end, and go on after a restart."""

import asyncio
import re
import threading
from collections.abc import Iterator
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import httpx2
import pytest

from faults import answers
from faults.stand_in import Gate, StandIn
from openai_grpc.codec import dumps, loads
from openai_grpc_server.local import batch_runner, batches, chat_server, store
from support.gateway import LIMIT

CHAT = "/v1/chat/completions"
DONE = {"completed", "failed", "expired", "cancelled"}


class Local:
    """The server before a model, in a thread; a context manager that gives a client of it.

    Args:
        model: The model.
        directory: Where files are kept.
    """

    def __init__(self, model: StandIn, directory: Path) -> None:
        self._model = model
        self._directory = directory
        self._loop = asyncio.new_event_loop()
        self._task: asyncio.Task[None] | None = None
        self._ready = threading.Event()
        self._port = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    def __enter__(self) -> httpx2.Client:
        self._thread.start()
        assert self._ready.wait(LIMIT)
        self._client = httpx2.Client(base_url=f"http://127.0.0.1:{self._port}/v1", timeout=LIMIT)
        return self._client

    def __exit__(self, *_: object) -> None:
        self._client.close()
        assert self._task is not None
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join(LIMIT)

    def _run(self) -> None:
        def ready(port: int) -> None:
            self._port = port
            self._ready.set()

        async def serve() -> None:
            self._task = asyncio.ensure_future(chat_server.front(self._model.url, self._directory, ready))
            with suppress(asyncio.CancelledError):
                await self._task

        with asyncio.Runner(loop_factory=lambda: self._loop) as runner:
            runner.run(serve())


class Clock:
    """The time, which tests set forward."""

    def __init__(self) -> None:
        self.now = 1_800_000_000.0
        self._count = 0

    def time(self) -> float:
        return self.now

    def time_ns(self) -> int:
        self._count += 1
        return int(self.now) * 10**9 + self._count


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    for module in (batches, batch_runner, store):
        monkeypatch.setattr(module, "time", found)
    return found


@pytest.fixture
def model() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", CHAT, reply("usual"))
        yield running


@pytest.fixture
def directory(tmp_path: Path) -> Path:
    return tmp_path / "kept"


@pytest.fixture
def local(model: StandIn, directory: Path) -> Iterator[httpx2.Client]:
    with Local(model, directory) as client:
        yield client


def reply(text: str) -> Any:
    choice = {"index": 0, "message": {"role": "assistant", "content": text}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 5, "completion_tokens": 2, "total_tokens": 7}
    return answers.json({"id": "c1", "object": "chat.completion", "choices": [choice], "usage": usage})


def held(gate: Gate, text: str = "late") -> Any:
    async def answer(exchange: Any) -> None:
        await exchange.body()
        await gate.passed()
        await reply(text)(exchange)

    return answer


def upload(
    local: httpx2.Client, data: bytes = b"x", purpose: str = "batch", name: str = "in.jsonl", **more: str
) -> Any:
    found = local.post("/files", files={"file": (name, data)}, data={"purpose": purpose, **more})
    assert found.status_code == 200, found.text
    return found.json()


def lines(*names: str, url: str = CHAT, method: str = "POST", **body: Any) -> bytes:
    request = {"model": "gpt-of-the-day", "messages": [{"role": "user", "content": "Hi"}], **body}
    values = ({"custom_id": name, "method": method, "url": url, "body": request} for name in names)
    return b"\n".join(map(dumps, values)) + b"\n"


def create(local: httpx2.Client, data: bytes, **fields: Any) -> Any:
    asked = {"input_file_id": upload(local, data)["id"], "endpoint": CHAT, "completion_window": "24h", **fields}
    found = local.post("/batches", json=asked)
    assert found.status_code == 200, found.text
    return found.json()


def done(local: httpx2.Client, batch: Any) -> Any:
    while True:
        found = local.get(f"/batches/{batch['id']}").json()
        if found["status"] in DONE:
            return found


def content(local: httpx2.Client, file_id: str) -> list[Any]:
    return [loads(line) for line in local.get(f"/files/{file_id}/content").content.splitlines()]


def error(found: httpx2.Response) -> tuple[int, str]:
    return found.status_code, found.json()["error"]["message"]


def test_files(local: httpx2.Client, directory: Path, clock: Clock) -> None:
    assert not directory.exists()
    first = upload(local, b"0123456789", "user_data", "log.txt")
    assert first == {
        "id": first["id"],
        "object": "file",
        "bytes": 10,
        "created_at": clock.now,
        "expires_at": None,
        "filename": "log.txt",
        "purpose": "user_data",
        "status": "processed",
        "status_details": None,
    }
    more = {"expires_after[anchor]": "created_at", "expires_after[seconds]": "3600"}
    second, third = upload(local, b"{}", **more), upload(local, b"{}")
    assert (second["expires_at"], third["expires_at"]) == (clock.now + 3600, clock.now + 30 * 86400)
    assert local.get(f"/files/{first['id']}").json() == first
    assert local.get(f"/files/{first['id']}/content").content == b"0123456789"
    part = local.get(f"/files/{first['id']}/content", headers={"range": "bytes=7-"})
    assert (part.status_code, part.content, part.headers["content-range"]) == (206, b"789", "bytes 7-9/10")
    assert local.get(f"/files/{first['id']}/content", headers={"range": "bytes=10-"}).status_code == 416

    def listed(**query: Any) -> tuple[list[str], bool]:
        found = local.get("/files", params=query).json()
        return [each["id"] for each in found["data"]], found["has_more"]

    newest = [each["id"] for each in (third, second, first)]
    assert listed() == (newest, False)
    assert listed(order="asc", limit=2) == (newest[:0:-1], True)
    assert listed(after=newest[0], limit=1) == ([newest[1]], True)
    assert listed(purpose="user_data") == ([first["id"]], False)
    clock.now += 3600
    assert listed() == ([newest[0], newest[2]], False)
    assert error(local.get(f"/files/{second['id']}"))[0] == 404
    assert local.delete(f"/files/{first['id']}").json() == {"id": first["id"], "object": "file", "deleted": True}
    assert error(local.get(f"/files/{first['id']}"))[0] == 404
    assert listed() == ([newest[0]], False)


def test_what_is_refused(local: httpx2.Client) -> None:
    file, other = upload(local, lines("a"))["id"], upload(local, b"x", "user_data")["id"]
    batch = {"input_file_id": file, "endpoint": CHAT, "completion_window": "24h"}
    form = {"file": ("a", b"x")}
    endless = {"anchor": "created_at", "seconds": "9" * 5000}
    refused = {
        "purpose": local.post("/files", files=form),
        "'file' is": local.post("/files", data={"purpose": "batch"}, files={"other": b"x"}),
        "multipart": local.post("/files", json={}),
        "malformed": local.post("/files", content=b"--x\r\n", headers={"content-type": "multipart/form-data"}),
        "expires_after": local.post("/files", files=form, data={"purpose": "a", "expires_after[seconds]": "9"}),
        "limit 0": local.get("/files", params={"limit": 0}),
        "limit 999": local.get("/batches", params={"limit": "9" * 5000}),
        "no object": local.get("/files", params={"after": "file-x"}),
        "JSON object": local.post("/batches", json=[]),
        "runs batches of": local.post("/batches", json={**batch, "endpoint": "/v1/responses"}),
        "completion_window": local.post("/batches", json={**batch, "completion_window": "1h"}),
        "metadata": local.post("/batches", json={**batch, "metadata": {"a": 1}}),
        "expires_after: invalid": local.post("/batches", json={**batch, "output_expires_after": {"seconds": 1}}),
        "expires_after: must": local.post("/batches", json={**batch, "output_expires_after": endless}),
        "purpose 'batch'": local.post("/batches", json={**batch, "input_file_id": other}),
    }
    for text, found in refused.items():
        status, message = error(found)
        assert (status, text.partition(":")[0] in message) == (400, True), (text, message)
    for path in ("/files/file-x", "/files/..%2Flock", "/files/file-x/content", "/batches/batch_1", f"/batches/{file}"):
        assert error(local.get(path))[0] == 404
    missing = local.post("/batches", json={**batch, "input_file_id": f"file-{'0' * 24}"})
    assert error(missing)[0] == 404
    assert local.get("/batches").json()["data"] == []


def test_a_batch(local: httpx2.Client, model: StandIn) -> None:
    refusal = {"error": {"message": "too long", "type": "invalid_request_error", "code": None, "param": None}}
    model.enqueue(reply("one"), answers.json(refusal, status=400), answers.reset(), answers.body(b"oh", status=500))
    batch = create(local, lines("a", "b") + b"\n" + lines("c", "d", "e", seed=3), metadata={"boat": "Petrel"})
    assert (batch["status"], batch["metadata"]) == ("validating", {"boat": "Petrel"})
    found = done(local, batch)
    assert found["status"] == "completed"
    assert found["request_counts"] == {"total": 5, "completed": 2, "failed": 3}
    assert found["usage"]["total_tokens"] == 14
    assert all(found[f"{each}_at"] for each in ("in_progress", "finalizing", "completed"))
    assert found["expires_at"] == found["created_at"] + 86400
    output, errors = content(local, found["output_file_id"]), content(local, found["error_file_id"])
    assert [each["custom_id"] for each in output] == ["a", "e"]
    texts = [each["response"]["body"]["choices"][0]["message"]["content"] for each in output]
    assert texts == ["one", "usual"]
    assert [(each["custom_id"], (each["response"] or {}).get("status_code")) for each in errors] == (
        [("b", 400), ("c", None), ("d", 500)]
    )
    assert errors[0]["response"]["body"] == refusal
    assert "did not answer" in errors[1]["error"]["message"]
    assert errors[2]["response"]["body"] == "oh"
    assert {each.json()["model"] for each in model.requests} == {"smollm2-135m-instruct"}
    assert [each.json().get("seed") for each in model.requests] == [None, None, 3, 3, 3]
    listed = local.get("/batches").json()
    assert ([each["id"] for each in listed["data"]], listed["has_more"]) == ([batch["id"]], False)
    assert error(local.post(f"/batches/{batch['id']}/cancel")) == (
        409,
        "Cannot cancel a batch with status 'completed'.",
    )
    assert local.get(f"/files/{found['output_file_id']}").json()["purpose"] == "batch_output"


INPUTS: dict[str, tuple[bytes, list[tuple[str, int | None]]]] = {
    "empty": (b"\n\n", [("empty_file", None)]),
    "not JSON": (b"{\n[1]\n", [("invalid_json_line", 1), ("invalid_json_line", 2)]),
    "twice": (lines("a", "b", "a"), [("duplicate_custom_id", 3)]),
    "no id": (lines(""), [("missing_required_parameter", 1)]),
    "another path": (lines("a") + lines("b", url="/v1/embeddings"), [("invalid_url", 2)]),
    "another method": (lines("a", method="GET"), [("invalid_method", 1)]),
    "a stream": (lines("a", stream=True), [("invalid_request", 1)]),
}


@pytest.mark.parametrize("name", INPUTS)
def test_an_input_file_that_is_refused(local: httpx2.Client, model: StandIn, name: str) -> None:
    data, expected = INPUTS[name]
    found = done(local, create(local, data))
    assert found["status"] == "failed"
    assert found["failed_at"]
    assert [(each["code"], each["line"]) for each in found["errors"]["data"]] == expected
    assert (found["output_file_id"], model.requests) == (None, [])


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (lines("a", pad="x" * 500) + b"{\n", [("invalid_json_line", 1)]),
        (b"{\n" + b"x" * 2000, [("invalid_json_line", 1), ("invalid_json_line", 2)]),
        (lines(*"abc") + b"{\n", [("too_many_tasks", None)]),
    ],
    ids=["a long line", "one without an end", "too many lines"],
)
def test_an_input_file_is_read_no_further_than_allowed(
    local: httpx2.Client, model: StandIn, monkeypatch: pytest.MonkeyPatch, data: bytes, expected: Any
) -> None:
    monkeypatch.setattr(batch_runner, "LONGEST_LINE", 400)
    monkeypatch.setattr(batch_runner, "MAX_REQUESTS", 2)
    found = done(local, create(local, data))
    assert [(each["code"], each["line"]) for each in found["errors"]["data"]] == expected
    assert (found["status"], model.requests) == ("failed", [])


def test_a_directory_that_is_gone(local: httpx2.Client, model: StandIn, directory: Path) -> None:
    gate = Gate()
    model.enqueue(held(gate))
    running, waiting = create(local, lines("a")), create(local, lines("b"))
    model.exchange(0)
    kept = directory / "batches"
    kept.rename(directory / "away")
    gate.open()
    for each in (running, waiting):
        found = done(local, each)
        assert found["status"] == "failed"
        assert "No such file" in found["errors"]["data"][0]["message"]
    (directory / "away").rename(kept)
    assert {each["status"] for each in local.get("/batches").json()["data"]} == {"failed"}
    assert done(local, create(local, lines("c")))["status"] == "completed"


def test_a_restart(model: StandIn, directory: Path) -> None:
    """What was done is done; a result that was not written to its end is made again."""
    gate = Gate()
    model.enqueue(reply("one"), answers.json({}, status=404), held(gate))
    with Local(model, directory) as local:
        batch = create(local, lines(*"abcd"))
        model.exchange(2)
        (record,) = (directory / "batches").glob("*.json")
        output = directory / "files" / loads(record.read_bytes())["output"]
    with output.open("ab") as file:
        file.write(b'{"id":"batch_req_')
    with Local(model, directory) as local:
        found = done(local, batch)
        assert (found["id"], found["status"]) == (batch["id"], "completed")
        assert found["request_counts"] == {"total": 4, "completed": 3, "failed": 1}
        assert found["usage"]["total_tokens"] == 21
        assert [each["custom_id"] for each in content(local, found["output_file_id"])] == ["a", "c", "d"]
        assert [each["custom_id"] for each in content(local, found["error_file_id"])] == ["b"]
        assert done(local, batch) == found
    gate.open()
    assert len(model.requests) == 5  # the third twice


def test_a_restart_without_the_input_file(model: StandIn, directory: Path) -> None:
    model.enqueue(reply("one"), held(Gate()))
    with Local(model, directory) as local:
        batch = create(local, lines("a", "b"))
        model.exchange(1)
        local.delete(f"/files/{batch['input_file_id']}")
    with Local(model, directory) as local:
        found = done(local, batch)
        assert found["status"] == "failed"
        assert "No such file" in found["errors"]["data"][0]["message"]
        assert [each["custom_id"] for each in content(local, found["output_file_id"])] == ["a"]
        assert done(local, create(local, lines("c")))["status"] == "completed"  # others go on


def test_cancel(local: httpx2.Client, model: StandIn) -> None:
    model.enqueue(reply("one"), held(Gate()))
    running, waiting = create(local, lines(*"abc")), create(local, lines("d"))
    asked = model.exchange(1)
    for batch in (waiting, running):
        assert local.post(f"/batches/{batch['id']}/cancel").json()["status"] == "cancelling"
    asked.closed.result(LIMIT)
    found = done(local, running)
    assert (found["status"], found["request_counts"]["completed"]) == ("cancelled", 1)
    assert all(found[f"{each}_at"] for each in ("cancelling", "cancelled"))
    assert [each["custom_id"] for each in content(local, found["output_file_id"])] == ["a"]
    found = done(local, waiting)
    assert (found["status"], found["output_file_id"], found["error_file_id"]) == ("cancelled", None, None)
    assert len(model.requests) == 2


def test_a_batch_that_expires(local: httpx2.Client, model: StandIn, clock: Clock) -> None:
    gate = Gate()
    model.enqueue(held(gate, "one"))
    batch = create(local, lines(*"abc"), output_expires_after={"anchor": "created_at", "seconds": 7200})
    model.exchange(0)
    clock.now += 86400
    gate.open()
    found = done(local, batch)
    assert (found["status"], found["expired_at"]) == ("expired", clock.now)
    assert [each["custom_id"] for each in content(local, found["output_file_id"])] == ["a"]
    errors = content(local, found["error_file_id"])
    assert [(each["custom_id"], each["error"]["code"]) for each in errors] == [(c, "batch_expired") for c in "bc"]
    assert local.get(f"/files/{found['output_file_id']}").json()["expires_at"] == clock.now + 7200


def test_one_server_a_directory(local: httpx2.Client, model: StandIn, directory: Path, tmp_path: Path) -> None:
    upload(local)
    with Local(model, directory) as another:
        status, message = error(another.get("/files"))
        assert (status, "local_directory" in message) == (409, True)
        assert another.post("/chat/completions", json={}).status_code == 200  # the model answers all the same
    (tmp_path / "a file").write_bytes(b"")
    with Local(model, tmp_path / "a file" / "kept") as another:
        status, message = error(another.post("/files", files={"file": b"x"}))
        assert (status, "can't keep files" in message) == (409, True)


def test_calls_go_first(local: httpx2.Client, model: StandIn, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(batch_runner, "PATIENCE", LIMIT)
    gate = Gate()
    model.enqueue(held(gate, "first"))
    found: list[Any] = []
    call = threading.Thread(target=lambda: found.append(local.post("/chat/completions", json={"a": 1}).json()))
    call.start()
    model.exchange(0)
    batch = create(local, lines("a"))
    while local.get(f"/batches/{batch['id']}").json()["status"] != "in_progress":
        pass
    assert len(model.requests) == 1
    gate.open()
    call.join(LIMIT)
    assert done(local, batch)["status"] == "completed"
    assert model.requests[0].json() == {"a": 1}
    assert found[0]["choices"][0]["message"]["content"] == "first"
    # Not for ever.
    monkeypatch.setattr(batch_runner, "PATIENCE", 0.0)
    gate = Gate()
    model.enqueue(held(gate))
    call = threading.Thread(target=lambda: local.post("/chat/completions", json={}))
    call.start()
    model.exchange(2)
    assert done(local, create(local, lines("b")))["status"] == "completed"
    gate.open()
    call.join(LIMIT)


def test_the_model_is_passed_through(local: httpx2.Client, model: StandIn) -> None:
    gate = Gate()
    model.enqueue(
        answers.json({"error": {"message": "no"}}, status=418, headers={"x-a": "b"}),
        answers.stream([b"data: 1\n\n", b"data: 2\n\n"], gates={1: gate}),
        answers.reset(),
        held(Gate()),
    )
    found = local.get("/models", params={"a": "b c"}, headers={"x-c": "d"})
    assert (found.status_code, found.headers["x-a"], found.json()) == (418, "b", {"error": {"message": "no"}})
    asked = model.requests[0]
    assert (asked.method, asked.path, dict(asked.query), dict(asked.headers)["x-c"]) == (
        "GET",
        "/v1/models",
        {"a": "b c"},
        "d",
    )
    with local.stream("POST", "/chat/completions", json={"stream": True}) as stream:
        chunks = stream.iter_raw()
        assert re.match(r"text/event-stream", stream.headers["content-type"])
        assert next(chunks) == b"data: 1\n\n"
        gate.open()
        assert next(chunks) == b"data: 2\n\n"
    status, message = error(local.post("/chat/completions", json={}))
    assert (status, "did not answer" in message) == (502, True)
    # A caller who has gone does not hold the model.
    caller = HTTPConnection("127.0.0.1", local.base_url.port, timeout=LIMIT)
    caller.request("POST", CHAT, b"{}")
    asked_by_caller = model.exchange(3)
    caller.close()
    asked_by_caller.closed.result(LIMIT)
