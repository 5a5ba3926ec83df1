"""Lossless JSON reader and writer for numbers and strings.

orjson does the work. It rounds what a double or a 64-bit integer can't hold, and refuses lone surrogates, numbers
beyond a double, and deep nesting; such text, which is rare, is read and written by the slow path here.
"""

import json
import re
from codecs import getincrementaldecoder
from decimal import Decimal
from math import isfinite
from typing import Any

import orjson

from openai_grpc.codec._errors import CodecError

# A number of at most 15 digits with an exponent of at most two survives a double. `translate` makes
# every digit and point a zero, so that one search finds whatever might not.
_DIGITS = bytes.maketrans(b"123456789.E", b"0000000000e")
_LONG = b"0" * 16
_TINY = b"e-000"
_SUSPECT = re.compile(rb"(?<![^\s,:\[])-?(?:[0-9][0-9.]{15,}(?:[eE][-+]?[0-9]+)?|[0-9][0-9.]*[eE]-[0-9]{3,})")
_SURROGATE = re.compile("[\ud800-\udfff]")
_INT_DIGITS = 20
_SHORT = 16  # characters with a point: at most 15 digits, which a double holds
_STEP = 1 << 22  # bytes that are decoded at once


class RawNumber:
    """A JSON number that neither a 64-bit integer nor a double holds.

    Attributes:
        token: The number as it was written.
    """

    __slots__ = ("token",)

    def __init__(self, token: str) -> None:
        self.token = token

    def __eq__(self, other: object) -> bool:
        return isinstance(other, RawNumber) and other.token == self.token

    def __hash__(self) -> int:
        return hash(self.token)

    def __repr__(self) -> str:
        return f"RawNumber({self.token!r})"


class RawString(str):
    """A JSON string with a lone surrogate, which UTF-8, and so Protobuf, can't hold."""

    __slots__ = ()


def loads(data: bytes | str) -> Any:
    """Reads JSON text as Python objects, exactly.

    Args:
        data: UTF-8 text.

    Returns:
        What `orjson.loads` returns, but for `RawNumber` and `RawString` in place of what it would alter or refuse.

    Raises:
        CodecError: It is not JSON, not UTF-8, or nested too deeply.
    """
    if isinstance(data, str):
        data = _encoded(data)
    digits = data.translate(_DIGITS)
    # `in` is several times as slow: it tries the bytes as an integer first, and drops the error.
    if (digits.find(_LONG) >= 0 or digits.find(_TINY) >= 0) and any(map(_altered, _SUSPECT.findall(data))):
        return _loads_exactly(data)
    return loads_rounded(data)


def loads_rounded(data: bytes | str) -> Any:
    """Reads JSON text like `loads`, but rounds numbers to the nearest double.

    For vectors, where every number is long and none is longer than a double.
    """
    try:
        return orjson.loads(data)
    except orjson.JSONDecodeError:
        return _loads_exactly(_encoded(data) if isinstance(data, str) else data)


def loads_in_steps(data: bytes | str, *, exactly: bool = True) -> Any:
    """Reads JSON text like `loads`, and lets other threads run between any two objects or numbers.

    orjson holds Python's lock until all of a text is read: a second for some of those of 64 MiB.

    Args:
        data: UTF-8 text.
        exactly: Whether as `loads`, not `loads_rounded`.

    Raises:
        CodecError: As for `loads`.
    """
    return _loads_exactly(_encoded(data) if isinstance(data, str) else data, exactly=exactly)


def dumps(value: Any) -> bytes:
    """Writes what `loads` returned, possibly edited, as compact JSON text.

    Args:
        value: JSON values; also `orjson.Fragment`, whose text is written as it is.

    Raises:
        CodecError: A value is not JSON, or it is nested too deeply.
    """
    try:
        return orjson.dumps(value, default=_fragment)
    except orjson.JSONEncodeError:
        pass
    try:
        return _written(value).encode()
    except RecursionError:
        raise CodecError("nested too deeply") from None


def raw_text(value: Any) -> str:
    """Writes a JSON value as the text that a raw field holds."""
    return dumps(value).decode()


def fragment(text: str, name: str) -> orjson.Fragment:
    """Checks that a raw field holds JSON text, and passes it on verbatim.

    Args:
        text: The caller's text. Unchecked it could close its key and open others.
        name: The field's name, for the error.

    Raises:
        CodecError: The text is not JSON.
    """
    try:
        loads_rounded(text)
    except CodecError as error:
        raise CodecError(error.reason, name) from None
    return orjson.Fragment(text)


def _encoded(data: str) -> bytes:
    try:
        return data.encode()
    except UnicodeEncodeError:
        raise CodecError("not UTF-8") from None


def _loads_exactly(data: bytes, *, exactly: bool = True) -> Any:
    try:
        text = _decoded(data)
        value = json.loads(
            text,
            object_hook=_unchanged,
            parse_int=_integer,
            parse_float=_float if exactly else _rounded,
            parse_constant=_refuse,
        )
        return _marked(value) if "\\ud" in text or "\\uD" in text else value
    except UnicodeDecodeError:
        raise CodecError("not UTF-8") from None
    except json.JSONDecodeError as error:
        raise CodecError(f"not JSON: {error.msg} at line {error.lineno} column {error.colno}") from None
    except RecursionError:
        raise CodecError("nested too deeply") from None


def _decoded(data: bytes) -> str:
    decode = getincrementaldecoder("utf-8")().decode
    steps = range(0, len(data), _STEP)
    return "".join([*(decode(data[start : start + _STEP]) for start in steps), decode(b"", final=True)])


def _unchanged(value: dict[str, Any]) -> dict[str, Any]:
    return value


def _rounded(token: str) -> float | RawNumber:
    value = float(token)
    return value if isfinite(value) else RawNumber(token)


def _altered(token: bytes) -> bool:
    text = token.decode()
    if text.lstrip("-").isdigit():
        return isinstance(_integer(text), RawNumber)
    try:
        return isinstance(_float(text), RawNumber)
    except ValueError:  # a part of a string, such as an IP address
        return True


def _integer(token: str) -> int | RawNumber:
    if len(token) <= _INT_DIGITS and -(2**63) <= (value := int(token)) < 2**64:
        return value
    return RawNumber(token)


def _float(token: str) -> float | RawNumber:
    value = float(token)
    if len(token) <= _SHORT and "e" not in token and "E" not in token:
        return value
    written = repr(value)
    try:
        same = written == token or Decimal(written) == Decimal(token)
    except ArithmeticError:  # an exponent beyond what Decimal takes
        same = False
    return value if same else RawNumber(token)


def _refuse(constant: str) -> Any:
    raise CodecError(f"not JSON: {constant}")


def _marked(value: Any) -> Any:
    if isinstance(value, str):
        return RawString(value) if _SURROGATE.search(value) else value
    if isinstance(value, list):
        return [_marked(item) for item in value]
    if isinstance(value, dict):
        return {_marked(key): _marked(item) for key, item in value.items()}
    return value


def _fragment(value: Any) -> orjson.Fragment:
    if isinstance(value, RawNumber):
        return orjson.Fragment(value.token)
    raise TypeError


def _written(value: Any) -> str:
    if isinstance(value, list):
        return f"[{','.join([_written(item) for item in value])}]"
    if isinstance(value, dict):
        return f"{{{','.join([f'{_name(key)}:{_written(item)}' for key, item in value.items()])}}}"
    if isinstance(value, RawNumber):
        return value.token
    if isinstance(value, orjson.Fragment):
        return orjson.dumps(value).decode()
    if value is None or isinstance(value, str | int) or (isinstance(value, float) and isfinite(value)):
        return json.dumps(value)
    raise CodecError(f"{type(value).__name__} is not a JSON value")


def _name(key: Any) -> str:
    if isinstance(key, str):
        return json.dumps(key)
    raise CodecError(f"{type(key).__name__} is not a JSON value")
