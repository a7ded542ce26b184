"""The values that HTPS would assign to the goals of a recorded search."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import chain

from bait_core import EdgeRecord, TraceRecord
from bait_models.search.updown.least_costs import LeastCosts
from bait_models.trace_processors.labels import Distances, is_success


def goal_values(
    trace: TraceRecord, distances: Distances, depth_penalty: float
) -> list[float | None]:
    """The values that HTPS trains its critic on (arXiv 2205.11491), as far as traces record them.

    A proved goal has the value 1, a failed one 0. Any other goal has the best of its tactics'
    values, each the product of its subgoals' values times the depth penalty; in HTPS this is a mean
    over visits, which traces do not record. Only tactics whose subgoals were all proved or scored
    by the goal model count. Without such a tactic, or if they only lead in cycles, the value is the
    goal model's probability; None if there is none.

    Args:
        trace: Any search; without a goal model, there are only zeros and ones.
        distances: Of its goals; see `labels.distances`.
        depth_penalty: Factor per tactic.
    """
    edges: list[list[EdgeRecord]] = [[] for _ in trace.goals]
    for edge in _known_edges(trace, distances):
        edges[edge.goal].append(edge)
    costs = LeastCosts()  # of negated logarithms
    for position, goal in enumerate(trace.goals):
        estimate = math.inf if goal.log_probability is None else -goal.log_probability
        is_leaf = goal.status != "failed" and not edges[position]
        own = estimate if is_leaf else math.inf
        costs.add_goal(0.0 if distances[position] is not None else own)
    for edge in chain.from_iterable(edges):
        costs.add_hyperedge(edge.goal, edge.subgoals, -math.log(depth_penalty))
    costs.update()
    return [
        _value(cost, goal.status == "failed", goal.log_probability)
        for cost, goal in zip(costs.costs, trace.goals, strict=True)
    ]


def _known_edges(trace: TraceRecord, distances: Distances) -> Iterator[EdgeRecord]:
    """Edges from open goals to subgoals that have all been proved or scored, none failed."""
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
