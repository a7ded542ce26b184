"""The standard format of a recorded search: one record per attempted theorem.

The format is versioned: readers accept their own version and older ones, and refuse newer ones.
Goals are stored once, in the order of their discovery (the root first); edges and selections
refer to them by position.
"""

from __future__ import annotations

from typing import Any

import msgspec

from bait_core.domain import SOUND, Foundations, verdict

SCHEMA = 1


class GoalRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A goal: exact key, printed text, constants and final status.

    Attributes:
        log_probability: The goal model's score; None if it was not scored.
    """

    key: str
    text: str
    status: str
    symbols: tuple[str, ...] = ()
    distance: int | None = None
    is_exhausted: bool = False
    log_probability: float | None = None


class EdgeRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tactic applied to a goal.

    Attributes:
        goal: Position of the goal.
        outcome: `proved`, `subgoals`, or a failure: `error`, `timeout`, `crash`, `rejected`.
        subgoals: Positions, in the prover's order.
        message: The prover's message, for failures.
        seconds: The prover's time.
    """

    goal: int
    tactic: str
    log_probability: float
    outcome: str
    subgoals: tuple[int, ...] = ()
    message: str = ""
    seconds: float = 0.0


class SelectionRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """A goal selected by the search, with the step and the scores behind the choice."""

    step: int
    goal: int
    score: float
    details: dict[str, float] = {}


class ProofRecord(msgspec.Struct, frozen=True):
    """The proof found: edges by position, one for each goal that it needs, the root's first.

    Attributes:
        edges: Positions of the edges.
        script: The text given to a fresh prover.
        accepted: Whether it was accepted.
        message: Why it was not accepted; empty otherwise.
        axioms: See `Foundations`.
        open: See `Foundations`.
    """

    edges: tuple[int, ...]
    script: str
    accepted: bool
    message: str = ""
    axioms: tuple[str, ...] = ()
    open: tuple[str, ...] = ()

    @property
    def foundations(self) -> Foundations:
        """What the theorem rests on with this proof."""
        return Foundations(self.axioms, self.open)


class TimingsRecord(msgspec.Struct, frozen=True):
    """Seconds by part."""

    search: float
    model: float
    prover: float
    check: float


class TraceRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Everything about one search.

    Attributes:
        theorem: Name of the theorem, unique within the run.
        configuration: The resolved options of everything involved.
        versions: Versions of the distributions involved.
        status: How the search ended: `proved`, `failed`, `timeout`, `error`, `interrupted`,
            `unstarted`.
        message: Why, unless proved.
        details: The traceback of an unexpected error.
        started: Seconds since the epoch.
        seconds: Wall time.
    """

    schema: int = SCHEMA
    theorem: str
    statement: str
    source: str = ""
    configuration: dict[str, Any]
    versions: dict[str, str]
    status: str
    message: str = ""
    details: str = ""
    started: float
    seconds: float
    expansions: int
    timings: TimingsRecord
    goals: tuple[GoalRecord, ...] = ()
    edges: tuple[EdgeRecord, ...] = ()
    selections: tuple[SelectionRecord, ...] = ()
    proof: ProofRecord | None = None

    @property
    def verdict(self) -> str:
        """The verdict on the theorem, as it was when the proof was checked."""
        return verdict(self.status, self.proof.foundations if self.proof else SOUND)
