"""Induction and case distinction on variables, and along recursive functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from bait_lean.automation.candidate import Candidate, FreshNames, View
from bait_lean.automation.formula import Shape, words
from bait_lean.automation.goal_text import Hypothesis
from bait_lean.automation.unfolding import grind_rules, simp_rules
from bait_lean.automation.vocabulary import applications

_MAX_VARIABLES = 3
_MAX_FUNCTIONS = 3
_FLAT = frozenset(("Option", "Prod", "Sum", "Bool", "Except", "Unit", "Sigma", "Subtype"))
_OPAQUE = frozenset(("String", "Char", "Array", "Fin", "Int", "Prop", "Type", "Sort"))


def induction(view: View) -> Iterator[Candidate]:
    """One-step proofs by induction first, then inductions that leave their cases open."""
    yield from _functional(view)
    for rank, variable in enumerate(_by_recursion(view)[:_MAX_VARIABLES]):
        for tactic, weight in _inductions(view, variable, first=not rank):
            yield Candidate(tactic, weight * 0.7**rank)
    yield from _distinctions(view)


def _inductions(view: View, variable: Hypothesis, *, first: bool) -> Iterator[Candidate]:
    plain = f"induction {variable.name}"
    if variable.head == "Nat" and not view.own.functions and (weight := _hard_weight(view)):
        yield Candidate(_named_cases(view, variable, plain), weight)
        return
    yield from _one_step(view, plain, 1.3, simplify=first)
    yield Candidate(_named_cases(view, variable, plain), 1.0)
    others = _generalisable(view, variable)
    if others:
        general = f"{plain} generalizing {' '.join(others)}"
        yield from _one_step(view, general, 1.1, simplify=False)
        if first:
            yield Candidate(_named_cases(view, variable, general), 0.8)


def _hard_weight(view: View) -> float:
    """Induction's weight where trying all cases at once is slow, and hardly ever works; or 0.

    With divisibility in the context it even brings Lean down at times.
    """
    if any(h.formula.operator == "∣" for h in view.goal.facts):
        return 0.15
    return 0.8 if view.own.predicate_words else 0.0


def _one_step(
    view: View, split: str, weight: float, *, simplify: bool = True
) -> Iterator[Candidate]:
    """Split, then let the simplifier, arithmetic and `grind` have a go at each case.

    One tactic for all cases makes the more readable proof, so that comes first.
    """
    lemmas = bool(view.own.lemmas)
    grind = f"grind{grind_rules(view, lemmas=lemmas)}"
    if simplify:
        yield Candidate(f"{split} <;> simp_all{simp_rules(view)}", weight)
        yield Candidate(f"{split} <;> grind{grind_rules(view)}", weight)
        yield Candidate(f"{split} <;> {grind}", weight * 0.95)
    simplifier = f"simp_all{simp_rules(view, lemmas=lemmas)} <;> omega"
    yield Candidate(f"{split} <;> first | ({simplifier}) | {grind}", weight * 0.9)


def _named_cases(view: View, variable: Hypothesis, split: str) -> str:
    """The induction, with names for what the cases bring."""
    fresh = FreshNames(view.goal.names - {variable.name})
    name, tail = variable.name, split.removeprefix("induction ")
    if variable.head == "Nat":
        return f"induction {tail} with | zero => ?_ | succ {fresh(name)} {fresh('ih')} => ?_"
    if variable.head == "List":
        names = f"{fresh('x')} {fresh(name)} {fresh('ih')}"
        return f"induction {tail} with | nil => ?_ | cons {names} => ?_"
    return f"unhygienic induction {tail}"


def _functional(view: View) -> Iterator[Candidate]:
    """Induction along the recursion of the user's functions."""
    for rank, function in enumerate(view.own.functions[:_MAX_FUNCTIONS]):
        calls = applications(function, view.goal.target) or [()]
        for arguments in calls[:2]:
            split = " ".join(("fun_induction", function, *arguments))
            for tactic, weight in _one_step(view, split, 1.0):
                yield Candidate(tactic, weight * 0.8**rank)
            yield Candidate(f"unhygienic {split}", 0.5 * 0.8**rank)
            split = " ".join(("fun_cases", function, *arguments))
            yield Candidate(f"{split} <;> simp_all{simp_rules(view)}", 0.25 * 0.8**rank)


def _distinctions(view: View) -> Iterator[Candidate]:
    rules = simp_rules(view)
    flat = [h for h in view.goal.data if h.head in _FLAT or "×" in h.type or "⊕" in h.type]
    if len(flat) > 1:
        split = " <;> ".join(f"cases {h.name}" for h in flat[:_MAX_VARIABLES])
        yield Candidate(f"{split} <;> simp_all{rules}", 1.4)
        yield Candidate(f"{split} <;> grind{grind_rules(view)}", 0.5)
    for rank, variable in enumerate((flat + _recursive(view))[: _MAX_VARIABLES + 1]):
        weight = (1.3 if variable in flat else 0.5) * 0.8**rank
        yield Candidate(f"cases {variable.name} <;> simp_all{rules}", weight)
        yield Candidate(_named_distinction(view, variable), weight * 0.6)


def _named_distinction(view: View, variable: Hypothesis) -> str:
    name = variable.name
    fresh = FreshNames(view.goal.names - {name})
    if variable.head == "Nat":
        return f"rcases {name} with _ | {fresh(name)}"
    if variable.head == "List":
        return f"rcases {name} with _ | ⟨{fresh('x')}, {fresh(name)}⟩"
    if variable.head == "Option":
        return f"rcases {name} with _ | {fresh('a')}"
    if "×" in variable.type:
        return f"rcases {name} with ⟨{fresh('a')}, {fresh('b')}⟩"
    return f"unhygienic cases {name}"


def _recursive(view: View) -> list[Hypothesis]:
    """Variables to do induction on: those of the target, in order."""
    mentioned = words(view.goal.target)
    found = []
    for hypothesis in view.goal.data:
        head, formula = hypothesis.head, hypothesis.formula
        if formula.shape is not Shape.ATOM or hypothesis.name not in mentioned:
            continue
        if head in _FLAT | _OPAQUE or head in view.goal.names or "×" in hypothesis.type:
            continue
        found.append(hypothesis)
    return found


def _by_recursion(view: View) -> list[Hypothesis]:
    """The variables for induction, those first that recursive functions most likely run along."""
    calls = [
        arguments
        for function in view.own.functions
        for arguments in applications(function, view.goal.target)
    ]
    used = {argument for arguments in calls for argument in arguments}
    last = Counter(arguments[-1] for arguments in calls)
    found = [v for v in _recursive(view) if v.name in used or v.head != "Nat" or not used]
    return sorted(found, key=lambda h: -last[h.name])


def _generalisable(view: View, variable: Hypothesis) -> list[str]:
    mentioned = words(view.goal.target)
    used = words(variable.type)
    return [
        h.name
        for h in view.goal.data
        if h is not variable
        and h.name in mentioned
        and h.name not in used
        and h.formula.shape is Shape.ATOM
    ]
