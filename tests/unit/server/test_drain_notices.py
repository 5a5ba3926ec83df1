"""Notices of a drain among writes that wait for the caller's flow control."""

import asyncio
from functools import wraps
from math import inf
from types import SimpleNamespace
from typing import Any

import pytest

from openai_grpc.v1 import CONTRACT_REVISION, ChatCompletionChunk
from openai_grpc_server.calls.call import Sent
from openai_grpc_server.calls.reply import announce_drain, settle_notice, start_notice, write

LIMIT = 10.0  # seconds
FIRST, SECOND = (ChatCompletionChunk(id=name).SerializeToString() for name in ("first", "second"))


class Caller:
    """A caller who takes messages once it has `room`, and each after the one before."""

    def __init__(self) -> None:
        self.room = asyncio.Event()
        self.seen: list[str] = []
        self._writes = 0

    async def write(self, data: bytes) -> None:
        assert not self._writes, "two writes at once"
        self._writes += 1
        try:
            await self.room.wait()
        finally:
            self._writes -= 1
        message = ChatCompletionChunk.FromString(data)
        drain = message.call_info.drain if message.call_info.HasField("drain") else None
        self.seen.append(message.id if drain is None else "soon" if drain.HasField("seconds_left") else "drains")


def streaming(caller: Caller) -> Any:
    """Returns a call whose reply has begun."""
    sent = Sent()
    sent.begun = True
    return SimpleNamespace(
        sent=sent,
        context=caller,
        frames=None,
        on_write=None,
        on_drain=None,
        rpc=SimpleNamespace(server_streaming=True, reply_type=ChatCompletionChunk),
        route=SimpleNamespace(gone=False),
        head=SimpleNamespace(revision=CONTRACT_REVISION),
        task=SimpleNamespace(done=lambda: False),
    )


def on_a_loop(test: Any) -> Any:
    """Makes a test of one that is awaited."""

    @wraps(test)
    def run(**arguments: Any) -> None:
        asyncio.run(test(**arguments))

    return run


def tell(call: Any, due: float | None) -> None:
    if announce_drain(call, due):
        start_notice(call)


async def begun(*work: Any) -> list["asyncio.Task[None]"]:
    """Starts work, which then waits."""
    tasks = [asyncio.create_task(each) for each in work]
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    return tasks


@pytest.mark.parametrize("again", [None, 0.0], ids=["a drain", "a drain, then a stop"])
@on_a_loop
async def test_a_notice_follows_the_message_that_is_on_its_way(again: float | None) -> None:
    caller = Caller()
    call = streaming(caller)
    (writing,) = await begun(write(call, [FIRST]))
    tell(call, inf)
    if again is not None:
        tell(call, again)
    assert call.sent.notice is None
    caller.room.set()
    await writing
    await write(call, [SECOND])
    assert caller.seen == ["first", "drains" if again is None else "soon", "second"]
    assert call.sent.messages == 2


@on_a_loop
async def test_a_message_follows_the_notices_that_are_on_their_way() -> None:
    caller = Caller()
    call = streaming(caller)
    tell(call, inf)
    (writing,) = await begun(write(call, [FIRST]))
    tell(call, 0.0)
    caller.room.set()
    await writing
    assert caller.seen == ["drains", "soon", "first"]
    assert (call.sent.notice, call.sent.drain_due) == (None, None)


@on_a_loop
async def test_what_has_passed_is_not_told() -> None:
    caller = Caller()
    call = streaming(caller)
    (writing,) = await begun(write(call, [FIRST]))
    tell(call, inf)
    tell(call, None)
    caller.room.set()
    await writing
    assert caller.seen == ["first"]


@pytest.mark.parametrize("failed", [False, True])
@on_a_loop
async def test_the_status_of_a_failure_waits_for_no_notice(failed: bool) -> None:
    caller = Caller()
    call = streaming(caller)
    tell(call, inf)
    (settling,) = await begun(settle_notice(call, failed=failed))
    if not failed:
        caller.room.set()
    await asyncio.wait_for(settling, LIMIT)
    assert caller.seen == ([] if failed else ["drains"])
