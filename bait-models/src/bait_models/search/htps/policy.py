"""The policies of HTPS, which decide which tactic of a goal to follow."""

from __future__ import annotations

import math
import random
from collections.abc import Callable

from bait_models.search.htps.statistics import KILLED, GoalStatistics

Policy = Callable[[GoalStatistics, float], list[float]]
"""Scores the tactics of a goal, given the exploration constant c; killed ones get `KILLED`."""

_TOLERANCE = 1e-6
_MAX_ITERATIONS = 50
_TINY = 1e-12  # keeps alpha away from q where a prior is almost 0


def alpha_zero(goal: GoalStatistics, exploration: float) -> list[float]:
    """PUCT: q + c * prior * sqrt(sum of C) / (1 + C), where C = N + VC.

    Source: HTPS (arXiv 2205.11491), section on selection, after AlphaZero. Until something has
    been chosen at the goal, the sum is 0, all scores are equal, and the first tactic is followed.
    """
    factor = exploration * math.sqrt(goal.count)
    return [q + factor * share for q, share in zip(goal.q, goal.discounted, strict=True)]


def regularised(goal: GoalStatistics, exploration: float) -> list[float]:
    """Regularised policy optimisation: lambda * prior / (alpha - q), which sums to 1.

    lambda = c * sqrt(sum of C) / sum of (1 + C). Source: Grill et al., "Monte-Carlo tree search as
    regularized policy optimization" (arXiv 2007.12509), section 3; it is the second policy of
    HTPS. While lambda is 0 the scores are the q.
    """
    factor = exploration * math.sqrt(goal.count) / (goal.alive + goal.count)
    weighted = [
        (q, factor * prior)
        for q, prior in zip(goal.q, goal.priors, strict=True)
        if q != KILLED and prior
    ]
    if not factor or not weighted:
        return goal.q
    alpha = _normaliser(weighted)
    return [
        KILLED if q == KILLED else factor * prior / (alpha - q)
        for q, prior in zip(goal.q, goal.priors, strict=True)
    ]


def _normaliser(weighted: list[tuple[float, float]]) -> float:
    """The alpha at which the shares w / (alpha - q) of all pairs (q, w) sum to 1, by Newton.

    Newton's method is applied to 1 / sum, which increases with alpha and is concave, so that it
    can't overshoot from the left of the solution. It takes 3 to 5 iterations where bisection takes
    20. It starts at the larger of two lower bounds: each single share is at most 1; and by
    Jensen's inequality the sum is at least what it would be with all q at their weighted mean.
    """
    total = sum([w for _, w in weighted])
    mean = sum([q * w for q, w in weighted]) / total
    alpha = max(total + mean, max([q + w for q, w in weighted]) + _TINY)
    for _ in range(_MAX_ITERATIONS):
        shares = slope = 0.0
        for q, w in weighted:
            inverse = 1 / (alpha - q)
            shares += w * inverse
            slope += w * inverse * inverse
        if shares - 1 < _TOLERANCE:
            break
        alpha += shares * (shares - 1) / slope
    return alpha


POLICIES: dict[str, Policy] = {"alpha_zero": alpha_zero, "regularised": regularised}


def sample(scores: list[float], temperature: float, rng: random.Random) -> int:
    """Draw a position in proportion to score^(1 / temperature); never a killed one.

    Args:
        scores: At least 0, or `KILLED`; at least one must not be killed.
        temperature: Positive.
        rng: Source of randomness.
    """
    best = max(scores)
    if not best:
        return rng.choice([i for i, score in enumerate(scores) if score != KILLED])
    weights = [(max(score, 0.0) / best) ** (1 / temperature) for score in scores]
    return rng.choices(range(len(scores)), weights)[0]
