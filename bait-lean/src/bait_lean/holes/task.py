"""A hole to prove: what comes before it, and what its proof may not use."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bait_core import ConfigurationError, TheoremError
from bait_lean.errors import ProtocolError
from bait_lean.process.messages import ErrorReply, PolicyReply, Sorry
from bait_lean.prover.prover import ElaborationError, Prover, first_error
from bait_lean.prover.steps import Obligation, root_obligation
from bait_lean.source.declarations import Declaration
from bait_lean.source.document import Document, Piece
from bait_lean.source.placing import Place
from bait_lean.source.prefix import Prefix


@dataclass(frozen=True, slots=True)
class Hole:
    """A `sorry` that a search can work on.

    Attributes:
        name: Unique in its document.
        piece: The piece that it is in.
        place: Where in the piece.
        declaration: The declaration that it is in, as far as its text tells.
    """

    name: str
    piece: Piece
    place: Place
    declaration: Declaration | None


@dataclass(frozen=True, slots=True)
class OpenHole:
    """A hole in a process.

    Attributes:
        root: What is to be proved.
        environment: The number of the environment before the declaration.
        policy: The number of the policy for its steps, if there is one.
    """

    root: Obligation
    environment: int
    policy: int | None


@dataclass(frozen=True, slots=True)
class ProofTask:
    """A hole and the context in which to prove it.

    Attributes:
        document: The text that it belongs to.
        hole: The hole.
        prefix: What comes before its declaration.
        forbidden: Earlier constants that rest on something that it does not rest on already.
        relied_on: Constants that it already rests on, and that its proofs may use.
        library: The library theorem that is proved again; it and later ones may not be used.
    """

    document: Document
    hole: Hole
    prefix: Prefix
    forbidden: tuple[str, ...] = ()
    relied_on: tuple[str, ...] = ()
    library: str = ""

    def open(self, prover: Prover) -> OpenHole:
        """Elaborate what comes before, then the declaration with its hole.

        Raises:
            TheoremError: Lean does not accept it.
            ReplError: The process is dead now.
        """
        environment = prover.environment(self.prefix)
        piece = self.hole.piece
        reply = prover.command(piece.text, self.prefix, parts=True)
        if error := first_error(reply):
            where = self.document.location(piece, error.pos)
            raise TheoremError(f"{where}: {error.data}")
        found = sorries_by_offset(piece, reply.sorries).get(self.hole.place.offset, [])
        if len(found) != 1:
            raise TheoremError(f"Lean does not find exactly one goal at the hole {self.hole.name}")
        sorry = found[0]
        root = root_obligation(self.hole.name, sorry.proof_state, sorry.goal, sorry.parts)
        return OpenHole(root, environment, self.policy(prover))

    def policy(self, prover: Prover) -> int | None:
        """Tell a process what may not be used; None if that is nothing or can't be enforced.

        Raises:
            ConfigurationError: A library theorem is to be proved again, and the process can't
                keep proofs from using it.
            TheoremError: A name is not known.
            ReplError: The process is dead now.
        """
        if not (self.forbidden or self.library):
            return None
        if not prover.has_extensions:
            if self.library:
                raise ConfigurationError(
                    "a project's own Lean can't be prevented from using the library theorem "
                    f"{self.library} in its own proof",
                    hint="Set `backend` to embedded.",
                )
            return None
        policy: dict[str, Any] = {
            "names": list(self.forbidden),
            "known": list(self.relied_on),
        }
        if self.library:
            policy["from"] = self.library
        reply = prover.ask({"policy": policy}, PolicyReply)
        if isinstance(reply, ErrorReply):
            raise TheoremError(f"Lean does not accept the policy: {reply.message}")
        return reply.policy


def sorries_by_offset(piece: Piece, sorries: tuple[Sorry, ...]) -> dict[int, list[Sorry]]:
    """What Lean says about the holes of a piece, by offset."""
    found: dict[int, list[Sorry]] = {}
    for sorry in sorries:
        if sorry.pos is None:
            raise ProtocolError("Lean's answer has a `sorry` without a position")
        found.setdefault(piece.lines.offset(sorry.pos), []).append(sorry)
    return found


def located(document: Document, error: ElaborationError) -> TheoremError:
    """An error from Lean with its place in the file."""
    piece = next((piece for piece in document.pieces if piece.text == error.text), None)
    if piece is None:
        return error
    return TheoremError(f"{document.location(piece, error.error.pos)}: {error.error.data}")
