"""A proof attempt in HOL Light."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from bait_core import (
    CheckResult,
    Failed,
    FailureKind,
    Goal,
    Outcome,
    PremiseSet,
    Proof,
    Proved,
    Subgoals,
)
from bait_holist.errors import ConnectionLostError, ProverConnectionError
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.connector import Connector
from bait_holist.prover.replies import AppliedTactic, KnownGoal

CHECK_SECONDS = 60.0
"""CPU seconds that each tactic may take when a proof is checked."""

_OCAML_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_']*")


@dataclass(frozen=True)
class HolistTask:
    """What a session has to prove.

    Attributes:
        name: The theorem's name.
        statement: Its S-expression.
        index: Binding index at which the library first states it; None for a statement from the
            user.
        premises: What the proof may use.
    """

    name: str
    statement: str
    index: int | None
    premises: PremiseSet

    @property
    def goal(self) -> str:
        """Key of the goal to prove."""
        return f"(g () {self.statement})"

    def restrict(self, worker: ProverConnection) -> ProverConnection:
        """Forbid the worker the theorem itself, its aliases and all later theorems."""
        if self.index is not None:
            worker.admit(self.index, [self.statement])
        return worker


class HolistSession:
    """A proof attempt with its own worker."""

    def __init__(self, task: HolistTask, connector: Connector) -> None:
        self._task = task
        self._connector = connector
        self._numbers: dict[str, int] = {}
        self._goals: dict[str, Goal] = {}
        self._worker = task.restrict(connector.connect())
        self.root = self._know(self._worker.goal(task.goal))

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:
        """Apply each tactic to `goal`; see `bait_core.protocols.Session`."""
        outcomes: list[Outcome] = []
        while len(outcomes) < len(tactics):
            number = self._number(goal)
            try:
                for applied in self._worker.apply(number, tactics[len(outcomes) :], timeout):
                    outcomes.append(self._outcome(applied))  # noqa: PERF401  (may break off)
            except ConnectionLostError as error:
                kind = FailureKind.TIMEOUT if error.timed_out else FailureKind.CRASH
                outcomes.append(Failed(kind, error.message))
                self._restart()
        return outcomes

    def retrieve_premises(self, goal: Goal) -> PremiseSet:  # noqa: ARG002  (all goals the same)
        """The library theorems that the proof may use."""
        return self._task.premises

    def check(self, proof: Proof) -> CheckResult:
        """Replay all of `proof` in a worker that took no part in the search."""
        if proof.root.key != self.root.key:
            message = f"this proves another goal: {proof.root.text}"
            return CheckResult(accepted=False, script="", message=message)
        walked = [step for _, _, step in proof.walk()]
        steps = [(step.tactic, len(step.subgoals)) for step in walked]
        with closing(self._task.restrict(self._connector.connect())) as worker:
            try:
                checked = worker.check(proof.root.key, steps, CHECK_SECONDS)
            except ProverConnectionError as error:
                return CheckResult(accepted=False, script="", message=error.message)
            if not checked.accepted:
                culprit = walked[checked.step].goal if checked.step >= 0 else None
                return CheckResult(
                    accepted=False,
                    script="",
                    message=checked.message,
                    seconds=checked.seconds,
                    culprit=culprit,
                )
            script = worker.script(_script_name(self._task.name), proof.root.key, steps)
        return CheckResult(accepted=True, script=script, seconds=checked.seconds)

    def script(self, proof: Proof) -> str:
        """`proof` as `let NAME = prove(...)`, which HOL Light itself accepts.

        Raises:
            RequestError: It is not a proof.
        """
        steps = [(step.tactic, len(step.subgoals)) for _, _, step in proof.walk()]
        with closing(self._task.restrict(self._connector.connect())) as worker:
            return worker.script(_script_name(self._task.name), proof.root.key, steps)

    def close(self) -> None:
        """End the worker. Any number of times."""
        self._worker.kill()

    def _restart(self) -> None:
        self._worker.kill()
        self._numbers.clear()
        self._worker = self._task.restrict(self._connector.connect())

    def _number(self, goal: Goal) -> int:
        if goal.key not in self._numbers:
            try:
                self._know(self._worker.goal(goal.key))
            except ConnectionLostError:  # it died between requests
                self._restart()
                self._know(self._worker.goal(goal.key))
        return self._numbers[goal.key]

    def _know(self, known: KnownGoal) -> Goal:
        self._numbers[known.key] = known.number
        goal = self._goals.get(known.key)
        if goal is None:
            goal = Goal(known.key, known.text, known.constants)
            self._goals[known.key] = goal
        return goal

    def _outcome(self, applied: AppliedTactic) -> Outcome:
        if applied.failure:
            kind = FailureKind(applied.failure)
            return Failed(kind, applied.message, applied.seconds)
        if not applied.subgoals:
            return Proved(applied.seconds)
        goals = tuple(self._know(known) for known in applied.subgoals)
        return Subgoals(goals, applied.seconds)


def _script_name(name: str) -> str:
    return name if _OCAML_NAME.fullmatch(name) else "THEOREM"
