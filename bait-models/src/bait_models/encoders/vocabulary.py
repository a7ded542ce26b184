"""Tokens of terms and their numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from bait_models.encoders.graph import TermGraph

PADDING, UNKNOWN = "<pad>", "<unk>"


class TermVocabulary:
    """Numbers of tokens: 0 is padding, 1 stands for unknown tokens.

    Args:
        tokens: All tokens in the order of their numbers, starting with `<pad>` and `<unk>`.
    """

    def __init__(self, tokens: Sequence[str]) -> None:
        self.tokens = tuple(tokens)
        self._numbers = {token: number for number, token in enumerate(self.tokens)}

    @classmethod
    def of(cls, graphs: Iterable[TermGraph], least: int = 2) -> TermVocabulary:
        """The tokens that occur in at least `least` graphs, the most frequent first."""
        counts = Counter(token for graph in graphs for token in set(graph.tokens))
        ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
        return cls([PADDING, UNKNOWN, *(token for token, count in ordered if count >= least)])

    def __len__(self) -> int:
        """How many numbers there are."""
        return len(self.tokens)

    def encode(self, graph: TermGraph) -> list[int]:
        """The number of each node's token."""
        return [self._numbers.get(token, 1) for token in graph.tokens]
