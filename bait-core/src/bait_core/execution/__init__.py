"""Running many searches: in threads, in worker processes, or on a Ray cluster."""

from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Display, Observer, QuietDisplay, SearchProgress
from bait_core.execution.recording import record_searches
from bait_core.execution.run import run_searches
from bait_core.execution.runner import AttemptObserver, Runner
from bait_core.execution.settings import ExecutionSettings, RunSettings, Where
from bait_core.execution.supervision import RunEnd

__all__ = [
    "AttemptObserver",
    "Display",
    "ExecutionSettings",
    "Observer",
    "QuietDisplay",
    "RunEnd",
    "RunSettings",
    "Runner",
    "SearchJob",
    "SearchProgress",
    "Where",
    "record_searches",
    "run_searches",
]
