"""Names with wildcards: what they match, and that no name makes it take long."""

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from openai_grpc_server.config.patterns import Patterns, Wildcard

CASES = {
    "no wildcard": ("gpt-5", {"gpt-5": True, "gpt-5-mini": False, "a-gpt-5": False, "": False}),
    "one at the end": ("gpt-*", {"gpt-5": True, "gpt-": True, "gpt": False, "a-gpt-5": False}),
    "one at the start": ("*-mini", {"gpt-mini": True, "-mini": True, "mini": False, "gpt-mini-2": False}),
    "two": ("ft:*:acme:*-prod", {"ft:gpt:acme:x-prod": True, "ft::acme:-prod": True, "ft:acme:-prod": False}),
    "parts that would share letters": ("ab*ba", {"aba": False, "abba": True, "ab-ba": True}),
    "inner parts in order": ("*a*b*", {"xaxbx": True, "xbxax": False, "ab": True}),
    "only wildcards": ("**", {"": True, "x\ny": True}),
}


@pytest.mark.parametrize(("pattern", "names"), CASES.values(), ids=CASES)
def test_matches(pattern: str, names: dict[str, bool]) -> None:
    assert {name: Wildcard(pattern).matches(name) for name in names} == names


@given(st.text("ab*", max_size=8), st.text("ab", max_size=12))
def test_a_star_is_any_text(pattern: str, name: str) -> None:
    expected = re.fullmatch(re.escape(pattern).replace(r"\*", ".*"), name, re.DOTALL)
    assert Wildcard(pattern).matches(name) is (expected is not None)


@pytest.mark.parametrize(
    ("pattern", "unit"),
    [("*/*-mini", "/"), ("ft:*:acme:*-prod", ":acme:"), ("*a*a*a*a*b", "a"), ("*-mini", "-mini-")],
)
def test_time_is_linear(pattern: str, unit: str) -> None:
    name = f"ft:{unit * (10_000_000 // len(unit))}/"
    begun = time.thread_time()
    assert not Wildcard(pattern).matches(name)
    assert time.thread_time() - begun < 1  # CPU seconds; a regular expression takes hours


def test_a_list_lets_pass_what_one_of_its_names_stands_for() -> None:
    allowed = Patterns(("small", "open/*"))
    assert [allowed.allow(name) for name in ("small", "open/x", "large", "open")] == [True, True, False, False]
    assert Patterns().allow("anything")
