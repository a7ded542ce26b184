"""Which entries of HOList's database the running HOL Light has, and why it lacks the rest."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum

from rich.markup import escape
from rich.table import Table

from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.library import Library
from bait_holist.terms import Sexp, canonical, parse

_EXAMPLE_WIDTH = 100


class Match(StrEnum):
    """How an entry of the database matches the library; the first that applies."""

    SAME = "the same term"
    TYPE_VARIABLES = "the same up to names of type variables"
    VARIABLES = "the same up to names of variables"
    LEMMA = "a lemma within a proof, which has no name"
    SPECIFICATION = "the existence theorem behind a definition, which has no name"
    ABSENT = "none of these: computed by a procedure, or stated differently in this version"


def compare(
    entries: Iterable[pb.Theorem], library: Library, lemmas: Iterable[str]
) -> dict[Match, list[pb.Theorem]]:
    """Group the entries by how they match the library.

    Args:
        entries: Entries of HOList's database, without hypotheses.
        library: The library of the running HOL Light.
        lemmas: Statements proved within its proofs, as S-expressions.
    """
    index = _StatementIndex(
        [fact.sexp for fact in library.facts], [parse(lemma) for lemma in lemmas]
    )
    found: dict[Match, list[pb.Theorem]] = {match: [] for match in Match}
    for entry in entries:
        found[index.match(entry)].append(entry)
    return found


def comparison_table(found: Mapping[Match, Sequence[pb.Theorem]]) -> Table:
    """A table of counts and shares, with the shortest entries as examples."""
    total = sum(len(entries) for entries in found.values())
    table = Table(title=f"{total} statements of the database, in this HOL Light")
    for column in ("", "count", "share", "examples"):
        table.add_column(column, justify="right" if column in ("count", "share") else "left")
    for match, entries in found.items():
        shortest = sorted((e.pretty_printed for e in entries), key=len)[:2]
        examples = "\n".join(escape(" ".join(text.split())[:_EXAMPLE_WIDTH]) for text in shortest)
        table.add_row(match, str(len(entries)), f"{len(entries) / max(total, 1):.1%}", examples)
    return table


class _StatementIndex:
    def __init__(self, facts: Sequence[Sexp], lemmas: Sequence[Sexp]) -> None:
        self._same = set(facts)
        self._type_variables = {canonical(fact, keep_variables=True) for fact in facts}
        self._variables = {canonical(fact) for fact in facts}
        self._lemmas = {canonical(lemma) for lemma in lemmas}

    def match(self, entry: pb.Theorem) -> Match:
        term = parse(entry.conclusion)
        if term in self._same:
            return Match.SAME
        if canonical(term, keep_variables=True) in self._type_variables:
            return Match.TYPE_VARIABLES
        form = canonical(term)
        if form in self._variables:
            return Match.VARIABLES
        if form in self._lemmas:
            return Match.LEMMA
        return Match.SPECIFICATION if entry.proof_function == "specification" else Match.ABSENT
