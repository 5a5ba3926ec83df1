"""The header table of a connection stays in step with the peer's, whatever comes of the stream that changed it.

RFC 9113, section 4.3: each header block is decoded, or the connection ends with COMPRESSION_ERROR. `hpack` encodes
here: it adds fields to its table as it sends them and afterwards sends their index alone.
"""

import struct
from collections.abc import Callable
from typing import Any

import pytest

from openai_grpc_server.listen.http2 import frames as wire
from openai_grpc_server.listen.http2.frames import (
    ACK,
    CONTINUATION,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    LARGEST_STREAM_ID,
    PING,
    PRIORITY_FLAG,
    RST_STREAM,
    frame,
    rst_stream,
)
from support.gateway import on_loop
from support.http2_peer import Http2Peer, peer
from support.http2_server import CONTEXT, UPLOAD, WAIT, http2_server

WHO = ("x-who", "second")
OTHER = ("x-who", "first")
LARGE = ("x-large", "v" * 17_000)
UNDECODABLE = b"\xff\xff\xff\xff\xff\xff"  # an integer without end
FLOOD = 1501  # the stream after more malformed requests than a connection may make at once
NEXT = 2001  # the first stream that asks what the server has read

Block = Callable[..., bytes]
Reset = tuple[int, int] | None  # which stream the server then resets, and its error code
Send = Callable[[Http2Peer, Block], Reset]


def on_itself(stream: int) -> bytes:
    """A priority whose stream depends on itself."""
    return struct.pack(">LB", stream, 0)


def headers(stream: int, block: bytes, flags: int = 0) -> bytes:
    return frame(HEADERS, END_HEADERS | flags, stream, block)


def request(sender: Http2Peer, *more: tuple[str, str], path: str = CONTEXT, **pseudo: str) -> bytes:
    """The block of a request; `pseudo` replaces fields of it."""
    fields = {":method": "POST", ":scheme": "http", ":path": path, ":authority": "here", "te": "trailers"}
    fields |= {"content-type": "application/grpc"}
    fields |= {name.replace("method", ":method").replace("_", "-"): value for name, value in pseudo.items()}
    return sender.encode([*fields.items(), *more, WHO])


def trailers(sender: Http2Peer, *more: tuple[str, str]) -> bytes:
    return sender.encode([*more, WHO])


def new(sender: Http2Peer, block: Block) -> Reset:
    sender.send(headers(3, block(sender), END_STREAM))
    return None


def depends_on_itself(sender: Http2Peer, block: Block) -> Reset:
    sender.send(headers(3, on_itself(3) + block(sender), PRIORITY_FLAG))
    return 3, wire.PROTOCOL_ERROR


def depends_on_itself_in_parts(sender: Http2Peer, block: Block) -> Reset:
    whole = block(sender)
    sender.send(frame(HEADERS, PRIORITY_FLAG, 3, on_itself(3) + whole[:5]))
    sender.send(frame(CONTINUATION, END_HEADERS, 3, whole[5:]))
    return 3, wire.PROTOCOL_ERROR


def trailers_that_depend_on_themselves(sender: Http2Peer, block: Block) -> Reset:
    sender.open(3, UPLOAD)
    sender.send(headers(3, on_itself(3) + block(sender), PRIORITY_FLAG | END_STREAM))
    return 3, wire.PROTOCOL_ERROR


def trailers_that_do_not_end(sender: Http2Peer, block: Block) -> Reset:
    sender.open(3, UPLOAD)
    sender.send(headers(3, block(sender)))
    return 3, wire.PROTOCOL_ERROR


def trailers_after_the_end(sender: Http2Peer, block: Block) -> Reset:
    sender.call(3, WAIT)
    sender.send(headers(3, block(sender), END_STREAM))
    return 3, wire.STREAM_CLOSED


def trailers_of_a_reset_stream(sender: Http2Peer, block: Block) -> Reset:
    sender.open(3, "/test.Test/Unknown")
    sender.expect(RST_STREAM, 3)
    sender.send(headers(3, block(sender), END_STREAM))
    return None


def one_too_many(sender: Http2Peer, block: Block) -> Reset:
    sender.call(3, WAIT)
    sender.send(headers(5, block(sender)))
    sender.send(rst_stream(3, wire.CANCEL))
    return 5, wire.REFUSED_STREAM


def refused_for_a_flood(sender: Http2Peer, block: Block) -> Reset:
    sender.send(*(headers(stream, b"\x82", END_STREAM) for stream in range(3, FLOOD, 2)))
    sender.send(headers(FLOOD, block(sender)))
    return FLOOD, wire.REFUSED_STREAM


PLAIN: dict[str, tuple[Send, Block]] = {
    "no such method": (new, lambda sender: request(sender, path="/test.Test/Unknown")),
    "another HTTP method": (new, lambda sender: request(sender, method="GET")),
    "no gRPC": (new, lambda sender: request(sender, content_type="text/html")),
    "a codec that is not known": (new, lambda sender: request(sender, content_type="application/grpc+thrift")),
    "a compression that is not known": (new, lambda sender: request(sender, grpc_encoding="zstd")),
    "a deadline that can't be read": (new, lambda sender: request(sender, grpc_timeout="soon")),
    "metadata that is not base64": (new, lambda sender: request(sender, ("x-bin", "*"))),
    "no message": (new, request),
    "a malformed request": (new, lambda sender: request(sender, ("X-Upper", "1"))),
    "fields over the limit": (new, lambda sender: request(sender, LARGE)),
    "a length that the body does not have": (new, lambda sender: request(sender, ("content-length", "7"))),
    "a priority that depends on itself": (depends_on_itself, request),
    "the same in two frames": (depends_on_itself_in_parts, request),
    "the same in trailers": (trailers_that_depend_on_themselves, trailers),
    "malformed trailers": (trailers_that_do_not_end, lambda sender: trailers(sender, ("X-Upper", "1"))),
    "trailers over the limit": (trailers_that_do_not_end, lambda sender: trailers(sender, LARGE)),
    "trailers that do not end the request": (trailers_that_do_not_end, trailers),
    "trailers after the end": (trailers_after_the_end, trailers),
    "trailers of a stream that was reset": (trailers_of_a_reset_stream, trailers),
    "a stream over the limit": (one_too_many, request),
    "a stream that is refused for a flood": (refused_for_a_flood, request),
}
LIMITS: dict[Send, dict[str, Any]] = {one_too_many: {"max_concurrent_streams": 1}}


@pytest.mark.parametrize(("send", "block"), PLAIN.values(), ids=PLAIN)
def test_the_next_request_is_read_as_it_was_sent(send: Send, block: Block) -> None:
    with http2_server(**LIMITS.get(send, {})) as (target, _, _), peer(target) as sender:
        sender.send(headers(1, sender.encode([OTHER]), END_STREAM))  # an older entry, to be mistaken for the newest
        reset = send(sender, block)
        if reset is not None:
            assert (reset[0], sender.expect(RST_STREAM, reset[0]).code) == reset
        assert f"{WHO!r}" in read(sender)


def read(sender: Http2Peer) -> str:
    """Returns the metadata that the server reads where an index refers to what the last block has added."""
    for stream in range(NEXT, LARGEST_STREAM_ID, 2):
        block = sender.block(CONTEXT, WHO)
        assert b"second" not in block
        sender.send(headers(stream, block), frame(DATA, END_STREAM, stream, b"\0\0\0\0\0"))
        answer = next(each for each in sender.frames() if each.stream == stream)
        if answer.kind == HEADERS:
            return sender.expect(DATA, stream).payload.decode("latin-1")
        assert answer.code == wire.REFUSED_STREAM  # the flood is over in a moment
    raise AssertionError("no stream was served")


def test_streams_that_come_while_the_connection_closes() -> None:
    with http2_server() as (target, _, server), peer(target) as sender:
        sender.open(1, UPLOAD)
        while not server._connections:
            on_loop(pause())
        (connection,) = server._connections
        on_loop(pause(connection.drain))
        ping = next(each for each in sender.frames() if each.kind == PING)
        sender.send(frame(PING, ACK, 0, ping.payload))
        while int.from_bytes(sender.expect(GOAWAY).payload[:4], "big") == LARGEST_STREAM_ID:
            pass
        sender.send(headers(3, request(sender), END_STREAM))
        sender.send(headers(1, trailers(sender), END_STREAM))  # an index that is in no table but the new one
        assert sender.status(1)["grpc-status"] == "0"


async def pause(act: Callable[[], object] = lambda: None) -> None:
    act()


@pytest.mark.parametrize(
    "send",
    dict.fromkeys(send for send, _ in PLAIN.values()),
    ids=lambda each: each.__name__,
)
def test_a_block_that_can_not_be_decoded(send: Send) -> None:
    with http2_server(**LIMITS.get(send, {})) as (target, _, _), peer(target) as sender:
        send(sender, lambda _: UNDECODABLE)
        assert sender.goaway() == wire.COMPRESSION_ERROR
