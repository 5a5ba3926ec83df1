"""Forms with files on the HTTP port: in any order, passed on as they arrive, and never held as a whole in memory."""

import json
import re
import socket
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2
import openai
import pytest

from faults import answers
from faults.exchange import Exchange
from faults.stand_in import LIMIT, StandIn
from openai_grpc_server.config import HttpSettings
from support.gateway import RunningGateway, deployment, running_door
from support.process import server_process

PATH = "/v1/audio/transcriptions"
HEARD = {"text": "the tide is out"}
MIB = 1 << 20
BOUNDARY = b"harbour"


def field(name: str, value: str) -> bytes:
    return b'--%b\r\nContent-Disposition: form-data; name="%b"\r\n\r\n%b\r\n' % (
        BOUNDARY,
        name.encode(),
        value.encode(),
    )


def file(content: bytes, name: str = "file") -> bytes:
    head = b'--%b\r\nContent-Disposition: form-data; name="%b"; filename="tide.wav"\r\nContent-Type: audio/wav\r\n\r\n'
    return head % (BOUNDARY, name.encode()) + content + b"\r\n"


END = b"--%b--\r\n" % BOUNDARY


@pytest.fixture(scope="module")
def stand_in() -> Iterator[StandIn]:
    with StandIn() as running:
        running.on("POST", PATH, answers.json(HEARD))
        yield running


@pytest.fixture
def upstream(stand_in: StandIn) -> StandIn:
    stand_in.exchanges.clear()
    stand_in.clear_queue()
    return stand_in


@pytest.fixture(scope="module")
def gateway(stand_in: StandIn) -> Iterator[RunningGateway]:
    with running_door(deployment(stand_in.url)) as running:
        yield running


def post(gateway: RunningGateway, body: bytes) -> httpx2.Response:
    headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
    return httpx2.post(f"{gateway.url}/audio/transcriptions", content=body, headers=headers, timeout=LIMIT)


def received(exchange: Exchange) -> dict[str, bytes]:
    """Returns the parts of a form that came upstream, by their names."""
    exchange.received.result(LIMIT)
    body = bytes(exchange.request.body)
    boundary = body[: body.index(b"\r\n")]
    parts = {}
    for part in body.split(boundary)[1:-1]:
        head, _, content = part.partition(b"\r\n\r\n")
        found = re.search(rb'name="([^"]*)"', head)
        assert found
        parts[found[1].decode()] = content[:-2]
    return parts


SIZES = {"empty": 0, "small": 1000, "what goes in one message": MIB, "a byte more": MIB + 1, "large": 5 * MIB + 7}


@pytest.mark.parametrize("size", SIZES.values(), ids=SIZES)
@pytest.mark.parametrize("first", ["the fields", "the file"])
def test_any_order_and_size(first: str, size: int, gateway: RunningGateway, upstream: StandIn) -> None:
    content = bytes(range(256)) * (size // 256) + b"\r" * (size % 256)
    fields = field("model", "m") + field("language", "fr") + field("timestamp_granularities[]", "word")
    body = (fields + file(content) if first == "the fields" else file(content) + fields) + END
    reply = post(gateway, body)
    assert (reply.status_code, reply.json()) == (200, HEARD), reply.text
    assert received(upstream.exchange(0)) == {
        "model": b"m",
        "language": b"fr",
        "timestamp_granularities[]": b"word",
        "file": content,
    }


def test_a_file_is_passed_on_before_all_of_it_is_there(gateway: RunningGateway, upstream: StandIn) -> None:
    begin = field("model", "m") + file(b"x" * 2 * MIB)[:-2]
    rest = b"y" * MIB + b"\r\n" + END
    head = (
        b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: h\r\nConnection: close\r\n"
        b"Content-Type: multipart/form-data; boundary=%b\r\nContent-Length: %d\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as connection:
        connection.sendall(head % (BOUNDARY, len(begin) + len(rest)) + begin)
        upstream.exchange(0).first_byte.result(LIMIT)
        connection.sendall(rest)
        reply = b"".join(iter(lambda: connection.recv(1 << 16), b""))
    assert reply.startswith(b"HTTP/1.1 200 ")
    assert received(upstream.exchange(0))["file"] == b"x" * 2 * MIB + b"y" * MIB


def test_who_hangs_up_inside_a_file_cancels_upstream(gateway: RunningGateway, upstream: StandIn) -> None:
    begin = field("model", "m") + file(b"x" * 2 * MIB)[:-2]
    head = (
        b"POST /v1/audio/transcriptions HTTP/1.1\r\nHost: h\r\n"
        b"Content-Type: multipart/form-data; boundary=%b\r\nContent-Length: 9000000\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", gateway.gateway.http_port), LIMIT) as connection:
        connection.sendall(head % BOUNDARY + begin)
        exchange = upstream.exchange(0)
        exchange.first_byte.result(LIMIT)
    exchange.closed.result(LIMIT)
    assert not exchange.received.done()
    assert gateway.logged("rpc")[-1]["status"] == "CANCELLED"


FORMS: dict[str, tuple[bytes, int, str]] = {
    "a field after a large file": (
        field("model", "m") + file(b"x" * 2 * MIB) + field("language", "fr") + END,
        400,
        "'language' after a large file",
    ),
    "a large file without an end": (field("model", "m") + file(b"x" * 2 * MIB), 400, "form"),
    "no end": (field("model", "m") + file(b"x"), 400, "form"),
    "an end inside a head": (field("model", "m")[:30], 400, "form"),
    "another boundary": (b"--quay\r\n\r\n\r\n--quay--\r\n", 400, "boundary"),
    "two files": (file(b"x") + file(b"y") + END, 400, "more than one file"),
    "a file of another name": (file(b"x", "sound") + field("model", "m") + END, 400, "in the field file"),
    "a field that is not UTF-8": (field("model", "m").replace(b"\r\nm\r\n", b"\r\n\xff\r\n") + END, 400, "not UTF-8"),
    "a name that is not UTF-8": (file(b"x").replace(b"tide", b"t\xffde") + field("model", "m") + END, 400, "UTF-8"),
    "a type that is not UTF-8": (file(b"x").replace(b"audio/", b"\xff/") + field("model", "m") + END, 400, "UTF-8"),
    "a field whose name is not UTF-8": (field("model", "m").replace(b"model", b"\xff") + END, 400, "UTF-8"),
    "a field that is too large": (field("prompt", "x" * (MIB + 1)) + END, 413, "1048576 bytes"),
    "very many fields": (b"".join(field(f"a{i}", "b") for i in range(300)) + END, 400, "more than 256 fields"),
    "brackets that do not match": (field("a[b", "c") + file(b"x") + END, 400, "a[b"),
    "a form in a form": (
        b"--%b\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b--\r\n" % BOUNDARY + END,
        400,
        "must not have parts",
    ),
    "nothing": (b"", 400, "form"),
}


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_refused(name: str, gateway: RunningGateway, upstream: StandIn) -> None:
    body, status, words = FORMS[name]
    reply = post(gateway, body)
    assert (reply.status_code, reply.json()["error"]["type"]) == (status, "invalid_request_error"), reply.text
    assert words in reply.json()["error"]["message"]
    assert not any(exchange.received.done() for exchange in upstream.exchanges)
    assert not gateway.logged("unexpected error")


@pytest.mark.parametrize(
    ("name", "sent"),
    [
        ("/harbour/tide.wav", b'filename="/harbour/tide.wav"'),
        ("ti\\de.wav", b'filename="ti\\de.wav"'),
        ('a "tide".wav', b'filename="a \\"tide\\".wav"'),
        ("m\xe9r\xe9e.wav", b'filename="m\xc3\xa9r\xc3\xa9e.wav"'),
        ("m\xe9r\xe9e.wav", b"filename*=UTF-8''m%C3%A9r%C3%A9e.wav"),
    ],
)
def test_the_name_of_a_file_is_kept(name: str, sent: bytes, gateway: RunningGateway, upstream: StandIn) -> None:
    body = field("model", "m") + file(b"RIFF").replace(b'filename="tide.wav"', sent) + END
    assert post(gateway, body).status_code == 200
    exchange = upstream.exchange(0)
    exchange.received.result(LIMIT)
    found = re.search(rb'filename="((?:[^"\\]|\\.)*)"', bytes(exchange.request.body))
    assert found
    told = found[1].decode().replace("%22", '"').replace('\\"', '"').replace("\\\\", "\\")
    assert told == name


def test_a_form_without_a_boundary(gateway: RunningGateway) -> None:
    headers = {"content-type": "multipart/form-data"}
    reply = httpx2.post(f"{gateway.url}/audio/transcriptions", content=b"x", headers=headers)
    assert (reply.status_code, "boundary" in reply.json()["error"]["message"]) == (400, True)


def test_the_limit_of_a_form(upstream: StandIn) -> None:
    with running_door(deployment(upstream.url), http=HttpSettings(port=0, max_body_bytes=3 * MIB)) as gateway:
        chunked = (part for part in (field("model", "m"), file(b"x" * 4 * MIB), END))
        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
        reply = httpx2.post(f"{gateway.url}/audio/transcriptions", content=chunked, headers=headers, timeout=LIMIT)
        assert reply.status_code == 413
    assert not any(exchange.received.done() for exchange in upstream.exchanges)


def test_a_failure_before_all_was_sent_is_told(gateway: RunningGateway, upstream: StandIn) -> None:
    upstream.enqueue(answers.json({"error": {"message": "fog", "type": "t"}}, status=400))
    reply = post(gateway, field("model", "m") + file(b"x" * 3 * MIB) + END)
    assert (reply.status_code, reply.json()["error"]["message"]) == (400, "fog")


def test_curl(tmp_path: Path, gateway: RunningGateway, upstream: StandIn) -> None:
    sound = tmp_path / "tide.wav"
    sound.write_bytes(b"RIFF" * 1000)
    # As OpenAI's reference has it: the file is the first field.
    form = ("-F", f"file=@{sound}", "-F", "model=whisper-1")
    done = subprocess.run(
        ["curl", "-sS", f"{gateway.url}/audio/transcriptions", *form], capture_output=True, check=True, timeout=LIMIT
    )
    assert json.loads(done.stdout) == HEARD
    assert received(upstream.exchange(0)) == {"model": b"whisper-1", "file": sound.read_bytes()}


@pytest.mark.parametrize("first", ["the fields", "the file"])
def test_memory_does_not_grow_with_a_file(first: str, tmp_path: Path, upstream: StandIn) -> None:
    async def drop(exchange: Exchange) -> None:
        async for _ in exchange.chunks():
            exchange.request.body.clear()
        await answers.json(HEARD)(exchange)

    def body() -> Iterator[bytes]:
        parts: list[Any] = [field("model", "m"), None]
        for part in parts if first == "the fields" else reversed(parts):
            if part is not None:
                yield part
                continue
            yield file(b"")[:-2]
            for _ in range(100):
                yield b"x" * MIB
            yield b"\r\n"
        yield END

    upstream.on("POST", PATH, drop)
    env = {"OPENAI_BASE_URL": f"{upstream.url}/v1", "OPENAI_API_KEY": "sk-secret"}
    with server_process(tmp_path / "log", env=env) as server:
        with openai.OpenAI(base_url=server.url, api_key="k") as client:
            client.audio.transcriptions.create(model="m", file=("a.wav", b"x"))
        before = server.memory("VmHWM")
        headers = {"content-type": f"multipart/form-data; boundary={BOUNDARY.decode()}"}
        reply = httpx2.post(f"{server.url}/audio/transcriptions", content=body(), headers=headers, timeout=120)
        assert reply.json() == HEARD
        assert server.memory("VmHWM") - before < 24 * MIB
    upstream.on("POST", PATH, answers.json(HEARD))


KEPT = {
    "fields": b"".join(field(f"note{number}", "x" * 100_000) for number in range(6)),
    "a file before the model": file(b"x" * 600_000),
}


@pytest.mark.parametrize("name", KEPT)
def test_what_is_kept_of_a_form_counts_as_memory(name: str, upstream: StandIn) -> None:
    small = field("model", "m") + file(b"x" * 1000) + END

    def answered_with(status: int) -> httpx2.Response:
        """Waits until what the other connection did has come to the gateway."""
        replies = (post(running, small) for _ in range(500))
        return next(reply for reply in replies if reply.status_code == status)

    with running_door(deployment(upstream.url), max_in_flight_bytes=200_000) as running:
        with socket.create_connection(("127.0.0.1", running.gateway.http_port), LIMIT) as first:
            head = b"POST %b HTTP/1.1\r\nHost: h\r\nContent-Length: 999999\r\nExpect: 100-continue\r\n" % PATH.encode()
            first.sendall(head + b"Content-Type: multipart/form-data; boundary=%b\r\n\r\n" % BOUNDARY)
            assert first.recv(1 << 16).startswith(b"HTTP/1.1 100 ")
            first.sendall(KEPT[name])  # whose form goes on
            assert "request bytes" in answered_with(429).text
        assert answered_with(200).json() == HEARD
