"""Which holes of a text are proved so far, and what that means for the later ones."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bait_lean.environment.document import Document, Piece
from bait_lean.environment.placing import Place, fill_places
from bait_lean.environment.prover import Prefix
from bait_lean.environment.task import Hole


@dataclass(frozen=True, slots=True)
class Context:
    """What comes before a declaration.

    Attributes:
        prefix: The text.
        forbidden: Names in it that rest on a hole.
    """

    prefix: Prefix
    forbidden: tuple[str, ...]


class Progress:
    """Accepted scripts, from any thread.

    A declaration all of whose holes are proved is filled in for those after it. A theorem with
    an open hole is left out if nothing later mentions it, so that no tactic can stumble over it;
    else it stays, with its `sorry`, and proofs may not use it.

    Args:
        document: The text.
        holes: Its holes.
    """

    def __init__(self, document: Document, holes: Sequence[Hole]) -> None:
        self._document = document
        self._holes: dict[int, list[Hole]] = {}
        for hole in holes:
            self._holes.setdefault(hole.piece.index, []).append(hole)
        self._lock = threading.Lock()
        self._scripts: dict[str, str] = {}
        self._keep_all = False
        self._mentioned = _mentioned_later(document)

    def record(self, hole: Hole, script: str) -> None:
        """Note that the check accepted a script; the first one stays."""
        with self._lock:
            self._scripts.setdefault(hole.name, script)

    def keep_all(self) -> bool:
        """Leave out no declaration any more; False if that is so already.

        For texts of which a part does not elaborate without a theorem that it does not name.
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
        forbidden: list[str] = []
        for earlier in self._document.pieces[: piece.index]:
            text = earlier.text
            if earlier.holes:
                filled = self.filled(earlier, scripts)
                if filled is not None:
                    text = filled
                elif self._may_leave_out(earlier) and not keep_all:
                    continue
                else:
                    forbidden += [d.name for d in earlier.declarations if d.name]
            prefix = prefix.then(text) if prefix else Prefix(text)
        # The first piece has no holes: it carries the imports.
        assert prefix is not None  # noqa: S101
        return Context(prefix, tuple(forbidden))

    def filled(self, piece: Piece, scripts: Mapping[str, str]) -> str | None:
        """The text of a piece with all holes filled, or None if one is open."""
        places = self.places(piece, scripts)
        return fill_places(piece.text, places) if len(places) == len(piece.holes) else None

    def places(self, piece: Piece, scripts: Mapping[str, str]) -> dict[Place, str]:
        """The scripts for a piece by place."""
        holes = self._holes.get(piece.index, [])
        return {hole.place: scripts[hole.name] for hole in holes if hole.name in scripts}

    def _may_leave_out(self, piece: Piece) -> bool:
        return piece.proves_only and piece.index not in self._mentioned


def _mentioned_later(document: Document) -> frozenset[int]:
    """The pieces with holes of which a later piece uses a name."""
    mentioned: set[int] = set()
    later: set[str] = set()
    for piece in reversed(document.pieces):
        names = (declaration.name.split(".")[-1] for declaration in piece.declarations)
        if piece.holes and any(name in later for name in names if name):
            mentioned.add(piece.index)
        later |= piece.words
    return frozenset(mentioned)
