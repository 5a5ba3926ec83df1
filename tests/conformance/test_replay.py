"""Every recorded exchange of the central operations comes through the gateway without loss."""

import pytest

from conformance.corpus import DEFAULT
from conformance.replay import replay

# Of the recorded values, how many have a typed field: the rest is carried in `extra_json` and `unknown`.
TYPED = {"openai": 99.5, "compatible": 95.0}


def test_recorded_exchanges_come_through() -> None:
    if not DEFAULT.exists():
        pytest.skip(f"{DEFAULT} is absent: there are no recorded exchanges to replay")
    report = replay(DEFAULT)
    assert not report.lossy
    assert sum(report.lossless.values()) > 1_000
    assert {source: report.tallies[source].share >= share for source, share in TYPED.items()} == dict.fromkeys(
        TYPED, True
    )
