"""Files to send: paths, bytes or file objects."""

import os
from collections.abc import AsyncIterable, AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, cast

from openai_grpc.v1.common_pb2 import UploadFile

CHUNK_BYTES = 64 * 1024

Content = bytes | BinaryIO | Iterable[bytes] | AsyncIterable[bytes]
File = UploadFile | str | os.PathLike[str] | BinaryIO | tuple[str, Content]


@dataclass(frozen=True, slots=True)
class Source:
    """A file to send.

    Attributes:
        filename: Its name, without directories. Upstream reads the format off the extension.
        content_type: Its MIME type, or empty: the gateway guesses it from the name.
        size: Its size in bytes, or None if that is only known at its end.
        content: Its bytes, or where they come from.
    """

    filename: str
    content_type: str
    size: int | None
    content: Content | Path

    @classmethod
    def of(cls, file: "File | Source") -> "Source":
        """Returns the source of a caller's file argument.

        Raises:
            OSError: There is no such file.
            TypeError: It has no name, or is nothing that can be sent.
        """
        match file:
            case Source():
                return file
            case UploadFile():
                return cls(file.filename, file.content_type, file.size or len(file.data), file.data)
            case (str(name), content):
                return cls(Path(name).name, "", _size(content), content)
            case str() | os.PathLike():
                path = Path(file)
                return cls(path.name, "", path.stat().st_size, path)
        opened: str | int | None = getattr(file, "name", None)
        if isinstance(opened, str):
            return cls(Path(opened).name, "", _size(file), file)
        raise TypeError("a file is a path, an open file, or a pair of its name and its content")

    def description(self) -> UploadFile:
        """Returns the description sent before the content."""
        return UploadFile(filename=self.filename, content_type=self.content_type or None, size=self.size)

    def read(self) -> bytes:
        """Returns the whole content."""
        return self.content if isinstance(self.content, bytes) else b"".join(self.chunks())

    def chunks(self) -> Iterator[bytes]:
        """Yields the content in chunks.

        Raises:
            OSError: It can't be read.
            TypeError: It comes from an asynchronous iterable, which a blocking client can't read.
        """
        content = self.content
        if isinstance(content, bytes):
            yield from (content[start : start + CHUNK_BYTES] for start in range(0, len(content), CHUNK_BYTES))
        elif isinstance(content, Path):
            with content.open("rb") as opened:
                yield from iter(lambda: opened.read(CHUNK_BYTES), b"")
        elif isinstance(content, AsyncIterable):
            raise TypeError("an asynchronous iterable can be sent by AsyncClient only")
        elif hasattr(content, "read"):
            reader = cast("BinaryIO", content)
            yield from iter(lambda: reader.read(CHUNK_BYTES), b"")
        else:
            yield from content

    async def async_chunks(self) -> AsyncIterator[bytes]:
        """Yields the content in chunks; blocking reads run in a thread."""
        if isinstance(self.content, AsyncIterable):
            async for chunk in self.content:
                yield chunk
            return
        from asyncio import to_thread  # noqa: PLC0415 - asyncio takes its time to load; a blocking client needs none

        chunks = self.chunks()
        while (read := await to_thread(lambda: next(chunks, None))) is not None:
            yield read


def to_write(file: str | os.PathLike[str]) -> BinaryIO:
    """Returns a file opened to be written; what it had is gone."""
    return Path(file).open("wb")


def _size(content: object) -> int | None:
    """Returns the number of bytes left to read, if known."""
    if isinstance(content, bytes):
        return len(content)
    try:
        position: int = content.tell()  # type: ignore[attr-defined]  # what can't seek has none, and is caught
        end: int = content.seek(0, os.SEEK_END)  # type: ignore[attr-defined]  # as above
        content.seek(position)  # type: ignore[attr-defined]  # as above
    except (AttributeError, OSError):
        return None
    return end - position
