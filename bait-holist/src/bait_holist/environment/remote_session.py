"""A proof attempt at a HOList server."""

from __future__ import annotations

import re
import threading
from collections.abc import Sequence
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
    ProverCrashError,
    Subgoals,
)
from bait_holist.errors import RemoteError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.client import RemoteProver
from bait_holist.holist_protocol.messages import goal_of, key_of, theorem_numbers
from bait_holist.terms import constants, read_key

_THEOREM = r"(?:THM|ASSUM)\s+\d+"
_ARGUMENT = rf"`[^`]*`|\d+|{_THEOREM}|\[\s*(?:{_THEOREM}(?:\s*;\s*{_THEOREM})*)?\s*\]"
_TACTIC = re.compile(rf"[A-Z][A-Z0-9_]*(?:\s+(?:{_ARGUMENT}))*", re.ASCII)
_PUNCTUATION = re.compile(r"\s*([\[\];])\s*")


class TheoremRegistry:
    """A server and the theorems registered with it. Safe to use from several threads."""

    def __init__(self, prover: RemoteProver) -> None:
        self.prover = prover
        self._answers: dict[int, str] = {}
        self._lock = threading.Lock()

    def register(self, theorem: pb.Theorem) -> str:
        """Register a theorem with the server, once; returns why it was refused, or "".

        Raises:
            RemoteError: The server did not answer.
        """
        with self._lock:
            if theorem.fingerprint not in self._answers:
                response = self.prover.register(theorem)
                self._answers[theorem.fingerprint] = response.error_msg or _misnamed(
                    theorem, response.fingerprint
                )
            return self._answers[theorem.fingerprint]

    def forget(self) -> None:
        """Forget what was registered: the server is gone, and a new one knows nothing."""
        with self._lock:
            self._answers.clear()


@dataclass(frozen=True)
class RemoteTask:
    """What a session has to prove.

    Attributes:
        goal: The goal.
        premises: What the proof may use.
        theorems: The same by fingerprint.
    """

    goal: pb.Theorem
    premises: PremiseSet
    theorems: dict[int, pb.Theorem]


class RemoteSession:
    """A proof attempt at a HOList server.

    Tactics are in HOList's form: a tactic's name with theorems `THM n`, assumptions `ASSUM n`,
    lists of these in brackets, and terms as S-expressions in backquotes. Everything else is refused
    here, since servers may know theorems by names that a proof must not use.
    """

    def __init__(self, task: RemoteTask, registry: TheoremRegistry) -> None:
        self._task = task
        self._registry = registry
        self._prover = registry.prover
        self.root = _as_goal(task.goal)

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:
        """Apply each tactic to `goal`; see `bait_core.protocols.Session`."""
        message = goal_of(goal.key)
        return [self._run(message, tactic, timeout) for tactic in tactics]

    def retrieve_premises(self, goal: Goal) -> PremiseSet:  # noqa: ARG002  (all goals the same)
        """The theorems of the database that the proof may use."""
        return self._task.premises

    def check(self, proof: Proof) -> CheckResult:
        """Have the server verify all of `proof`, after checking that it uses no later theorem."""
        if proof.root.key != self.root.key:
            return _refused(f"this proves another goal: {proof.root.text}")
        try:
            for _, _, step in proof.walk():
                refusal = self._refusal(step.tactic)
                if refusal:
                    return _refused(f"{step.tactic}: {refusal}", step.goal)
            response = self._prover.verify(self._task.goal, _tactics(proof))
        except RemoteError as error:
            return _refused(error.message)
        if not response.sound:
            return _refused(response.error_msg)
        return CheckResult(accepted=True, script=self.script(proof))

    def script(self, proof: Proof) -> str:
        """The tactics of `proof`, depth first, one per line: what the server verifies."""
        return "\n".join(_tactics(proof))

    def close(self) -> None:
        """Release nothing: the connection belongs to the environment."""

    def _run(self, goal: pb.Theorem, tactic: str, timeout: float) -> Outcome:
        try:
            refusal = self._refusal(tactic)
            if refusal:
                return Failed(FailureKind.REJECTED, refusal)
            return _outcome(self._prover.apply(goal, holist_form(tactic), timeout))
        except RemoteError as error:
            if error.timed_out:
                return Failed(FailureKind.TIMEOUT, error.message)
            self._registry.forget()
            raise ProverCrashError(error.message, hint=error.hint) from error

    def _refusal(self, tactic: str) -> str:
        """Why the tactic must not be sent; empty if it may."""
        if not _TACTIC.fullmatch(tactic):
            return "not a tactic in HOList's form"
        for number in theorem_numbers([tactic]):
            theorem = self._task.theorems.get(number)
            if theorem is None:
                return f"THM {number} must not be used in this proof"
            refusal = self._registry.register(theorem)
            if refusal:
                return f"the server does not know THM {number}: {refusal}"
        return ""


def _tactics(proof: Proof) -> list[str]:
    return [holist_form(step.tactic) for _, _, step in proof.walk()]


def _refused(message: str, culprit: Goal | None = None) -> CheckResult:
    return CheckResult(accepted=False, script="", message=message, culprit=culprit)


def _misnamed(theorem: pb.Theorem, fingerprint: int) -> str:
    """Why the server knows the theorem by another fingerprint; empty if it does not."""
    if fingerprint == theorem.fingerprint:
        return ""
    return f"its fingerprint there is {fingerprint}"


def holist_form(tactic: str) -> str:
    """The tactic with spaces around brackets and semicolons, as HOList's servers expect."""
    parts = tactic.split("`")
    parts[::2] = [_PUNCTUATION.sub(r" \1 ", part) for part in parts[::2]]
    return "`".join(parts).strip()


def _outcome(response: pb.ApplyTacticResponse) -> Outcome:
    match response.WhichOneof("result"):
        case "goals" if response.goals.goals:
            return Subgoals(tuple(_as_goal(goal) for goal in response.goals.goals))
        case "goals":
            return Proved()
        case "error":
            return Failed(_kind(response.error), response.error)
    return Failed(FailureKind.ERROR, "the server sent an empty answer")


def _kind(error: str) -> FailureKind:
    """The kind of a failure: our server names it; HOList's own interrupts slow tactics."""
    if "Sys.Break" in error:
        return FailureKind.TIMEOUT
    head = error.partition(":")[0]
    return FailureKind(head) if head in set(FailureKind) else FailureKind.ERROR


def _as_goal(theorem: pb.Theorem) -> Goal:
    key = key_of(theorem)
    hypotheses, conclusion = read_key(key)
    symbols = dict.fromkeys(name for term in (conclusion, *hypotheses) for name in constants(term))
    return Goal(key, theorem.pretty_printed or theorem.conclusion, tuple(symbols))
