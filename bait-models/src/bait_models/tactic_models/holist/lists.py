"""Lists of theorems, ranked by the probabilities of their theorems."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from functools import cache

import torch
from torch import Tensor

POOL = 8
"""Short lists are made from this many best theorems."""
_LENGTHS = (2, 3, 4)
_TINY = 1e-12

Lists = Sequence[tuple[tuple[int, ...], float]]
"""Ranks of theorems, and log-probabilities of the lists."""


def short_lists(shares: Tensor, count: int) -> list[Lists]:
    """The likeliest short lists of each ranking.

    A list is drawn theorem by theorem, the likelier ones first, without replacement; each further
    theorem makes it half as likely, as in human proofs.

    Args:
        shares: Probabilities of the best theorems, in decreasing order [rankings, at most POOL].
        count: How many lists.
    """
    ranks = _possible_lists(shares.shape[1])
    weights = _weights(shares)
    best = weights.topk(min(count, len(ranks)), dim=1)
    return [
        [(ranks[number], weight) for number, weight in zip(*row, strict=True)]
        for row in zip(best.indices.tolist(), best.values.tolist(), strict=True)
    ]


def best_lists(count: int, lengths: Sequence[int]) -> Iterator[tuple[range, float]]:
    """The best of so many theorems, as lists of these lengths, all equally likely."""
    possible = [length for length in lengths if length <= count]
    for length in possible:
        yield range(length), -math.log(len(possible))


def _weights(shares: Tensor) -> Tensor:
    """Log-probabilities of all short lists [rankings, lists]."""
    shares = shares.double()
    whole = shares.sum(dim=1).clamp(min=1.0)[:, None, None]  # single precision may exceed 1
    found = [shares.new_empty(len(shares), 0)]
    for length in _LENGTHS:
        numbers = [ranks for ranks in _possible_lists(shares.shape[1]) if len(ranks) == length]
        if numbers:
            drawn = shares[:, torch.tensor(numbers, device=shares.device)]
            left = whole - (drawn.cumsum(dim=2) - drawn)
            draws = (drawn / left.clamp(min=_TINY)).clamp(min=_TINY)
            found.append(draws.log().sum(dim=2) - math.log(2) * (length - 1))
    return torch.cat(found, dim=1)


@cache
def _possible_lists(count: int) -> tuple[tuple[int, ...], ...]:
    """All short lists of the best `count` theorems, the shortest first."""
    return tuple(
        itertools.chain.from_iterable(
            itertools.combinations(range(count), length) for length in _LENGTHS
        )
    )
