"""Features of pairs of goals and theorems that need no encoder: lexical similarity and age."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import torch
from torch import Tensor

FEATURES = 5


class Lexicon:
    """Weights of constants, and how often training examples use each theorem.

    Args:
        weights: Inverse document frequency of each constant in the library.
        uses: How often training examples use each theorem.
    """

    def __init__(self, weights: Mapping[str, float], uses: Mapping[str, int]) -> None:
        self.weights = dict(weights)
        self.uses = dict(uses)
        self._columns = {name: column for column, name in enumerate(self.weights)}
        self._values = torch.tensor([*self.weights.values()], dtype=torch.float32)

    @classmethod
    def of(cls, library: Sequence[Iterable[str]], used: Iterable[str]) -> Lexicon:
        """Count the constants of each theorem of the library, and each use of a theorem."""
        counts = Counter(symbol for symbols in library for symbol in set(symbols))
        size = len(library)
        weights = {name: math.log(1 + size / counts[name]) for name in sorted(counts)}
        return cls(weights, Counter(used))

    def vectors(self, symbols: Sequence[Iterable[str]]) -> Tensor:
        """Weighted sets of constants [n, constants]; unknown constants are left out."""
        result = torch.zeros(len(symbols), len(self._columns))
        entries = [
            (row, self._columns[name])
            for row, names in enumerate(symbols)
            for name in names
            if name in self._columns
        ]
        rows, columns = torch.tensor(entries, dtype=torch.long).reshape(-1, 2).T
        result[rows, columns] = self._values[columns]
        return result

    def popularity(self, names: Sequence[str]) -> Tensor:
        """Logarithm of 1 + uses [n]."""
        return torch.tensor([math.log1p(self.uses.get(name, 0)) for name in names])


def features(goals: Tensor, theorems: Tensor, popularity: Tensor, ages: Tensor) -> Tensor:
    """Features of pairs, each of order 1.

    Args:
        goals: Weighted sets of constants [batch, constants].
        theorems: The same of theorems [theorems, constants].
        popularity: [theorems].
        ages: How many theorems lie between the theorem and the goal's in the library [batch,
            theorems], or [1, theorems] if they are the same for all goals.

    Returns:
        [batch, theorems, FEATURES]: cosine, share of the theorem's constants that are in the goal,
        share of the goal's that are in the theorem, popularity, logarithm of the age.
    """
    common = (goals > 0).float() @ theorems.T  # weights of the constants that both have
    mass, own = goals.sum(1, keepdim=True), theorems.sum(1)
    norms = goals.norm(dim=1, keepdim=True) * theorems.norm(dim=1)
    cosine = goals @ theorems.T / norms.clamp(min=1e-6)
    inside = common / own.clamp(min=1e-6)
    covered = common / mass.clamp(min=1e-6)
    popular = (popularity / 4).expand_as(cosine)
    age = (torch.log1p(ages) / 8).expand_as(cosine)
    return torch.stack([cosine, inside, covered, popular, age], dim=2)
