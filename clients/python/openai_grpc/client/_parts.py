"""Parts of a file, each of which can be read again, and what to do after one has failed."""

import hashlib
import io
import mimetypes
import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, cast

from openai_grpc.client._call_params import Progress
from openai_grpc.client._files import CHUNK_BYTES, File, Source
from openai_grpc.client._retry import FIRST_PAUSE, LONGEST_PAUSE
from openai_grpc.client.errors import (
    APIError,
    InternalError,
    RateLimitError,
    UnavailableError,
    UpstreamCredentialsError,
)

PART_SIZE = 64 * 1024 * 1024
MAX_PARTS = 4096
CANCEL_TIMEOUT = 10.0  # seconds


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a file: an iterable of its bytes, which can be read any number of times.

    Attributes:
        file: The file.
        start: The position of its first byte.
        size: Its size in bytes.
    """

    file: "Parts"
    start: int
    size: int

    def __iter__(self) -> Iterator[bytes]:
        """Yields the part in chunks."""
        return self.file.read(self.start, self.size)


class Parts(Sequence[Part]):
    """The parts of a file.

    Args:
        file: The file: a path, an open file that can seek, or a pair of its name and its bytes.
        filename: Its name; empty: that which it has.
        size: The size of a part in bytes.
        progress: Called with the bytes sent so far and the size of the file.

    Attributes:
        filename: The name of the file.
        total: Its size in bytes.
        stopped: Set to stop `md5`.

    Raises:
        OSError: There is no such file.
        TypeError: It can't be read from any position, or has no name.
        ValueError: It is empty, or has too many parts.
    """

    def __init__(self, file: File | bytes, filename: str, size: int, progress: Progress | None) -> None:
        source = Source.of((filename, file) if isinstance(file, bytes) else file)
        content: Any = source.content
        if source.size is None or not (isinstance(content, bytes | Path) or hasattr(content, "seek")):
            raise TypeError("a file that is sent in parts is a path, bytes, or an open file that can seek")
        if size < 1:
            raise ValueError(f"invalid part_size {size}: must be at least 1 byte")
        if source.size == 0:
            raise ValueError("the file is empty: create it with files.create")
        if source.size > size * MAX_PARTS:
            raise ValueError(f"part_size {size} is too small for {source.size} bytes: at most {MAX_PARTS} parts")
        self.filename = filename or source.filename
        if not self.filename:
            raise TypeError("a name of the file is required: give filename")
        self.total = source.size
        self.stopped = threading.Event()
        self._content = content
        self._base = 0 if isinstance(content, bytes | Path) else content.tell()
        self._size = size
        self._lock = threading.Lock()
        self._progress = progress
        self._sent: dict[int, int] = {}

    @property
    def mime_type(self) -> str:
        """The MIME type of the file, guessed from its name."""
        return mimetypes.guess_type(self.filename)[0] or "application/octet-stream"

    def __len__(self) -> int:
        return (self.total + self._size - 1) // self._size

    def __getitem__(self, number: Any) -> Any:
        start = number * self._size
        return Part(self, start, min(self._size, self.total - start))

    def source(self, number: int) -> Source:
        """Returns a part as a file to send."""
        part = self[number]
        return Source(self.filename, "application/octet-stream", part.size, part)

    def on_progress(self, number: int) -> Progress:
        """Returns what is told how much of a part was sent."""

        def told(sent: int, _: int | None) -> None:
            with self._lock:
                self._sent[number] = sent
                total = sum(self._sent.values())
            if self._progress is not None:
                self._progress(total, self.total)

        return told

    def read(self, start: int, size: int) -> Iterator[bytes]:
        """Yields bytes from a position on, in chunks.

        Raises:
            OSError: They can't be read, or the file has become shorter.
        """
        if isinstance(self._content, Path):
            with self._content.open("rb") as opened:
                yield from self._chunks(opened, threading.Lock(), start, size)
        elif isinstance(self._content, bytes):
            yield from self._chunks(io.BytesIO(self._content), threading.Lock(), start, size)
        else:
            yield from self._chunks(cast("BinaryIO", self._content), self._lock, self._base + start, size)

    def _chunks(self, opened: BinaryIO, lock: threading.Lock, start: int, size: int) -> Iterator[bytes]:
        while size:
            with lock:
                opened.seek(start)
                data = opened.read(min(size, CHUNK_BYTES))
            if not data:
                raise OSError(f"{self.filename} has become shorter while it was sent")
            yield data
            start, size = start + len(data), size - len(data)

    def md5(self) -> str:
        """Returns the MD5 of the file, 32 hexadecimal digits; of a part of it once `stopped` is set."""
        digest = hashlib.md5(usedforsecurity=False)
        for chunk in self.read(0, self.total):
            digest.update(chunk)
            if self.stopped.is_set():
                break
        return digest.hexdigest()


def pause_before_part(error: APIError, failures: int, max_retries: int) -> float | None:
    """Returns the seconds to wait before a part is sent again, or None if it must not be.

    A part that was stored though its call failed does no harm: a file is made of those that are named.

    Args:
        error: The failure.
        failures: Number of failures of the part, this one included.
        max_retries: Maximum number of retries.
    """
    passing = isinstance(error, UnavailableError | InternalError | RateLimitError)
    if failures > max_retries or not passing or isinstance(error, UpstreamCredentialsError):
        return None
    longest: float = min(FIRST_PAUSE * 2 ** (failures - 1), LONGEST_PAUSE)
    return longest if error.retry_after is None else error.retry_after
