"""Steps that use one fact of the library."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bait_core import Premise
from bait_lean.automation.candidate import Candidate
from bait_lean.automation.formula import Formula, Shape, parse_formula

_EQUATIONAL = frozenset((Shape.EQUAL, Shape.IFF))


def premise_based(premises: Sequence[Premise], own: frozenset[str]) -> Iterator[Candidate]:
    """Rewrite with, apply or simplify with each premise.

    Args:
        premises: Best first.
        own: Names of the facts of the user's file, which are more likely to be needed.
    """
    for rank, premise in enumerate(premises):
        weight = (0.5 if premise.name in own else 0.2) / (1 + rank) ** 0.5
        if conclusion(premise.statement).shape in _EQUATIONAL:
            yield Candidate(f"rw [{premise.name}]", weight)
            yield Candidate(f"simp [{premise.name}]", weight * 0.6)
            yield Candidate(f"rw [← {premise.name}]", weight * 0.4)
            yield Candidate(f"apply {premise.name}", weight * 0.3)
        else:
            yield Candidate(f"apply {premise.name}", weight * 2.5)
            yield Candidate(f"simp [{premise.name}]", weight * 0.2)


def fitting_first(premises: Sequence[Premise], target: Formula) -> list[Premise]:
    """For a target such as `a ∣ b`, facts that conclude with the same relation come first."""
    if target.shape is not Shape.RELATION:
        return list(premises)
    return sorted(premises, key=lambda p: conclusion(p.statement).operator != target.operator)


def conclusion(statement: str) -> Formula:
    """What is left of a statement without its quantifiers and hypotheses."""
    formula = parse_formula(statement)
    while formula.shape in {Shape.FORALL, Shape.IMPLIES}:
        formula = parse_formula(formula.right)
    return formula
