"""Draws from a softmax over scores that change all the time."""

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

    The scores are the leaves of a binary tree. Each node knows the highest score below it, `top`,
    and the sum of exp((score - top) / temperature) over the items below it, `mass`: at least 1, or
    0 where there is nothing. Such pairs can be added for scores of any size, without overflow.
    Parents are always computed anew from their children, so that no error builds up.

    Changes are gathered and carried up the tree together, before the next draw. A change costs
    O(log n), but much less where many come between two draws; so does a draw.

    Args:
        temperature: Positive. Close to 0 the highest scores win, a large one makes all equal.
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
        """The items, in the order of their places."""
        return (item for item in self._items if item is not None)

    def add(self, item: Item, score: float) -> int:
        """Take in an item with a finite score; returns its place, which is its until removal."""
        if self._free:
            place = self._free.pop()
            self._items[place] = item
        else:
            place = len(self._items)
            if place == self._capacity:
                self._grow()
            self._items.append(item)
        self._set(place, score, 1.0)
        return place

    def update(self, place: int, score: float) -> None:
        """Give the item at `place` another finite score."""
        self._set(place, score, 1.0)

    def remove(self, place: int) -> None:
        """Forget the item at `place`."""
        self._items[place] = None
        self._free.append(place)
        self._set(place, _NOTHING, 0.0)

    def draw(self, rng: random.Random) -> Item:
        """An item, which stays; every draw is independent of those before.

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
            raise IndexError("there is nothing to draw from")
        return item

    def probability(self, place: int) -> float:
        """Of drawing the item at `place`."""
        self._carry_up()
        difference = self._tops[self._capacity + place] - self._tops[1]
        return math.exp(difference / self._temperature) / self._masses[1]

    def _set(self, place: int, top: float, mass: float) -> None:
        leaf = self._capacity + place
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
        """Bring the nodes above all changed leaves up to date, level by level."""
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
