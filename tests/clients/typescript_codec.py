"""OpenAI's JSON through the codec of the TypeScript client, judged as the codec of Python is."""

import base64
import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from itertools import cycle, islice
from pathlib import Path
from typing import Any

from google.protobuf.message import Message

from clients.live import ROOT
from conformance.compare import differences
from conformance.corpus import Exchange, Number, dumps, exchanges
from conformance.offline import bodies
from conformance.operations import OPERATIONS
from openai_grpc.codec import CodecError, from_json, to_json

ODD: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1,
    2**31,
    2**53 + 1,
    -(2**63),
    2**63,
    2**64,
    10**40,
    *map(Number, ("2.0", "0.1", "1.5", "1e3", "1E400", "1e-400", "3.14159265358979323846", "1e17", "1e22")),
    "",
    "1",
    "-7.5",
    "1e400",
    "TRUE",
    "a\ud800b",
    "\udc00",
    "aGk=",
    "aGk",
    "data:image/png;base64,aGk=",
    "data:;base64,",
    "\x00\u2028",
    [],
    {},
    [[]],
    [None],
    [1, "a"],
    [True, 0],
    [0.25, -1],
    {"type": "text"},
    {"type": None},
    {"type": "of_tomorrow", "role": "user"},
    {"__proto__": 1, "constructor": {"a": 2}},
    {"a": None, "b": {"c": []}},
    {"type": "function", "function": {}},
)
FOLDER = ROOT / "clients/typescript"


class Codec:
    """The codec, in a process of its own.

    Args:
        process: It runs `test/codec.ts`.
    """

    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process

    def carry(self, message_type: type[Message], text: str, *, keep_nulls: bool) -> dict[str, str]:
        """Reads JSON as a message and writes it again; returns `binary` and `json`, or `error`."""
        request = {"type": message_type.DESCRIPTOR.full_name, "json": text, "keepNulls": keep_nulls}
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        answer: dict[str, str] = json.loads(self._process.stdout.readline())
        return answer


@contextmanager
def running_codec() -> Iterator[Codec]:
    """Starts the codec, which the client's tests have built."""
    command = ["node", "build/test/codec.js"]
    with subprocess.Popen(
        command, cwd=FOLDER, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, encoding="utf-8"
    ) as process:
        yield Codec(process)
        assert process.stdin
        process.stdin.close()
    assert process.returncode == 0


def replay(codec: Codec, folder: Path) -> tuple[int, list[str]]:
    """Carries every body of a corpus.

    Returns:
        How many bodies there were, and what differs: from what was recorded, or from the message that Python reads.
    """
    total, lost = 0, []
    for exchange in exchanges(folder):
        assert isinstance(exchange, Exchange), exchange
        operation = OPERATIONS.get(exchange.route)
        for message_type, value, reply in () if operation is None else bodies(exchange, operation):
            total += 1
            lost += [f"{exchange.name}: {each}" for each in differ(codec, message_type, value, reply)]
    return total, lost


def differ(codec: Codec, message_type: type[Message], value: Any, reply: bool, *, exact: bool = True) -> Sequence[str]:
    """Carries one value.

    Args:
        codec: The codec.
        message_type: The type of the message.
        value: The JSON value.
        reply: Whether it is a reply, in which a null is as good as nothing.
        exact: Whether it must come back as it was; otherwise as from Python, which rounds in vectors.

    Returns:
        Where it comes back different.
    """
    text = dumps(value).decode()
    carried = codec.carry(message_type, text, keep_nulls=not reply)
    name = message_type.DESCRIPTOR.name
    try:
        read = from_json(message_type, text, keep_nulls=not reply)
        expected = value if exact else json.loads(to_json(read), parse_float=Number)
    except CodecError as error:
        return [] if "error" in carried else [f"{name}: read, though Python says {error}: {text}"]
    if "error" in carried:
        return [f"{name}: {carried['error']}: {text}"]
    back = json.loads(carried["json"], parse_float=Number)
    lost = [f"{name}: {path}" for path in differences(expected, back, reply=reply)]
    message = message_type.FromString(base64.b64decode(carried["binary"]))
    if same(message) != same(read):
        lost.append(f"{name}: another message than Python reads: {text}")
    return lost


def odd_bodies(folder: Path) -> Iterator[tuple[type[Message], Any, bool]]:
    """Yields bodies of a corpus, in each of which one value is replaced by an odd one, in turn."""
    odd = cycle(ODD)
    for exchange in exchanges(folder):
        assert isinstance(exchange, Exchange), exchange
        for message_type, value, reply in bodies(exchange, OPERATIONS[exchange.route]):
            for place in places(value):
                for chosen in islice(odd, 3):
                    # Python rounds what is in a vector.
                    if not (isinstance(chosen, int) and abs(chosen) > 2**63 and "Embedding" in message_type.__name__):
                        yield message_type, replaced(value, place, chosen), reply


def places(value: Any) -> Iterator[tuple[Any, ...]]:
    """Yields the ways to all values in a JSON value."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield (key,)
        yield from ((key, *rest) for rest in places(item))


def replaced(value: Any, place: tuple[Any, ...], odd: Any) -> Any:
    """Returns a JSON value with another one at a place."""
    if not place:
        return odd
    copy = value.copy()
    copy[place[0]] = replaced(value[place[0]], place[1:], odd)
    return copy


def same(message: Message) -> Any:
    """Returns a message for comparison: in texts that are JSON keys are in any order, and numbers are decimals."""
    return {field.name: _same(value) for field, value in message.ListFields()}


def _same(value: Any) -> Any:
    if isinstance(value, Message):
        return same(value)
    if isinstance(value, str):
        try:
            return json.loads(value, parse_float=Decimal, parse_int=Decimal)
        except ValueError:
            return value
    if hasattr(value, "items"):
        return {key: _same(item) for key, item in value.items()}
    return [_same(item) for item in value] if isinstance(value, Iterable) and not isinstance(value, bytes) else value
