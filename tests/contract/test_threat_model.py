"""The threat model names tests that are there."""

import re
from pathlib import Path

import pytest

TESTS = Path(__file__).parents[1]
PAGE = (TESTS.parent / "docs/threat-model.md").read_text()
ROWS = [line for line in PAGE.splitlines() if line.startswith("|") and ".py" in line]


def named(row: str) -> list[tuple[str, str]]:
    """Returns the files and the functions that the last column of a row names."""
    found: list[tuple[str, str]] = []
    for path, function in re.findall(r"`([\w/]*\.py|)(?:::(\w+))?`", row.rsplit("|", 2)[1]):
        found.append((path or found[-1][0], function))
    return found


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[2:50])
def test_every_line_is_held_by_tests(row: str) -> None:
    assert named(row)
    for path, function in named(row):
        text = (TESTS / path).read_text()
        assert not function or re.search(rf"^(async )?def {function}\b", text, re.MULTILINE), f"{path}::{function}"


def test_tables_have_no_line_without_a_test() -> None:
    tables = PAGE.partition("## A stranger")[2].partition("## Known limits")[0]
    lines = [
        line
        for line in tables.splitlines()
        if line.startswith("|") and not line.startswith(("|---", "| attack", "| what"))
    ]
    assert [line for line in lines if line not in ROWS] == []
