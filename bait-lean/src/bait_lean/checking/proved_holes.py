"""Which holes of a text are proved so far, and what later ones may use."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from bait_lean.checking.acceptance import Declared, forbidden, relied_on
from bait_lean.holes.task import Hole
from bait_lean.process.reports import ConstantReport, graph_of, is_example
from bait_lean.source.document import Document, Piece
from bait_lean.source.lexer import components
from bait_lean.source.placing import Place, fill_places
from bait_lean.source.prefix import Prefix

_AT_THE_MARGIN = re.compile(r"^[^\s|·)\]}⟩]", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Context:
    """What comes before a declaration.

    Attributes:
        prefix: The text.
        forbidden: Constants in it that proofs of the declaration's holes may not use.
        relied_on: Those that they may use, whatever these rest on.
    """

    prefix: Prefix
    forbidden: tuple[str, ...]
    relied_on: tuple[str, ...] = ()


class ProvedHoles:
    """Accepted scripts, from any thread.

    A declaration whose holes are all proved is filled in for later ones. A theorem with an open
    hole is left out if nothing later can depend on it, so that no tactic can use it by mistake;
    otherwise it stays, with its `sorry`, and proofs may not use it.

    Args:
        document: The text.
        holes: Its holes.
        declared: What each piece adds to the environment, by its index, where Lean says so.
        allowed: Axioms that proofs may rest on besides Lean's.
    """

    def __init__(
        self,
        document: Document,
        holes: Sequence[Hole],
        declared: Mapping[int, tuple[ConstantReport, ...]],
        allowed: frozenset[str],
    ) -> None:
        self._document = document
        self._declared = declared
        self._allowed = allowed
        self._holes: dict[int, list[Hole]] = {}
        for hole in holes:
            self._holes.setdefault(hole.piece.index, []).append(hole)
        self._lock = threading.Lock()
        self._scripts: dict[str, str] = {}
        self._keep_all = False
        self._needed = _mentioned_later(document) | _used_later(declared)

    def record(self, hole: Hole, script: str) -> None:
        """Note that the check accepted a script; the first one stays."""
        with self._lock:
            self._scripts.setdefault(hole.name, script)

    def keep_all(self) -> bool:
        """Leave out no more declarations; False if that is so already.

        For texts that do not elaborate without a theorem that they do not name.
        """
        with self._lock:
            changed = not self._keep_all
            self._keep_all = True
            return changed

    def context(self, piece: Piece) -> Context:
        """What comes before `piece` now."""
        with self._lock:
            scripts = dict(self._scripts)
            keep_all = self._keep_all
        prefix: Prefix | None = None
        kept: list[tuple[ConstantReport, ...]] = []
        still_open: list[str] = []
        for earlier in self._document.pieces[: piece.index]:
            text = earlier.text
            constants = self._declared.get(earlier.index, ())
            if earlier.holes:
                filled = self.filled(earlier, scripts)
                if filled is not None:
                    text, constants = filled, self._closed(earlier, constants)
                elif self._may_leave_out(earlier) and not keep_all:
                    continue
                else:
                    still_open += [d.name for d in earlier.declarations if d.name]
            kept.append(constants)
            prefix = prefix.then(text) if prefix else Prefix(text)
        # The first piece has no holes: it carries the imports.
        assert prefix is not None  # noqa: S101
        if not self._declared:
            return Context(prefix, tuple(still_open))
        declared = Declared.after(graph_of(kept), self._declared.get(piece.index, ()))
        return Context(prefix, forbidden(declared, self._allowed), relied_on(declared))

    def filled(self, piece: Piece, scripts: Mapping[str, str]) -> str | None:
        """The text of a piece with all holes filled, or None if one is open."""
        places = self.places(piece, scripts)
        return fill_places(piece.text, places) if len(places) == len(piece.holes) else None

    def places(self, piece: Piece, scripts: Mapping[str, str]) -> dict[Place, str]:
        """The scripts for a piece by place."""
        holes = self._holes.get(piece.index, [])
        return {hole.place: scripts[hole.name] for hole in holes if hole.name in scripts}

    def _closed(
        self, piece: Piece, constants: tuple[ConstantReport, ...]
    ) -> tuple[ConstantReport, ...]:
        """The constants of a piece without the `sorry`s of its holes."""
        holes = {self._document.position(piece.start + offset) for offset in piece.holes}
        return tuple(
            msgspec.structs.replace(
                constant, sorries=tuple(p for p in constant.sorries if p not in holes)
            )
            for constant in constants
        )

    def _may_leave_out(self, piece: Piece) -> bool:
        """Whether a piece is theorems or examples only, and nothing later can depend on it."""
        if piece.index in self._needed or "@[" in piece.text:
            return False
        if not self._declared:
            return piece.proves_only and len(_AT_THE_MARGIN.findall(piece.text)) == 1
        constants = self._declared.get(piece.index, ())
        visible = [constant for constant in constants if not constant.internal]
        return bool(visible) and all(c.kind == "theorem" or is_example(c.name) for c in visible)


def _mentioned_later(document: Document) -> frozenset[int]:
    """The pieces with holes of which a later piece uses a name."""
    mentioned: set[int] = set()
    later: set[str] = set()
    for piece in reversed(document.pieces):
        names = (components(d.name)[-1] for d in piece.declarations if d.name)
        if piece.holes and any(name in later for name in names):
            mentioned.add(piece.index)
        later |= piece.words
    return frozenset(mentioned)


def _used_later(declared: Mapping[int, tuple[ConstantReport, ...]]) -> frozenset[int]:
    """The pieces of which a later piece uses a constant."""
    owner = {constant.name: index for index, found in declared.items() for constant in found}
    return frozenset(
        owner[name]
        for index, constants in declared.items()
        for constant in constants
        for name in constant.uses
        if owner.get(name, index) != index
    )
