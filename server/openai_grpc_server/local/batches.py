"""Files and batches of the local engine: a store on disk, the runner of batches, and their REST routes.

A batch runs on the chat model, one request after the other, each once no other call is being answered or it has waited
for `PATIENCE`. What is done is on disk: a batch goes on after a restart with the request that it was at. The directory
is made when it is first needed; one process at a time uses it.
"""

import asyncio
import contextlib
import logging
import os
import re
import secrets
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson
from aiohttp import BodyPartReader, ClientError, ClientSession, ClientTimeout, web
from aiohttp.http import HttpProcessingError

from openai_grpc_server.local.engine import CHAT_MODEL

try:
    import fcntl
except ImportError:  # without it, that only one process uses the directory is the operator's to see to
    fcntl = None  # type: ignore[assignment]  # as above

ENDPOINTS: Final = ("/v1/chat/completions", "/v1/completions", "/v1/embeddings")
LARGEST_FILE: Final = 512 * 1024 * 1024
MAX_REQUESTS: Final = 50_000
LONGEST_LINE: Final = 16 * 1024 * 1024  # bytes of a request
MAX_ERRORS: Final = 100  # of an input file that are told
PATIENCE: Final = 5.0  # seconds that a request of a batch waits for other calls to be answered
LONGEST_REQUEST: Final = 600.0  # seconds
WINDOW: Final = 24 * 3600  # seconds until a batch expires
BATCH_FILES: Final = 30 * 24 * 3600  # seconds until an input file expires
UNFINISHED: Final = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
_ID = re.compile(r"(file-|batch_)[0-9a-f]{24}", re.ASCII)
_CHUNK = 64 * 1024
_MAX_FIELD = 64 * 1024  # bytes of a field of a form
_MOST_LISTED = 10_000
_MOST_DIGITS = 20  # more than any number here has; Python refuses to read thousands
_LOG = logging.getLogger(__name__)


class RefusedError(Exception):
    """A refused request, with the fields of OpenAI's error object.

    Args:
        message: The problem.
        param: The field at fault, if any.
        status: The HTTP status.
        code: The code, if any.
    """

    def __init__(self, message: str, *, param: str | None = None, status: int = 400, code: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.error = {"message": message, "type": "invalid_request_error", "param": param, "code": code}


class Store:
    """Files and batches in a directory.

    A file is its content, `files/ID`, and its facts, `files/ID.json`; a batch is `batches/ID.json`, with the ids of the
    files that its results go to: these have no facts before it is done.

    Args:
        directory: The directory.
    """

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._files = directory / "files"
        self._batches = directory / "batches"
        self._lock: BinaryIO | None = None

    def exists(self) -> bool:
        """Returns whether there is a directory."""
        return self._batches.is_dir()

    def open(self) -> bool:
        """Takes the directory, which is made if need be; returns whether it was not taken before.

        Raises:
            RefusedError: It can't be written, or another process has it.
        """
        if self._lock is not None:
            return False
        try:
            for each in (self._files, self._batches):
                each.mkdir(0o700, parents=True, exist_ok=True)
            lock = (self._directory / "lock").open("wb")
        except OSError as error:
            told = f"The local model can't keep files in {self._directory}: {error.strerror}"
            raise RefusedError(f"{told}; set server.local_directory", status=409) from error
        try:
            if fcntl is not None:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            lock.close()
            told = f"Another gateway keeps its files in {self._directory}: set server.local_directory to another one"
            raise RefusedError(told, status=409) from error
        self._lock = lock
        return True

    def close(self) -> None:
        """Leaves the directory to others."""
        if self._lock is not None:
            self._lock.close()

    def content(self, file_id: str) -> Path:
        """Returns the path of a file's content."""
        return self._files / file_id

    def add(self, file_id: str, filename: str, purpose: str, lifetime: int | None) -> dict[str, Any]:
        """Adds a file whose content is there; returns its facts."""
        now = int(time.time())
        facts = {
            "id": file_id,
            "object": "file",
            "bytes": self.content(file_id).stat().st_size,
            "created_at": now,
            "expires_at": None if lifetime is None else now + lifetime,
            "filename": filename,
            "purpose": purpose,
            "status": "processed",
            "status_details": None,
        }
        _write(self._files / f"{file_id}.json", facts)
        return facts

    def file(self, file_id: str) -> dict[str, Any]:
        """Returns the facts of a file.

        Raises:
            RefusedError: There is none, or it has expired.
        """
        facts = _read(self._files / f"{file_id}.json") if _ID.fullmatch(file_id) else None
        if facts is None:
            raise RefusedError(f"No such File object: {file_id[:64]}", param="id", status=404, code="not_found")
        if facts["expires_at"] is not None and facts["expires_at"] <= time.time():
            self.delete(file_id)
            raise RefusedError(f"The file {file_id} has expired", param="id", status=404, code="not_found")
        return facts

    def files(self) -> Iterator[dict[str, Any]]:
        """Yields the facts of the files, the oldest first; without expired ones."""
        for path in sorted(self._files.glob("*.json")):
            with contextlib.suppress(RefusedError):
                yield self.file(path.stem)

    def delete(self, file_id: str) -> None:
        """Deletes a file."""
        (self._files / f"{file_id}.json").unlink(missing_ok=True)
        self.content(file_id).unlink(missing_ok=True)

    def put(self, record: dict[str, Any]) -> None:
        """Writes a batch."""
        _write(self._batches / f"{record['batch']['id']}.json", record)

    def batch(self, batch_id: str) -> dict[str, Any]:
        """Returns a batch.

        Raises:
            RefusedError: There is none.
        """
        record = _read(self._batches / f"{batch_id}.json") if _ID.fullmatch(batch_id) else None
        if record is None:
            raise RefusedError(
                f"No batch found with id '{batch_id[:64]}'", param="batch_id", status=404, code="not_found"
            )
        return record

    def batches(self) -> list[dict[str, Any]]:
        """Returns the batches, the oldest first."""
        found = (_read(path) for path in sorted(self._batches.glob("*.json")))
        return [each for each in found if each is not None]


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


class Api:
    """REST routes of files and batches.

    Args:
        store: Keeps them.
        runner: Runs batches.
    """

    def __init__(self, store: Store, runner: Runner) -> None:
        self._store = store
        self._runner = runner

    def add_to(self, router: web.UrlDispatcher) -> None:
        """Adds the routes."""
        router.add_post("/v1/files", self._upload)
        router.add_get("/v1/files", self._list_files)
        router.add_get("/v1/files/{id}", self._get_file)
        router.add_delete("/v1/files/{id}", self._delete_file)
        router.add_get("/v1/files/{id}/content", self._download)
        router.add_post("/v1/batches", self._create)
        router.add_get("/v1/batches", self._list_batches)
        router.add_get("/v1/batches/{id}", self._get_batch)
        router.add_post("/v1/batches/{id}/cancel", self._cancel)

    def resume(self) -> None:
        """Goes on with batches that are not done, if there is a store and nobody else has it."""
        if self._store.exists():
            with contextlib.suppress(RefusedError):
                self._open()

    def _open(self) -> Store:
        if self._store.open():
            for record in self._store.batches():
                if record["batch"]["status"] in UNFINISHED:
                    self._runner.add(record)
        return self._store

    async def _upload(self, request: web.Request) -> web.Response:
        store, file_id = self._open(), new_id("file-")
        path = store.content(file_id)
        try:
            with path.open("wb") as file:
                fields, filename = await read_form(request, file)
            lifetime = lifetime_of(fields.get("expires_after[anchor]"), fields.get("expires_after[seconds]"))
            if lifetime is None and fields["purpose"] == "batch":
                lifetime = BATCH_FILES
            return answer(store.add(file_id, filename, fields["purpose"], lifetime))
        except BaseException:
            path.unlink(missing_ok=True)
            raise

    async def _list_files(self, request: web.Request) -> web.Response:
        purpose, order = request.query.get("purpose"), request.query.get("order", "desc")
        found = [each for each in self._open().files() if purpose in {None, each["purpose"]}]
        return answer(page(found if order == "asc" else found[::-1], request, _MOST_LISTED))

    async def _get_file(self, request: web.Request) -> web.Response:
        return answer(self._open().file(request.match_info["id"]))

    async def _delete_file(self, request: web.Request) -> web.Response:
        file = self._open().file(request.match_info["id"])
        self._store.delete(file["id"])
        return answer({"id": file["id"], "object": "file", "deleted": True})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        file = self._open().file(request.match_info["id"])
        headers = {"content-type": "application/octet-stream"}
        return web.FileResponse(self._store.content(file["id"]), headers=headers)

    async def _create(self, request: web.Request) -> web.Response:
        asked = await read_json(request)
        store = self._open()
        endpoint, window = asked.get("endpoint"), asked.get("completion_window")
        if endpoint not in ENDPOINTS:
            raise RefusedError(f"The local model runs batches of {', '.join(ENDPOINTS)} only", param="endpoint")
        if window != "24h":
            raise RefusedError("'completion_window' must be '24h'", param="completion_window")
        metadata = asked.get("metadata")
        texts = isinstance(metadata, dict) and all(isinstance(each, str) for each in metadata.values())
        if metadata is not None and not texts:
            raise RefusedError("'metadata' must be an object of strings", param="metadata")
        expires = asked.get("output_expires_after")
        expires = expires if isinstance(expires, dict) else {}
        lifetime = lifetime_of(expires.get("anchor"), expires.get("seconds"))
        file = store.file(str(asked.get("input_file_id")))
        if file["purpose"] != "batch":
            raise RefusedError("The input file must have the purpose 'batch'", param="input_file_id")
        now = int(time.time())
        moments = ("in_progress", "finalizing", "completed", "failed", "expired", "cancelling", "cancelled")
        batch = {
            "id": new_id("batch_"),
            "object": "batch",
            "endpoint": endpoint,
            "model": CHAT_MODEL,
            "errors": None,
            "input_file_id": file["id"],
            "completion_window": window,
            "status": "validating",
            "output_file_id": None,
            "error_file_id": None,
            "created_at": now,
            "expires_at": now + WINDOW,
            **{f"{each}_at": None for each in moments},
            "request_counts": {"total": 0, "completed": 0, "failed": 0},
            "usage": None,
            "metadata": metadata,
        }
        record = {"batch": batch, "output": new_id("file-"), "errors": new_id("file-"), "lifetime": lifetime}
        store.put(record)
        self._runner.add(record)
        return answer(batch)

    def _batch(self, request: web.Request) -> dict[str, Any]:
        store, batch_id = self._open(), request.match_info["id"]
        return self._runner.find(batch_id) or store.batch(batch_id)

    async def _list_batches(self, request: web.Request) -> web.Response:
        kept = self._open().batches()
        found = [(self._runner.find(each["batch"]["id"]) or each)["batch"] for each in kept]
        return answer(page(found[::-1], request, 100, usual=20))

    async def _get_batch(self, request: web.Request) -> web.Response:
        return answer(self._batch(request)["batch"])

    async def _cancel(self, request: web.Request) -> web.Response:
        record = self._batch(request)
        status = record["batch"]["status"]
        if status not in UNFINISHED or status == "finalizing":
            raise RefusedError(f"Cannot cancel a batch with status '{status}'.", status=409)
        self._runner.cancel(record)
        return answer(record["batch"])


@contextlib.asynccontextmanager
async def serving(directory: Path, url: str, session: ClientSession, activity: Activity) -> AsyncIterator[Api]:
    """Serves files and batches; ends with what it runs.

    Args:
        directory: Where they are kept.
        url: The base URL of the model.
        session: Sends requests to it.
        activity: Calls that go before requests of batches.
    """
    store = Store(directory)
    runner = Runner(store, url, session, activity)
    api = Api(store, runner)
    running = asyncio.create_task(runner.run())
    api.resume()
    try:
        yield api
    finally:
        running.cancel()
        await asyncio.wait({running})
        store.close()


def default_directory() -> Path:
    """Returns the directory of the XDG specification for data of this program."""
    given = Path(os.environ.get("XDG_DATA_HOME", ""))
    if given.is_absolute():
        return given / "openai-grpc"
    try:
        home = Path.home()
    except RuntimeError:  # the user has none
        home = Path(tempfile.gettempdir())
    return home / ".local/share/openai-grpc"


def new_id(prefix: str) -> str:
    """Returns an id; ids sort by time."""
    return f"{prefix}{time.time_ns():016x}{secrets.token_hex(4)}"


def answer(value: dict[str, Any], status: int = 200) -> web.Response:
    """Returns a JSON reply."""
    return web.Response(status=status, body=orjson.dumps(value), content_type="application/json")


def page(found: list[dict[str, Any]], request: web.Request, most: int, usual: int | None = None) -> dict[str, Any]:
    """Returns a page of a list.

    Raises:
        RefusedError: The query is invalid.
    """
    after, given = request.query.get("after"), request.query.get("limit", str(usual or most))
    limit = int(given) if is_number(given) else 0
    if not 1 <= limit <= most:
        raise RefusedError(f"invalid limit {given[:16]}: must be 1 to {most}", param="limit")
    if after is not None:
        ids = [each["id"] for each in found]
        if after not in ids:
            raise RefusedError(f"There is no object with the id {after[:64]!r}", param="after")
        found = found[ids.index(after) + 1 :]
    shown = found[:limit]
    ends = {"first_id": shown[0]["id"] if shown else None, "last_id": shown[-1]["id"] if shown else None}
    return {"object": "list", "data": shown, **ends, "has_more": len(found) > limit}


async def read_json(request: web.Request) -> dict[str, Any]:
    """Reads the body of a request.

    Raises:
        RefusedError: It is not a JSON object.
    """
    try:
        value = orjson.loads(await request.read())
    except orjson.JSONDecodeError:
        value = None
    if not isinstance(value, dict):
        raise RefusedError("The body must be a JSON object")
    return value


async def read_form(request: web.Request, file: BinaryIO) -> tuple[dict[str, str], str]:
    """Reads a form; the upload goes to `file` as it arrives.

    Returns:
        The fields, and the name of the upload.

    Raises:
        RefusedError: It is not the form of an upload.
    """
    if request.content_type != "multipart/form-data":
        raise RefusedError("The body must be multipart/form-data")
    fields: dict[str, str] = {}
    filename: str | None = None
    try:
        async for part in await request.multipart():
            if not isinstance(part, BodyPartReader):
                raise RefusedError("A part of the form is itself multipart")
            if part.name == "file":
                filename = part.filename or "upload"
                await save(part, file)
            elif part.name:
                fields[part.name] = await text_of(part)
    except (ValueError, HttpProcessingError) as error:
        raise RefusedError("The multipart body is malformed") from error
    if filename is None:
        raise RefusedError("'file' is a required property", param="file")
    if not fields.get("purpose"):
        raise RefusedError("'purpose' is a required property", param="purpose")
    return fields, filename


async def save(part: BodyPartReader, file: BinaryIO) -> None:
    """Writes an upload to a file.

    Raises:
        RefusedError: It is too large.
    """
    while chunk := await part.read_chunk(_CHUNK):
        file.write(chunk)
        if file.tell() > LARGEST_FILE:
            raise RefusedError(f"The file is larger than {LARGEST_FILE} bytes", param="file", status=413)


async def text_of(part: BodyPartReader) -> str:
    """Reads a field of a form.

    Raises:
        RefusedError: It is too long.
    """
    text = bytearray()
    while chunk := await part.read_chunk(_CHUNK):
        text += chunk
        if len(text) > _MAX_FIELD:
            raise RefusedError("The field is too long", param=part.name)
    return text.decode()


def lifetime_of(anchor: object, seconds: object) -> int | None:
    """Returns the lifetime of a file in seconds; None: it has none.

    Raises:
        RefusedError: It is invalid.
    """
    if anchor is None and seconds is None:
        return None
    text = str(seconds)
    if anchor != "created_at" or not (is_number(text) and 3600 <= int(text) <= 30 * 24 * 3600):
        told = "invalid expires_after: must have the anchor created_at and 3600 to 2592000 seconds"
        raise RefusedError(told, param="expires_after")
    return int(text)


def is_number(text: str) -> bool:
    """Returns whether a text is a whole number of digits, few enough to be read."""
    return text.isascii() and text.isdecimal() and len(text) <= _MOST_DIGITS


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


def _write(path: Path, value: dict[str, Any]) -> None:
    """Writes a file of JSON; whoever reads it sees the old or the new one."""
    new = path.with_suffix(".new")
    new.write_bytes(orjson.dumps(value))
    new.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        value: dict[str, Any] = orjson.loads(path.read_bytes())
    except FileNotFoundError:
        return None
    return value
