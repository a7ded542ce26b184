"""Steps that the shape of a hypothesis suggests."""

from __future__ import annotations

from collections.abc import Iterator

from bait_lean.automation.candidate import Candidate, FreshNames, View
from bait_lean.automation.formula import Formula, Shape, parse_formula
from bait_lean.automation.goal_text import GoalText, Hypothesis
from bait_lean.automation.structural import pattern
from bait_lean.automation.witnesses import binder_type

_MAX_FACTS = 8
_MAX_INSTANCES = 3


def hypotheses(view: View) -> Iterator[Candidate]:
    """Eliminations and uses of the facts in the context, the latest first."""
    goal = view.goal
    for age, fact in enumerate(reversed(goal.facts[-_MAX_FACTS:])):
        factor = 0.9**age
        for tactic, weight in _uses(goal, fact, view):
            yield Candidate(tactic, weight * factor)


def _uses(goal: GoalText, fact: Hypothesis, view: View) -> Iterator[Candidate]:
    name, formula = fact.name, fact.formula
    match formula.shape:
        case Shape.AND | Shape.EXISTS | Shape.OR:
            fresh = FreshNames(goal.names - {name})
            yield Candidate(f"rcases {name} with {pattern(formula, fresh)}", 2.0)
        case Shape.IFF:
            yield from _rewrites(name, 0.4)
            fresh = FreshNames(goal.names)
            yield Candidate(f"obtain ⟨{fresh('h')}, {fresh('h')}⟩ := {name}", 0.3)
        case Shape.NOT:
            if goal.formula.shape is Shape.FALSE:
                yield Candidate(f"apply {name}", 1.2)
            else:
                yield Candidate(f"exact absurd ‹_› {name}", 0.05)
        case Shape.EQUAL:
            yield from _equations(goal, name, formula)
        case Shape.FORALL | Shape.IMPLIES:
            yield from _implications(goal, name, formula)
        case _:
            yield from _opaque(goal, fact, view)


def _rewrites(name: str, weight: float) -> Iterator[Candidate]:
    yield Candidate(f"rw [{name}]", weight)
    yield Candidate(f"rw [← {name}]", weight * 0.3)
    yield Candidate(f"simp [{name}]", weight * 0.3)


def _equations(goal: GoalText, name: str, formula: Formula) -> Iterator[Candidate]:
    variables = {h.name for h in goal.data}
    if formula.left in variables or formula.right in variables:
        yield Candidate(f"subst {name}", 1.2)
    yield from _rewrites(name, 0.5)
    yield Candidate(f"simp at {name}", 0.25)
    yield Candidate(f"injection {name}", 0.15)
    yield Candidate(f"cases {name}", 0.1)


def _implications(goal: GoalText, name: str, formula: Formula) -> Iterator[Candidate]:
    """Backward, forward with facts that fit, and as a rewriting rule."""
    conclusion = formula
    while conclusion.shape in {Shape.FORALL, Shape.IMPLIES}:
        conclusion = parse_formula(conclusion.right)
    fits = conclusion.shape is goal.formula.shape or conclusion.shape is Shape.ATOM
    yield Candidate(f"apply {name}", 0.8 if fits else 0.2)
    if conclusion.shape in {Shape.EQUAL, Shape.IFF}:
        yield from _rewrites(name, 0.4)
    if conclusion.shape is Shape.FALSE and goal.formula.shape is not Shape.FALSE:
        yield Candidate(f"exact ({name} ‹_›).elim", 0.1)
    new = FreshNames(goal.names)("h")
    if formula.shape is Shape.IMPLIES:
        for fact in goal.facts:
            if fact.type == formula.left:
                yield Candidate(f"have {new} := {name} {fact.name}", 0.9)
        yield Candidate(f"by_cases {new} : {formula.left}", 0.15)
    else:
        yield from _instances(goal, name, formula, new)


def _instances(goal: GoalText, name: str, formula: Formula, new: str) -> Iterator[Candidate]:
    """`h x` for variables of the type that the quantifier names, or of any if it names none."""
    type_ = binder_type(formula)
    fitting = [h for h in reversed(goal.data) if not type_ or h.type == type_]
    body = parse_formula(formula.right)
    for hypothesis in fitting[:_MAX_INSTANCES]:
        instance = f"{name} {hypothesis.name}"
        if body.shape in {Shape.EXISTS, Shape.AND, Shape.OR}:
            cases = pattern(body, FreshNames(goal.names))
            yield Candidate(f"rcases {instance} with {cases}", 1.6)
        else:
            yield Candidate(f"have {new} := {instance}", 0.25)


def _opaque(goal: GoalText, fact: Hypothesis, view: View) -> Iterator[Candidate]:
    """A definition, relation or inductive predicate: look inside."""
    name = fact.name
    fresh = FreshNames(goal.names - {name})
    own = fact.head in view.own.predicate_words
    open_up = f"rcases {name} with ⟨{fresh('k')}"
    likely = 1.5 if own else 0.7 if fact.formula.operator == "∣" else 0.2
    yield Candidate(f"{open_up}, {fresh('hk')}⟩", likely)
    yield Candidate(f"{open_up}, rfl⟩", likely * 0.6)
    if own:
        yield from _applied(goal, name)
        yield Candidate(f"unhygienic cases {name}", 0.3)
        yield Candidate(f"cases {name} <;> simp_all", 0.3)
        yield Candidate(f"induction {name} <;> grind", 0.3)
        yield Candidate(f"unhygienic induction {name}", 0.5)
    yield Candidate(f"apply {name}", 0.2)
    if fact.formula.shape is Shape.RELATION:
        yield Candidate(f"simp at {name}", 0.1)


def _applied(goal: GoalText, name: str) -> Iterator[Candidate]:
    """A predicate that may be defined with quantifiers, such as surjectivity."""
    fresh = FreshNames(goal.names)
    names = f"⟨{fresh('k')}, {fresh('hk')}⟩"
    atoms = [h for h in reversed(goal.data) if h.formula.shape is Shape.ATOM]
    for hypothesis in atoms[:_MAX_INSTANCES]:
        yield Candidate(f"rcases {name} {hypothesis.name} with {names}", 0.7)
