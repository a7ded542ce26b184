"""The contract of a goal model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bait_core.domain import Goal


class GoalModel(Protocol):
    """Scores goals. Called by one thread at a time, with goals of several searches."""

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """Estimate the probability that each goal can be proved.

        Args:
            goals: A batch, which may mix goals of different theorems.

        Returns:
            For each goal, in order, the natural logarithm of the probability that it has a
            proof; finite, at most 0.
        """
        ...
