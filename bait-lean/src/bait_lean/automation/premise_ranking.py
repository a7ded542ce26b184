"""Which facts look like a goal: the library's by BM25, the text's own by what they share."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from weakref import WeakKeyDictionary

from bait_core import Goal, Premise, PremiseSet
from bait_core.ranking import LexicalIndex, LexicalIndexes
from bait_lean.automation.formula import find_words

_KEPT_INDEXES = 3


class LibraryIndex(LexicalIndex):
    """The facts of a library, by their symbols and words.

    Attributes:
        frequency: How many of them each symbol occurs in.
    """

    def __init__(self, premises: Sequence[Premise]) -> None:
        super().__init__(premises, _tokens_of)
        self.frequency = Counter(s for p in premises for s in set(p.symbols))


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
        self._local_names = [_printed_names(p) for p in premises.local]

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
        counts = [sum(not w.isdisjoint(printed) for w in wanted) for printed in self._local_names]
        hits = sorted(((c, place) for place, c in enumerate(counts) if c), reverse=True)
        return [self._local[place] for _, place in hits[:count]]

    def _rank_local(self, tokens: frozenset[str]) -> list[Premise]:
        total = len(self.index.premises) + 1
        scored = []
        for place, printed in enumerate(self._local_tokens):
            score = sum(1 - self.index.frequency[t] / total for t in tokens & printed)
            scored.append((score / (5 + len(self._local[place].symbols)), place))
        return [self._local[place] for score, place in sorted(scored, reverse=True) if score > 0]


class PremiseViews:
    """Premise sets, prepared for ranking; sets with the same library share its index."""

    def __init__(self) -> None:
        self._indexes = LexicalIndexes(LibraryIndex, _KEPT_INDEXES)
        self._views: WeakKeyDictionary[PremiseSet, PremiseView] = WeakKeyDictionary()

    def of(self, premises: PremiseSet) -> PremiseView:
        """The set, prepared for ranking."""
        if premises not in self._views:
            self._views[premises] = PremiseView(self._indexes.of(premises), premises)
        return self._views[premises]


def _tokens_of(premise: Premise) -> frozenset[str]:
    return _tokens(premise.symbols, premise.statement)


def _tokens(symbols: Iterable[str], text: str) -> frozenset[str]:
    return find_words(text).union(symbols)


def suffixes(name: str) -> frozenset[str]:
    """`A.B.c`, `B.c` and `c`: how a constant may be written."""
    parts = name.split(".")
    return frozenset(".".join(parts[i:]) for i in range(len(parts)))


def _printed_names(premise: Premise) -> frozenset[str]:
    """Names in a statement; of `t.size`, where `t` is a variable, each part."""
    names = _tokens_of(premise)
    fields = {part for name in names if not name[:1].isupper() for part in name.split(".")}
    return names | fields
