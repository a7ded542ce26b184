"""Python's garbage collection while searches run."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

_THRESHOLDS = (50_000, 10, 2)


@contextmanager
def rare_collections() -> Iterator[None]:
    """Make Python collect cyclic garbage less often while the block runs.

    A search allocates many objects and frees none until it ends. With the default thresholds the
    collector traverses the growing graph again and again in vain, which doubles the cost of a
    tactic in a large search; here it runs about once per million objects.
    """
    before = gc.get_threshold()
    gc.set_threshold(*_THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
