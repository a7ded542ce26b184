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

_MAX_CHARACTERS = 100
"""Longest representation of a value in an error message."""


class SharedTacticModel:
    """A tactic model shared by concurrent searches, whose results are validated.

    Results are cached by goal and premise set (see `Batcher`), without keeping premise sets
    alive. An instance belongs to one run with one loaded model.

    Args:
        model: The model.
        n: Number of tactics to request per goal.
        settings: The batching settings.
    """

    def __init__(self, model: TacticModel, n: int, settings: BatchingSettings) -> None:
        self._model = model
        self._n = n
        self._batcher: Batcher[TacticRequest, tuple[Suggestion, ...]] = Batcher(
            self._call, settings, _request_key
        )

    def client(self) -> AbstractContextManager[None]:
        """Register this thread's search while the block runs."""
        return self._batcher.client()

    def get_tactics(self, requests: Sequence[TacticRequest]) -> list[list[Suggestion]]:
        """At most `n` distinct suggestions for each request, in order.

        Raises:
            ModelError: The model's result breaks its contract.
        """
        return [list(suggestions) for suggestions in self._batcher.ask(requests)]

    def _call(self, requests: list[TacticRequest]) -> list[tuple[Suggestion, ...]]:
        results = self._model.get_tactics(requests, self._n)
        _check_length(results, len(requests), "tactic model", "list of suggestions")
        return [
            _distinct(suggestions, self._n, request.goal)
            for suggestions, request in zip(results, requests, strict=True)
        ]


class SharedGoalModel:
    """A goal model shared by concurrent searches, whose scores are validated.

    Scores are cached by goal (see `Batcher`). An instance belongs to one run with one loaded model.

    Args:
        model: The model.
        settings: The batching settings.
    """

    def __init__(self, model: GoalModel, settings: BatchingSettings) -> None:
        self._model = model
        self._batcher: Batcher[Goal, float] = Batcher(self._call, settings, _goal_key)

    def client(self) -> AbstractContextManager[None]:
        """Register this thread's search while the block runs."""
        return self._batcher.client()

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The log-probability that each goal can be proved, in order.

        Raises:
            ModelError: The model's result breaks its contract.
        """
        return self._batcher.ask(goals)

    def _call(self, goals: list[Goal]) -> list[float]:
        scores = self._model.score_goals(goals)
        _check_length(scores, len(goals), "goal model", "log-probability")
        return [_checked_score(score, goal) for score, goal in zip(scores, goals, strict=True)]


def _request_key(request: TacticRequest) -> Hashable:
    """The cache key of a request: equal for equal goals with the identical premise set.

    Keys outlive requests. Weak references are equal if they refer to the same live set, so a set
    created later can't be mistaken for a deleted one, as its address could.
    """
    return request.goal.key, weakref.ref(request.premises)


def _goal_key(goal: Goal) -> Hashable:
    return goal.key


def _check_length(results: Any, expected: int, model: str, kind: str) -> None:
    try:
        number = len(results)
    except TypeError:
        raise ModelError(
            f"the {model} returned {_abbreviated(results)} for {expected} goals",
            hint=f"It must return a list with one {kind} per goal, in order.",
        ) from None
    if number != expected:
        raise ModelError(
            f"the {model} returned {number} results for {expected} goals",
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
        f"the goal model gave the goal {_abbreviated(goal.text)} the score {_abbreviated(score)}",
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
            f"the tactic model suggested {_abbreviated(suggestion)} for the goal "
            f"{_abbreviated(goal.text)}",
            hint="A suggestion is a pair of a text that is not blank and its log-probability, "
            "which is a finite number and at most 0.",
        ) from None
    return tuple(distinct.values())


def _abbreviated(value: object) -> str:
    """The representation of a value, cut to a readable length."""
    text = repr(value)
    return text if len(text) <= _MAX_CHARACTERS else f"{text[:_MAX_CHARACTERS]}..."
