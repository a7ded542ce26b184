"""A prover for tests: a table says what each tactic does to each goal."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Mapping, Sequence

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
from bait_core.proof_search import Attempt
from bait_core.protocols import TacticRequest

ERROR = Failed(FailureKind.ERROR, "does not apply")
Rules = Mapping[str, Mapping[str, Sequence[str] | Outcome]]


def goal(name: str) -> Goal:
    return Goal(name, f"⊢ {name}")


class ToyEnvironment:
    """`rules[goal][tactic]` is a list of subgoals, or an outcome; other tactics fail."""

    def __init__(
        self,
        rules: Rules,
        *,
        roots: Sequence[str] = ("root",),
        reject: Iterable[tuple[str, str]] = (),
        on_tactic: Callable[[str, str, float], None] = lambda *_: None,
    ) -> None:
        self.rules = rules
        self.roots = roots
        self.reject = set(reject)
        self.on_tactic = on_tactic
        self.closed = threading.Event()
        self.sessions = 0

    def theorems(self) -> list[Theorem]:
        return [Theorem(name, f"⊢ {name}") for name in self.roots]

    def start(self, theorem: Theorem) -> ToySession:
        self.sessions += 1
        return ToySession(self, theorem.name)

    def close(self) -> None:
        self.closed.set()


class ToySession:
    def __init__(self, environment: ToyEnvironment, root: str) -> None:
        self._environment = environment
        self.root = goal(root)

    def run_tactics(self, goal: Goal, tactics: Sequence[str], timeout: float) -> list[Outcome]:
        return [self._run(goal.key, tactic, timeout) for tactic in tactics]

    def _run(self, name: str, tactic: str, timeout: float) -> Outcome:
        self._environment.on_tactic(name, tactic, timeout)
        result = self._environment.rules.get(name, {}).get(tactic, ERROR)
        if isinstance(result, Proved | Subgoals | Failed):
            return result
        return Subgoals(tuple(map(goal, result))) if result else Proved()

    def retrieve_premises(self, goal: Goal) -> PremiseSet:
        return NO_PREMISES

    def check(self, proof: Proof) -> CheckResult:
        for step in proof.steps.values():
            if (step.goal.key, step.tactic) in self._environment.reject:
                message = f"{step.tactic} is not accepted"
                return CheckResult(False, self.script(proof), message, culprit=step.goal)
        return CheckResult(True, self.script(proof))

    def script(self, proof: Proof) -> str:
        return "\n".join("  " * depth + step.tactic for depth, _, step in proof.walk())

    def close(self) -> None:
        pass


class ToyModel:
    """Proposes the tactics that the rules know for a goal, plus one that fails, equally likely."""

    def __init__(self, rules: Rules) -> None:
        self.rules = rules
        self.batches: list[int] = []

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        self.batches.append(len(requests))
        return [
            [Suggestion(tactic, -1.0) for tactic in ("nonsense", *self.rules.get(r.goal.key, ()))]
            for r in requests
        ]


class AttemptLog:
    """An observer of the runner that keeps the attempts that ended."""

    def __init__(self) -> None:
        self.ended: list[Attempt] = []

    def on_start(self, attempt: Attempt) -> None:
        pass

    def on_step(self, attempt: Attempt) -> None:
        pass

    def on_end(self, attempt: Attempt) -> None:
        self.ended.append(attempt)
