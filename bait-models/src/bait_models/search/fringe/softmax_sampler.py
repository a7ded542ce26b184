"""Sampling from a softmax over scores that keep changing."""

from __future__ import annotations

import math
import random
import sys
from collections.abc import Iterator
from typing import Generic, TypeVar

Item = TypeVar("Item")

_NOTHING = -sys.float_info.max
_FIRST_CAPACITY = 64


class SoftmaxSampler(Generic[Item]):
    """Draws items with probabilities proportional to exp(score / temperature).

    The scores are the leaves of a binary tree. Each node stores the highest score below it, `top`,
    and the sum of exp((score - top) / temperature) over the items below it, `mass`: at least 1, or
    0 if there are none. Such pairs can be added for scores of any size, without overflow. Parents
    are always recomputed from their children, so that no error accumulates.

    Changes are collected and carried up the tree together, before the next draw. A change costs
    O(log n), but much less where many come between two draws; a draw costs O(log n).

    Args:
        temperature: Positive. Near 0, the highest scores win; a large one makes all items equal.
    """

    def __init__(self, temperature: float) -> None:
        self._temperature = temperature
        self._capacity = _FIRST_CAPACITY
        self._tops = [_NOTHING] * (2 * self._capacity)
        self._masses = [0.0] * (2 * self._capacity)
        self._items: list[Item | None] = []
        self._free: list[int] = []
        self._changed: set[int] = set()

    def __len__(self) -> int:
        """Number of items."""
        return len(self._items) - len(self._free)

    def __iter__(self) -> Iterator[Item]:
        """The items, in the order of their slots."""
        return (item for item in self._items if item is not None)

    def add(self, item: Item, score: float) -> int:
        """Add an item with a finite score; returns its slot, which it keeps until removal."""
        if self._free:
            slot = self._free.pop()
            self._items[slot] = item
        else:
            slot = len(self._items)
            if slot == self._capacity:
                self._grow()
            self._items.append(item)
        self._set(slot, score, 1.0)
        return slot

    def update(self, slot: int, score: float) -> None:
        """Give the item in `slot` another finite score."""
        self._set(slot, score, 1.0)

    def remove(self, slot: int) -> None:
        """Remove the item in `slot`."""
        self._items[slot] = None
        self._free.append(slot)
        self._set(slot, _NOTHING, 0.0)

    def draw(self, rng: random.Random) -> Item:
        """Draw an item, which stays; draws are independent of each other.

        Raises:
            IndexError: There are no items.
        """
        self._carry_up()
        tops, masses, capacity = self._tops, self._masses, self._capacity
        temperature, exp, uniform = self._temperature, math.exp, rng.random
        node = 1
        while node < capacity:
            left = 2 * node
            share, lower = masses[left], tops[left] - tops[node]
            if lower:
                share *= exp(lower / temperature)
            node = left if uniform() * masses[node] < share else left + 1
        item = self._items[node - capacity] if self._items else None
        if item is None:
            raise IndexError("there are no items to draw from")
        return item

    def probability(self, slot: int) -> float:
        """The probability of drawing the item in `slot`."""
        self._carry_up()
        difference = self._tops[self._capacity + slot] - self._tops[1]
        return math.exp(difference / self._temperature) / self._masses[1]

    def _set(self, slot: int, top: float, mass: float) -> None:
        leaf = self._capacity + slot
        self._tops[leaf] = top
        self._masses[leaf] = mass
        self._changed.add(leaf)

    def _grow(self) -> None:
        """Double the number of leaves."""
        tops, masses = self._tops[self._capacity :], self._masses[self._capacity :]
        empty = 3 * self._capacity
        self._tops = [_NOTHING] * self._capacity * 2 + tops + [_NOTHING] * self._capacity
        self._masses = [0.0] * self._capacity * 2 + masses + [0.0] * self._capacity
        self._capacity *= 2
        self._changed = set(range(self._capacity, empty))

    def _carry_up(self) -> None:
        """Update the nodes above all changed leaves, level by level."""
        tops, masses = self._tops, self._masses
        temperature, exp = self._temperature, math.exp
        nodes = self._changed
        self._changed = set()
        while nodes and 1 not in nodes:
            nodes = {node >> 1 for node in nodes}
            for node in nodes:
                left = 2 * node
                right = left + 1
                low, high = tops[left], tops[right]
                mass, rest = masses[right], masses[left]
                if low > high:
                    low, high, mass, rest = high, low, rest, mass
                tops[node] = high
                masses[node] = mass + rest * exp((low - high) / temperature) if rest else mass
