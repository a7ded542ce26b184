"""Goals and the tactics that proved them, as texts: examples for generators of tactics."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from bait_core.domain.records import TraceRecord
from bait_models.traces.corpus import names_in, read_corpus
from bait_models.traces.labels import proof_steps
from bait_models.traces.options import Seq2SeqOptions


class Seq2SeqExample(msgspec.Struct, frozen=True):
    """A step.

    Attributes:
        state: The goal as the prover prints it.
        tactic: What proves it.
        premises: Names of the premises that the tactic mentions.
    """

    state: str
    tactic: str
    premises: tuple[str, ...] = ()


class Seq2Seq:
    """The trace processor `seq2seq`: the best known tactic of each goal that was proved.

    Raises:
        TraceError: The corpus can't be read.
    """

    def __init__(self, options: Seq2SeqOptions) -> None:
        corpus = read_corpus(options.corpus) if options.corpus is not None else ()
        self._names = frozenset(premise.name for premise in corpus)

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, Seq2SeqExample]]:
        """The steps of each trace; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            for edge in proof_steps(trace):
                state = trace.goals[edge.goal].text
                premises = names_in(edge.tactic, self._names)
                yield trace.theorem, Seq2SeqExample(state, edge.tactic, premises)
