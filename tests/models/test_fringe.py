"""Fringe search on small graphs, by hand."""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path

import pytest

from bait_core.protocols import Response
from bait_models.search.fringe.model import Rule

from .fringe_scenario import FringeScenario, Results, softmax

GOLDEN = Path(__file__).parent / "golden"


def test_each_live_edge_appends_a_fringe_with_its_subgoals_in_front():
    """Scores are sums, so a b: -1 - 2, c d: -4 - 8; the goal a twice counts once: -1.

    Then c leaves e with d: -16 - 8; or d alone, which is there already: -8.
    """
    scores = {"a": -1.0, "b": -2.0, "c": -4.0, "d": -8.0, "e": -16.0}
    play = FringeScenario(scores, temperature=100.0)
    assert play.fringes == {"root": -1.0}
    play.expand("root", ["a", "b"], None, ["c", "d"], ["a", "a"])
    assert play.fringes == {"a b": -3.0, "c d": -12.0, "a": -1.0}
    play.expand("c", None, ["e"], ["d"])
    assert play.fringes == {"a b": -3.0, "a": -1.0, "e d": -24.0, "d": -8.0}


def test_equal_fringes_are_kept_once_in_whatever_order_their_goals_are():
    play = FringeScenario()
    play.expand("root", ["a", "b"], ["b", "a"], ["c"])
    assert set(play.fringes) == {"a b", "c"}
    play.expand("c", ["b", "a"], ["a"])
    assert set(play.fringes) == {"a b", "a"}


def test_a_set_of_goals_does_not_come_back_once_it_was_replaced():
    """c leads back to b, whose successor a stands for it."""
    play = FringeScenario()
    play.expand("root", ["b"], ["c"])
    play.expand("b", ["a"])
    play.expand("c", ["b"])
    assert list(play.fringes) == ["a"]


def test_a_proved_goal_leaves_all_fringes_and_the_probabilities_follow():
    """Scores before the proof of b: -3, -3 and -4; after it: -1, -1 and -4."""
    play = FringeScenario({"a": -1.0, "b": -2.0, "d": -4.0, "x": -1.0})
    play.expand("root", ["a", "b"], ["b", "x"], ["d"])
    assert play.fringes == {"a b": -3.0, "b x": -3.0, "d": -4.0}
    assert play.probabilities == pytest.approx(softmax(play.fringes))
    play.expand("b", [])
    assert play.fringes == {"a": -1.0, "x": -1.0, "d": -4.0}
    assert play.probabilities == pytest.approx(softmax({"a": -1.0, "x": -1.0, "d": -4.0}))


def test_proofs_that_propagate_to_goals_that_were_not_worked_on_count():
    """e proves b and, through it, c. So e d becomes d; and b a, whose b was expanded for the other
    fringe, becomes a.
    """
    play = FringeScenario(max_replayed=0)
    play.expand("root", ["c", "a"], ["b", "d"], ["g"])
    play.expand("c", ["b"])
    play.expand("b", ["e"], fringe="b d")
    assert set(play.fringes) == {"b a", "e d", "g"}
    play.expand("e", [])
    assert play.fringes == {"a": -1.0, "d": -1.0, "g": -1.0}


def test_fringes_that_become_equal_by_a_proof_are_one_from_then_on():
    """Without b, a b and b a c are a and a c, which were there before: only d c is left of both."""
    play = FringeScenario()
    play.expand("root", ["b", "a"], ["b", "a", "c"], ["a"], ["c", "a"], ["d", "b", "c"])
    play.expand("b", [])
    assert play.fringes == {"a": -1.0, "c a": -2.0, "d c": -2.0}
    assert len(play.search._fringes) == 3


def test_fringes_with_a_failed_goal_are_dead():
    """b's failure is a's too, which needs b: it kills b e, a c and g a, and d alone is left."""
    play = FringeScenario({"d": -3.0})
    play.expand("root", ["a", "c"], ["b", "e"], ["f", "a"], ["d"])
    play.expand("f", ["g"])
    play.expand("a", ["b"])
    assert set(play.fringes) == {"b c", "b e", "g a", "d"}
    play.expand("b", None, None, fringe="b e")
    assert play.fringes == {"d": -3.0}
    assert play.probabilities == {"d": 1.0}
    assert play.select("d").details["fringes"] == 1.0


@pytest.mark.parametrize("order", ["fp", "pf"])
def test_a_fringe_that_dies_does_not_take_its_equal_with_it(order):
    """p is proved and f fails in the same step. Without both, f p x has the goals of p x."""
    play = FringeScenario(batch_size=2)
    play.expand("root", ["f", "p", "x"], ["p", "x"])
    while {s.node.goal.key for s in play.search.get_goals()} != {"p", "f"}:
        pass
    results: dict[str, list[Results]] = {"p": [[]], "f": [None]}
    play.respond({name: results[name] for name in order})
    assert play.fringes == {"x": -1.0}


def test_a_fringe_that_dies_while_it_is_worked_on_appends_nothing():
    """p f dies by f, while p is expanded for it; p d, which is not worked on, stays."""
    play = FringeScenario(batch_size=2)
    play.expand("root", ["p", "f"], ["p", "d"])
    while {s.node.goal.key for s in play.search.get_goals()} != {"p", "f"} or (
        play.worked_on("p") != "p f"
    ):
        pass
    play.respond({"p": [["q"]], "f": [None]})
    assert play.fringes == {"p d": -2.0}
    play.select("q")
    assert play.fringes == {"q d": -2.0}


def test_an_edge_with_a_failed_subgoal_appends_nothing():
    play = FringeScenario()
    play.expand("root", ["a"], ["c"])
    play.expand("a", None)
    play.expand("c", ["d", "a"], ["e"], ["c", "e"])
    assert list(play.fringes) == ["e"]


def test_a_fringe_with_a_goal_that_nothing_needs_is_given_up():
    """y proves g, so x, another way to prove g, is of no use; r is what is left to do.

    The weights are even, so that x would be selected half the time.
    """
    play = FringeScenario()
    play.expand("root", ["g", "r"])
    play.expand("g", ["x"], ["y"])
    assert play.fringes == {"x r": -2.0, "y r": -2.0}
    play.expand("y", [])
    assert {s.node.goal.key for _ in range(50) for s in play.search.get_goals()} == {"r"}
    assert play.fringes == {"r": -1.0}


def test_fringes_with_a_goal_that_nothing_needs_go_with_the_next_proof_below_it():
    """t proves g, so s h r is of no use. It need not be drawn for that: h's proof comes by."""
    play = FringeScenario()
    play.expand("root", ["g", "h", "r"])
    play.expand("g", ["s"], ["t"])
    play.expand("t", [])
    assert set(play.fringes) == {"s h r", "h r"}
    play.respond({"h": [[]]})
    assert set(play.fringes) == {"r"}


def test_what_is_remembered_of_fringes_does_not_grow_with_proofs():
    names = [f"a{i}" for i in range(50)]
    play = FringeScenario()
    play.expand("root", names)
    remembered = len(play.search._fringes._seen)
    for name in names[:-1]:
        play.expand(name, [])
    assert len(play.search._fringes._seen) == remembered


def test_a_goal_expanded_for_one_fringe_is_not_expanded_for_another():
    """b c is replaced by what is known of b: d c and e c. So c is not selected, and b not again."""
    play = FringeScenario()
    play.expand("root", ["b", "f"], ["b", "c"])
    play.expand("b", ["d"], ["e"], fringe="b f")
    assert set(play.fringes) == {"d f", "e f", "b c"}
    seen = {s.node.goal.key for _ in range(200) for s in play.search.get_goals()}
    assert seen == {"d", "e"}
    assert set(play.fringes) == {"d f", "e f", "d c", "e c"}


def test_beyond_the_bound_of_replays_the_first_goal_that_is_not_exhausted_is_selected():
    """As above, but b c stays, and c is selected from it."""
    play = FringeScenario(max_replayed=0)
    play.expand("root", ["b", "f"], ["b", "c"])
    play.expand("b", ["d"], fringe="b f")
    found = [selection for _ in range(200) for selection in play.search.get_goals()]
    assert {(s.node.goal.key, s.details["rule"]) for s in found} == {
        ("d", float(Rule.FIRST)),
        ("c", float(Rule.LATER)),
    }
    play.expand("c", ["h"])
    assert set(play.fringes) == {"d f", "b c"}


def test_the_bound_of_replays_counts_edges():
    """Replaying b takes its 2 edges, which is too many for the next fringe only if 2 is allowed."""
    for bound, replaced in [(1, 1), (2, 1), (3, 2)]:
        play = FringeScenario(max_replayed=bound, batch_size=4)
        play.expand("root", ["b", "f"], ["b", "c"], ["b", "g"])
        play.select("b", fringe="b f")
        play.respond({"b": [["d"], ["e"]]})
        before = play.fringes
        play.search.get_goals()
        assert len(set(before) - set(play.fringes)) == replaced


def test_the_step_records_say_what_was_drawn():
    play = FringeScenario({"a": -1.0, "b": -2.0, "c": -3.0})
    play.expand("root", ["a", "b"], ["c"])
    selection = play.select("a")
    assert selection.score == -3.0
    assert selection.details == {
        "rule": float(Rule.FIRST),
        "probability": pytest.approx(0.5),
        "size": 2.0,
        "depth": 1.0,
        "fringes": 2.0,
    }
    play.respond({"a": [["d"]]})
    assert play.select("d").details["depth"] == 2.0


@pytest.mark.parametrize("temperature", [0.5, 1.0, 3.0])
def test_fringes_are_drawn_by_the_softmax_at_the_temperature(temperature):
    """20,000 draws of one state, which drawing does not change.

    A frequency has the standard deviation sqrt(p (1 - p) / n); 5 of them bound the error.
    """
    scores = {"a": -0.5, "b": -1.0, "c": -2.0, "d": -4.0}
    play = FringeScenario(scores, temperature=temperature)
    play.expand("root", ["a"], ["b"], ["c"], ["d"], ["a", "c"])
    draws = 20_000
    counts: Counter[float] = Counter()
    for _ in range(draws):
        (selection,) = play.search.get_goals()
        counts[selection.score] += 1
    expected = softmax({**scores, "a c": -2.5}, temperature)
    for name, p in expected.items():
        count = counts[play.fringes[name]]
        assert abs(count / draws - p) < 5 * math.sqrt(p * (1 - p) / draws)


def test_a_batch_has_different_goals_of_the_same_fringe_where_there_is_no_other():
    """a b is drawn for each place in the batch: a is its first goal, then b its first one left."""
    play = FringeScenario(batch_size=3)
    play.expand("root", ["a", "b"])
    selections = play.search.get_goals()
    assert [s.node.goal.key for s in selections] == ["a", "b"]
    assert [s.details["rule"] for s in selections] == [float(Rule.FIRST), float(Rule.LATER)]
    play.respond({"a": [["c"], ["d"]], "b": [["e"]]})
    assert set(play.fringes) == {"c b", "d b"}
    assert {s.node.goal.key for s in play.search.get_goals()} == {"c", "d"}


def test_a_goal_closed_by_another_one_of_its_batch_appends_nothing():
    """b's proof proves g, so that nothing needs a any more when its edges come."""
    play = FringeScenario(batch_size=2)
    play.expand("root", ["g", "r"])
    play.expand("g", ["a"], ["b"])
    while {s.node.goal.key for s in play.search.get_goals()} != {"a", "b"}:
        pass
    play.respond({"a": [["c"]], "b": [[]]})
    assert {s.node.goal.key for _ in range(20) for s in play.search.get_goals()} == {"r"}
    assert ["c"] not in play.asked


def test_a_goal_whose_tactics_were_not_all_tried_keeps_its_fringe():
    play = FringeScenario()
    play.expand("root", ["a", "b"])
    play.select("a")
    play.search.process_responses([Response(play["a"], play.add("a", ["c"]))])
    assert list(play.fringes) == ["a b"]
    play.expand("a", ["d"])
    assert set(play.fringes) == {"c b", "d b"}


@pytest.mark.parametrize("name", ["fringe_conjunction", "fringe_sharing"])
def test_golden_search_trees(name):
    """Each step says which goal of which fringe is expanded, and what fringes there are then.

    Scores are logarithms of the probabilities in `provable`. So at temperature 1 a fringe's
    weight is the product of its goals' probabilities, and its own probability is its share of all
    weights. For example, in `fringe_conjunction` after the second step: d b has 1/2 * 1/4 = 1/8,
    e f b 1/2 * 1/2 * 1/4 = 1/16, c 1/8; together 5/16, of which d b has 2/5.

    In the fourth step of `fringe_sharing`, x leaves c or z. c b is not appended, since b and c
    were a fringe that was replaced in the third. Before the last step, x c is drawn and replaced
    by what x left: c, since c is in it already, with 1/4, and z c. Then c leaves d, which is there,
    or y a.
    """
    golden = json.loads((GOLDEN / f"{name}.json").read_text(encoding="utf-8"))
    play = FringeScenario({goal: math.log(Fraction(p)) for goal, p in golden["provable"].items()})
    for step in golden["steps"]:
        selection = play.select(step["expand"], step["fringe"])
        assert math.exp(selection.score) == pytest.approx(float(Fraction(step["weight"])))
        play.respond({step["expand"]: step["results"]})
        weights = {fringe: math.exp(score) for fringe, score in play.fringes.items()}
        assert weights == pytest.approx(numbers(step["weights"]))
        assert play.probabilities == pytest.approx(numbers(step["probabilities"]))


def numbers(fractions: Mapping[str, str]) -> dict[str, float]:
    return {name: float(Fraction(fraction)) for name, fraction in fractions.items()}
