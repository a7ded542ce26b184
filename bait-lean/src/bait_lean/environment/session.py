"""A hole under proof."""

from __future__ import annotations

import logging
import time
from collections.abc import Sequence
from types import TracebackType
from typing import Protocol, Self

from bait_core import (
    NO_PREMISES,
    CheckResult,
    Failed,
    FailureKind,
    Goal,
    Outcome,
    PremiseSet,
    Proof,
    Proved,
    ProverCrashError,
    ProverError,
    ProverStartError,
    Subgoals,
)
from bait_lean.environment.states import GoalStates
from bait_lean.errors import ReplError, ReplTimeoutError
from bait_lean.holes.task import OpenHole, ProofTask
from bait_lean.process.messages import ErrorReply, StatusReply
from bait_lean.prover.pool import ProverPool
from bait_lean.prover.prover import Prover
from bait_lean.prover.steps import ProofState, TacticResult, apply_tactic, suggestion
from bait_lean.source import guard
from bait_lean.source.script import Arrangement, ScriptLine, write_script

_log = logging.getLogger(__name__)

_STATUS_INTERVAL = 256
"""Tactics between two looks at the memory of a process."""

_MEMORY_SHARE = 0.75
"""Share of the memory limit above which a process is restarted between two calls."""

_REPLAY_TIMEOUT = 60.0
"""Seconds for a tactic that has succeeded before."""


class Referee(Protocol):
    """What a session delegates to its environment."""

    def check(self, task: ProofTask, lines: list[ScriptLine]) -> CheckResult:
        """Replay a script in a prover that took no part in the search."""
        ...

    def shown(self, task: ProofTask, lines: list[ScriptLine]) -> str:
        """A script as it is shown to users."""
        ...

    def premises(self, task: ProofTask, prover: Prover, hole: OpenHole) -> PremiseSet:
        """The facts that a proof may use."""
        ...


class LeanSession:
    """One hole under proof: implements `bait_core.protocols.Session`.

    Args:
        task: The hole.
        pool: Where the prover comes from.
        referee: Checks proofs and knows the premises.
        memory_limit: Bytes that a process may use.

    Raises:
        ProverStartError: Lean does not start.
        TheoremError: Lean does not accept the hole's declaration.
    """

    def __init__(
        self,
        task: ProofTask,
        pool: ProverPool,
        referee: Referee,
        memory_limit: int | None,
    ) -> None:
        self._task = task
        self._pool = pool
        self._referee = referee
        self._memory_limit = memory_limit
        self._arrangements: dict[tuple[str, str], Arrangement] = {}
        self._found: dict[tuple[str, str], str] = {}
        self._until_status = _STATUS_INTERVAL
        self._prover: Prover | None = None
        self._hole = self._open()
        self._root = self._hole.root.goal
        self._states = GoalStates(self._root)
        self._states.lose_all(self._hole.root.state)

    @property
    def root(self) -> Goal:
        """The goal at the hole."""
        return self._root

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:
        """Apply each tactic to `goal`; see `bait_core.protocols.Session`."""
        self._spare_memory(len(tactics))
        return [self._run(goal, tactic, timeout) for tactic in tactics]

    def retrieve_premises(self, goal: Goal) -> PremiseSet:  # noqa: ARG002
        """The library facts and the file's earlier ones; the same for all goals of a hole."""
        try:
            return self._referee.premises(self._task, self._living_prover(), self._hole)
        except ReplError:
            self._restart()
        try:
            return self._referee.premises(self._task, self._living_prover(), self._hole)
        except ReplError as error:
            _log.warning("Lean dies when it is asked for premises: %s", error.message)
            return NO_PREMISES

    def check(self, proof: Proof) -> CheckResult:
        """Replay `proof` as text in a process of its own, down to kernel and axioms."""
        steps = list(proof.bottom_up())
        for step in steps:
            if refusal := guard.refusal(step.tactic):
                return CheckResult(False, step.tactic, refusal, culprit=step.goal)
        try:
            lines = write_script(proof, self._arrangements, self._found)
        except ProverError as error:
            return CheckResult(False, "", error.message)
        result = self._referee.check(self._task, lines)
        if not result.accepted and any((s.goal.key, s.tactic) in self._found for s in steps):
            # What `exact?` prints does not always mean what it found.
            self._found.clear()
            return self.check(proof)
        return result

    def script(self, proof: Proof) -> str:
        """`proof` as Lean text: a tactic block for a file's hole, else a whole theorem.

        Raises:
            ProverError: It is too long.
        """
        return self._referee.shown(self._task, write_script(proof, self._arrangements, self._found))

    def close(self) -> None:
        """Give the prover back for the next session."""
        prover, self._prover = self._prover, None
        if prover is not None:
            self._pool.release(prover)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def _run(self, goal: Goal, tactic: str, timeout: float) -> Outcome:
        if refusal := guard.refusal(tactic):
            return Failed(FailureKind.REJECTED, refusal)
        prover = self._living_prover()
        state = self._state(goal)
        start = time.perf_counter()
        try:
            result = apply_tactic(prover, goal, state, tactic.strip(), timeout, self._hole.policy)
        except ReplTimeoutError:
            seconds = time.perf_counter() - start
            self._restart()
            message = "the tactic could not be stopped at its time limit; Lean was restarted"
            return Failed(FailureKind.TIMEOUT, message, seconds)
        except ReplError as error:
            seconds = time.perf_counter() - start
            self._restart()
            return Failed(FailureKind.CRASH, error.message, seconds)
        return self._outcome(goal, tactic, result, time.perf_counter() - start)

    def _outcome(
        self, goal: Goal, tactic: str, result: TacticResult | Failed, seconds: float
    ) -> Outcome:
        if isinstance(result, Failed):
            return Failed(result.kind, result.message, seconds)
        if not result.obligations:
            found = suggestion(tactic, result)
            if found and not guard.refusal(found):
                self._found[goal.key, tactic] = found
            return Proved(seconds)
        self._states.add(goal, tactic, result.obligations)
        if any(len(obligation.indices) > 1 for obligation in result.obligations):
            arrangement = tuple(obligation.indices for obligation in result.obligations)
            self._arrangements[goal.key, tactic] = arrangement
        return Subgoals(tuple(obligation.goal for obligation in result.obligations), seconds)

    def _state(self, goal: Goal) -> ProofState:
        """The proof state of a goal; a second process is tried if the first dies on the way."""
        try:
            return self._states.state(goal, self._replay)
        except ReplError:
            self._restart()
        try:
            return self._states.state(goal, self._replay)
        except ReplError as error:
            raise ProverCrashError(
                "Lean died twice while returning to a goal", hint=error.message
            ) from error

    def _replay(self, goal: Goal, state: ProofState, tactic: str) -> TacticResult:
        result = apply_tactic(
            self._living_prover(), goal, state, tactic.strip(), _REPLAY_TIMEOUT, self._hole.policy
        )
        if isinstance(result, Failed):
            raise ProverCrashError(
                "a goal could not be reached again after Lean was restarted: "
                f"`{tactic}` failed with: {result.message}"
            )
        return result

    def _living_prover(self) -> Prover:
        if self._prover is None or not self._prover.alive:
            self._restart()
        assert self._prover is not None  # noqa: S101
        return self._prover

    def _restart(self) -> None:
        """Open the hole in another process; proof states are found again when needed."""
        try:
            self._hole = self._open()
        except ProverStartError as error:
            raise ProverCrashError(
                "Lean died and can't be restarted", hint=error.message
            ) from error
        if self._hole.root.goal != self._root:
            raise ProverCrashError("the hole's goal changed after Lean was restarted")
        self._states.lose_all(self._hole.root.state)

    def _open(self) -> OpenHole:
        """Open the hole; what can kill one process may not kill the next."""
        try:
            return self._open_in(self._new_prover())
        except ReplError:
            pass
        try:
            return self._open_in(self._new_prover())
        except ReplError as error:
            raise ProverCrashError(
                f"Lean dies before it reaches the hole {self._task.hole.name}",
                hint=error.message,
            ) from error

    def _new_prover(self) -> Prover:
        old, self._prover = self._prover, None
        if old is not None:
            self._pool.discard(old)
        self._prover = self._pool.acquire()
        return self._prover

    def _open_in(self, prover: Prover) -> OpenHole:
        try:
            return self._task.open(prover)
        except ReplError:
            raise
        except BaseException:
            self.close()
            raise

    def _spare_memory(self, tactics: int) -> None:
        """Restart a process that has grown too much, rather than let it die in a tactic."""
        self._until_status -= tactics
        if self._until_status > 0 or self._memory_limit is None:
            return
        self._until_status = _STATUS_INTERVAL
        prover = self._living_prover()
        if not prover.has_extensions:
            return
        try:
            reply = prover.ask({"status": True}, StatusReply)
        except ReplError:
            self._restart()
            return
        if not isinstance(reply, ErrorReply) and reply.memory > self._memory_limit * _MEMORY_SHARE:
            self._restart()
