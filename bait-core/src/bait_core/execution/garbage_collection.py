"""Python's garbage collection while searches run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 10, 2)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Let Python look for cyclic garbage less often, as long as the block runs.

    A search allocates much and gives nothing back until it ends. The default settings walk its
    growing graph again and again in vain, which doubles the cost of a tactic in a large search;
    these look about once per million objects.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
