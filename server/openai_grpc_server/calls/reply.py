"""Replies to callers: initial metadata, messages, trailing metadata."""

import asyncio
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from functools import partial
from math import inf
from typing import Final

from google.protobuf.message import Message

from openai_grpc.codec import to_revision
from openai_grpc.options.v1 import json_pb2
from openai_grpc.v1 import common_pb2
from openai_grpc_server.calls.call import REQUEST_ID, Call
from openai_grpc_server.errors import MessageTooLargeError
from openai_grpc_server.runtime.offload import is_large_json

ATTEMPTS = "openai-grpc-attempts"
DEPLOYMENT = "openai-grpc-deployment"
COST = "openai-grpc-cost"
ESTIMATED = "openai-grpc-cost-estimated"
SOFT_BUDGET = "openai-grpc-soft-budget"
DRAIN_REVISION: Final[int] = (
    common_pb2.CallInfo.DESCRIPTOR.fields_by_name["drain"].GetOptions().Extensions[json_pb2.json].since
)
CANCEL_FOLLOWS = 0.02  # seconds; it takes less than one millisecond

Metadata = tuple[tuple[str, str], ...]


def measure(call: Call, data: bytes) -> bool:
    """Records and returns whether upstream's JSON is large enough to be processed off the event loop."""
    call.sent.large = is_large_json(data)
    return call.sent.large


async def begin(call: Call) -> None:
    """Sends the initial metadata: from now on the call can't move to another deployment."""
    sent = call.sent
    sent.begun = sent.writing = True
    if not call.route.gone:
        await call.context.send_initial_metadata((*served_by(call), *call.answer.metadata))
    sent.writing = False
    if sent.drain_due is not None:
        await tell_drain(call)


def encode(call: Call, message: Message) -> bytes:
    """Encodes a message of the reply for the caller: sealed ids, in the caller's revision; as JSON for one by REST.

    Raises:
        MessageTooLargeError: gRPC would not send it, and could not say why.
        CodecError: It has no JSON.
    """
    if call.relay is not None:
        return call.relay
    if call.ownership is not None or call.head.revision < call.rpc.reply_revision:
        adapt(call, message)
    data = message.SerializeToString()
    if len(data) > call.max_message_bytes:
        raise too_large(call, len(data))
    frames, text = call.frames, call.text
    if frames is None:
        return data
    if text is not None and text[0] == data and frames.head_of(message, text[1]) is not None:
        return text[1]
    return frames.event(message)


def adapt(call: Call, message: Message) -> None:
    """Seals the ids of a message, and makes it one of the caller's revision."""
    if call.ownership is not None:
        call.ownership.seal_reply(call, message)
    if call.head.revision < call.rpc.reply_revision:
        to_revision(message, call.head.revision)


def too_large(call: Call, size: int) -> MessageTooLargeError:
    """Makes the error of a message that is larger than the limit."""
    return MessageTooLargeError(
        f"The reply has a message of {size} bytes; the limit is {call.max_message_bytes}",
        maybe_billed=not call.rpc.safe,
    )


def encoder_of(call: Call, *, adapted: bool = False) -> Callable[[Message], bytes]:
    """Returns the equivalent of `encode` for the messages of a stream: for a caller by REST they are events.

    Args:
        call: The call.
        adapted: Whether the messages are the caller's already, as those are that repeat an encoded one.
    """
    limit, frames = call.max_message_bytes, call.frames
    if frames is not None:

        def as_event(message: Message) -> bytes:
            adapt(call, message)
            if message.ByteSize() > limit:
                raise too_large(call, message.ByteSize())
            return frames.event(message)

        return as_event
    if not adapted and (call.ownership is not None or call.head.revision < call.rpc.reply_revision):
        return partial(encode, call)

    def as_it_is(message: Message) -> bytes:
        data = message.SerializeToString()
        return data if len(data) <= limit else encode(call, message)

    return as_it_is


async def write(  # noqa: C901 - split up, it would cost a function call a message
    call: Call, messages: Sequence[bytes]
) -> None:
    """Sends messages of a stream; events of JSON all at once."""
    if not messages:
        return
    sent, route, send = call.sent, call.route, call.context.write
    if not sent.begun:
        await begin(call)
    if sent.drain_due is not None:
        await tell_drain(call)
    sent.writing = True
    count, messages = (1, messages) if call.frames is None else (len(messages), (b"".join(messages),))
    write_now = getattr(call.context, "write_now", None)
    if write_now is not None and not route.gone and (passed := write_now(messages)):
        if not sent.messages:
            sent.first_message = time.monotonic()
        sent.messages += passed * count
        sent.bytes += sum(map(len, messages[:passed]))
        messages = messages[passed:]
    for data in messages:
        if route.gone:
            return
        try:
            await send(data)
        except Exception:
            if await _has_gone(call):
                return
            raise
        if not sent.messages:
            sent.first_message = time.monotonic()
        sent.messages += count
        sent.bytes += len(data)
    sent.writing = False
    if call.on_write is not None:
        call.on_write(call)
    if sent.drain_due is not None:  # the drain began meanwhile
        await tell_drain(call)


def wrote(call: Call, messages: int, size: int) -> None:
    """Counts messages of a stream that were sent by the context's `write_now`.

    Args:
        call: The call.
        messages: How many.
        size: Their bytes.
    """
    call.sent.messages += messages
    call.sent.bytes += size
    if call.on_write is not None:
        call.on_write(call)


def announce_drain(call: Call, due: float | None) -> bool:
    """Notes that the gateway drains for a stream, if the caller's contract knows how to tell it.

    A stream whose reply has not begun is told when it begins: until then it may move to another deployment.

    Args:
        call: The call.
        due: When the call is aborted, in `time.monotonic()` seconds; infinite: never. None: the gateway serves again.

    Returns:
        Whether the notice is due at once, by `start_notice`.
    """
    rpc, sent = call.rpc, call.sent
    if due is not None and call.on_drain is not None and not call.on_drain():
        return False
    tells = rpc.server_streaming and call.frames is None and "call_info" in rpc.reply_type.DESCRIPTOR.fields_by_name
    if not tells or call.head.revision < DRAIN_REVISION or not getattr(call.context, "takes_notices", True):
        return False
    sent.drain_due = due
    return due is not None and sent.begun


def start_notice(call: Call) -> None:
    """Begins to send the notice of `announce_drain`, unless the stream does by itself after what it writes now."""
    sent = call.sent
    if sent.drain_due is not None and not sent.writing and sent.notice is None and not call.task.done():
        sent.notice = asyncio.get_running_loop().create_task(_notify(call))


async def tell_drain(call: Call) -> None:
    """Sends the notice of `announce_drain`; waits for it where it is on its way."""
    if call.sent.notice is None:
        await _notify(call)
    else:
        await call.sent.notice


async def _notify(call: Call) -> None:
    """Sends a message of the stream that has the notice alone. It counts as none of the reply's messages."""
    sent, route = call.sent, call.route
    sent.writing = True
    while (due := sent.drain_due) is not None and not route.gone:
        left = None if due == inf else max(due - time.monotonic(), 0.0)
        info = common_pb2.CallInfo(drain=common_pb2.CallDrain(seconds_left=left))
        with suppress(Exception):  # a caller who has gone needs no notice
            await call.context.write(call.rpc.reply_type(call_info=info).SerializeToString())
        if sent.drain_due == due:  # else the gateway has begun to stop, or serves again
            sent.drain_due = None
    sent.writing = False
    sent.notice = None


async def settle_notice(call: Call, *, failed: bool) -> None:
    """Ends a notice that is on its way before the status of the stream goes out.

    Args:
        call: The call.
        failed: Whether the status is an error, which waits for no notice.
    """
    notice = call.sent.notice
    if notice is not None:
        if failed:
            notice.cancel()
        await asyncio.wait((notice,))


def finish(call: Call, size: int) -> None:
    """Counts the message of a unary reply, which the server sends.

    Args:
        call: The call.
        size: Its bytes.
    """
    call.sent.messages = 1
    call.sent.bytes = size


async def _has_gone(call: Call) -> bool:
    """Returns whether a write failed by the caller's cancellation, which gRPC reports a moment later."""
    await asyncio.sleep(CANCEL_FOLLOWS)
    return call.route.gone


def served_by(call: Call) -> Metadata:
    """Returns the metadata of request id, a spent soft budget, deployment, if chosen, and attempts."""
    own, route = ((REQUEST_ID, call.head.request_id), *call.access.warning), call.route
    if route.deployment is None:
        return own
    served = (*own, (DEPLOYMENT, route.deployment.label))
    return (*served, (ATTEMPTS, str(route.attempts))) if route.attempts > 1 else served


def trailing_metadata(call: Call) -> Metadata:
    """Returns the trailing metadata: the cost of the call in US dollars, if known."""
    cost = call.cost()
    if cost is None:
        return ()
    told = (COST, f"{cost:.10f}".rstrip("0").rstrip("."))
    meter = call.access.meter
    return (told,) if meter is None or meter.usage is None else (told, (ESTIMATED, "true"))
