"""Fringe search at its limits: dropped fringes, circles, refused proofs, bad options."""

from __future__ import annotations

import gc
import math
import random
import sys

import pytest

from bait_core.batching import BatchingSettings
from bait_core.batching.shared_models import SharedGoalModel, SharedTacticModel
from bait_core.domain import SearchStatus
from bait_core.errors import ConfigurationError
from bait_core.plugins.build import make_search_model
from bait_core.proof_search import Attempt, SearchSettings
from bait_core.proof_search.budget import Budget
from bait_core.proof_search.searcher import Searcher
from bait_models.search.fringe.model import Rule
from tests.core.toy import ToyEnvironment, ToyModel

from .fringe_scenario import FringeScenario, Results


def test_the_lowest_scored_fringes_are_dropped_and_come_back_when_nothing_else_is_left():
    """Of -1, -2 and -3, two stay. When those have failed, the search starts again from the root."""
    play = FringeScenario({"a": -1.0, "b": -3.0, "c": -2.0}, max_fringes=2)
    play.expand("root", ["a"], ["b"], ["c"])
    assert play.fringes == {"a": -1.0, "c": -2.0}
    play.expand("a", None)
    play.expand("c", None)
    assert play.fringes == {}
    (selection,) = play.search.get_goals()
    assert selection.node is play["b"]
    assert selection.details["rule"] == float(Rule.FIRST)
    assert play.fringes == {"b": -3.0}


def test_a_fringe_that_was_dropped_may_be_appended_again():
    play = FringeScenario({"a": -1.0, "b": -2.0, "c": -3.0}, max_fringes=2)
    play.expand("root", ["a"], ["b"], ["c"])
    assert play.fringes == {"a": -1.0, "b": -2.0}
    play.expand("a", ["c"])
    assert play.fringes == {"b": -2.0, "c": -3.0}


def test_a_quarter_of_many_fringes_is_dropped_at_once():
    """When a ninth comes, the six best of nine stay: 8 - 8 / 4."""
    play = FringeScenario({f"a{i}": -float(i) for i in range(9)}, max_fringes=8)
    play.expand("root", *([f"a{i}"] for i in (3, 1, 8, 0, 2, 7, 5, 4, 6)))
    assert sorted(play.fringes.values()) == [-5.0, -4.0, -3.0, -2.0, -1.0, 0.0]


class OneHash(random.Random):
    """Makes all sets of goals look equal."""

    def getrandbits(self, k: int) -> int:
        return 0


def test_where_no_fringe_offers_a_goal_the_oldest_is_selected():
    """All sets pass for the root's, which was replaced, so that none is appended."""
    play = FringeScenario({"b": -7.0}, rng=OneHash(0))
    play.expand("root", ["a", "b"], ["c"])
    assert play.fringes == {}
    (first,) = play.search.get_goals()
    assert first.node is play["a"]
    assert first.details == {"rule": float(Rule.OLDEST), "fringes": 0.0}
    play.expand("a", ["d"])
    (second,) = play.search.get_goals()
    assert (second.node, second.score) == (play["b"], -7.0)
    play.expand("b", None)
    assert [s.node.goal.key for s in play.search.get_goals()] == ["c"]


def test_the_search_ends_on_a_circle():
    """a and b only lead to each other, so the graph leaves them open, with nothing to expand."""
    play = FringeScenario()
    assert play.run({"root": [["a"]], "a": [["b"]], "b": [["a"]]}) == ["root", "a", "b"]
    assert play.search.get_goals() == []


@pytest.mark.parametrize("bound", [0, 16])
def test_goals_on_many_circles_are_expanded_once_each(bound):
    """Each of 12 goals of a fringe has two ways into a circle of its own."""
    names = [f"a{i}" for i in range(12)]
    rules: dict[str, list[list[str]]] = {"root": [names]}
    for name in names:
        rules |= {name: [[f"{name}x"], [f"{name}y"]], f"{name}x": [[name]], f"{name}y": [[name]]}
    play = FringeScenario(max_replayed=bound)
    assert sorted(play.run(rules)) == sorted(rules)


def test_fringes_are_not_looked_at_when_no_goal_is_expandable():
    """c comes back to a, so c f ends; a g stays, as replays are forbidden; all is exhausted."""
    play = FringeScenario(max_replayed=0)
    play.expand("root", ["a", "f"], ["a", "g"])
    play.expand("a", ["c"], fringe="a f")
    assert sorted(play.run({"c": [["a"]], "f": [["a"]], "g": [["a"]]})) == ["c", "f", "g"]
    assert set(play.fringes) == {"a g"}
    assert play.search.get_goals() == []
    assert set(play.fringes) == {"a g"}


def test_after_a_retraction_proved_goals_are_back_in_their_fringes():
    """The proof of a is refused. What is known is gone through again: a b becomes c b.

    x, which nobody needs, is not judged on that occasion. When c proves a, a leaves again.
    """
    play = FringeScenario()
    play.expand("root", ["a", "b"], ["d", "a"])
    play.expand("a", ["c"], ["x", "a"], [])
    assert play.fringes == {"b": -1.0, "d": -1.0}
    play.graph.retract(play["a"].edges[2], "not accepted")
    play.select("c")
    assert play.fringes == {"c b": -2.0, "d a": -2.0}
    assert play.asked == [["root"], ["a", "b", "d"], ["c"]]
    play.respond({"c": [[]]})
    assert play.fringes == {"b": -1.0, "d": -1.0}


def test_a_goal_that_is_needed_again_is_selected_after_all():
    """b was found with a proof of a, so nothing needs it, until d leads to it."""
    play = FringeScenario()
    rules: dict[str, list[Results]] = {
        "root": [["a", "c"]],
        "a": [["b"], []],
        "c": [["d"]],
        "d": [["b"]],
        "b": [None],
    }
    assert play.run(rules) == ["root", "a", "c", "d", "b"]


def test_a_root_that_is_closed_leaves_nothing_to_do():
    closings: list[list[Results]] = [[[]], [], [None, None]]
    for results in closings:
        play = FringeScenario()
        play.expand("root", *results)
        assert play.search.get_goals() == []


def test_the_goal_model_is_asked_once_per_step_and_only_about_goals_that_are_needed():
    """Not about goals of an edge that leads back to its goal, or of one below a proved goal."""
    play = FringeScenario()
    play.expand("root", ["a", "b"], ["c"])
    play.expand("a", ["a", "x"], ["d", "b"], ["e"])
    play.expand("c", ["d"], ["f"])
    play.expand("f", ["g"], [])
    assert play.asked == [["root"], ["a", "b", "c"], ["d", "e"], ["f"]]


def test_a_goal_model_that_answers_nan_ends_the_attempt_with_its_reason():
    rules = {"root": {"t": ["a"]}}

    class Broken:
        def score_goals(self, goals):
            return [math.nan] * len(goals)

    settings = SearchSettings(seconds=None)
    batching = BatchingSettings()
    environment = ToyEnvironment(rules)
    (theorem,) = environment.theorems()
    attempt = Attempt(theorem)
    searcher = Searcher(
        environment,
        SharedTacticModel(ToyModel(rules), 4, batching),
        SharedGoalModel(Broken(), batching),
        settings,
    )
    searcher.search(attempt, make_search_model("fringe"), Budget(None, None))
    assert attempt.status is SearchStatus.ERROR
    assert "nan" in attempt.message


def test_extreme_scores_do_no_harm():
    """Even sums that would leave the range of floats; near certainty wins."""
    play = FringeScenario({"a": -1.7e308, "b": -1.7e308, "c": -1e6, "d": 0.0})
    play.expand("root", ["a", "b"], ["c"], ["d"])
    assert all(map(math.isfinite, play.fringes.values()))
    assert play.probabilities == pytest.approx({"a b": 0.0, "c": 0.0, "d": 1.0})
    play.expand("d", None)
    assert play.probabilities == pytest.approx({"a b": 0.0, "c": 1.0})


def test_fringes_may_be_very_long():
    """Wider and then deeper than the limit of recursion: there is none, in use or when freed."""
    limit = sys.getrecursionlimit()
    goals = [str(number) for number in range(2 * limit)]
    play = FringeScenario(dict.fromkeys(goals, 0.0))
    play.expand("root", goals)
    for goal in goals[: limit + 100]:
        play.expand(goal, [])
    (fringe,) = play.search._fringes
    assert fringe.size == limit - 100
    del play, fringe
    gc.collect()


@pytest.mark.parametrize(
    "options",
    [
        {"temperature": 0.0},
        {"temperature": -1.0},
        {"temperature": math.inf},
        {"temperature": math.nan},
        {"batch_size": 0},
        {"max_fringes": 0},
        {"max_replayed": -1},
        {"greedy": True},
        {"batch_size": 5, "max_fringes": 4},
    ],
)
def test_impossible_options_are_refused(options):
    with pytest.raises(ConfigurationError):
        make_search_model("fringe", options)


def test_the_message_about_conflicting_options_names_them():
    with pytest.raises(ConfigurationError, match="lower batch_size or raise max_fringes"):
        make_search_model("fringe", {"batch_size": 5, "max_fringes": 4})
