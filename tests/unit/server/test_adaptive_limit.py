"""The learned limit of an upstream: it grows while calls are as fast as before, and shrinks with their latency."""

from openai_grpc_server.config import AdaptiveConcurrencySettings
from openai_grpc_server.routing.concurrency import WINDOW_SIZE, AdaptiveLimit


class Upstream:
    """An upstream that serves so many calls at once and queues the others, and callers who use all of the limit."""

    def __init__(self, capacity: int, settings: AdaptiveConcurrencySettings) -> None:
        self.limit = AdaptiveLimit(settings)
        self._capacity = capacity
        self._now = 0.0

    def serve(self, seconds: int, *, streaming: bool = False, in_flight: int | None = None, each: float = 0.1) -> int:
        """Serves calls for some seconds; returns the limit then."""
        for _ in range(seconds):
            self._now += 1.0
            for _ in range(WINDOW_SIZE):
                running = self.limit.limit if in_flight is None else in_flight
                self.limit.measured(streaming, each * max(running / self._capacity, 1.0), running, self._now)
        return self.limit.limit


def test_it_settles_near_what_the_upstream_takes() -> None:
    small = Upstream(10, AdaptiveConcurrencySettings(initial=5))
    large = Upstream(100, AdaptiveConcurrencySettings(initial=5))
    assert 10 <= small.serve(100) < 30
    assert 60 <= large.serve(100) <= 200


def test_an_upstream_that_becomes_slower_gets_fewer_calls() -> None:
    upstream = Upstream(50, AdaptiveConcurrencySettings(initial=20))
    before = upstream.serve(30)
    assert upstream.serve(10, each=0.5) < before / 2


def test_it_stays_within_its_bounds() -> None:
    assert Upstream(10**6, AdaptiveConcurrencySettings(initial=5, max=30)).serve(200) == 30
    limit = AdaptiveLimit(AdaptiveConcurrencySettings(initial=5, min=3))
    for _ in range(100):
        limit.dropped()
    assert limit.limit == 3
    assert AdaptiveLimit(AdaptiveConcurrencySettings(initial=1, min=4)).limit == 4


def test_calls_that_it_does_not_hold_back_say_nothing_of_it() -> None:
    assert Upstream(10, AdaptiveConcurrencySettings(initial=20)).serve(50, in_flight=5) == 20


def test_streams_and_whole_replies_have_latencies_of_their_own() -> None:
    upstream = Upstream(1000, AdaptiveConcurrencySettings(initial=20))
    for _ in range(20):
        upstream.serve(1, streaming=True)
        upstream.serve(1, each=10.0)
    assert upstream.limit.limit > 20
