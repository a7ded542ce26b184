"""Breadth-first search: goals in the order in which they were found."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence

from pydantic import Field

from bait_core.graph import GoalNode
from bait_core.options import Options
from bait_core.protocols import Response, SearchContext, Selection


class BreadthFirstOptions(Options):
    """Options of breadth-first search."""

    batch_size: int = Field(default=1, ge=1, description="goals expanded per step")


class BreadthFirst:
    """Expands open goals first in, first out. The score of a goal is minus its rank of discovery.

    A goal that is not expandable at its turn is dropped; if a later edge needs it, it is queued
    again at the end.
    """

    def __init__(self, options: BreadthFirstOptions) -> None:
        self._options = options

    def reset(self, context: SearchContext) -> None:
        """Begin with a new theorem."""
        self._graph = context.graph
        self._queue: deque[GoalNode] = deque([self._graph.root])
        self._known = 1
        self._revived = 0

    def get_goals(self) -> list[Selection]:
        """The oldest open goals."""
        self._queue.extend(self._graph.revived[self._revived :])
        self._revived = len(self._graph.revived)
        selections: dict[int, Selection] = {}
        while self._queue and len(selections) < self._options.batch_size:
            node = self._queue.popleft()
            if node.is_expandable:
                selections[node.index] = Selection(node, score=-float(node.index))
        return list(selections.values())

    def process_responses(self, responses: Sequence[Response]) -> None:
        """Queue the goals that the graph did not have before."""
        for response in responses:
            for edge in response.edges:
                for node in edge.subgoals:
                    if node.index >= self._known:
                        self._known = node.index + 1
                        self._queue.append(node)
