"""Carrying out a plan, from the opened environment to the written file."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from pathlib import Path

from bait_core.domain import Theorem
from bait_core.errors import TraceError, TraceWarning
from bait_core.execution import Display, RunEnd, record_searches
from bait_core.protocols import Environment, FillsFiles
from bait_core.proving.filling import Filling, require_filling
from bait_core.proving.plan import ProofPlan
from bait_core.proving.results import ProofResults, TheoremResult, complete, result_of
from bait_core.proving.resuming import new_trace_file, newest_trace_file
from bait_core.traces import TraceRecord


def _ignore(_: object) -> None:
    """Do nothing."""


def carry_out(
    plan: ProofPlan,
    traces: Path,
    display: Display,
    *,
    resume: bool,
    show: Callable[[ProofResults], None] = _ignore,
    on_result: Callable[[TheoremResult], None] = _ignore,
) -> ProofResults:
    """Search for proofs, and write them into the file.

    Args:
        plan: What to prove.
        traces: The folder of the trace files.
        display: Displays progress.
        resume: Resume the newest interrupted run of the same plan.
        show: Called once with the results; also with partial results if something goes wrong.
        on_result: Called with each result as soon as it is known.

    Returns:
        The results of all theorems.

    Raises:
        KeyboardInterrupt: Ctrl-C ended the run early.
        BaitError: What to prove is not usable, the run broke down, or the file can't be written.
    """
    with plan.job.open_environment() as environment:
        if plan.destination is not None:
            require_filling(environment)
        with display.busy("Starting the prover and reading the task"):
            theorems = list(environment.theorems())
        path = newest_trace_file(traces, plan.job.configuration) if resume else None
        run = _PlanRun(plan, theorems, path or new_trace_file(traces), display, on_result)
        written = ""
        try:
            end = run.search(environment)
            if plan.target.file is not None and isinstance(environment, FillsFiles):
                with display.busy("Checking the filled file"):
                    written = run.fill(environment, plan.target.file)
        except BaseException:
            if run.results:
                show(run.outcome())
            raise
        results = run.outcome()
    show(results)
    if written:
        display.say(written)
    if end is RunEnd.STOPPED:
        raise KeyboardInterrupt
    return results


class _PlanRun:
    """The state of a run."""

    def __init__(
        self,
        plan: ProofPlan,
        theorems: Sequence[Theorem],
        traces: Path,
        display: Display,
        on_result: Callable[[TheoremResult], None],
    ) -> None:
        self._on_result = on_result
        self._plan = plan
        self._theorems = theorems
        self._traces = traces
        self._display = display
        self._filling: Filling | None = None
        self.results: dict[str, TheoremResult] = {}

    def search(self, environment: Environment) -> RunEnd:
        """Search and record; a record that can't be written costs no proof."""
        return record_searches(
            self._plan.job,
            environment,
            self._theorems,
            self._traces,
            self._display,
            on_record=self._take,
            on_unwritable=_warn,
        )

    def _take(self, record: TraceRecord) -> None:
        result = self.results[record.theorem] = result_of(record)
        self._on_result(result)

    def fill(self, environment: FillsFiles, file: Path) -> str:
        """Fill the file's text, and write it if wanted; returns what was written."""
        destination = self._plan.destination
        if destination is None and not any(result.proof for result in self.results.values()):
            return ""
        self._filling = Filling(environment, file, self.results)
        return self._filling.save(destination) if destination is not None else ""

    def outcome(self) -> ProofResults:
        """The results, including theorems that were not begun."""
        return ProofResults(
            complete(self._theorems, self.results),
            file=self._plan.target.file,
            filled=self._filling.text if self._filling else None,
            traces=self._traces if self._traces.exists() else None,
        )


def _warn(record: TraceRecord, error: TraceError) -> None:
    warnings.warn(f"{record.theorem} is not recorded: {error}", TraceWarning, stacklevel=2)
