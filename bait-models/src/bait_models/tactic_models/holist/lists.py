"""Lists of theorems, by how likely their theorems are."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache

import torch
from torch import Tensor

POOL = 8
"""Short lists are made of so many theorems, the best ones."""
_LENGTHS = (2, 3, 4)
_LEAST = 1e-12

Lists = Sequence[tuple[tuple[int, ...], float]]
"""Places of theorems in their ranking, and logarithms of probabilities of the lists."""


def short_lists(shares: Tensor, count: int) -> list[Lists]:
    """The likeliest short lists of each ranking.

    A list is drawn theorem by theorem, the likelier ones first, without putting any back; each more
    that it has makes it half as likely, as in people's proofs.

    Args:
        shares: Probabilities of the best theorems, falling [rankings, at most POOL].
        count: How many lists.
    """
    places = _places(shares.shape[1])
    weights = _weights(shares)
    best = weights.topk(min(count, len(places)), dim=1)
    return [
        [(places[number], weight) for number, weight in zip(*row, strict=True)]
        for row in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]


def best_lists(count: int, lengths: Sequence[int]) -> Iterator[tuple[range, float]]:
    """The best of so many theorems, as lists of these lengths, one as likely as the other."""
    possible = [length for length in lengths if length <= count]
    for length in possible:
        yield range(length), -math.log(len(possible))


def _weights(shares: Tensor) -> Tensor:
    """Logarithms of probabilities of all short lists [rankings, lists]."""
    shares = shares.double()
    whole = shares.sum(dim=1).clamp(min=1.0)[:, None, None]  # they are of single precision
    found = [shares.new_empty(len(shares), 0)]
    for length in _LENGTHS:
        numbers = [places for places in _places(shares.shape[1]) if len(places) == length]
        if numbers:
            drawn = shares[:, torch.tensor(numbers, device=shares.device)]
            left = whole - (drawn.cumsum(dim=2) - drawn)
            draws = (drawn / left.clamp(min=_LEAST)).clamp(min=_LEAST)
            found.append(draws.log().sum(dim=2) - math.log(2) * (length - 1))
    return torch.cat(found, dim=1)


@cache
def _places(count: int) -> tuple[tuple[int, ...], ...]:
    """All short lists of the best `count` theorems, the shortest first."""
    return tuple(
        itertools.chain.from_iterable(
            itertools.combinations(range(count), length) for length in _LENGTHS
        )
    )
