"""Where searches get tactics and goal scores: models shared in this process, or held elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bait_core.domain import Goal, Suggestion
from bait_core.protocols import TacticRequest


class TacticSource(Protocol):
    """Suggests tactics; used by several searches at a time."""

    def get_tactics(self, requests: Sequence[TacticRequest]) -> list[list[Suggestion]]:
        """A bounded number of distinct, valid suggestions for each request, in order."""
        ...


class GoalScorer(Protocol):
    """Judges goals; used by several searches at a time."""

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The valid log-probability of each goal's having a proof, in order."""
        ...
