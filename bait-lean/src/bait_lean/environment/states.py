"""The proof state of each goal of a session in its Lean process, and how to reach it again."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bait_core import Goal, ProverCrashError, ProverError
from bait_lean.prover.steps import Obligation, ProofState, TacticResult


@dataclass(frozen=True, slots=True)
class _Origin:
    """The tactic that led to a goal, and which of its obligations the goal is."""

    parent: Goal
    tactic: str
    index: int


class GoalStates:
    """The proof states of a session's goals.

    Proof states are lost with the process that made them. The first way in which a goal was
    reached is kept and replayed when the goal is next needed, so a restart costs nothing for
    goals that are never used again.

    Args:
        root: The root goal.
    """

    def __init__(self, root: Goal) -> None:
        self._root = root
        self._origins: dict[str, _Origin | None] = {root.key: None}
        self._states: dict[str, ProofState] = {}

    def lose_all(self, root: ProofState) -> None:
        """Forget all states: there is a new process, in which the root has this one."""
        self._states = {self._root.key: root}

    def add(self, parent: Goal, tactic: str, obligations: tuple[Obligation, ...]) -> None:
        """Note what a tactic left."""
        for index, obligation in enumerate(obligations):
            key = obligation.goal.key
            self._origins.setdefault(key, _Origin(parent, tactic, index))
            self._states.setdefault(key, obligation.state)

    def state(
        self, goal: Goal, replay: Callable[[Goal, ProofState, str], TacticResult]
    ) -> ProofState:
        """The state of a goal, made again if it was lost.

        Args:
            goal: The root or a goal of an earlier step.
            replay: Runs a tactic that has succeeded before.

        Raises:
            ProverError: The goal is not one of this session's.
            ProverCrashError: A tactic does not do what it did before.
        """
        path: list[tuple[Goal, _Origin]] = []
        current = goal
        while current.key not in self._states:
            origin = self._origins.get(current.key)
            if origin is None:
                raise ProverError(
                    "the goal is not one that this session has returned",
                    hint="Goals belong to the session that they come from.",
                )
            path.append((current, origin))
            current = origin.parent
        for child, origin in reversed(path):
            applied = replay(origin.parent, self._states[origin.parent.key], origin.tactic)
            self.add(origin.parent, origin.tactic, applied.obligations)
            if child.key not in self._states:
                raise ProverCrashError(
                    "a goal could not be reached again after Lean was restarted",
                    hint=f"The tactic `{origin.tactic}` does not always do the same.",
                )
        return self._states[goal.key]
