"""Ranking premises by similarity to a goal: BM25 over tokens, without learning.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009. Needs the
extra `ranking`, which packages that rank premises depend on: `bait-core[ranking]`.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Generic, TypeVar

from bait_core.domain import Premise, PremiseSet

if TYPE_CHECKING:
    import bm25s


class LexicalIndex:
    """Many premises, prepared for ranking; building it takes about 40 microseconds each.

    Args:
        premises: The premises.
        tokens: The tokens of a premise.
    """

    def __init__(
        self, premises: Sequence[Premise], tokens: Callable[[Premise], Collection[str]]
    ) -> None:
        self.premises = premises
        self._tokens = tokens

    @cached_property
    def _bm25(self) -> bm25s.BM25:
        import bm25s  # noqa: PLC0415  (numpy and its friends are slow to import)

        index = bm25s.BM25()
        index.index([sorted(set(self._tokens(p))) for p in self.premises], show_progress=False)
        return index

    def rank(self, tokens: Iterable[str], count: int) -> list[Premise]:
        """The `count` premises most like the tokens, best first; none without a common token."""
        if not self.premises or not count:
            return []
        known = sorted((set(tokens) & self._bm25.vocab_dict.keys()) - {""})
        if not known:
            return []
        import numpy as np  # noqa: PLC0415

        scores = self._bm25.get_scores(known)
        count = min(count, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        best = best[np.lexsort((best, -scores[best]))]
        return [self.premises[i] for i in best if scores[i] > 0]


IndexT = TypeVar("IndexT", bound=LexicalIndex)


class LexicalIndexes(Generic[IndexT]):
    """An LRU cache of the indexes of libraries.

    Args:
        build: Builds the index of a library.
        capacity: Maximum number of indexes.
    """

    def __init__(self, build: Callable[[Sequence[Premise]], IndexT], capacity: int) -> None:
        self._build = build
        self._capacity = capacity
        self._indexes: OrderedDict[str, IndexT] = OrderedDict()

    def of(self, premises: PremiseSet) -> IndexT:
        """The index of the library of a premise set."""
        key = premises.library_key
        if key not in self._indexes:
            self._indexes[key] = self._build(premises.library)
            if len(self._indexes) > self._capacity:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(key)
        return self._indexes[key]
