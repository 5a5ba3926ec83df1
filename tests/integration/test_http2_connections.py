"""How connections of our own HTTP/2 live and end: cancels, slow readers, pings, age, and a stop in order."""

import asyncio
import time
from typing import Any

import grpc
import pytest

from openai_grpc_server.listen.http2 import frames as wire
from openai_grpc_server.listen.http2.frames import (
    ACK,
    DATA,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    LARGEST_STREAM_ID,
    PING,
    RST_STREAM,
    WINDOW_UPDATE,
    frame,
    rst_stream,
    window_update,
)
from support.gateway import LIMIT, on_loop, submit
from support.http2_peer import Http2Peer, peer
from support.http2_server import ABORT, CONTEXT, ECHO, ENDLESS, PIECE, STREAM, UPLOAD, WAIT, Methods, http2_server

PAYLOAD = b"12345678"
SETTLE = 0.2  # seconds; a method that is not held up writes thousands of messages meanwhile


def settled(connection: Http2Peer) -> None:
    """Waits until everything that was sent has been looked at."""
    connection.send(frame(PING, 0, 0, PAYLOAD))
    while connection.expect(PING).payload != PAYLOAD:
        pass


def until(methods: Methods, name: str, value: int) -> None:
    """Waits until the methods have come so far."""
    end = time.monotonic() + LIMIT
    while getattr(methods, name) != value:
        on_loop(asyncio.sleep(0))
        assert time.monotonic() < end, (name, getattr(methods, name))


def test_a_cancel_cancels_the_method() -> None:
    with http2_server() as (target, methods, _), peer(target) as caller:
        caller.call(1, WAIT)
        settled(caller)
        until(methods, "begun", 1)
        caller.send(rst_stream(1, wire.CANCEL))
        settled(caller)
        until(methods, "running", 0)
        assert (methods.cancelled, methods.done) == (1, [True])
        caller.call(3, ECHO)
        assert caller.status(3)["grpc-status"] == "0"


def test_a_lost_connection_cancels_the_method() -> None:
    with http2_server() as (target, methods, _):
        with peer(target) as caller:
            caller.call(1, WAIT)
            until(methods, "begun", 1)
        until(methods, "cancelled", 1)


def test_a_cancel_before_the_method_begins() -> None:
    with http2_server() as (target, methods, _), peer(target) as caller:
        head, body = frame(HEADERS, END_HEADERS, 1, caller.block(WAIT)), frame(DATA, END_STREAM, 1, b"\0\0\0\0\0")
        caller.send(head, body, rst_stream(1, wire.CANCEL))
        settled(caller)
        assert methods.begun == 0


@pytest.mark.parametrize("kind", [DATA, HEADERS], ids=["DATA", "HEADERS"])
@pytest.mark.parametrize("answered", [False, True], ids=["runs", "was answered before its end"])
def test_frames_behind_a_reset_end_no_other_call(kind: int, answered: bool) -> None:
    """A client may have queued them before: grpc-java writes the end of an upload after the reset of its stream."""
    with http2_server() as (target, methods, _), peer(target) as caller:
        if answered:
            caller.open(1, ECHO, ("grpc-timeout", "20m"))
            assert caller.status(1)["grpc-status"] == "4"
            assert caller.expect(RST_STREAM, 1).code == wire.NO_ERROR
        else:
            caller.open(1, UPLOAD)
        caller.call(3, WAIT)
        settled(caller)
        until(methods, "begun", 1 if answered else 2)
        late = b"\0\0\0\0\0" if kind == DATA else caller.encode([("x-late", "1")])
        caller.send(rst_stream(1, wire.CANCEL), frame(kind, END_HEADERS * (kind == HEADERS) | END_STREAM, 1, late))
        assert caller.expect(RST_STREAM, 1).code == wire.STREAM_CLOSED
        caller.call(5, ECHO, ("x-late", "1"))
        assert caller.status(5)["grpc-status"] == "0"
        assert methods.cancelled == (0 if answered else 1)


def test_a_deadline_ends_the_call_also_for_a_peer_that_does_not_look_at_the_clock() -> None:
    with http2_server() as (target, methods, _), peer(target) as caller:
        caller.call(1, WAIT, ("grpc-timeout", "20m"))
        status = caller.status(1)
        assert (status[":status"], status["grpc-status"], status["grpc-message"]) == ("200", "4", "Deadline Exceeded")
        until(methods, "running", 0)
        assert methods.cancelled == methods.begun


def test_a_deadline_that_passes_before_the_request_is_there() -> None:
    with http2_server() as (target, methods, _), peer(target) as caller:
        caller.open(1, ECHO, ("grpc-timeout", "20m"))
        assert caller.status(1)["grpc-status"] == "4"
        assert caller.expect(RST_STREAM, 1).code == wire.NO_ERROR
        assert methods.begun == 0


def test_an_error_before_the_reply_is_trailers_only() -> None:
    with http2_server() as (target, _, _), peer(target) as caller:
        caller.call(1, ABORT, message=b"why")
        answer = caller.expect(HEADERS, 1)
        assert answer.flags == END_STREAM | END_HEADERS


NOT_ONE = {
    "no message": (b"", "12"),
    "two messages": (b"\0\0\0\0\0" * 2, "12"),
    "half a message": (b"\0\0\0\0\5ab", "13"),
    "a message and a half": (b"\0\0\0\0\0" + b"\0\0\0\0\5ab", "13"),
}


@pytest.mark.parametrize(("body", "status"), NOT_ONE.values(), ids=NOT_ONE)
def test_a_request_that_is_not_one_message(body: bytes, status: str) -> None:
    with http2_server() as (target, methods, _), peer(target) as caller:
        caller.open(1, ECHO)
        caller.send(frame(DATA, END_STREAM, 1, body))
        assert caller.status(1)["grpc-status"] == status
        assert methods.begun == 0


@pytest.mark.parametrize("codec", ["thrift", "json"])
def test_a_codec_that_is_not_known(codec: str) -> None:
    with http2_server() as (target, methods, _), peer(target) as caller:
        fields = [(":method", "POST"), (":scheme", "http"), (":path", ECHO), ("te", "trailers")]
        fields.append(("content-type", f"application/grpc+{codec}"))
        caller.send(frame(HEADERS, END_HEADERS, 1, caller.encode(fields)))
        status = caller.status(1)
        assert (status["grpc-status"], status["content-type"]) == ("12", "application/grpc")
        assert methods.begun == 0


def test_values_that_are_joined_by_commas() -> None:
    with http2_server() as (target, _, _), peer(target) as caller:
        caller.call(1, CONTEXT, ("x-bin", "AAE=,AA"))
        seen = caller.expect(DATA, 1).payload.decode("latin-1")
        assert repr((("x-bin", b"\0\1"), ("x-bin", b"\0")))[1:-1] in seen


PLAIN_HTTP = {"another method": ("GET", "application/grpc", "405"), "another type": ("POST", "text/html", "415")}


@pytest.mark.parametrize(("method", "content_type", "status"), PLAIN_HTTP.values(), ids=PLAIN_HTTP)
def test_plain_http(method: str, content_type: str, status: str) -> None:
    with http2_server() as (target, _, _), peer(target) as caller:
        fields = [(":method", method), (":scheme", "http"), (":path", "/"), ("content-type", content_type)]
        caller.send(frame(HEADERS, END_HEADERS | END_STREAM, 1, caller.encode(fields)))
        assert caller.head(1)[":status"] == status
        assert caller.expect(DATA, 1).payload.startswith(b"This port speaks gRPC")


def test_messages_are_written_no_faster_than_the_caller_reads() -> None:
    with http2_server() as (target, methods, _), grpc.insecure_channel(target) as channel:
        call: Any = channel.unary_stream(ENDLESS)
        stream = call(b"")
        assert next(stream) == PIECE
        written = -1
        while written != methods.written:
            written = methods.written
            on_loop(asyncio.sleep(SETTLE))
        assert methods.written * len(PIECE) < 32 << 20
        stream.cancel()
        until(methods, "cancelled", 1)


def test_a_caller_that_does_not_read_holds_up_no_other() -> None:
    with http2_server() as (target, _, _), peer(target) as caller:
        caller.call(1, ENDLESS)
        caller.send(window_update(0, 1 << 20))
        caller.call(3, STREAM, message=b"x")
        assert caller.status(3)["grpc-status"] == "0"


def test_the_window_opens_only_as_the_method_reads() -> None:
    with http2_server(stream_window=1 << 16) as (target, _, _), peer(target) as caller:
        caller.call(1, WAIT)
        caller.open(3, UPLOAD)
        for _ in range(4):
            caller.send(frame(DATA, 0, 3, b"\0\0\0\x3f\xfb" + bytes(16379)))
        assert caller.expect(WINDOW_UPDATE, 3)
        caller.send(frame(DATA, END_STREAM, 3, b""))
        assert caller.expect(DATA, 3).payload[5:] == b"65516"


def test_an_idle_peer_is_pinged_and_dropped_if_it_does_not_answer() -> None:
    with http2_server(keepalive_time=0.1, keepalive_timeout=0.1) as (target, _, _), peer(target) as caller:
        ping = caller.expect(PING)
        caller.send(frame(PING, ACK, 0, ping.payload))
        assert caller.expect(PING).payload == ping.payload
        assert caller.closed()


def test_pings_are_welcome_while_data_is_sent() -> None:
    with http2_server(min_ping_interval=60.0) as (target, _, _), peer(target) as caller:
        for stream in range(1, 41, 2):
            caller.call(stream, ECHO)
            assert caller.status(stream)["grpc-status"] == "0"
            settled(caller)
        for _ in range(4):
            caller.send(frame(PING, 0, 0, PAYLOAD))
        goaway = caller.expect(GOAWAY)
        assert (goaway.code, goaway.payload[8:]) == (wire.ENHANCE_YOUR_CALM, b"too_many_pings")


def drained(caller: Http2Peer, open_streams: int) -> None:
    """Goes through the end of a connection, as a peer that plays by the rules."""
    first = caller.expect(GOAWAY)
    assert (first.code, int.from_bytes(first.payload[:4], "big")) == (wire.NO_ERROR, LARGEST_STREAM_ID)
    ping = caller.expect(PING)
    late = 2 * open_streams + 1
    head = frame(HEADERS, END_HEADERS, late, caller.block(ECHO))  # it was on its way when GOAWAY came
    caller.send(head, frame(DATA, END_STREAM, late, b"\0\0\0\0\0"), frame(PING, ACK, 0, ping.payload))
    last = caller.expect(GOAWAY)
    assert (last.code, int.from_bytes(last.payload[:4], "big")) == (wire.NO_ERROR, late)
    assert caller.status(late)["grpc-status"] == "0"


def test_a_stop_in_order() -> None:
    with http2_server() as (target, methods, server), peer(target) as caller:
        caller.call(1, UPLOAD)
        caller.open(3, UPLOAD)
        until(methods, "begun", 2)
        stopping = submit(server.stop(LIMIT))
        drained(caller, 2)
        caller.call(7, ECHO)  # too late: not served
        caller.send(frame(DATA, END_STREAM, 3, b""))
        assert caller.status(3)["grpc-status"] == "0"
        assert caller.closed()
        stopping.result(LIMIT)
        assert methods.begun == 3


def test_a_stop_cuts_off_what_outlives_the_grace_period() -> None:
    with http2_server() as (target, methods, server), peer(target) as caller:
        caller.call(1, WAIT)
        until(methods, "begun", 1)
        on_loop(server.stop(0.05))
        assert methods.cancelled == 1
        assert caller.expect(RST_STREAM, 1).code == wire.CANCEL


def test_an_old_connection_ends_in_order() -> None:
    with http2_server(max_connection_age=0.05) as (target, _, _), peer(target) as caller:
        drained(caller, 0)
        assert caller.closed()


def test_an_old_connection_whose_calls_do_not_end() -> None:
    limits = {"max_connection_age": 0.05, "max_connection_age_grace": 0.05}
    with http2_server(**limits) as (target, methods, _), peer(target) as caller:
        caller.call(1, WAIT)
        assert caller.closed()
        until(methods, "cancelled", 1)


def test_what_nobody_foresaw_ends_one_connection(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(grpc.GenericRpcHandler):
        def service(self, handler_call_details: grpc.HandlerCallDetails) -> None:
            raise ValueError(handler_call_details.method)

    with http2_server() as (target, _, server):
        server.add_generic_rpc_handlers((Broken(),))
        with peer(target) as caller:
            caller.call(1, "/test.Test/Unknown")
            assert caller.goaway() == wire.INTERNAL_ERROR
        with peer(target) as caller:
            caller.call(1, ECHO)
            assert caller.status(1)["grpc-status"] == "0"
    assert [record.getMessage() for record in caplog.records] == ["Unexpected [ValueError] on a connection"]
