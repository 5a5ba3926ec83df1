"""Vectors: numbers or base64 in JSON, packed float32 in Protobuf; base64 creates no Python object per number."""

import sys
from array import array
from bisect import bisect_right
from math import isfinite
from typing import Any

import pybase64
from google.protobuf.message import Message

from openai_grpc.codec._errors import CodecError
from openai_grpc.codec._values import base64, near_double

# The values of openai_grpc.v1.VectorEncoding.
FLOAT32, FLOAT64, BASE64 = 1, 2, 3
_NUMBERS = {int, float}
_FLOAT_SIZE = 4
_LENGTH_DELIMITED = 2
_FIXED_SIZES = {1: 8, 5: 4}

# Rounding to nine digits by arithmetic costs a fraction of formatting: ten to the power of up to 22 is exact in a
# double, so the division rounds once and gives the double that reading the digits would. Adding and subtracting this
# number rounds to an integer.
_ROUNDER = 1.5 * 2**52
_DIGITS = 9
_SMALL, _LARGE = 1e-13, 1e5
_DECADES = [float(f"1e{exponent}") for exponent in range(-13, 5)]
_SCALES = [0.0, *(float(f"1e{_DIGITS - 1 - exponent}") for exponent in range(-13, 5))]


def vector(value: Any) -> tuple[int, bytes, bool] | None:
    """Reads a vector.

    Args:
        value: The JSON value.

    Returns:
        The encoding, the floats as Protobuf packs them, and whether they are exactly the numbers that were given.
        None if it is no vector.
    """
    if type(value) is str:
        data = base64(value)
        return None if data is None or len(data) % _FLOAT_SIZE else (BASE64, data, True)
    if type(value) is not list or not value:
        return None
    if _NUMBERS.issuperset(map(type, value)):
        return _floats(value)
    held = [near_double(item) for item in value]
    read = None if None in held else _floats(held)
    return None if read is None else (*read[:2], False)


def _floats(value: list[Any]) -> tuple[int, bytes, bool] | None:
    try:
        floats = array("f", value)
    except OverflowError:
        return None
    if not isfinite(sum(floats)):
        return None
    if floats.tolist() == value:
        return FLOAT64, _little_endian(floats).tobytes(), True
    return FLOAT32, _little_endian(floats).tobytes(), shortest(floats) == value


def vector_message(message_type: type[Message], fields: dict[str, Any], number: int, packed: bytes) -> Message:
    """Builds a message with a vector.

    Args:
        message_type: The message's type.
        fields: Its other fields.
        number: The vector field's number.
        packed: The floats as Protobuf packs them.
    """
    message = message_type(**fields)
    if packed:
        message.MergeFromString(_varint(number << 3 | _LENGTH_DELIMITED) + _varint(len(packed)) + packed)
    return message


def vector_value(message: Message, number: int, name: str, encoding: int) -> str | list[float]:
    """Writes the vector of a message.

    Args:
        message: The message.
        number: The vector field's number.
        name: The vector field's name, for the error.
        encoding: A `VectorEncoding`.

    Raises:
        CodecError: A number is infinite or not a number, and the encoding is not base64.
    """
    packed = _packed(message.SerializeToString(), number)
    if encoding == BASE64:
        return pybase64.b64encode_as_string(packed)
    floats = array("f")
    floats.frombytes(packed)
    _little_endian(floats)
    if not isfinite(sum(floats)):
        raise CodecError("JSON has no such number", name)
    return floats.tolist() if encoding == FLOAT64 else shortest(floats)


def shortest(floats: "array[float]") -> list[float]:
    """Rounds float32 values to the doubles that print with the fewest digits and are still the same float32."""
    values = floats.tolist()
    if not values:
        return []
    magnitudes = list(map(abs, values))
    if min(magnitudes) < _SMALL or max(magnitudes) >= _LARGE:
        return [_shortest(value) for value in values]
    scales = [_SCALES[bisect_right(_DECADES, magnitude)] for magnitude in magnitudes]
    result = [(value * scale + _ROUNDER - _ROUNDER) / scale for value, scale in zip(values, scales, strict=True)]
    # Nine digits always suffice. Any two numbers of six are different float32, so fewer are a matter of zeros.
    left = list(enumerate(values))
    for power in (10.0, 100.0, 1000.0):
        shorter = [(value * (scale := scales[index] / power) + _ROUNDER - _ROUNDER) / scale for index, value in left]
        fits = []
        for item, number, single in zip(left, shorter, array("f", shorter), strict=True):
            if single == item[1]:
                result[item[0]] = number
                fits.append(item)
        left = fits
    return result


def _shortest(value: float) -> float:
    for digits in range(1, _DIGITS):
        number = float(f"{value:.{digits}g}")
        if array("f", [number])[0] == value:
            return number
    return float(f"{value:.{_DIGITS}g}")


def _little_endian(floats: "array[float]") -> "array[float]":
    if sys.byteorder == "big":
        floats.byteswap()
    return floats


def _varint(value: int) -> bytes:
    data = bytearray()
    while value > 0x7F:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


def _packed(data: bytes, number: int) -> bytes:
    """Finds a packed field in a serialized message: far cheaper than reading a repeated field as floats."""
    at = 0
    while at < len(data):
        tag, at = _read_varint(data, at)
        kind = tag & 7
        if kind == _LENGTH_DELIMITED:
            length, at = _read_varint(data, at)
            if tag >> 3 == number:
                return data[at : at + length]
            at += length
        elif kind in _FIXED_SIZES:
            at += _FIXED_SIZES[kind]
        else:
            _, at = _read_varint(data, at)
    return b""


def _read_varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
