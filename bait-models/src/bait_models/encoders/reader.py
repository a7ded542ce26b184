"""Reading keys of goals and statements of theorems into graphs for encoders."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from bait_holist.terms import Sexp, parse
from bait_models.encoders.batch import EncodedGraph, TermBatch, collate, encode_graph
from bait_models.encoders.graph import TermGraph, graph_of_goal, graph_of_term
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.vocabulary import TermVocabulary

ParsedGoal = tuple[Sequence[Sexp], Sexp]
"""Hypotheses and conclusion."""


class TermReader:
    """Reads goals and terms for an encoder.

    Args:
        vocabulary: Numbers of tokens.
        options: Options of the encoder.

    Attributes:
        truncated: How many terms were too large and were truncated.
    """

    def __init__(self, vocabulary: TermVocabulary, options: EncoderOptions) -> None:
        self.vocabulary = vocabulary
        self.options = options
        self.truncated = 0

    def goals(self, goals: Iterable[ParsedGoal]) -> list[EncodedGraph]:
        """Encode goals."""
        return self.encode(goal_graphs(goals, self.options))

    def terms(self, statements: Iterable[str]) -> list[EncodedGraph]:
        """Encode terms, given as S-expressions.

        Raises:
            SexpError: A statement is malformed.
        """
        return self.encode(term_graphs(map(parse, statements), self.options))

    def encode(self, graphs: Iterable[TermGraph]) -> list[EncodedGraph]:
        """Encode graphs that were read with the same options."""
        encoded = [encode_graph(graph, self.vocabulary, self.options) for graph in graphs]
        self.truncated += sum(graph.is_truncated for graph in encoded)
        return encoded

    def batch(self, graphs: Sequence[EncodedGraph]) -> TermBatch:
        """Put graphs side by side, with everything that the encoder reads."""
        return collate(graphs)


def goal_graphs(goals: Iterable[ParsedGoal], options: EncoderOptions) -> list[TermGraph]:
    """Graphs of goals; needs no vocabulary."""
    return [graph_of_goal(*goal, options.max_nodes) for goal in goals]


def term_graphs(terms: Iterable[Sexp], options: EncoderOptions) -> list[TermGraph]:
    """Graphs of terms; needs no vocabulary."""
    return [graph_of_term(term, options.max_nodes) for term in terms]
