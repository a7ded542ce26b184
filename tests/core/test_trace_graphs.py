"""Recorded searches as graphs of networkx."""

from __future__ import annotations

import networkx as nx

from bait_core.traces import graph_of_record

from .test_traces import record
from .toy import Rules

TWICE: Rules = {
    "root": {"split": ["left", "left"], "detour": ["away"]},
    "left": {"close": []},
    "away": {"stay": ["away"]},
}


def test_a_graph_has_the_structure_of_the_search_and_marks_the_proof():
    graph = graph_of_record(record(TWICE))
    assert set(graph.successors("g0")) == {"t1", "t2"}
    assert graph.nodes["g0"] == {
        "kind": "goal",
        "text": "⊢ root",
        "status": "proved",
        "in_proof": True,
    }
    split = graph.nodes["t1"]
    assert (split["kind"], split["tactic"], split["outcome"]) == ("tactic", "split", "subgoals")
    texts = nx.get_node_attributes(graph, "text")
    assert [texts[child] for child in graph.successors("t1")] == ["⊢ left"]
    in_proof = {
        data.get("text") or data["tactic"] for _, data in graph.nodes(data=True) if data["in_proof"]
    }
    assert in_proof == {"⊢ root", "split", "⊢ left", "close"}


def test_tactics_that_failed_are_left_out_unless_wanted():
    r = record(TWICE)
    few, all_of_them = graph_of_record(r), graph_of_record(r, failed=True)
    assert {data["outcome"] for _, data in few.nodes(data=True) if "outcome" in data} <= {
        "proved",
        "subgoals",
    }
    tactics = [data for _, data in all_of_them.nodes(data=True) if data["kind"] == "tactic"]
    assert len(tactics) == len(r.edges)
    assert set(few) < set(all_of_them)


def test_a_graph_can_be_written_for_other_programs(tmp_path):
    graph = graph_of_record(record(TWICE), failed=True)
    nx.write_graphml(graph, tmp_path / "search.graphml")
    read = nx.read_graphml(tmp_path / "search.graphml")
    assert dict(read.nodes(data=True)) == dict(graph.nodes(data=True))
    assert set(read.edges) == set(graph.edges)


def test_a_search_that_found_no_proof_marks_none():
    graph = graph_of_record(record({"root": {"split": ["stuck"]}, "stuck": {}}))
    assert not any(data["in_proof"] for _, data in graph.nodes(data=True))
