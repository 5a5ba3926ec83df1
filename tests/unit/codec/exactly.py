"""JSON for tests as values whose numbers are the tokens that were written."""

import json
from decimal import Decimal
from typing import Any


class Number(str):
    """A number token."""

    __slots__ = ()


def write(value: Any) -> bytes:
    """Writes a value whose numbers are `Number`."""
    return _text(value).encode()


def read(data: bytes | str) -> Any:
    """Reads JSON so that values are equal if numbers are equal as decimals, and only then."""
    return json.loads(data, parse_int=_number, parse_float=_number, parse_constant=_refuse)


def without_nulls(value: Any, keys: frozenset[str]) -> Any:
    """Leaves out the nulls of these keys, of which the codec says that null and absent are the same."""
    if isinstance(value, dict):
        return {key: without_nulls(item, keys) for key, item in value.items() if item is not None or key not in keys}
    return [without_nulls(item, keys) for item in value] if isinstance(value, list) else value


def _number(token: str) -> tuple[str, Decimal]:
    return "number", Decimal(token)


def _refuse(constant: str) -> Any:
    raise ValueError(constant)


def _text(value: Any) -> str:
    if isinstance(value, Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ", ".join(f"{json.dumps(key)}: {_text(item)}" for key, item in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_text, value)) + "]"
    return json.dumps(value)
