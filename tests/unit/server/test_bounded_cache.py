"""A cache bounded by bytes."""

import tracemalloc
from itertools import count

from openai_grpc_server.runtime import bounded_cache
from openai_grpc_server.runtime.bounded_cache import ENTRY_BYTES, BoundedCache

MIB = 1 << 20
# Other threads of the process allocate, too.
OURS = [tracemalloc.Filter(inclusive=True, filename_pattern=file) for file in (__file__, str(bounded_cache.__file__))]


def traced() -> int:
    """Returns the bytes that this file and the cache have allocated."""
    return sum(trace.size for trace in tracemalloc.take_snapshot().filter_traces(OURS).traces)


def test_it_holds_no_more_bytes_than_it_may() -> None:
    cache: BoundedCache[int] = BoundedCache(MIB)
    tracemalloc.start()
    try:
        for number in range(20_000):
            cache.put(f"{number}" + "x" * (number % 60_000), number)
        held = traced()
    finally:
        tracemalloc.stop()
    assert cache.bytes <= MIB
    assert held < 1.5 * MIB  # what `ENTRY_BYTES` stands for is about right
    assert cache.get("19999" + "x" * 19_999) == 19_999


def test_short_texts_take_what_they_are_counted_for() -> None:
    cache: BoundedCache[int] = BoundedCache(MIB)
    names = count()
    tracemalloc.start()
    try:
        while cache.bytes < MIB - 2 * ENTRY_BYTES:
            cache.put(f"name-{next(names)}", 1)
        held = traced()
    finally:
        tracemalloc.stop()
    assert held < 1.2 * MIB


def test_what_was_used_last_stays() -> None:
    cache: BoundedCache[str] = BoundedCache(20 * (ENTRY_BYTES + 1))
    for name in "abcdefghijklmnopqrst":
        cache.put(name, name.upper())
    assert cache.get("a") == "A"
    cache.put("z", "Z")
    assert [cache.get(name) for name in "abz"] == ["A", None, "Z"]
    assert len(cache) == 20


def test_one_large_entry_drives_out_no_other() -> None:
    cache: BoundedCache[str] = BoundedCache(MIB)
    cache.put("small", "1")
    cache.put("x" * MIB, "2")
    assert (cache.get("small"), cache.get("x" * MIB)) == ("1", None)


def test_a_key_that_is_put_again_counts_once() -> None:
    cache: BoundedCache[str] = BoundedCache(MIB)
    cache.put("a", "1", 100)
    cache.put("a", "2")
    assert (cache.get("a"), cache.bytes) == ("2", ENTRY_BYTES + 1)
