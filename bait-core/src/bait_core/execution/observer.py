"""Who is told what happens, wherever the searches run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from bait_core.domain import Theorem
from bait_core.traces import TraceRecord


@dataclass(frozen=True, slots=True)
class SearchProgress:
    """How far the search for one theorem is."""

    theorem: Theorem
    expansions: int
    applications: int
    goals: int


class Observer(Protocol):
    """Is told what happens; called from several threads."""

    def on_start(self, theorem: Theorem) -> None:
        """A search begins; again if the worker that ran it died."""
        ...

    def on_step(self, progress: SearchProgress) -> None:
        """A search has made a step; only where searches run in threads."""
        ...

    def on_end(self, record: TraceRecord) -> None:
        """A search has ended; called exactly once per theorem that was started."""
        ...
