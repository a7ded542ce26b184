"""Threads, worker processes and Ray side by side: what a second worker brings, what each costs.

The first table proves nothing, with a synthetic prover that keeps a core busy for about a
millisecond per tactic: wall time from the start of the first search to the end of the last, so
without the time that workers take to start, which has a column of its own. The second runs
theorems that are over at once, so that what remains is what BAIT takes to hand a theorem to a
worker and to get its record back.

    python benchmarks/execution.py [--theorems 40] [--trivial 300] [--repeats 3]
"""

from __future__ import annotations

import argparse
import importlib.util
import time

from rich.console import Console
from rich.table import Table

from bait_core.domain import Theorem
from bait_core.execution import (
    ExecutionSettings,
    RunSettings,
    SearchJob,
    SearchProgress,
    Where,
    run_searches,
)
from bait_core.plugins.config import PluginConfig
from bait_core.proof_search import SearchSettings
from bait_core.traces import TraceRecord

WORK = 4_000
EXPANSIONS = 4
TACTICS = 16


class Clock:
    def __init__(self) -> None:
        self.first = 0.0
        self.last = 0.0

    def on_start(self, theorem: Theorem) -> None:  # noqa: ARG002
        self.first = self.first or time.perf_counter()

    def on_step(self, progress: SearchProgress) -> None:
        pass

    def on_end(self, record: TraceRecord) -> None:
        assert record.status == "failed", record.message
        self.last = time.perf_counter()


def run(where: Where, workers: int, theorems: int, work: int) -> tuple[float, float]:
    """Seconds that the searches took, and seconds before the first began."""
    job = SearchJob(
        environment=PluginConfig(
            name="synthetic",
            theorems=theorems,
            closing_rate=0,
            error_rate=0.5,
            work=work,
        ),
        model=PluginConfig(name="synthetic"),
        search=PluginConfig(name="best-first"),
        settings=SearchSettings(
            seconds=None, expansions=EXPANSIONS if work else 0, tactics=TACTICS
        ),
        run=RunSettings(workers=workers),
        execution=ExecutionSettings(where=where),
    )
    clock = Clock()
    with job.open_environment() as environment:
        all_theorems = list(environment.theorems())
        start = time.perf_counter()
        run_searches(job, environment, all_theorems, clock)
    return clock.last - clock.first, clock.first - start


def speed_up(kinds: list[Where], theorems: int, repeats: int) -> Table:
    table = Table(
        title=f"{theorems} searches that keep a core busy, {EXPANSIONS * TACTICS} ms each"
    )
    for column in ("searches run in", "workers", "seconds", "times one worker", "start-up, s"):
        table.add_column(column, justify="left" if column.startswith("searches") else "right")
    for where in kinds:
        one = min(run(where, 1, theorems, WORK) for _ in range(repeats))
        two = min(run(where, 2, theorems, WORK) for _ in range(repeats))
        for workers, (seconds, start) in ((1, one), (2, two)):
            gain = f"{one[0] / seconds:.2f}"
            table.add_row(where, str(workers), f"{seconds:.2f}", gain, f"{start:.2f}")
    return table


def overhead(kinds: list[Where], theorems: int, repeats: int) -> Table:
    table = Table(title=f"{theorems} theorems that are over at once, one worker")
    for column in ("searches run in", "ms per theorem"):
        table.add_column(column, justify="left" if column.startswith("searches") else "right")
    for where in kinds:
        seconds, _ = min(run(where, 1, theorems, 0) for _ in range(repeats))
        table.add_row(where, f"{seconds / theorems * 1e3:.2f}")
    return table


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--theorems", type=int, default=40)
    parser.add_argument("--trivial", type=int, default=300)
    parser.add_argument("--repeats", type=int, default=3)
    arguments = parser.parse_args()
    kinds = [w for w in Where if w is not Where.RAY or importlib.util.find_spec("ray")]
    console = Console()
    console.print(speed_up(kinds, arguments.theorems, arguments.repeats))
    console.print(overhead(kinds, arguments.trivial, arguments.repeats))


if __name__ == "__main__":
    main()
