"""What HTPS would have thought of the goals of a recorded search."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain

from bait_core.traces.schema import EdgeRecord, TraceRecord
from bait_models.search.updown.least_costs import LeastCosts
from bait_models.trace_processors.labels import Distances, is_success


def goal_values(
    trace: TraceRecord, distances: Distances, depth_penalty: float
) -> list[float | None]:
    """The values that HTPS trains its critic with (arXiv 2205.11491), as far as traces tell them.

    A goal that was proved has 1, one that failed 0. Another has the best of its tactics' values,
    each the product of its subgoals' values times the depth penalty; with HTPS this is a mean over
    visits, which traces do not hold. Only tactics count whose subgoals were all proved or judged
    by the goal model. Without such a tactic, or where they only lead in circles, it has the
    probability that the goal model gave it; None if it gave none.

    Args:
        trace: Any search; without a goal model there are only zeros and ones.
        distances: Of its goals.
        depth_penalty: Factor per tactic.
    """
    edges: list[list[EdgeRecord]] = [[] for _ in trace.goals]
    for edge in _known_edges(trace, distances):
        edges[edge.goal].append(edge)
    costs = LeastCosts()  # of negated logarithms
    for position, goal in enumerate(trace.goals):
        judged = math.inf if goal.log_probability is None else -goal.log_probability
        is_leaf = goal.status != "failed" and not edges[position]
        own = judged if is_leaf else math.inf
        costs.add_goal(0.0 if distances[position] is not None else own)
    for edge in chain.from_iterable(edges):
        costs.add_hyperedge(edge.goal, edge.subgoals, -math.log(depth_penalty))
    costs.update()
    return [
        _value(cost, goal.status == "failed", goal.log_probability)
        for cost, goal in zip(costs.costs, trace.goals, strict=True)
    ]


def _known_edges(trace: TraceRecord, distances: Distances) -> Iterator[EdgeRecord]:
    """Edges of goals that are open, to subgoals of which something is known and none failed."""
    for edge in trace.edges:
        is_open = distances[edge.goal] is None and trace.goals[edge.goal].status != "failed"
        if is_open and is_success(edge) and _are_known(trace, edge.subgoals, distances):
            yield edge


def _are_known(trace: TraceRecord, positions: Sequence[int], distances: Distances) -> bool:
    goals = trace.goals
    return all(
        distances[position] is not None
        or (goals[position].status != "failed" and goals[position].log_probability is not None)
        for position in positions
    )


def _value(cost: float, has_failed: bool, log_probability: float | None) -> float | None:
    if math.isfinite(cost):
        return math.exp(-cost)
    if has_failed:
        return 0.0
    return None if log_probability is None else math.exp(log_probability)
