"""Witnesses for existential targets."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations_with_replacement, islice, product

from bait_lean.automation.candidate import Candidate, View
from bait_lean.automation.formula import Formula, Shape, parse_formula
from bait_lean.automation.goal_text import GoalText

_MAX_VARIABLES = 6
_NUMBERS = frozenset(("Nat", "Int"))
_MAX_NUMBERS = 3
_MAX_PAIRS = 4
# Sums and products of two numbers, the likeliest first.
_PATTERNS = ("{a} * {b}", "{a} + {b}", "{a} + {b} + 1", "2 * {a} * {b} + {a} + {b}")


def witnesses(view: View) -> Iterator[Candidate]:
    """Terms of the context, and sums, products and halves of numbers in it."""
    formula = view.goal.formula
    if formula.shape is Shape.EXISTS:
        yield from _visible(view.goal, formula)
    elif formula.operator == "∣" and not _untouched(view, "∣"):
        yield from islice(_combinations(view.goal, 0.3), _MAX_PAIRS)
    elif formula.shape is Shape.ATOM and formula.head in view.own.predicate_words:
        yield from _hidden(view, formula)


def _visible(goal: GoalText, formula: Formula) -> Iterator[Candidate]:
    for rank, term in enumerate(_terms(goal, formula)[:_MAX_VARIABLES]):
        yield Candidate(f"exact ⟨{term}, by grind⟩", 0.9 * 0.9**rank)
        yield Candidate(f"refine ⟨{term}, ?_⟩", 0.8 * 0.9**rank)
    body = parse_formula(formula.right)
    if body.shape is Shape.EQUAL:
        yield Candidate(f"exact ⟨{_quotient(body)}, by omega⟩", 1.6)
    if binder_type(formula) in {"", *_NUMBERS}:
        yield from _combinations(goal, 0.6)
    yield Candidate("refine ⟨?_, ?_⟩", 0.15)


def _terms(goal: GoalText, formula: Formula) -> list[str]:
    """Variables that the binder's type admits, latest first; where it names none, all."""
    type_ = binder_type(formula)
    found = [h.name for h in reversed(goal.data) if not type_ or h.type == type_]
    if not type_ or type_ in _NUMBERS:
        found += ["0", "1"]
    if any(h.head == "Inhabited" for h in goal.hypotheses):
        found.append("default")
    return found


def _hidden(view: View, formula: Formula) -> Iterator[Candidate]:
    """A predicate that may be defined as an existential, such as parity."""
    goal = view.goal
    untouched = _untouched(view, formula.head)
    argument = formula.text.removeprefix(formula.head).strip()
    if any(h.head in _NUMBERS for h in goal.data):
        yield Candidate(f"exact ⟨({argument}) / 2, by omega⟩", 0.4 if untouched else 0.9)
    yield from _combinations(goal, 0.2 if untouched else 0.6)
    for rank, hypothesis in enumerate(reversed(goal.data[-_MAX_VARIABLES:])):
        if hypothesis.formula.shape is Shape.ATOM:
            yield Candidate(f"exact ⟨{hypothesis.name}, by grind⟩", 0.3 * 0.9**rank)


def _untouched(view: View, word: str) -> bool:
    """Whether a fact of the target's kind still hides its own witness."""
    return any(word in {h.formula.operator, h.head} for h in view.goal.facts)


def _combinations(goal: GoalText, weight: float) -> Iterator[Candidate]:
    numbers = [h.name for h in reversed(goal.data) if h.head in _NUMBERS][:_MAX_NUMBERS]
    pairs = sorted(combinations_with_replacement(numbers, 2), key=lambda pair: pair[0] == pair[1])
    combined = product(_PATTERNS, pairs[:_MAX_PAIRS])
    for rank, (pattern, (a, b)) in enumerate(combined):
        yield Candidate(f"exact ⟨{pattern.format(a=a, b=b)}, by grind⟩", weight * 0.93**rank)


def _quotient(equation: Formula) -> str:
    """For `n = 2 * k + 1` the half of `n`, for `n = k + k` likewise."""
    for left, right in ((equation.left, equation.right), (equation.right, equation.left)):
        factor = right.partition(" *")[0]
        if factor.isdigit():
            return f"({left}) / {factor}"
    return f"({equation.left}) / 2"


def binder_type(quantified: Formula) -> str:
    """The type that a quantifier's print names, or nothing."""
    _, _, type_ = quantified.left.rpartition(" : ")
    return type_.rstrip(")}⦄") if " : " in quantified.left else ""
