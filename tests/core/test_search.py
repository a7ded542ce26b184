"""Best-first and breadth-first search: what they select, by hand and on random graphs."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bait_core.batching import BatchingSettings
from bait_core.batching.shared_models import SharedTacticModel
from bait_core.domain import Goal, Proved, SearchStatus, Subgoals, Suggestion, Theorem
from bait_core.graph import GoalNode, ProofGraph
from bait_core.plugins.build import make_search_model
from bait_core.proof_search import Attempt, ProofSearch, SearchSettings
from bait_core.proof_search.budget import Budget
from bait_core.protocols import Response, SearchContext, SearchModel
from bait_core.testing.synthetic import (
    SyntheticEnvironment,
    SyntheticModel,
    SyntheticModelOptions,
    SyntheticOptions,
)

from .toy import goal

SEARCHES = ["breadth-first", "best-first"]


def start(name: str, **options: object) -> tuple[SearchModel, ProofGraph]:
    search = make_search_model(name, options)
    graph = ProofGraph(goal("root"))
    search.reset(SearchContext(graph, random.Random(0)))
    return search, graph


def expand(
    search: SearchModel, graph: ProofGraph, name: str, *results: tuple[float, Sequence[str]]
) -> GoalNode:
    """Select `name`, which must be next, and add edges (log-probability, subgoals)."""
    (selection,) = search.get_goals()
    node = selection.node
    assert node.goal.key == name
    edges = graph.add_edges(
        node,
        [Suggestion(f"t{i}", log_probability) for i, (log_probability, _) in enumerate(results)],
        [Subgoals(tuple(map(goal, names))) if names else Proved() for _, names in results],
    )
    graph.exhaust(node)
    search.process_responses([Response(node, edges)])
    return node


def selected(search: SearchModel) -> list[str]:
    return [selection.node.goal.key for selection in search.get_goals()]


def test_breadth_first_is_first_in_first_out():
    search, graph = start("breadth-first", batch_size=1)
    expand(search, graph, "root", (-5.0, ["a", "b"]), (-0.1, ["c"]))
    expand(search, graph, "a", (-0.1, ["d"]))
    assert [selected(search) for _ in range(4)] == [["b"], ["c"], ["d"], []]


def test_best_first_takes_the_most_probable_path():
    """Sums: a, b = -2; c = -1; below c, d = -1 - 0.5 = -1.5, which still beats a and b."""
    search, graph = start("best-first")
    expand(search, graph, "root", (-2.0, ["a", "b"]), (-1.0, ["c"]))
    expand(search, graph, "c", (-0.5, ["d"]))
    assert [selected(search) for _ in range(4)] == [["d"], ["a"], ["b"], []]


def test_the_length_exponent_lifts_deep_goals():
    """After root and c: a has -2 / 1 = -2; d has -3 / 2^alpha: -3 for 0, -1.5 for 1."""
    for alpha, expected in [(0.0, "a"), (1.0, "d")]:
        search, graph = start("best-first", length_exponent=alpha)
        expand(search, graph, "root", (-2.0, ["a"]), (-1.0, ["c"]))
        expand(search, graph, "c", (-2.0, ["d"]))
        (selection,) = search.get_goals()
        assert selection.node.goal.key == expected
        score = -2.0 if alpha == 0 else -1.5
        assert selection.score == pytest.approx(score)


def test_a_better_path_found_later_lifts_the_goal_and_those_below_it():
    """First shared = -9, deep = -9.1; by way of c, shared = -2 and so deep = -2.1 before a = -3."""
    search, graph = start("best-first")
    expand(search, graph, "root", (-1.0, ["c"]), (-3.0, ["a"]), (-1.9, ["b"]))
    graph_c = graph[goal("c")]
    assert selected(search) == ["c"]
    edges = graph.add_edges(
        graph[goal("b")], [Suggestion("x", -7.1)], [Subgoals((goal("shared"),))]
    )
    search.process_responses([Response(graph[goal("b")], edges)])
    edges = graph.add_edges(
        graph[goal("shared")], [Suggestion("y", -0.1)], [Subgoals((goal("deep"),))]
    )
    graph.exhaust(graph[goal("shared")])
    search.process_responses([Response(graph[goal("shared")], edges)])
    edges = graph.add_edges(graph_c, [Suggestion("z", -1.0)], [Subgoals((goal("shared"),))])
    search.process_responses([Response(graph_c, edges)])
    (first,) = (s for s in [search.get_goals()[0]] if s.node.goal.key == "b")
    assert first.score == pytest.approx(-1.9)
    (second,) = search.get_goals()
    assert second.node.goal.key == "deep"
    assert second.score == pytest.approx(-2.1)
    assert second.details == {"log_probability": pytest.approx(-2.1), "length": 3.0}


@pytest.mark.parametrize("name", SEARCHES)
def test_batches_hold_distinct_expandable_goals(name):
    search, graph = start(name, batch_size=3)
    expand(search, graph, "root", (-1.0, ["a", "a", "b"]), (-1.0, ["c", "d", "e"]))
    graph.add_edges(graph[goal("c")], [Suggestion("x", -1.0)], [Proved()])
    assert selected(search) == ["a", "b", "d"]
    assert selected(search) == ["e"]


@pytest.mark.parametrize("name", SEARCHES)
def test_a_goal_that_is_needed_again_is_selected_after_all(name):
    """b is dropped while only the closed a needs it, and must come back through c."""
    search, graph = start(name)
    expand(search, graph, "root", (-1.0, ["a", "c"]))
    a, c = graph[goal("a")], graph[goal("c")]
    assert selected(search) == ["a"]
    edges = graph.add_edges(
        a, [Suggestion("x", -1.0), Suggestion("y", -1.0)], [Subgoals((goal("b"),)), Proved()]
    )
    search.process_responses([Response(a, edges)])
    assert selected(search) == ["c"]
    assert selected(search) == []
    edges = graph.add_edges(c, [Suggestion("z", -9.0)], [Subgoals((goal("b"),))])
    search.process_responses([Response(c, edges)])
    assert selected(search) == ["b"]


def synthetic_search(name: str, options: SyntheticOptions, tactics: int) -> Attempt:
    environment = SyntheticEnvironment(options)
    session = environment.start(Theorem("theorem-0", ""))
    graph = ProofGraph(session.root)
    search = make_search_model(name)
    search.reset(SearchContext(graph, random.Random(0)))
    attempt = Attempt(Theorem("theorem-0", ""), graph=graph)
    settings = SearchSettings(seconds=None, tactics=tactics)
    model = SharedTacticModel(SyntheticModel(SyntheticModelOptions()), tactics, BatchingSettings())
    budget = Budget(None, None)
    ProofSearch(
        session, graph, model, search, settings=settings, budget=budget, attempt=attempt
    ).run()
    return attempt


def solvable(options: SyntheticOptions, tactics: int) -> bool:
    """By brute force over the whole hypergraph."""
    environment = SyntheticEnvironment(options)
    session = environment.start(Theorem("theorem-0", ""))
    names = [str(tactic) for tactic in range(tactics)]
    proved: set[str] = set()
    changed = True
    while changed:
        changed = False
        for number in range(options.goals):
            if str(number) in proved:
                continue
            outcomes = session.run_tactics(Goal(str(number), ""), names, math.inf)
            if any(
                isinstance(o, Proved)
                or (isinstance(o, Subgoals) and all(g.key in proved for g in o.goals))
                for o in outcomes
            ):
                proved.add(str(number))
                changed = True
    return "0" in proved


@pytest.mark.parametrize("name", SEARCHES)
@hypothesis_settings(max_examples=60, deadline=None)
@given(seed=st.integers(0, 10**6), rate=st.sampled_from([0.02, 0.1, 0.3]))
def test_searches_are_complete_on_finite_graphs_and_end(name, seed, rate):
    options = SyntheticOptions(goals=30, error_rate=0.5, closing_rate=rate, branching=3, seed=seed)
    attempt = synthetic_search(name, options, tactics=4)
    expected = SearchStatus.PROVED if solvable(options, 4) else SearchStatus.FAILED
    assert attempt.status is expected
    assert attempt.expansions <= options.goals
    chosen = [step.goal for step in attempt.selections]
    assert len(chosen) == len(set(chosen))
