"""Goals labelled by whether they can be proved: examples for goal models."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import NamedTuple

import msgspec

from bait_core import GoalRecord, TraceRecord
from bait_models.trace_processors.labels import Distances, distances, is_human, visits
from bait_models.trace_processors.options import ProvabilityOptions
from bait_models.trace_processors.values import goal_values


class ProvabilityExample(msgspec.Struct, frozen=True):
    """A goal, labelled by what the traces tell about it.

    Attributes:
        goal: The goal's key; no two examples have the same one.
        text: The goal as the prover prints it.
        symbols: Its constants.
        label: Whether it can be proved, in [0, 1].
        weight: Of the example; positive.
    """

    goal: str
    text: str
    symbols: tuple[str, ...]
    label: float
    weight: float


class Provability:
    """The trace processor `provability`: every goal with enough evidence, once.

    A goal that any trace proves is provable, including all goals of human proofs; the example
    belongs to the first such trace. The *visits* of a goal are the tactics applied to it and to its
    descendants. The other goals are labelled according to the option `labels`:

    - hard: 0 from `threshold` visits on, as in BAIT; left out otherwise;
    - visits: (1 - visits / threshold) / 2, at least 0; left out below `least_visits`;
    - values: those of `bait_models.trace_processors.values`; left out below `least_visits`, or
      without one.

    If several traces failed to prove a goal, the one with the most visits counts, the first of
    several such. So labels never contradict each other, and no goal is in both splits. For this,
    goals without a proof are held back until all traces have been read, and the hashes of the
    others are kept.
    """

    def __init__(self, options: ProvabilityOptions) -> None:
        self._options = options

    def process(self, traces: Iterable[TraceRecord]) -> Iterator[tuple[str, ProvabilityExample]]:
        """The goals; see `bait_core.protocols.TraceProcessor`."""
        proved: set[bytes] = set()
        kept: dict[str, _Unproved] = {}
        for trace in traces:
            known = distances(trace)
            for goal in _provable(trace, known):
                if _digest(goal.key) not in proved:
                    proved.add(_digest(goal.key))
                    yield trace.theorem, _example(goal, 1.0, self._options.provable_weight)
            for unproved in self._unproved(trace, known):
                old = kept.get(unproved.goal.key)
                if old is None or old.visits < unproved.visits:
                    kept[unproved.goal.key] = unproved
        for key, (theorem, goal, _, label) in kept.items():
            if _digest(key) not in proved:
                yield theorem, _example(goal, label, 1.0)

    def _unproved(self, trace: TraceRecord, known: Distances) -> Iterator[_Unproved]:
        """The goals that a search could not prove, except for those left out."""
        if is_human(trace):
            return
        options = self._options
        values = (
            goal_values(trace, known, options.depth_penalty)
            if options.labels == "values"
            else [None] * len(known)
        )
        for goal, distance, count, value in zip(
            trace.goals, known, visits(trace), values, strict=True
        ):
            label = self._label(count, value)
            if distance is None and label is not None:
                yield _Unproved(trace.theorem, goal, count, label)

    def _label(self, count: int, value: float | None) -> float | None:
        options = self._options
        if options.labels == "hard":
            return 0.0 if count >= options.threshold else None
        if count < options.least_visits:
            return None
        if options.labels == "values":
            return value
        return max(0.5 * (1 - count / options.threshold), 0.0)


class _Unproved(NamedTuple):
    theorem: str
    goal: GoalRecord
    visits: int
    label: float


def _provable(trace: TraceRecord, known: Distances) -> Iterator[GoalRecord]:
    everything = is_human(trace)
    for goal, distance in zip(trace.goals, known, strict=True):
        if everything or distance is not None:
            yield goal


def _example(goal: GoalRecord, label: float, weight: float) -> ProvabilityExample:
    return ProvabilityExample(goal.key, goal.text, goal.symbols, label, weight)


def _digest(key: str) -> bytes:
    return hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=16).digest()
