"""When a worker that has ended is started again."""

import pytest

from openai_grpc_server.process.pool import Backoff

CASES = {
    "one that ran well is started again at once": ([600.0], [0.0]),
    "one that keeps ending waits twice as long each time": ([0.1] * 5, [0.0, 0.5, 1.0, 2.0, 4.0]),
    "but not for ever longer": ([0.1] * 12, [0.0, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 30.0, 30.0, 30.0, 30.0, 30.0]),
    "one that has recovered begins anew": ([0.1, 0.1, 0.1, 60.0, 0.1], [0.0, 0.5, 1.0, 0.0, 0.5]),
}


@pytest.mark.parametrize(("lived", "waits"), CASES.values(), ids=CASES)
def test_waits(lived: list[float], waits: list[float]) -> None:
    backoff = Backoff()
    assert [backoff.after(each) for each in lived] == waits
