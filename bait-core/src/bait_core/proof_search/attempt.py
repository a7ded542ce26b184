"""The result of searching for a proof of one theorem."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field

from bait_core.domain import CheckResult, Proof, SearchStatus, Theorem
from bait_core.graph import ProofGraph


@dataclass(slots=True)
class Timings:
    """Seconds spent in each part of a search."""

    search: float = 0.0
    model: float = 0.0
    prover: float = 0.0
    check: float = 0.0
    _part: str = field(default="", init=False, repr=False, compare=False)
    _since: float = field(default=0.0, init=False, repr=False, compare=False)

    @contextmanager
    def measure(self, part: str) -> Iterator[None]:
        """Add the time spent in the block to `part`, and not to enclosing parts."""
        outer = self._part
        self._switch(part)
        try:
            yield
        finally:
            self._switch(outer)

    def _switch(self, part: str) -> None:
        now = time.perf_counter()
        if self._part:
            setattr(self, self._part, getattr(self, self._part) + now - self._since)
        self._part, self._since = part, now


@dataclass(frozen=True, slots=True)
class SelectionStep:
    """A goal selected by a search, with the step and the scores behind the choice."""

    step: int
    goal: int
    score: float
    details: Mapping[str, float]


@dataclass(slots=True)
class Attempt:
    """Everything about one search, filled in as it runs.

    Attributes:
        graph: None if the prover did not even accept the statement.
        proof: The proof that was checked, if one was found.
        check: The result of checking it in a fresh prover.
        started: Seconds since the epoch.
        seconds: Wall time, start of the prover and check included.
        goal_scores: Log-probability that a goal can be proved, by position in the graph, for the
            goals that were scored.
        details: The traceback of an unexpected error.
    """

    theorem: Theorem
    status: SearchStatus = SearchStatus.INTERRUPTED
    message: str = ""
    details: str = ""
    graph: ProofGraph | None = None
    proof: Proof | None = None
    check: CheckResult | None = None
    expansions: int = 0
    started: float = field(default_factory=time.time)
    seconds: float = 0.0
    timings: Timings = field(default_factory=Timings)
    selections: list[SelectionStep] = field(default_factory=list)
    goal_scores: dict[int, float] = field(default_factory=dict)
