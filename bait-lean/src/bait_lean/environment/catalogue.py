"""The theorems that the options name: of a statement, a file or the library."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bait_core import ConfigurationError, Theorem, TheoremError
from bait_lean.checking.axioms import warn_of_unknown_axioms
from bait_lean.checking.proved_holes import ProvedHoles
from bait_lean.environment.imports import check_backend
from bait_lean.environment.options import LeanOptions
from bait_lean.holes.survey import survey
from bait_lean.holes.task import Hole
from bait_lean.process.messages import ConstantReply, ErrorReply
from bait_lean.prover.pool import ProverPool
from bait_lean.prover.prover import Prover
from bait_lean.source.document import Document
from bait_lean.source.prefix import Prefix
from bait_lean.source.statement import library_text, signature, statement_text

LIBRARY_NAME = "bait_library_theorem"
"""What a library theorem is called where it is stated again."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A theorem, and where its hole is.

    Attributes:
        theorem: What a search gets to see.
        hole: The hole.
        document: The text that the hole belongs to.
        proved: Which holes of the text are proved.
        library: The library theorem that is proved again, if it is one.
    """

    theorem: Theorem
    hole: Hole
    document: Document
    proved: ProvedHoles
    library: str = ""


def find_entries(options: LeanOptions, pool: ProverPool) -> list[Entry]:
    """The theorems of an environment, in order.

    Raises:
        TheoremError: The statement, file or library theorem is not usable.
        ConfigurationError: `only` names a hole, or `imports` a module, that does not exist.
        ProverStartError: Lean does not start.
        ReplError: It dies on the text.
    """
    if options.file is not None:
        document = Document.read(options.file)
        if not document.has_holes:
            return []
    elif options.statement is not None:
        text = statement_text(options.statement, options.imports)
        document = Document(text, "the statement", has_lines=False)
    check_backend(options, pool.backend)
    prover = pool.acquire()
    try:
        if options.theorems:
            header = Prefix(_header(options))
            warn_of_unknown_axioms(prover, header, options.allow_axioms)
            return [_library_entry(prover, name, options) for name in options.theorems]
        return _entries(document, prover, options)
    finally:
        pool.release(prover)


def _entries(
    document: Document, prover: Prover, options: LeanOptions, library: str = ""
) -> list[Entry]:
    only = options.only
    names: list[str] = []

    def wanted(name: str) -> bool:
        names.append(name)
        return not only or _is_chosen(name, only)

    found = survey(document, prover, wanted)
    _require_names(document, names, only)
    if not library:
        warn_of_unknown_axioms(prover, found.whole, options.allow_axioms)
    document = found.document
    proved = ProvedHoles(document, found.holes, found.declared, frozenset(options.allow_axioms))
    return [
        Entry(_theorem(document, hole, library), hole, document, proved, library)
        for hole in found.holes
    ]


def _header(options: LeanOptions) -> str:
    return "".join(f"import {module}\n" for module in options.imports)


def _library_entry(prover: Prover, name: str, options: LeanOptions) -> Entry:
    imports = options.imports
    environment = prover.environment(Prefix(_header(options)))
    if not prover.has_extensions:
        raise ConfigurationError(
            f"a project's own Lean can't be prevented from using the library theorem {name} in its "
            "own proof",
            hint="Set `backend` to embedded.",
        )
    reply = prover.ask({"constant": name, "env": environment}, ConstantReply)
    if isinstance(reply, ErrorReply):
        raise TheoremError(
            f"the library theorem {name} can't be used: {reply.message}",
            hint=f"The modules imported are: {', '.join(imports)}.",
        )
    if not reply.is_prop:
        raise TheoremError(f"{name} is not a theorem but a {reply.kind}")
    text = library_text(reply.statement, LIBRARY_NAME, imports)
    document = Document(text, f"the library theorem {name}", has_lines=False)
    entries = _entries(document, prover, options, reply.name)
    if not entries:
        raise TheoremError(f"the library theorem {name} can't be restated")
    return entries[0]


def _theorem(document: Document, hole: Hole, library: str) -> Theorem:
    start = hole.declaration.start if hole.declaration else 0
    statement = signature(hole.piece.text[start:])
    if library:
        return Theorem(library, statement.removeprefix(f"theorem {LIBRARY_NAME} : "), library)
    source = document.location_at(hole.piece.start + hole.place.offset)
    return Theorem(hole.name, statement, source)


def _is_chosen(name: str, only: Sequence[str]) -> bool:
    return name in only or name.rpartition(":")[0] in only


def _require_names(document: Document, names: Sequence[str], only: Sequence[str]) -> None:
    for wanted in only:
        if not any(_is_chosen(name, (wanted,)) for name in names):
            raise ConfigurationError(
                f"{document.name} has no hole {wanted!r}",
                hint=f"Its holes are: {', '.join(names)}.",
            )
