"""Tactics that were tried, with rewards: examples for offline reinforcement learning."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from bait_core import EdgeRecord, TraceRecord
from bait_models.trace_processors.labels import (
    Distances,
    distances,
    edge_distance,
    is_success,
    usable_edges,
)
from bait_models.trace_processors.options import EpisodesOptions
from bait_models.trace_processors.state_example import StateExample


class EpisodeExample(StateExample, frozen=True):
    """A tactic for a goal, whose tokens are the actions of an episode.

    Attributes:
        tactic: The tactic that was tried.
        reward: Of its last token; the others have none.
    """

    tactic: str
    reward: float


class Episodes:
    """The trace processor `episodes`: tactics that were tried, and their rewards."""

    def __init__(self, options: EpisodesOptions) -> None:
        self._options = options

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, EpisodeExample]]:
        """All tactics of each trace; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            known = distances(trace)
            for edge in usable_edges(trace):
                state = trace.goals[edge.goal].text
                yield trace.theorem, EpisodeExample(state, edge.tactic, self._reward(edge, known))

    def _reward(self, edge: EdgeRecord, known: Distances) -> float:
        """The reward of a tactic, given the distances of all goals, the theorem first."""
        if not is_success(edge):
            return self._options.error
        if edge_distance(edge, known) is None:
            return self._options.applied
        return self._options.proved if known[0] is None else self._options.root_proved
