"""Searching and recording, and taking up a run that was stopped."""

from __future__ import annotations

import time
import warnings
from collections.abc import Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text

from bait_core.cli.live_table import LiveTable
from bait_core.cli.prove.results import Result, result_of
from bait_core.domain import Theorem
from bait_core.errors import TraceError
from bait_core.execution import Observer, RunEnd, SearchJob, run_searches
from bait_core.protocols import Environment
from bait_core.traces import SUFFIX, TraceRecord, TraceWriter, read_traces, read_what_is_readable

_TASK = ("environment", "model", "goal_model", "search", "settings")
"""What must be the same for a run to be the same; where it runs may change."""


class Recorder:
    """Records each finished search, then tells another observer.

    Args:
        writer: Writes the records.
        results: Gets what became of the theorems, by name.
        observer: Is told afterwards.
        console: For errors.
    """

    def __init__(
        self, writer: TraceWriter, results: dict[str, Result], observer: Observer, console: Console
    ) -> None:
        self._writer = writer
        self._results = results
        self._console = console
        self.on_start = observer.on_start
        self.on_step = observer.on_step
        self._on_end = observer.on_end

    def on_end(self, record: TraceRecord) -> None:
        """Write the record. That it can't be written is told, but costs no proof."""
        try:
            self._writer.append(record)
        except TraceError as error:
            self._console.print(Text.assemble(("Error: ", "bold red"), str(error)))
        self._results[record.theorem] = result_of(record)
        self._on_end(record)


def search(
    job: SearchJob,
    environment: Environment,
    theorems: Sequence[Theorem],
    results: dict[str, Result],
    console: Console,
    *,
    traces: Path,
    resume: bool,
) -> RunEnd:
    """Search for proofs of the theorems, with a live table and traces.

    Args:
        job: What to run, and where.
        environment: The job's environment, open in this process.
        theorems: What to prove.
        results: Gets what became of the theorems, by name, as soon as it is known.
        console: For the table.
        traces: The folder of the trace files.
        resume: Take up the newest run of the same job, and search only what it left.

    Returns:
        How the run ended.
    """
    if not theorems:
        return RunEnd.COMPLETE
    stopped = _newest_run(traces, job.configuration) if resume else None
    with (
        closing(TraceWriter(stopped or traces / _new_name())) as writer,
        LiveTable(console, len(theorems)) as table,
    ):
        recorder = Recorder(writer, results, table, console)
        if stopped is not None:
            done = writer.keep_final(theorems)
            results.update((r.theorem, result_of(r)) for r in read_traces(stopped))
            table.skip(len(done))
            console.print(f"Taking up {stopped}: {len(done)} of {len(theorems)} are done.")
        todo = [theorem for theorem in theorems if theorem.name not in results]
        return run_searches(job, environment, todo, recorder)


def _new_name() -> str:
    return time.strftime("%Y-%m-%d_%H-%M-%S") + f"_{time.time_ns() % 10**6:06}{SUFFIX}"


def _newest_run(folder: Path, configuration: Mapping[str, Any]) -> Path | None:
    """The newest trace file of the same job; None if there is none."""
    task = {section: configuration.get(section) for section in _TASK}
    for path in sorted(folder.glob(f"*{SUFFIX}"), reverse=True):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            record = next(read_what_is_readable(path), None)
        if record is not None:
            recorded = {section: record.configuration.get(section) for section in _TASK}
            if recorded == task:
                return path
    return None
