"""What the tests of UpDown share: playing searches by hand, and scores computed naively."""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence

from bait_core.domain import Failed, FailureKind, Goal, Outcome, Proved, Subgoals, Suggestion
from bait_core.graph import Edge, GoalNode, ProofGraph, Status
from bait_core.protocols import Response, SearchContext
from bait_models.search.updown.model import UpDown
from bait_models.search.updown.options import UpDownOptions

ERROR = Failed(FailureKind.ERROR, "does not apply")


def goal(name: str) -> Goal:
    return Goal(name, f"⊢ {name}")


class UpDownScenario:
    """An UpDown search whose goals are expanded by hand.

    Args:
        probabilities: What the goal model gives; 1/2 to other goals.
        seed: Of the search's randomness.
        options: Of the search; no discount by default.
    """

    def __init__(
        self, probabilities: Mapping[str, float] | None = None, seed: int = 0, **options: object
    ) -> None:
        self.probabilities = probabilities or {}
        self.asked: list[list[str]] = []
        self.graph = ProofGraph(goal("root"))
        self.search = UpDown(UpDownOptions.model_validate({"depth_discount": 1.0, **options}))
        self.search.reset(SearchContext(self.graph, random.Random(seed), self.score_goals))

    def score_goals(self, nodes: Sequence[GoalNode]) -> list[float]:
        self.asked.append([node.goal.key for node in nodes])
        return [math.log(self.probabilities.get(node.goal.key, 0.5)) for node in nodes]

    def node(self, name: str) -> GoalNode:
        return self.graph[goal(name)]

    def expand(
        self, name: str, *results: Sequence[str] | None, exhaust: bool = True, tell: bool = True
    ) -> None:
        """Add edges: lists of subgoals, or None for a tactic that fails."""
        node = self.node(name)
        first = len(node.edges)
        suggestions = [Suggestion(f"t{first + i}", -1.0) for i in range(len(results))]
        edges = self.graph.add_edges(node, suggestions, map(outcome, results))
        if exhaust and node.status is not Status.PROVED:
            self.graph.exhaust(node)
        if tell:
            self.search.process_responses([Response(node, edges)])

    def select(self) -> list[str]:
        return [selection.node.goal.key for selection in self.search.get_goals()]

    def scores(self) -> dict[str, float]:
        """The goals selected, and their scores as probabilities."""
        return {s.node.goal.key: math.exp(s.score) for s in self.search.get_goals()}


def outcome(result: Sequence[str] | None) -> Outcome:
    if result is None:
        return ERROR
    return Subgoals(tuple(map(goal, result))) if result else Proved()


def is_live(edge: Edge) -> bool:
    return edge.is_live


def naive_up(graph: ProofGraph, initial: Mapping[int, float]) -> dict[int, float]:
    """Up scores by the definition: raised edge by edge until nothing changes.

    Args:
        graph: The graph.
        initial: Initial scores of the goals that may be expanded.
    """
    up = {node.index: initial.get(node.index, -math.inf) for node in graph}
    up |= {node.index: 0.0 for node in graph if node.status is Status.PROVED}
    changed = True
    while changed:
        changed = False
        for node in graph:
            for edge in filter(is_live, node.edges):
                score = sum(up[child.index] for child in edge.subgoals)
                if score > up[node.index]:
                    up[node.index] = score
                    changed = True
    return up


def naive_context(graph: ProofGraph, up: Mapping[int, float]) -> dict[int, float]:
    """Contexts by the definition, from the root down until nothing changes."""
    context = {node.index: -math.inf for node in graph}
    if graph.root.status is not Status.PROVED:
        context[0] = 0.0
    changed = True
    while changed:
        changed = False
        for node in graph:
            if node.status is Status.PROVED:
                continue
            for edge in filter(is_live, node.edges):
                for place, child in enumerate(edge.subgoals):
                    siblings = [*edge.subgoals[:place], *edge.subgoals[place + 1 :]]
                    score = context[node.index] + sum(up[other.index] for other in siblings)
                    if score > context[child.index]:
                        context[child.index] = score
                        changed = True
    return context
