"""The first inputs of each fuzzer, always the same; `make fuzz` tries more."""

from pathlib import Path

import pytest

from fuzz.__main__ import TARGETS, fuzz

SECONDS = 3.0
SEED = 1


@pytest.mark.parametrize("name", TARGETS)
def test_inputs(name: str, tmp_path: Path) -> None:
    assert fuzz(TARGETS[name](), SECONDS, SEED, tmp_path) == []
