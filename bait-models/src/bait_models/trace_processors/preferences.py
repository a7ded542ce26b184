"""Pairs of tactics for a goal of which one did better: examples for preference optimisation."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import combinations
from typing import NamedTuple

from bait_core.traces.schema import EdgeRecord, TraceRecord
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
        rejected: The other one.
        chosen_log_probability: Natural logarithm, by the model that proposed it; None if it is
            not known, as for tactics that people wrote.
        rejected_log_probability: The same of the other one.
    """

    chosen: str
    rejected: str
    chosen_log_probability: float | None = None
    rejected_log_probability: float | None = None


class Preferences:
    """The trace processor `preferences`: which of two tactics for a goal did better.

    A tactic that led to a proof is better than one that did not, and a shorter proof is better;
    what was applied is better than what failed. Of many pairs those are taken whose tactics are
    most alike in length, since the sum of the log-probabilities of all tokens favours short ones;
    pairs that differ in time only come after all others.
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
        return heapq.nsmallest(self._options.pairs_per_goal, pairs, key=_oddness)

    def _is_better(self, left: _Tried, right: _Tried) -> bool:
        """Whether the former of two, the best first, is really better."""
        if left.edge.tactic == right.edge.tactic:
            return False
        is_faster = self._options.timing and left.edge.seconds < right.edge.seconds
        return left.rank < right.rank or is_faster


class _Tried(NamedTuple):
    """A tactic that was tried.

    Attributes:
        rank: Kind of outcome, the best is 0, and steps of the proof that it led to.
        length: Bytes of the tactic.
    """

    edge: EdgeRecord
    rank: tuple[int, int]
    length: int


def _oddness(pair: tuple[_Tried, _Tried]) -> tuple[bool, int]:
    """Whether a pair differs in time only, and how much in length."""
    better, worse = pair
    return better.rank == worse.rank, abs(better.length - worse.length)


def _tried(trace: TraceRecord, max_length: int) -> Iterator[tuple[int, list[_Tried]]]:
    """For each goal, in order, what was tried; the best first, and of like ones the fastest."""
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
