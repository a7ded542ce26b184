"""Goals and the tactics that proved them, as texts: examples for generators of tactics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bait_core import TraceRecord
from bait_models.trace_processors.corpus import Accessible, Corpus
from bait_models.trace_processors.labels import proof_steps
from bait_models.trace_processors.options import Seq2SeqOptions
from bait_models.trace_processors.state_example import StateExample


class Seq2SeqExample(StateExample, frozen=True):
    """A step.

    Attributes:
        tactic: The tactic that was applied to the goal.
        premises: Names of the premises that the tactic mentions.
        accessible: Which premises of the corpus it could mention; None without a corpus.
    """

    tactic: str
    premises: tuple[str, ...] = ()
    accessible: Accessible | None = None


class Seq2Seq:
    """The trace processor `seq2seq`: the best known tactic for each proved goal.

    Raises:
        TraceError: The corpus can't be read.
    """

    def __init__(self, options: Seq2SeqOptions) -> None:
        self._corpus: Corpus | None = None
        if options.corpus is not None:
            self._corpus = Corpus.read(options.corpus, is_ordered=options.is_ordered)

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, Seq2SeqExample]]:
        """The steps of each trace; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            accessible = self._corpus.accessible(trace) if self._corpus else None
            for edge in proof_steps(trace):
                state = trace.goals[edge.goal].text
                used = self._used(edge.tactic, accessible)
                yield trace.theorem, Seq2SeqExample(state, edge.tactic, used, accessible)

    def _used(self, tactic: str, accessible: Accessible | None) -> tuple[str, ...]:
        if self._corpus is None or accessible is None:
            return ()
        return self._corpus.used(tactic, accessible)
