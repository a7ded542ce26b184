"""Cutting sequences into parts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")


def parts(items: Sequence[Item], size: int) -> Iterator[Sequence[Item]]:
    """Consecutive parts of this size; the last may be shorter."""
    for start in range(0, len(items), size):
        yield items[start : start + size]
