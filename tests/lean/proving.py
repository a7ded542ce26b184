"""Helpers to prove things with the environment `lean`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from bait_core.domain import Failed, Goal, Outcome, Proof, ProofStep, Proved, Subgoals
from bait_lean.embedded.install import find_installation
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.options import LeanOptions
from bait_lean.environment.session import LeanSession

needs_lean = [
    pytest.mark.lean,
    pytest.mark.skipif(find_installation() is None, reason="needs `bait lean install`"),
]
LIMIT = 20.0

Script = str | tuple[str, "Sequence[Script]"]
"""A tactic that closes its goal, or one with scripts for the goals that it leaves."""

MakeEnvironment = Callable[..., LeanEnvironment]


def file_environment(folder: Path, text: str, **options: Any) -> LeanEnvironment:
    """An environment for a file of this text, in a new file."""
    file = folder / "File.lean"
    file.write_bytes(text.encode())
    return LeanEnvironment(LeanOptions(file=file, backend="embedded", **options))


def run(session: LeanSession, tactic: str, goal: Goal | None = None) -> Outcome:
    """The outcome of one tactic."""
    return session.run_tactics(goal or session.root, [tactic], LIMIT)[0]


def subgoals(session: LeanSession, tactic: str, goal: Goal | None = None) -> tuple[Goal, ...]:
    """The goals that a tactic leaves."""
    outcome = run(session, tactic, goal)
    assert isinstance(outcome, Subgoals), outcome
    return outcome.goals


def failure(session: LeanSession, tactic: str, goal: Goal | None = None) -> Failed:
    """The failure of a tactic."""
    outcome = run(session, tactic, goal)
    assert isinstance(outcome, Failed), outcome
    return outcome


def prove(session: LeanSession, script: Script) -> Proof:
    """Run a script and make a proof of it, whatever its last tactics do."""
    steps: dict[str, ProofStep] = {}
    pending = [(session.root, script)]
    while pending:
        goal, script = pending.pop()
        tactic, scripts = (script, ()) if isinstance(script, str) else script
        goals = subgoals(session, tactic, goal) if scripts else ()
        if not scripts:
            run(session, tactic, goal)
        steps[goal.key] = ProofStep(goal, tactic, goals)
        pending += zip(goals, scripts, strict=True)
    return Proof(session.root, steps)


def close(environment: LeanEnvironment, name: str, script: Script) -> str:
    """Prove a theorem, have it checked, and return the script."""
    theorem = next(t for t in environment.theorems() if t.name == name)
    with environment.start(theorem) as session:
        result = session.check(prove(session, script))
    assert result.accepted, result.message
    return result.script


def open_session(environment: LeanEnvironment, name: str = "") -> LeanSession:
    """A session for the theorem of this name, or for the first."""
    return environment.start(next(t for t in environment.theorems() if not name or t.name == name))


def closes(session: LeanSession, tactic: str) -> bool:
    """Whether a tactic closes the root."""
    return isinstance(run(session, tactic), Proved)
