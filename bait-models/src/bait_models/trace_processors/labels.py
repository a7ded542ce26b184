"""Labels of goals and tactics from recorded searches: distances, visits, minimal proofs."""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterator, Sequence

from bait_core import EdgeRecord, TraceRecord

Distances = Sequence[int | None]
"""For each goal of a trace, in order: steps of its shortest proof; None if none is known."""

_SUCCESSES = frozenset({"proved", "subgoals"})


def is_human(trace: TraceRecord) -> bool:
    """Whether the trace is a human proof."""
    return trace.configuration.get("source") == "human"


def is_success(edge: EdgeRecord) -> bool:
    """Whether the prover applied the tactic."""
    return edge.outcome in _SUCCESSES


def distances(trace: TraceRecord) -> list[int | None]:
    """Steps of the shortest proof of each goal that the edges contain; goals may form cycles.

    They are computed here, since human proofs do not record them. The algorithm is Knuth's (1977),
    which generalises Dijkstra's: goals are settled in the order of their distances.
    """
    found: list[int | None] = [None] * len(trace.goals)
    users: dict[int, list[EdgeRecord]] = defaultdict(list)
    heap: list[tuple[int, int]] = []
    for edge in filter(is_success, trace.edges):
        for subgoal in set(edge.subgoals):
            users[subgoal].append(edge)
        if not edge.subgoals:
            heap.append((1, edge.goal))
    while heap:
        distance, goal = heapq.heappop(heap)
        if found[goal] is not None:
            continue
        found[goal] = distance
        for edge in users[goal]:
            total = edge_distance(edge, found)
            if total is not None and found[edge.goal] is None:
                heapq.heappush(heap, (total, edge.goal))
    return found


def edge_distance(edge: EdgeRecord, known: Distances) -> int | None:
    """Steps of the shortest proof that starts with an edge; None if none is known."""
    if not is_success(edge):
        return None
    total = 1
    for subgoal in edge.subgoals:
        distance = known[subgoal]
        if distance is None:
            return None
        total += distance
    return total


def minimal_edges(trace: TraceRecord) -> dict[int, EdgeRecord]:
    """For each proved goal, the first edge of its shortest proof; the fastest one of several.

    Goals of unproved theorems are included. They come in order.
    """
    known = distances(trace)
    best: dict[int, tuple[int, float, int]] = {}
    for position, edge in enumerate(trace.edges):
        distance = edge_distance(edge, known)
        if distance is not None:
            rank = (distance, edge.seconds, position)
            best[edge.goal] = min(best.get(edge.goal, rank), rank)
    return {goal: trace.edges[best[goal][2]] for goal in sorted(best)}


def usable_edges(trace: TraceRecord) -> Iterator[EdgeRecord]:
    """The tactics that something can be learned from, including the failed ones of searches.

    From human proofs, these are the steps that the tactic language can express and that change the
    goal.
    """
    for edge in trace.edges:
        if not is_human(trace) or (not edge.message and _changes(edge)):
            yield edge


def proof_steps(trace: TraceRecord) -> Iterator[EdgeRecord]:
    """The tactics to imitate: the minimal edges of searches, in the order of the goals.

    From human proofs, these are all usable steps, whether or not there is a shorter proof.
    """
    if is_human(trace):
        yield from usable_edges(trace)
    else:
        yield from minimal_edges(trace).values()


def visits(trace: TraceRecord) -> list[int]:
    """The effort spent on each goal: tactics applied to it and to its descendants.

    A descendant counts once, however many paths lead to it.
    """
    own = [0] * len(trace.goals)
    children: list[set[int]] = [set() for _ in trace.goals]
    for edge in trace.edges:
        own[edge.goal] += 1
        children[edge.goal].update(edge.subgoals)
    return [sum(own[goal] for goal in _reachable(start, children)) for start in range(len(own))]


def _reachable(start: int, children: Sequence[set[int]]) -> set[int]:
    """A goal and its descendants."""
    seen = {start}
    stack = [start]
    while stack:
        new = children[stack.pop()] - seen
        seen |= new
        stack.extend(new)
    return seen


def _changes(edge: EdgeRecord) -> bool:
    return edge.subgoals != (edge.goal,)
