"""Builds a message from nested dicts in small steps, so that other threads can run."""

from typing import Any, TypeVar

from google.protobuf.message import Message

M = TypeVar("M", bound=Message)

_STEP = 4000  # values that Protobuf is given at once; it takes a millisecond


def build(message_type: type[M], fields: dict[str, Any]) -> M:
    """Builds a message like its constructor.

    Args:
        message_type: The message's class.
        fields: Values by the names of fields: scalars, dicts for messages, lists and maps of either; also messages.
    """
    if not _is_heavy(fields):
        return message_type(**fields)
    message = message_type()
    left: list[tuple[Any, dict[str, Any]]] = [(message, fields)]
    while left:
        target, values = left.pop()
        light = {}
        for name, value in values.items():
            if not _is_heavy(value):
                light[name] = value
                continue
            field = getattr(target, name)
            if type(value) is list:
                left += _add_all(field, value)
            elif isinstance(field, Message):
                field.SetInParent()
                left.append((field, value))
            else:
                left += _put_all(field, value)
        if light:
            target.MergeFrom(type(target)(**light))
    return message


def _add_all(field: Any, values: list[Any]) -> list[tuple[Any, dict[str, Any]]]:
    """Adds to a list; returns the messages still to build."""
    if not hasattr(field, "add"):  # of scalars
        for start in range(0, len(values), _STEP):
            field.extend(values[start : start + _STEP])
        return []
    left = []
    for value in values:
        if isinstance(value, Message):
            field.append(value)
        elif _is_heavy(value):
            left.append((field.add(), value))
        else:
            field.add(**value)
    return left


def _put_all(field: Any, values: dict[Any, Any]) -> list[tuple[Any, dict[str, Any]]]:
    """Adds to a map; returns the messages still to build."""
    left = []
    for key, value in values.items():
        if isinstance(value, Message):
            field[key].CopyFrom(value)
        elif type(value) is dict:
            left.append((field[key], value))
        else:
            field[key] = value
    return left


def _is_heavy(value: Any) -> bool:
    """Returns whether a value has too many elements for one step."""
    room = _STEP
    values = [value]
    while values:
        value = values.pop()
        kind = type(value)
        if kind is not list and kind is not dict:
            continue
        room -= len(value)
        if room < 0:
            return True
        values += value.values() if kind is dict else value
    return False
