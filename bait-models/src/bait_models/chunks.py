"""Cutting sequences into parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Consecutive parts of this size; the last may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def padded_chunks(items: Sequence[Item], sizes: Sequence[int], limit: int) -> Iterator[list[Item]]:
    """Consecutive parts that are at most so large once padded; one item may be larger.

    Args:
        items: What to cut.
        sizes: Of the items.
        limit: Of the number of items of a part times its largest size.
    """
    part: list[Item] = []
    largest = 0
    for item, size in zip(items, sizes, strict=True):
        largest = max(largest, size)
        if part and (len(part) + 1) * largest > limit:
            yield part
            part, largest = [], size
        part.append(item)
    if part:
        yield part
