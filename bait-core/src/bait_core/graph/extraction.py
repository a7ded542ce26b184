"""Reading a proof out of a graph."""

from __future__ import annotations

from bait_core.domain import Proof, ProofStep
from bait_core.graph.nodes import GoalNode


def extract_proof(node: GoalNode) -> Proof:
    """The shortest known proof of a proved goal.

    It follows minimal edges. Distances strictly decrease along them, so there are no cycles.

    Raises:
        ValueError: The goal is not proved.
    """
    steps: dict[str, ProofStep] = {}
    stack = [node]
    while stack:
        current = stack.pop()
        goal, edge = current.goal, current.minimal_edge
        if goal.key in steps:
            continue
        if edge is None:
            raise ValueError(f"{node!r} is not proved, so there is no proof to extract")
        steps[goal.key] = ProofStep(goal, edge.tactic, tuple(n.goal for n in edge.subgoals))
        stack.extend(edge.subgoals)
    return Proof(node.goal, steps)
