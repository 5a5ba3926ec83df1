"""What the replay calls the same, and what it calls lost."""

import json
from typing import Any

import pytest

from conformance.compare import differences, leaves
from conformance.corpus import Number


def read(text: str) -> Any:
    return json.loads(text, parse_float=Number)


@pytest.mark.parametrize(
    ("sent", "received", "request_differs", "reply_differs"),
    [
        ('{"a": 1}', '{"a": 1.0}', [], []),
        ('{"a": 1e3}', '{"a": 1000}', [], []),
        ('{"a": 0.1}', '{"a": 0.10000000000000001}', ["$.a changed"], ["$.a changed"]),
        ('{"a": 18446744073709551617}', '{"a": 18446744073709551616}', ["$.a changed"], ["$.a changed"]),
        ('{"a": true}', '{"a": 1}', ["$.a changed"], ["$.a changed"]),
        ('{"a": "1"}', '{"a": 1}', ["$.a changed"], ["$.a changed"]),
        ('{"a": null}', "{}", ["$.a lost"], []),
        ("{}", '{"a": []}', ["$.a added"], []),
        ('{"a": {}}', '{"a": []}', ["$.a changed"], []),
        ('{"a": 1}', "{}", ["$.a lost"], ["$.a lost"]),
        ("{}", '{"a": 1}', ["$.a added"], ["$.a added"]),
        ("[1, 2]", "[1]", ["$ has 1 elements, not 2"], ["$ has 1 elements, not 2"]),
        ("[1, 2]", "[2, 1]", ["$[0] changed", "$[1] changed"], ["$[0] changed", "$[1] changed"]),
        ('{"content": "x"}', '{"content": [{"type": "text", "text": "x"}]}', [], []),
        (
            '{"content": "x"}',
            '{"content": [{"type": "text", "text": "y"}]}',
            ["$.content changed"],
            ["$.content changed"],
        ),
    ],
)
def test_differences(sent: str, received: str, request_differs: list[str], reply_differs: list[str]) -> None:
    assert list(differences(read(sent), read(received), reply=False)) == request_differs
    assert list(differences(read(sent), read(received), reply=True)) == reply_differs


@pytest.mark.parametrize(("value", "count"), [({}, 1), ([], 1), ({"a": [1, 2], "b": {"c": None}}, 3), ("x", 1)])
def test_leaves(value: Any, count: int) -> None:
    assert leaves(value) == count
