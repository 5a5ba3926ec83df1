"""When two JSON values are the same: nothing lost, nothing added, nothing changed."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from conformance.corpus import Number

_ABSENT: tuple[Any, ...] = (None, [], {})


def differences(sent: Any, received: Any, *, reply: bool, path: str = "$") -> Iterator[str]:
    """Yields the paths where two JSON values differ.

    Numbers are the same when they are the same as decimals, so 1 is 1.0. In a reply null, an empty list and an empty
    object are the same as an absent key. A message's content that is a string is the same as one text part.
    """
    if isinstance(sent, dict) and isinstance(received, dict):
        yield from _objects(sent, received, reply, path)
    elif isinstance(sent, list) and isinstance(received, list):
        if len(sent) != len(received):
            yield f"{path} has {len(received)} elements, not {len(sent)}"
        for index, (one, other) in enumerate(zip(sent, received, strict=False)):
            yield from differences(one, other, reply=reply, path=f"{path}[{index}]")
    elif path.endswith(".content") and _text_part(sent) == _text_part(received) is not None:
        return
    elif not _same(sent, received):
        yield f"{path} changed"


def _objects(sent: dict[str, Any], received: dict[str, Any], reply: bool, path: str) -> Iterator[str]:
    for key in {**sent, **received}:
        here = f"{path}.{key}"
        if reply and sent.get(key) in _ABSENT and received.get(key) in _ABSENT:
            continue
        if key not in received:
            yield f"{here} lost"
        elif key not in sent:
            yield f"{here} added"
        else:
            yield from differences(sent[key], received[key], reply=reply, path=here)


def leaves(value: Any) -> int:
    """Counts the values of a JSON value that have no values in them."""
    if isinstance(value, dict) and value:
        return sum(map(leaves, value.values()))
    if isinstance(value, list) and value:
        return sum(map(leaves, value))
    return 1


def _same(sent: Any, received: Any) -> bool:
    if isinstance(sent, bool) or isinstance(received, bool) or not isinstance(sent, int | float):
        return type(sent) is type(received) and bool(sent == received)
    return isinstance(received, int | float) and _decimal(sent) == _decimal(received)


def _decimal(number: float) -> Decimal:
    return Decimal(number.token if isinstance(number, Number) else number)


def _text_part(content: Any) -> str | None:
    if isinstance(content, str):
        return content
    match content:
        case [{"type": "text", "text": str(text), **rest}] if not rest:
            return text
    return None
