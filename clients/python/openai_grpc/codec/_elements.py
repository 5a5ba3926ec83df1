"""Counts the elements of a message or JSON text, before parsing makes them many times larger.

Both stop as soon as there is more than may be, and no step of theirs takes long: other threads run meanwhile.
"""

import re
from functools import cache
from typing import cast

from google.protobuf.descriptor import Descriptor, FieldDescriptor
from google.protobuf.message import Message

from openai_grpc.options.v1 import json_pb2

PACKED = 16
"""Bytes of packed numbers that count as one element: read, a number takes a fraction of what a message takes."""

_DEPTH = 100  # levels of messages; Protobuf's parsers refuse more
_BACKSLASHED = rb'(?:[^"\\]{1,1024}+|\\.){0,256}+'
_STRING = re.compile(_BACKSLASHED + rb'("?)', re.DOTALL)  # the rest of a string, or 256 KiB of it
_QUOTE = b'"'
_WINDOW = 1 << 20  # bytes that are looked through in one step

_Table = dict[int, "_Table | int"]  # by tags of length-delimited fields: the table of a message, or one of these
_JSON, _NUMBERS = 1, 2
_FIXED = {1: 8, 5: 4}  # bytes of a value, by wire type
_NESTED = frozenset({FieldDescriptor.TYPE_MESSAGE, FieldDescriptor.TYPE_GROUP})
_TEXTS = frozenset({FieldDescriptor.TYPE_STRING, FieldDescriptor.TYPE_BYTES, *_NESTED})


def count_elements(message_type: type[Message], data: bytes, limit: int) -> int:
    """Counts the fields of a message, recursively; each entry of a list or map counts.

    The objects, lists and strings in fields that hold JSON count as well.

    Args:
        message_type: The message's class.
        data: Its wire form; where that is malformed, the count ends.
        limit: From where on it does not matter.

    Returns:
        The count, or any number over the limit if it exceeds that.
    """
    table = _table(cast("Descriptor", message_type.DESCRIPTOR))
    around: list[tuple[int, _Table]] = []
    count, at, end = 0, 0, len(data)
    try:
        while count <= limit:
            if at >= end:
                if not around:
                    break
                end, table = around.pop()
                continue
            count += 1
            tag, at = _varint(data, at)
            kind = tag & 7
            if kind == 2:
                size, at = _varint(data, at)
                inside = table.get(tag)
                if type(inside) is dict and len(around) < _DEPTH:
                    around.append((end, table))
                    end, table = at + size, inside
                    continue
                if inside == _JSON:
                    count += count_json_elements(data[at : at + size], limit - count)
                elif inside == _NUMBERS:
                    count += size // PACKED
                at += size
            elif kind == 0:
                _, at = _varint(data, at)
            else:
                at += _FIXED.get(kind, 0)  # none for the start and end of a group
    except IndexError:  # it is cut short
        pass
    return count


def count_json_elements(data: bytes, limit: int) -> int:
    """Counts objects, lists and string values of a JSON text.

    Args:
        data: UTF-8 text; where that is no JSON, the count is of no use.
        limit: From where on it does not matter.

    Returns:
        The count, or more than it (brackets in strings, keys, quotes) if that does not exceed the limit; any number
        over the limit if it exceeds that.
    """
    most = _occurrences(data, (b"{", b"[", _QUOTE), 0, len(data), limit)
    if most <= limit:
        return most
    count = at = 0
    while count <= limit:
        quote = data.find(_QUOTE, at)
        end = len(data) if quote < 0 else quote
        count += _occurrences(data, (b"{", b"["), at, end, limit)
        if quote < 0:
            break
        at = quote + 1
        while (rest := _STRING.match(data, at)) and rest.end() > at:
            at = rest.end()
            if rest[1]:
                break
        else:  # it does not end
            break
        count += data[at : at + 1] != b":"
    return count


def _occurrences(data: bytes, texts: tuple[bytes, ...], start: int, end: int, limit: int) -> int:
    count = 0
    while start < end and count <= limit:
        stop = min(start + _WINDOW, end)
        for text in texts:
            count += data.count(text, start, stop)
        start = stop
    return count


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = data[at]
    if value < 0x80:
        return value, at + 1
    value &= 0x7F
    shift = 7
    while True:
        at += 1
        byte = data[at]
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at + 1
        shift += 7
        if shift > 63:
            raise IndexError


@cache
def _table(descriptor: Descriptor) -> _Table:
    tables: dict[Descriptor, _Table] = {}
    return _filled(descriptor, tables)


def _filled(descriptor: Descriptor, tables: dict[Descriptor, _Table]) -> _Table:
    if descriptor in tables:
        return tables[descriptor]
    table = tables[descriptor] = {}
    for field in descriptor.fields:
        tag = field.number << 3 | 2
        form = field.GetOptions().Extensions[json_pb2.json].form
        if form in (json_pb2.JSON_FORM_RAW, json_pb2.JSON_FORM_EXTRA):
            table[tag] = {2 << 3 | 2: _JSON} if field.message_type is not None else _JSON  # of a map the values
        elif field.type in _NESTED and field.message_type is not None:
            table[tag] = _filled(field.message_type, tables)
        elif field.is_repeated and field.type not in _TEXTS:
            table[tag] = _NUMBERS
    return table
