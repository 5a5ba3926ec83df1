"""Requests and answers come through the bridges with all that counts."""

from pathlib import Path

import pytest

from conformance.bridged import DIRECTIONS, Direction, replay
from conformance.corpus import INVENTED, RECORDED


@pytest.mark.parametrize(("folder", "kept"), [(INVENTED, 10), (RECORDED, 400)], ids=["invented", "recorded"])
@pytest.mark.parametrize("direction", DIRECTIONS, ids=[each.name for each in DIRECTIONS])
def test_exchanges_come_through_the_bridges(direction: Direction, folder: Path, kept: int) -> None:
    if not folder.exists():
        pytest.skip(f"{folder} is absent: only the invented exchanges are replayed")
    report = replay(folder, direction)
    assert not report.lost
    assert report.kept > kept
    assert not [field for field in report.refused if field.startswith("failed")]
