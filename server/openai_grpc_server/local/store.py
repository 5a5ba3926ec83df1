"""Files and batches of the local engine, on disk.

The directory is made when it is first needed; one process at a time uses it.
"""

import contextlib
import os
import re
import secrets
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

import orjson

try:
    import fcntl
except ImportError:  # without it, that only one process uses the directory is the operator's to see to
    fcntl = None  # type: ignore[assignment]  # as above

_ID = re.compile(r"(file-|batch_)[0-9a-f]{24}", re.ASCII)


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
            RefusedError: The file does not exist, or has expired.
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
            RefusedError: The batch does not exist.
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
