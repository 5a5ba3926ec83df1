"""REST routes of the local engine's files and batches."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import orjson
from aiohttp import BodyPartReader, ClientSession, web
from aiohttp.http import HttpProcessingError

from openai_grpc_server.local.batch_runner import Activity, Runner
from openai_grpc_server.local.engine import CHAT_MODEL
from openai_grpc_server.local.store import RefusedError, Store, new_id

ENDPOINTS: Final = ("/v1/chat/completions", "/v1/completions", "/v1/embeddings")
LARGEST_FILE: Final = 512 * 1024 * 1024
WINDOW: Final = 24 * 3600  # seconds until a batch expires
BATCH_FILES: Final = 30 * 24 * 3600  # seconds until an input file expires
UNFINISHED: Final = frozenset({"validating", "in_progress", "finalizing", "cancelling"})
_CHUNK = 64 * 1024
_MAX_FIELD = 64 * 1024  # bytes of a field of a form
_MOST_LISTED = 10_000
_MOST_DIGITS = 20  # more than any number here has; Python refuses to read thousands


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
