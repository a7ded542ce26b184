"""What Lean says about the theorems of a file as it stands, wherever they come from."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from bait_core import Theorem, Verification
from bait_lean.checking.acceptance import Declared, closed, reached_names
from bait_lean.checking.axioms import warn_of_unknown_axioms
from bait_lean.process.reports import (
    ConstantReport,
    ReportedReply,
    graph_of,
    is_example,
    visible_name,
)
from bait_lean.prover.prover import Prover
from bait_lean.prover.steps import shorten
from bait_lean.source.document import Document
from bait_lean.source.positions import Position
from bait_lean.source.prefix import Prefix


def verify(document: Document, prover: Prover, allowed: frozenset[str]) -> list[Verification]:
    """Elaborate a text and report on each theorem and example in it, and each error.

    Args:
        document: The text.
        prover: A newly started process.
        allowed: Axioms that proofs may rest on besides Lean's.

    Raises:
        TheoremError: Lean can't process the text at all.
        ReplError: The process is dead now.
    """
    reply = prover.reported(document.text, None)
    whole = Prefix(document.text)
    prover.remember(whole, reply.env)
    warn_of_unknown_axioms(prover, whole, sorted(allowed))
    return list(_Verifier(document, reply, allowed).verifications())


_EXIT = "#exit"
_OF_OTHERS = frozenset({"axiom", "constructor", "recursor"})
"""Kinds that state something but are not proofs."""


@dataclass(frozen=True, slots=True)
class _Verifier:
    document: Document
    reply: ReportedReply
    allowed: frozenset[str]

    def verifications(self) -> Iterator[Verification]:
        """Errors and what Lean does not keep first, then what is stated, in order."""
        for error in self.reply.messages:
            if error.severity == "error":
                yield self._refused(error.pos, shorten(error.data))
        for sorry in self.reply.sorries:
            if sorry.pos is not None and not self._is_kept(sorry.pos):
                yield self._refused(sorry.pos, "a `sorry` in no declaration that Lean keeps")
        if (end := self._unread()) is not None:
            yield self._refused(end, "Lean reads nothing that follows")
        constants = self.reply.report.constants
        graph = graph_of([constants])
        by_position: defaultdict[Position | None, list[ConstantReport]] = defaultdict(list)
        for constant in constants:
            by_position[constant.position].append(constant)
        listed: list[str] = []
        for constant in sorted(constants, key=lambda c: c.internal):
            own = by_position[constant.position]
            found = self._judged(constant, Declared(_with_its_own(constant, own), graph))
            if _is_stated(constant, own) or (
                not found.accepted
                and constant.kind not in _OF_OTHERS
                and constant.name not in reached_names(listed, graph)
            ):
                listed.append(constant.name)
                yield found

    def _judged(self, constant: ConstantReport, declared: Declared) -> Verification:
        judgement = closed(declared, self.allowed)
        foundations = judgement.foundations(self._place)
        message = judgement.objection
        if kernel := self.reply.report.kernel:
            message = f"the kernel refuses the file: {shorten(kernel)}"
        elif not message and foundations.open:
            message = f"it rests on what is open: {', '.join(foundations.open)}"
        theorem = self._theorem(self._name(constant), constant.position)
        return Verification(theorem, not message, foundations, message)

    @staticmethod
    def _name(constant: ConstantReport) -> str:
        if is_example(constant.name) and constant.position is not None:
            return f"example:{constant.position.line}"
        return visible_name(constant.name)

    def _theorem(self, name: str, position: Position | None) -> Theorem:
        return Theorem(name, "", self._place(position))

    def _place(self, position: Position | None) -> str:
        if position is None:
            return self.document.name
        return self.document.location_at(self.document.offset(position))

    def _refused(self, position: Position | None, why: str) -> Verification:
        line = position.line if position else 1
        return Verification(self._theorem(f"line {line}", position), accepted=False, message=why)

    def _unread(self) -> Position | None:
        """Where an `#exit` stands that something follows."""
        for command in self.reply.report.commands[-1:]:
            word, _, rest = self.document.text[self.document.offset(command.position) :].partition(
                _EXIT
            )
            if not word and rest.strip():
                return command.position
        return None

    def _is_kept(self, position: Position) -> bool:
        """Whether the command around a place has added something."""
        starts = [command.position for command in self.reply.report.commands]
        command = max((s for s in starts if _key(s) <= _key(position)), key=_key, default=None)
        return any(c.position == command for c in self.reply.report.constants)


def _key(position: Position) -> tuple[int, int]:
    return position.line, position.column


def _is_stated(constant: ConstantReport, own: Sequence[ConstantReport]) -> bool:
    """Whether the text states a proposition with a constant.

    Not stated is what comes with a type, as its recursors and injectivity theorems do.
    """
    if constant.internal or constant.kind in _OF_OTHERS:
        return False
    types = (c.name for c in own if c.kind == "inductive")
    is_generated = any(constant.name.startswith(f"{name}.") for name in types)
    return (constant.proves or constant.kind == "theorem") and not is_generated


def _with_its_own(
    constant: ConstantReport, own: Sequence[ConstantReport]
) -> tuple[ConstantReport, ...]:
    """A constant with what stands below it, such as the lemmas of its `where`."""
    below = f"{constant.name}."
    return tuple(c for c in own if c is constant or c.name.startswith(below))
