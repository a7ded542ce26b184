"""Witnesses for existential targets."""

from __future__ import annotations

from collections.abc import Iterator

from bait_lean.automation.candidate import Candidate, View
from bait_lean.automation.formula import Formula, Shape, parse_formula
from bait_lean.automation.goal_text import GoalText

_MAX_VARIABLES = 6
_NUMBERS = frozenset(("Nat", "Int"))
_PAIRS = ("{a} + {b}", "{a} * {b}", "{a} + {b} + 1", "2 * {a} * {b} + {a} + {b}", "2 * {a} * {b}")


def witnesses(view: View) -> Iterator[Candidate]:
    """Terms of the context, and sums and products of numbers in it."""
    goal = view.goal
    formula = goal.formula
    if formula.shape is Shape.ATOM and view.own.predicates:
        yield from _hidden(goal)
        return
    if formula.shape is not Shape.EXISTS:
        return
    terms = _terms(goal, formula)
    for rank, term in enumerate(terms[:_MAX_VARIABLES]):
        yield Candidate(f"exact ⟨{term}, by grind⟩", 0.9 * 0.9**rank)
        yield Candidate(f"refine ⟨{term}, ?_⟩", 0.8 * 0.9**rank)
    yield from _numeric(goal, formula)
    yield Candidate("refine ⟨?_, ?_⟩", 0.3)
    yield Candidate("constructor", 0.2)


def _terms(goal: GoalText, formula: Formula) -> list[str]:
    """Variables that the binder's type admits, latest first; where it names none, all."""
    _, typed, type_ = formula.left.rpartition(" : ")
    type_ = type_.rstrip(")}⦄")
    found = [h.name for h in reversed(goal.data()) if not typed or h.type == type_]
    if not typed or type_ in _NUMBERS:
        found += ["0", "1"]
    if any(h.head == "Inhabited" for h in goal.hypotheses):
        found.append("default")
    return found


def _numeric(goal: GoalText, formula: Formula) -> Iterator[Candidate]:
    body = parse_formula(formula.right)
    if body.shape is Shape.EQUAL:
        for term in _quotients(body):
            yield Candidate(f"exact ⟨{term}, by omega⟩", 1.6)
    yield from _arithmetic(goal, 0.6)


def _hidden(goal: GoalText) -> Iterator[Candidate]:
    """A predicate that may be defined as an existential, such as parity."""
    yield from _arithmetic(goal, 0.5)
    for rank, hypothesis in enumerate(reversed(goal.data()[-_MAX_VARIABLES:])):
        if hypothesis.formula.shape is Shape.ATOM:
            yield Candidate(f"exact ⟨{hypothesis.name}, by grind⟩", 0.3 * 0.9**rank)


def _arithmetic(goal: GoalText, weight: float) -> Iterator[Candidate]:
    numbers = [h.name for h in reversed(goal.data()) if h.head in _NUMBERS][:4]
    pairs = [(a, b) for i, a in enumerate(numbers) for b in numbers[i:]]
    for rank, (a, b) in enumerate(pairs[:_MAX_VARIABLES]):
        options = " | ".join(f"exact ⟨{p.format(a=a, b=b)}, by grind⟩" for p in _PAIRS)
        yield Candidate(f"first | {options}", weight * 0.85**rank)


def _quotients(equation: Formula) -> Iterator[str]:
    """For `n = 2 * k + 1` the half of `n`, for `n = k + k` likewise."""
    for left, right in ((equation.left, equation.right), (equation.right, equation.left)):
        factor = right.partition(" *")[0]
        if factor.isdigit():
            yield f"({left}) / {factor}"
            return
    yield f"({equation.left}) / 2"
