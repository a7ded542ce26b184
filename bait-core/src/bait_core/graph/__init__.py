"""The AND/OR hypergraph of goals and tactic applications."""

from bait_core.graph.extraction import extract_proof
from bait_core.graph.nodes import Edge, GoalNode, Status
from bait_core.graph.proof_graph import ProofGraph

__all__ = ["Edge", "GoalNode", "ProofGraph", "Status", "extract_proof"]
