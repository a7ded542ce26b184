"""The goal models that need no training."""

from __future__ import annotations

import math

import pytest

from bait_core.domain import Goal
from bait_core.errors import ConfigurationError
from bait_core.plugins.build import make_goal_model


def test_size_counts_words_and_signs():
    """`x : Nat ⊢ x + 0 = x` has the tokens x : Nat ⊢ x + 0 = x, which are 9."""
    model = make_goal_model("size", {"scale": 9})
    (score,) = model.score_goals([Goal("k", "x : Nat\n⊢ x + 0 = x")])
    assert score == pytest.approx(math.log(0.5))


def test_size_puts_the_empty_goal_at_certainty_and_more_text_lower():
    model = make_goal_model("size")
    scores = model.score_goals([Goal(str(n), "a " * n) for n in (0, 1, 10, 1000)])
    assert scores[0] == 0
    assert scores == sorted(scores, reverse=True)
    assert all(map(math.isfinite, scores))


def test_constant_does_not_look():
    model = make_goal_model("constant", {"probability": 0.25})
    assert model.score_goals([Goal("a", "a"), Goal("b", "b b b")]) == [math.log(0.25)] * 2


@pytest.mark.parametrize(
    ("name", "options"),
    [("size", {"scale": 0}), ("constant", {"probability": 0}), ("constant", {"probability": 1.5})],
)
def test_impossible_options_are_refused(name, options):
    with pytest.raises(ConfigurationError):
        make_goal_model(name, options)
