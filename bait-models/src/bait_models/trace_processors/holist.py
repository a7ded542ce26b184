"""Steps of HOL Light proofs as choices of a tactic and of the theorems that it is given."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

import msgspec

from bait_core.traces.schema import EdgeRecord, TraceRecord
from bait_holist.human_proofs import read_library_theorems
from bait_holist.tactics import template_of
from bait_models.trace_processors.labels import proof_steps
from bait_models.trace_processors.options import HolistStepsOptions

_NAME = re.compile(r"[A-Za-z_][\w']*")
_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"")


class HolistExample(msgspec.Struct, frozen=True):
    """A step.

    Attributes:
        goal: The goal's key.
        symbols: Its constants.
        template: The tactic with its theorems and terms left out.
        premises: Names of the theorems that were left out.
        index: Place of the theorem in the library: premises have smaller ones.
    """

    goal: str
    symbols: tuple[str, ...]
    template: str
    premises: tuple[str, ...]
    index: int


class HolistSteps:
    """The trace processor `holist-steps`: the best known tactic of each goal that was proved."""

    def __init__(self, options: HolistStepsOptions) -> None:
        self._indexes = {t.name: t.index for t in read_library_theorems(options.library)}

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, HolistExample]]:
        """The steps that have a template; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            index = trace.configuration.get("index", self._indexes.get(trace.theorem))
            place = len(self._indexes) if index is None else int(index)
            for edge in proof_steps(trace):
                example = self._example(trace, edge, place)
                if example is not None:
                    yield trace.theorem, example

    def _example(self, trace: TraceRecord, edge: EdgeRecord, index: int) -> HolistExample | None:
        template = template_of(edge.tactic, self._indexes)
        if not template:
            return None
        names = _NAME.findall(_QUOTED.sub(" ", edge.tactic))
        premises = dict.fromkeys(name for name in names if name in self._indexes)
        goal = trace.goals[edge.goal]
        return HolistExample(goal.key, goal.symbols, template, tuple(premises), index)
