"""Pairs of a better and a worse tactic for a goal: examples for preference optimisation."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from bait_core import EdgeRecord, TraceRecord
from bait_models.trace_processors.labels import (
    Distances,
    distances,
    edge_distance,
    is_human,
    is_success,
    usable_edges,
)
from bait_models.trace_processors.options import PreferencesOptions
from bait_models.trace_processors.state_example import StateExample


class PreferenceExample(StateExample, frozen=True):
    """Two tactics for a goal.

    Attributes:
        chosen: The better one.
        rejected: The worse one.
        chosen_log_probability: Log-probability under the model that proposed it; None if it is
            unknown, as for human tactics.
        rejected_log_probability: The same for the worse one.
    """

    chosen: str
    rejected: str
    chosen_log_probability: float | None = None
    rejected_log_probability: float | None = None


class Preferences:
    """The trace processor `preferences`: which of two tactics for a goal did better.

    A tactic that led to a proof is better than one that did not, and a shorter proof is better; a
    tactic that applied is better than one that failed. If there are many pairs, those whose tactics
    are closest in length are taken, since summed log-probabilities favour short tactics; pairs that
    only differ in time come last.
    """

    def __init__(self, options: PreferencesOptions) -> None:
        self._options = options

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, PreferenceExample]]:
        """The pairs of each trace; see `bait_core.protocols.TraceProcessor`."""
        for trace in traces:
            is_recorded = not is_human(trace)
            for goal, tried in _tried(trace, self._options.max_tactic):
                state = trace.goals[goal].text
                for better, worse in self._pairs(tried):
                    example = _example(state, better.edge, worse.edge, is_recorded=is_recorded)
                    yield trace.theorem, example

    def _pairs(self, tried: Sequence[_Tried]) -> list[tuple[_Tried, _Tried]]:
        """The pairs of a goal, the better tactic first."""
        pairs = (pair for pair in combinations(tried, 2) if self._is_better(*pair))
        return heapq.nsmallest(self._options.pairs_per_goal, pairs, key=_pair_key)

    def _is_better(self, left: _Tried, right: _Tried) -> bool:
        """Whether the first of two tactics, which are sorted, is strictly better."""
        if left.edge.tactic == right.edge.tactic:
            return False
        is_faster = self._options.timing and left.edge.seconds < right.edge.seconds
        return left.rank < right.rank or is_faster


class _Tried(NamedTuple):
    """A tactic that was tried.

    Attributes:
        rank: Kind of outcome, 0 being the best, and steps of the proof that it led to.
        length: Bytes of the tactic.
    """

    edge: EdgeRecord
    rank: tuple[int, int]
    length: int


def _pair_key(pair: tuple[_Tried, _Tried]) -> tuple[bool, int]:
    """Sort key of pairs: whether they only differ in time, and their difference in length."""
    better, worse = pair
    return better.rank == worse.rank, abs(better.length - worse.length)


def _tried(trace: TraceRecord, max_length: int) -> Iterator[tuple[int, list[_Tried]]]:
    """For each goal, in order, the tactics tried: the best first, and of equal ones the fastest."""
    known = distances(trace)
    of_goal: dict[int, list[_Tried]] = defaultdict(list)
    for edge in usable_edges(trace):
        length = len(edge.tactic.encode("utf-8", "replace"))
        if length <= max_length:
            of_goal[edge.goal].append(_Tried(edge, _rank(edge, known), length))
    for goal in sorted(of_goal):
        yield goal, sorted(of_goal[goal], key=lambda tried: (tried.rank, tried.edge.seconds))


def _rank(edge: EdgeRecord, known: Distances) -> tuple[int, int]:
    distance = edge_distance(edge, known)
    if distance is not None:
        return 0, distance
    return (1, 0) if is_success(edge) else (2, 0)


def _example(
    state: str, better: EdgeRecord, worse: EdgeRecord, *, is_recorded: bool
) -> PreferenceExample:
    weights = [
        edge.log_probability if is_recorded and math.isfinite(edge.log_probability) else None
        for edge in (better, worse)
    ]
    return PreferenceExample(state, better.tactic, worse.tactic, *weights)
