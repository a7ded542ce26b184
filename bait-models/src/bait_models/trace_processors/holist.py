"""Steps of HOL Light proofs as choices of a tactic and of its premises."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from bait_core import EdgeRecord, TraceRecord
from bait_holist.human_proofs import read_library_theorems
from bait_holist.tactics import template_of
from bait_models.trace_processors.corpus import names_in
from bait_models.trace_processors.labels import proof_steps
from bait_models.trace_processors.options import HolistStepsOptions


class HolistExample(msgspec.Struct, frozen=True):
    """A step.

    Attributes:
        goal: The goal's key.
        symbols: Its constants.
        template: The tactic without its theorems and terms.
        premises: Names of its theorems.
        index: Index of the theorem to prove in the library; premises have smaller ones.
    """

    goal: str
    symbols: tuple[str, ...]
    template: str
    premises: tuple[str, ...]
    index: int


class HolistSteps:
    """The trace processor `holist-steps`: the best known tactic for each proved goal."""

    def __init__(self, options: HolistStepsOptions) -> None:
        self._indexes = {t.name: t.index for t in read_library_theorems(options.library)}

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, HolistExample]]:
        """The steps that have a template; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            index = trace.configuration.get("index", self._indexes.get(trace.theorem))
            end = len(self._indexes) if index is None else int(index)
            for edge in proof_steps(trace):
                example = self._example(trace, edge, end)
                if example is not None:
                    yield trace.theorem, example

    def _example(self, trace: TraceRecord, edge: EdgeRecord, index: int) -> HolistExample | None:
        template = template_of(edge.tactic, self._indexes)
        if not template:
            return None
        premises = names_in(edge.tactic, self._indexes)
        goal = trace.goals[edge.goal]
        return HolistExample(goal.key, goal.symbols, template, premises, index)
