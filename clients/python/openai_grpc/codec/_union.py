"""Generates the function that reads a union: a transparent message with a oneof.

The arm is chosen by the type of the JSON value; for an object by its discriminator, and where that is absent, null or
empty by the keys that it has. What no arm takes goes to the arm that holds raw JSON.
"""

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from google.protobuf.descriptor import Descriptor

from openai_grpc.codec._compile import Compiler
from openai_grpc.codec._options import Field, Kind, Label, Shape, implied_tag, shape

_TYPES = {
    Kind.DATA_URL: "str",
    Kind.BASE64: "str",
    Kind.STRING: "str",
    Kind.BOOL: "bool",
    Kind.INT32: "number",
    Kind.INT64: "number",
    Kind.DOUBLE: "number",
    Kind.VECTOR: "list",
}
_TESTS = {"str": "t is str", "bool": "t is bool", "number": "t is int or t is float", "list": "t is list"}

Reader = Callable[[Field, Compiler, str], tuple[str, str]]
"""Returns the condition under which a field takes a value, and the value to give to it."""


def write_union(union: Shape, compiler: Compiler, read: Reader) -> list[str]:
    """Returns the lines of the function's body.

    Args:
        union: The union.
        compiler: Where the functions of other messages are.
        read: Writes the reading of one arm.

    Raises:
        TypeError: Two arms have the same discriminator.
    """
    lines = ["t = type(v)"]
    for name, test in _TESTS.items():
        arms = [arm for arm in union.fields if name in _takes(arm)]
        if name != "list":
            arms.sort(key=lambda arm: arm.kind)
        if arms:
            lines += _indented(f"if {test}:", _attempts(union, arms, compiler, read))
    arms = [arm for arm in union.fields if "dict" in _takes(arm)]
    if arms:
        lines += _indented("if t is dict:", _object(union, arms, compiler, read))
    return [*lines, *_otherwise(union, compiler, read)]


def all_of(conditions: Iterable[str]) -> str:
    """Joins conditions, without those that always hold."""
    return " and ".join(condition for condition in conditions if condition != "True") or "True"


def without_tag(value: dict[str, Any], key: str, tag: str) -> dict[str, Any]:
    """Returns an object without the discriminator implied by its arm; an absent one is marked by a null."""
    if value.get(key) == tag:
        return {name: item for name, item in value.items() if name != key}
    return {**value, key: value.get(key)}


def with_tag(value: dict[str, Any], key: str, tag: str) -> dict[str, Any]:
    """Returns an object with the discriminator implied by its arm; reverses `without_tag`."""
    if key not in value:
        return {key: tag, **value}
    if value[key] is None:
        del value[key]
    return value


def _takes(arm: Field) -> frozenset[str]:
    """Returns the JSON types that an arm may hold, except for the arm that holds all."""
    if arm.label is not Label.ONE:
        return frozenset(["list" if arm.label is Label.LIST else "dict"])
    if arm.message is None:
        return frozenset([_TYPES[arm.kind]] if arm.kind in _TYPES else [])
    message = shape(arm.message)
    if not message.transparent:
        return frozenset(["dict"])
    return frozenset().union(*map(_takes, message.fields))


def _object(union: Shape, arms: list[Field], compiler: Compiler, read: Reader) -> Iterator[str]:
    tagged = _tagged(union)
    untagged = [arm for arm in arms if arm.has]
    untagged += [arm for arm in arms if not arm.has and _nested(arm)]
    untagged += [arm for arm in arms if not (arm.has or _nested(arm) or _tags(arm, union.tag))]
    attempts = _attempts(union, untagged, compiler, read)
    if not tagged:
        yield from attempts
        return
    table = compiler.bind(f"TAGGED_{compiler.label(union.descriptor)}", _Table(union, tagged, compiler))
    yield f"tag = v.get({union.tag!r})"
    yield "if type(tag) is str:"
    yield f"    arm = {table}[tag]"
    yield "    if arm is not None and (y := arm[1](v, depth + 1)) is not None:"
    yield "        return {arm[0]: y}"
    if untagged:
        yield from _indented("if tag is None or tag == '':", attempts)
    others = [arm for arm in untagged if not arm.has] if _catch_all(union) is None else []
    others += [arm for arm in untagged if _nested(arm) and shape(_message(arm)).tag != union.tag and arm not in others]
    if others:
        yield from _attempts(union, others, compiler, read)


class _Table(dict[str, tuple[str, Callable[..., object]] | None]):
    """Arms and functions by discriminator; functions are compiled on first use."""

    def __init__(self, union: Shape, tagged: dict[str, Field], compiler: Compiler) -> None:
        super().__init__()
        self._union = union
        self._tagged = tagged
        self._compiler = compiler

    def __missing__(self, tag: str) -> tuple[str, Callable[..., object]] | None:
        field = self._tagged.get(tag)
        if field is None:  # not stored: the tags that servers make up have no end
            return None
        function = self._compiler.function(_message(field))
        key, implied = self._union.tag, implied_tag(self._union, field)
        if implied is not None:
            decode = function

            def function(value: dict[str, Any], depth: int) -> object:
                return decode(without_tag(value, key, implied), depth)

        entry = self[tag] = field.name, function
        return entry


def _tagged(union: Shape) -> dict[str, Field]:
    tagged: dict[str, Field] = {}
    for arm in union.fields:
        for tag in _tags(arm, union.tag):
            if tagged.setdefault(tag, arm) is not arm:
                raise TypeError(f"{union.descriptor.full_name}: {tag!r} chooses {tagged[tag].name} and {arm.name}")
    return tagged


def _tags(arm: Field, key: str) -> list[str]:
    """Returns the discriminators that select an arm, or an arm of a nested union."""
    if arm.message is None:
        return []
    message = shape(arm.message)
    tags = list(arm.tags)
    if not tags and key in message.constants:
        tags.append(message.constants[key])
    if message.union is not None and message.tag == key:
        tags += [tag for inner in message.fields for tag in _tags(inner, key)]
    return tags


def _attempts(union: Shape, arms: Iterable[Field], compiler: Compiler, read: Reader) -> list[str]:
    """Writes a return for the first arm that can hold the value."""
    lines: list[str] = []
    for arm in arms:
        implied = implied_tag(union, arm)
        x = "v" if implied is None else f"without_tag(v, {union.tag!r}, {implied!r})"
        condition, value = read(arm, compiler, x)
        conditions = [*(f"{key!r} in v" for key in arm.has), condition]
        if _nested(arm) and (unknown := _catch_all(shape(_message(arm)))) is not None:
            conditions.append(f"{unknown.name!r} not in y")
        result = f"return {{{arm.name!r}: {value}}}"
        if all_of(conditions) in ("True", "type(v) is str", "type(v) is bool"):  # as the type is known here
            return [*lines, result]
        lines += [f"if {all_of(conditions)}:", f"    {result}"]
    return lines


def _otherwise(union: Shape, compiler: Compiler, read: Reader) -> list[str]:
    unknown = _catch_all(union)
    if unknown is not None:
        return [f"return {{{unknown.name!r}: {compiler.unknown(union)}(v)}}"]
    for arm in filter(_nested, union.fields):
        if _catch_all(shape(_message(arm))) is not None:
            condition, value = read(arm, compiler, "v")
            return [f"if {condition}:", f"    return {{{arm.name!r}: {value}}}", "return None"]
    return ["return None"]


def _catch_all(union: Shape) -> Field | None:
    return next((arm for arm in union.fields if arm.kind is Kind.RAW), None)


def _nested(arm: Field) -> bool:
    return arm.message is not None and shape(arm.message).union is not None


def _message(arm: Field) -> Descriptor:
    if arm.message is None:
        raise TypeError(f"{arm.name} is not a message")
    return arm.message


def _indented(head: str, lines: Iterable[str]) -> list[str]:
    return [head, *(f"    {line}" for line in lines)]
