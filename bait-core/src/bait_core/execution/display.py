"""What shows a run to whoever waits for it."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from bait_core.domain import Theorem
from bait_core.execution.observer import Observer, SearchProgress
from bait_core.traces import TraceRecord


class Display(Protocol):
    """Shows what a run does."""

    def say(self, text: str) -> None:
        """Tell that something begins or has ended."""
        ...

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Show that something takes its time, as long as the block runs."""
        ...

    def searches(self, total: int, done: int) -> AbstractContextManager[Observer]:
        """Show the searches for `total` theorems, of which `done` need none any more."""
        ...


class QuietDisplay:
    """Shows nothing; for runs from Python.

    Args:
        on_end: Called with the record of each search that has ended, from the thread that ran it.
    """

    def __init__(self, on_end: Callable[[TraceRecord], None] | None = None) -> None:
        self._on_end = on_end

    def say(self, text: str) -> None:
        """Nothing is shown."""

    def busy(self, text: str) -> AbstractContextManager[object]:  # noqa: ARG002
        """Nothing is shown."""
        return nullcontext()

    def searches(self, total: int, done: int) -> AbstractContextManager[Observer]:  # noqa: ARG002
        """This object itself observes the searches."""
        return nullcontext(self)

    def on_start(self, theorem: Theorem) -> None:
        """Nothing is shown."""

    def on_step(self, progress: SearchProgress) -> None:
        """Nothing is shown."""

    def on_end(self, record: TraceRecord) -> None:
        """Tell who wanted to know."""
        if self._on_end is not None:
            self._on_end(record)
