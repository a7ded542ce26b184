"""Ranking of premises by the tokens that they share with a goal."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from bait_core.domain import Premise, PremiseSet
from bait_core.ranking import LexicalIndex, LexicalIndexes

pytest.importorskip("bm25s")  # of the extra `ranking`

LIBRARY = (
    Premise("common", "", ("eq", "add", "")),
    Premise("twin", "", ("eq", "add", "")),
    Premise("rare", "", ("eq", "gcd")),
    Premise("other", "", ("eq", "mul")),
)


def index(premises: Sequence[Premise]) -> LexicalIndex:
    return LexicalIndex(premises, lambda premise: premise.symbols)


def names(*tokens: str, count: int = 4) -> list[str]:
    return [premise.name for premise in index(LIBRARY).rank(tokens, count)]


def test_rare_tokens_weigh_more_and_ties_keep_their_order() -> None:
    assert names("gcd", "add") == ["rare", "common", "twin"]
    assert names("gcd", "add", count=2) == ["rare", "common"]
    assert names("add", "add", "unknown") == ["common", "twin"]


def test_nothing_is_ranked_without_a_common_token() -> None:
    assert names("unknown", "") == names() == names("gcd", count=0) == []
    assert index(()).rank(("gcd",), 3) == []


def test_indexes_of_the_libraries_used_last_are_kept() -> None:
    indexes = LexicalIndexes(index, capacity=2)
    sets = {key: PremiseSet(key, LIBRARY) for key in "abc"}
    first, second = indexes.of(sets["a"]), indexes.of(sets["b"])
    assert indexes.of(PremiseSet("a", LIBRARY)) is first
    indexes.of(sets["c"])
    assert indexes.of(sets["a"]) is first
    assert indexes.of(sets["b"]) is not second
