"""Searching and recording: the one way from theorems to a trace file."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

from bait_core.domain import Theorem
from bait_core.errors import TraceError
from bait_core.execution.job import SearchJob
from bait_core.execution.observer import Display, Observer
from bait_core.execution.run import run_searches
from bait_core.execution.supervision import RunEnd
from bait_core.protocols import Environment
from bait_core.traces import TraceRecord, TraceWriter


def record_searches(
    job: SearchJob,
    environment: Environment,
    theorems: Sequence[Theorem],
    traces: Path,
    display: Display,
    *,
    on_unwritable: Callable[[TraceRecord, TraceError], None] | None = None,
) -> RunEnd:
    """Search for proofs of the theorems that have no final record yet, and record each search.

    Args:
        job: What to run, and where.
        environment: The job's environment, open in this process.
        theorems: What to prove.
        traces: The trace file. If it exists it is that of a run which was stopped: what needs no
            further search is kept, and the rest replaced.
        display: Shows what happens, also for the searches that need not be repeated.
        on_unwritable: Gets each record that can't be written, and why; the run then goes on.
            Without it, the run ends there.

    Returns:
        How the run ended.

    Raises:
        KeyboardInterrupt: At the second Ctrl-C.
        TraceError: A record can't be written, and there is no `on_unwritable`.
        BaitError: See `run_searches`.
    """
    with closing(TraceWriter(traces)) as writer:
        done = writer.keep_final(theorems) if traces.exists() else set[str]()
        if done:
            display.say(f"Resuming {traces}: {len(done)} of {len(theorems)} are done.")
        left = [theorem for theorem in theorems if theorem.name not in done]
        if not left:
            return RunEnd.COMPLETE
        with display.searches(len(theorems), len(done)) as observer:
            return run_searches(job, environment, left, _Recorder(writer, observer, on_unwritable))


class _Recorder:
    """Records each finished search, then tells another observer."""

    def __init__(
        self,
        writer: TraceWriter,
        observer: Observer,
        on_unwritable: Callable[[TraceRecord, TraceError], None] | None,
    ) -> None:
        self._writer = writer
        self._observer = observer
        self._on_unwritable = on_unwritable
        self.on_start = observer.on_start
        self.on_step = observer.on_step

    def on_end(self, record: TraceRecord) -> None:
        try:
            self._writer.append(record)
        except TraceError as error:
            if self._on_unwritable is None:
                raise
            self._on_unwritable(record, error)
        self._observer.on_end(record)
