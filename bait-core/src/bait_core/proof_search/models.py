"""The models as a search sees them, in this process or elsewhere."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from bait_core.domain import Goal, Suggestion
from bait_core.graph import GoalNode
from bait_core.proof_search.attempt import Attempt
from bait_core.protocols import TacticRequest


class TacticSource(Protocol):
    """Suggests tactics; used by several searches at a time."""

    def get_tactics(self, requests: Sequence[TacticRequest]) -> list[list[Suggestion]]:
        """A bounded number of distinct, valid suggestions for each request, in order."""
        ...


class GoalScorer(Protocol):
    """Scores goals; used by several searches at a time."""

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The valid log-probability that each goal can be proved, in order."""
        ...


class GoalScores:
    """Scores each goal of a search once, and records the scores.

    Args:
        model: The goal model; may be shared with other searches.
        attempt: Where scores, and the time they took, are recorded.
    """

    def __init__(self, model: GoalScorer, attempt: Attempt) -> None:
        self._model = model
        self._attempt = attempt

    def __call__(self, nodes: Sequence[GoalNode]) -> list[float]:
        """Log-probabilities that the goals can be proved, in order.

        Raises:
            ModelError: The model's result breaks its contract.
        """
        known = self._attempt.goal_scores
        new = {node.index: node.goal for node in nodes if node.index not in known}
        if new:
            with self._attempt.timings.measure("model"):
                scores = self._model.score_goals(list(new.values()))
            known.update(zip(new, scores, strict=True))
        return [known[node.index] for node in nodes]
