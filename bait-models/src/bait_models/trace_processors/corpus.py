"""What a corpus of premises says about the steps of traces: which they use, which they may use."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from pathlib import Path

import msgspec

from bait_core.traces.schema import TraceRecord
from bait_core.training import CorpusPremise, read_corpus

_NAME = re.compile(r"[^\W\d][\w'!?]*(?:\.[\w'!?]+)*")
_QUOTED = re.compile(r"`[^`]*`|\"[^\"]*\"")


class Accessible(msgspec.Struct, frozen=True):
    """What a proof may use of a corpus: the premises before a place, all but the theorem itself.

    Attributes:
        end: The first place that it may not use.
        itself: The theorem's place; None if the corpus does not hold it.
    """

    end: int
    itself: int | None = None

    def __contains__(self, place: int) -> bool:
        return place < self.end and place != self.itself

    def places(self) -> Iterator[int]:
        """All of them, in order."""
        return (place for place in range(self.end) if place != self.itself)


class Corpus:
    """Premises by name and place.

    Args:
        premises: With different names.
        is_ordered: Whether a theorem may only use what comes before it, as in HOL Light; each
            premise may use all others if not, since Lean lists the facts of a file in no order.
    """

    def __init__(self, premises: Sequence[CorpusPremise], *, is_ordered: bool = False) -> None:
        self.premises = tuple(premises)
        self.places = {premise.name: place for place, premise in enumerate(premises)}
        self._is_ordered = is_ordered

    @classmethod
    def read(cls, path: Path, *, is_ordered: bool = False) -> Corpus:
        """The corpus in a file.

        Raises:
            TraceError: It can't be read.
        """
        return cls(read_corpus(path), is_ordered=is_ordered)

    def accessible(self, trace: TraceRecord) -> Accessible:
        """What the proof of a trace may use.

        HOL Light's human proofs tell their place in the library, so that order counts. A lemma that
        the corpus does not hold may use what comes before that place; the corpus lacks the few
        theorems that have no name of their own, and so the place is some too late.
        """
        itself = self.places.get(trace.theorem)
        index = trace.configuration.get("index")
        end = len(self.premises)
        if itself is not None and (self._is_ordered or index is not None):
            end = itself
        elif index is not None:
            end = min(int(index), end)
        return Accessible(end, itself)

    def used(self, tactic: str, accessible: Accessible) -> tuple[str, ...]:
        """Names of the accessible premises that a tactic mentions, each once, in order."""
        names = names_in(tactic, self.places)
        return tuple(name for name in names if self.places[name] in accessible)


def names_in(tactic: str, names: Collection[str]) -> tuple[str, ...]:
    """The names that a tactic mentions, each once, in order.

    `Nat.add_comm.symm` mentions `Nat.add_comm`, if there is no longer name that fits. What stands
    in quotes is a term and mentions none.
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
