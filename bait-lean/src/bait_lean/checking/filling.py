"""The filled file, as a newly started prover sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from bait_core import Edit, FillError, Foundations, apply_edits
from bait_lean.checking.acceptance import Declared, difference, judge, reached_names, undermined
from bait_lean.process.messages import Message
from bait_lean.process.reports import ConstantReport, ReportedReply, graph_of
from bait_lean.prover.prover import ElaborationError, Prover, first_error
from bait_lean.prover.steps import shorten
from bait_lean.source.document import Document, Piece
from bait_lean.source.positions import (
    Lines,
    Position,
    left_open,
    offset_before,
    replace_sorries,
)


@dataclass(frozen=True)
class FilledDocument:
    """Edits that fill holes of a text.

    Attributes:
        document: The text, cut where Lean says that commands begin.
        edits: What is replaced in the document's text, by the names of the holes.
        allowed: Axioms that proofs may rest on besides Lean's.
    """

    document: Document
    edits: Mapping[str, Edit]
    allowed: frozenset[str]

    @cached_property
    def text(self) -> str:
        """The filled text, with line ends as Lean wants them."""
        return apply_edits(self.document.text, self._changes)

    @cached_property
    def _lines(self) -> Lines:
        return Lines(self.text)

    def verify(self, prover: Prover) -> dict[str, Foundations]:
        """Elaborate the whole text before and after, and check what each declaration adds.

        Errors that the text had before are ignored.

        Returns:
            For each hole that got an edit, what its declaration rests on.

        Raises:
            FillError: Lean does not accept it.
            ReplError: The process is dead now.
        """
        before = prover.reported_once(self.document.text, None)
        try:
            after = prover.reported(self.text, None)
        except ElaborationError as error:
            raise FillError(dict.fromkeys(self.edits, error.error.data)) from error
        reasons = self._errors(before, after)
        if (first := first_error(before)) and not prover.has_extensions and not reasons:
            return self._without_tail(first).verify(prover)
        if after.report.kernel:
            self._blame(reasons, self.edits, f"the kernel refuses it: {after.report.kernel}")
        found: dict[str, Foundations] = {}
        for piece, names, original, filled in self._declared(before, after):
            if reasons.keys() & set(names):
                continue  # an error leaves a `sorry`, for which the other holes are not to blame
            if names:
                judgement = judge(
                    original,
                    filled,
                    left_open(self.document.text, original.sorries, self._changes),
                    self.allowed,
                    lambda name: prover.is_same(name, before.env, after.env),
                    is_kept=prover.has_extensions
                    or replace_sorries(
                        self.document.text, original.sorries, [self.edits[name] for name in names]
                    ),
                )
                if judgement.objection:
                    self._blame(reasons, names, judgement.objection)
                found.update(dict.fromkeys(names, judgement.foundations(self._place)))
            elif why := difference(original, filled) or undermined(original, filled):
                line = self.document.line(piece, 0)
                why = f"the text from line {line} on changes: {why}"
                self._blame(reasons, self._relied_on(piece, before), why)
        if reasons:
            raise FillError(reasons)
        return found

    def _without_tail(self, error: Message) -> FilledDocument:
        """The same without what follows the last edit: a project's Lean can't compile errors.

        Raises:
            FillError: Nothing follows it, so that the error is before.
        """
        last = self.document.piece_at(self._changes[-1].start)
        end = last.start + len(last.text)
        if end >= len(self.document.text):
            raise FillError(dict.fromkeys(self.edits, shorten(error.data)))
        head = self.document.head(end)
        return FilledDocument(head, self.edits, self.allowed)

    @cached_property
    def _changes(self) -> Sequence[Edit]:
        return sorted(self.edits.values(), key=lambda edit: edit.start)

    def _names_in(self, piece: Piece) -> list[str]:
        return [
            name for name, edit in self.edits.items() if self.document.piece_at(edit.start) is piece
        ]

    def _declared(
        self, before: ReportedReply, after: ReportedReply
    ) -> Iterator[tuple[Piece, list[str], Declared, Declared]]:
        """Each piece, the holes filled in it, and what it adds without and with the edits."""
        olds = self._by_piece(before.report.constants, self.document.offset)
        news = self._by_piece(after.report.constants, self._offset)
        old_graph, new_graph = graph_of(olds), graph_of(news)
        for piece in self.document.pieces:
            index = piece.index
            yield (
                piece,
                self._names_in(piece),
                Declared(olds[index], old_graph),
                Declared(news[index], new_graph),
            )

    def _by_piece(
        self, constants: Sequence[ConstantReport], offset: Callable[[Position], int]
    ) -> list[tuple[ConstantReport, ...]]:
        found: list[list[ConstantReport]] = [[] for _ in self.document.pieces]
        for constant in constants:
            place = offset(constant.position) if constant.position else 0
            found[self.document.piece_at(place).index].append(constant)
        return [tuple(constants) for constants in found]

    def _offset(self, position: Position) -> int:
        """The offset in the document of a place in the filled text."""
        return offset_before(self._lines.offset(position), self._changes)

    def _place(self, position: Position | None) -> str:
        if position is None:
            return self.document.name
        return self.document.location_at(self._offset(position))

    def _errors(self, before: ReportedReply, after: ReportedReply) -> dict[str, str]:
        """New errors from Lean, by the hole whose script they are in, or else by the piece."""
        reasons: dict[str, str] = {}
        old = Counter((m.data, self._piece_of(m, self.document.offset)) for m in _errors_of(before))
        for message in _errors_of(after):
            key = message.data, self._piece_of(message, self._offset)
            if old[key] > 0:
                old[key] -= 1
            else:
                self._blame(reasons, self._culprits(message, before), shorten(message.data))
        return reasons

    def _piece_of(self, message: Message, offset: Callable[[Position], int]) -> int:
        place = offset(message.pos) if message.pos else 0
        return self.document.piece_at(place).index

    def _culprits(self, message: Message, before: ReportedReply) -> list[str]:
        if message.pos is None:
            return list(self.edits)
        offset = self._offset(message.pos)
        inside = [name for name, edit in self.edits.items() if edit.start <= offset <= edit.end]
        piece = self.document.piece_at(offset)
        return inside or self._names_in(piece) or self._relied_on(piece, before)

    def _relied_on(self, piece: Piece, before: ReportedReply) -> list[str]:
        """The filled holes of declarations that a piece uses; all if it uses none."""
        declared = self._by_piece(before.report.constants, self.document.offset)
        used = reached_names((c.name for c in declared[piece.index]), graph_of(declared))
        owners = {
            index for index, found in enumerate(declared) if any(c.name in used for c in found)
        }
        names = [
            name
            for name, edit in self.edits.items()
            if self.document.piece_at(edit.start).index in owners
        ]
        return names or list(self.edits)

    @staticmethod
    def _blame(reasons: dict[str, str], names: Iterable[str], why: str) -> None:
        for name in names:
            reasons.setdefault(name, why)


def _errors_of(reply: ReportedReply) -> list[Message]:
    return [message for message in reply.messages if message.severity == "error"]
