"""What driving Lean through BAIT adds to the time per tactic.

Each tactic is run by one and the same Lean process, in turn: as a request that is written to its
pipe ready-made, with nothing done to the answer but finding its end; and through a session of
BAIT's (guard, request, answer, goals, books). Compared are the medians, as the machine may do
other things in between.

    python benchmarks/lean_overhead.py [--rounds 50]
"""

from __future__ import annotations

import argparse
import json
import os
import select
import statistics
import time
from dataclasses import dataclass, field

from rich.console import Console
from rich.table import Table

from bait_core.domain import Failed, Goal, Subgoals
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.options import LeanOptions
from bait_lean.environment.session import LeanSession

TARGET = 10.0
"""Per cent."""
TIMEOUT = 30.0
STATEMENT = """inductive Tree where
  | leaf : Tree
  | node : Tree → Nat → Tree → Tree
def Tree.size : Tree → Nat
  | leaf => 0
  | node l _ r => l.size + 1 + r.size
theorem t (a b c : Nat) (xs ys : List Nat) (t : Tree) (p q : Prop) (h₁ : a < b) (h₂ : p ∧ q) :
    (a < b + c ∧ (xs ++ ys).length = ys.length + xs.length) ∧ (q ∧ p) ∧ 0 ≤ t.size"""
TACTICS = (
    "constructor",
    "intro x",
    "exact h₁",
    "rw [Nat.add_comm]",
    "rcases h₂ with ⟨hp, hq⟩",
    "have h₃ : a ≤ b := Nat.le_of_lt h₁",
    "cases t",
    "induction xs with\n| nil => skip\n| cons x xs ih => skip",
    "simp",
    "simp_all",
    "omega",
    "refine ⟨⟨?_, ?_⟩, ?_, ?_⟩",
    "refine ⟨⟨Nat.lt_add_right c h₁, ?_⟩, ⟨h₂.2, h₂.1⟩, ?_⟩ <;> simp [Nat.add_comm]",
    "simp [Nat.add_comm, h₂]; omega",
    "grind",
)


@dataclass
class Times:
    """Seconds that a tactic took, bare and through BAIT."""

    outcome: str = ""
    bare: list[float] = field(default_factory=list)
    session: list[float] = field(default_factory=list)


class BareClient:
    """Talks to a session's own process."""

    def __init__(self, session: LeanSession) -> None:
        assert session._prover is not None
        process = session._prover._process
        self._stdin = process._stdin.fileno()
        self._stdout = process._stdout.fileno()

    def seconds(self, request: bytes) -> float:
        """The time from writing a request to the end of its answer."""
        start = time.perf_counter()
        unsent = memoryview(request)
        while unsent:
            select.select([], [self._stdin], [])
            unsent = unsent[os.write(self._stdin, unsent) :]
        tail = b""
        while not tail.endswith(b"\n\n"):
            tail = tail[-2:] + os.read(self._stdout, 1 << 16)
        return time.perf_counter() - start


def request(session: LeanSession, goal: Goal, tactic: str) -> bytes:
    """The request that the session would send."""
    payload = {
        "tactic": tactic,
        "proofState": session._state(goal).number,
        "timeout": TIMEOUT,
        "parts": True,
    }
    return json.dumps(payload, ensure_ascii=False).encode() + b"\n\n"


def measure(session: LeanSession, rounds: int) -> dict[str, Times]:
    """Run every tactic in every round both ways; which way goes first alternates."""
    client = BareClient(session)
    requests = {tactic: request(session, session.root, tactic) for tactic in TACTICS}
    times = {tactic: Times() for tactic in TACTICS}
    for number in range(-2, rounds):
        for tactic, entry in times.items():
            for bare in (True, False) if number % 2 else (False, True):
                if bare:
                    seconds = client.seconds(requests[tactic])
                else:
                    start = time.perf_counter()
                    (outcome,) = session.run_tactics(session.root, [tactic], TIMEOUT)
                    seconds = time.perf_counter() - start
                    entry.outcome = describe(outcome)
                if number >= 0:  # the first rounds warm up
                    (entry.bare if bare else entry.session).append(seconds)
    return times


def describe(outcome: object) -> str:
    """An outcome in a word or two."""
    if isinstance(outcome, Failed):
        return outcome.kind.value
    return f"{len(outcome.goals)} goals" if isinstance(outcome, Subgoals) else "proved"


def show(times: dict[str, Times]) -> float:
    """Print the table; returns the overhead over all tactics in per cent."""
    table = Table(title="Time per tactic, medians")
    table.add_column("tactic")
    table.add_column("outcome")
    for heading in ("bare ms", "BAIT ms", "more %", "more µs"):
        table.add_column(heading, justify="right")
    bare_total = session_total = 0.0
    for tactic, entry in times.items():
        bare, session = statistics.median(entry.bare), statistics.median(entry.session)
        bare_total += bare
        session_total += session
        add_row(table, tactic.split("\n", maxsplit=1)[0], entry.outcome, bare, session)
    table.add_section()
    add_row(table, "mean", "", bare_total / len(times), session_total / len(times))
    Console(width=110).print(table)
    return (session_total / bare_total - 1) * 100


def add_row(table: Table, tactic: str, outcome: str, bare: float, session: float) -> None:
    """Add the times of a tactic in seconds."""
    table.add_row(
        tactic if len(tactic) <= 44 else f"{tactic[:41]}...",
        outcome,
        f"{bare * 1e3:.2f}",
        f"{session * 1e3:.2f}",
        f"{(session / bare - 1) * 100:+.1f}",
        f"{(session - bare) * 1e6:+.0f}",
    )


def main() -> None:
    """Measure and say whether the target is met."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=50)
    arguments = parser.parse_args()
    environment = LeanEnvironment(LeanOptions(statement=STATEMENT, memory_limit=None))
    try:
        with environment.start(environment.theorems()[0]) as session:
            overhead = show(measure(session, arguments.rounds))
    finally:
        environment.close()
    verdict = "met" if overhead <= TARGET else "missed"
    print(f"BAIT adds {overhead:.1f} % to the time per tactic; target {TARGET:.0f} %: {verdict}")


if __name__ == "__main__":
    main()
