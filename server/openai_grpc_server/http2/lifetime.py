"""How long a connection lives: its set-up, its pings, its age, and its end in order."""

import asyncio
import random
from collections.abc import Callable
from typing import Final

from openai_grpc_server.http2.errors import NO_ERROR
from openai_grpc_server.http2.frames import LARGEST_STREAM_ID, PING, frame, goaway
from openai_grpc_server.http2.output import Output
from openai_grpc_server.http2.settings import Limits
from openai_grpc_server.http2.streams import Streams

_KEEPALIVE: Final = b"alive?\0\0"
_DRAIN: Final = b"last one"
_AGE_SPREAD: Final = 0.1  # so that connections that came together don't end together: gRPC's own jitter


class Lifetime:
    """The timers of one connection.

    Args:
        limits: How long everything may take.
        output: What the connection sends.
        streams: Its streams.
        abort: Drops the connection.
        close_if_idle: Closes the connection if nothing is being served.

    Attributes:
        idle_since: When the last RPC ended, in seconds of the loop's clock; else when the connection was set up.
        last_read: When something came last, in seconds of the loop's clock.
        draining: Whether the peer was told to open no more streams.
    """

    def __init__(
        self,
        limits: Limits,
        output: Output,
        streams: Streams,
        abort: Callable[[], None],
        close_if_idle: Callable[[], None],
    ) -> None:
        self._limits = limits
        self._output = output
        self._streams = streams
        self._abort = abort
        self._close_if_idle = close_if_idle
        self._loop = asyncio.get_running_loop()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self.last_read = self.idle_since = self._loop.time()
        self.draining = False
        self._set("setup", limits.setup_timeout, abort)
        self._set("keepalive", limits.keepalive_time, self._keepalive)

    def set_up(self) -> None:
        """The peer's preface and SETTINGS have come."""
        self._cancel("setup")
        age = self._limits.max_connection_age
        if age is not None:
            self._set("age", age * random.uniform(1 - _AGE_SPREAD, 1 + _AGE_SPREAD), self._grow_old)  # noqa: S311 - no secret

        self.idle_since = self._loop.time()
        if self._limits.max_connection_idle is not None:
            self._set("idle", self._limits.max_connection_idle, self._look_idle, self._limits.max_connection_idle)

    def ponged(self, payload: bytes) -> bool:
        """Takes the answer to a ping; returns whether it is one of ours."""
        if payload == _DRAIN and self.draining:
            self._end_streams()
            return True
        if payload == _KEEPALIVE:
            self._cancel("pong")
            return True
        return False

    def drain(self) -> None:
        """Asks the peer to open no more streams, and closes the connection once those that are open have ended.

        First GOAWAY names no stream, and a ping follows: once it is answered the peer knows, and second GOAWAY says
        which streams had come by then, so that none is lost on the way.
        """
        if self.draining:
            return
        self.draining = True
        self._output.send(goaway(LARGEST_STREAM_ID, NO_ERROR), frame(PING, 0, 0, _DRAIN))
        self._set("drain", self._limits.keepalive_timeout, self._end_streams)

    def stop(self) -> None:
        """Ends all timers, and lets go of the connection, which is closing."""
        for timer in self._timers.values():
            timer.cancel()
        self._timers.clear()
        self._abort = self._close_if_idle = _nothing

    def _end_streams(self) -> None:
        self._cancel("drain")
        if self._streams.final_id == LARGEST_STREAM_ID:
            self._streams.final_id = self._streams.last_id
            self._output.send(goaway(self._streams.last_id, NO_ERROR))
            self._close_if_idle()

    def _grow_old(self) -> None:
        self.drain()
        self._set("grace", self._limits.max_connection_age_grace, self._abort)

    def _look_idle(self, limit: float) -> None:
        idle = 0.0 if self._streams.busy else self._loop.time() - self.idle_since
        if idle < limit:
            self._set("idle", limit - idle, self._look_idle, limit)
        else:
            self.drain()

    def _keepalive(self) -> None:
        silent = self._loop.time() - self.last_read
        left = self._limits.keepalive_time - silent
        if left <= 0:
            self._output.send(frame(PING, 0, 0, _KEEPALIVE))
            self._set("pong", self._limits.keepalive_timeout, self._silent)
            left = self._limits.keepalive_time + self._limits.keepalive_timeout
        self._set("keepalive", left, self._keepalive)

    def _silent(self) -> None:
        if self._loop.time() - self.last_read >= self._limits.keepalive_timeout:
            self._abort()

    def _set(self, name: str, seconds: float, act: Callable[..., None], *arguments: float) -> None:
        self._cancel(name)
        self._timers[name] = self._loop.call_later(seconds, act, *arguments)

    def _cancel(self, name: str) -> None:
        timer = self._timers.pop(name, None)
        if timer is not None:
            timer.cancel()


def _nothing() -> None:
    """Does nothing."""
