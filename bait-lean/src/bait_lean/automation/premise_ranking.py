"""Which library facts look like a goal: BM25 over symbols and words.

Robertson and Zaragoza, The Probabilistic Relevance Framework: BM25 and Beyond, 2009.
"""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import takewhile
from typing import TYPE_CHECKING, Any

from bait_core.domain import Goal, Premise, PremiseSet
from bait_lean.automation.formula import find_words

if TYPE_CHECKING:
    import bm25s

_KEPT_INDEXES = 3
_KEPT_VIEWS = 256
_MIN_SHARED = 0.9
_OWN = 50


class LibraryIndex:
    """Many premises, prepared for ranking; building it takes about 40 microseconds each."""

    def __init__(self, premises: Sequence[Premise]) -> None:
        self.premises = premises
        self.frequency = Counter(s for p in premises for s in set(p.symbols))
        self.names = frozenset(p.name for p in premises)

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


@dataclass(frozen=True)
class PremiseView:
    """A premise set, as the first `shared` premises of an index and some more.

    Sets of one file differ only in the file's own theorems at their end, so that they can
    share the index of the library.
    """

    index: LibraryIndex
    shared: int
    more: tuple[Premise, ...]

    @cached_property
    def names(self) -> frozenset[str]:
        """Names of the additional premises and of all in the index."""
        return self.index.names | {p.name for p in self.more}

    def frequency(self, symbol: str) -> int:
        """In how many of the library's premises the symbol occurs."""
        return self.index.frequency[symbol]

    def rank(self, goal: Goal, count: int) -> list[Premise]:
        """The `count` premises most like the goal, best first."""
        tokens = _tokens(goal.symbols, goal.text)
        ranked = [*self._rank_more(tokens)[: count // 2], *self._rank_shared(tokens, count)]
        return ranked[:count]

    def about(self, symbols: Iterable[str], count: int) -> list[Premise]:
        """Facts of the user's file on any of these symbols, the most fitting and latest first.

        A file's own statements are known as text, where `Tree.size t` may be `t.size`, and
        `size t` in the namespace.
        """
        wanted = [_suffixes(symbol) for symbol in symbols]
        counts = [sum(not w.isdisjoint(shown) for w in wanted) for shown in self._own_shown]
        hits = sorted(((c, place) for place, c in enumerate(counts) if c), reverse=True)
        return [self._own[place] for _, place in hits[:count]]

    @cached_property
    def _own(self) -> tuple[Premise, ...]:
        """Those of the user's file come after the library's, so that they are among the last."""
        return (*self.index.premises[max(0, self.shared - _OWN) : self.shared], *self.more)

    @cached_property
    def _own_shown(self) -> list[frozenset[str]]:
        return [_shown(p) for p in self._own]

    def _rank_more(self, tokens: frozenset[str]) -> list[Premise]:
        total = len(self.index.premises) + 1
        scored = []
        for place, premise in enumerate(self.more):
            common = tokens & _tokens_of(premise)
            score = sum(1 - self.index.frequency[t] / total for t in common)
            scored.append((score / (5 + len(premise.symbols)), place))
        return [self.more[place] for score, place in sorted(scored, reverse=True) if score > 0]

    def _rank_shared(self, tokens: frozenset[str], count: int) -> list[Premise]:
        if not self.shared or not count:
            return []
        import numpy as np  # noqa: PLC0415

        scores = self.index.scores(tokens)[: self.shared]
        count = min(count, len(scores))
        best = np.argpartition(-scores, count - 1)[:count]
        best = best[np.lexsort((best, -scores[best]))]
        return [self.index.premises[i] for i in best if scores[i] > 0]


class PremiseRanker:
    """Views of premise sets, by their keys; the least recently used are forgotten."""

    def __init__(self) -> None:
        self._indexes: list[LibraryIndex] = []
        self._views: OrderedDict[str, PremiseView] = OrderedDict()

    def view(self, premises: PremiseSet) -> PremiseView:
        """The set, prepared for ranking."""
        if premises.key in self._views:
            self._views.move_to_end(premises.key)
            return self._views[premises.key]
        view = self._views[premises.key] = self._build(premises.premises)
        if len(self._views) > _KEPT_VIEWS:
            self._views.popitem(last=False)
        return view

    def _build(self, premises: tuple[Premise, ...]) -> PremiseView:
        for index in self._indexes:
            shared = _common_prefix(index.premises, premises)
            if shared >= _MIN_SHARED * len(premises):
                return PremiseView(index, shared, premises[shared:])
        index = LibraryIndex(premises)
        self._indexes = [index, *self._indexes[: _KEPT_INDEXES - 1]]
        return PremiseView(index, len(premises), ())


def _common_prefix(left: Sequence[Premise], right: Sequence[Premise]) -> int:
    pairs = zip(left, right, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] is pair[1] or pair[0] == pair[1], pairs))


def _tokens_of(premise: Premise) -> frozenset[str]:
    return _tokens(premise.symbols, premise.statement)


def _tokens(symbols: Iterable[str], text: str) -> frozenset[str]:
    return find_words(text).union(symbols)


def _suffixes(name: str) -> frozenset[str]:
    """`A.B.c`, `B.c` and `c`: how a constant may be written."""
    parts = name.split(".")
    return frozenset(".".join(parts[i:]) for i in range(len(parts)))


def _shown(premise: Premise) -> frozenset[str]:
    """Names in a statement; of `t.size`, where `t` is a variable, each part."""
    names = _tokens_of(premise)
    fields = {part for name in names if not name[:1].isupper() for part in name.split(".")}
    return names | fields
