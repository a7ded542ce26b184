"""A recorded search as a networkx graph, for analysis and drawing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bait_core.traces.schema import TraceRecord

if TYPE_CHECKING:
    import networkx as nx

_SUCCESSES = frozenset({"proved", "subgoals"})


def graph_of_record(record: TraceRecord, *, failed: bool = False) -> nx.DiGraph[str]:
    """The bipartite digraph goal -> tactic -> subgoals of a recorded search.

    Goals are nodes `g0` (the root), `g1`, ... with `kind="goal"`, `text`, `status` and `in_proof`.
    Tactics are nodes `t0`, `t1`, ..., numbered as the record's edges, with `kind="tactic"`,
    `tactic`, `outcome`, `log_probability`, `seconds` (the prover's time) and `in_proof`. All values
    can be written in any of networkx's formats, such as GraphML.

    Args:
        record: The record of the search.
        failed: Include the tactics that failed, which have no subgoals.
    """
    import networkx as nx  # noqa: PLC0415  # costs 0.2 s that no search should pay

    steps = frozenset(record.proof.edges if record.proof else ())
    needed = {record.edges[step].goal for step in steps}
    graph: nx.DiGraph[str] = nx.DiGraph()
    for index, goal in enumerate(record.goals):
        graph.add_node(
            f"g{index}", kind="goal", text=goal.text, status=goal.status, in_proof=index in needed
        )
    for index, edge in enumerate(record.edges):
        if not failed and edge.outcome not in _SUCCESSES:
            continue
        graph.add_node(
            f"t{index}",
            kind="tactic",
            tactic=edge.tactic,
            outcome=edge.outcome,
            log_probability=edge.log_probability,
            seconds=edge.seconds,
            in_proof=index in steps,
        )
        graph.add_edge(f"g{edge.goal}", f"t{index}")
        graph.add_edges_from((f"t{index}", f"g{subgoal}") for subgoal in edge.subgoals)
    return graph
