"""One worker: what runs in a worker process or in a Ray actor."""

from __future__ import annotations

import os
from contextlib import ExitStack

from bait_core.domain import Theorem
from bait_core.execution.garbage_collection import rare_collections
from bait_core.execution.hosting import Host, HostedTacticModel, open_models
from bait_core.execution.job import SearchJob
from bait_core.proof_search import Attempt, Searcher
from bait_core.proof_search.budget import Budget
from bait_core.proof_search.models import GoalScorer, TacticSource
from bait_core.proof_search.recording import trace_record
from bait_core.traces import encode_record


class SearchWorker:
    """Proves one theorem after another.

    Args:
        job: What to run.
        host: Holds the models; None if the worker makes its own.

    Raises:
        BaitError: A part of the job can't be made.
    """

    def __init__(self, job: SearchJob, host: Host | None) -> None:
        self._job = job
        self._budget = Budget(None, None)
        self._resources = ExitStack()
        self._search = job.make_search()
        models = _models(job, host)
        environment = self._resources.enter_context(job.open_environment())
        self._searcher = Searcher(environment, *models, job.settings)

    def process_id(self) -> int:
        """The process it runs in; a reply means that the worker is ready."""
        return os.getpid()

    def prove(self, theorem: Theorem, seconds: float | None) -> bytes:
        """Search for a proof.

        Args:
            theorem: What to prove.
            seconds: Remaining wall time of the run; None if it is not limited.

        Returns:
            The encoded record.

        Raises:
            ExecutionError: The models can't be reached.
        """
        attempt = Attempt(theorem)
        with rare_collections():
            self._searcher.search(attempt, self._search, Budget(seconds, None, parent=self._budget))
        return encode_record(trace_record(attempt, self._job.configuration, self._job.versions))

    def cancel(self) -> None:
        """End the current search after its current tactic, and all later ones at once."""
        self._budget.cancel()

    def close(self) -> None:
        """End the provers; from any thread."""
        self._resources.close()


def _models(job: SearchJob, host: Host | None) -> tuple[TacticSource, GoalScorer | None]:
    if host is None:
        return open_models(job)
    return HostedTacticModel(host), host if "goal_model" in job.plugins else None
