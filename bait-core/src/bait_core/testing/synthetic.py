"""A synthetic environment based on arithmetic, for tests and benchmarks of searches.

Goals are numbers; what a tactic does to a goal is a fixed pseudo-random function of both. Goals
are shared and cycles occur, more of them the smaller the number of goals. No prover is involved,
so results say nothing about proving, but a search can be run a million times.
"""

from __future__ import annotations

from collections.abc import Sequence

from pydantic import Field

from bait_core.domain import (
    NO_PREMISES,
    CheckResult,
    Failed,
    FailureKind,
    Goal,
    Outcome,
    PremiseSet,
    Proof,
    Proved,
    Subgoals,
    Suggestion,
    Theorem,
)
from bait_core.errors import TheoremError
from bait_core.options import Options
from bait_core.protocols import TacticRequest

_ERROR = Failed(FailureKind.ERROR, "does not apply")
_MASK = (1 << 64) - 1


class SyntheticOptions(Options):
    """How the synthetic hypergraph looks; probabilities are per tactic application."""

    theorems: int = Field(default=1, ge=1, description="number of theorems")
    goals: int = Field(default=10_000, ge=2, description="size of the space of goals")
    error_rate: float = Field(default=0.8, ge=0, le=1, description="tactics that fail")
    closing_rate: float = Field(default=0.02, ge=0, le=1, description="tactics that close a goal")
    branching: int = Field(default=2, ge=1, description="maximum number of subgoals per tactic")
    width: int | None = Field(
        default=None,
        ge=1,
        description="goals per layer of a lattice in which tactics lead to the next layer only; "
        "with null they lead anywhere, so that cycles occur",
    )
    seed: int = Field(default=0, ge=0, description="each seed gives another hypergraph")
    work: int = Field(
        default=0, ge=0, description="numbers hashed per tactic just to keep a core busy"
    )


class SyntheticEnvironment:
    """Theorem `k` is the goal with number `k`."""

    def __init__(self, options: SyntheticOptions) -> None:
        self.options = options

    def theorems(self) -> list[Theorem]:
        """The configured number of theorems."""
        return [Theorem(f"theorem-{k}", f"goal {k}") for k in range(self.options.theorems)]

    def start(self, theorem: Theorem) -> SyntheticSession:
        """Begin a proof."""
        name, _, number = theorem.name.partition("-")
        if name != "theorem" or not number.isdecimal():
            raise TheoremError(
                f"there is no synthetic theorem {theorem.name!r}",
                hint="They are called theorem-0, theorem-1, ...",
            )
        return SyntheticSession(self.options, int(number))

    def close(self) -> None:
        """Nothing to release."""


class SyntheticSession:
    """One synthetic theorem under proof."""

    def __init__(self, options: SyntheticOptions, root: int) -> None:
        self._options = options
        self.root = _goal(root)

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:  # noqa: ARG002  # instant
        """Look up each outcome; tactics are decimal numbers."""
        number = int(goal.key)
        return [self._outcome(number, tactic) for tactic in tactics]

    def retrieve_premises(self, goal: Goal) -> PremiseSet:  # noqa: ARG002  # has no library
        """No premises."""
        return NO_PREMISES

    def check(self, proof: Proof) -> CheckResult:
        """Replay each step of the proof."""
        for step in proof.bottom_up():
            (outcome,) = self.run_tactics(step.goal, [step.tactic], 1.0)
            subgoals = outcome.goals if isinstance(outcome, Subgoals) else ()
            if isinstance(outcome, Failed) or subgoals != step.subgoals:
                return CheckResult(False, "", f"{step.tactic} does not do this", culprit=step.goal)
        return CheckResult(True, self.script(proof))

    def script(self, proof: Proof) -> str:
        """The steps, subgoals before the goals that need them."""
        return "\n".join(f"{step.goal.text}: {step.tactic}" for step in proof.bottom_up())

    def close(self) -> None:
        """Nothing to release."""

    def _outcome(self, goal: int, tactic: str) -> Outcome:
        options = self._options
        if not tactic.isdecimal():
            return Failed(FailureKind.ERROR, f"{tactic!r} is not a tactic here")
        _mix(*range(options.work))
        random = _mix(options.seed, goal, int(tactic))
        chance = (random & 0xFFFFF) / 0x100000
        if chance < options.error_rate:
            return _ERROR
        if chance < options.error_rate + options.closing_rate:
            return Proved()
        count = 1 + (random >> 20) % options.branching
        first, size = self._next(goal)
        numbers = (first + _mix(random, place, 0) % size for place in range(count))
        return Subgoals(tuple(map(_goal, numbers)))

    def _next(self, goal: int) -> tuple[int, int]:
        """The first of the goals that tactics lead to from `goal`, and how many there are."""
        width = self._options.width
        if width is None:
            return 0, self._options.goals
        return (goal // width + 1) * width, width


class SyntheticModelOptions(Options):
    """Options of the model that goes with the synthetic environment."""


class SyntheticModel:
    """Proposes the tactics 0, 1, 2, ... with pseudo-random log-probabilities."""

    def __init__(self, options: SyntheticModelOptions) -> None:
        self._options = options

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """`n` suggestions for each goal, most probable first."""
        return [self._suggest(int(request.goal.key), n) for request in requests]

    def _suggest(self, goal: int, n: int) -> list[Suggestion]:
        scores = ((-(_mix(goal, tactic, 1) % 1000 + 1) / 100, tactic) for tactic in range(n))
        return [Suggestion(str(tactic), score) for score, tactic in sorted(scores, reverse=True)]


def _goal(number: int) -> Goal:
    return Goal(str(number), f"goal {number}")


def _mix(*numbers: int) -> int:
    """A 64-bit hash that is the same in every process (the finaliser of SplitMix64)."""
    state = 0
    for number in numbers:
        state = (state + number + 0x9E3779B97F4A7C15) & _MASK
        state = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & _MASK
        state = ((state ^ (state >> 27)) * 0x94D049BB133111EB) & _MASK
        state ^= state >> 31
    return state
