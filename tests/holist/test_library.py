"""Tests of the library: which theorems there are to prove, and what each may use."""

from __future__ import annotations

from typing import Any

from bait_holist.library import Library
from bait_holist.prover.replies import Fact
from bait_holist.terms import parse


def fact(index: int, name: str, line: int, term: str) -> Fact:
    return Fact(index, name, "a.ml", line, parse(term), term)


EMPTY = "(c set EMPTY)"
FINITE = "(c (fun set bool) FINITE)"
CARD = "(c (fun set num) CARD)"
LIBRARY = Library(
    [
        fact(0, "EMPTY", 1, f"(a (c q !) {EMPTY})"),
        fact(1, "FINITE_RULES", 2, f"(a {FINITE} {EMPTY})"),
        fact(2, "FINITE_INDUCT", 2, f"(a (c q !) (a {FINITE} {EMPTY}))"),
        fact(3, "FINITE_EMPTY", 3, f"(a {FINITE} {EMPTY})"),
        fact(4, "CARD", 4, f"(a {CARD} {EMPTY})"),
        fact(5, "CARD_FINITE", 5, f"(a (a {CARD} {EMPTY}) {FINITE})"),
    ],
    "1",
)


def names(**options: Any) -> list[str]:
    return [fact.name for fact in LIBRARY.select(**options)]


def test_definitions_are_the_first_to_mention_a_constant() -> None:
    assert {"EMPTY", "FINITE_RULES", "FINITE_INDUCT", "CARD"} == LIBRARY.definitions


def test_definitions_are_not_to_be_proved_unless_they_are_named() -> None:
    assert names() == ["FINITE_EMPTY", "CARD_FINITE"]
    assert names(files=["a"]) == ["FINITE_EMPTY", "CARD_FINITE"]
    assert names(names=["CARD", "FINITE_EMPTY"]) == ["FINITE_EMPTY", "CARD"]
    assert names(limit=1) == ["FINITE_EMPTY"]


def test_a_proof_may_use_what_was_bound_before_it_was_first_stated() -> None:
    theorem = LIBRARY.find("FINITE_EMPTY")
    assert theorem is not None
    premises = LIBRARY.premises_for(
        theorem
    )  # FINITE_RULES states the same, and what is next knows it
    assert [premise.name for premise in premises.library] == ["EMPTY"]
    assert len(LIBRARY.premises_for(None).library) == 6
