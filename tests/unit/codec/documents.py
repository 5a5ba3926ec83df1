"""Makes JSON and messages from descriptors: every field, arm and form, and what does not fit."""

import json
import random
from typing import Any

from google.protobuf.message import Message
from google.protobuf.message_factory import GetMessageClass
from hypothesis import strategies as st

from openai_grpc.codec import _options, dumps
from openai_grpc.codec._options import Field, Kind, Label, Shape
from unit.codec.exactly import Number, write

TOKENS = (  # noqa: SIM905  # as a list it is 29 lines
    "0 -0 1 1.0 -0.0 1e2 1E+2 0.5 -3.25 3.6e-06 1e22 5e-324 1.7976931348623157e308 1e400 1e-400 "
    "2147483647 2147483648 -2147483648 -2147483649 9007199254740992 9007199254740993 "
    "9223372036854775807 9223372036854775808 -9223372036854775808 -9223372036854775809 "
    "14226756897978507000 18446744073709551615 18446744073709551616 1.4836394043272784e19 "
    "9007199254740993.0 9007199254740993e0 0.1000000000000000055511151231257827 123456789012345678901234567890"
).split()
STRINGS = [
    "",
    "a",
    "abcd",
    "QQ==",
    "QR==",
    "data:,x",
    "data:image/png;base64,QQ==",
    "data:a,b;base64,QQ==",
    "null",
    "type",
]
ODD_STRINGS = ["\x00", '"\\', "\u2028", "\U0001f600", "e\u0301", "\x7f", "1e5", "-0001-", "0" * 20]
LONE_SURROGATES = ["\ud800", "a\udfffb"]
_INTEGERS = {Kind.INT32: 2**31, Kind.INT64: 2**63}
_SAMPLES: dict[Kind, list[Any]] = {
    Kind.BOOL: [False, True],
    # Never an integer, which a union's other arm might take.
    Kind.DOUBLE: [0.5, -0.1, 5e-324, 1e-300, 3.6e-06, 1.1299999952316284],
    Kind.VECTOR: [0.0, 1.5, 0.1, -1e-9, 3.4e38, 1e-45, 123456.79],
    # No base64, nor a URL with data.
    Kind.STRING: [f"~{text}" for text in STRINGS + ODD_STRINGS],
}
_DEPTH = 4
_KEYS = 5
_NONE: frozenset[str] = frozenset()


def seeded(seed: int) -> random.Random:
    """Returns a chooser that always chooses the same."""
    return random.Random(seed)  # noqa: S311  # for examples, not for secrets


SHRINKING = st.randoms(use_true_random=False)
"""Choosers whose failing examples become small ones. Each choice is slow."""
SEEDED: st.SearchStrategy[random.Random] = st.integers(0, 2**32 - 1).map(seeded)
"""Choosers that are fast."""


def json_values(message_type: type[Message], choosers: st.SearchStrategy[random.Random]) -> st.SearchStrategy[bytes]:
    """Returns a strategy for JSON text that a message can stand for, whether or not its fields can hold it all."""
    shape = _options.shape(message_type.DESCRIPTOR)
    return choosers.map(lambda chooser: write(Json(chooser).value(shape)))


def messages(message_type: type[Message], choosers: st.SearchStrategy[random.Random]) -> st.SearchStrategy[Message]:
    """Returns a strategy for messages as `from_json` makes them."""
    shape = _options.shape(message_type.DESCRIPTOR)
    return choosers.map(lambda chooser: message_type(**Fields(chooser).message(shape)))


class Json:
    """Makes JSON values, with `Number` for numbers.

    Args:
        chooser: What decides.
        wrong: How often a value is of a type that its field can't hold.
    """

    def __init__(self, chooser: random.Random, wrong: float = 0.15) -> None:
        self._chooser = chooser
        self._wrong = wrong

    def value(self, shape: Shape, depth: int = 0) -> Any:
        """Returns a value that a message stands for."""
        if shape.union is not None:
            arm = self._chooser.choice(_within(shape, depth))
            value = self._field(arm, depth)
            tags = arm.tags or arm.has
            if isinstance(value, dict) and tags and self._chooser.random() > self._wrong:
                value |= {shape.tag: self._chooser.choice(arm.tags)} if arm.tags else dict.fromkeys(arm.has, "x")
            return value
        if shape.transparent:
            return self._field(shape.fields[0], depth)
        value = dict(shape.constants) if self._chooser.random() > self._wrong else {}
        names = list(shape.by_key)
        for key in self._chooser.sample(names, min(len(names), self._chooser.randint(0, _KEYS))):
            field = self._chooser.choice(shape.by_key[key])
            if self._chooser.random() < self._wrong:
                value[key] = self.any()
            elif field in _within(shape, depth):
                value[key] = self._field(field, depth)
        if self._chooser.random() < self._wrong:
            value[self._chooser.choice(["new_key", "extra_json", "unknown", "call_options", "\ud800"])] = self.any()
        return value

    def any(self, depth: int = 0) -> Any:
        """Returns any JSON value."""
        kind = self._chooser.randrange(4 if depth > 1 else 6)
        if kind == 0:
            return self._chooser.choice([None, True, False])
        if kind == 1:
            return Number(self._chooser.choice(TOKENS))
        if kind in (2, 3):
            return self._chooser.choice([*STRINGS, *ODD_STRINGS, *LONE_SURROGATES])
        items = [self.any(depth + 1) for _ in range(self._chooser.randint(0, 2))]
        return items if kind == 4 else _named(items)

    def _field(self, field: Field, depth: int) -> Any:
        if field.label is Label.ONE:
            return self._one(field, depth)
        items = [self._one(field, depth + 1) for _ in range(self._chooser.randint(0, 2))]
        return items if field.label is Label.LIST else _named(items)

    def _one(self, field: Field, depth: int) -> Any:
        chooser = self._chooser
        if field.message is not None:
            return self.value(_options.shape(field.message), depth + 1)
        if field.kind in _INTEGERS or field.kind is Kind.DOUBLE:
            return Number(chooser.choice(TOKENS) if chooser.random() < 0.5 else str(chooser.randint(-999, 999)))
        if field.kind is Kind.BOOL:
            return chooser.random() < 0.5
        if field.kind is Kind.VECTOR:
            return Number(chooser.choice(["0", "0.1", "0.10000000149011612", "-1e-9", "0.3", "1e39"]))
        if field.kind is Kind.RAW:
            return self.any()
        return chooser.choice([*STRINGS, *ODD_STRINGS])


class Fields:
    """Makes the fields of messages, in the one form that `from_json` gives to their JSON.

    Args:
        chooser: What decides.
    """

    def __init__(self, chooser: random.Random) -> None:
        self._chooser = chooser
        self._json = Json(chooser)

    def message(
        self, shape: Shape, depth: int = 0, keys: frozenset[str] = _NONE, avoid: frozenset[str] = _NONE
    ) -> dict[str, Any]:
        """Returns the fields of a message.

        Args:
            shape: The message.
            depth: How many messages are around it.
            keys: The keys that its JSON must have for its union to choose it.
            avoid: The keys by which its union would choose another arm.
        """
        chooser = self._chooser
        if shape.union is not None:
            return self._union(shape, depth, avoid)
        if shape.transparent:
            field = shape.fields[0]
            return {field.name: self._field(field, depth, keys, least=1)}
        fields: dict[str, Any] = {}
        seen = set(avoid - keys)
        for field in chooser.sample(shape.fields, len(shape.fields)):
            wanted = field.key in keys or (len(fields) < _KEYS and chooser.random() < 0.4)
            taken = field.key in seen or (field.oneof is not None and field.oneof in seen)
            if wanted and not taken and (field.key in keys or field in _within(shape, depth)):
                seen |= {field.key, field.oneof or field.key}
                fields[field.name] = self._field(field, depth)
                if field.kind is Kind.VECTOR:
                    fields[f"{field.name}_encoding"] = chooser.choice([1, 2, 3])
        for inline in shape.inlines:
            if chooser.random() < 0.4:
                inner = self.message(_options.shape(inline.message), depth + 1, avoid=frozenset(seen))
                if GetMessageClass(inline.message)(**inner).ListFields():  # empty it is nothing
                    fields[inline.name] = inner
        if shape.extra and chooser.random() < 0.2:
            fields["extra_json"] = dumps({"~new": 1, "~newer": None}).decode()
        return fields

    def _union(self, shape: Shape, depth: int, avoid: frozenset[str]) -> dict[str, Any]:
        arm = self._chooser.choice([arm for arm in _within(shape, depth) if arm.kind is not Kind.RAW] or shape.fields)
        if arm.message is None:
            return {arm.name: self._one(arm, depth)}
        inner = _options.shape(arm.message)
        keys = frozenset(arm.has)
        others = [set(other.has) - keys for other in shape.fields]
        fields = self.message(inner, depth + 1, keys, avoid.union([shape.tag], *others))
        for field in inner.by_key.get(shape.tag, []) if arm.tags else []:
            fields[field.name] = self._chooser.choice(arm.tags)
        return {arm.name: fields}

    def _field(self, field: Field, depth: int, keys: frozenset[str] = _NONE, least: int = 0) -> Any:
        if field.label is Label.ONE:
            return self._one(field, depth)
        items = [self._one(field, depth + 1) for _ in range(self._chooser.randint(least, 2))]
        if field.label is Label.LIST:
            return items if field.kind is not Kind.VECTOR else [*items, 0.1]
        names = [*keys, *(f"k{index}" for index in range(len(items)))]
        return {name: self._one(field, depth + 1) for name in names}

    def _one(self, field: Field, depth: int) -> Any:
        if field.message is not None:
            return self.message(_options.shape(field.message), depth + 1)
        chooser = self._chooser
        if field.kind in _INTEGERS:
            bound = _INTEGERS[field.kind]
            return chooser.choice([0, 1, -1, bound - 1, -bound, chooser.randrange(-bound, bound)])
        if field.kind in _SAMPLES:
            return chooser.choice(_SAMPLES[field.kind])
        if field.kind is Kind.RAW:  # not null, which reads as absent
            value = [self._json.any()] if chooser.random() < 0.5 else {"b": self._json.any(), "a": Number("1")}
            return dumps(json.loads(write(value), parse_int=str, parse_float=str)).decode()
        if field.kind is Kind.BASE64:
            return chooser.randbytes(chooser.randint(0, 7))
        if field.kind is Kind.DATA_URL:
            return {"mime_type": "image/png", "data": chooser.randbytes(chooser.randint(0, 7))}
        raise TypeError(field.name)


def _within(shape: Shape, depth: int) -> list[Field]:
    """Returns the fields that may be used at a depth: deep down, where there is a choice, those that end there."""
    if depth <= _DEPTH:
        return list(shape.all_fields)
    flat = [field for field in shape.all_fields if field.message is None]
    return flat or list(shape.fields) if shape.transparent else flat


def _named(items: list[Any]) -> dict[str, Any]:
    return {f"k{index}": item for index, item in enumerate(items)}
