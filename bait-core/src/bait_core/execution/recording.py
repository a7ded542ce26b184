"""Searching and recording: from theorems to a trace file."""

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
from bait_core.traces import TraceRecord, TraceWriter, read_traces


def record_searches(
    job: SearchJob,
    environment: Environment,
    theorems: Sequence[Theorem],
    traces: Path,
    display: Display,
    *,
    on_record: Callable[[TraceRecord], None] | None = None,
    on_unwritable: Callable[[TraceRecord, TraceError], None] | None = None,
) -> RunEnd:
    """Search for proofs of the theorems that have no final record yet, and record each search.

    Args:
        job: What to run, and where.
        environment: The job's environment, open in this process.
        theorems: What to prove.
        traces: The trace file. If it exists it is that of a run which was stopped: what needs no
            further search is kept, and the rest replaced.
        display: Shows what happens.
        on_record: Gets each record, those first that need not be searched again; called from
            the thread of the search.
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
        done = _kept(writer, theorems, display, on_record) if traces.exists() else set[str]()
        left = [theorem for theorem in theorems if theorem.name not in done]
        if not left:
            return RunEnd.COMPLETE
        with display.searches(len(theorems), len(done)) as observer:
            recorder = _Recorder(writer, observer, on_record, on_unwritable)
            return run_searches(job, environment, left, recorder)


def _kept(
    writer: TraceWriter,
    theorems: Sequence[Theorem],
    display: Display,
    on_record: Callable[[TraceRecord], None] | None,
) -> set[str]:
    """The theorems of an interrupted run that need no further search."""
    done = writer.keep_final(theorems)
    display.say(f"Resuming {writer.path}: {len(done)} of {len(theorems)} are done.")
    if on_record is not None:
        for record in read_traces(writer.path):
            on_record(record)
    return done


class _Recorder:
    """Records each finished search, then tells another observer."""

    def __init__(
        self,
        writer: TraceWriter,
        observer: Observer,
        on_record: Callable[[TraceRecord], None] | None,
        on_unwritable: Callable[[TraceRecord, TraceError], None] | None,
    ) -> None:
        self._writer = writer
        self._observer = observer
        self._on_record = on_record
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
        if self._on_record is not None:
            self._on_record(record)
        self._observer.on_end(record)
