"""Proofs found by a search, before and after a fresh prover has checked them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bait_core.domain.goal import Goal


@dataclass(frozen=True, slots=True)
class ProofStep:
    """One tactic of a proof; `subgoals` are in the prover's order, empty if it closed the goal."""

    goal: Goal
    tactic: str
    subgoals: tuple[Goal, ...]


@dataclass(frozen=True, slots=True)
class Proof:
    """A complete proof as a directed acyclic graph: one step for each goal that it needs.

    A goal that occurs several times is stored once; `walk` unfolds it.
    """

    root: Goal
    steps: Mapping[str, ProofStep]

    def __getitem__(self, goal: Goal) -> ProofStep:
        """The step that proves `goal`."""
        return self.steps[goal.key]

    def size(self) -> int:
        """Number of tactics in the unfolded proof (may exceed `len(steps)` exponentially)."""
        sizes: dict[str, int] = {}
        for step in self.bottom_up():
            sizes[step.goal.key] = 1 + sum(sizes[goal.key] for goal in step.subgoals)
        return sizes[self.root.key]

    def bottom_up(self) -> Iterator[ProofStep]:
        """Each step once, after the steps of its subgoals."""
        done: set[str] = set()
        stack = [(self.steps[self.root.key], False)]
        while stack:
            step, children_done = stack.pop()
            if step.goal.key in done:
                continue
            if children_done:
                done.add(step.goal.key)
                yield step
                continue
            stack.append((step, True))
            stack.extend((self.steps[g.key], False) for g in reversed(step.subgoals))

    def walk(self) -> Iterator[tuple[int, int, ProofStep]]:
        """The unfolded proof in the prover's order.

        Yields:
            `(depth, siblings, step)`: the number of branchings above the step, how many
            subgoals its parent step left, and the step.
        """
        stack = [(0, 1, self.steps[self.root.key])]
        while stack:
            depth, siblings, step = stack.pop()
            yield depth, siblings, step
            inner = depth + (len(step.subgoals) > 1)
            stack.extend(
                (inner, len(step.subgoals), self.steps[g.key]) for g in reversed(step.subgoals)
            )


@dataclass(frozen=True, slots=True)
class Foundations:
    """What a theorem rests on besides the prover's own axioms.

    Attributes:
        axioms: Axioms of the user's own text that the user has allowed.
        open: What is not proved yet, for users: names of theorems, positions of holes.
    """

    axioms: tuple[str, ...] = ()
    open: tuple[str, ...] = ()


SOUND = Foundations()
"""The foundations of a theorem that rests on nothing else."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """The result of checking a whole proof in a fresh prover.

    Attributes:
        accepted: True only if the prover accepted all of it.
        script: The text that was checked, in the prover's language.
        message: Why it was not accepted; empty otherwise.
        seconds: Time the check took.
        culprit: The goal whose step was rejected, if known; the search drops this step and
            continues.
        foundations: What the theorem rests on with this proof. Where `open` is not empty, the
            goal is proved but the theorem around it is not.
    """

    accepted: bool
    script: str
    message: str = ""
    seconds: float = 0.0
    culprit: Goal | None = None
    foundations: Foundations = SOUND
