"""Models shared by concurrent searches."""

from __future__ import annotations

import math
import weakref
from collections.abc import Hashable, Sequence
from contextlib import AbstractContextManager
from typing import Any

from bait_core.batching.batcher import Batcher
from bait_core.batching.settings import BatchingSettings
from bait_core.domain import Goal, Suggestion
from bait_core.errors import ModelError
from bait_core.protocols import GoalModel, TacticModel, TacticRequest

_MOST_SHOWN = 100
"""Characters of a value in an error message."""


class SharedTacticModel:
    """A tactic model that concurrent searches share; its answers are validated for all of them.

    Answers are remembered by goal and premise set (see `Batcher`), without keeping premise sets
    alive. It belongs to one run with one loaded model.

    Args:
        model: The model.
        n: Number of tactics to ask for per goal.
        settings: How questions are merged.
    """

    def __init__(self, model: TacticModel, n: int, settings: BatchingSettings) -> None:
        self._model = model
        self._n = n
        self._batcher: Batcher[TacticRequest, tuple[Suggestion, ...]] = Batcher(
            self._call, settings, _request_key
        )

    def client(self) -> AbstractContextManager[None]:
        """Announce this thread's search, as long as the block runs."""
        return self._batcher.client()

    def get_tactics(self, requests: Sequence[TacticRequest]) -> list[list[Suggestion]]:
        """At most `n` distinct suggestions for each request, in order.

        Raises:
            ModelError: The model's answer breaks its contract.
        """
        return [list(answer) for answer in self._batcher.ask(requests)]

    def _call(self, requests: list[TacticRequest]) -> list[tuple[Suggestion, ...]]:
        answers = self._model.get_tactics(requests, self._n)
        _check_length(answers, len(requests), "tactic model", "list of suggestions")
        return [
            _distinct(answer, self._n, request.goal)
            for answer, request in zip(answers, requests, strict=True)
        ]


class SharedGoalModel:
    """A goal model that concurrent searches share; its answers are validated for all of them.

    Answers are remembered by goal (see `Batcher`). It belongs to one run with one loaded model.

    Args:
        model: The model.
        settings: How questions are merged.
    """

    def __init__(self, model: GoalModel, settings: BatchingSettings) -> None:
        self._model = model
        self._batcher: Batcher[Goal, float] = Batcher(self._call, settings, _goal_key)

    def client(self) -> AbstractContextManager[None]:
        """Announce this thread's search, as long as the block runs."""
        return self._batcher.client()

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The log-probability that each goal can be proved, in order.

        Raises:
            ModelError: The model's answer breaks its contract.
        """
        return self._batcher.ask(goals)

    def _call(self, goals: list[Goal]) -> list[float]:
        scores = self._model.score_goals(goals)
        _check_length(scores, len(goals), "goal model", "log-probability")
        return [_checked_score(score, goal) for score, goal in zip(scores, goals, strict=True)]


def _request_key(request: TacticRequest) -> Hashable:
    """Equal for equal goals with the identical premise set.

    Keys outlive requests. A weak reference equals another if both lead to the same living set, so
    a set that is made later can't be taken for a dead one, as it could by its address.
    """
    return request.goal.key, weakref.ref(request.premises)


def _goal_key(goal: Goal) -> Hashable:
    return goal.key


def _check_length(answers: Any, expected: int, model: str, kind: str) -> None:
    try:
        number = len(answers)
    except TypeError:
        raise ModelError(
            f"the {model} answered {expected} goals with {_shown(answers)}",
            hint=f"It must return a list with one {kind} per goal, in order.",
        ) from None
    if number != expected:
        raise ModelError(
            f"the {model} answered {expected} goals with {number} answers",
            hint=f"It must return one {kind} per goal, in order.",
        )


def _checked_score(score: Any, goal: Goal) -> float:
    """The score as a float, or ModelError."""
    try:
        if -math.inf < score <= 0:
            return float(score)
    except (TypeError, ValueError):
        pass
    raise ModelError(
        f"the goal model gave the goal {_shown(goal.text)} the score {_shown(score)}",
        hint="Scores are log-probabilities: finite numbers, at most 0.",
    )


def _distinct(suggestions: Any, n: int, goal: Goal) -> tuple[Suggestion, ...]:
    """The first `n` suggestions with duplicates dropped, or ModelError for a bad one."""
    distinct: dict[str, Suggestion] = {}
    suggestion: Any = suggestions
    try:
        for suggestion in suggestions:
            tactic, log_probability = suggestion
            if tactic in distinct:
                continue
            if not tactic.strip() or not -math.inf < log_probability <= 0:
                raise ValueError
            if type(suggestion) is not Suggestion or type(log_probability) is not float:
                distinct[tactic] = Suggestion(tactic, float(log_probability))
            else:
                distinct[tactic] = suggestion
            if len(distinct) == n:
                break
    except (AttributeError, TypeError, ValueError):
        raise ModelError(
            f"the tactic model suggested {_shown(suggestion)} for the goal {_shown(goal.text)}",
            hint="A suggestion is a pair of a text that is not blank and its log-probability, "
            "which is a finite number and at most 0.",
        ) from None
    return tuple(distinct.values())


def _shown(value: object) -> str:
    """What something is, in a few words."""
    text = repr(value)
    return text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}..."
