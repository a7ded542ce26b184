"""One tactic model shared by concurrent searches."""

from __future__ import annotations

import math
import threading
from collections import deque
from collections.abc import Sequence
from concurrent.futures import Future

from bait_core.domain import Suggestion
from bait_core.errors import ModelError
from bait_core.protocols import TacticModel, TacticRequest


class SharedModel:
    """Merges the requests of concurrent threads into batches for one tactic model.

    While the model works on one batch, requests queue up and make the next: nobody waits for a
    batch to fill, and a slow model gets large ones. The thread that finds the model free serves
    all that are waiting. Answers are validated here, once for all searches.

    Args:
        model: The model; it is called by one thread at a time.
        n: Number of tactics to ask for per goal.
        max_batch: Most goals per call.
    """

    def __init__(self, model: TacticModel, n: int, max_batch: int = 64) -> None:
        self._model = model
        self._n = n
        self._max_batch = max_batch
        self._turn = threading.Lock()
        self._waiting: deque[tuple[TacticRequest, Future[list[Suggestion]]]] = deque()

    def get_tactics(self, requests: Sequence[TacticRequest]) -> list[list[Suggestion]]:
        """Distinct suggestions for each request, in order.

        Raises:
            ModelError: The model's answer breaks its contract.
        """
        tickets = [(request, Future[list[Suggestion]]()) for request in requests]
        self._waiting.extend(tickets)
        for _, future in tickets:
            while not future.done():
                with self._turn:
                    if not future.done():
                        self._serve()
        return [future.result() for _, future in tickets]

    def _serve(self) -> None:
        size = min(len(self._waiting), self._max_batch)
        batch = [self._waiting.popleft() for _ in range(size)]
        try:
            answers = self._model.get_tactics([request for request, _ in batch], self._n)
            if len(answers) != len(batch):
                raise ModelError(
                    f"the tactic model answered {len(batch)} goals with {len(answers)} lists",
                    hint="`get_tactics` must return one list per request, in order.",
                )
            results = [_validated(answer, self._n) for answer in answers]
        except BaseException as error:
            for _, future in batch:
                future.set_exception(error)
            if not isinstance(error, Exception):
                raise
            return
        for (_, future), result in zip(batch, results, strict=True):
            future.set_result(result)


def _validated(suggestions: Sequence[Suggestion], n: int) -> list[Suggestion]:
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
