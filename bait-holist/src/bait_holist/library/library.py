"""The theorems of the running HOL Light, in the order in which they were bound."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import PurePath

from bait_core import Premise, PremiseSet, Theorem, TheoremError
from bait_core.hints import did_you_mean
from bait_holist.library.splits import Split, split_of
from bait_holist.prover.replies import Fact
from bait_holist.terms import Canonical, constants, meaning, to_text


class Library:
    """The library's theorems by name and index.

    Args:
        facts: The theorems in binding order.
        version: HOL Light's version.
    """

    def __init__(self, facts: Sequence[Fact], version: str) -> None:
        self.facts = tuple(facts)
        self._version = version
        self._by_name = {fact.name: fact for fact in facts}

    @cached_property
    def _premises(self) -> tuple[Premise, ...]:
        return tuple(
            Premise(fact.name, fact.text, tuple(constants(fact.sexp)), to_text(fact.sexp))
            for fact in self.facts
        )

    @cached_property
    def definitions(self) -> frozenset[str]:
        """Names of the theorems that are the first to mention some constant.

        No earlier theorem can prove them. The theorems of one binding, such as the rules of an
        inductive definition and its induction principle, count as simultaneous.
        """
        found: list[str] = []
        known: set[str] = set()
        for _, bound in itertools.groupby(self.facts, key=lambda fact: (fact.file, fact.line)):
            mentioned = [(fact.name, set(constants(fact.sexp))) for fact in bound]
            found += [name for name, names in mentioned if names - known]
            known.update(*(names for _, names in mentioned))
        return frozenset(found)

    def find(self, name: str) -> Fact | None:
        """The theorem with this name."""
        return self._by_name.get(name)

    def first_index(self, fact: Fact) -> int:
        """Binding index at which the theorem was first stated: a proof may use what came before.

        It may have been stated under another name, or earlier under its own. That binding can't be
        seen any more, and is assumed to be the theorem if its constants were known by then.
        """
        known = max((self._mentioned[name] for name in constants(fact.sexp)), default=-1)
        own = (index for index in fact.earlier if index > known)
        return min(self._stated[meaning(fact.sexp)], *own, fact.index)

    @cached_property
    def _stated(self) -> dict[Canonical, int]:
        indices: dict[Canonical, int] = {}
        for fact in self.facts:
            indices.setdefault(meaning(fact.sexp), fact.index)
        return indices

    @cached_property
    def _mentioned(self) -> dict[str, int]:
        indices: dict[str, int] = {}
        for fact in self.facts:
            for name in constants(fact.sexp):
                indices.setdefault(name, fact.index)
        return indices

    def premises_for(self, fact: Fact | None) -> PremiseSet:
        """What a proof of the theorem may use: all that was bound before it was first stated.

        Args:
            fact: A theorem of the library; None for a statement from the user, which may use all.
        """
        if fact is None:
            return PremiseSet(f"hol-light:{self._version}", self._premises)
        index = self.first_index(fact)
        admitted = tuple(
            premise
            for other, premise in zip(self.facts, self._premises, strict=True)
            if other.index < index
        )
        return PremiseSet(f"hol-light:{self._version}:{index}", admitted)

    def select(
        self,
        *,
        names: Sequence[str] = (),
        files: Sequence[str] = (),
        split: Split | None = None,
        limit: int | None = None,
    ) -> Iterator[Fact]:
        """The theorems to prove, in binding order.

        Args:
            names: Only these; if empty, all but definitions.
            files: Only those of these library files, such as `arith`.
            split: Only those of this split.
            limit: At most this many.

        Raises:
            TheoremError: There is no theorem or file with one of the names.
        """
        self._check_names(names, files)
        wanted, stems = set(names), {PurePath(file).stem for file in files}
        selected = (
            fact
            for fact in self.facts
            if (fact.name in wanted if wanted else fact.name not in self.definitions)
            and (not stems or PurePath(fact.file).stem in stems)
            and (split is None or split_of(to_text(fact.sexp)) == split)
        )
        yield from itertools.islice(selected, limit)

    def _check_names(self, names: Sequence[str], files: Sequence[str]) -> None:
        for name in names:
            if name not in self._by_name:
                raise TheoremError(
                    f"HOL Light's library has no theorem {name}",
                    hint=did_you_mean(name, self._by_name),
                )
        known = {PurePath(fact.file).stem for fact in self.facts}
        for name in files:
            if PurePath(name).stem not in known:
                raise TheoremError(
                    f"HOL Light's library has no file {name} with theorems",
                    hint=did_you_mean(name, known),
                )


def theorem_of(fact: Fact) -> Theorem:
    """A library theorem as something to prove."""
    return Theorem(fact.name, fact.text, f"{fact.file}:{fact.line}")
