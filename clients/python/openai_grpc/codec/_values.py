"""Readers and writers of field values, called by the generated functions.

A reader returns None for a value that the field can't hold as it is; the caller then keeps it elsewhere. A reader whose
name begins with `near` reads such a value as well as the field can, for who reads the field; None where it can't.
"""

import re
from collections.abc import Mapping
from math import isfinite
from typing import Any

import pybase64

from openai_grpc.codec._errors import CodecError
from openai_grpc.codec._exact import RawNumber

_INT32 = 2**31
_INT64 = 2**63
_DOUBLE = 2**53
_STRINGS, _BOOLS, _INTS, _FLOATS = {str}, {bool}, {int}, {float}
_BASE64 = ";base64,"
_NUMBER = re.compile(r"-?[0-9]+(?:\.[0-9]+)?(?:[eE][-+]?[0-9]+)?")
_WHOLE = re.compile("-?[0-9]+")
_NUMBER_LENGTH = 64  # characters; no number that a double holds nearly needs more
_BOOLS_IN_TEXT = {"true": True, "false": False}


def int32(value: Any) -> int | None:
    """Reads a number as an int32; `1.0` is 1."""
    return _integer(value, _INT32)


def int64(value: Any) -> int | None:
    """Reads a number as an int64; `1.0` is 1."""
    return _integer(value, _INT64)


def double(value: Any) -> float | None:
    """Reads a number as a double, if that holds it exactly."""
    if type(value) is float:
        return value
    if type(value) is int and -_DOUBLE <= value <= _DOUBLE:
        return float(value)
    return None


def near_int32(value: Any) -> int | None:
    """Reads a numeric string, or a truncated fraction, as an int32."""
    return _near_integer(value, _INT32)


def near_int64(value: Any) -> int | None:
    """Reads a numeric string, or a truncated fraction, as an int64."""
    return _near_integer(value, _INT64)


def near_double(value: Any) -> float | None:
    """Reads a number of any length, or one in a string, as the nearest double."""
    number = _number(value)
    if number is None:
        return None
    try:
        double = float(number)
    except OverflowError:
        return None
    return double if isfinite(double) else None


def near_bool(value: Any) -> bool | None:
    """Reads `true` and `false` in a string, 0 and 1 as booleans."""
    if type(value) is int:
        return bool(value) if value in (0, 1) else None
    return _BOOLS_IN_TEXT.get(value.lower()) if isinstance(value, str) else None


def near_base64(value: Any) -> bytes | None:
    """Reads base64 of the URL alphabet, with line breaks, or without padding (RFC 4648, sections 3 and 5)."""
    if type(value) is not str:
        return None
    text = "".join(value.split()).replace("-", "+").replace("_", "/").rstrip("=")
    try:
        return pybase64.b64decode(text + "=" * (-len(text) % 4), validate=True) if text else None
    except ValueError:
        return None


def strings(value: Any) -> list[str] | None:
    """Reads an array of strings."""
    return value if type(value) is list and _STRINGS.issuperset(map(type, value)) else None


def bools(value: Any) -> list[bool] | None:
    """Reads an array of booleans."""
    return value if type(value) is list and _BOOLS.issuperset(map(type, value)) else None


def doubles(value: Any) -> list[float] | None:
    """Reads an array of numbers that doubles hold exactly."""
    if type(value) is not list:
        return None
    if _FLOATS.issuperset(map(type, value)):
        return value
    read = [double(item) for item in value]
    return None if None in read else read  # type: ignore[return-value]  # None was just ruled out


def int32s(value: Any) -> list[int] | None:
    """Reads an array of int32."""
    return _integers(value, _INT32)


def int64s(value: Any) -> list[int] | None:
    """Reads an array of int64."""
    return _integers(value, _INT64)


def has_string_keys(value: Any) -> bool:
    """Returns whether a value is an object whose keys Protobuf can hold."""
    return type(value) is dict and _STRINGS.issuperset(map(type, value))


def base64(value: Any) -> bytes | None:
    """Reads standard base64, if it round-trips."""
    if type(value) is not str:
        return None
    try:
        text = value.encode("ascii")  # decoding bytes costs half of decoding a str
        data = pybase64.b64decode(text, validate=True)
    except ValueError:
        return None
    # What may pass are unused bits in the last four characters.
    tail = data[-(len(data) % 3 or 3) :]
    return data if pybase64.b64encode(tail) == text[-4:] else None


def base64_text(data: bytes) -> str:
    """Writes standard base64."""
    return pybase64.b64encode_as_string(data)


def data_url(value: Any) -> dict[str, Any] | None:
    """Reads `data:<mime type>;base64,<data>` as the fields of an `InlineData`."""
    if type(value) is not str or not value.startswith("data:"):
        return None
    mime_type, found, text = value[5:].partition(_BASE64)
    # Data starts at the first comma, so one in the type would make this another URL.
    if not found or "," in mime_type or (data := base64(text)) is None:
        return None
    return {"mime_type": mime_type, "data": data} if mime_type else {"data": data}


def data_url_text(data: Any) -> str:
    """Writes an `InlineData` as a URL."""
    return f"data:{data.mime_type}{_BASE64}{base64_text(data.data)}"


def finite(value: float, name: str) -> float:
    """Checks that a double is finite.

    Raises:
        CodecError: It is infinite or not a number.
    """
    if value - value:
        raise CodecError("JSON has no such number", name)
    return value


def finites(values: list[float], name: str) -> list[float]:
    """Checks doubles like `finite`."""
    for index, value in enumerate(values):
        finite(value, f"{name}[{index}]")
    return values


def finite_map(values: Mapping[str, float], name: str) -> dict[str, float]:
    """Checks doubles like `finite`."""
    return {key: finite(value, f"{name}[{key!r}]") for key, value in values.items()}


def _integer(value: Any, bound: int) -> int | None:
    if type(value) is float and -_DOUBLE <= value <= _DOUBLE and value.is_integer():
        value = int(value)
    return value if type(value) is int and -bound <= value < bound else None


def _near_integer(value: Any, bound: int) -> int | None:
    number = _number(value)
    if number is None:
        return None
    try:
        whole = int(number) if not isinstance(number, str) or _WHOLE.fullmatch(number) else int(float(number))
    except OverflowError:  # an exponent beyond a double
        return None
    return whole if -bound <= whole < bound else None


def _number(value: Any) -> int | float | str | None:
    """Returns a number, as text if a double may not hold it; None for other values."""
    if type(value) is int or type(value) is float:
        return value
    text = value.token if isinstance(value, RawNumber) else value
    return text if type(text) is str and len(text) <= _NUMBER_LENGTH and _NUMBER.fullmatch(text) else None


def _integers(value: Any, bound: int) -> list[int] | None:
    if type(value) is not list:
        return None
    if _INTS.issuperset(map(type, value)) and (not value or (-bound <= min(value) and max(value) < bound)):
        return value
    read = [_integer(item, bound) for item in value]
    return None if None in read else read  # type: ignore[return-value]  # None was just ruled out
