"""Premise corpora: which premises the steps of traces use, and which they could use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from bait_core import CorpusPremise, TraceRecord, read_corpus

_NAME = re.compile(r"[^\W\d][\w'!?]*(?:\.[\w'!?]+)*")
_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"")


class Accessible(msgspec.Struct, frozen=True):
    """The premises of a corpus that are accessible to a proof: all before an index but itself.

    Attributes:
        end: The first index that is not accessible.
        itself: The theorem's own index; None if it is not in the corpus.
    """

    end: int
    itself: int | None = None

    def __contains__(self, index: int) -> bool:
        return index < self.end and index != self.itself


class Corpus:
    """Premises by name and index.

    Args:
        premises: Their names must differ.
        is_ordered: Whether a theorem can only use what comes before it, as in HOL Light. If not,
            each theorem can use all others, since Lean lists the facts of a file in no order.
    """

    def __init__(self, premises: Sequence[CorpusPremise], *, is_ordered: bool = False) -> None:
        self.premises = tuple(premises)
        self.indices = {premise.name: index for index, premise in enumerate(premises)}
        self._is_ordered = is_ordered

    @classmethod
    def read(cls, path: Path, *, is_ordered: bool = False) -> Corpus:
        """The corpus in a file.

        Raises:
            TraceError: It can't be read.
        """
        return cls(read_corpus(path), is_ordered=is_ordered)

    def accessible(self, trace: TraceRecord) -> Accessible:
        """The premises that are accessible to the proof of a trace.

        HOL Light's human proofs record their index in the library, so that order counts. A lemma
        that is not in the corpus can use what comes before that index; the corpus lacks the few
        theorems that have no name of their own, so the index is slightly too high.
        """
        itself = self.indices.get(trace.theorem)
        recorded = trace.configuration.get("index")
        end = len(self.premises)
        if itself is not None and (self._is_ordered or recorded is not None):
            end = itself
        elif recorded is not None:
            end = min(int(recorded), end)
        return Accessible(end, itself)

    def used(self, tactic: str, accessible: Accessible) -> tuple[str, ...]:
        """Names of the accessible premises that a tactic mentions, each once, in order."""
        names = names_in(tactic, self.indices)
        return tuple(name for name in names if self.indices[name] in accessible)


def names_in(tactic: str, names: Collection[str]) -> tuple[str, ...]:
    """The names that a tactic mentions, each once, in order.

    `Nat.add_comm.symm` mentions `Nat.add_comm`, unless a longer name matches. Text in quotes is a
    term and mentions none.
    """
    if not names:
        return ()
    return tuple(dict.fromkeys(_mentioned(_QUOTED.sub(" ", tactic), names)))


def _mentioned(tactic: str, names: Collection[str]) -> Iterator[str]:
    for match in _NAME.finditer(tactic):
        name = match.group()
        while name and name not in names:
            name = name.rpartition(".")[0]
        if name:
            yield name
