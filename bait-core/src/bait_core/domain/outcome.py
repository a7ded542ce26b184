"""The outcomes of a tactic."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from bait_core.domain.goal import Goal


class FailureKind(StrEnum):
    """Why a tactic did not apply."""

    ERROR = "error"
    """The prover reported an error."""
    TIMEOUT = "timeout"
    """The tactic was stopped at its time limit."""
    CRASH = "crash"
    """The prover died while it ran the tactic, and was restarted."""
    REJECTED = "rejected"
    """The environment refused to run the text, such as `sorry` or a second command."""


@dataclass(frozen=True, slots=True)
class Proved:
    """The tactic closed the goal. `seconds` is the prover's time for it."""

    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Subgoals:
    """The tactic left these goals, in the prover's order; at least one."""

    goals: tuple[Goal, ...]
    seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Failed:
    """The tactic did not apply."""

    kind: FailureKind
    message: str
    seconds: float = 0.0


Outcome = Proved | Subgoals | Failed
