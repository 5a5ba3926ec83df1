"""What the scripted upstream answers about stored objects: files, batches, videos, background responses, raw paths.

| route | answer |
|---|---|
| `POST /v1/files` | a file with the name, purpose and size that were sent; its id is `file-stored` |
| `GET /v1/files`, `/v1/batches`, `/v1/videos` | pages, as the other lists |
| `GET /v1/files/ID/content` | `CONTENT`, a range or 416 beyond it; of `file-breaks` at most `BREAK` bytes a request |
| `GET /v1/videos/video_1/content` | `CONTENT` |
| `POST /v1/videos` | a video whose prompt says the name and size of the image that was sent |
| `GET` of `JOBS` | the next state of the job; one that was done is queued again |
| `POST /v1/batches` | a batch whose `request_counts` has the lines of the last file for batches |
| `GET /v1/batches/batch_done` | a batch whose results are of `a`, `b` and `c`, which failed |
| `POST /v1/uploads`, `.../upload_1/complete` | the upload; in the end the ids of its parts are the file's name |
| `POST /v1/uploads/upload_1/parts` | a part whose id has its first byte and size; the first one breaks |
| `POST /v1/vector_stores` | the body and the query, as JSON |
| `GET /v1/vector_stores/vs_1/events` | `PIECES`, as events |
| `POST /v1/vector_stores/vs_1/body` | the type and the size of the body |
| `GET /v1/vector_stores/vs_1/content` | as of `file-breaks` |
"""

from __future__ import annotations

import json
import re
from itertools import cycle
from typing import TYPE_CHECKING, Any

from faults import answers

if TYPE_CHECKING:
    from faults.exchange import Answer, Exchange
    from faults.stand_in import StandIn

CONTENT = bytes(index * 7 % 251 for index in range(600_000))
BREAK = 250_000
ETAG = '"7"'
STATES = ("queued", "in_progress", "completed")
JOBS: dict[str, dict[str, Any]] = {
    "/v1/responses/resp_job": {"id": "resp_job", "object": "response", "output": []},
    "/v1/batches/batch_job": {"id": "batch_job", "object": "batch", "input_file_id": "file-stored"},
    "/v1/videos/video_job": {"id": "video_job", "object": "video"},
}
FILE = {"id": "file-stored", "object": "file", "created_at": 1700000000}


def result(name: str, text: str) -> dict[str, Any]:
    """A line of a file of results."""
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "finish_reason": "stop", "message": message}
    body = {"id": "c", "object": "chat.completion", "created": 1, "model": "m", "choices": [choice]}
    return {"id": f"line_{name}", "custom_id": name, "response": {"status_code": 200, "body": body}, "error": None}


FAILED = {"id": "line_c", "custom_id": "c", "response": None, "error": {"code": "batch_expired", "message": "Too late"}}
RESULTS = {"output": [result("a", "one"), result("b", "two")], "error": [FAILED]}
DONE = {
    "id": "batch_done",
    "object": "batch",
    "endpoint": "/v1/chat/completions",
    "input_file_id": "file-stored",
    "completion_window": "24h",
    "status": "completed",
    **{f"{kind}_file_id": f"file-{kind}" for kind in RESULTS},
}
UPLOAD = {"id": "upload_1", "object": "upload"}


def script_objects(upstream: StandIn, pieces: tuple[str, ...]) -> None:
    """Lets a stand-in answer as the module says."""
    stored = Stored()
    upstream.on("POST", "/v1/batches", stored.batch)
    upstream.on("GET", "/v1/batches/batch_done", answers.json(DONE))
    for kind, lines in RESULTS.items():
        text = "".join(f"{json.dumps(line)}\n" for line in lines)
        fields = [("content-type", "application/jsonl"), ("content-length", str(len(text)))]
        upstream.on("GET", f"/v1/files/file-{kind}/content", answers.raw(answers.head(200, fields) + text.encode()))
    upstream.on("POST", "/v1/uploads", stored.begin)
    upstream.on("POST", "/v1/uploads/upload_1/parts", stored.part)
    upstream.on("POST", "/v1/uploads/upload_1/complete", stored.complete)
    upstream.on("POST", "/v1/uploads/upload_1/cancel", answers.json({**UPLOAD, "status": "cancelled"}))
    upstream.on("POST", "/v1/files", stored.file)
    upstream.on("GET", "/v1/files/file-stored", answers.json(FILE))
    upstream.on("DELETE", "/v1/files/file-stored", answers.json({**FILE, "deleted": True}))
    for path in ("files/file-stored", "videos/video_1"):
        upstream.on("GET", f"/v1/{path}/content", content(len(CONTENT)))
    for path in ("files/file-breaks", "vector_stores/vs_1"):
        upstream.on("GET", f"/v1/{path}/content", content(BREAK))
    upstream.on("POST", "/v1/videos", video)
    for path, job in JOBS.items():
        upstream.on("GET", path, states(job))
    events = [{"piece": piece} for piece in pieces]
    upstream.on("POST", "/v1/vector_stores", echo)
    upstream.on("GET", "/v1/vector_stores/vs_1/events", answers.stream(answers.events(events)))
    upstream.on("POST", "/v1/vector_stores/vs_1/body", weigh)


def form_of(exchange: Exchange) -> tuple[dict[str, str], str, int]:
    """Returns the fields of a form, and the name and size of its file."""
    boundary = re.search(r"boundary=([^;]+)", exchange.request.header("content-type") or "")
    assert boundary is not None
    found, filename, size = {}, "", 0
    for part in bytes(exchange.request.body).split(b"--" + boundary[1].strip('"').encode())[1:-1]:
        head, _, data = part.partition(b"\r\n\r\n")
        names = dict(re.findall(r'(name|filename)="([^"]*)"', head.decode()))
        if "filename" in names:
            filename, size = names["filename"], len(data) - 2
        else:
            found[names["name"]] = data[:-2].decode()
    return found, filename, size


class Stored:
    """What is told of a file after it was sent."""

    def __init__(self) -> None:
        self._lines = 0
        self._is_broken = False

    async def file(self, exchange: Exchange) -> None:
        """The file that was sent."""
        await exchange.body()
        found, filename, size = form_of(exchange)
        if found["purpose"] == "batch":
            self._lines = bytes(exchange.request.body).count(b'"custom_id"')
        await answers.json({**FILE, "filename": filename, "bytes": size, "purpose": found["purpose"]})(exchange)

    async def batch(self, exchange: Exchange) -> None:
        """The batch of the last file."""
        await exchange.body()
        counts = {"total": self._lines, "completed": 0, "failed": 0}
        made = {**DONE, **exchange.request.json(), "status": "validating", "request_counts": counts}
        await answers.json(made)(exchange)

    async def begin(self, exchange: Exchange) -> None:
        """The upload that is begun."""
        await exchange.body()
        self._is_broken = False
        await answers.json({**UPLOAD, **exchange.request.json(), "status": "pending"})(exchange)

    async def part(self, exchange: Exchange) -> None:
        """The part that was sent."""
        await exchange.body()
        if not self._is_broken:
            self._is_broken = True
            exchange.close()
            return
        _, _, size = form_of(exchange)
        first = bytes(exchange.request.body).partition(b'filename="')[2].partition(b"\r\n\r\n")[2][0]
        await answers.json({"id": f"part_{first}_{size}", "object": "upload.part", "upload_id": "upload_1"})(exchange)

    async def complete(self, exchange: Exchange) -> None:
        """The upload with its file."""
        await exchange.body()
        file = {**FILE, "filename": " ".join(exchange.request.json()["part_ids"])}
        await answers.json({**UPLOAD, "status": "completed", "file": file})(exchange)


async def video(exchange: Exchange) -> None:
    """The job of a video; its prompt tells of the image."""
    await exchange.body()
    found, filename, size = form_of(exchange)
    prompt = f"{found['prompt']} {filename} {size}"
    await answers.json({"id": "video_job", "object": "video", "status": "queued", "prompt": prompt})(exchange)


def content(most: int) -> Answer:
    """The content, or the rest of it from the range that is asked for; after so many bytes the connection breaks."""

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        asked = re.fullmatch(r"bytes=(\d+)-(\d*)", exchange.request.header("range") or "")
        begin = int(asked[1]) if asked else 0
        if begin >= len(CONTENT):
            fields = [("content-length", "0"), ("content-range", f"bytes */{len(CONTENT)}")]
            await exchange.send(answers.head(416, fields))
            return
        end = min(int(asked[2]) + 1 if asked and asked[2] else len(CONTENT), len(CONTENT))
        fields = [("content-type", "video/mp4"), ("content-length", str(end - begin)), ("etag", ETAG)]
        if asked:
            fields.append(("content-range", f"bytes {begin}-{end - 1}/{len(CONTENT)}"))
        await exchange.send(answers.head(206 if asked else 200, fields))
        await exchange.send(CONTENT[begin : min(end, begin + most)])
        if end > begin + most:
            exchange.close()

    return answer


def states(job: dict[str, Any]) -> Answer:
    """The next state of a job."""
    following = cycle(STATES)

    async def answer(exchange: Exchange) -> None:
        await exchange.body()
        await answers.json({**job, "status": next(following)})(exchange)

    return answer


async def echo(exchange: Exchange) -> None:
    """The body and the query."""
    await exchange.body()
    value = {"id": "vs_1", "body": exchange.request.json(), "query": exchange.request.query}
    await answers.json(value)(exchange)


async def weigh(exchange: Exchange) -> None:
    """The type and the size of the body."""
    await exchange.body()
    size = len(exchange.request.body)
    await answers.json({"type": exchange.request.header("content-type"), "bytes": size})(exchange)
