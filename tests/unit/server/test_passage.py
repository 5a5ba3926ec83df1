"""Events that pass in the callback of upstream's connection, and those that are left to the relay's task."""

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import pytest

from openai_grpc.codec import from_json
from openai_grpc.v1 import ChatCompletionChunk
from openai_grpc_server.calls.call import Sent
from openai_grpc_server.streams.chat import VARIABLES
from openai_grpc_server.streams.deltas import RepeatedEvents
from openai_grpc_server.streams.relay import BATCH, Passage
from openai_grpc_server.upstream import ServerSentEvent


def event(text: str, reason: str = "null") -> ServerSentEvent:
    """Returns a chunk of a completion."""
    data = f'{{"id":"c","choices":[{{"index":0,"delta":{{"content":"{text}"}},"finish_reason":{reason}}}]}}'
    return ServerSentEvent(data.encode())


class Caller:
    """A caller who has room for some messages."""

    def __init__(self, room: int) -> None:
        self.room = room
        self.texts: list[str] = []

    def write_now(self, messages: Sequence[bytes]) -> int:
        if len(self.texts) == self.room:
            return 0
        self.texts += [ChatCompletionChunk.FromString(each).choices[0].delta.content for each in messages]
        return len(messages)


def passage(caller: Caller, metered: list[str], **options: Any) -> tuple[Passage, Any]:
    """Returns an open passage that has learned a chunk, and its call."""
    sent = Sent()
    sent.drain_due = options.get("drain_due")
    meter = SimpleNamespace(read=lambda message: metered.append(message.choices[0].delta.content))
    call: Any = SimpleNamespace(
        sent=sent,
        context=caller,
        frames=None,
        on_write=None,
        access=SimpleNamespace(meter=meter),
        route=SimpleNamespace(gone=options.get("gone", False)),
        max_message_bytes=options.get("limit", 1000),
    )
    repeated = RepeatedEvents(VARIABLES[ChatCompletionChunk])
    first = event("Hi")
    repeated.learn(first.data, from_json(ChatCompletionChunk, first.data))
    made = Passage(call, repeated)
    made.open = options.get("open", True)
    return made, call


@pytest.mark.parametrize(
    ("events", "options", "taken"),
    [
        pytest.param([event("a"), event("b"), event("c")], {}, 3, id="all"),
        pytest.param([event("a"), event("b"), event("c")], {"room": 1}, 1, id="as many as the caller takes"),
        pytest.param([event("a"), event("b", '"stop"'), event("c")], {}, 1, id="up to one that is another"),
        pytest.param([event("a"), event("b" * 200), event("c")], {"limit": 100}, 1, id="up to one that is too large"),
        pytest.param([event("a")], {"open": False}, 0, id="none before the first"),
        pytest.param([event("a")], {"drain_due": 1.0}, 0, id="none before the notice of a drain"),
        pytest.param([event("a")], {"gone": True}, 0, id="none for nobody"),
        pytest.param([event("a")] * (BATCH + 1), {}, 0, id="none of so many that others would wait"),
    ],
)
def test_what_passes(events: list[ServerSentEvent], options: dict[str, Any], taken: int) -> None:
    caller, metered = Caller(options.get("room", 100)), list[str]()
    made, call = passage(caller, metered, **options)
    assert made.take(events) == events[taken:]
    assert caller.texts == metered == ["a", "b", "c"][:taken]
    assert call.sent.messages == taken


def test_a_caller_by_rest_gets_the_text_as_it_was_read() -> None:
    metered: list[str] = []
    sent: list[bytes] = []
    _, call = passage(Caller(100), metered)

    def write_now(messages: Sequence[bytes]) -> int:
        sent.extend(messages)
        return len(messages)

    call.frames, call.context = SimpleNamespace(), SimpleNamespace(write_now=write_now)
    repeated = RepeatedEvents(VARIABLES[ChatCompletionChunk], lambda *_: b"data: ")
    first, second = event("Hi"), event(" there")
    repeated.learn(first.data, from_json(ChatCompletionChunk, first.data))
    made = Passage(call, repeated)
    made.open = True
    assert made.take([second]) == []
    assert sent == [b"data: %b\n\n" % second.data]
    assert (call.sent.messages, call.sent.bytes, metered) == (1, len(sent[0]), [" there"])
