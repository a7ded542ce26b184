"""UpDown's sampling follows the softmax of the scores. Seeds are fixed, so nothing is flaky."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping

import pytest

from bait_core.protocols import Selection

from .updown_scenario import UpDownScenario

SAMPLES = 4000


def assert_frequencies(draw: Callable[[int], str], expected: Mapping[str, float]) -> None:
    """Each count of n draws is binomial: 4.5 deviations sqrt(n p (1 - p)) are tolerated."""
    counts = Counter(map(draw, range(SAMPLES)))
    assert counts.keys() <= expected.keys()
    assert sum(expected.values()) == pytest.approx(1.0)
    for name, p in expected.items():
        assert abs(counts[name] - SAMPLES * p) <= 4.5 * math.sqrt(SAMPLES * p * (1 - p)), name


def start(probabilities: Mapping[str, float], seed: int, **options: object) -> UpDownScenario:
    play = UpDownScenario(probabilities, seed, selection="sampling", **options)
    assert play.select() == ["root"]
    return play


@pytest.mark.parametrize(
    ("temperature", "weights"),
    [
        (1.0, {"a": 4, "b": 4, "c": 8, "d": 2, "f": 1}),
        (0.5, {"a": 16, "b": 16, "c": 64, "d": 4, "f": 1}),
    ],
)
def test_first_choices_follow_the_softmax(temperature, weights):
    """Scores as probabilities, in 32nds; the softmax takes them to the power 1 / temperature.

    a and b have a b = 1/2 * 1/4 = 4/32 each, and c = 8/32. d = 1/16 is beside e, which is proved
    before the draw, and beside f: the better context is 1, so d has 2/32. f has d f = 1/32.
    """
    probabilities = {"a": 1 / 2, "b": 1 / 4, "c": 1 / 4, "d": 1 / 16, "f": 1 / 2}

    def draw(seed: int) -> str:
        play = start(probabilities, seed, temperature=temperature)
        play.expand("root", ["a", "b"], ["c"], ["d", "e"], ["d", "f"])
        play.expand("e", [])
        (name,) = play.select()
        return name

    total = sum(weights.values())
    assert_frequencies(draw, {name: weight / total for name, weight in weights.items()})


ALTERNATIVES = {"a": 0.5, "b": 0.3, "c": 0.2}


@pytest.mark.parametrize("new", [0.5, 5.0])
def test_the_next_choice_follows_the_softmax_of_old_and_new_goals(new):
    """After x of a, b and c was drawn, its place is taken by the edge to y = 1 and z.

    Both have z's score, so P(x, v) = p(x) * p(v) / (1 - p(x) + p(y) + p(z)), where v may be y or
    z. Had these variates like all others, they would be chosen too often: the goals left are
    known to have small ones. All scores are divided by 10, which must not matter. (Four
    alternatives that never count keep the graph from growing by half, which would make all
    variates new.)
    """
    never = dict.fromkeys(["i", "j", "k", "l"], 0.0)
    tenths = {**ALTERNATIVES, **never, "y": 10.0, "z": new}
    probabilities = {name: p / 10 or 1e-9 for name, p in tenths.items()}

    def draw(seed: int) -> str:
        play = start(probabilities, seed)
        play.expand("root", *[[name] for name in (*ALTERNATIVES, *never)])
        (first,) = play.select()
        play.expand(first, ["y", "z"])
        (second,) = play.select()
        return f"{first} {second}"

    expected: dict[str, float] = {}
    for x, p in ALTERNATIVES.items():
        left = {v: q for v, q in ALTERNATIVES.items() if v != x} | {"y": new, "z": new}
        expected |= {f"{x} {v}": p * q / sum(left.values()) for v, q in left.items()}
    assert_frequencies(draw, expected)


def test_a_goal_that_can_be_drawn_again_is_drawn_like_the_others():
    """It is expanded without a result, and not exhausted: P(x, y) = p(x) p(y)."""

    def draw(seed: int) -> str:
        play = start(ALTERNATIVES, seed)
        play.expand("root", ["a"], ["b"], ["c"])
        (first,) = play.select()
        play.expand(first, None, exhaust=False)
        (second,) = play.select()
        return f"{first} {second}"

    squared = {f"{x} {y}": p * q for x, p in ALTERNATIVES.items() for y, q in ALTERNATIVES.items()}
    assert_frequencies(draw, squared)


def test_scores_that_changed_count_once_the_graph_has_grown():
    """At first a = 0.5, b = 0.3 and c d = 0.4 * 0.5 = 0.2 for each of c and d; in all, 1.2.

    Then d is proved, so that c has 0.4, and four goals of 0.1 are found. (The root, which stays
    expandable for that, has a probability of 1e-9.) Unless the variates were new, c would be
    drawn too often: it was passed over when it had 0.2.
    """
    scores = {"a": 0.5, "b": 0.3, "c": 0.2, "d": 0.2}
    new = dict.fromkeys(["e", "f", "g", "h"], 0.1)

    def draw(seed: int) -> str:
        play = start({**scores, "c": 0.4, "d": 0.5, **new, "root": 1e-9}, seed)
        play.expand("root", ["a"], ["b"], ["c", "d"], exhaust=False)
        (first,) = play.select()
        if first != "d":
            play.expand(first, None)
        play.expand("d", [])
        play.expand("root", *[[name] for name in new])
        (second,) = play.select()
        return f"{first} {second}"

    expected: dict[str, float] = {}
    for x, p in scores.items():
        left = {y: q for y, q in {**scores, "c": 0.4, **new}.items() if y not in {x, "d"}}
        expected |= {f"{x} {y}": p / 1.2 * q / sum(left.values()) for y, q in left.items()}
    assert_frequencies(draw, expected)


def test_batches_are_drawn_without_replacement():
    """P(x, y) = p(x) * p(y) / (1 - p(x))."""

    def draw(seed: int) -> str:
        play = start(ALTERNATIVES, seed, batch_size=2)
        play.expand("root", ["a"], ["b"], ["c"])
        return " ".join(play.select())

    pairs = {
        f"{x} {y}": p * q / (1 - p)
        for x, p in ALTERNATIVES.items()
        for y, q in ALTERNATIVES.items()
        if x != y
    }
    assert_frequencies(draw, pairs)


def test_a_batch_ends_where_no_goal_is_left():
    play = start(ALTERNATIVES, 0, batch_size=5)
    play.expand("root", ["a"], ["b"], ["c"])
    assert sorted(play.select()) == ["a", "b", "c"]
    assert play.select() == []
    play.expand("a", None)
    assert sorted(play.select()) == ["b", "c"]  # they were not expanded, so they enter again
    play.expand("b", None)
    play.expand("c", None)
    sampler = play.search._sampler
    assert sampler is not None
    assert not list(sampler.chosen)


@pytest.mark.parametrize("seed", range(20))
def test_a_low_temperature_takes_the_best(seed):
    """0.5 is the best of three, then 0.9 of the three that are left; nothing overflows."""
    play = start({**ALTERNATIVES, "d": 0.9}, seed, temperature=1e-6)
    play.expand("root", ["b"], ["a"], ["c"])
    assert play.select() == ["a"]
    play.expand("a", ["d"])
    assert play.select() == ["d"]
    play.expand("d")
    assert play.select() == ["b"]


def test_what_is_recorded():
    """x at depth 2: initial = log(0.4 * 0.9^2), context = up(b) = log(0.5 * 0.9)."""
    play = start({"x": 0.4}, 0, depth_discount=0.9)
    play.expand("root", ["a", "b"])
    play.expand("a", ["x"])
    play.graph.exhaust(play.node("b"))
    assert play.select() == []  # nothing can come of x without b
    play = start({"x": 0.4}, 0, depth_discount=0.9)
    play.expand("root", ["a", "b"])
    play.expand("a", ["x"])
    selections: dict[str, Selection] = {}
    while len(selections) < 2:
        (selection,) = play.search.get_goals()
        selections[selection.node.goal.key] = selection
    initial, context = math.log(0.4 * 0.81), math.log(0.45)
    assert selections["x"].score == selections["b"].score == pytest.approx(initial + context)
    details = dict(selections["x"].details)
    assert math.isfinite(details.pop("gumbel"))
    assert details == pytest.approx(
        {"log_probability": math.log(0.4), "depth": 2.0, "initial": initial, "context": context}
    )
