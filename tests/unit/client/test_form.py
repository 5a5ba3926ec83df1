"""Forms that are read as they come."""

import pytest

from openai_grpc.rest import HttpError
from openai_grpc.transport._form import CHUNK, LOOKAHEAD, Form

TYPE = 'multipart/form-data; boundary="tide"'
CONTENT = b"RIFF\r\n--tid\r\n\r\r\n--tid-" * 3


def part(name: str, value: bytes, more: str = "", headers: str = "") -> bytes:
    head = f'--tide\r\nContent-Disposition: form-data; name="{name}"{more}\r\n{headers}\r\n'
    return head.encode() + value + b"\r\n"


FILE = part("file", CONTENT, '; filename="t%22\u00e9.wav"', "Content-Type: audio/wav\r\n")
END = b"--tide--\r\n"
WHOLE = b"preamble\r\n" + part("model", b"m") + part("include[]", b"a\r\nb") + FILE + END


@pytest.mark.parametrize("size", [1, 2, 7, 1000])
@pytest.mark.parametrize(
    "body", [WHOLE, b"preamble\r\n" + part("model", b"m") + FILE + part("include[]", b"a\r\nb") + END]
)
def test_a_form_in_pieces_of_any_size(body: bytes, size: int) -> None:
    form = Form(TYPE, None)
    for start in range(0, len(body), size):
        form.feed(body[start : start + size])
    form.end()
    assert form.settled
    file = form.settle()
    assert form.fields == [("model", "m"), ("include[]", "a\r\nb")]
    assert file is not None
    assert (file.filename, file.content_type, file.size) == ('t"é.wav', "audio/wav", len(CONTENT))
    assert b"".join(form.take()) == CONTENT


def test_a_large_file_is_sent_before_its_end() -> None:
    content = bytes(range(256)) * 4 * (LOOKAHEAD // 512)
    body = part("model", b"m") + part("file", content, '; filename="a.wav"') + END
    form = Form(TYPE, len(body))
    form.feed(body[: LOOKAHEAD + 4096])
    assert form.settled
    file = form.settle()
    assert file is not None
    assert file.size == len(content)
    sent = list(form.take())
    form.feed(body[LOOKAHEAD + 4096 :])
    sent += form.take()
    form.end()
    assert b"".join(sent) == content
    assert max(map(len, sent)) <= CHUNK


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"--tide", "ends before its last boundary"),
        (WHOLE[: -len(END)], "ends before its last boundary"),
        (b"--tide\r\nContent-Type: text/plain\r\n\r\na\r\n" + END, "a part has no name"),
        (b"--tidex\r\n" + END, "not followed by a line end"),
        (FILE + FILE + END, "another file"),
        (part("image", b"", '; filename="a.png"') + END, "another file"),
        (b"--tide\r\n" + b"a" * 20000, "headers of a part are larger"),
    ],
)
def test_a_form_that_is_malformed(body: bytes, why: str) -> None:
    def read() -> None:
        form = Form(TYPE, None)
        form.feed(body)
        form.end()

    with pytest.raises(HttpError, match=why) as failed:
        read()
    assert failed.value.status == 400


def test_a_field_after_a_file_that_is_being_sent() -> None:
    form = Form(TYPE, None)
    form.feed(FILE)
    form.settle()
    with pytest.raises(HttpError, match="'model' follows the file"):
        form.feed(part("model", b"m"))


def test_a_type_without_a_boundary() -> None:
    with pytest.raises(HttpError, match="no boundary"):
        Form("multipart/form-data", None)
