"""Running a job wherever it is configured to run."""

from __future__ import annotations

import importlib
from collections.abc import Sequence
from types import ModuleType

from bait_core.domain import Theorem
from bait_core.errors import ConfigurationError
from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Observer
from bait_core.execution.runner import run_in_threads
from bait_core.execution.settings import Where
from bait_core.execution.supervision import RunEnd
from bait_core.execution.worker_processes import run_in_processes
from bait_core.protocols import Environment


def run_searches(
    job: SearchJob, environment: Environment, theorems: Sequence[Theorem], observer: Observer
) -> RunEnd:
    """Search for a proof of each theorem; the observer receives the records.

    With the same seed the records are the same wherever the searches run, except for times.

    At Ctrl-C each search finishes its current tactic and no new one begins; a second Ctrl-C kills
    the provers. No search begins once the run's budget is exhausted.

    Args:
        job: What to run, and where.
        environment: The job's environment, open in this process; searches in threads use it.
        theorems: What to prove.
        observer: Receives the events of the run.

    Returns:
        How the run ended; unsearched theorems have no record, or one that says `interrupted`.

    Raises:
        KeyboardInterrupt: At the second Ctrl-C.
        ExecutionError: Workers can't be started, or keep dying.
        BaitError: A part of the job can't be made, or the observer failed.
    """
    match job.execution.where:
        case Where.THREADS:
            return run_in_threads(job, environment, theorems, observer)
        case Where.PROCESSES:
            return run_in_processes(job, theorems, observer)
        case Where.RAY:
            end: RunEnd = _ray().run_on_ray(job, theorems, observer)
            return end


def _ray() -> ModuleType:
    """The module that needs Ray, which is optional and takes seconds to import."""
    try:
        return importlib.import_module("bait_core.execution.ray_cluster")
    except ModuleNotFoundError as error:
        if error.name != "ray":
            raise
        raise ConfigurationError(
            "searches can't run on Ray, which is not installed",
            hint="pip install 'bait-core[ray]'",
        ) from error
