"""Finding the holes of a text, with Lean's help."""

from __future__ import annotations

import logging
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bait_core import Failed, TheoremError
from bait_lean.holes.hints import hint_for
from bait_lean.holes.task import Hole, sorries_by_offset
from bait_lean.process.messages import Message, Sorry
from bait_lean.process.reports import ConstantReport, ReportedReply, is_example, visible_name
from bait_lean.prover.prover import Prover, first_error
from bait_lean.prover.steps import apply_tactic, root_obligation
from bait_lean.source.document import Document, Piece
from bait_lean.source.lexer import code, tokenize
from bait_lean.source.placing import Place
from bait_lean.source.prefix import Prefix

_log = logging.getLogger(__name__)

_HOLE = re.compile(r"(?:sorry|admit)\b")
_WORD = re.compile(r"\S+")
_TACTIC_BEFORE = frozenset({"by", "·", ";", "<;>"})
_TERM_BEFORE = frozenset({":=", "exact", "from", "<|", ",", "⟨", "show"})

_IS_PROPOSITION = "refine of_eq_true ?_"
"""A tactic that applies to any proposition and to nothing else."""

_PROPOSITION_TIMEOUT = 20.0

_NOT_REACHED = "Lean never reaches it"
_SEVERAL_GOALS = "it stands for several goals"
_NO_DECLARATION = "it is in no declaration that Lean keeps"
_UNNAMED_EXAMPLE = "_example"
_DATA = "it is for data, not for a proof"
_STOP = "it leaves out the tactics after it; write `sorry` in their place"
_HIDDEN = "it stands for a `sorry` that is not written here"


@dataclass(frozen=True, slots=True)
class Survey:
    """What a text holds.

    Attributes:
        document: The text, cut where Lean says that commands begin, if it does.
        holes: Those that a search can work on, in order.
        declared: What each piece adds to the environment, by its index; empty where Lean does
            not say.
        whole: All of the text, as Lean has read it.
    """

    document: Document
    holes: tuple[Hole, ...]
    declared: Mapping[int, tuple[ConstantReport, ...]]
    whole: Prefix


@dataclass(frozen=True, slots=True)
class SeenPiece:
    """A piece as Lean has seen it: its `sorry`s by offset, and its errors with their places."""

    piece: Piece
    sorries: Mapping[int, list[Sorry]]
    errors: tuple[tuple[str, Message], ...]


def survey(document: Document, prover: Prover, wanted: Callable[[str], bool]) -> Survey:
    """The holes of a text that `wanted` accepts, in order.

    The text is elaborated once. Left out with a warning are holes for data instead of proofs,
    holes for several goals at once (`all_goals sorry`), holes that Lean never reaches, and
    each `sorry` that is not written as one.

    Raises:
        TheoremError: There is an error before, or in, the declaration of a hole.
        ReplError: The process is dead now.
    """
    declared: Mapping[int, tuple[ConstantReport, ...]] = {}
    if prover.has_extensions:
        reply = prover.reported(document.text, None, parts=True)
        document = _cut(document, reply)
        _remember(prover, document, reply)
        declared = _declared(document, reply)
        seen = _seen_at_once(document, reply)
    else:
        seen = _seen_by_piece(document, prover)
    surveyor = _Surveyor(document, prover, wanted, declared)
    for piece in seen:
        surveyor.visit(piece)
    surveyor.warn_of_late_errors()
    return Survey(document, tuple(surveyor.holes), declared, surveyor.whole)


def cut(document: Document, prover: Prover) -> Document:
    """The text cut where Lean says that commands begin, if it does.

    Raises:
        TheoremError: Lean can't process the text at all.
        ReplError: The process is dead now.
    """
    if not prover.has_extensions:
        return document
    return _cut(document, prover.reported_once(document.text, None))


# What Lean sees ------------------------------------------------------------------------------


def _cut(document: Document, reply: ReportedReply) -> Document:
    starts = [document.offset(command.position) for command in reply.report.commands]
    places = (document.offset(sorry.pos) for sorry in reply.sorries if sorry.pos)
    return document.cut(starts, {o for o in places if _HOLE.match(document.text, o)})


def _remember(prover: Prover, document: Document, reply: ReportedReply) -> None:
    """Note the environments after the pieces, which are the same if each is elaborated alone."""
    after: dict[int, int] = {}
    for command in reply.report.commands:
        after[document.piece_at(document.offset(command.position)).index] = command.env
    prefix: Prefix | None = None
    for piece in document.pieces:
        prefix = prefix.then(piece.text) if prefix else Prefix(piece.text)
        if piece.index in after:
            prover.remember(prefix, after[piece.index])


def _declared(document: Document, reply: ReportedReply) -> Mapping[int, tuple[ConstantReport, ...]]:
    found: dict[int, list[ConstantReport]] = {}
    for constant in reply.report.constants:
        if constant.position is not None:
            piece = document.piece_at(document.offset(constant.position))
            found.setdefault(piece.index, []).append(constant)
    return {index: tuple(constants) for index, constants in found.items()}


def _seen_at_once(document: Document, reply: ReportedReply) -> Iterator[SeenPiece]:
    sorries: dict[int, dict[int, list[Sorry]]] = {}
    for sorry in reply.sorries:
        if sorry.pos is not None:
            offset = document.offset(sorry.pos)
            piece = document.piece_at(offset)
            places = sorries.setdefault(piece.index, {})
            places.setdefault(offset - piece.start, []).append(sorry)
    errors: dict[int, list[tuple[str, Message]]] = {}
    for message in reply.messages:
        if message.severity == "error":
            offset = document.offset(message.pos) if message.pos else 0
            piece = document.piece_at(offset)
            errors.setdefault(piece.index, []).append((document.location_at(offset), message))
    for piece in document.pieces:
        index = piece.index
        yield SeenPiece(piece, sorries.get(index, {}), tuple(errors.get(index, ())))


def _seen_by_piece(document: Document, prover: Prover) -> Iterator[SeenPiece]:
    parent: Prefix | None = None
    for piece in document.pieces:
        reply = prover.command(piece.text, parent)
        error = first_error(reply)
        errors = ((document.location(piece, error.pos), error),) if error else ()
        yield SeenPiece(piece, sorries_by_offset(piece, reply.sorries), errors)
        parent = parent.then(piece.text) if parent else Prefix(piece.text)
        prover.remember(parent, reply.env)


# Holes -----------------------------------------------------------------------------------------


class _Surveyor:
    """Goes through a document piece by piece.

    Attributes:
        holes: Those found so far that a search can work on.
    """

    def __init__(
        self,
        document: Document,
        prover: Prover,
        wanted: Callable[[str], bool],
        declared: Mapping[int, tuple[ConstantReport, ...]],
    ) -> None:
        self._document = document
        self._prover = prover
        self._wanted = wanted
        self._declared = declared
        self._used: Counter[str] = Counter()
        self._errors: list[tuple[str, Message, Piece]] = []
        self._before: Prefix | None = None
        self.holes: list[Hole] = []

    def visit(self, seen: SeenPiece) -> None:
        """Take the holes of the next piece."""
        piece = seen.piece
        names = hole_names(self._document, seen, self._used)
        chosen = {offset: name for offset, name in names.items() if self._wanted(name)}
        if self._is_query(piece):
            for offset, name in chosen.items():
                self._leave_out(piece, offset, f"the hole {name} is left out: {_NO_DECLARATION}")
            chosen = {}  # its errors do not concern a hole
        self._errors += [(where, message, piece) for where, message in seen.errors]
        if chosen and self._errors:
            raise self._before_hole(*self._errors[0], next(iter(chosen.values())))
        if chosen:
            self._take(seen, chosen)
            self._warn_of_hidden(seen)
        self._before = self._before.then(piece.text) if self._before else Prefix(piece.text)

    @property
    def whole(self) -> Prefix:
        """The text as far as it was visited."""
        # A document has at least one piece.
        assert self._before is not None  # noqa: S101
        return self._before

    def warn_of_late_errors(self) -> None:
        """Warn of the errors that are not in the way."""
        for where, message, _ in self._errors:
            _log.warning("%s: %s (no hole comes after it)", where, message.data)

    def _is_query(self, piece: Piece) -> bool:
        """Whether a piece is a command such as `#check`, which declares nothing."""
        return piece.index not in self._declared and piece.text.lstrip().startswith("#")

    def _take(self, seen: SeenPiece, chosen: Mapping[int, str]) -> None:
        piece = seen.piece
        for offset, name in chosen.items():
            found = seen.sorries.get(offset, [])
            if why := self._objection(piece, name, found):
                self._leave_out(piece, offset, f"the hole {name} is left out: {why}")
                continue
            place = self._place(seen, offset)
            self.holes.append(Hole(name, piece, place, piece.declaration_at(offset)))

    def _before_hole(self, where: str, error: Message, piece: Piece, hole: str) -> TheoremError:
        hint = f"Lean must accept the text up to the hole {hole}: correct it."
        if any(declaration.keyword == "lemma" for declaration in piece.declarations):
            hint = "`lemma` is a keyword of Mathlib's; in core Lean, write `theorem`."
        known = hint_for(error.data, embedded=self._prover.has_extensions)
        return TheoremError(f"{where}: {error.data}", hint=known or hint)

    def _place(self, seen: SeenPiece, offset: int) -> Place:
        found = seen.sorries.get(offset, [])
        if found and found[0].is_term is not None:
            return Place(offset, found[0].is_term)
        return Place(offset, self._is_term(seen.piece, offset))

    def _objection(self, piece: Piece, name: str, found: list[Sorry]) -> str:
        if not found:
            return _NOT_REACHED
        if self._prover.has_extensions and not self._is_kept(piece, found[0]):
            return _NO_DECLARATION
        if len(found) > 1 or (found[0].parts and len(found[0].parts[0].goals) > 1):
            return _SEVERAL_GOALS
        return "" if self._is_proposition(name, found[0]) else _DATA

    def _is_kept(self, piece: Piece, sorry: Sorry) -> bool:
        """Whether Lean keeps the declaration around a hole, so that it can be checked."""
        constants = self._declared.get(piece.index, ())
        if any(sorry.pos in constant.sorries for constant in constants):
            return True
        if sorry.declaration == _UNNAMED_EXAMPLE:
            return any(is_example(c.name) and not c.unsafe for c in constants)
        return any(visible_name(constant.name) == sorry.declaration for constant in constants)

    def _is_proposition(self, name: str, sorry: Sorry) -> bool:
        root = root_obligation(name, sorry.proof_state, sorry.goal, sorry.parts)
        result = apply_tactic(
            self._prover, root.goal, root.state, _IS_PROPOSITION, _PROPOSITION_TIMEOUT, policy=None
        )
        return not isinstance(result, Failed)

    def _is_term(self, piece: Piece, offset: int) -> bool:
        """Whether a term is expected; tries `(by sorry)` if the words before don't show it."""
        before = [token.text for token in code(tokenize(piece.text)) if token.start < offset]
        word = before[-1] if before else ""
        if word in _TACTIC_BEFORE:
            return False
        if word in _TERM_BEFORE:
            return True
        match = _HOLE.match(piece.text, offset)
        end = match.end() if match else offset
        text = f"{piece.text[:offset]}(by sorry){piece.text[end:]}"
        return first_error(self._prover.command(text, self._before)) is None

    def _warn_of_hidden(self, seen: SeenPiece) -> None:
        """Warn of each `sorry` that no script can replace."""
        for offset in seen.sorries:
            if offset not in seen.piece.holes:
                match = _WORD.match(seen.piece.text, offset)
                word = match.group() if match else ""
                why = _STOP if word == "stop" else _HIDDEN
                self._leave_out(seen.piece, offset, f"`{word}` can't be filled: {why}")

    def _leave_out(self, piece: Piece, offset: int, what: str) -> None:
        _log.warning("%s: %s", self._document.location_at(piece.start + offset), what)


def hole_names(document: Document, seen: SeenPiece, used: Counter[str]) -> dict[int, str]:
    """The names of the holes of a piece, by offset.

    A hole has the full name of its declaration, from Lean where it gives one, with `:1`, `:2`,
    ... if that has several, or `example:LINE` where there is no name.
    """
    piece = seen.piece
    bases = {offset: _base_name(document, seen, offset) for offset in piece.holes}
    total = Counter(bases.values())
    names: dict[int, str] = {}
    for offset, base in bases.items():
        used[base] += 1
        several = total[base] > 1 or used[base] > 1
        names[offset] = f"{base}:{used[base]}" if several else base
    return names


def _base_name(document: Document, seen: SeenPiece, offset: int) -> str:
    declaration = seen.piece.declaration_at(offset)
    if declaration is None or declaration.name:
        for sorry in seen.sorries.get(offset, []):
            # Lean's own words for what has no name begin like this: `_example`, `_check`.
            if sorry.declaration and not sorry.declaration.startswith("_"):
                return sorry.declaration
    if declaration is None:
        return f"hole:{document.line(seen.piece, offset)}"
    line = document.line(seen.piece, declaration.start)
    return declaration.name or f"{declaration.keyword}:{line}"
