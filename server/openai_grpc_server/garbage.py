"""How Python's garbage collector runs in a process that serves."""

import gc

# Calls make few cycles and many objects that live for a moment, so that looking for cycles often finds nothing.
THRESHOLDS = (20_000, 20, 50)


def settle() -> None:
    """Keeps what was made at the start out of collections: contract, codec and configuration stay for good."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
