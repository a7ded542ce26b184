"""Models in a process of their own, shared by workers in other processes."""

from __future__ import annotations

import uuid
import weakref
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from typing import Protocol

from bait_core.batching.shared_models import SharedGoalModel, SharedTacticModel
from bait_core.domain import Goal, PremiseSet, Suggestion
from bait_core.errors import ExecutionError
from bait_core.execution.job import SearchJob
from bait_core.protocols import TacticRequest

_MOST_PREMISE_SETS = 256
_ATTEMPTS = 5

Wire = tuple[Goal, str]
"""A tactic request as it is sent: the goal, and the token of its premise set."""


def open_models(job: SearchJob) -> tuple[SharedTacticModel, SharedGoalModel | None]:
    """Make the models of a job in this process."""
    batching = job.run.batching
    goal_model = job.make_goal_model()
    return (
        SharedTacticModel(job.make_tactic_model(), job.settings.tactics, batching),
        SharedGoalModel(goal_model, batching) if goal_model is not None else None,
    )


class Host(Protocol):
    """The models' process as seen by workers; raises ExecutionError if it has died."""

    def add_premises(self, premises: Mapping[str, PremiseSet]) -> None:
        """See `ModelHost`."""
        ...

    def get_tactics(self, requests: Sequence[Wire]) -> list[list[Suggestion]] | None:
        """See `ModelHost`."""
        ...

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """See `ModelHost`."""
        ...


class ModelHost:
    """Holds the models of a job and serves several workers concurrently.

    Premise sets are large and therefore sent once: requests refer to them by tokens, which their
    senders choose.
    """

    def __init__(self) -> None:
        self._premises: OrderedDict[str, PremiseSet] = OrderedDict()

    def open(self, job: SearchJob) -> None:
        """Make the models; not in the constructor, whose errors reach callers as text only.

        Raises:
            BaitError: They can't be made.
        """
        self._tactic_model, self._goal_model = open_models(job)

    def add_premises(self, premises: Mapping[str, PremiseSet]) -> None:
        """Cache premise sets by their tokens; the oldest are evicted."""
        for token, premise_set in premises.items():
            self._premises[token] = premise_set
        while len(self._premises) > _MOST_PREMISE_SETS:
            self._premises.popitem(last=False)

    def get_tactics(self, requests: Sequence[Wire]) -> list[list[Suggestion]] | None:
        """Suggestions for each request, in order; None if a premise set is not cached."""
        known = self._premises
        try:
            resolved = [TacticRequest(goal, known[token]) for goal, token in requests]
        except KeyError:
            return None
        return self._tactic_model.get_tactics(resolved)

    def score_goals(self, goals: Sequence[Goal]) -> list[float]:
        """The log-probability that each goal can be proved, in order."""
        if self._goal_model is None:
            raise ExecutionError("this search uses no goal model")
        return self._goal_model.score_goals(goals)


class HostedTacticModel:
    """A tactic model in another process.

    Args:
        host: The process that holds it.
    """

    def __init__(self, host: Host) -> None:
        self._host = host
        self._tokens: weakref.WeakKeyDictionary[PremiseSet, str] = weakref.WeakKeyDictionary()

    def get_tactics(self, requests: Sequence[TacticRequest]) -> list[list[Suggestion]]:
        """At most `n` distinct suggestions for each request, in order.

        Raises:
            ModelError: The model's result breaks its contract.
            ExecutionError: The model's process has died.
        """
        wires = [(request.goal, self._token(request.premises)) for request in requests]
        for _ in range(_ATTEMPTS):
            answers = self._host.get_tactics(wires)
            if answers is not None:
                return answers
            self._host.add_premises(
                {token: r.premises for (_, token), r in zip(wires, requests, strict=True)}
            )
        raise ExecutionError(
            "the models' process evicts premise sets as fast as they are sent to it",
            hint="Use fewer workers for each model replica.",
        )

    def _token(self, premises: PremiseSet) -> str:
        token = self._tokens.get(premises)
        if token is None:
            token = self._tokens[premises] = uuid.uuid4().hex
        return token
