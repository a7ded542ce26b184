"""Running the searches of a job: in threads, in worker processes, or on a Ray cluster."""

from bait_core.execution.job import Part, SearchJob
from bait_core.execution.observer import Observer, SearchProgress
from bait_core.execution.options import ExecutionSettings, Where
from bait_core.execution.run import run_searches

__all__ = [
    "ExecutionSettings",
    "Observer",
    "Part",
    "SearchJob",
    "SearchProgress",
    "Where",
    "run_searches",
]
