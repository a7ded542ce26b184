"""What Lean says of the theorems of a file as it stands, wherever they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from bait_core.domain import Theorem, Verification
from bait_lean.environment.acceptance import (
    EXAMPLE,
    Declared,
    closed,
    graph_of,
    visible_name,
)
from bait_lean.environment.document import Document
from bait_lean.environment.prover import Prover
from bait_lean.environment.steps import shorten
from bait_lean.repl.messages import Message, Position
from bait_lean.repl.reports import ConstantReport, ReportedReply


def verify(document: Document, prover: Prover, allowed: frozenset[str]) -> list[Verification]:
    """Elaborate a text and judge each theorem and example in it, and each error.

    Args:
        document: The text.
        prover: A newly started process.
        allowed: Axioms that proofs may rest on besides Lean's.

    Raises:
        TheoremError: Lean can't process the text at all.
        ReplError: The process is dead now.
    """
    reply = prover.reported(document.text, None)
    return list(_Verifier(document, reply, allowed).verifications())


@dataclass(frozen=True, slots=True)
class _Verifier:
    document: Document
    reply: ReportedReply
    allowed: frozenset[str]

    def verifications(self) -> Iterator[Verification]:
        errors = [m for m in self.reply.messages if m.severity == "error"]
        for error in errors:
            theorem = self._theorem(f"line {self._line(error)}", error.pos)
            yield Verification(theorem, accepted=False, message=shorten(error.data))
        constants = self.reply.report.constants
        graph = graph_of([constants])
        for constant in constants:
            name = self._name(constant)
            if name:
                own = tuple(c for c in constants if c.position == constant.position)
                yield self._judged(name, constant, Declared(_part(constant, own), graph))

    def _judged(self, name: str, constant: ConstantReport, declared: Declared) -> Verification:
        judgement = closed(declared, self.allowed)
        foundations = judgement.foundations(self._place)
        message = judgement.objection
        if kernel := self.reply.report.kernel:
            message = f"the kernel refuses the file: {shorten(kernel)}"
        elif not message and foundations.open:
            message = f"it rests on what is open: {', '.join(foundations.open)}"
        theorem = self._theorem(name, constant.position)
        return Verification(theorem, not message, foundations, message)

    def _name(self, constant: ConstantReport) -> str:
        """The name of a theorem or example; empty for anything else."""
        if constant.internal:
            return ""
        if constant.name.split(".")[-1] == EXAMPLE and constant.position is not None:
            return f"example:{constant.position.line}"
        return visible_name(constant.name) if constant.kind == "theorem" else ""

    def _theorem(self, name: str, position: Position | None) -> Theorem:
        return Theorem(name, "", self._place(position))

    def _place(self, position: Position | None) -> str:
        if position is None:
            return self.document.name
        offset = self.document.offset(position)
        piece = self.document.piece_at(offset)
        return self.document.location_of(piece, offset - piece.start)

    @staticmethod
    def _line(error: Message) -> int:
        return error.pos.line if error.pos else 1


def _part(constant: ConstantReport, own: tuple[ConstantReport, ...]) -> tuple[ConstantReport, ...]:
    """A constant with what stands below it, such as the lemmas of its `where`."""
    below = f"{constant.name}."
    return tuple(c for c in own if c is constant or c.name.startswith(below))
