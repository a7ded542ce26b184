"""What recorded searches say about goals and tactics."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from bait_core.domain.records import EdgeRecord, TraceRecord


def proof_steps(trace: TraceRecord) -> Iterator[EdgeRecord]:
    """For each goal that was proved, the tactic of its shortest proof; in the order of the goals.

    Goals count in unproved theorems too. Of people's proofs it is each step that the tactic
    language can say; they did not write the others for us to repeat.
    """
    if trace.configuration.get("source") == "human":
        yield from (edge for edge in trace.edges if not edge.message and _changes(edge))
        return
    found: dict[int, list[EdgeRecord]] = defaultdict(list)
    for edge in trace.edges:
        if distance_of(trace, edge) is not None:
            found[edge.goal].append(edge)
    for goal in sorted(found):
        yield min(found[goal], key=lambda edge: (distance_of(trace, edge), edge.seconds))


def distance_of(trace: TraceRecord, edge: EdgeRecord) -> int | None:
    """Steps of the shortest proof that begins with this edge; None if none is known."""
    if edge.outcome not in {"proved", "subgoals"}:
        return None
    distances = [trace.goals[goal].distance for goal in edge.subgoals]
    known = [distance for distance in distances if distance is not None]
    return 1 + sum(known) if len(known) == len(distances) else None


def _changes(edge: EdgeRecord) -> bool:
    return edge.subgoals != (edge.goal,)
