"""How Python and the C library run in a process that serves: garbage collector, threads, allocator."""

import contextlib
import ctypes
import gc
import sys
from typing import Final

# Calls leave no cycles of their own. grpc.aio leaves five objects a call, which hold the call's metadata (16 KiB at
# most): a thousand calls between collections are 16 MB at worst. Older generations are looked through seldom: a
# collection visits every object of every open stream, and nobody is served meanwhile.
THRESHOLDS: Final = (5_000, 20, 50)

# Larger blocks are given back to the system when they are freed. By itself glibc raises this to the largest block that
# was freed, up to 32 MiB; from then on such blocks leave holes in the heap: 60 MB after 400 requests of 5 MB.
LARGE_BLOCK: Final = 1 << 20  # bytes
_M_MMAP_THRESHOLD: Final = -3

# So long a thread that works on a large message keeps Python's lock each time that the event loop has waited for
# events; by default 5 ms.
SWITCH_INTERVAL: Final = 0.0005  # seconds


def settle() -> None:
    """Keeps what was made at the start out of collections: contract, codec and configuration stay for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    sys.setswitchinterval(SWITCH_INTERVAL)
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).mallopt(_M_MMAP_THRESHOLD, LARGE_BLOCK)


def trim() -> None:
    """Has the allocator give back what is free."""
    with contextlib.suppress(AttributeError, OSError):  # only glibc has it
        ctypes.CDLL(None).malloc_trim(0)
