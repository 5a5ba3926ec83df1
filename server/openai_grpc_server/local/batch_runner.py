"""Runner of the local engine's batches.

A batch runs on the chat model, one request after the other, each once no other call is being answered or it has waited
for `PATIENCE`. What is done is on disk: a batch goes on after a restart with the request that it was at.
"""

import asyncio
import contextlib
import logging
import secrets
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson
from aiohttp import ClientError, ClientSession, ClientTimeout, web

from openai_grpc_server.local.engine import CHAT_MODEL
from openai_grpc_server.local.store import Store

MAX_REQUESTS: Final = 50_000
LONGEST_LINE: Final = 16 * 1024 * 1024  # bytes of a request
MAX_ERRORS: Final = 100  # of an input file that are told
PATIENCE: Final = 5.0  # seconds that a request of a batch waits for other calls to be answered
LONGEST_REQUEST: Final = 600.0  # seconds
_LOG = logging.getLogger(__name__)


class Activity:
    """Calls of the model that are being answered."""

    def __init__(self) -> None:
        self._calls = 0
        self._quiet = asyncio.Event()
        self._quiet.set()

    @contextlib.contextmanager
    def call(self) -> Iterator[None]:
        """Counts a call."""
        self._calls += 1
        self._quiet.clear()
        try:
            yield
        finally:
            self._calls -= 1
            if not self._calls:
                self._quiet.set()

    async def quiet(self) -> None:
        """Waits until no call is being answered, for `PATIENCE` at most."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._quiet.wait()


class Runner:
    """Runs batches one after the other.

    Args:
        store: Where they are.
        url: The base URL of the model.
        session: Sends requests.
        activity: Calls that go first.
    """

    def __init__(self, store: Store, url: str, session: ClientSession, activity: Activity) -> None:
        self._store = store
        self._url = url
        self._session = session
        self._activity = activity
        self._waiting: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        self._unfinished: dict[str, dict[str, Any]] = {}
        self._cancelled: dict[str, asyncio.Event] = {}

    def add(self, record: dict[str, Any]) -> None:
        """Adds a batch."""
        self._unfinished[record["batch"]["id"]] = record
        self._cancelled[record["batch"]["id"]] = asyncio.Event()
        self._waiting.put_nowait(record)

    def find(self, batch_id: str) -> dict[str, Any] | None:
        """Returns a batch that is not done, or whose end can't be written."""
        return self._unfinished.get(batch_id)

    def cancel(self, record: dict[str, Any]) -> None:
        """Cancels a batch, also while the disk takes no note of it."""
        self._cancelled[record["batch"]["id"]].set()
        self._become(record, "cancelling")

    async def run(self) -> None:
        """Runs batches until it is cancelled."""
        while True:
            record = await self._waiting.get()
            batch = record["batch"]
            try:
                await self._serve(record)
            except Exception as error:  # noqa: BLE001 - a batch that can't go on must not hold up the others
                why = error.strerror if isinstance(error, OSError) else type(error).__name__
                told = f"The batch can't go on: {why}"
                with contextlib.suppress(OSError):
                    self._add_results(record)
                try:
                    self._fail(record, [{"code": "server_error", "message": told, "param": None, "line": None}])
                except OSError as unwritten:
                    _LOG.warning("the end of batch %s can't be written: %s", batch["id"], unwritten.strerror)
                    continue  # it is told from memory
            finally:
                self._cancelled.pop(batch["id"], None)
            self._unfinished.pop(batch["id"], None)

    def _become(self, record: dict[str, Any], status: str) -> None:
        batch = record["batch"]
        batch["status"] = status
        batch.setdefault(f"{status}_at", None)
        batch[f"{status}_at"] = batch[f"{status}_at"] or int(time.time())
        self._store.put(record)

    def _fail(self, record: dict[str, Any], errors: list[dict[str, Any]]) -> None:
        record["batch"]["errors"] = {"object": "list", "data": errors}
        self._become(record, "failed")

    async def _serve(self, record: dict[str, Any]) -> None:
        batch = record["batch"]
        path = self._store.content(batch["input_file_id"])
        if batch["status"] == "validating":
            total, errors = await asyncio.to_thread(validate, path, batch["endpoint"])
            if errors:
                self._fail(record, errors)
                return
            batch["request_counts"]["total"] = total
            if batch["status"] == "validating":  # it may have been cancelled meanwhile
                self._become(record, "in_progress")
        output, errors_path = (self._store.content(record[each]) for each in ("output", "errors"))
        done, usage = await asyncio.to_thread(recover, output, errors_path)
        batch["request_counts"]["completed"], batch["request_counts"]["failed"] = done
        batch["usage"] = usage
        status = "completed"
        with path.open("rb") as requests, output.open("ab") as results, errors_path.open("ab") as failures:
            for number, line in enumerate(filter(bytes.strip, requests)):
                if number < sum(done):
                    continue
                if batch["status"] == "cancelling":
                    break
                request = orjson.loads(line)
                if time.time() >= batch["expires_at"]:
                    status = "expired"
                    result = of(request, error={"code": "batch_expired", "message": "The batch has expired."})
                else:
                    asked = await self._ask(batch, request)
                    if asked is None:
                        break
                    result = asked
                reply = result["response"]
                good = reply is not None and reply["status_code"] == web.HTTPOk.status_code
                file = results if good else failures
                file.write(orjson.dumps(result) + b"\n")
                file.flush()
                batch["request_counts"]["completed" if good else "failed"] += 1
                if good:
                    add_usage(usage, reply["body"])
                self._store.put(record)
        self._finish(record, "cancelled" if batch["status"] == "cancelling" else status)

    def _finish(self, record: dict[str, Any], status: str) -> None:
        if status != "cancelled":
            self._become(record, "finalizing")
        self._add_results(record)
        self._become(record, status)

    def _add_results(self, record: dict[str, Any]) -> None:
        """Makes the results so far files."""
        batch = record["batch"]
        for key, kind in (("output", "output"), ("errors", "error")):
            path = self._store.content(record[key])
            if path.exists() and path.stat().st_size:
                self._store.add(record[key], f"{batch['id']}_{kind}.jsonl", "batch_output", record["lifetime"])
                batch[f"{kind}_file_id"] = record[key]
            else:
                self._store.delete(record[key])

    async def _ask(self, batch: dict[str, Any], request: dict[str, Any]) -> dict[str, Any] | None:
        """Returns the result of a request; None: the batch was cancelled meanwhile."""
        cancelled = asyncio.create_task(self._cancelled[batch["id"]].wait())
        asking = asyncio.create_task(self._post(batch["endpoint"], request))
        try:
            await asyncio.wait({cancelled, asking}, return_when=asyncio.FIRST_COMPLETED)
            return asking.result() if asking.done() else None
        finally:
            for task in (cancelled, asking):
                task.cancel()
            await asyncio.gather(cancelled, asking, return_exceptions=True)

    async def _post(self, endpoint: str, request: dict[str, Any]) -> dict[str, Any]:
        await self._activity.quiet()
        body = orjson.dumps({**request["body"], "model": CHAT_MODEL})
        url = f"{self._url}{endpoint.removeprefix('/v1')}"
        try:
            async with self._session.post(
                url,
                data=body,
                headers={"content-type": "application/json"},
                timeout=ClientTimeout(total=LONGEST_REQUEST),
            ) as reply:
                data = await reply.read()
        except (ClientError, TimeoutError) as error:
            told = f"The local model did not answer: {type(error).__name__}"
            return of(request, error={"code": "server_error", "message": told})
        try:
            value = orjson.loads(data)
        except orjson.JSONDecodeError:
            value = data.decode("utf-8", "replace")
        reply_of = {"status_code": reply.status, "request_id": f"req_{secrets.token_hex(12)}", "body": value}
        return of(request, response=reply_of)


def validate(path: Path, endpoint: str) -> tuple[int, list[dict[str, Any]]]:
    """Checks an input file; returns the number of its requests, and its errors.

    It is read up to a line that is too long, or to the first request beyond `MAX_REQUESTS`.

    Args:
        path: The file.
        endpoint: The endpoint of the batch.

    Raises:
        OSError: It can't be read.
    """
    known: set[str] = set()
    errors: list[dict[str, Any]] = []
    total = 0
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_LINE + 1), b""), 1):
            if len(line) > LONGEST_LINE:
                told = f"This line is longer than {LONGEST_LINE} bytes."
                errors.append({"code": "invalid_json_line", "message": told, "param": None, "line": number})
                break
            if not line.strip():
                continue
            total += 1
            if total > MAX_REQUESTS:
                told = f"The input file has more than {MAX_REQUESTS} requests."
                errors.append({"code": "too_many_tasks", "message": told, "param": None, "line": None})
                break
            problem = problem_of(line, endpoint, known)
            if problem is not None and len(errors) < MAX_ERRORS:
                code, message, param = problem
                errors.append({"code": code, "message": message, "param": param, "line": number})
    if not total and not errors:
        errors.append({"code": "empty_file", "message": "The input file is empty.", "param": None, "line": None})
    return total, errors


def problem_of(line: bytes, endpoint: str, known: set[str]) -> tuple[str, str, str | None] | None:
    """Returns the problem of a line of an input file: code, message, field; None without a problem.

    Args:
        line: The line.
        endpoint: The endpoint of the batch.
        known: The `custom_id`s of the lines before; gets that of this one.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        return "invalid_json_line", "This line is not parseable as a JSON object.", None
    custom_id, body = value.get("custom_id"), value.get("body")
    named = isinstance(custom_id, str) and bool(custom_id)
    missing, invalid = "missing_required_parameter", "invalid_request"
    checks = (
        (named, missing, "Missing required parameter: 'custom_id'.", "custom_id"),
        (str(custom_id) not in known, "duplicate_custom_id", "The custom_id is not unique.", "custom_id"),
        (value.get("method") == "POST", "invalid_method", "The method must be 'POST'.", "method"),
        (value.get("url") == endpoint, "invalid_url", f"The url must be the batch's, {endpoint!r}.", "url"),
        (isinstance(body, dict), missing, "Missing required parameter: 'body'.", "body"),
        (not (isinstance(body, dict) and body.get("stream")), invalid, "A batch can't stream.", "body.stream"),
    )
    known.add(str(custom_id))
    return next(((code, message, param) for good, code, message, param in checks if not good), None)


def recover(output: Path, errors: Path) -> tuple[list[int], dict[str, Any]]:
    """Reads the results so far of a batch; returns their numbers in each file, and their usage.

    The last line of a file is dropped if it was not written to its end.
    """
    counts = []
    usage = new_usage()
    for path in (output, errors):
        found = 0
        with path.open("a+b") as file:
            file.seek(0)
            end = 0
            for line in file:
                if not line.endswith(b"\n"):
                    break
                end += len(line)
                found += 1
                if path is output:
                    add_usage(usage, orjson.loads(line)["response"]["body"])
            file.truncate(end)
        counts.append(found)
    return counts, usage


def new_usage() -> dict[str, Any]:
    """Returns the usage of a batch of which nothing is done."""
    return {
        "input_tokens": 0,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 0,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 0,
    }


def add_usage(usage: dict[str, Any], body: Any) -> None:
    """Adds the usage of a reply to that of its batch."""
    told = body.get("usage") if isinstance(body, dict) else None
    if not isinstance(told, dict):
        return
    given, made = told.get("prompt_tokens") or 0, told.get("completion_tokens") or 0
    usage["input_tokens"] += given
    usage["output_tokens"] += made
    usage["total_tokens"] += given + made


def of(request: dict[str, Any], *, response: Any = None, error: Any = None) -> dict[str, Any]:
    """Returns the result of a request, as a line of a file has it."""
    made = f"batch_req_{secrets.token_hex(12)}"
    return {"id": made, "custom_id": request["custom_id"], "response": response, "error": error}
