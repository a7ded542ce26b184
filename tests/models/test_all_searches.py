"""What holds for every search: on random graphs, on degenerate ones, in whole runs."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bait_core.domain import (
    Failed,
    FailureKind,
    Goal,
    Outcome,
    Proved,
    SearchStatus,
    Subgoals,
    Suggestion,
    Theorem,
)
from bait_core.errors import UnknownPluginError
from bait_core.execution import Runner, RunSettings
from bait_core.graph import GoalNode, ProofGraph, Status
from bait_core.plugins.build import make_goal_model, make_search_model
from bait_core.proof_search import Attempt, SearchSettings
from bait_core.protocols import GoalModel, Response, SearchContext, SearchModel, TacticRequest
from bait_core.testing.synthetic import (
    SyntheticEnvironment,
    SyntheticModel,
    SyntheticModelOptions,
    SyntheticOptions,
)
from tests.core.test_search import solvable
from tests.core.toy import AttemptLog, ToyEnvironment, ToyModel, goal

Table = dict[str, dict[str, list[str]]]
SEARCHES: dict[str, tuple[str, dict[str, object]]] = {
    "best-first": ("best-first", {}),
    "breadth-first": ("breadth-first", {}),
    "htps": ("htps", {}),
    "updown": ("updown", {}),
    "updown sampling": ("updown", {"selection": "sampling"}),
    "fringe": ("fringe", {}),
}
JUDGING = [name for name in SEARCHES if not name.endswith("first")]


CIRCLE: Table = {"root": {"a": ["a"]}, "a": {"b": ["b"]}}
DEGENERATE: list[Any] = [
    ({}, "failed"),  # every tactic fails at the root
    ({"root": {"close": []}}, "proved"),
    ({"root": {"self": ["root"]}}, "failed"),
    ({**CIRCLE, "b": {"a": ["a"], "root": ["root"]}}, "failed"),
    # b's second tactic leaves the circle.
    ({**CIRCLE, "b": {"a": ["a"], "c": ["c"]}, "c": {"out": []}}, "proved"),
    # One subgoal fails, so the edge is dead, whatever the other does.
    ({"root": {"split": ["bad", "good"]}, "good": {"close": []}}, "failed"),
    ({"root": {"split": ["bad", "good"], "other": ["good"]}, "good": {"close": []}}, "proved"),
    # The same goal twice below one tactic.
    ({"root": {"twice": ["a", "a"]}, "a": {"close": []}}, "proved"),
    # b is needed by a circle and by its way out.
    (
        {
            "root": {"x": ["a", "b"]},
            "a": {"y": ["b"]},
            "b": {"z": ["a"], "w": ["c"]},
            "c": {"v": []},
        },
        "proved",
    ),
    # b's tactic leads back to a on one path, and is needed on another.
    pytest.param(
        {
            "root": {"1": ["a", "dead"], "2": ["c"]},
            "a": {"3": ["b"], "4": []},
            "b": {"5": ["a"]},
            "c": {"6": ["b"]},
        },
        "proved",
        id="back on one path, needed on another",
    ),
]


def make(name: str) -> SearchModel:
    return make_search_model(*SEARCHES[name])


def run(name: str, environment: Any, model: Any = None, **options: Any) -> Attempt:
    keep = AttemptLog()
    goal_model = options.pop("goal_model", None) or make_goal_model("size")
    Runner(
        environment,
        model or ToyModel(environment.rules),
        lambda: make(name),
        goal_model=goal_model,
        settings=SearchSettings(**{"seconds": None, **options}),
        run=RunSettings(),
        observer=keep,
    ).run(environment.theorems())
    (attempt,) = keep.ended
    return attempt


def run_synthetic(name: str, options: SyntheticOptions, **settings: Any) -> Attempt:
    return run(
        name, SyntheticEnvironment(options), SyntheticModel(SyntheticModelOptions()), **settings
    )


@pytest.mark.parametrize("name", SEARCHES)
@hypothesis_settings(max_examples=50, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    rate=st.sampled_from([0.02, 0.1, 0.3]),
    error_rate=st.sampled_from([0.2, 0.5, 0.8]),
    goals=st.sampled_from([2, 8, 30]),
)
def test_complete_on_finite_graphs_with_cycles(name, seed, rate, error_rate, goals):
    """The verdict is that of brute force, and no goal is expanded twice."""
    options = SyntheticOptions(
        goals=goals, error_rate=error_rate, closing_rate=rate, branching=3, seed=seed
    )
    attempt = run_synthetic(name, options, tactics=4)
    expected = SearchStatus.PROVED if solvable(options, 4) else SearchStatus.FAILED
    assert attempt.status is expected, attempt.message
    chosen = [step.goal for step in attempt.selections]
    assert len(chosen) == len(set(chosen))
    assert all(math.isfinite(step.score) for step in attempt.selections)
    assert all(math.isfinite(v) for step in attempt.selections for v in step.details.values())


@pytest.mark.parametrize("name", SEARCHES)
def test_a_larger_problem_is_solved(name):
    options = SyntheticOptions(goals=3000, error_rate=0.8, closing_rate=0.01, branching=2, seed=5)
    attempt = run_synthetic(name, options, tactics=32, expansions=2000)
    assert attempt.status is SearchStatus.PROVED


@pytest.mark.parametrize("name", SEARCHES)
def test_one_search_model_serves_theorem_after_theorem(name):
    """A second theorem is searched as if it were the first."""
    environment = SyntheticEnvironment(SyntheticOptions(theorems=3, goals=200, closing_rate=0.01))

    def choices(theorems: Sequence[Theorem]) -> list[list[int]]:
        keep = AttemptLog()
        Runner(
            environment,
            SyntheticModel(SyntheticModelOptions()),
            lambda: make(name),
            goal_model=make_goal_model("size"),
            settings=SearchSettings(seconds=None, tactics=8, expansions=40),
            run=RunSettings(),
            observer=keep,
        ).run(theorems)
        return [[step.goal for step in attempt.selections] for attempt in keep.ended]

    theorems = environment.theorems()
    assert choices(theorems) == [choices([theorem])[0] for theorem in theorems]


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize(("rules", "status"), DEGENERATE)
def test_degenerate_graphs(name, rules, status):
    assert run(name, ToyEnvironment(rules)).status == status


@pytest.mark.parametrize("name", SEARCHES)
def test_doubling_chains_are_not_unfolded(name):
    """Each goal is needed twice by the one above it: unfolded, the last one 2^60 times.

    So the proof that is found in the end is too long for any prover: 1 + 2^61 - 1 tactics.
    """
    rules: Table = {f"g{n}": {"both": [f"g{n + 1}", f"g{n + 1}"]} for n in range(60)}
    environment = ToyEnvironment({"root": {"go": ["g0"]}, **rules, "g60": {"close": []}})
    attempt = run(name, environment)
    assert attempt.status == "failed"
    assert attempt.expansions == 62
    assert f"it has {2**61:,} tactics, but at most 100,000" in attempt.message


@pytest.mark.parametrize("name", SEARCHES)
def test_depth_beyond_the_recursion_limit(name):
    depth = 1200
    rules = {f"g{n}": {"on": [f"g{n + 1}"]} for n in range(depth)}
    rules |= {"root": {"on": ["g0"]}, f"g{depth}": {"close": []}}
    assert run(name, ToyEnvironment(rules)).status == "proved"


@pytest.mark.parametrize("name", SEARCHES)
def test_a_root_that_is_proved_or_failed_already_has_nothing_to_select(name):
    for outcome in (Proved(), Failed(FailureKind.ERROR, "")):
        graph = ProofGraph(goal("root"))
        search = make(name)
        search.reset(SearchContext(graph, random.Random(0), lambda nodes: [-1.0] * len(nodes)))
        graph.add_edges(graph.root, [Suggestion("t", -1.0)], [outcome])
        graph.exhaust(graph.root)
        assert search.get_goals() == []


@pytest.mark.parametrize("name", SEARCHES)
def test_no_suggestions_exhaust_a_goal(name):
    class Mute:
        def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
            return [[] for _ in requests]

    assert run(name, ToyEnvironment({"root": {"a": []}}), Mute()).status == "failed"


@pytest.mark.parametrize("name", SEARCHES)
def test_ten_thousand_candidates_and_duplicates(name):
    class Chatty:
        def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
            several = [Suggestion(f"t{i // 2}", -1.0) for i in range(10_000)]
            return [[*several, Suggestion("a", -1.0)] for _ in requests]

    environment = ToyEnvironment({"root": {"a": ["b"], "t7": ["b"]}, "b": {"t3": []}})
    attempt = run(name, environment, Chatty(), tactics=10_000, tactics_per_call=100)
    assert attempt.status == "proved"


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("budget", [{"expansions": 0}, {"seconds": 0.0}])
def test_zero_budgets_expand_nothing(name, budget):
    attempt = run(name, ToyEnvironment({"root": {"a": []}}), **budget)
    assert attempt.status in {SearchStatus.FAILED, SearchStatus.TIMEOUT}
    assert attempt.expansions == 0


@pytest.mark.parametrize("name", SEARCHES)
@pytest.mark.parametrize("expansions", range(1, 12))
def test_budgets_are_kept_whatever_the_batch(name, expansions):
    options = SyntheticOptions(goals=500, closing_rate=0.0, error_rate=0.5, branching=3)
    attempt = run_synthetic(name, options, tactics=8, expansions=expansions)
    assert attempt.expansions == expansions


class Faulty:
    """A goal model that answers something else from its second call on."""

    def __init__(self, answer: Any) -> None:
        self._answer = answer
        self._calls = 0

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        self._calls += 1
        if self._calls == 1:
            return [-1.0] * len(goals)
        if isinstance(self._answer, Exception):
            raise self._answer
        answer: list[float] = self._answer
        return answer * (len(goals) if len(answer) == 1 else 1)


@pytest.mark.parametrize("name", JUDGING)
@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ([math.nan], "nan"),
        ([-math.inf], "-inf"),
        ([math.inf], "inf"),
        ([0.5], "0.5"),
        pytest.param([-1.0] * 1000, "1000", id="1000 scores"),
        ([], "0"),
        pytest.param(
            ValueError("weights are gone"), "ValueError: weights are gone", id="ValueError"
        ),
    ],
)
def test_a_faulty_goal_model_becomes_a_recorded_error(name, answer, message):
    model: GoalModel = Faulty(answer)
    rules = {"root": {"x": ["a", "b"], "y": ["c"]}, "a": {"z": ["d"]}, "b": {"z": ["e"]}}
    attempt = run(name, ToyEnvironment({**rules, "c": {"w": ["f"]}}), goal_model=model)
    assert attempt.status is SearchStatus.ERROR
    assert message in attempt.message


@pytest.mark.parametrize("name", JUDGING)
def test_goals_judged_are_recorded(name):
    attempt = run(name, ToyEnvironment({"root": {"a": ["b"]}, "b": {"c": []}}))
    assert attempt.status == "proved"
    assert attempt.goal_scores
    assert all(score <= 0 for score in attempt.goal_scores.values())


@pytest.mark.parametrize("name", SEARCHES)
def test_refused_proofs_are_given_up_and_the_search_goes_on(name):
    """`close` of the leaf is refused; the way through b is found after all."""
    rules: Table = {
        "root": {"left": ["a"], "right": ["b"]},
        "a": {"close": []},
        "b": {"split": ["c", "d"]},
        "c": {"close": []},
        "d": {"on": ["c"]},
    }
    environment = ToyEnvironment(rules, reject=[("a", "close")])
    attempt = run(name, environment)
    assert attempt.status == "proved"
    assert attempt.check is not None
    assert attempt.check.script.splitlines()[0] == "right"
    environment = ToyEnvironment(rules, reject=[("a", "close"), ("c", "close")])
    assert run(name, environment).status == "failed"


@pytest.mark.parametrize("name", SEARCHES)
@hypothesis_settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_only_expandable_goals_are_selected_whatever_happens_to_the_graph(name, data):
    """The graph also changes by itself: goals are proved by way of others, become irrelevant,
    come back, proofs are retracted. Each batch holds distinct expandable goals, and the search
    does not stop while something it could expand is connected to the root by live edges only.
    """
    rng = random.Random(data.draw(st.integers(0, 10**6)))
    graph = ProofGraph(goal("0"))
    search = make(name)
    search.reset(SearchContext(graph, random.Random(0), lambda nodes: [-1.0] * len(nodes)))
    for _ in range(25):
        selections = search.get_goals()
        nodes = [selection.node for selection in selections]
        assert all(node.is_expandable for node in nodes)
        assert len(set(nodes)) == len(nodes)
        if not nodes:
            break
        responses = [Response(node, expand(graph, node, rng)) for node in nodes]
        search.process_responses(responses)
        proved = [n for n in graph if n.status is Status.PROVED and n.minimal_edge]
        if proved and rng.random() < 0.2:
            edge = rng.choice(proved).minimal_edge
            assert edge is not None
            graph.retract(edge, "refused")
        if graph.root.status is not Status.OPEN:
            break


def expand(graph: ProofGraph, node: GoalNode, rng: random.Random) -> list[Any]:
    suggestions: list[Suggestion] = []
    outcomes: list[Outcome] = []
    if not node.is_expandable:  # proved meanwhile, by another goal of the batch
        return []
    for number in range(rng.randrange(4)):
        suggestions.append(Suggestion(f"t{number}", -rng.random()))
        children = [goal(str(rng.randrange(25))) for _ in range(rng.randrange(1, 4))]
        usual: Outcome = Subgoals(tuple(children))
        outcomes.append(rng.choice([usual, usual, usual, Proved(), Failed(FailureKind.ERROR, "")]))
    edges = graph.add_edges(node, suggestions, outcomes)
    graph.exhaust(node)
    return edges


def test_unknown_names_are_corrected():
    with pytest.raises(UnknownPluginError, match="Did you mean 'updown'"):
        make_search_model("up-down")
