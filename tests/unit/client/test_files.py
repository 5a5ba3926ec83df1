"""Files, in the forms that a caller has them in."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from openai_grpc.client._files import CHUNK_BYTES, Source
from openai_grpc.v1 import UploadFile

DATA = bytes(range(256)) * 512  # two chunks


async def asynchronous() -> AsyncIterator[bytes]:
    yield DATA[:5]
    yield DATA[5:]


def pieces() -> Iterator[bytes]:
    yield DATA[:5]
    yield DATA[5:]


def half_read() -> io.BytesIO:
    file = io.BytesIO(b"seen" + DATA)
    file.seek(4)
    return file


class Unseekable(io.BytesIO):
    def tell(self) -> int:
        raise OSError("a pipe")


FORMS: dict[str, tuple[Callable[[Path], Any], int | None]] = {
    "a path": (lambda path: path, len(DATA)),
    "a path as text": (str, len(DATA)),
    "an open file": (lambda path: path.open("rb"), len(DATA)),
    "bytes": (lambda _: ("dir/a.wav", DATA), len(DATA)),
    "a file in memory": (lambda _: ("a.wav", io.BytesIO(DATA)), len(DATA)),
    "a file that was read from": (lambda _: ("a.wav", half_read()), len(DATA)),
    "a pipe": (lambda _: ("a.wav", Unseekable(DATA)), None),
    "an iterable": (lambda _: ("a.wav", pieces()), None),
    "a message": (lambda _: UploadFile(filename="a.wav", data=DATA), len(DATA)),
}


@pytest.mark.parametrize(("form", "size"), FORMS.values(), ids=FORMS)
@pytest.mark.parametrize("read", ["sync", "async"])
def test_forms(form: Callable[[Path], Any], size: int | None, read: str, tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(DATA)
    file = form(path)
    source = Source.of(file)
    chunks = list(source.chunks()) if read == "sync" else asyncio.run(collect(source.async_chunks()))
    assert (source.filename, source.size, b"".join(chunks)) == ("a.wav", size, DATA)
    assert source.description() == UploadFile(filename="a.wav", size=size)
    if isinstance(file, io.BufferedReader):
        file.close()


def test_large_files_come_in_chunks(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    path.write_bytes(DATA)
    assert {len(chunk) for chunk in Source.of(path).chunks()} == {CHUNK_BYTES}


def test_asynchronous_content() -> None:
    source = Source.of(("a.wav", asynchronous()))
    assert source.size is None
    assert b"".join(asyncio.run(collect(source.async_chunks()))) == DATA
    with pytest.raises(TypeError, match="AsyncClient"):
        list(Source.of(("a.wav", asynchronous())).chunks())


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Source.of(tmp_path / "none.wav")


async def collect(chunks: AsyncIterator[bytes]) -> list[bytes]:
    return [chunk async for chunk in chunks]
