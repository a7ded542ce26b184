"""Searches the same theorems in the way that is named on the command line; prints the records.

    python -m tests.core.parity '{"where": "ray"}' WORKERS SEARCH

In a process of its own, since worker processes and Ray look at the main module.
"""

from __future__ import annotations

import json
import sys
from typing import Any

import msgspec

from bait_core.domain import Theorem
from bait_core.execution import (
    ExecutionSettings,
    RunSettings,
    SearchJob,
    SearchProgress,
    run_searches,
)
from bait_core.plugins.config import PluginConfig
from bait_core.proof_search import SearchSettings
from bait_core.traces import TraceRecord


class Records:
    def __init__(self) -> None:
        self.records: dict[str, Any] = {}

    def on_start(self, theorem: Theorem) -> None:
        pass

    def on_step(self, progress: SearchProgress) -> None:
        pass

    def on_end(self, record: TraceRecord) -> None:
        assert record.theorem not in self.records
        self.records[record.theorem] = timeless(msgspec.to_builtins(record))


def timeless(value: Any) -> Any:
    """A record without what may differ from run to run."""
    times = {"started", "seconds", "timings", "run", "execution"}
    if isinstance(value, dict):
        return {key: timeless(item) for key, item in value.items() if key not in times}
    return [timeless(item) for item in value] if isinstance(value, list) else value


def main() -> None:
    execution, workers, search = sys.argv[1:]
    job = SearchJob(
        environment=PluginConfig(
            name="synthetic",
            theorems=6,
            goals=300,
            closing_rate=0.005,
            branching=3,
        ),
        model=PluginConfig(name="synthetic"),
        search=PluginConfig(name=search),
        settings=SearchSettings(seconds=None, expansions=60, tactics=16, seed=3),
        run=RunSettings(workers=int(workers)),
        execution=ExecutionSettings.model_validate_json(execution),
    )
    observer = Records()
    with job.open_environment() as environment:
        run_searches(job, environment, list(environment.theorems()), observer)
    json.dump(observer.records, sys.stdout, sort_keys=True)


if __name__ == "__main__":
    main()
