"""The proof graph as a networkx graph, for analysis and drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bait_core.domain import Failed
from bait_core.graph.proof_graph import ProofGraph

if TYPE_CHECKING:
    import networkx as nx


def to_networkx(graph: ProofGraph, *, failed: bool = False) -> nx.DiGraph[str]:
    """The bipartite digraph goal -> tactic -> subgoals.

    Goals are nodes `g0`, `g1`, ... with `kind="goal"`, `text`, `status` and `distance`; tactic
    applications are nodes `t0`, `t1`, ... with `kind="tactic"`, `tactic`, `log_probability`,
    `distance` and `is_minimal`. Arcs to subgoals carry `positions`, their places in the
    tactic's list of subgoals.

    Args:
        graph: The graph to export.
        failed: Include the applications that failed, which have no subgoals.
    """
    import networkx as nx  # noqa: PLC0415  # costs 0.2 s that no search should pay

    exported: nx.DiGraph[str] = nx.DiGraph()
    for node in graph:
        exported.add_node(
            f"g{node.index}",
            kind="goal",
            text=node.goal.text,
            status=node.status.value,
            distance=node.distance,
        )
    edges = (e for node in graph for e in node.edges if failed or not isinstance(e.outcome, Failed))
    for number, edge in enumerate(edges):
        tactic = f"t{number}"
        exported.add_node(
            tactic,
            kind="tactic",
            tactic=edge.tactic,
            log_probability=edge.log_probability,
            distance=edge.distance,
            is_minimal=edge is edge.node.minimal_edge,
        )
        exported.add_edge(f"g{edge.node.index}", tactic)
        for child in dict.fromkeys(edge.subgoals):
            positions = [i for i, other in enumerate(edge.subgoals) if other is child]
            exported.add_edge(tactic, f"g{child.index}", positions=positions)
    return exported
