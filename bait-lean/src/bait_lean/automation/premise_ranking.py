"""Which library facts look like a goal: BM25 over symbols and words.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from bait_core.domain import Goal, Premise, PremiseSet
from bait_lean.automation.formula import find_words

if TYPE_CHECKING:
    import bm25s

_KEPT_INDEXES = 3


class LibraryIndex:
    """Many premises, prepared for ranking; building it takes about 40 microseconds each."""

    def __init__(self, premises: Sequence[Premise]) -> None:
        self.premises = premises
        self.frequency = Counter(s for p in premises for s in set(p.symbols))

    @cached_property
    def _bm25(self) -> bm25s.BM25:
        import bm25s  # noqa: PLC0415  (numpy and its friends are slow to import)

        index = bm25s.BM25()
        index.index([sorted(_tokens_of(p)) for p in self.premises], show_progress=False)
        return index

    def scores(self, tokens: Iterable[str]) -> Any:
        """One score per premise, as a numpy array."""
        import numpy as np  # noqa: PLC0415

        known = sorted((set(tokens) & self._bm25.vocab_dict.keys()) - {""})
        return self._bm25.get_scores(known) if known else np.zeros(len(self.premises))

    def rank(self, tokens: frozenset[str], count: int) -> list[Premise]:
        """The `count` premises most like the tokens, best first."""
        if not self.premises or not count:
            return []
        import numpy as np  # noqa: PLC0415

        scores = self.scores(tokens)
        count = min(count, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        best = best[np.lexsort((best, -scores[best]))]
        return [self.premises[i] for i in best if scores[i] > 0]


class PremiseView:
    """A premise set, prepared for ranking.

    Args:
        index: Of the library.
        premises: The set.
    """

    def __init__(self, index: LibraryIndex, premises: PremiseSet) -> None:
        self.index = index
        self.definitions = premises.definitions
        self._local = premises.local
        self._local_tokens = [_tokens_of(p) for p in premises.local]
        self._local_names = [_shown(p) for p in premises.local]

    def rank(self, goal: Goal, count: int) -> list[Premise]:
        """The `count` premises most like the goal; local ones come first."""
        tokens = _tokens(goal.symbols, goal.text)
        ranked = [*self._rank_local(tokens)[: count // 2], *self.index.rank(tokens, count)]
        return ranked[:count]

    def about(self, symbols: Iterable[str], count: int) -> list[Premise]:
        """Local facts on any of these symbols, the most fitting and latest first.

        Where local facts are known as text only, `Tree.size t` may be `t.size`, and `size t` in
        the namespace.
        """
        wanted = [suffixes(symbol) for symbol in symbols]
        counts = [sum(not w.isdisjoint(shown) for w in wanted) for shown in self._local_names]
        hits = sorted(((c, place) for place, c in enumerate(counts) if c), reverse=True)
        return [self._local[place] for _, place in hits[:count]]

    def _rank_local(self, tokens: frozenset[str]) -> list[Premise]:
        total = len(self.index.premises) + 1
        scored = []
        for place, shown in enumerate(self._local_tokens):
            score = sum(1 - self.index.frequency[t] / total for t in tokens & shown)
            scored.append((score / (5 + len(self._local[place].symbols)), place))
        return [self._local[place] for score, place in sorted(scored, reverse=True) if score > 0]


class PremiseRanker:
    """Premise sets prepared for ranking; sets with the same library share its index."""

    def __init__(self) -> None:
        self._indexes: OrderedDict[str, LibraryIndex] = OrderedDict()
        self._views: WeakKeyDictionary[PremiseSet, PremiseView] = WeakKeyDictionary()

    def view(self, premises: PremiseSet) -> PremiseView:
        """The set, prepared for ranking."""
        if premises not in self._views:
            self._views[premises] = PremiseView(self._index(premises), premises)
        return self._views[premises]

    def _index(self, premises: PremiseSet) -> LibraryIndex:
        key = premises.library_key
        if key not in self._indexes:
            self._indexes[key] = LibraryIndex(premises.library)
            if len(self._indexes) > _KEPT_INDEXES:
                self._indexes.popitem(last=False)
        self._indexes.move_to_end(key)
        return self._indexes[key]


def _tokens_of(premise: Premise) -> frozenset[str]:
    return _tokens(premise.symbols, premise.statement)


def _tokens(symbols: Iterable[str], text: str) -> frozenset[str]:
    return find_words(text).union(symbols)


def suffixes(name: str) -> frozenset[str]:
    """`A.B.c`, `B.c` and `c`: how a constant may be written."""
    parts = name.split(".")
    return frozenset(".".join(parts[i:]) for i in range(len(parts)))


def _shown(premise: Premise) -> frozenset[str]:
    """Names in a statement; of `t.size`, where `t` is a variable, each part."""
    names = _tokens_of(premise)
    fields = {part for name in names if not name[:1].isupper() for part in name.split(".")}
    return names | fields
