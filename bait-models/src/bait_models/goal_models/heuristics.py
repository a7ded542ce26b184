"""Goal models that need no training."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence

from bait_core import Goal
from bait_models.goal_models.options import ConstantOptions, SizeOptions

_TOKEN = re.compile(r"\w+|[^\w\s]")


class SizeModel:
    """Rates large goals as hard: p = 1 / (1 + tokens / scale).

    Tokens are the words and the other single symbols of the goal's text, including hypotheses. The
    numbers aren't measured frequencies; they only rank small goals before large ones, and few
    goals before many.
    """

    def __init__(self, options: SizeOptions) -> None:
        self._scale = options.scale

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """-log(1 + tokens / scale) for each goal, in order."""
        return [-math.log1p(len(_TOKEN.findall(goal.text)) / self._scale) for goal in goals]


class ConstantModel:
    """Gives all goals the same probability, so that a search relies on its own statistics alone."""

    def __init__(self, options: ConstantOptions) -> None:
        self._score = math.log(options.probability)

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The logarithm of the configured probability, for each goal."""
        return [self._score] * len(goals)
