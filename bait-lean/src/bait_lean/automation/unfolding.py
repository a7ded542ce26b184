"""Steps that use the definitions and lemmas of the user's own file."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bait_lean.automation.candidate import Candidate, View
from bait_lean.automation.closing import is_arithmetic

_DISTRIBUTION = ("Nat.mul_add", "Nat.add_mul")
_MAX_UNFOLDED = 4


def unfolding(view: View) -> Iterator[Candidate]:
    """Unfold, simplify with, or hand to `grind`, what the file defines."""
    own = view.own
    if not (own.definitions or own.rules or own.lemmas):
        return
    arithmetic = is_arithmetic(view)
    rules = simp_rules(view)
    if own.rules and not own.definitions:
        yield Candidate(f"grind{grind_rules(view)}", 1.8)
    if own.definitions:
        yield Candidate(f"simp{rules}", 1.85)
        yield Candidate(f"simp_all{rules}", 1.7)
        if arithmetic:
            yield Candidate(f"simp_all{rules} <;> omega", 0.8)
        yield Candidate(f"grind{grind_rules(view)}", 1.8)
    if own.lemmas:
        yield Candidate(f"simp_all{simp_rules(view, lemmas=True)}", 0.9)
        yield Candidate(f"grind{grind_rules(view, lemmas=True)}", 1.2)
    if arithmetic and "*" in view.goal.target:
        text = bracketed([*own.definitions, *_DISTRIBUTION])
        yield Candidate(f"simp_all{text} <;> omega", 0.6)
    if own.predicates:
        yield Candidate(f"unfold {' '.join(own.predicates)} at *", 0.9)
        yield Candidate(f"simp only{bracketed(own.predicates)} at *", 0.6)
    for name in own.definitions[:_MAX_UNFOLDED]:
        yield Candidate(f"unfold {name}", 0.3)
        yield Candidate(f"rw [{name}]", 0.15)


def simp_rules(view: View, *, lemmas: bool = False) -> str:
    """The definitions as `simp`'s argument."""
    return bracketed([*view.own.definitions, *(view.own.lemmas if lemmas else ())])


def grind_rules(view: View, *, lemmas: bool = False) -> str:
    """The definitions as `grind`'s argument, which takes predicates given by rules, too."""
    own = view.own
    return bracketed([*own.definitions, *own.rules, *(own.lemmas if lemmas else ())])


def bracketed(names: Sequence[str]) -> str:
    """`" [a, b]"`, or nothing if there are no names."""
    return f" [{', '.join(names)}]" if names else ""
