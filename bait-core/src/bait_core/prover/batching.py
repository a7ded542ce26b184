"""Models shared by concurrent searches."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from typing import Generic, TypeVar

from bait_core.domain import Goal, Suggestion
from bait_core.errors import ModelError
from bait_core.protocols import GoalModel, TacticModel, TacticRequest
from bait_core.prover.options import BatchingSettings

Question = TypeVar("Question")
Answer = TypeVar("Answer")


class Batcher(Generic[Question, Answer]):
    """Merges the questions of concurrent threads into batches for one model.

    While the model works on one batch, questions queue up and make the next: nobody waits for a
    batch to fill, and a slow model gets large ones. The thread that finds the model free serves
    all that are waiting.

    Args:
        call: Answers a batch, in order; it is called by one thread at a time.
        settings: How large batches get.
    """

    def __init__(
        self, call: Callable[[list[Question]], list[Answer]], settings: BatchingSettings
    ) -> None:
        self._call = call
        self._settings = settings
        self._turn = threading.Lock()
        self._waiting: deque[tuple[Question, Future[Answer]]] = deque()

    def ask(self, questions: Sequence[Question]) -> list[Answer]:
        """The answers, in order; raises what the call that was to answer raised."""
        tickets = [(question, Future[Answer]()) for question in questions]
        self._waiting.extend(tickets)
        for _, future in tickets:
            while not future.done():
                with self._turn:
                    if not future.done():
                        self._serve()
        return [future.result() for _, future in tickets]

    def _serve(self) -> None:
        size = min(len(self._waiting), self._settings.max_batch)
        batch = [self._waiting.popleft() for _ in range(size)]
        try:
            answers = self._call([question for question, _ in batch])
        except BaseException as error:
            for _, future in batch:
                future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), answer in zip(batch, answers, strict=True):
            future.set_result(answer)


class SharedTacticModel:
    """A tactic model that concurrent searches share; its answers are validated for all of them.

    Args:
        model: The model.
        n: Number of tactics to ask for per goal.
        settings: How questions are merged.
    """

    def __init__(self, model: TacticModel, n: int, settings: BatchingSettings) -> None:
        self._model = model
        self._n = n
        self._batcher = Batcher(self._call, settings)

    def get_tactics(self, requests: Sequence[TacticRequest]) -> list[list[Suggestion]]:
        """At most `n` distinct suggestions for each request, in order.

        Raises:
            ModelError: The model's answer breaks its contract.
        """
        return self._batcher.ask(requests)

    def _call(self, requests: list[TacticRequest]) -> list[list[Suggestion]]:
        answers = self._model.get_tactics(requests, self._n)
        if len(answers) != len(requests):
            raise ModelError(
                f"the tactic model answered {len(requests)} goals with {len(answers)} lists",
                hint="`get_tactics` must return one list per request, in order.",
            )
        return [_distinct(answer, self._n) for answer in answers]


class SharedGoalModel:
    """A goal model that concurrent searches share; its answers are validated for all of them.

    Args:
        model: The model.
        settings: How questions are merged.
    """

    def __init__(self, model: GoalModel, settings: BatchingSettings) -> None:
        self._model = model
        self._batcher = Batcher(self._call, settings)

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The log-probability that each goal can be proved, in order.

        Raises:
            ModelError: The model's answer breaks its contract.
        """
        return self._batcher.ask(goals)

    def _call(self, goals: list[Goal]) -> list[float]:
        scores = self._model.score_goals(goals)
        if len(scores) != len(goals):
            raise ModelError(
                f"the goal model answered {len(goals)} goals with {len(scores)} scores",
                hint="`score_goals` must return one log-probability per goal, in order.",
            )
        for goal, score in zip(goals, scores, strict=True):
            if not -math.inf < score <= 0:
                raise ModelError(
                    f"the goal model gave the goal {goal.text!r} the log-probability {score}",
                    hint="Log-probabilities must be finite and at most 0.",
                )
        return [float(score) for score in scores]


def _distinct(suggestions: Sequence[Suggestion], n: int) -> list[Suggestion]:
    """The first `n` suggestions with duplicates dropped, or ModelError for a bad one."""
    distinct: dict[str, Suggestion] = {}
    for suggestion in suggestions:
        tactic, log_probability = suggestion
        if not tactic.strip() or not -math.inf < log_probability <= 0:
            raise ModelError(
                f"the tactic model suggested {tactic!r} with log-probability {log_probability}",
                hint="Tactics must have text, and log-probabilities be finite and at most 0.",
            )
        distinct.setdefault(tactic, suggestion)
        if len(distinct) == n:
            break
    return list(distinct.values())
