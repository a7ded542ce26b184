"""Tactics that close a goal or fail, and simplifiers, which often close it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bait_lean.automation.candidate import Candidate, View
from bait_lean.automation.formula import Shape, words
from bait_lean.automation.goal_text import DAGGER

_ARITHMETIC = re.compile(r"[-+*/%<≤>≥∣\d]|\b(?:Nat|Int|Fin|length|size)\b")
_STATED = frozenset((Shape.EQUAL, Shape.RELATION, Shape.ATOM, Shape.EXISTS, Shape.OR))
_MAX_STATED = 300
_COMMUTING = re.compile(r"[+*∧∨]|\b(?:max|min)\b")


def closing(view: View) -> Iterator[Candidate]:
    """Decision procedures and simplifiers, quick ones first."""
    goal = view.goal
    yield Candidate("rfl", 6.0)
    yield Candidate("trivial", 5.5)
    if goal.facts:
        yield Candidate("assumption", 5.4)
        yield Candidate("contradiction", 4.4)
    if is_arithmetic(view):
        yield Candidate("omega", 4.2)
    yield Candidate("simp", 3.0)
    if not any(h.name in words(goal.target) for h in goal.hypotheses):
        yield Candidate("decide", 3.9)
    yield Candidate("simp_all", 2.0)
    if goal.formula.shape is Shape.EQUAL and _COMMUTING.search(goal.target):
        yield Candidate("ac_rfl", 3.6)
    yield Candidate("grind", 1.95)
    if goal.facts:
        yield Candidate("simp [*]", 0.3)
        yield Candidate("solve_by_elim", 0.3)
    if any(h.formula.shape is Shape.EQUAL for h in goal.facts):
        yield Candidate("subst_vars", 0.2)
        yield Candidate("injections", 0.15)


def slow(view: View) -> Iterator[Candidate]:
    """Tactics that take seconds at times: library search, for what a library may state.

    The file's own theorems are tried by name elsewhere.
    """
    goal = view.goal
    hidden = any(DAGGER in h.name and not h.name.startswith("inst") for h in goal.hypotheses)
    stated = goal.formula.shape in _STATED and len(goal.target) <= _MAX_STATED
    if stated and not hidden and not view.own.definitions:
        yield Candidate("exact?", 0.02)


def is_arithmetic(view: View) -> bool:
    """Whether numbers may play a role."""
    goal = view.goal
    return bool(
        _ARITHMETIC.search(goal.target) or any(_ARITHMETIC.search(h.type) for h in goal.hypotheses)
    )
