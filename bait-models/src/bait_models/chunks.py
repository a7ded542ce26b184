"""Cutting sequences into chunks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def chunks(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Consecutive chunks of this size; the last one may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]


def padded_chunks(items: Sequence[Item], sizes: Sequence[int], limit: int) -> Iterator[list[Item]]:
    """Consecutive chunks, limited in their padded size; a single item may exceed the limit.

    Args:
        items: The items.
        sizes: Their sizes.
        limit: Of the number of items in a chunk times its largest size.
    """
    chunk: list[Item] = []
    largest = 0
    for item, size in zip(items, sizes, strict=True):
        largest = max(largest, size)
        if chunk and (len(chunk) + 1) * largest > limit:
            yield chunk
            chunk, largest = [], size
        chunk.append(item)
    if chunk:
        yield chunk
