"""Which library theorems look like a goal: BM25 over their constants.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from bait_core.domain import Goal, Premise, PremiseSet

if TYPE_CHECKING:
    import bm25s

_KEPT_INDEXES = 8


class PremiseRanker:
    """Ranks premises; indexes of the latest premise sets are kept."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[str, bm25s.BM25] = OrderedDict()

    def rank(self, goal: Goal, premises: PremiseSet, count: int) -> list[str]:
        """Names of the `count` library theorems most like the goal, best first."""
        library = premises.library
        if not library or not count:
            return []
        import numpy as np  # noqa: PLC0415  (numpy and its friends are slow to import)

        index = self._index(premises.library_key, library)
        known = sorted(set(goal.symbols) & index.vocab_dict.keys() - {""})
        if not known:
            return []
        scores = index.get_scores(known)
        count = min(count, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        best = best[np.lexsort((best, -scores[best]))]
        return [library[i].name for i in best if scores[i] > 0]

    def _index(self, key: str, library: Sequence[Premise]) -> bm25s.BM25:
        if key not in self._indexes:
            import bm25s  # noqa: PLC0415

            index = bm25s.BM25()
            index.index([sorted(set(p.symbols)) for p in library], show_progress=False)
            self._indexes[key] = index
            if len(self._indexes) > _KEPT_INDEXES:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(key)
        return self._indexes[key]
