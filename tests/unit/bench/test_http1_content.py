"""Replies whose JSON a gateway wrote anew are right when they say what the upstream said, and only then."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from bench.call import WrongReplyError
from bench.exchanges import exchanges
from bench.http1 import Connection, Prepared
from bench.peers.content import Content, ContentCall

if TYPE_CHECKING:
    from collections.abc import Callable

KNOWN = exchanges()
STREAM = "paced chat stream"


def values(name: str) -> list[Any]:
    events = [reply.rpartition(b"data: ")[2] for reply in KNOWN[name].http_reply]
    return [json.loads(event) for event in events if event != b"[DONE]\n\n"]


def written(name: str, values: list[Any], *, done: bool = True) -> bytes:
    """Writes values as another program might."""
    if not KNOWN[name].streaming:
        return json.dumps(values[0], sort_keys=True, indent=1).encode()
    events = [f"data: {json.dumps(value, sort_keys=True)}\n\n" for value in values]
    return "".join((*events, "data: [DONE]\n\n" if done else "")).encode()


def chat(change: Callable[[Any], object]) -> bytes:
    value = values("chat")
    change(value[0])
    return written("chat", value)


def stream(change: Callable[[list[Any]], object]) -> bytes:
    value = values(STREAM)
    change(value)
    return written(STREAM, value)


RIGHT = [
    pytest.param("chat", chat(lambda _: None), id="keys in another order"),
    pytest.param("chat", chat(lambda value: value.update(provider="p")), id="a key more"),
    pytest.param("chat", chat(lambda value: value["choices"][0].pop("logprobs")), id="null is left out"),
    pytest.param("16 embeddings", written("16 embeddings", values("16 embeddings")), id="vectors"),
    pytest.param(STREAM, stream(lambda _: None), id="a stream"),
    pytest.param(STREAM, stream(lambda events: events[3].update(id="i", created=1)), id="its own id and time"),
    pytest.param(STREAM, stream(lambda events: events[-1].update(choices=[{"delta": {}}])), id="an empty delta"),
    pytest.param("response stream", written("response stream", values("response stream")), id="[DONE] of its own"),
]
WRONG = [
    pytest.param("chat", b"{", "no JSON", id="no JSON"),
    pytest.param("chat", chat(lambda value: value["choices"].append({})), "message 1", id="a choice more"),
    pytest.param("chat", chat(lambda value: value["choices"][0].update(finish_reason="length")), "length", id="reason"),
    pytest.param("chat", chat(lambda value: value["choices"][0]["message"].update(content="")), "message 1", id="text"),
    pytest.param("chat", chat(lambda value: value["usage"].update(total_tokens=0)), "'total_tokens': 0", id="usage"),
    pytest.param("chat", chat(lambda value: value.update(id="other")), "other", id="an id that is not an event's"),
    pytest.param("embedding", written("16 embeddings", values("16 embeddings")), "message 1", id="too many vectors"),
    pytest.param(STREAM, stream(lambda events: events.pop(7)), "45 messages and not 46", id="a chunk less"),
    pytest.param(STREAM, stream(lambda events: events.insert(7, events[7])), "47 messages", id="a chunk twice"),
    pytest.param(STREAM, stream(lambda events: events.reverse()), "message 1 does", id="another order"),
    pytest.param(STREAM, stream(lambda events: events[7]["choices"][0].update(delta={})), "message 8", id="no text"),
    pytest.param(STREAM, stream(lambda events: events[-1].update(usage=None)), "message 46", id="no usage"),
    pytest.param(STREAM, written(STREAM, values(STREAM), done=False), "DONE", id="no [DONE]"),
]


@pytest.mark.parametrize(("name", "body"), RIGHT)
def test_what_says_the_same_is_right(name: str, body: bytes) -> None:
    assert Content(KNOWN[name]).difference(body) is None


@pytest.mark.parametrize(("name", "body", "difference"), WRONG)
def test_what_says_something_else_is_wrong(name: str, body: bytes, difference: str) -> None:
    assert difference in (Content(KNOWN[name]).difference(body) or "")


def test_a_call_counts_events_as_they_come_and_fails_by_what_they_say() -> None:
    async def main() -> None:
        content = Content(KNOWN[STREAM])
        call = ContentCall(content, lambda: None)
        body = stream(lambda _: None)
        middle = body.index(b"\n\n") + 1
        call.data(body[:middle], 1.0)
        assert (call.messages, call.first) == (0, 1.0)
        call.data(body[middle:], 2.0)
        call.complete(3.0)
        await call.done
        assert (call.messages, call.message_times(), call.ended) == (45, [2.0] * 45, 3.0)

        call = ContentCall(content, lambda: None)
        call.data(body[: middle + 1], 1.0)
        call.complete(2.0)
        with pytest.raises(WrongReplyError, match="1 messages and not 46"):
            await call.done

    asyncio.run(main())


def test_a_reply_that_is_no_stream_is_one_message_when_it_is_whole() -> None:
    async def main() -> None:
        content, body = Content(KNOWN["chat"]), chat(lambda _: None)
        connection = Connection(lambda _: None)
        call = connection.call(Prepared(KNOWN["chat"], "host", None, lambda close: ContentCall(content, close)))
        connection.data_received(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(body) + body[:-1])
        assert (call.messages, call.done.done()) == (0, False)
        connection.data_received(body[-1:])
        await call.done
        assert (call.messages, len(call.message_times())) == (1, 1)

    asyncio.run(main())
