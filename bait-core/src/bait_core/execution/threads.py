"""Searches in threads of this process, which share one environment and the models."""

from __future__ import annotations

from collections.abc import Sequence

from bait_core.domain import Theorem
from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Observer, SearchProgress
from bait_core.execution.runner import Runner
from bait_core.execution.supervision import RunEnd
from bait_core.proof_search import Attempt
from bait_core.proof_search.recording import trace_record
from bait_core.protocols import Environment


class _Recorder:
    """Turns what the runner tells into progress and records."""

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
        observer=_Recorder(job, observer),
    )
    return runner.run(theorems)
