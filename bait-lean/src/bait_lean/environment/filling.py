"""The filled file, as a newly started prover sees it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from bait_core.errors import FillError
from bait_lean.environment.axioms import foundations, trusts_compiler_only
from bait_lean.environment.check import sorry_warnings, with_name
from bait_lean.environment.document import Document, Piece
from bait_lean.environment.placing import Place, fill_places
from bait_lean.environment.prover import Prefix, Prover, first_error
from bait_lean.environment.task import Hole
from bait_lean.repl.messages import CommandReply


@dataclass(frozen=True, slots=True)
class Filling:
    """Scripts for the holes of a text.

    Attributes:
        document: The text.
        holes: Those that get a script.
        scripts: By name.
        allow_native_decide: Whether proofs may trust Lean's compiler.
    """

    document: Document
    holes: tuple[Hole, ...]
    scripts: Mapping[str, str]
    allow_native_decide: bool = False

    def text(self) -> str:
        """The filled text, with the original line ends."""
        return self.document.filled(
            (piece, places) for piece in self.document.pieces if (places := self._places(piece))
        )

    def verify(self, prover: Prover) -> None:
        """Elaborate the filled text, piece by piece and as a whole.

        Errors that the text has anyway are let pass. A declaration without open holes must not
        rest on any axiom but the library's, and not on `sorry` through others.

        Raises:
            FillError: Lean does not accept it.
            ReplError: The process is dead now.
        """
        objections = dict(self._objections(prover))
        if objections:
            raise FillError(objections)
        whole = "".join(self._filled(piece) for piece in self.document.pieces)
        new = _errors(prover.command(whole, None)) - _errors(
            prover.command(self.document.text, None)
        )
        if new:
            raise FillError(dict.fromkeys(self.scripts, f"the filled file: {next(iter(new))}"))

    def _objections(self, prover: Prover) -> Iterator[tuple[str, str]]:
        prefix: Prefix | None = None
        for piece in self.document.pieces:
            text = self._filled(piece)
            reply = prover.command(text, prefix)
            if holes := [hole for hole in self.holes if hole.piece is piece]:
                why = self._objection(prover, prefix, reply, holes)
                yield from ((hole.name, why) for hole in holes if why)
            prefix = prefix.then(text) if prefix else Prefix(text)
            prover.remember(prefix, reply.env)

    def _objection(
        self, prover: Prover, prefix: Prefix | None, reply: CommandReply, holes: list[Hole]
    ) -> str:
        """What is wrong with a filled piece."""
        if error := first_error(reply):
            return error.data
        if len(holes) < len(holes[0].piece.holes):
            return ""
        if warnings := sorry_warnings(reply):
            return warnings[0].data
        assert prefix is not None  # noqa: S101
        for hole in {hole.declaration: hole for hole in holes}.values():
            named = with_name(hole)
            text = fill_places(named.piece.text, self._moved(named, holes, hole))
            after = prefix.then(text)
            axioms = foundations(prover, named.declaration.name, after, None).axioms
            if axioms and not (self.allow_native_decide and trusts_compiler_only(axioms)):
                return f"the proof rests on {', '.join(axioms)}"
        return ""

    def _moved(self, named: Hole, holes: list[Hole], hole: Hole) -> dict[Place, str]:
        """The scripts of a piece whose declaration got a name."""
        shift = len(named.piece.text) - len(hole.piece.text)
        after = hole.declaration.start
        return {
            Place(h.place.offset + shift * (h.place.offset > after), h.place.is_term): (
                self.scripts[h.name]
            )
            for h in holes
        }

    def _filled(self, piece: Piece) -> str:
        places = self._places(piece)
        return fill_places(piece.text, places) if places else piece.text

    def _places(self, piece: Piece) -> dict[Place, str]:
        return {hole.place: self.scripts[hole.name] for hole in self.holes if hole.piece is piece}


def _errors(reply: CommandReply) -> Counter[str]:
    return Counter(m.data for m in reply.messages if m.severity == "error")
