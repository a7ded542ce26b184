"""The AND/OR hypergraph of a proof search: the only owner of search state.

Everything is kept incrementally, without recursion: status and relevance of goals cost amortised
constant time per edge; minimal distances are propagated in order of distance (Knuth 1977, "A
generalization of Dijkstra's algorithm"), and only ever decrease.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Sequence

from bait_core.domain import Failed, FailureKind, Goal, Outcome, Subgoals, Suggestion
from bait_core.graph.nodes import Edge, GoalNode, Status


class ProofGraph:
    """Goals and the tactics applied to them, from one root.

    Equal goals are one node, so the graph may share subgoals and contain cycles.
    """

    def __init__(self, root: Goal) -> None:
        self._nodes: dict[str, GoalNode] = {}
        self._revived: list[GoalNode] = []
        self._edge_count = 0
        self._retractions = 0
        self._first_new = 0
        self.root = self._intern(root)
        self.root._uses = 1

    def __len__(self) -> int:
        """Number of goals."""
        return len(self._nodes)

    def __iter__(self) -> Iterator[GoalNode]:
        """The goals in order of discovery."""
        return iter(self._nodes.values())

    def __getitem__(self, goal: Goal) -> GoalNode:
        """The node of a goal; KeyError if it is not in the graph."""
        return self._nodes[goal.key]

    @property
    def edge_count(self) -> int:
        """Number of tactic applications, failed ones included."""
        return self._edge_count

    @property
    def retractions(self) -> int:
        """Number of `retract` calls: whenever it grows, closed goals may have been reopened."""
        return self._retractions

    @property
    def revived(self) -> Sequence[GoalNode]:
        """Goals that became expandable *again*, in order; append-only, possibly with duplicates.

        A search that dropped a goal because it was not expandable finds it here once a new edge
        needs it.
        """
        return self._revived

    def add_edges(
        self, node: GoalNode, suggestions: Iterable[Suggestion], outcomes: Iterable[Outcome]
    ) -> list[Edge]:
        """Record the outcomes of tactics applied to `node`, and propagate the changes."""
        edges = []
        self._first_new = len(self._nodes)
        for suggestion, outcome in zip(suggestions, outcomes, strict=True):
            if isinstance(outcome, Subgoals):
                subgoals = tuple(map(self._intern, outcome.goals))
            else:
                subgoals = ()
            edge = Edge(node, suggestion[0], suggestion[1], outcome, subgoals)
            node.edges.append(edge)
            edges.append(edge)
            if not isinstance(outcome, Failed):
                self._connect(edge)
        self._edge_count += len(edges)
        return edges

    def exhaust(self, node: GoalNode) -> None:
        """Declare that no more tactics will be applied to `node`."""
        node.is_exhausted = True
        if node.status is Status.OPEN and not node._live_edges:
            self._propagate_failure(node)

    def retract(self, edge: Edge, message: str) -> None:
        """Mark an edge as failed because a fresh prover rejected its step.

        This is the only change that is not monotone. It is rare, so everything is recomputed, in
        time proportional to the graph.
        """
        edge.outcome = Failed(FailureKind.REJECTED, message, edge.outcome.seconds)
        edge.subgoals = ()
        self._retractions += 1
        expandable = {node for node in self if node.is_expandable}
        revived = len(self._revived)
        self._recompute()
        del self._revived[revived:]
        self._revived.extend(n for n in self if n.is_expandable and n not in expandable)

    def _intern(self, goal: Goal) -> GoalNode:
        node = self._nodes.get(goal.key)
        if node is None:
            node = self._nodes[goal.key] = GoalNode(goal, len(self._nodes))
        return node

    def _connect(self, edge: Edge) -> None:
        """Link an edge that did not fail to its subgoals."""
        node = edge.node
        live = True
        for child in edge.subgoals:
            child.parents.append(edge)
            if child.distance is None:
                edge._unproved += 1
                if child.status is Status.FAILED or child is node:
                    live = False
            else:
                edge._distance += child.distance
        if not live:
            return
        edge.is_live = True
        node._live_edges += 1
        if node._uses and node.status is Status.OPEN:
            self._retain(edge)
        if not edge._unproved:
            self._propagate_proof(edge)

    def _propagate_proof(self, edge: Edge) -> None:
        """Update distances and statuses after `edge` got (or improved) a distance."""
        ties = 0
        heap = [(edge._distance, ties, edge)]
        released: list[Edge] = []
        while heap:
            distance, _, edge = heapq.heappop(heap)
            node = edge.node
            known = node.distance
            if known is not None and known <= distance:
                continue
            node.distance = distance
            node.minimal_edge = edge
            if known is None:
                node.status = Status.PROVED
                if node._uses:
                    released.extend(e for e in node.edges if e.is_live)
            for parent in node.parents:
                if known is None:
                    parent._unproved -= 1
                    parent._distance += distance
                else:
                    parent._distance += distance - known
                best = parent.node.distance
                if not parent._unproved and (best is None or parent._distance < best):
                    ties += 1
                    heapq.heappush(heap, (parent._distance, ties, parent))
        self._release(released)

    def _propagate_failure(self, node: GoalNode) -> None:
        stack = [node]
        while stack:
            failed = stack.pop()
            failed.status = Status.FAILED
            for edge in failed.parents:
                if not edge.is_live:
                    continue
                edge.is_live = False
                parent = edge.node
                parent._live_edges -= 1
                if parent.status is not Status.OPEN:
                    continue
                if parent._uses:
                    self._release([edge])
                if parent.is_exhausted and not parent._live_edges:
                    stack.append(parent)

    def _retain(self, edge: Edge) -> None:
        """Count the uses that a live edge of a relevant open goal makes of its subgoals."""
        stack = [edge]
        while stack:
            for child in stack.pop().subgoals:
                child._uses += 1
                if child._uses == 1 and child.status is Status.OPEN:
                    stack.extend(e for e in child.edges if e.is_live)
                    if child.index < self._first_new and not child.is_exhausted:
                        self._revived.append(child)

    def _release(self, edges: list[Edge]) -> None:
        """Undo the counts of `_retain`; `edges` is consumed."""
        while edges:
            for child in edges.pop().subgoals:
                child._uses -= 1
                if not child._uses and child.status is Status.OPEN:
                    edges.extend(e for e in child.edges if e.is_live)

    def _recompute(self) -> None:
        """Recompute all statuses, distances and uses from outcomes and exhaustion."""
        for node in self:
            node.status = Status.OPEN
            node.distance = node.minimal_edge = None
            node.parents.clear()
            node._live_edges = node._uses = 0
            for edge in node.edges:
                edge.is_live = False
                edge._unproved = 0
                edge._distance = 1
        self.root._uses = 1
        for node in self:
            for edge in node.edges:
                if not isinstance(edge.outcome, Failed):
                    self._connect(edge)
        for node in self:
            if node.is_exhausted:
                self.exhaust(node)
