"""Forms as they go over the wire, written while the file arrives."""

from __future__ import annotations

import asyncio
from email.message import Message
from email.parser import BytesParser
from typing import TYPE_CHECKING

import pytest

from openai_grpc_server.errors import InvalidArgumentError
from openai_grpc_server.upstream import FilePart, Multipart

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def chunks(*parts: bytes) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def file(*parts: bytes, size: int | None = None, name: str = "file", filename: str = "a.wav") -> FilePart:
    return FilePart(name=name, filename=filename, content=chunks(*parts), size=size, content_type="audio/wav")


async def written(form: Multipart) -> bytes:
    return b"".join([part async for part in form])


@pytest.mark.parametrize("size", [None, 5])
def test_a_form(size: int | None) -> None:
    fields = [("model", "whisper-1"), ("timestamp_granularities[]", "word"), ("timestamp_granularities[]", "segment")]
    form = Multipart(fields, [file(b"RI", b"", b"FF\0", size=size)])
    body = asyncio.run(written(form))
    assert form.content_length == (None if size is None else len(body))
    parsed = BytesParser().parsebytes(b"Content-Type: " + form.content_type.encode() + b"\r\n\r\n" + body)
    parts = [part for part in parsed.get_payload() if isinstance(part, Message)]
    assert [
        (part.get_param("name", header="content-disposition"), part.get_filename(), part.get_payload(decode=True))
        for part in parts
    ] == [
        ("model", None, b"whisper-1"),
        ("timestamp_granularities[]", None, b"word"),
        ("timestamp_granularities[]", None, b"segment"),
        ("file", "a.wav", b"RIFF\0"),
    ]
    assert parts[3].get_content_type() == "audio/wav"


def test_the_bytes_of_a_form_with_two_files() -> None:
    form = Multipart([("n", "1")], [file(b"A", size=1, name="image[]"), file(b"B", size=1, name="image[]")])
    body = asyncio.run(written(form))
    boundary = form.content_type.partition("boundary=")[2]
    head = 'Content-Disposition: form-data; name="image[]"; filename="a.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    assert body.decode() == (
        f'--{boundary}\r\nContent-Disposition: form-data; name="n"\r\n\r\n1\r\n'
        f"--{boundary}\r\n{head}A\r\n--{boundary}\r\n{head}B\r\n--{boundary}--\r\n"
    )
    assert form.content_length == len(body)


def test_a_form_without_files() -> None:
    form = Multipart([("a", "b")], [])
    body = asyncio.run(written(form))
    boundary = form.content_type.partition("boundary=")[2]
    expected = f'--{boundary}\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--{boundary}--\r\n'
    assert body.decode() == expected
    assert form.content_length == len(expected)


@pytest.mark.parametrize(
    ("name", "filename", "expected"),
    [
        ("file", 'a"b.wav', b'name="file"; filename="a%22b.wav"'),
        ("file", "a\r\nX-Evil: 1", b'name="file"; filename="a%0D%0AX-Evil: 1"'),
        ('f"\n', "a", b'name="f%22%0D%0A"; filename="a"'),
        ("file", "\N{SNOWMAN}\\.wav", 'name="file"; filename="\N{SNOWMAN}\\.wav"'.encode()),
        ("file", "\ud800.wav", b'name="file"; filename="?.wav"'),
    ],
)
def test_names_cannot_break_out(name: str, filename: str, expected: bytes) -> None:
    body = asyncio.run(written(Multipart([], [file(b"", name=name, filename=filename)])))
    assert expected + b"\r\nContent-Type: audio/wav\r\n\r\n" in body


def test_line_ends_of_values_are_normalized() -> None:
    assert b"\r\n\r\na\r\nb\r\nc\r\nd\r\n--" in asyncio.run(written(Multipart([("p", "a\nb\rc\r\nd")], [])))


@pytest.mark.parametrize("parts", [(b"1234",), (b"12", b"3456"), ()])
def test_a_size_that_is_not_as_declared(parts: tuple[bytes, ...]) -> None:
    with pytest.raises(InvalidArgumentError, match="file: 5 bytes were declared, but") as caught:
        asyncio.run(written(Multipart([], [file(*parts, size=5)])))
    assert caught.value.violations[0][0] == "file"


def test_a_media_type_cannot_break_out() -> None:
    part = FilePart(name="file", filename="a", content=chunks(), content_type="a/b\r\nX-Evil: 1")
    with pytest.raises(InvalidArgumentError, match="not a media type"):
        Multipart([], [part])


def test_each_chunk_goes_on_as_soon_as_it_comes() -> None:
    async def check() -> None:
        arrived: asyncio.Queue[bytes] = asyncio.Queue()

        async def content() -> AsyncIterator[bytes]:
            while chunk := await arrived.get():
                yield chunk

        form = aiter(Multipart([("model", "m")], [FilePart(name="file", filename="a", content=content())]))
        assert b'name="model"' in await anext(form)
        for chunk in (b"first", b"second"):
            arrived.put_nowait(chunk)
            assert await anext(form) == chunk
        arrived.put_nowait(b"")
        assert (await anext(form)).endswith(b"--\r\n")

    asyncio.run(check())
