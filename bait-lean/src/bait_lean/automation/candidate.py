"""Tactics with weights, before they become suggestions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from bait_lean.automation.goal_text import GoalText
from bait_lean.automation.vocabulary import Vocabulary


class Candidate(NamedTuple):
    """A tactic and how promising it is, relative to the others of its goal."""

    tactic: str
    weight: float


class View(NamedTuple):
    """What the rules look at: a parsed goal and the user's constants in it."""

    goal: GoalText
    own: Vocabulary


_SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


class FreshNames:
    """Hands out names that the context does not use yet."""

    def __init__(self, taken: Iterable[str]) -> None:
        self._taken = set(taken)

    def __call__(self, wanted: str) -> str:
        """`wanted`, with a subscript if it is taken."""
        base = wanted.rstrip("✝") if wanted.rstrip("✝").isidentifier() else "x"
        base = "x" if base == "_" else base
        name, count = base, 0
        while name in self._taken:
            count += 1
            name = base + str(count).translate(_SUBSCRIPTS)
        self._taken.add(name)
        return name
