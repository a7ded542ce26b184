"""Observers and displays of running searches, wherever they run."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Protocol

from bait_core.domain import Theorem
from bait_core.traces import TraceRecord


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """The progress of the search for one theorem."""

    theorem: Theorem
    expansions: int
    applications: int
    goals: int


class Observer(Protocol):
    """Receives the events of a run; called from several threads."""

    def on_start(self, theorem: Theorem) -> None:
        """A search begins; called again if its worker died."""
        ...

    def on_step(self, progress: SearchProgress) -> None:
        """A search has made a step; only where searches run in threads."""
        ...

    def on_end(self, record: TraceRecord) -> None:
        """A search has ended; called exactly once per theorem that was started."""
        ...


class Display(Protocol):
    """Displays the progress of a run."""

    def say(self, text: str) -> None:
        """Report that something begins or has ended."""
        ...

    def busy(self, text: str) -> AbstractContextManager[object]:
        """Show that something is in progress while the block runs."""
        ...

    def searches(self, total: int, done: int) -> AbstractContextManager[Observer]:
        """Show the searches for `total` theorems, of which `done` are finished already."""
        ...


class QuietDisplay:
    """Displays nothing; for runs from Python."""

    def say(self, text: str) -> None:
        """Nothing is shown."""

    def busy(self, text: str) -> AbstractContextManager[object]:  # noqa: ARG002
        """Nothing is shown."""
        return nullcontext()

    def searches(self, total: int, done: int) -> AbstractContextManager[Observer]:  # noqa: ARG002
        """Observe the searches with this object."""
        return nullcontext(self)

    def on_start(self, theorem: Theorem) -> None:
        """Nothing is shown."""

    def on_step(self, progress: SearchProgress) -> None:
        """Nothing is shown."""

    def on_end(self, record: TraceRecord) -> None:
        """Nothing is shown."""
