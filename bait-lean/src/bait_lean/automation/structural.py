"""Steps that the shape of the target suggests."""

from __future__ import annotations

import re
from collections.abc import Iterator

from bait_lean.automation.candidate import Candidate, FreshNames, View
from bait_lean.automation.formula import Formula, Shape, parse_formula, split_all
from bait_lean.automation.goal_text import DAGGER, GoalText

_MAX_INTROS = 8
_MAX_CONDITIONS = 2
_CONDITION = re.compile(r"\bif (?:\w+ : )?(.+?) then\b")
_CONTRADICTION = {Shape.EXISTS: 0.15, Shape.OR: 0.2, Shape.ATOM: 0.1}
_CASES = re.compile(r"\b(?:if|match)\b")


def structural(view: View) -> Iterator[Candidate]:
    """Introductions, splittings and extensionality, as the target's connective asks."""
    goal = view.goal
    formula = goal.formula
    match formula.shape:
        case Shape.FORALL | Shape.IMPLIES | Shape.NOT:
            yield from _introductions(goal)
        case Shape.AND:
            yield Candidate("constructor", 2.5)
            if len(split_all(formula, Shape.AND)) > 2:
                yield Candidate("and_intros", 2.6)
        case Shape.IFF:
            yield from _both_directions(goal)
        case Shape.OR:
            yield from (Candidate("left", 0.8), Candidate("right", 0.8))
            yield from _case_distinctions(view, formula)
        case Shape.EQUAL:
            yield from _equalities(goal)
        case Shape.ATOM:
            yield from _unknown(view)
        case _:
            pass
    yield from _splits(goal)
    yield from _names(goal)
    if formula.shape not in {Shape.FALSE, Shape.FORALL, Shape.IMPLIES, Shape.AND, Shape.NOT}:
        name = FreshNames(goal.names)("h")
        weight = _CONTRADICTION.get(formula.shape, 0.05)
        yield Candidate(f"refine Classical.byContradiction fun {name} => ?_", weight)
        if goal.facts:
            yield Candidate("exfalso", 0.03)


def introduced(formula: Formula, fresh: FreshNames) -> list[str]:
    """Names for all that `intro` can move out of a formula."""
    names: list[str] = []
    while len(names) < _MAX_INTROS:
        if formula.shape is Shape.FORALL:
            names += [fresh(v) for v in formula.variables]
            formula = parse_formula(formula.right)
        elif formula.shape is Shape.IMPLIES:
            names.append(fresh("h"))
            formula = parse_formula(formula.right)
        else:
            return [*names, fresh("h")] if formula.shape is Shape.NOT else names
    return names


def _introductions(goal: GoalText) -> Iterator[Candidate]:
    names = introduced(goal.formula, FreshNames(goal.names)) or ["x"]
    yield Candidate(f"intro {' '.join(names)}", 3.5)
    if len(names) > 1:
        yield Candidate(f"intro {names[0]}", 0.3)
    if goal.formula.shape is Shape.IMPLIES:
        left = goal.formula.left
        if parse_formula(left).shape in {Shape.AND, Shape.OR, Shape.EXISTS}:
            fresh = FreshNames(goal.names)
            yield Candidate(f"rintro {pattern(parse_formula(left), fresh)}", 1.0)


def pattern(formula: Formula, fresh: FreshNames) -> str:
    """A pattern for `rintro` and `rcases` that takes a formula completely apart."""
    match formula.shape:
        case Shape.AND:
            return f"⟨{', '.join(pattern(f, fresh) for f in split_all(formula, Shape.AND))}⟩"
        case Shape.EXISTS:
            names = [fresh(v) for v in formula.variables]
            body = pattern(parse_formula(formula.right), fresh)
            return f"⟨{', '.join([*names, body])}⟩"
        case Shape.OR:
            parts = split_all(formula, Shape.OR)
            text = " | ".join(pattern(f, fresh) for f in parts)
            return f"({text})"
        case _:
            return fresh("h")


def _both_directions(goal: GoalText) -> Iterator[Candidate]:
    name = FreshNames(goal.names)("h")
    yield Candidate(f"constructor <;> intro {name}", 1.8)
    yield Candidate("constructor", 0.8)


def _case_distinctions(view: View, formula: Formula) -> Iterator[Candidate]:
    goal = view.goal
    name = FreshNames(goal.names)("h")
    for part in split_all(formula, Shape.OR)[:_MAX_CONDITIONS]:
        condition = part.left if part.shape is Shape.NOT else part.text
        yield Candidate(f"by_cases {name} : {condition}", 0.4)
    if view.own.predicate_words:
        for number in [h.name for h in goal.data if h.head == "Nat"][:_MAX_CONDITIONS]:
            split = f"rcases Nat.mod_two_eq_zero_or_one {number} with {name} | {name}"
            yield Candidate(split, 0.5)


def _equalities(goal: GoalText) -> Iterator[Candidate]:
    formula = goal.formula
    name = FreshNames(goal.names)("x")
    bare = not any(c in formula.text for c in "+*-/%0123456789[]")
    yield Candidate(f"funext {name}", 0.6 if bare else 0.1)
    yield Candidate(f"ext {name}", 0.5 if bare else 0.1)
    yield Candidate("congr", 0.15)
    yield Candidate("symm", 0.05)


def _unknown(view: View) -> Iterator[Candidate]:
    """A target that print shows no connective of: a definition or an inductive predicate."""
    fresh = FreshNames(view.goal.names)
    own = view.goal.formula.head in view.own.predicate_words
    yield Candidate("constructor", 0.4 if own else 0.2)
    if own:
        yield Candidate("constructor <;> assumption", 0.9)
        yield Candidate("constructor <;> grind", 0.5)
        yield Candidate(f"intro {fresh('x')}", 0.7)


def _splits(goal: GoalText) -> Iterator[Candidate]:
    if _CASES.search(goal.target):
        yield Candidate("split <;> simp_all", 1.1)
        yield Candidate("split", 1.0)
    for hypothesis in goal.facts:
        if _CASES.search(hypothesis.type):
            yield Candidate(f"split at {hypothesis.name}", 0.5)
    name = FreshNames(goal.names)("h")
    for condition in dict.fromkeys(_CONDITION.findall(goal.target)):
        yield Candidate(f"by_cases {name} : {condition} <;> simp_all", 0.4)


def _names(goal: GoalText) -> Iterator[Candidate]:
    """Inaccessible names become usable; instances before them stay as they are."""
    hidden: list[str] = []
    for hypothesis in goal.hypotheses:
        if DAGGER in hypothesis.name:
            base = hypothesis.name.partition(DAGGER)[0]
            hidden = [] if base.startswith("inst") else [*hidden, base]
    if hidden:
        fresh = FreshNames(goal.names - set(hidden))
        yield Candidate(f"rename_i {' '.join(fresh(name) for name in hidden)}", 1.5)
