"""HTPS as its definition says it, slowly: what the fast one is compared with.

Recursive; statistics per edge; virtual visits are counted as tactics are chosen. When a tactic is
killed, or a goal turns out to be dead, they are taken back and the hypertree is begun anew from
the root; a tactic that needs a goal on its path, or a dead one, is killed when it is chosen.
"""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Callable

from bait_core.graph import Edge, GoalNode, Status

Value = Callable[[GoalNode], float | None]


class RetryError(Exception):
    """A tactic was killed, or a goal has no tactic left."""


class NaiveHTPS:
    def __init__(self, root: GoalNode, exploration: float, depth_penalty: float) -> None:
        self.root = root
        self.exploration = exploration
        self.depth_penalty = depth_penalty
        self.visits: dict[Edge, int] = defaultdict(int)
        self.virtual: dict[Edge, int] = defaultdict(int)
        self.totals: dict[Edge, float] = defaultdict(float)
        self.priors: dict[GoalNode, dict[Edge, float]] = {}
        self.killed: set[Edge] = set()
        self.dead: set[GoalNode] = set()
        self.in_flight: list[dict[GoalNode, Edge]] = []

    def select(self, hypertrees: int, effort: int) -> dict[GoalNode, tuple[float, int]]:
        """Leaf -> the score of the tactic that led to it first, and how many hypertrees have it."""
        found: dict[GoalNode, tuple[float, int]] = {}
        while len(self.in_flight) < hypertrees:
            leaves = self.hypertree()
            if leaves is None:
                break
            for leaf, score in leaves.items():
                first, count = found.get(leaf, (score, 0))
                found[leaf] = first, count + 1
            chosen = sum(len(tactics) for tactics in self.in_flight)
            if self.root in found or chosen / len(found) >= effort:
                break
        return found

    def hypertree(self) -> dict[GoalNode, float] | None:
        while self.root not in self.dead:
            chosen: dict[GoalNode, Edge] = {}
            leaves: dict[GoalNode, float] = {}
            try:
                self.descend(self.root, 1.0, (), chosen, leaves)
            except RetryError:
                for edge in chosen.values():
                    self.virtual[edge] -= 1
            else:
                self.in_flight.append(chosen)
                return leaves
        return None

    def descend(self, node, score, path, chosen, leaves):
        if node.status is Status.PROVED or node in chosen:
            return
        if not node.is_exhausted:
            leaves.setdefault(node, score)
            return
        edges = self.alive(node)
        if not edges:
            self.dead.add(node)
            raise RetryError
        scores = {edge: self.score(edge, edges) for edge in edges}
        edge = max(edges, key=scores.__getitem__)
        path = (*path, node)
        if any(child in path or self.is_dead(child) for child in edge.subgoals):
            self.killed.add(edge)
            raise RetryError
        chosen[node] = edge
        self.virtual[edge] += 1
        for child in edge.subgoals:
            self.descend(child, scores[edge], path, chosen, leaves)

    def is_dead(self, node: GoalNode) -> bool:
        return node.status is Status.OPEN and node in self.dead

    def alive(self, node: GoalNode) -> list[Edge]:
        if node not in self.priors:
            live = [edge for edge in node.edges if edge.is_live]
            live.sort(key=lambda edge: -edge.log_probability)
            largest = max(edge.log_probability for edge in live)
            weights = {edge: math.exp(edge.log_probability - largest) for edge in live}
            total = sum(weights.values())
            self.priors[node] = {edge: weight / total for edge, weight in weights.items()}
        return [e for e in self.priors[node] if e.is_live and e not in self.killed]

    def score(self, edge: Edge, edges: list[Edge]) -> float:
        count = self.visits[edge] + self.virtual[edge]
        if not count:
            q = 0.5
        elif not self.visits[edge]:
            q = 0.5 / count
        else:
            q = self.totals[edge] / count
        visited = sum(self.visits[e] + self.virtual[e] for e in edges)
        factor = self.exploration * math.sqrt(visited)
        return q + factor * (self.priors[edge.node][edge] / (1 + count))

    def back_up(self, leaf_value: Value) -> None:
        """`leaf_value` is None for leaves that were not expanded."""
        for chosen in self.in_flight:
            values = {node: self.value(node, chosen, leaf_value) for node in chosen}
            for node, edge in chosen.items():
                self.virtual[edge] -= 1
                value = values[node]
                if values[self.root] is not None and value is not None:
                    self.visits[edge] += 1
                    self.totals[edge] += value
        self.in_flight = []

    def value(self, node: GoalNode, chosen: dict[GoalNode, Edge], leaf_value: Value):
        """The value of a goal in a hypertree; None if a leaf anywhere below has none."""
        if node not in chosen:
            return 1.0 if node.status is Status.PROVED else leaf_value(node)
        values = [self.value(child, chosen, leaf_value) for child in chosen[node].subgoals]
        if None in values:
            return None
        product = self.depth_penalty
        if node.status is not Status.PROVED:
            for value in values:
                product *= value
        return product
