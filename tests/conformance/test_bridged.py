"""Recorded requests and answers come through the bridges with all that counts."""

import pytest

from conformance.bridged import DIRECTIONS, Direction, replay
from conformance.corpus import DEFAULT


@pytest.mark.parametrize("direction", DIRECTIONS, ids=[each.name for each in DIRECTIONS])
def test_recorded_exchanges_come_through_the_bridges(direction: Direction) -> None:
    if not DEFAULT.exists():
        pytest.skip(f"{DEFAULT} is absent: there are no recorded exchanges to replay")
    report = replay(DEFAULT, direction)
    assert not report.lost
    assert report.kept > 400
    assert not [field for field in report.refused if field.startswith("failed")]
