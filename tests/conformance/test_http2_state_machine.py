"""Half a minute of frame sequences against our HTTP/2 server, with `h2` as the reference: always the same ones."""

from conformance.http2_state_machine import STATISTICS, drive

MINUTES = 1.0
SEED = 1
SEEDS = 16  # so that a faster machine does not try what no run before it has; `make frame-sequences` looks for more


def test_frame_sequences() -> None:
    found = drive(MINUTES, SEED, stop=True, seeds=SEEDS)
    assert not found, found[0]
    assert STATISTICS["replies compared"]
    assert STATISTICS["connection errors"]
    assert STATISTICS["streams reset"]
