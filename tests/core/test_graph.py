"""ProofGraph against a naive fixpoint on random graphs, and by hand on small ones."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bait_core.domain import Failed, FailureKind, Goal, Outcome, Proved, Subgoals, Suggestion
from bait_core.graph import Edge, ProofGraph, Status, extract_proof

ERROR = Failed(FailureKind.ERROR, "no")


def goal(name: object) -> Goal:
    return Goal(str(name), f"⊢ {name}")


def outcome(subgoals: Sequence[object] | None) -> Outcome:
    if subgoals is None:
        return ERROR
    return Subgoals(tuple(map(goal, subgoals))) if subgoals else Proved()


def add(graph: ProofGraph, name: object, *results: Sequence[object] | None) -> list[Edge]:
    node = graph[goal(name)]
    first = len(node.edges)
    suggestions = [Suggestion(f"t{first + i}", -1.0) for i in range(len(results))]
    return graph.add_edges(node, suggestions, map(outcome, results))


def naive_distances(graph: ProofGraph) -> dict[int, float]:
    """Bellman-Ford: relax every edge until nothing changes."""
    distances = {node.index: math.inf for node in graph}
    changed = True
    while changed:
        changed = False
        for node in graph:
            for edge in node.edges:
                if isinstance(edge.outcome, Failed):
                    continue
                distance = 1 + sum(distances[child.index] for child in edge.subgoals)
                if distance < distances[node.index]:
                    distances[node.index] = distance
                    changed = True
    return distances


def naive_failed(graph: ProofGraph) -> set[int]:
    """The least set closed under: exhausted, and every edge failed, loops or has a failed child."""
    failed: set[int] = set()
    changed = True
    while changed:
        changed = False
        for node in graph:
            if node.index in failed or not node.is_exhausted:
                continue
            if all(
                isinstance(edge.outcome, Failed)
                or any(child is node or child.index in failed for child in edge.subgoals)
                for edge in node.edges
            ):
                failed.add(node.index)
                changed = True
    return failed


def needed(graph: ProofGraph, failed: set[int], distances: dict[int, float]) -> set[int]:
    """Goals that an open path of live edges connects to the root."""

    def is_open(index: int) -> bool:
        return index not in failed and distances[index] == math.inf

    reached = {0}
    stack = [graph.root] if is_open(0) else []
    while stack:
        node = stack.pop()
        for edge in node.edges:
            if any(child is node or child.index in failed for child in edge.subgoals):
                continue
            for child in edge.subgoals:
                if child.index not in reached:
                    reached.add(child.index)
                    if is_open(child.index):
                        stack.append(child)
    return reached


def assert_consistent(graph: ProofGraph, *, acyclic: bool) -> None:
    distances, failed = naive_distances(graph), naive_failed(graph)
    relevant = needed(graph, failed, distances)
    for node in graph:
        expected = distances[node.index]
        assert node.distance == (None if expected == math.inf else expected)
        assert (node.status is Status.PROVED) == (expected < math.inf)
        assert (node.status is Status.FAILED) == (node.index in failed)
        if node.index in relevant:
            assert node.is_relevant
        elif acyclic:
            assert not node.is_relevant
        if node.minimal_edge is not None:
            assert node.minimal_edge.distance == node.distance
            proof = extract_proof(node)
            assert proof.size() == node.distance
            assert sum(1 for _ in proof.walk()) == node.distance


# A move adds an edge, exhausts a goal, or retracts an edge. Goals are few, so they are shared.
GOALS = 7
edges = st.none() | st.lists(st.integers(0, GOALS - 1), max_size=3)
moves = st.lists(
    st.tuples(st.integers(0, GOALS - 1), st.lists(edges, max_size=3), st.booleans(), st.booleans()),
    max_size=25,
)


def play(moves: Sequence[tuple[int, list[Any], bool, bool]], *, acyclic: bool) -> ProofGraph:
    graph = ProofGraph(goal(0))
    known = {0}
    for name, results, exhaust, retract in moves:
        if name not in known or graph[goal(name)].is_exhausted:
            continue
        if acyclic:
            results = [r and [c for c in r if c > name] for r in results]  # noqa: PLW2901
        before = {n for n in graph if n.is_expandable}
        seen = len(graph.revived)
        add(graph, name, *results)
        known.update(child for r in results if r for child in r)
        if exhaust:
            graph.exhaust(graph[goal(name)])
        if retract and (edge := graph[goal(name)].minimal_edge) is not None:
            graph.retract(edge, "not accepted")
        assert_consistent(graph, acyclic=acyclic)
        new = {c.index for e in graph[goal(name)].edges for c in e.subgoals}
        for node in graph:
            if node.is_expandable and node not in before:
                assert node in graph.revived[seen:] or node.index in new
    return graph


@settings(max_examples=400, deadline=None)
@given(moves)
def test_random_graphs_with_cycles_agree_with_the_fixpoint(moves):
    play(moves, acyclic=False)


@settings(max_examples=400, deadline=None)
@given(moves)
def test_relevance_is_exact_on_acyclic_graphs(moves):
    play(moves, acyclic=True)


def test_equal_keys_are_one_node_and_equal_texts_are_not():
    graph = ProofGraph(goal("root"))
    same_text = (Goal("k1", "⊢ p"), Goal("k2", "⊢ p"), Goal("k1", "⊢ another text"))
    graph.add_edges(graph.root, [Suggestion("t", -1.0)], [Subgoals(same_text)])
    first, second, third = graph.root.edges[0].subgoals
    assert first is third
    assert first is not second
    assert len(graph) == 3


def test_subgoals_keep_the_provers_order_and_repetitions():
    graph = ProofGraph(goal("root"))
    (edge,) = add(graph, "root", ["b", "a", "b"])
    assert [node.goal.key for node in edge.subgoals] == ["b", "a", "b"]
    add(graph, "a", [])
    assert graph.root.status is Status.OPEN
    add(graph, "b", [])
    assert graph.root.distance == 1 + 1 + 1 + 1


def test_proving_a_goal_leaves_what_an_open_sibling_needs():
    graph = ProofGraph(goal("root"))
    add(graph, "root", ["a", "b"])
    add(graph, "a", ["shared"], [])
    assert graph[goal("a")].status is Status.PROVED
    assert not graph[goal("shared")].is_expandable
    add(graph, "b", ["shared"])
    assert graph[goal("shared")].is_expandable
    assert list(graph.revived) == [graph[goal("shared")]]


def test_failure_propagates_once_candidates_are_exhausted():
    graph = ProofGraph(goal("root"))
    add(graph, "root", ["a", "b"], None)
    graph.exhaust(graph.root)
    add(graph, "a", None, None)
    statuses = [graph.root.status]
    graph.exhaust(graph[goal("a")])
    assert [*statuses, graph.root.status] == [Status.OPEN, Status.FAILED]
    assert not graph[goal("b")].is_expandable


def test_a_goal_without_any_candidate_fails():
    graph = ProofGraph(goal("root"))
    graph.exhaust(graph.root)
    assert graph.root.status is Status.FAILED


def test_a_tactic_that_leads_back_to_its_goal_is_no_way_out():
    graph = ProofGraph(goal("root"))
    add(graph, "root", ["root"], ["a", "root"])
    graph.exhaust(graph.root)
    assert graph.root.status is Status.FAILED


def test_a_shorter_proof_found_later_replaces_the_minimal_edge():
    graph = ProofGraph(goal("root"))
    long, short = add(graph, "root", ["a"], ["c", "d"])
    add(graph, "a", ["b"])
    add(graph, "b", ["e"])
    add(graph, "e", ["f"])
    add(graph, "f", [])
    assert graph.root.minimal_edge is long
    assert graph.root.distance == 5
    add(graph, "c", [])
    add(graph, "d", [])
    assert graph.root.minimal_edge is short
    assert graph.root.distance == 3


def test_no_recursion_limits_on_a_deep_chain_and_a_huge_shared_proof():
    depth = 50_000
    graph = ProofGraph(goal(0))
    for i in range(depth):
        add(graph, i, [i + 1, i + 1])
    add(graph, depth, [])
    assert graph.root.distance == 2 ** (depth + 1) - 1
    proof = extract_proof(graph.root)
    assert len(proof.steps) == depth + 1
    assert proof.size() == graph.root.distance
    failing = ProofGraph(goal(0))
    for i in range(depth):
        add(failing, i, [i + 1])
        failing.exhaust(failing[goal(i)])
    failing.exhaust(failing[goal(depth)])
    assert failing.root.status is Status.FAILED


def test_retracting_reopens_goals_and_finds_the_next_best_proof():
    graph = ProofGraph(goal("root"))
    first, second = add(graph, "root", [], ["a"])
    add(graph, "a", [])
    assert graph.root.minimal_edge is first
    graph.retract(first, "the kernel said no")
    assert graph.root.minimal_edge is second
    assert first.outcome == Failed(FailureKind.REJECTED, "the kernel said no")
    graph.retract(graph[goal("a")].edges[0], "no")
    assert graph.root.status is Status.OPEN
    assert graph[goal("a")] in graph.revived


def test_an_open_goal_has_no_proof_to_extract():
    with pytest.raises(ValueError, match="not proved"):
        extract_proof(ProofGraph(goal("root")).root)
