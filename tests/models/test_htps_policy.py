"""The statistics and policies of HTPS: formulas by hand, and what must hold for any numbers."""

from __future__ import annotations

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.domain import Goal, Subgoals, Suggestion
from bait_core.graph import ProofGraph
from bait_models.search.htps.policy import alpha_zero, regularised, sample
from bait_models.search.htps.statistics import KILLED, GoalStatistics


def statistics_of(*tactics: tuple[float, int, int, float]) -> GoalStatistics:
    """A goal with tactics (prior, N, VC, W), of which the first is the most probable."""
    graph = ProofGraph(Goal("root", ""))
    graph.add_edges(
        graph.root,
        [Suggestion(f"t{i}", math.log(prior)) for i, (prior, *_) in enumerate(tactics)],
        [Subgoals((Goal(f"s{i}", ""),)) for i in range(len(tactics))],
    )
    statistics = GoalStatistics(graph.root)
    for i, (_, visits, virtual, total) in enumerate(tactics):
        for _ in range(visits + virtual):
            statistics.begin(i)
        for _ in range(visits):
            statistics.back_up(i, total / visits)
    return statistics


def test_q_counts_virtual_visits_as_losses():
    """C = 0: 0.5; N = 0: 0.5 / VC; otherwise W / (N + VC)."""
    goal = statistics_of((0.4, 0, 0, 0.0), (0.3, 0, 2, 0.0), (0.2, 3, 0, 2.4), (0.1, 3, 1, 2.4))
    assert goal.q == pytest.approx([0.5, 0.25, 0.8, 0.6])
    assert goal.count == 9
    goal.withdraw(1)
    goal.withdraw(1)
    assert goal.q == pytest.approx([0.5, 0.5, 0.8, 0.6])
    assert goal.count == 7


def test_killed_tactics_no_longer_count_and_keep_their_books():
    goal = statistics_of((0.5, 2, 1, 0.8), (0.3, 1, 0, 0.6), (0.2, 0, 0, 0.0))
    goal.kill(0)
    assert (goal.count, goal.alive) == (1, 2)
    assert alpha_zero(goal, 1.0) == pytest.approx([KILLED, 0.6 + 0.15, 0.5 + 0.2])
    goal.back_up(0, 0.1)
    assert (goal.count, goal.q[0]) == (1, KILLED)
    books = goal.of(goal.edges[0])
    assert (books.visits, books.virtual_visits, books.is_killed) == (3, 0, True)
    assert books.total == pytest.approx(0.9)
    assert books.prior == pytest.approx(0.5)


def test_the_regularised_policy_solves_its_equation():
    """Two tactics with equal shares w: alpha - (q1 + q2)/2 = x with x^2 - 2wx - d^2 = 0, d half
    their difference. q = .8, .4; N = 2, 2: lambda = sqrt(4)/6 = 1/3, w = 1/6, d = .2, so
    x = 1/6 + sqrt(1/36 + .04) = .42701 and the shares are w/(x - d) = .73414, w/(x + d) = .26581.
    """
    goal = statistics_of((0.5, 2, 0, 1.6), (0.5, 2, 0, 0.8))
    x = 1 / 6 + math.sqrt(1 / 36 + 0.04)
    shares = [1 / 6 / (x - 0.2), 1 / 6 / (x + 0.2)]
    assert regularised(goal, 1.0) == pytest.approx(shares, abs=1e-5)
    assert regularised(goal, 1.0) == pytest.approx([0.73414, 0.26581], abs=1e-4)


def test_the_regularised_policy_leaves_killed_tactics_out():
    """The tactics of the test above, and a killed one that has no part in lambda: sum of (1 + C)
    is 6 again. The priors are now .25 each, so w = 1/12: x = 1/12 + sqrt(1/144 + .04) = .3, and
    the shares are 1/12 / (.3 - .2) = 5/6 and 1/12 / (.3 + .2) = 1/6."""
    goal = statistics_of((0.5, 3, 0, 0.3), (0.25, 2, 0, 1.6), (0.25, 2, 0, 0.8))
    goal.kill(0)
    assert regularised(goal, 1.0) == pytest.approx([KILLED, 5 / 6, 1 / 6], abs=1e-5)


def test_the_regularised_policy_bears_priors_of_next_to_nothing():
    """q + w is q for both that are left, so that alpha could not be told from q = 1."""
    goal = statistics_of((1.0, 1, 0, 0.0), (1e-20, 1, 0, 1.0), (1e-300, 1, 0, 1.0))
    goal.kill(0)
    _, second, third = regularised(goal, 1.0)
    assert 1 > second > third >= 0


@given(
    tactics=st.lists(
        st.tuples(st.floats(1e-300, 1), st.integers(0, 30), st.integers(0, 30), st.floats(0, 1)),
        min_size=1,
        max_size=12,
    ),
    exploration=st.sampled_from([0.0, 1e-9, 0.01, 1.0, 5.0, 1e6]),
    killed=st.integers(0, 11),
)
def test_the_regularised_policy_is_a_distribution(tactics, exploration, killed):
    goal = statistics_of(*((p, n, vc, n * value) for p, n, vc, value in tactics))
    if killed < len(tactics) > 1:
        goal.kill(killed)
    scores = regularised(goal, exploration)
    live = [score for score in scores if score != KILLED]
    assert len(live) == goal.alive
    assert all(score >= 0 for score in live)
    if exploration >= 0.01 and goal.count and min(p for p, *_ in tactics) > 1e-3:
        assert sum(live) == pytest.approx(1.0, abs=1e-4)


def test_sampling_draws_positions_by_score_and_never_killed_ones():
    """.8^2 : .4^2 = 4 : 1 at temperature 1/2, so 800 of 1000 with a deviation of 13."""
    rng = random.Random(1)
    draws = [sample([KILLED, 0.8, 0.4, KILLED], 0.5, rng) for _ in range(1000)]
    assert set(draws) == {1, 2}
    assert 740 < draws.count(1) < 860
    assert {sample([0.0, KILLED, 0.0], 0.5, rng) for _ in range(50)} == {0, 2}
    assert {sample([0.3, 0.300001], 1e-9, rng) for _ in range(50)} == {1}
