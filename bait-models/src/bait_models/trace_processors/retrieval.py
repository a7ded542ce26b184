"""Goals and the premises that their proofs use: examples for retrievers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bait_core import CorpusPremise, TraceRecord
from bait_models.trace_processors.corpus import Accessible, Corpus
from bait_models.trace_processors.labels import proof_steps
from bait_models.trace_processors.negatives import HardNegatives
from bait_models.trace_processors.options import RetrievalOptions
from bait_models.trace_processors.state_example import StateExample


class RetrievalExample(StateExample, frozen=True):
    """A step that uses premises.

    Attributes:
        positives: The premises that the tactic mentions.
        negatives: Hard negatives: accessible premises that are easily mistaken for the positives.
        accessible: Which premises of the corpus it could have mentioned.
    """

    positives: tuple[CorpusPremise, ...]
    negatives: tuple[CorpusPremise, ...]
    accessible: Accessible


class Retrieval:
    """The trace processor `retrieval`: the steps of proofs that mention premises.

    Raises:
        TraceError: The corpus can't be read.
    """

    def __init__(self, options: RetrievalOptions) -> None:
        self._corpus = Corpus.read(options.corpus, is_ordered=options.is_ordered)
        self._negatives = HardNegatives(self._corpus)
        self._count = options.negatives

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, RetrievalExample]]:
        """The steps of each trace; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            accessible = self._corpus.accessible(trace)
            for edge in proof_steps(trace):
                names = self._corpus.used(edge.tactic, accessible)
                if names:
                    state = trace.goals[edge.goal].text
                    yield trace.theorem, self._example(state, names, accessible)

    def _example(
        self, state: str, names: Iterable[str], accessible: Accessible
    ) -> RetrievalExample:
        premises = self._corpus.premises
        used = [self._corpus.indices[name] for name in names]
        hard = self._negatives.find(state, used, accessible, self._count)
        return RetrievalExample(
            state,
            tuple(premises[index] for index in used),
            tuple(premises[index] for index in hard),
            accessible,
        )
