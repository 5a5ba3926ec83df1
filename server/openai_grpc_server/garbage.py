"""How Python's garbage collector and threads run in a process that serves."""

import gc
import sys

# Calls make few cycles and many objects that live for a moment, so that looking for cycles often finds nothing.
THRESHOLDS = (20_000, 20, 50)

# So long a thread that works on a large message keeps Python's lock each time that the event loop has waited for
# events; by default 5 ms.
SWITCH_INTERVAL = 0.0005  # seconds


def settle() -> None:
    """Keeps what was made at the start out of collections: contract, codec and configuration stay for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    sys.setswitchinterval(SWITCH_INTERVAL)
