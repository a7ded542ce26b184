"""Searches for proofs of many theorems, several at a time, in threads of this process."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import nullcontext
from typing import Protocol

from bait_core.batching.shared_models import SharedGoalModel, SharedTacticModel
from bait_core.domain import Theorem
from bait_core.execution.garbage_collection import rare_collections
from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Observer, SearchProgress
from bait_core.execution.settings import RunSettings
from bait_core.execution.supervision import Queue, RunEnd, Tally, supervise
from bait_core.proof_search.attempt import Attempt
from bait_core.proof_search.budget import Budget
from bait_core.proof_search.recording import trace_record
from bait_core.proof_search.searcher import Searcher
from bait_core.proof_search.settings import SearchSettings
from bait_core.protocols import Environment, GoalModel, SearchModel, TacticModel


class AttemptObserver(Protocol):
    """Receives the runner's events, in the thread of the search."""

    def on_start(self, attempt: Attempt) -> None:
        """A search begins."""
        ...

    def on_step(self, attempt: Attempt) -> None:
        """A search has made a step."""
        ...

    def on_end(self, attempt: Attempt) -> None:
        """A search has ended; called exactly once per theorem that was started.

        The runner drops the attempt afterwards, so that graphs don't accumulate in memory.
        """
        ...


class Runner:
    """Runs searches in worker threads that share the models.

    Args:
        environment: Where theorems are proved.
        tactic_model: Proposes tactics.
        make_search: Makes a search model; each worker thread gets its own.
        goal_model: Scores goals, for searches that use it.
        settings: The limits of one search.
        run: The limits of the whole run, and how many searches run at a time.
        observer: Receives the events of the run.
    """

    def __init__(
        self,
        environment: Environment,
        tactic_model: TacticModel,
        make_search: Callable[[], SearchModel],
        *,
        goal_model: GoalModel | None = None,
        settings: SearchSettings,
        run: RunSettings,
        observer: AttemptObserver,
    ) -> None:
        self._tactic_model = SharedTacticModel(tactic_model, settings.tactics, run.batching)
        self._goal_model = SharedGoalModel(goal_model, run.batching) if goal_model else None
        self._searcher = Searcher(environment, self._tactic_model, self._goal_model, settings)
        self._make_search = make_search
        self._workers = run.workers
        self._budget = Budget(run.total_seconds, run.total_expansions)
        self._observer = observer

    def run(self, theorems: Sequence[Theorem]) -> RunEnd:
        """Search for a proof of each theorem; the observer receives the results.

        At Ctrl-C each search finishes its current tactic and no new one begins; a second Ctrl-C
        kills the provers. No search begins once the budget is exhausted.

        Raises:
            KeyboardInterrupt: At the second Ctrl-C.
            BaitError: A search model can't be made, or the observer failed.
        """
        queue = Queue(theorems)
        tally = Tally(len(theorems))
        with rare_collections():
            supervise(
                min(self._workers, len(theorems)),
                lambda: self._work(queue, tally),
                cancel=self._budget.cancel,
                kill=self._searcher.environment.close,
            )
        return tally.end(was_stopped=self._budget.is_cancelled, was_spent=self._budget.is_spent)

    def _work(self, queue: Queue[Theorem], tally: Tally) -> None:
        """Search theorems until none are left; runs in each worker thread."""
        search = self._make_search()
        while not (self._budget.is_spent or tally.is_hopeless):
            theorem = next(queue, None)
            if theorem is None:
                return
            attempt = self._attempt(theorem, search)
            tally.count(attempt.status, attempt.message)

    def _attempt(self, theorem: Theorem, search: SearchModel) -> Attempt:
        attempt = Attempt(theorem)
        goal_client = self._goal_model.client() if self._goal_model else nullcontext()
        self._observer.on_start(attempt)
        with self._tactic_model.client(), goal_client:
            self._searcher.search(
                attempt, search, self._budget, lambda: self._observer.on_step(attempt)
            )
        self._observer.on_end(attempt)
        return attempt


class _AttemptRecorder:
    """Turns the runner's events into progress and records."""

    def __init__(self, job: SearchJob, observer: Observer) -> None:
        self._job = job
        self._observer = observer

    def on_start(self, attempt: Attempt) -> None:
        self._observer.on_start(attempt.theorem)

    def on_step(self, attempt: Attempt) -> None:
        graph = attempt.graph
        if graph is not None:
            self._observer.on_step(
                SearchProgress(attempt.theorem, attempt.expansions, graph.edge_count, len(graph))
            )

    def on_end(self, attempt: Attempt) -> None:
        self._observer.on_end(trace_record(attempt, self._job.configuration, self._job.versions))


def run_in_threads(
    job: SearchJob, environment: Environment, theorems: Sequence[Theorem], observer: Observer
) -> RunEnd:
    """Search for proofs of the theorems; see `run_searches`."""
    runner = Runner(
        environment,
        job.make_tactic_model(),
        job.make_search,
        goal_model=job.make_goal_model(),
        settings=job.settings,
        run=job.run,
        observer=_AttemptRecorder(job, observer),
    )
    return runner.run(theorems)
