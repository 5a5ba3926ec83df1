"""Bodies with odd values, and the messages that the Python codec reads from them, for the codec of another language.

A file has one JSON array a line: the message's name, whether it is a reply, the JSON text, and the message's wire form
in base64 (null: there is no such message).
"""

import base64
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from conformance.corpus import INVENTED, Number, Unreadable, exchanges
from conformance.offline import bodies
from conformance.operations import OPERATIONS
from openai_grpc.codec import CodecError, from_json

# JSON texts. Numbers are as Python writes them, where one stands for a text; none is longer than a double, which Python
# rounds beside a vector.
ODD = (
    *("null", "true", "false", "0", "1", "-1", "1.5", "2147483648", "9007199254740993", "12345678901234567890"),
    *(
        "1e400",
        '"1"',
        '"1.5"',
        '"2.5e3"',
        '"TRUE"',
        '""',
        '"x"',
        '"a\\u0000b"',
        '"AAE="',
        '"AA-_"',
    ),
    *(
        '"\\ud800"',
        '"\\ud83d\\ude00"',
        '"data:image/png;base64,AAE="',
        '"data:;base64,"',
        "[]",
        "{}",
        "[null]",
        '[1,"a"]',
        "[[1]]",
    ),
    *(
        '["1"]',
        "[true]",
        "[0.1,0.2]",
        "[0.5,-2]",
        '{"a":1}',
        '{"":null}',
        '{"type":"x"}',
        '{"type":""}',
        '{"type":null,"text":"q"}',
    ),
    *('{"function":{"name":"f"}}', '{"id":"x","role":"user"}', '[{"type":"text","text":"a"}]'),
)
CHANGES = 4  # of one body, at most


class Text(str):
    """A JSON text inside a body."""

    __slots__ = ()


def write_cases(path: Path, each: int, seed: int = 7) -> int:
    """Writes cases for every invented body, `each` of them a body. Returns how many."""
    chance = random.Random(seed)  # noqa: S311 - it chooses tests
    lines = []
    for message_type, value, reply in _bodies():
        for _ in range(each):
            changed = value
            for _ in range(chance.randint(0, CHANGES)):
                changed = _change(changed, chance)
            text = _text(changed)
            try:
                message = from_json(message_type, text, keep_nulls=not reply)
                wire: str | None = base64.b64encode(message.SerializeToString()).decode()
            except CodecError:
                wire = None
            lines.append(json.dumps([message_type.DESCRIPTOR.full_name, reply, text, wire]))
    path.write_text("\n".join(lines) + "\n")
    return len(lines)


def _bodies() -> Iterator[tuple[type[Message], Any, bool]]:
    for exchange in exchanges(INVENTED):
        assert not isinstance(exchange, Unreadable)
        yield from bodies(exchange, OPERATIONS[exchange.route])


def _change(value: Any, chance: random.Random) -> Any:
    """Replaces a value somewhere inside, or takes it away."""
    keys = list(value) if isinstance(value, dict) else list(range(len(value))) if isinstance(value, list) else []
    if not keys:
        return Text(chance.choice(ODD))
    key = chance.choice(keys)
    copy = value.copy()
    inner = value[key]
    if isinstance(inner, dict | list) and inner and chance.random() < 2 / 3:
        copy[key] = _change(inner, chance)
    elif chance.random() < 1 / 6:
        del copy[key]
    else:
        copy[key] = Text(chance.choice(ODD))
    return copy


def _text(value: Any) -> str:
    match value:
        case Text():
            return str(value)
        case dict():
            return "{" + ",".join(f"{json.dumps(key)}:{_text(item)}" for key, item in value.items()) + "}"
        case list():
            return "[" + ",".join(map(_text, value)) + "]"
        case Number():
            return value.token
    return json.dumps(value)
