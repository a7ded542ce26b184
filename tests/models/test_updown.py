"""UpDown: selections by hand, against naive scores, and where the original breaks."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from bait_core.domain import Goal
from bait_core.errors import ConfigurationError, ModelError
from bait_core.execution import Runner, RunSettings
from bait_core.graph import GoalNode, Status
from bait_core.plugins.build import make_search_model
from bait_core.proof_search import SearchSettings
from bait_core.testing.synthetic import SyntheticOptions, SyntheticSession
from tests.core.toy import AttemptLog, ToyEnvironment, ToyModel

from .updown_scenario import UpDownScenario, naive_context, naive_up

GOLDEN = Path(__file__).parent / "golden"


class TableModel:
    def __init__(self, probabilities: dict[str, float]) -> None:
        self.probabilities = probabilities

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        return [math.log(self.probabilities[goal.key]) for goal in goals]


def replay(golden: dict[str, Any]) -> tuple[list[list[dict[str, Any]]], str]:
    """Run a whole search; its steps as in the golden files, and how it ended."""
    rules = golden["tactics"]
    environment, keep = ToyEnvironment(rules), AttemptLog()
    Runner(
        environment,
        ToyModel(rules),
        lambda: make_search_model("updown", {"depth_discount": golden["depth_discount"]}),
        goal_model=TableModel(golden["probabilities"]),
        settings=SearchSettings(seconds=None),
        run=RunSettings(),
        observer=keep,
    ).run(environment.theorems())
    (attempt,) = keep.ended
    assert attempt.graph is not None
    names = [node.goal.key for node in attempt.graph]
    steps = [
        [
            {
                "goal": names[selection.goal],
                "score": math.exp(selection.score),
                "initial": math.exp(selection.details["initial"]),
                "context": math.exp(selection.details["context"]),
            }
            for selection in step
        ]
        for _, step in groupby(attempt.selections, key=lambda selection: selection.step)
    ]
    return steps, ": ".join(filter(None, [attempt.status, attempt.message]))


@pytest.mark.parametrize("name", ["siblings", "circle"])
def test_golden_searches(name):
    """Scores are written as probabilities, so that they multiply.

    siblings (no discount):
    1. The root's initial score, 0.5.
    2. up(root) = max(a b = 0.5 * 0.25 = 0.125, c = 0.1): a and b, each in the other's context.
    3. b is proved, so up(b) = 1; a leads to d: up(root) = max(0.4 * 1, 0.1).
    4. d is spent: up(d) = e f = 0.5 * 0.1 = 0.05, so c = 0.1 is better.
    5. c has no tactic that applies: its up score is 0, and e f = 0.05 is left.

    circle (each level halves):
    1. The root.
    2. Initial scores at depth 1: a = 0.8 / 2, s = 0.5 / 2, b = 0.1 / 2. a s = 0.1 beats b = 0.05.
    3. f at depth 2 has 0.4 / 4 = 0.1. s = max(a, f), a = s: both 0.1 by way of f, since nothing
       comes of the circle. a s = 0.01, so b = 0.05 is better.
    4. b leads to s: up(root) = max(0.01, b = s = 0.1), and that ends at f, without siblings.
    5. f fails. a, s and b are open in the graph, but only the circle supports them.
    """
    golden = json.loads((GOLDEN / f"updown_{name}.json").read_text("utf-8"))
    steps, end = replay(golden)
    assert end == golden["end"]
    assert len(steps) == len(golden["steps"])
    for step, expected in zip(steps, golden["steps"], strict=True):
        for selection, numbers in zip(step, expected, strict=True):
            assert selection.pop("goal") == numbers.pop("goal")
            assert selection == pytest.approx(numbers, rel=1e-12)


def test_what_is_recorded():
    """x at depth 2: initial = log(0.4 * 0.9^2), context = up(b) = log(0.5 * 0.9)."""
    play = UpDownScenario({"x": 0.4}, depth_discount=0.9)
    play.select()
    play.expand("root", ["a", "b"])
    play.select()
    play.expand("a", ["x"])
    selections = {s.node.goal.key: s for s in play.search.get_goals()}
    assert selections.keys() == {"x", "b"}
    initial, context = math.log(0.4 * 0.81), math.log(0.45)
    assert selections["x"].score == selections["b"].score == pytest.approx(initial + context)
    assert selections["x"].details == pytest.approx(
        {
            "log_probability": math.log(0.4),
            "depth": 2.0,
            "initial": initial,
            "context": context,
        }
    )


def test_depth_is_that_of_the_path_that_found_the_goal():
    """c is found below a at depth 2, and an edge from the root does not lift it to depth 1."""
    play = UpDownScenario(depth_discount=0.5)
    play.select()
    play.expand("root", ["a"], exhaust=False)
    play.expand("a", ["c"])
    play.expand("root", ["c"])
    assert play.scores() == pytest.approx({"c": 0.5 / 4})


def test_a_failed_subgoal_kills_its_edge():
    """a b = 0.81 is the best until b fails; then c = 0.5, though up(a) is still 0.9."""
    play = UpDownScenario({"a": 0.9, "b": 0.9})
    play.select()
    play.expand("root", ["a", "b"], ["c"])
    assert play.select() == ["a", "b"]
    play.expand("b", None, None)
    assert play.scores() == pytest.approx({"c": 0.5})
    play.expand("c")
    assert play.select() == []
    assert play.graph.root.status is Status.FAILED


def test_a_shared_goal_counts_once_per_use_and_is_selected_once():
    """s s = 0.25 beats c = 0.2."""
    play = UpDownScenario({"c": 0.2})
    play.select()
    play.expand("root", ["s", "s"], ["c"])
    assert play.scores() == pytest.approx({"s": 0.25})
    play.expand("s", ["t"], ["u"], None)
    assert play.scores() == pytest.approx({"t": 0.25})


def test_a_goal_proved_by_way_of_others_is_no_longer_wanted():
    """b's proof proves a as well, in one step, and p below a is not expanded any more."""
    play = UpDownScenario({"p": 0.9, "c": 0.4})
    play.select()
    play.expand("root", ["a", "c"])
    play.expand("a", ["b"], ["p"])
    assert play.scores() == pytest.approx({"p": 0.36, "c": 0.36})
    play.expand("b", [])
    assert play.node("a").status is Status.PROVED
    assert play.scores() == pytest.approx({"c": 0.4})


def test_a_goal_that_is_not_exhausted_may_be_selected_again():
    """Its own score 0.5 stands beside its edge to x = 0.3; once it is exhausted, only x is left."""
    play = UpDownScenario({"x": 0.3})
    for _ in range(2):
        assert play.select() == ["root"]
        play.expand("root", None, exhaust=False)
    play.expand("root", ["x"], exhaust=False)
    assert play.select() == ["root"]
    play.expand("root", None)
    assert play.select() == ["x"]


def test_the_goal_model_is_asked_once_a_step_about_what_is_needed():
    """c is known; d is below a, which the last tactic proves. Later b needs d after all."""
    play = UpDownScenario()
    play.select()
    play.expand("root", ["a", "b", "c"])
    play.expand("a", ["c", "d"], ["d", "e"], [])
    play.expand("b", ["d", "f"])
    assert play.asked == [["root"], ["a", "b", "c"], ["f", "d"]]
    assert play.select() == ["d", "f", "c"]


@pytest.mark.parametrize("selection", ["greedy", "sampling"])
def test_what_a_retraction_reopens_is_selected(selection):
    play = UpDownScenario(selection=selection)
    play.select()
    play.expand("root", ["a"])
    play.select()
    play.expand("a", [])
    assert play.select() == []
    edge = play.node("a").minimal_edge
    assert edge is not None
    play.graph.retract(edge, "refused")
    assert play.select() == ["a"]
    play.expand("a", ["b"])
    assert play.select() == ["b"]


@pytest.mark.parametrize("selection", ["greedy", "sampling"])
def test_changes_without_a_response_are_noticed(selection):
    play = UpDownScenario(selection=selection)
    play.select()
    play.expand("root", ["a"], ["b"])
    play.expand("a", ["c", "d"], tell=False)
    play.expand("c", [])
    play.graph.exhaust(play.node("b"))
    assert play.select() == ["d"]
    play.expand("d", ["e"])
    assert play.select() == ["e"]


def test_goals_found_without_a_response_are_judged():
    """c at depth 2 has 1 / 4, which is better than a = 0.5 / 2 * b = 0.5 / 2."""
    play = UpDownScenario({"c": 1.0}, depth_discount=0.5)
    play.select()
    play.expand("root", ["a", "b"], ["d"], exhaust=False)
    play.expand("d", ["c"], tell=False)
    play.graph.exhaust(play.graph.root)
    assert play.scores() == pytest.approx({"c": 0.25})


def test_errors_of_the_goal_model_pass():
    class Refusing(UpDownScenario):
        def score_goals(self, nodes: Sequence[GoalNode]) -> list[float]:
            raise ModelError("no")

    with pytest.raises(ModelError, match="no"):
        Refusing().select()


@pytest.mark.parametrize("option", ["temperature", "batch_size"])
def test_options_of_sampling_conflict_with_greedy_selection(option):
    with pytest.raises(
        ConfigurationError, match=f"{option} has no effect when selection is greedy"
    ):
        make_search_model("updown", {option: 1})
    make_search_model("updown", {option: 1, "selection": "sampling"})


@pytest.mark.parametrize(
    "options",
    [
        {"selection": "best"},
        {"selection": "sampling", "temperature": 0},
        {"selection": "sampling", "batch_size": 0},
        {"depth_discount": 0},
        {"depth_discount": 1.1},
    ],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ConfigurationError):
        make_search_model("updown", options)


@pytest.mark.parametrize("selection", ["greedy", "sampling"])
@hypothesis_settings(max_examples=60, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    closing_rate=st.sampled_from([0.0, 0.05, 0.2]),
    discount=st.sampled_from([0.9, 1.0]),
    exhaust=st.sampled_from([1.0, 0.7]),
)
def test_selections_agree_with_naive_scores(selection, seed, closing_rate, discount, exhaust):
    """On random graphs with shared goals, cycles, proofs and partial expansions, at each step.

    The score recorded must be initial + context; greedy selections must have the best score of
    all, and sampled ones the best score / temperature + Gumbel variate of all.
    """
    options: dict[str, Any] = {"selection": selection, "depth_discount": discount}
    if selection == "sampling":
        options["temperature"] = 2.0
    play = UpDownScenario(
        {"root": 1.0} | dict.fromkeys(map(str, range(0, 40, 3)), 0.2), seed, **options
    )
    synthetic = SyntheticOptions(
        goals=25, error_rate=0.4, closing_rate=closing_rate, branching=3, seed=seed
    )
    session = SyntheticSession(synthetic, 0)
    for step in range(60):
        selections = play.search.get_goals()
        initial = {
            node.index: play.search._initial(node.index)
            for node in play.graph
            if node.is_expandable
        }
        up = naive_up(play.graph, initial)
        context = naive_context(play.graph, up)
        scores = {goal: initial[goal] + context[goal] for goal in initial}
        assert bool(selections) == (max(scores.values(), default=-math.inf) > -math.inf)
        if not selections:
            break
        for selection_ in selections:
            assert selection_.score == pytest.approx(scores[selection_.node.index])
        if selection == "greedy":
            assert selections[0].score == pytest.approx(max(scores.values()))
            assert selections[0].score == pytest.approx(up[0])
        else:
            sampler = play.search._sampler
            assert sampler is not None
            (chosen,) = selections
            gumbels = {**sampler._gumbels, chosen.node.index: chosen.details["gumbel"]}
            perturbed = {goal: scores[goal] / 2 + gumbels[goal] for goal in scores}
            assert perturbed[chosen.node.index] == pytest.approx(max(perturbed.values()))
        for chosen in selections:
            if not chosen.node.is_expandable:
                continue
            number = chosen.node.goal.key.replace("root", "0")
            outcomes = session.run_tactics(Goal(number, ""), list("0123"), 1.0)
            results = [
                [g.key for g in getattr(o, "goals", ())] if not hasattr(o, "kind") else None
                for o in outcomes
            ]
            is_last = (seed + step) % 10 < exhaust * 10
            play.expand(chosen.node.goal.key, *results, exhaust=is_last)
