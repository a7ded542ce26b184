"""Best-first search by the log-probabilities of tactics."""

from __future__ import annotations

import heapq
import itertools
import math
from collections.abc import Sequence

from pydantic import Field

from bait_core.graph import GoalNode
from bait_core.options import Options
from bait_core.protocols import Response, SearchContext, Selection


class BestFirstOptions(Options):
    """Options of best-first search."""

    length_exponent: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        description="alpha in (sum of log-probabilities) / length^alpha; 0 favours short proofs",
    )
    batch_size: int = Field(default=1, ge=1, description="goals expanded per step")


class BestFirst:
    """Expands the goal with the best path from the root.

    The path of a goal is the one with the largest sum of tactic log-probabilities, among all
    that lead to it; its priority is that sum divided by length^alpha (BFS-Prover, arXiv
    2502.03438, section 3). Each subgoal of a tactic continues the path on its own, whatever its
    siblings cost; of equal priorities the goal found first wins. A goal that is reached by a
    better path later moves up, and so do the goals below it. (The path itself is chosen by the
    plain sum, which a detour can only lower: with alpha > 0 a cycle could raise the quotient
    for ever.)
    """

    def __init__(self, options: BestFirstOptions) -> None:
        self._options = options

    def reset(self, context: SearchContext) -> None:
        """Begin with a new theorem."""
        self._graph = context.graph
        self._sums = [0.0]
        self._lengths = [0]
        self._heap: list[tuple[float, int, int, float, GoalNode]] = []
        self._pushes = itertools.count()
        self._revived = 0
        self._push(self._graph.root)

    def get_goals(self) -> list[Selection]:
        """The goals with the highest priority."""
        for node in self._graph.revived[self._revived :]:
            self._push(node)
        self._revived = len(self._graph.revived)
        selections: dict[int, Selection] = {}
        while self._heap and len(selections) < self._options.batch_size:
            cost, index, _, path_sum, node = heapq.heappop(self._heap)
            if path_sum == self._sums[index] and node.is_expandable:
                details = {"log_probability": path_sum, "length": float(self._lengths[index])}
                selections[index] = Selection(node, -cost, details)
        return list(selections.values())

    def process_responses(self, responses: Sequence[Response]) -> None:
        """Extend paths by the new edges, and improve the paths that go through them."""
        edges = [edge for response in responses for edge in response.edges if edge.subgoals]
        edges.reverse()
        while edges:
            edge = edges.pop()
            parent = edge.node.index
            path_sum = self._sums[parent] + edge.log_probability
            for node in edge.subgoals:
                self._make_room(node.index)
                if path_sum > self._sums[node.index]:
                    self._sums[node.index] = path_sum
                    self._lengths[node.index] = self._lengths[parent] + 1
                    self._push(node)
                    edges.extend(e for e in node.edges if e.subgoals)

    def _make_room(self, index: int) -> None:
        missing = index + 1 - len(self._sums)
        if missing > 0:
            self._sums.extend([-math.inf] * missing)
            self._lengths.extend([0] * missing)

    def _push(self, node: GoalNode) -> None:
        index = node.index
        path_sum = self._sums[index]
        length = self._lengths[index] or 1
        cost = -path_sum / length**self._options.length_exponent
        heapq.heappush(self._heap, (cost, index, next(self._pushes), path_sum, node))
