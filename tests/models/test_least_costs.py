"""Incremental least costs against a computation from scratch, and by hand on small graphs."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bait_models.search.updown.least_costs import OWN, Hyperedge, LeastCosts


class Naive:
    """The same changes, and costs by relaxing every hyperedge until nothing changes."""

    def __init__(self) -> None:
        self.own: list[float] = []
        self.hyperedges: list[tuple[int, tuple[int, ...], list[float]]] = []

    def costs(self) -> list[float]:
        costs = list(self.own)
        changed = True
        while changed:
            changed = False
            for goal, subgoals, (weight,) in self.hyperedges:
                cost = weight
                for subgoal in subgoals:
                    cost += costs[subgoal]
                if cost < costs[goal]:
                    costs[goal] = cost
                    changed = True
        return costs


def assert_consistent(costs: LeastCosts, naive: Naive) -> None:
    """Costs are equal to the last bit, and choices attain them without leading in circles."""
    assert costs.costs == naive.costs()
    grounded: set[int] = set()
    rest = {goal for goal, cost in enumerate(costs.costs) if cost < math.inf}
    while rest:
        ready = set()
        for goal in rest:
            choice = costs.choices[goal]
            if choice == OWN:
                assert costs.costs[goal] == naive.own[goal]
                ready.add(goal)
                continue
            hyperedge = costs.hyperedges[goal][choice - 1]
            assert (hyperedge.goal, hyperedge.choice) == (goal, choice)
            if grounded.issuperset(hyperedge.subgoals):
                cost = hyperedge.weight
                for subgoal in hyperedge.subgoals:
                    cost += costs.costs[subgoal]
                assert costs.costs[goal] == cost
                ready.add(goal)
        assert ready, f"goals {rest} support each other in a circle"
        grounded |= ready
        rest -= ready


def play(
    rng: random.Random,
    draw_own: Callable[[], float],
    draw_weight: Callable[[], float],
    most_subgoals: int,
) -> None:
    costs, naive = LeastCosts(), Naive()
    hyperedges: list[tuple[Hyperedge, list[float]]] = []
    for _ in range(rng.randrange(5, 40)):
        for _ in range(rng.randrange(1, 6)):
            move = rng.random()
            if not naive.own or (move < 0.3 and len(naive.own) < 9):
                own = draw_own()
                costs.add_goal(own)
                naive.own.append(own)
            elif move < 0.65:
                goal = rng.randrange(len(naive.own))
                count = rng.randrange(1, most_subgoals + 1)
                subgoals = tuple(rng.randrange(len(naive.own)) for _ in range(count))
                weight = [draw_weight()]
                hyperedges.append((costs.add_hyperedge(goal, subgoals, *weight), weight))
                naive.hyperedges.append((goal, subgoals, weight))
            elif move < 0.85 or not hyperedges:
                goal = rng.randrange(len(naive.own))
                naive.own[goal] = draw_own()
                costs.set_own(goal, naive.own[goal])
            else:
                hyperedge, weight = rng.choice(hyperedges)
                weight[0] = draw_weight()
                costs.set_weight(hyperedge, *weight)
        before = list(costs.costs)
        touched = set(costs.update())
        assert_consistent(costs, naive)
        assert all(costs.costs[g] == before[g] for g in range(len(before)) if g not in touched)


TIES = (0.0, 0.0, 0.1, 0.2, 0.3, 1.0, math.inf, math.inf)


@settings(max_examples=500, deadline=None)
@given(st.integers(0, 2**32))
def test_any_changes_agree_with_a_computation_from_scratch(seed):
    """With many ties, zeros and infinities, shared goals, repeated subgoals and cycles."""
    rng = random.Random(seed)
    play(rng, lambda: rng.choice(TIES), lambda: 0.0, most_subgoals=3)


@settings(max_examples=200, deadline=None)
@given(st.integers(0, 2**32))
def test_without_ties_too(seed):
    rng = random.Random(seed)
    play(rng, rng.random, lambda: rng.choice((0.0, rng.random(), math.inf)), most_subgoals=3)


@settings(max_examples=300, deadline=None)
@given(st.integers(0, 2**32))
def test_own_costs_may_be_negative_where_ways_have_one_subgoal(seed):
    rng = random.Random(seed)
    own = (-2.0, -1.0, -0.3, 0.0, 0.5, math.inf)
    play(rng, lambda: rng.choice(own), lambda: rng.choice(TIES), most_subgoals=1)


def build(own: Sequence[float], *hyperedges: tuple[int, tuple[int, ...]]) -> LeastCosts:
    costs = LeastCosts()
    for cost in own:
        costs.add_goal(cost)
    for goal, subgoals in hyperedges:
        costs.add_hyperedge(goal, subgoals)
    costs.update()
    return costs


def test_a_circle_does_not_support_itself():
    """0 and 1 lead to each other for nothing; once goal 2 is lost, both cost infinitely much."""
    costs = build([math.inf, math.inf, 3.0], (0, (1,)), (1, (0,)), (1, (2,)))
    assert costs.costs == [3.0, 3.0, 3.0]
    costs.set_own(2, math.inf)
    costs.update()
    assert costs.costs == [math.inf] * 3


def test_an_equal_alternative_leaves_the_goals_above_alone():
    """Goal 1 costs 2 by itself, then as much by goal 2: goal 0 above it need not be touched."""
    costs = build([math.inf, 2.0], (0, (1,)))
    costs.add_goal(2.0)
    costs.add_hyperedge(1, (2,))
    costs.set_own(1, math.inf)
    assert costs.update() == []
    assert costs.costs == [2.0, 2.0, 2.0]
    assert costs.choices == [1, 1, OWN]


def test_an_equal_alternative_that_rests_on_the_goal_is_not_taken():
    """Goal 1 costs 2 by goal 0, which costs that because of goal 1: without its own cost, 5."""
    costs = build([math.inf, 2.0, 5.0], (0, (1,)), (1, (0,)), (1, (2,)))
    assert costs.costs == [2.0, 2.0, 5.0]
    costs.set_own(1, math.inf)
    costs.update()
    assert costs.costs == [5.0, 5.0, 5.0]


@pytest.mark.parametrize("length", [5000])
def test_long_chains_need_no_recursion(length):
    hyperedges = [(goal, (goal + 1,)) for goal in range(length - 1)]
    costs = build([math.inf] * (length - 1) + [1.0], *hyperedges)
    assert costs.costs == [1.0] * length
    costs.set_own(length - 1, 2.0)
    assert len(costs.update()) == 2 * length  # each lost its cost, and got another
    assert costs.costs == [2.0] * length
