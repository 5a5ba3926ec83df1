"""Reads plain values as a request, and names those of a wrong type.

A value that no typed field can hold is kept in `extra_json`, since upstream may know more than this contract. From a
caller who wrote it by hand it is a mistake nearly always, and is better told before anything is sent.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from openai_grpc.codec._decode import decode_compiler
from openai_grpc.codec._exact import raw_text
from openai_grpc.codec._options import Field, Kind, Label, Shape, shape

_SCALARS = {
    Kind.BOOL: "a boolean",
    Kind.INT32: "an integer of 32 bits",
    Kind.INT64: "an integer of 64 bits",
    Kind.DOUBLE: "a number",
    Kind.STRING: "a string",
    Kind.BASE64: "a string of base64",
    Kind.DATA_URL: "a data URL",
    Kind.VECTOR: "a list of numbers",
    Kind.RAW: "any JSON value",
}
_LISTS = {
    Kind.BOOL: "a list of booleans",
    Kind.INT32: "a list of integers",
    Kind.INT64: "a list of integers",
    Kind.DOUBLE: "a list of numbers",
    Kind.STRING: "a list of strings",
    Kind.MESSAGE: "a list of objects",
}
_MAPS = {Kind.STRING: "an object of strings", Kind.DOUBLE: "an object of numbers", Kind.BOOL: "an object of booleans"}
_PYTHON: dict[Kind, tuple[type, ...]] = {
    Kind.BOOL: (bool,),
    Kind.INT32: (int,),
    Kind.INT64: (int,),
    Kind.DOUBLE: (int, float),
    Kind.STRING: (str,),
}
_NAMES: tuple[tuple[type, str], ...] = (
    (bool, "a boolean"),
    (str, "a string"),
    (int, "an integer"),
    (float, "a number"),
    (list, "a list"),
    (dict, "an object"),
)


class WrongTypeError(Exception):
    """A value of a type that its field can't hold.

    Attributes:
        value: The object that has it, or the value itself.
        key: Its key in the object; None: it is the value.
        reason: The expected type.
    """

    def __init__(self, value: Any, key: str | None, reason: str) -> None:
        super().__init__(reason)
        self.value = value
        self.key = key
        self.reason = reason


def locate(error: WrongTypeError, root: Any) -> str:
    """Returns the message of an error, with the place of the value: `messages[0].content: must be ...`."""
    steps = next(_paths(root, error.value), ())
    key = error.key or ""
    path = "".join(steps) + (key if key.startswith("[") else f".{key}" if key else "")
    return f"{path.removeprefix('.')}: {error.reason}" if path else error.reason


def _paths(root: Any, wanted: Any) -> Iterator[tuple[str, ...]]:
    if root is wanted:
        yield ()
    elif type(root) is dict:
        for key, value in root.items():
            yield from ((f".{key}", *steps) for steps in _paths(value, wanted))
    elif type(root) is list:
        for index, value in enumerate(root):
            yield from ((f"[{index}]", *steps) for steps in _paths(value, wanted))


def _misfit(found: Shape) -> Callable[[Mapping[str, Any], tuple[str, ...]], None]:
    """Returns the function that refuses a known key whose value no field could hold."""

    def check(value: Mapping[str, Any], kept: tuple[str, ...]) -> None:
        for key in kept:
            given = value.get(key)
            fields = found.by_key.get(key)
            if given is None or not fields or (given in ([], {}) and type(given) in (list, dict)):
                continue
            if any(field.kind is Kind.VECTOR for field in fields):
                continue  # held, but not exactly
            if (found_item := _wrong_item(fields, given)) is not None:
                place, name, item = found_item
                raise WrongTypeError(value, f"{key}[{place!r}]", _expected([name], item))
            raise WrongTypeError(value, key, _expected(_types(fields), given))

    return check


def _other(union: Shape) -> Callable[[Any], str]:
    """Returns the function that refuses values of a JSON type that no arm of a union has.

    An object is of a kind that the contract does not know.
    """
    types = list(dict.fromkeys(_types(field for field in union.fields if field.kind is not Kind.RAW)))
    objects = any("object" in each and not each.startswith("a list") for each in types)

    def write(value: Any) -> str:
        if value is None or (objects and type(value) is dict):
            return raw_text(value)
        if (found := _wrong_item(union.fields, value)) is not None:
            place, name, item = found
            raise WrongTypeError(value, f"[{place!r}]", _expected([name], item))
        raise WrongTypeError(value, None, _expected(types, value))

    return write


def _wrong_item(fields: Iterable[Field], given: Any) -> tuple[Any, str, Any] | None:
    """Returns the place, the expected type and the value of the first wrong item of a list or an object."""
    for field in fields:
        if field.message is not None and field.label is Label.ONE:
            if _is_open(shape(field.message)) and (found := _wrong_item(shape(field.message).fields, given)):
                return found
        elif (field.label, type(given)) in ((Label.LIST, list), (Label.MAP, dict)):
            types, name = _item_types(field)
            for place, item in given.items() if type(given) is dict else enumerate(given):
                if types and type(item) not in types:
                    return place, name, item
    return None


def _item_types(field: Field) -> tuple[tuple[type, ...], str]:
    if field.message is None:
        return _PYTHON.get(field.kind, ()), _SCALARS[field.kind]
    return ((), "") if _is_open(shape(field.message)) else ((dict,), "an object")


def _is_open(found: Shape) -> bool:
    """Returns whether a message has the JSON of its fields, and not that of an object."""
    return found.transparent or found.union is not None


def _types(fields: Any) -> list[str]:
    """Returns the names of the JSON types that fields hold."""
    names: list[str] = []
    for field in fields:
        names += _type(field)
    return list(dict.fromkeys(names))


def _type(field: Field) -> list[str]:
    if field.label is Label.LIST:
        return [_LISTS.get(field.kind, "a list")]
    if field.label is Label.MAP:
        return [_MAPS.get(field.kind, "an object")]
    if field.message is None:
        return [_SCALARS[field.kind]]
    message = shape(field.message)
    if _is_open(message):
        return _types(each for each in message.fields if each.kind is not Kind.RAW)
    return ["an object"]


def _expected(types: list[str], given: Any) -> str:
    name = next((name for kind, name in _NAMES if isinstance(given, kind)), type(given).__name__)
    wanted = " or ".join(types) or "absent"
    if any(each.startswith(name) for each in types):
        return f"out of range: must be {wanted}"
    return f"must be {wanted}, not {name}"


DECODE_CHECKED = decode_compiler(keep_nulls=True, nearly=False, misfit=_misfit, other=_other)
