"""One theorem under proof in HOL Light."""

from __future__ import annotations

import re
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass

from bait_core.domain import (
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
from bait_holist.errors import WorkerError, WorkerLostError
from bait_holist.prover.connection import Worker
from bait_holist.prover.connector import Connector
from bait_holist.prover.replies import Applied, KnownGoal

CHECK_SECONDS = 60.0
"""CPU time that one tactic of a proof may take when the proof is checked."""

_OCAML_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_']*")


@dataclass(frozen=True)
class Task:
    """What a session is to prove.

    Attributes:
        name: Of the theorem.
        statement: S-expression.
        place: Of the theorem in the library; None for a statement of the user.
        premises: What the proof may use.
    """

    name: str
    statement: str
    place: int | None
    premises: PremiseSet

    @property
    def goal(self) -> str:
        """Key of the goal to prove."""
        return f"(g () {self.statement})"

    def restrict(self, worker: Worker) -> Worker:
        """Let the worker use nothing that the proof must not: itself, aliases, later theorems."""
        if self.place is not None:
            worker.admit(self.place, [self.statement])
        return worker


class HolistSession:
    """A proof attempt with a worker of its own."""

    def __init__(self, task: Task, connector: Connector) -> None:
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
            except WorkerLostError as error:
                kind = FailureKind.TIMEOUT if error.timed_out else FailureKind.CRASH
                outcomes.append(Failed(kind, error.message))
                self._restart()
        return outcomes

    def retrieve_premises(self, goal: Goal) -> PremiseSet:  # noqa: ARG002  (all goals the same)
        """The library theorems that the proof may use."""
        return self._task.premises

    def check(self, proof: Proof) -> CheckResult:
        """Replay the whole of `proof` in a worker that took no part in the search."""
        if proof.root.key != self.root.key:
            message = f"this proves another goal: {proof.root.text}"
            return CheckResult(accepted=False, script="", message=message)
        walked = [step for _, _, step in proof.walk()]
        steps = [(step.tactic, len(step.subgoals)) for step in walked]
        with closing(self._task.restrict(self._connector.connect())) as worker:
            try:
                checked = worker.check(proof.root.key, steps, CHECK_SECONDS)
            except WorkerError as error:
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
            RequestError: It is no proof.
        """
        steps = [(step.tactic, len(step.subgoals)) for _, _, step in proof.walk()]
        with closing(self._task.restrict(self._connector.connect())) as worker:
            return worker.script(_script_name(self._task.name), proof.root.key, steps)

    def close(self) -> None:
        """End the worker. May be called twice."""
        self._worker.kill()

    def _restart(self) -> None:
        self._worker.kill()
        self._numbers.clear()
        self._worker = self._task.restrict(self._connector.connect())

    def _number(self, goal: Goal) -> int:
        if goal.key not in self._numbers:
            try:
                self._know(self._worker.goal(goal.key))
            except WorkerLostError:  # it died while nobody asked it anything
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

    def _outcome(self, applied: Applied) -> Outcome:
        if applied.failure:
            kind = FailureKind(applied.failure)
            return Failed(kind, applied.message, applied.seconds)
        if not applied.subgoals:
            return Proved(applied.seconds)
        goals = tuple(self._know(known) for known in applied.subgoals)
        return Subgoals(goals, applied.seconds)


def _script_name(name: str) -> str:
    return name if _OCAML_NAME.fullmatch(name) else "THEOREM"
