"""Running many searches: in threads, in worker processes, or on a Ray cluster."""

from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Observer, SearchProgress
from bait_core.execution.run import run_searches
from bait_core.execution.runner import AttemptObserver, Runner
from bait_core.execution.settings import ExecutionSettings, RunSettings, Where
from bait_core.execution.supervision import RunEnd

__all__ = [
    "AttemptObserver",
    "ExecutionSettings",
    "Observer",
    "RunEnd",
    "RunSettings",
    "Runner",
    "SearchJob",
    "SearchProgress",
    "Where",
    "run_searches",
]
