"""Which of several traces of a theorem to learn from."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from bait_core.traces.schema import TraceRecord

Identity = tuple[str, str]
"""Name and statement of a theorem."""


@dataclass(frozen=True, slots=True)
class _Best:
    position: int
    size: int | None


def best_traces(rounds: Iterable[Iterable[TraceRecord]]) -> set[int]:
    """Positions of the traces to learn from: one per theorem.

    It is the one with the shortest proof, the newest of several such; where no proof was found,
    the newest trace. Labels of older searches then can't contradict those of newer ones.

    Args:
        rounds: The traces, oldest first; position counts through all rounds.
    """
    best: dict[Identity, _Best] = {}
    position = 0
    for traces in rounds:
        for trace in traces:
            size = proof_size(trace)
            old = best.get(identity(trace))
            if old is None or old.size is None or (size is not None and size <= old.size):
                best[identity(trace)] = _Best(position, size)
            position += 1
    return {choice.position for choice in best.values()}


def proof_size(trace: TraceRecord) -> int | None:
    """Number of distinct steps in the accepted proof; None if there is none."""
    accepted = trace.status == "proved" and trace.proof is not None
    return len(trace.proof.edges) if accepted and trace.proof is not None else None


def identity(trace: TraceRecord) -> Identity:
    """The name and statement by which traces belong to the same theorem."""
    return trace.theorem, trace.statement


def of_splits(traces: Iterable[TraceRecord], splits: Collection[str]) -> Iterator[TraceRecord]:
    """The traces whose configuration names one of these splits; all if none are given."""
    for trace in traces:
        if not splits or trace.configuration.get("split") in splits:
            yield trace
