"""Frame sequences, valid and not, on a real port of our own HTTP/2 server, with the `h2` library as the reference.

    python -m conformance.http2_state_machine --minutes 60 --seed 1        in tests/, or with it on PYTHONPATH

What `h2` accepts must be answered; what it calls a connection error must end the connection with GOAWAY, a stream error
the stream alone; what the server sends must be what `h2` would send in its state, so within the flow-control windows;
header tables stay in step; and nothing is left of a connection: no stream, no task, no method, no line in the log.

It is one module of over 600 lines because Hypothesis finds a machine's rules, one for each kind of frame, in one class.

Where RFC 9113 asks for a stream error and `h2` ends the connection, as for malformed requests, the server must do as
the RFC says (`Reference.receive_stream_error`). Where `h2` is more lenient than the RFC, the server must close
(`_must_close`).

One module, although it is long: each rule is short, and they share the state of the connection and its checks.
"""

import argparse
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache
from math import inf
from typing import Any, Final

import hpack
from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule, run_state_machine_as_test

from conformance.http2_client import STREAM_WINDOW, STREAMS, Client, World, goaway_code
from conformance.http2_reference import Fields, Reference
from openai_grpc_server.listen.http2.frames import (
    ACK,
    CONTINUATION,
    DATA,
    DEFAULT_FRAME_SIZE,
    DEFAULT_WINDOW,
    END_HEADERS,
    END_STREAM,
    GOAWAY,
    HEADERS,
    LARGEST_STREAM_ID,
    NO_ERROR,
    PADDED,
    PING,
    PREFACE,
    PRIORITY,
    PRIORITY_FLAG,
    PUSH_PROMISE,
    REFUSED_STREAM,
    RST_STREAM,
    SETTINGS,
    WINDOW_UPDATE,
    frame,
    rst_stream,
    window_update,
)
from openai_grpc_server.listen.http2.hpack import encode
from support.http2_peer import Frame
from support.http2_server import ABORT, COUNT, DEAF, ECHO, ENDLESS, HALF, STREAM, UPLOAD, WAIT

STEPS: Final = 60  # rules in a sequence
SEQUENCES: Final = 25  # with a seed
UNKNOWN: Final = "/test.Test/Unknown"
METHODS: Final = (ECHO, STREAM, UPLOAD, HALF, WAIT, ENDLESS, ABORT, UNKNOWN)
_NEVER_ENDS: Final = (WAIT, ENDLESS, DEAF)
_OF_ANSWERS: Final = (4, 5)  # SETTINGS that say how much the server may send
MESSAGE_HEAD: Final = 5  # bytes
_MANY_WINDOWS: Final = 1 << 20

STATISTICS: Counter[str] = Counter()
"""How many sequences, steps, connections and outcomes there were."""

Encoder = Callable[[hpack.Encoder, Fields], bytes]
_REQUEST: Final[Fields] = [(b":method", b"POST"), (b":scheme", b"http"), (b":authority", b"here")]
_GRPC: Final[Fields] = [(b"te", b"trailers"), (b"content-type", b"application/grpc")]
_NAMES: Final = st.sampled_from([b"x-a", b"x-b", b"x-request-id", b"user-agent", b"a", b"x" * 60])
_VALUES: Final = st.one_of(
    st.sampled_from([b"", b"1", b"a value, and another", b"v" * 300, b"w" * 900]),
    st.binary(max_size=12).map(bytes.hex).map(str.encode),
)
_METADATA: Final = st.lists(st.tuples(_NAMES, _VALUES), max_size=6)
_LONG: Final = b"m" * 300
_SOMETIMES: Final = st.integers(0, 3).map(lambda number: not number)  # else no connection would get old
_MALFORMED: Final[dict[str, Callable[[Fields], Fields]]] = {
    "upper case": lambda fields: [*fields, (b"X-Upper", b"1")],
    "pseudo-header field after others": lambda fields: [*fields[1:], fields[0]],
    "pseudo-header field twice": lambda fields: [fields[0], *fields],
    "unknown pseudo-header field": lambda fields: [(b":protocol2", b"x"), *fields],
    "response's pseudo-header field": lambda fields: [(b":status", b"200"), *fields],
    "no path": lambda fields: [each for each in fields if each[0] != b":path"],
    "no method": lambda fields: [each for each in fields if each[0] != b":method"],
    "no scheme": lambda fields: [each for each in fields if each[0] != b":scheme"],
    "empty path": lambda fields: [(name, b"" if name == b":path" else value) for name, value in fields],
    "connection": lambda fields: [*fields, (b"connection", b"close")],
    "transfer-encoding": lambda fields: [*fields, (b"transfer-encoding", b"chunked")],
    "te": lambda fields: [*(each for each in fields if each[0] != b"te"), (b"te", b"gzip")],
    "name with a space": lambda fields: [*fields, (b"x y", b"1")],
    "empty name": lambda fields: [*fields, (b"", b"1")],
    "value with a line break": lambda fields: [*fields, (b"x", b"1\r\n2")],
    "value with NUL": lambda fields: [*fields, (b"x", b"\0")],
}

_BREAKS: Final = {
    "DATA on stream 0": frame(DATA, 0, 0, b"x"),
    "HEADERS on stream 0": frame(HEADERS, END_HEADERS, 0, b"\x82"),
    "PRIORITY on stream 0": frame(PRIORITY, 0, 0, bytes(5)),
    "RST_STREAM on stream 0": rst_stream(0, 0),
    "SETTINGS on a stream": frame(SETTINGS, 0, 1),
    "PING on a stream": frame(PING, 0, 1, bytes(8)),
    "GOAWAY on a stream": frame(GOAWAY, 0, 1, bytes(8)),
    "CONTINUATION without HEADERS": frame(CONTINUATION, END_HEADERS, 1, b"\x82"),
    "PUSH_PROMISE": frame(PUSH_PROMISE, END_HEADERS, 1, bytes(4) + b"\x82"),
    "HEADERS on an even stream": frame(HEADERS, END_HEADERS, 1000, b"\x82"),
    "DATA on an idle stream": frame(DATA, 0, 99_999, b"x"),
    "WINDOW_UPDATE on an idle stream": window_update(99_999, 1),
    "RST_STREAM on an idle stream": rst_stream(99_999, 0),
    "RST_STREAM of 3 bytes": frame(RST_STREAM, 0, 1, bytes(3)),
    "PING of 7 bytes": frame(PING, 0, 0, bytes(7)),
    "WINDOW_UPDATE of 5 bytes": frame(WINDOW_UPDATE, 0, 0, bytes(5)),
    "SETTINGS of 5 bytes": frame(SETTINGS, 0, 0, bytes(5)),
    "SETTINGS acknowledged with a payload": frame(SETTINGS, ACK, 0, bytes(6)),
    "GOAWAY of 7 bytes": frame(GOAWAY, 0, 0, bytes(7)),
    "WINDOW_UPDATE of 0": window_update(0, 0),
    "a window of the connection that is too wide": window_update(0, LARGEST_STREAM_ID) * 2,
    "an initial window that is too wide": frame(SETTINGS, 0, 0, b"\0\4\x80\0\0\0"),
    "frames that are too small": frame(SETTINGS, 0, 0, b"\0\5\0\0\x3f\xff"),
    "frames that are too large": frame(SETTINGS, 0, 0, b"\0\5\x01\0\0\0"),
    "pushes that are neither on nor off": frame(SETTINGS, 0, 0, b"\0\2\0\0\0\2"),
    "a frame that is too large": frame(DATA, 0, 1, bytes(DEFAULT_FRAME_SIZE + 1)),
    "an unknown frame that is too large": frame(0x77, 0, 0, bytes(DEFAULT_FRAME_SIZE + 1)),
}


@dataclass
class Call:
    """An RPC on a stream.

    Attributes:
        stream: Its stream.
        method: Its path.
        messages: The messages of the request.
        unsent: What was not sent of them, framed.
        room: How many bytes the server takes yet.
        whole: Whether the request was sent whole.
        half_closed: Whether the client has ended the request.
        reset: Whether the client has reset the stream.
        answer: The data of the answer.
        answered: Whether the server has ended the answer.
        refused: The error code with which the server has reset the stream.
        trailers: The last fields of the answer.
    """

    stream: int
    method: str
    messages: list[bytes] = field(repr=False)
    unsent: bytes = field(repr=False)
    room: int
    whole: bool = False
    half_closed: bool = False
    reset: bool = False
    answer: bytes = field(default=b"", repr=False)
    answered: bool = False
    refused: int | None = None
    trailers: Fields = field(default_factory=list)

    @property
    def open(self) -> bool:
        """Whether the client may send on it."""
        return not (self.half_closed or self.reset or self.gone)

    @property
    def gone(self) -> bool:
        """Whether the server has nothing to do with it any more."""
        return self.answered or self.refused is not None

    @property
    def ended(self) -> bool:
        """Whether both sides have ended it, and none has reset it."""
        return self.half_closed and self.answered and not self.reset and self.refused is None

    @property
    def finished(self) -> bool:
        """Whether nobody has anything to do with it any more."""
        return self.reset or self.gone


def _framed(message: bytes) -> bytes:
    return b"\0" + len(message).to_bytes(4, "big") + message


@cache
def _world() -> World:
    return World()


class FrameSequences(RuleBasedStateMachine):
    """One client after the other, each with frames in any order."""

    def __init__(self) -> None:
        super().__init__()
        STATISTICS["sequences"] += 1
        self._world = _world()
        self._held = b""  # frames that go out with the next ones
        self._connect()

    # --- what is valid

    @rule(
        method=st.sampled_from(METHODS),
        message=st.binary(max_size=40) | st.just(_LONG),
        count=st.integers(1, 3),
        metadata=_METADATA,
        shape=st.integers(0, 255),
        cuts=st.lists(st.integers(0, 400), max_size=4),
        gap=st.sampled_from([0, 0, 0, 2, 20]),
        hold=st.booleans(),
    )
    def open_stream(
        self,
        *,
        method: str,
        message: bytes,
        count: int,
        metadata: Fields,
        shape: int,
        cuts: list[int],
        gap: int,
        hold: bool,
    ) -> None:
        self._next += gap
        stream = self._take_stream()
        messages = [message] * (count if method == UPLOAD else 1)
        call = Call(stream, method, messages, b"".join(map(_framed, messages)), self._initial_window)
        self._calls[stream] = call
        block = self._encode([*_request(method), *metadata], shape)
        call.half_closed = shape % 7 == 0
        self._valid("HEADERS", _header_frames(stream, block, shape, cuts, end=call.half_closed), hold)

    @rule(
        method=st.sampled_from([ECHO, STREAM, UPLOAD, HALF, ABORT, ENDLESS, WAIT]),
        message=st.binary(max_size=40) | st.just(_LONG),
        metadata=_METADATA,
        shape=st.integers(0, 255),
        part=st.integers(1, 400),
        trailers=st.booleans(),
        hold=st.booleans(),
    )
    def call_whole(
        self, *, method: str, message: bytes, metadata: Fields, shape: int, part: int, trailers: bool, hold: bool
    ) -> None:
        stream = self._take_stream()
        body = _framed(message)
        if len(body) > self._room:
            return
        call = Call(stream, method, [message], b"", self._initial_window - len(body), whole=True, half_closed=True)
        self._calls[stream] = call
        self._room -= len(body)
        frames = _header_frames(stream, self._encode([*_request(method), *metadata], shape), shape, [], end=False)
        for at in range(0, len(body), part):
            last = at + part >= len(body) and not trailers
            frames += frame(DATA, END_STREAM if last else 0, stream, body[at : at + part])
        if trailers:
            frames += _header_frames(stream, self._encode(metadata, shape), shape, [], end=True)
        self._crossing.add(stream)
        self._valid("whole call", frames, hold)

    @precondition(lambda self: any(call.open for call in self._calls.values()))
    @rule(
        which=st.integers(0, 50),
        size=st.sampled_from([0, 1, 4, 5, 6, 100, 5000, 1 << 16]),
        padding=st.sampled_from([None, None, 0, 1, 255]),
        end=st.booleans(),
        hold=st.booleans(),
    )
    def send_data(self, which: int, size: int, padding: int | None, end: bool, hold: bool) -> None:
        call = self._pick(which, lambda call: call.open)
        overhead = 0 if padding is None else padding + 1
        size = min(size, len(call.unsent), DEFAULT_FRAME_SIZE - overhead, call.room - overhead, self._room - overhead)
        if size < 0:
            return
        payload, call.unsent = call.unsent[:size], call.unsent[size:]
        flags = END_STREAM if end else 0
        if padding is not None:
            flags |= PADDED
            payload = bytes((padding,)) + payload + bytes(padding)
        call.room -= len(payload)
        self._room -= len(payload)
        call.half_closed = end
        call.whole = end and not call.unsent
        if end and self._held:
            self._crossing.add(call.stream)
        self._valid("DATA", frame(DATA, flags, call.stream, payload), hold)

    @precondition(lambda self: any(call.open for call in self._calls.values()))
    @rule(which=st.integers(0, 50), metadata=_METADATA, shape=st.integers(0, 255), hold=st.booleans())
    def send_trailers(self, which: int, metadata: Fields, shape: int, hold: bool) -> None:
        call = self._pick(which, lambda call: call.open)
        call.half_closed = True
        call.whole = not call.unsent
        if self._held:
            self._crossing.add(call.stream)
        block = self._encode(metadata, shape)
        self._valid("trailers", _header_frames(call.stream, block, shape, [], end=True), hold)

    @precondition(lambda self: any(not call.finished for call in self._calls.values()))
    @rule(which=st.integers(0, 50), code=st.integers(0, 20), hold=st.booleans())
    def reset_stream(self, which: int, code: int, hold: bool) -> None:
        call = self._pick(which, lambda call: not call.finished)
        call.reset = True
        if self._held:
            self._crossing.add(call.stream)
        self._valid("RST_STREAM", rst_stream(call.stream, code), hold)

    @rule(which=st.integers(-2, 50), increment=st.integers(1, 30_000), hold=st.booleans())
    def open_window(self, which: int, increment: int, hold: bool) -> None:
        live = [call for call in self._calls.values() if not call.finished]
        stream = 0 if which < 0 or not live else live[which % len(live)].stream
        self._valid("WINDOW_UPDATE", window_update(stream, increment), hold)

    @rule(
        values=st.lists(
            st.one_of(
                st.tuples(st.just(4), st.integers(0, 100_000)),
                st.tuples(st.just(5), st.integers(1 << 14, (1 << 24) - 1)),
                st.tuples(st.sampled_from([1, 3, 6]), st.integers(0, 1 << 31)),
                st.tuples(st.just(2), st.integers(0, 1)),
                st.tuples(st.integers(0x20, 0xFFFF), st.integers(0, (1 << 32) - 1)),
            ),
            max_size=4,
        ),
        hold=st.booleans(),
    )
    def send_settings(self, values: list[tuple[int, int]], hold: bool) -> None:
        if any(name in _OF_ANSWERS for name, _ in values):  # the server may answer between two of them
            self._flush()
            hold = False
        self._settings_sent += 1
        self._valid("SETTINGS", _settings(*values), hold)

    @rule(acknowledged=st.booleans(), hold=st.booleans())
    def ping(self, acknowledged: bool, hold: bool) -> None:
        self._pongs += not acknowledged
        self._valid("PING", frame(PING, ACK if acknowledged else 0, 0, b"\xffanswer\xff"), hold)

    @rule(stream=st.integers(1, 99), depends_on=st.integers(100, 200), hold=st.booleans())
    def prioritize(self, stream: int, depends_on: int, hold: bool) -> None:
        self._valid("PRIORITY", frame(PRIORITY, 0, stream, depends_on.to_bytes(4, "big") + b"\x10"), hold)

    @rule(
        kind=st.integers(0x20, 0xFF),
        flags=st.integers(0, 255),
        stream=st.integers(0, 30),
        payload=st.binary(max_size=20),
        hold=st.booleans(),
    )
    def send_unknown_frame(self, kind: int, flags: int, stream: int, payload: bytes, hold: bool) -> None:
        self._valid("unknown frame", frame(kind, flags, stream, payload), hold)

    @rule(code=st.integers(0, 20), debug=st.binary(max_size=10))
    def go_away(self, code: int, debug: bytes) -> None:
        """GOAWAY of a client means that it takes no pushes; `h2` would say no more, so that it is not told."""
        self._count("GOAWAY")
        self._held += frame(GOAWAY, 0, 0, bytes(4) + code.to_bytes(4, "big") + debug)
        self._exchange(closes=False)

    # --- what ends a stream

    @rule(fault=st.sampled_from(sorted(_MALFORMED)), metadata=_METADATA, shape=st.integers(0, 255), end=st.booleans())
    def send_malformed_request(self, fault: str, metadata: Fields, shape: int, end: bool) -> None:
        self._flush()
        stream = self._take_stream()
        fields = _MALFORMED[fault](_request(ECHO))
        if fault != "pseudo-header field after others":
            fields += [each for each in metadata if each[0] != b"te"]
        block = self._encode(fields, shape)
        self._stream_error(f"request with {fault}", stream, _header_frames(stream, block, shape, [], end=end), block)

    @precondition(lambda self: any(call.open for call in self._calls.values()))
    @rule(
        which=st.integers(0, 50),
        fault=st.sampled_from(["upper case", "pseudo", "connection", "goes on"]),
        metadata=_METADATA,
        shape=st.integers(0, 255),
    )
    def send_malformed_trailers(self, which: int, fault: str, metadata: Fields, shape: int) -> None:
        self._flush()
        call = self._pick(which, lambda call: call.open)
        if call is None:
            return
        fields: dict[str, Fields] = {
            "upper case": [(b"X-Upper", b"1")],
            "pseudo": [(b":path", b"/")],
            "connection": [(b"connection", b"close")],
            "goes on": [],
        }
        block = self._encode([*fields[fault], *metadata], shape)
        frames = _header_frames(call.stream, block, shape, [], end=fault != "goes on")
        self._stream_error(f"trailers with {fault}", call.stream, frames, block)

    @rule(method=st.sampled_from(METHODS), metadata=_METADATA, shape=st.integers(0, 255))
    def open_stream_that_depends_on_itself(self, method: str, metadata: Fields, shape: int) -> None:
        self._flush()
        stream = self._take_stream()
        block = self._encode([*_request(method), *metadata], shape)
        priority = stream.to_bytes(4, "big") + b"\x10"
        headers = frame(HEADERS, END_HEADERS | PRIORITY_FLAG, stream, priority + block)
        self._stream_error("HEADERS that depend on themselves", stream, headers, block)

    @precondition(lambda self: any(not call.finished for call in self._calls.values()))
    @rule(which=st.integers(0, 50), fault=st.sampled_from(["itself", "size", "window of 0", "window too wide"]))
    def break_stream(self, which: int, fault: str) -> None:
        self._flush()
        call = self._pick(which, lambda call: not call.finished)
        if call is None:
            return
        stream = call.stream
        frames = {
            "itself": frame(PRIORITY, 0, stream, stream.to_bytes(4, "big") + b"\x10"),
            "size": frame(PRIORITY, 0, stream, bytes(4)),
            "window of 0": window_update(stream, 0),
            "window too wide": window_update(stream, LARGEST_STREAM_ID),
        }
        if fault == "window too wide":  # a window may be below 0, where it is not
            frames[fault] += frames[fault]
        self._stream_error(f"stream error: {fault}", stream, frames[fault], None)

    @rule(said=st.integers(0, 30), sent=st.integers(0, 30), metadata=_METADATA, shape=st.integers(0, 255))
    def send_wrong_length(self, said: int, sent: int, metadata: Fields, shape: int) -> None:
        self._flush()
        if said == sent:
            return
        stream = self._take_stream()
        length = (b"content-length", b"%d" % said)
        block = self._encode([*_request(UPLOAD), length, *metadata], shape)
        frames = _header_frames(stream, block, shape, [], end=False)
        frames += frame(DATA, END_STREAM, stream, bytes(sent))
        self._stream_error("wrong content-length", stream, frames, block, opened=True)

    @precondition(lambda self: any(call.half_closed and not call.finished for call in self._calls.values()))
    @rule(which=st.integers(0, 50), data=st.booleans(), metadata=_METADATA, shape=st.integers(0, 255))
    def go_on_after_the_end(self, which: int, data: bool, metadata: Fields, shape: int) -> None:
        self._flush()
        call = self._pick(which, lambda call: call.half_closed and not call.finished)
        if call is None:
            return
        if data:
            self._room -= 5
            self._stream_error("DATA after the end", call.stream, frame(DATA, 0, call.stream, bytes(5)), None)
        else:
            block = self._encode(metadata, shape)
            frames = _header_frames(call.stream, block, shape, [], end=True)
            self._stream_error("HEADERS after the end", call.stream, frames, block)

    @rule(size=st.integers(1, 100))
    def send_more_than_the_window(self, size: int) -> None:
        """A method that does not read its stream opens no window again."""
        self._flush()
        if self._room < 2 * STREAM_WINDOW or self._running() >= STREAMS:
            return
        stream = self._take_stream()
        call = Call(stream, DEAF, [], b"", self._initial_window)
        self._calls[stream] = call
        self._valid("HEADERS", frame(HEADERS, END_HEADERS, stream, self._encode(_request(DEAF), 1)), hold=True)
        call.room -= MESSAGE_HEAD
        self._room -= MESSAGE_HEAD
        begun = frame(DATA, 0, stream, b"\0" + (2 * STREAM_WINDOW - MESSAGE_HEAD).to_bytes(4, "big"))
        self._valid("DATA", begun, hold=False)
        frames = b""
        left = call.room + size
        self._room -= left
        while left:
            part = min(left, DEFAULT_FRAME_SIZE)
            frames += frame(DATA, 0, stream, bytes(part))
            left -= part
        self._stream_error("more data than the window", stream, frames, None)

    # --- what ends the connection

    @rule(
        now=_SOMETIMES,
        block=st.binary(min_size=1, max_size=30)
        | st.sampled_from(
            [b"\xff\xff\xff\xff\xff\x0f", b"\x80", b"\x40\x7f\xff\xff\xff\x7f", b"\x3f\xe2\x1f", b"\x40\x01", b"\xfe"]
        ),
        before=_METADATA,
        shape=st.integers(0, 255),
    )
    def send_any_block(self, block: bytes, before: Fields, shape: int, now: bool) -> None:
        """Any bytes as a header block: what can't be decoded ends the connection, what is malformed the stream."""
        if not now:
            return
        self._flush()
        block = self._encode([*_request(ECHO), *before], shape) + block
        stream = self._take_stream()
        frames = frame(HEADERS, END_HEADERS | END_STREAM, stream, block)
        if not self._reference.block_is_decodable(block):
            self._ends("header block that can't be decoded", frames)
            return
        self._count("any fields")
        call = Call(stream, "", [], b"", 0, half_closed=True)
        self._calls[stream] = call
        self._reference.receive_stream_error(stream, frames, block)
        self._held += frames
        self._exchange(closes=False)
        assert call.finished, f"{call} was neither answered nor reset"
        self._finish()
        self._reconnect()  # the block may have changed the server's table, and has not changed this client's

    @rule(now=_SOMETIMES, fault=st.sampled_from(sorted(_BREAKS)))
    def break_connection(self, fault: str, now: bool) -> None:
        if not now:
            return
        self._flush()
        self._must_close(fault, _BREAKS[fault])

    @precondition(lambda self: self._calls)
    @rule(
        now=_SOMETIMES,
        which=st.integers(0, 50),
        padding=st.integers(0, 255),
        size=st.integers(0, 200),
        headers=st.booleans(),
    )
    def pad_too_much(self, which: int, padding: int, size: int, headers: bool, now: bool) -> None:
        if not now:
            return
        self._flush()
        call = self._pick(which, lambda call: call.open)
        if call is None or padding <= size:
            return
        stream = self._take_stream() if headers else call.stream
        kind = HEADERS if headers else DATA
        flags = PADDED | (END_HEADERS if headers else 0)
        self._must_close("padding longer than its frame", frame(kind, flags, stream, bytes((padding,)) + bytes(size)))

    @rule(
        now=_SOMETIMES,
        other=st.sampled_from([DATA, HEADERS, PRIORITY, RST_STREAM, SETTINGS, PING, GOAWAY, WINDOW_UPDATE, 0x77]),
        same=st.booleans(),
        shape=st.integers(0, 255),
    )
    def break_into_a_header_block(self, other: int, same: bool, shape: int, now: bool) -> None:
        if not now:
            return
        self._flush()
        stream = self._take_stream()
        block = self._encode(_request(ECHO), shape)
        payloads = {
            PRIORITY: bytes(5),
            RST_STREAM: bytes(4),
            PING: bytes(8),
            GOAWAY: bytes(8),
            WINDOW_UPDATE: b"\0\0\0\1",
        }
        other_stream = stream if same or other in (DATA, HEADERS, PRIORITY, RST_STREAM) else 0
        frames = frame(HEADERS, 0, stream, block[:5]) + frame(other, 0, other_stream, payloads.get(other, b""))
        self._must_close("a frame inside a header block", frames)

    @precondition(lambda self: any(call.ended for call in self._calls.values()))
    @rule(now=_SOMETIMES, which=st.integers(0, 50), kind=st.sampled_from([DATA, HEADERS]), shape=st.integers(0, 255))
    def go_on_after_both_ends(self, which: int, kind: int, shape: int, now: bool) -> None:
        if not now:
            return
        self._flush()
        call = self._pick(which, lambda call: call.ended)
        if call is None:
            return
        if kind == DATA:
            self._must_close("DATA on a closed stream", frame(DATA, 0, call.stream, b"x"))
        else:
            block = self._encode(_request(ECHO), shape)
            self._ends("HEADERS on a closed stream", frame(HEADERS, END_HEADERS, call.stream, block))

    @rule(
        now=_SOMETIMES,
        opening=st.sampled_from([b"GET / HTTP/1.1\r\n\r\n", PREFACE[:20] + b"XXXX", b"\x16\x03\x01" + bytes(30)]),
    )
    def connect_without_preface(self, opening: bytes, now: bool) -> None:
        if not now:
            return
        self._count("no preface")
        self._other_connection(opening)

    @rule(
        now=_SOMETIMES,
        first=st.sampled_from(
            [frame(PING, 0, 0, bytes(8)), frame(HEADERS, 5, 1, b"\x82"), frame(SETTINGS, ACK, 0), b"x" * 9]
        ),
    )
    def connect_without_settings(self, first: bytes, now: bool) -> None:
        if not now:
            return
        self._count("no SETTINGS first")
        self._other_connection(PREFACE + first)

    # --- what may come late

    @precondition(lambda self: any(call.finished for call in self._calls.values()))
    @rule(
        which=st.integers(0, 50),
        kind=st.sampled_from([DATA, HEADERS, RST_STREAM, WINDOW_UPDATE, PRIORITY]),
        metadata=_METADATA,
        shape=st.integers(0, 255),
    )
    def send_late(self, which: int, kind: int, metadata: Fields, shape: int) -> None:
        """Frames on a stream that the server has reset or answered early, or that this client has reset."""
        self._flush()
        call = self._pick(which, lambda call: call.finished and not call.ended)
        if call is None:
            return
        stream = call.stream
        if kind in (DATA, HEADERS) and (call.reset or call.half_closed):
            return  # RFC 9113, section 5.1: who has ended or reset a stream sends nothing more on it
        if kind == DATA:
            self._room -= 1
        block = self._encode(metadata, shape) if kind == HEADERS else b""
        frames = {
            DATA: frame(DATA, 0, stream, b"x"),
            HEADERS: frame(HEADERS, END_HEADERS | END_STREAM, stream, block),
            RST_STREAM: rst_stream(stream, 8),
            WINDOW_UPDATE: window_update(stream, 1),
            PRIORITY: frame(PRIORITY, 0, stream, bytes(5)),
        }
        if kind == RST_STREAM:
            call.reset = True
        self._count("late frame")
        self._reference.receive(frames[kind])
        self._held += frames[kind]
        self._exchange(closes=False)

    @rule(size=st.integers(17_000, 40_000), shape=st.integers(0, 255))
    def send_too_many_fields(self, size: int, shape: int) -> None:
        self._flush()
        stream = self._take_stream()
        block = self._encode(_request(ECHO), shape) + encode(b"x-large", b"v" * (size // 2)) * 2
        call = Call(stream, ECHO, [b""], b"", self._initial_window, half_closed=True)
        self._calls[stream] = call
        self._valid("too many fields", _header_frames(stream, block, 0, [16_000, 32_000], end=True), hold=False)

    @rule(sizes=st.lists(st.integers(0, 4096), min_size=1, max_size=3))
    def resize_table(self, sizes: list[int]) -> None:
        for size in sizes:
            # hpack forgets to tell of a size that is set twice.
            if size != self._encoder.header_table_size:
                self._encoder.header_table_size = size

    @rule(now=_SOMETIMES, abruptly=st.booleans(), cut=st.integers(0, 40))
    def disconnect(self, abruptly: bool, cut: int, now: bool) -> None:
        """Goes away inside a frame, or a header block."""
        if not now:
            return
        self._count("disconnect")
        block = self._encode(_request(ECHO), 0)
        self._held += frame(HEADERS, 0, self._take_stream(), block)[:cut]
        self._run(self._client.split([self._held]))
        self._held = b""
        self._reconnect(abruptly=abruptly)

    def teardown(self) -> None:
        """Lets all calls end; each must be answered."""
        if sys.exc_info()[0] is not None:
            self._start_over()
            return
        try:
            self._finish()
            self._run(self._client.close())
            self._check_nothing_left()
        except BaseException:
            self._start_over()
            raise

    def _start_over(self) -> None:
        """Throws the server away: what a fault has left must not be the next sequence's fault."""
        self._run(self._client.close(abruptly=True))
        self._world.close()
        _world.cache_clear()

    # --- how steps are carried out

    def _run(self, work: Any) -> Any:
        return self._world.loop.run_until_complete(work)

    def _connect(self) -> None:
        STATISTICS["connections"] += 1
        self._client: Client = self._run(self._world.connect())
        self._encoder = hpack.Encoder()
        self._calls: dict[int, Call] = {}
        self._next = 1
        self._crossing: set[int] = set()  # streams whose answer may begin before their end or reset is read
        self._pongs = 0
        self._settings_sent = 1
        said, closed = self._run(self._client.exchange(frame(SETTINGS, ACK, 0)))
        assert not closed
        (told,) = (each.payload for each in said if each.kind == SETTINGS and not each.flags)
        self._reference = Reference(told)
        assert self._reference.receive(PREFACE + frame(SETTINGS, 0, 0) + frame(SETTINGS, ACK, 0)).accepted
        self._initial_window = STREAM_WINDOW
        self._room = DEFAULT_WINDOW
        self._take([each for each in said if each.kind != SETTINGS or each.flags])

    def _reconnect(self, *, abruptly: bool = False) -> None:
        self._run(self._client.close(abruptly=abruptly))
        self._check_nothing_left()
        self._connect()

    def _other_connection(self, opening: bytes) -> None:
        """Opens a connection that is no HTTP/2: the server must close it."""
        self._flush()

        async def opened() -> list[Frame]:
            other = await self._world.connect(opening)
            said = await other.until_closed()
            await other.close()
            return said

        code = goaway_code(self._run(opened()))
        assert code not in (None, NO_ERROR), f"GOAWAY with {code}"

    def _check_nothing_left(self) -> None:
        left = self._run(self._world.left())
        self._world.faults.clear()
        assert not left, left

    def _count(self, what: str) -> None:
        STATISTICS["steps"] += 1
        STATISTICS[f"step: {what}"] += 1

    def _pick(self, which: int, suits: Callable[[Call], bool]) -> Any:
        found = [call for call in self._calls.values() if suits(call)]
        return found[which % len(found)] if found else None

    def _running(self) -> int:
        return sum(not call.finished for call in self._calls.values())

    def _take_stream(self) -> int:
        stream = self._next
        self._next += 2
        return stream

    def _encode(self, fields: Fields, shape: int) -> bytes:
        """Encodes fields, in the forms that the bits of `shape` say."""
        literals = shape & 1
        kept = fields
        if literals and fields:
            kept, last = fields[:-1], fields[-1]
        never = shape & 2
        entries = [hpack.NeverIndexedHeaderTuple(*each) if never else each for each in kept]
        block = self._encoder.encode(entries, huffman=bool(shape & 4))
        return block + encode(*last) if literals and fields else block

    def _valid(self, what: str, data: bytes, hold: bool) -> None:
        """Sends what the protocol allows."""
        self._count(what)
        verdict = self._reference.receive(data)
        assert verdict.accepted, f"the test is wrong: h2 does not take {what}: {verdict}"
        self._held += data
        if not hold:
            self._exchange(closes=False)

    def _stream_error(self, what: str, stream: int, data: bytes, block: bytes | None, *, opened: bool = False) -> None:
        """Sends what must end a stream, and nothing else."""
        self._count(what)
        said = self._reference.receive_stream_error(stream, data, block)
        assert not said.accepted, f"the test is wrong: h2 takes {what}"
        call = self._calls.setdefault(stream, Call(stream, "", [], b"", 0, half_closed=opened))
        self._held += data
        self._exchange(closes=False)
        assert call.refused not in (None, NO_ERROR), f"stream {stream} goes on after {what}"

    def _ends(self, what: str, data: bytes) -> None:
        """Sends what ends the connection by `h2`'s word."""
        self._count(what)
        assert self._reference.receive(data).closes, f"the test is wrong: h2 takes {what}"
        self._held += data
        self._exchange(closes=True)

    def _must_close(self, what: str, data: bytes) -> None:
        """Sends what ends the connection by RFC 9113, whatever `h2` says."""
        self._count(what)
        STATISTICS["h2 closes" if self._reference.receive(data).closes else "h2 is lenient"] += 1
        self._held += data
        self._exchange(closes=True)

    def _flush(self) -> None:
        if self._held:
            self._exchange(closes=False)

    def _exchange(self, *, closes: bool) -> None:
        data, self._held = self._held, b""
        said, closed = self._run(self._client.exchange(data))
        code = goaway_code(said)
        if closes:
            assert closed, "the connection goes on"
            assert code not in (None, NO_ERROR), f"GOAWAY with {code}"
            STATISTICS["connection errors"] += 1
            self._reconnect()
            return
        assert not closed, f"the connection was closed, with {code} in GOAWAY: {said[-1:]}"
        self._take(said)
        self._crossing.clear()
        assert not self._world.faults, self._world.faults

    def _take(self, said: list[Frame]) -> None:
        running = self._running()
        for each in said:
            if each.kind == PING:
                assert each.flags & ACK
                self._pongs -= 1
            elif each.kind == SETTINGS:
                assert each.flags & ACK
                self._settings_sent -= 1
            else:
                self._take_answer(each, running)
        assert not self._pongs, "a PING was not answered"
        assert not self._settings_sent, "SETTINGS were not acknowledged"

    def _take_answer(self, each: Frame, running: int) -> None:
        if self._crosses(each):
            return
        fields = self._reference.sent(each)
        if each.kind == WINDOW_UPDATE:
            increment = int.from_bytes(each.payload, "big")
            if each.stream:
                self._calls[each.stream].room += increment
            else:
                self._room += increment
            return
        call = self._calls[each.stream]
        if each.kind == RST_STREAM:
            call.refused = each.code
            STATISTICS["streams reset"] += 1
            if each.code == REFUSED_STREAM:
                assert running > STREAMS, f"stream {each.stream} was refused while {running - 1} others ran"
            return
        if each.kind == DATA:
            call.answer += each.payload
        elif fields is not None:
            call.trailers = fields
        if each.kind != CONTINUATION and each.flags & END_STREAM:
            call.answered = True
            STATISTICS["answers"] += 1

    def _crosses(self, each: Frame) -> bool:
        """Whether the server has sent a frame before it has read what has closed its stream."""
        call = self._calls.get(each.stream)
        if call is None or each.stream not in self._crossing:
            return False
        if each.kind == RST_STREAM and each.code == NO_ERROR:
            call.refused = each.code
            return True
        return call.reset

    def _never_ending(self) -> list[Call]:
        return [call for call in self._calls.values() if call.method in _NEVER_ENDS and not call.finished]

    def _finish(self) -> None:
        self._flush()
        data = b""
        for call in self._never_ending():
            call.reset = True
            data += rst_stream(call.stream, 8)
        self._settings_sent += 1
        data += _settings((4, DEFAULT_WINDOW)) + window_update(0, _MANY_WINDOWS)
        for call in self._calls.values():
            if call.finished:
                continue
            data += window_update(call.stream, _MANY_WINDOWS)
            if call.open:
                call.half_closed = True
                call.whole = not call.unsent
                data += frame(DATA, END_STREAM, call.stream)
        self._valid("finish", data, hold=False)
        for call in self._calls.values():
            _check_answer(call)


def _check_answer(call: Call) -> None:
    assert call.finished, f"{call} was not answered"
    if call.reset or call.refused not in (None, NO_ERROR):
        return
    assert call.answered, f"{call} was reset before it was answered"
    status = dict(call.trailers).get(b"grpc-status")
    if not call.whole or call.method not in (ECHO, STREAM, UPLOAD):
        assert status is not None or call.trailers, call
        return
    assert status == b"0", call
    expected = {
        ECHO: _framed(call.messages[0]),
        STREAM: _framed(call.messages[0]) * COUNT,
        UPLOAD: _framed(b"%d" % sum(map(len, call.messages))),
    }
    assert call.answer == expected[call.method], call
    STATISTICS["replies compared"] += 1


def _request(method: str) -> Fields:
    return [*_REQUEST, (b":path", method.encode()), *_GRPC]


def _settings(*values: tuple[int, int]) -> bytes:
    return frame(SETTINGS, 0, 0, b"".join(name.to_bytes(2, "big") + value.to_bytes(4, "big") for name, value in values))


def _header_frames(stream: int, block: bytes, shape: int, cuts: list[int], *, end: bool) -> bytes:
    """Returns HEADERS and CONTINUATION frames with a block, padded and with a priority as the bits of `shape` say."""
    places = sorted({min(cut, len(block)) for cut in cuts})
    parts = [block[start:stop] for start, stop in zip([0, *places], [*places, len(block)], strict=True)]
    flags = END_STREAM if end else 0
    payload = parts[0]
    if shape & 8:
        flags |= PRIORITY_FLAG
        payload = (stream + 100).to_bytes(4, "big") + b"\x10" + payload
    if shape & 16 and parts[0]:  # h2 takes no padding besides nothing, which RFC 9113 allows
        flags |= PADDED
        padding = shape >> 5
        payload = bytes((padding,)) + payload + bytes(padding)
    if len(parts) == 1:
        return frame(HEADERS, flags | END_HEADERS, stream, payload)
    frames = [frame(CONTINUATION, 0, stream, part) for part in parts[1:-1]]
    return b"".join(
        [frame(HEADERS, flags, stream, payload), *frames, frame(CONTINUATION, END_HEADERS, stream, parts[-1])]
    )


def drive(minutes: float, first_seed: int, *, stop: bool, seeds: int | None = None) -> list[str]:
    """Runs sequences of one seed after the other.

    Args:
        minutes: For how long, and until the last seed has ended.
        first_seed: The first.
        stop: Whether the first fault ends it.
        seeds: How many at most; None: as many as the time allows.

    Returns:
        The faults, each with its shortest sequence.
    """
    found: list[str] = []
    how = settings(
        max_examples=SEQUENCES,
        stateful_step_count=STEPS,
        deadline=None,
        report_multiple_bugs=False,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    end = time.monotonic() + minutes * 60
    number = first_seed
    last = inf if seeds is None else first_seed + seeds - 1
    while time.monotonic() < end and number <= last and not (stop and found):
        try:
            run_state_machine_as_test(seed(number)(FrameSequences), settings=how)
        except Exception as error:  # noqa: BLE001 - whatever was found is told, and the next seed follows
            found.append(_told(number, error))
        STATISTICS["seeds"] += 1
        number += 1
    return found


def _told(number: int, error: Exception) -> str:
    where = traceback.extract_tb(error.__traceback__)[-1]
    steps = "\n".join(getattr(error, "__notes__", ()))
    if not isinstance(error, AssertionError):
        steps += "\n" + "".join(traceback.format_exception(error))
    return f"seed {number}, {where.name}: {type(error).__name__}: {error}\n{steps}"


def main() -> int:
    """Runs it and prints what was found.

    Returns:
        1 if there are faults, else 0.
    """
    parser = argparse.ArgumentParser(prog="python -m conformance.http2_state_machine", description=__doc__)
    parser.add_argument("--minutes", type=float, default=1.0, help="for how long (default: 1)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (default: 1)")
    parser.add_argument("--stop", action="store_true", help="stop at the first fault")
    args = parser.parse_args()
    found = drive(args.minutes, args.seed, stop=args.stop)
    for name, count in STATISTICS.most_common():
        sys.stdout.write(f"{count:10} {name}\n")
    for each in found:
        sys.stdout.write(f"{each}\n")
    sys.stdout.write(f"Faults: {len(found)}\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main())
