"""Streams of a connection (RFC 9113, section 5): states and allowed frames."""

import logging
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Final

import grpc

from openai_grpc_server.errors.error import RpcError
from openai_grpc_server.listen.http2.frames import (
    ENHANCE_YOUR_CALM,
    FLOW_CONTROL_ERROR,
    LARGEST_STREAM_ID,
    LARGEST_WINDOW,
    PROTOCOL_ERROR,
    REFUSED_STREAM,
    STREAM_CLOSED,
    H2ConnectionError,
    H2StreamError,
    rst_stream,
)
from openai_grpc_server.listen.http2.headers import BEGIN, HeadReader, MalformedError, RequestHead, trailers
from openai_grpc_server.listen.http2.hpack import HeaderListTooLargeError
from openai_grpc_server.listen.http2.limits import LATE_PER_STREAM, RAPID, Budget, Limits
from openai_grpc_server.listen.http2.stream import Stream
from openai_grpc_server.listen.http2.writer import FrameWriter

_REMEMBERED: Final = 1000  # at least, and at most twice as many


class RecentIds:
    """Recently closed stream ids."""

    __slots__ = ("_older", "_recent")

    def __init__(self) -> None:
        self._recent: set[int] = set()
        self._older: set[int] = set()

    def add(self, stream_id: int) -> None:
        """Adds an id."""
        self._recent.add(stream_id)
        if len(self._recent) >= _REMEMBERED:
            self._older, self._recent = self._recent, set()

    def __contains__(self, stream_id: int) -> bool:
        return stream_id in self._recent or stream_id in self._older


_BLOCK_COST: Final = 8  # by how many bits the size of a header block is shifted: so many frames more it counts for
_RESET_COST: Final = 2  # with the one that every ended stream earns: a reset for each stream that ends well is free
_LOG: Final = logging.getLogger(__name__)


class Streams:
    """The streams of one connection.

    Args:
        writer: Sending side of the connection.
        limits: Limits of the connection.
        accept: Serves the RPC of a new stream.
        calls: The RPCs that are being served, those included whose stream has been reset.

    Attributes:
        last_id: The newest stream that was looked at.
        opened: Number of streams opened.
        final_id: Highest id of a served stream; lowered on shutdown.
    """

    def __init__(
        self,
        writer: FrameWriter,
        limits: Limits,
        accept: Callable[[Stream, RequestHead], None],
        calls: Collection[object],
    ) -> None:
        self._writer = writer
        self._limits = limits
        self._accept = accept
        self._calls = calls
        self._heads = HeadReader(limits.max_header_list_size)
        self._open: dict[int, Stream] = {}
        writer.streams = self._open
        self._ended = RecentIds()  # that the peer knows to be closed
        self._dropped = RecentIds()  # that the peer may not know to be closed
        self._reset = RecentIds()  # that the peer has reset: what it had queued may still follow
        self._late = Budget(limits.late_frames_per_second)
        self._resets = Budget(limits.resets_per_second)
        self._flood_told = False
        self.last_id = 0
        self.opened = 0
        self.final_id = LARGEST_STREAM_ID

    def headers(self, stream_id: int, block: bytes, *, end: bool, fault: str = "") -> None:
        """Handles the header block of a request, or of its trailers.

        On each path that does not end the connection the block is decoded, also if the stream can't go on: the next one
        may refer to the fields that it adds to the table (RFC 9113, section 4.3).

        Args:
            stream_id: The stream.
            block: The whole block.
            end: Whether it ends the request.
            fault: Why the frames of the block break the rules, or empty.

        Raises:
            H2ConnectionError: The peer may not send it.
            H2StreamError: It is no request.
        """
        stream = self._open.get(stream_id)
        if stream is not None:
            self._trailers(stream, block, end=end, fault=fault)
        elif stream_id > self.last_id and stream_id & 1:
            self.last_id = stream_id
            self._new(stream_id, block, end=end, fault=fault)
        elif stream_id in self._reset:
            self.count_late(len(block))
            self._skip(block)
            self._writer.send(rst_stream(stream_id, STREAM_CLOSED))
        elif stream_id in self._ended:
            raise H2ConnectionError(STREAM_CLOSED, "HEADERS on a closed stream")
        elif stream_id in self._dropped:
            self.count_late(len(block))
            self._skip(block)
        else:
            raise H2ConnectionError(PROTOCOL_ERROR, "HEADERS on a stream that can't be opened")

    def data(self, stream_id: int, data: bytes, size: int, *, end: bool) -> None:
        """Handles the data of a request.

        Args:
            stream_id: Id of the stream.
            data: The data.
            size: Flow-controlled size in bytes, including padding.
            end: Whether it ends the request.

        Raises:
            H2ConnectionError: The peer may not send it.
            H2StreamError: As above.
        """
        stream = self._open.get(stream_id)
        if stream is None:
            self._check_not_idle(stream_id)
            if stream_id in self._ended and stream_id not in self._reset:
                raise H2ConnectionError(STREAM_CLOSED, "DATA on a closed stream")
            self.count_late()
            if stream_id in self._reset:  # RFC 9113, section 5.1: an error of the stream, not of the connection
                self._writer.send(rst_stream(stream_id, STREAM_CLOSED))
            return
        try:
            stream.receive(data, size)
            if end:
                stream.receive_end()
        except RpcError as error:
            if stream.receiver is not None:
                stream.receiver.fail(error)
        else:
            if stream.receiver is not None:
                stream.receiver.received()

    def rst_stream(self, stream_id: int) -> None:
        """Handles RST_STREAM of the peer.

        Raises:
            H2ConnectionError: The stream was never opened, or is reset again and again.
        """
        stream = self._open.get(stream_id)
        if stream is None:
            self._check_not_idle(stream_id)
            self.count_late()
            self._reset.add(stream_id)
            return
        if not stream.answered and time.monotonic() - stream.opened < RAPID:
            self._count_reset()
        stream.remote_ended = True
        self._reset.add(stream_id)
        self._gone(stream)

    def window_update(self, stream_id: int, increment: int) -> bool:
        """Handles WINDOW_UPDATE of a stream; returns whether the stream is open.

        Raises:
            H2ConnectionError: The stream was never opened.
            H2StreamError: The window can't be that wide.
        """
        stream = self._open.get(stream_id)
        if stream is None:
            self._check_not_idle(stream_id)
            return False
        if not increment:
            raise H2StreamError(stream_id, PROTOCOL_ERROR, "a WINDOW_UPDATE of 0")
        stream.widen(increment)
        return True

    @property
    def busy(self) -> bool:
        """True if an RPC is in flight."""
        return bool(self._calls)

    def initial_window_changed(self, difference: int) -> None:
        """Shifts the send windows of all streams.

        Raises:
            H2ConnectionError: One of them would be too wide.
        """
        for stream in self._open.values():
            if stream.window + difference > LARGEST_WINDOW:
                raise H2ConnectionError(FLOW_CONTROL_ERROR, "SETTINGS_INITIAL_WINDOW_SIZE is too large")
            stream.shift(difference)

    def broken_frame(self, stream_id: int, code: int, reason: str) -> None:
        """Handles an invalid frame on a stream.

        Raises:
            H2ConnectionError: The stream was never opened: then there is none that could be reset.
            H2StreamError: It was.
        """
        if stream_id > self.last_id or not stream_id & 1:
            raise H2ConnectionError(code, reason)
        raise H2StreamError(stream_id, code, reason)

    def broken(self, error: H2StreamError) -> None:
        """Resets a stream after a stream error."""
        self._count_reset()
        stream = self._open.get(error.stream_id)
        if stream is None:
            self._refuse(error.stream_id, error.code)
            return
        stream.reset(error.code)
        self._gone(stream)

    def lost(self) -> None:
        """Ends all streams after loss of the connection, and drops the reference to it."""
        self._accept, self._calls = _accept_none, ()
        for stream in tuple(self._open.values()):
            self._gone(stream)

    def count_late(self, block_size: int = 0) -> None:
        """Counts a frame on a closed stream against the abuse limits.

        Args:
            block_size: That of the header block in it, in bytes.

        Raises:
            H2ConnectionError: There are too many.
        """
        if not self._late.spend(1 + (block_size >> _BLOCK_COST)):
            raise H2ConnectionError(ENHANCE_YOUR_CALM, "too many frames on streams that are not open")

    def _new(self, stream_id: int, block: bytes, *, end: bool, fault: str) -> None:
        if stream_id > self.final_id:
            self.count_late(len(block))
            self._skip(block)  # the peer will learn by GOAWAY that it is not served
            self._dropped.add(stream_id)
            return
        resets = self._resets
        flooded = not resets.full and resets.exhausted and self._flooded()
        if flooded or len(self._calls) >= self._limits.max_concurrent_streams:
            self.count_late(len(block))
            self._skip(block)
            self._refuse(stream_id, REFUSED_STREAM)
            return
        if not self._late.full:
            self._late.earn(LATE_PER_STREAM)
        self.opened += 1
        try:
            head = self._heads.read(block)
        except MalformedError as error:
            raise H2StreamError(stream_id, PROTOCOL_ERROR, str(error)) from None
        except HeaderListTooLargeError:
            head = None
        if fault:
            raise H2StreamError(stream_id, PROTOCOL_ERROR, fault)
        length = None if head is None else head.content_length
        stream = Stream(stream_id, self._writer, self._limits.stream_window, length, self._release)
        self._open[stream_id] = stream
        if end:
            stream.receive_end()
        if head is None:
            status = trailers(grpc.StatusCode.RESOURCE_EXHAUSTED, "received metadata size exceeds limit")
            stream.send_trailers(BEGIN + status)
            return
        self._accept(stream, head)

    def _trailers(self, stream: Stream, block: bytes, *, end: bool, fault: str) -> None:
        if stream.remote_ended:
            self._skip(block)
            raise H2StreamError(stream.id, STREAM_CLOSED, "HEADERS after the end of the request")
        try:
            self._heads.read_trailers(block)
        except (MalformedError, HeaderListTooLargeError) as error:
            raise H2StreamError(stream.id, PROTOCOL_ERROR, str(error)) from None
        if not end:
            fault = "trailers that do not end the request"
        if fault:
            raise H2StreamError(stream.id, PROTOCOL_ERROR, fault)
        stream.receive_end()
        if stream.receiver is not None:
            stream.receiver.received()

    def _gone(self, stream: Stream) -> None:
        stream.close()
        if stream.receiver is not None:
            stream.receiver.gone()

    def _skip(self, block: bytes) -> None:
        with suppress(HeaderListTooLargeError):  # nobody asks for it
            self._heads.skip(block)

    def _refuse(self, stream_id: int, code: int) -> None:
        self._dropped.add(stream_id)
        self._writer.send(rst_stream(stream_id, code))

    def _release(self, stream: Stream) -> None:
        del self._open[stream.id]
        if not self._resets.full:
            self._resets.earn(1)
        (self._ended if stream.remote_ended else self._dropped).add(stream.id)

    def _check_not_idle(self, stream_id: int) -> None:
        if stream_id > self.last_id or not stream_id & 1:
            raise H2ConnectionError(PROTOCOL_ERROR, "a frame on a stream that was never opened")

    def _count_reset(self) -> None:
        self._resets.charge(_RESET_COST)

    def _flooded(self) -> bool:
        """Tells, once, that new streams are refused after too many resets; open ones continue."""
        if not self._flood_told:
            self._flood_told = True
            _LOG.warning("refusing new streams on a connection: too many of its streams are reset")
        return True


def _accept_none(stream: Stream, head: RequestHead) -> None:
    """Refuses every RPC."""
