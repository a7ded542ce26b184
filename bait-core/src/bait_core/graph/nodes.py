"""Nodes and hyperedges of the proof graph."""

from __future__ import annotations

from enum import Enum

from bait_core.domain import Failed, Goal, Outcome


class Status(Enum):
    """The status of a goal.

    Proved: one of its edges has only proved subgoals. Failed: it is exhausted, and each of its
    edges has a failed subgoal. Open otherwise.
    """

    OPEN = "open"
    PROVED = "proved"
    FAILED = "failed"


class GoalNode:
    """A goal in the graph. Only the graph changes it.

    Attributes:
        goal: The goal itself.
        index: Position in the graph's order of discovery; the root has 0.
        edges: The tactics applied to it, in order, failed ones included.
        parents: Edges that it is a subgoal of, one entry for each occurrence.
        status: Proved, failed or open.
        is_exhausted: True once no more tactics will be applied to it.
        distance: Number of tactics in its shortest known proof; None while not proved.
        minimal_edge: The first tactic of that proof.
    """

    __slots__ = (
        "_live_edges",
        "_uses",
        "distance",
        "edges",
        "goal",
        "index",
        "is_exhausted",
        "minimal_edge",
        "parents",
        "status",
    )

    def __init__(self, goal: Goal, index: int) -> None:
        self.goal = goal
        self.index = index
        self.edges: list[Edge] = []
        self.parents: list[Edge] = []
        self.status = Status.OPEN
        self.is_exhausted = False
        self.distance: int | None = None
        self.minimal_edge: Edge | None = None
        self._live_edges = 0
        self._uses = 0

    @property
    def is_relevant(self) -> bool:
        """True while an open ancestor, up to the root, could still use its proof.

        Never false for a goal that is needed. Goals that need only each other, in a cycle
        disconnected from the root, may still count as relevant.
        """
        return self._uses > 0

    @property
    def is_expandable(self) -> bool:
        """True if applying tactics to it can help to prove the root."""
        return self._uses > 0 and not self.is_exhausted and self.status is Status.OPEN

    def __repr__(self) -> str:
        return f"<GoalNode {self.index} {self.status.value}>"


class Edge:
    """A tactic applied to a goal. Only the graph changes it.

    Attributes:
        node: The goal it was applied to.
        tactic: Its text.
        log_probability: The score that the model gave it.
        outcome: The prover's outcome.
        subgoals: The goals it left, in the prover's order; empty if it closed the goal or failed.
        is_live: False if it failed, has a failed subgoal, or leads straight back to its own
            goal, so that it can't become part of a proof.
    """

    __slots__ = (
        "_distance",
        "_unproved",
        "is_live",
        "log_probability",
        "node",
        "outcome",
        "subgoals",
        "tactic",
    )

    def __init__(
        self,
        node: GoalNode,
        tactic: str,
        log_probability: float,
        outcome: Outcome,
        subgoals: tuple[GoalNode, ...],
    ) -> None:
        self.node = node
        self.tactic = tactic
        self.log_probability = log_probability
        self.outcome = outcome
        self.subgoals = subgoals
        self.is_live = False
        self._unproved = 0
        self._distance = 1

    @property
    def distance(self) -> int | None:
        """1 + the sum of the subgoals' distances (source: HTPS's minimal proofs); None if open."""
        if self._unproved or isinstance(self.outcome, Failed):
            return None
        return self._distance

    def __repr__(self) -> str:
        return f"<Edge {self.node.index} -[{self.tactic}]-> {[n.index for n in self.subgoals]}>"
