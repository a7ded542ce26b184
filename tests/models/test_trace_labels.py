"""Labels of traces: distances, minimal edges, visits; against naive fixpoints."""

from __future__ import annotations

import math

from hypothesis import given
from hypothesis import strategies as st

from bait_core.execution import Runner, RunSettings
from bait_core.plugins.build import make_search_model
from bait_core.proof_search import SearchSettings
from bait_core.proof_search.recording import trace_record
from bait_core.traces.schema import EdgeRecord, TraceRecord
from bait_models.trace_processors.labels import (
    distances,
    edge_distance,
    minimal_edges,
    proof_steps,
    visits,
)
from tests.core.toy import AttemptLog, ToyEnvironment, ToyModel

from .trace_builders import edge, error, trace

EDGES = st.builds(
    lambda goal, subgoals, ok: edge(goal, "t", *subgoals) if ok else error(goal, "t"),
    st.integers(0, 7),
    st.lists(st.integers(0, 7), max_size=3),
    st.booleans(),
)


def test_distances_by_hand():
    """0 needs 1 and 2; 1 is proved in 1 step, 2 in 1 + 1 by way of 1 or directly by 3 steps."""
    found = trace(
        edge(0, "split", 1, 2),
        edge(1, "close"),
        edge(2, "swap", 1),
        edge(2, "long", 1, 1),
        edge(3, "stuck", 4),
        error(4, "bad"),
    )
    assert distances(found) == [4, 1, 2, None, None]
    assert edge_distance(found.edges[3], distances(found)) == 3
    assert edge_distance(found.edges[4], distances(found)) is None
    assert edge_distance(found.edges[5], distances(found)) is None


def test_a_circle_proves_nothing_by_itself():
    circle = [edge(0, "a", 1), edge(1, "b", 0)]
    assert distances(trace(*circle)) == [None, None]
    assert distances(trace(*circle, edge(0, "close"))) == [1, 2]


def test_long_chains_need_no_recursion():
    chain = [edge(n, "next", n + 1) for n in range(5000)]
    assert distances(trace(*chain, edge(5000, "end")))[0] == 5001


@given(st.lists(EDGES, max_size=25))
def test_distances_agree_with_a_fixpoint(edges):
    found = trace(*edges, edge(7, "close"))
    assert distances(found) == naive_distances(found)


def naive_distances(found: TraceRecord) -> list[int | None]:
    best = [math.inf] * len(found.goals)
    for _ in range(len(found.goals) + 1):
        for e in found.edges:
            if e.outcome != "error":
                best[e.goal] = min(best[e.goal], 1 + sum(best[s] for s in e.subgoals))
    return [None if d == math.inf else int(d) for d in best]


def test_distances_are_those_that_a_search_records():
    rules = {
        "root": {"a": ["x", "y"], "b": ["z"], "c": ["x", "x"]},
        "x": {"a": [], "b": ["y"]},
        "y": {"a": ["root"], "b": ["x"]},
        "z": {"a": ["z", "x"], "b": ["w"]},
        "w": {},
    }
    keep = AttemptLog()
    Runner(
        ToyEnvironment(rules),
        ToyModel(rules),
        lambda: make_search_model("breadth-first", {}),
        settings=SearchSettings(seconds=None),
        run=RunSettings(),
        observer=keep,
    ).run(ToyEnvironment(rules).theorems())
    (attempt,) = keep.ended
    record = trace_record(attempt, {}, {})
    assert record.status == "proved"
    assert distances(record) == [goal.distance for goal in record.goals]


def test_the_minimal_edge_is_the_shortest_then_the_fastest():
    found = trace(
        edge(1, "slow", seconds=2.0),
        edge(1, "fast", seconds=1.0),
        edge(1, "long", 2, seconds=0.1),
        error(2, "bad", seconds=0.0),
        edge(2, "close"),
        edge(0, "open", 3),
    )
    assert tactics(found) == {1: "fast", 2: "close"}
    assert [step.tactic for step in proof_steps(found)] == ["fast", "close"]


def test_what_was_retracted_counts_as_failed():
    found = trace(edge(0, "wrong", outcome="rejected"), edge(0, "right", 1), edge(1, "close"))
    assert tactics(found) == {0: "right", 1: "close"}


def tactics(found: TraceRecord) -> dict[int, str]:
    return {goal: minimal.tactic for goal, minimal in minimal_edges(found).items()}


def test_of_human_proofs_each_step_that_can_be_said_counts():
    steps: list[EdgeRecord] = [
        edge(0, "first", 1),
        edge(1, "written otherwise", 2, message="not in the tactic language"),
        edge(2, "idle", 2),
        edge(2, "last"),
        edge(2, "again"),
    ]
    found = [step.tactic for step in proof_steps(trace(*steps, human=True))]
    assert found == ["first", "last", "again"]


def test_visits_count_all_tactics_below_once():
    """3 is reached twice from 0; 1 and 2 form a circle."""
    found = trace(
        edge(0, "a", 1, 3),
        error(0, "b"),
        edge(1, "c", 2),
        edge(2, "d", 1, 3),
        error(3, "e"),
        error(3, "f"),
    )
    assert visits(found) == [6, 4, 4, 2]


def test_nothing_tried():
    assert visits(trace()) == [0]
    assert distances(trace()) == [None]
    assert minimal_edges(trace()) == {}
