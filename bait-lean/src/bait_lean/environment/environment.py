"""Lean 4 as an environment: statements, holes of a file, and library theorems."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from bait_core import (
    CheckResult,
    Edit,
    FilledFile,
    PremiseSet,
    ProverError,
    Theorem,
    TheoremError,
    Verification,
    merge_edits,
)
from bait_core.merging import Region
from bait_lean.checking.check import Checker
from bait_lean.checking.filling import FilledDocument
from bait_lean.checking.verification import verify
from bait_lean.environment.catalogue import LIBRARY_NAME, Entry, find_entries
from bait_lean.environment.options import LeanOptions
from bait_lean.environment.premises import AccessiblePremises
from bait_lean.environment.session import LeanSession
from bait_lean.holes.survey import cut
from bait_lean.holes.task import Hole, OpenHole, ProofTask, located
from bait_lean.prover.backend import Backend, choose
from bait_lean.prover.pool import ProverPool
from bait_lean.prover.prover import ElaborationError, Prover
from bait_lean.source.commands import end_of_imports
from bait_lean.source.document import Document
from bait_lean.source.placing import edits, fill_places
from bait_lean.source.script import ScriptLine, script_text


class LeanEnvironment:
    """Implements `bait_core.protocols.Environment`, `FillsFiles` and `VerifiesFiles`.

    Sessions are served by a pool of Lean processes, one per open session; proofs are checked in
    a further one, and a filled file in one that is newly started for it.

    Args:
        options: What to prove, and with which Lean.
        backend: The Lean; chosen by the options if None.
    """

    def __init__(self, options: LeanOptions, backend: Backend | None = None) -> None:
        self._options = options
        self._pool = ProverPool(
            lambda: backend or choose(options.backend_options), options.command_timeout
        )
        self._allowed = frozenset(options.allow_axioms)
        self._checker = Checker(self._pool, self._allowed)
        self._premises = AccessiblePremises()
        self._lock = threading.Lock()
        self._entries: dict[str, Entry] | None = None

    def theorems(self) -> Sequence[Theorem]:
        """The theorems to prove, in order; none for a file without holes.

        Raises:
            TheoremError: The statement, file or library theorem is not usable.
            ConfigurationError: `only` names a hole that does not exist.
            ProverStartError: Lean does not start.
        """
        return [entry.theorem for entry in self._all().values()]

    def start(self, theorem: Theorem) -> LeanSession:
        """Begin a proof; see `bait_core.protocols.Environment`."""
        entry = self._all().get(theorem.name)
        if entry is None:
            raise TheoremError(f"there is no theorem named {theorem.name} here")
        self._checker.warm_up()
        try:
            return self._session(entry)
        except ElaborationError as error:
            if not entry.proved.keep_all():
                raise located(entry.document, error) from error
        return self._session(entry)

    def fill(self, scripts: Mapping[str, str], current: str | None = None) -> FilledFile:
        """Fill holes of the file; see `bait_core.protocols.FillsFiles`.

        Raises:
            FillError: A newly started prover does not accept the filled file.
            MergeError: `current` lacks a hole, or has another declaration around it.
            ProverError: The theorems are not those of a file.
        """
        if self._options.file is None:
            raise ProverError("only the holes of a file can be filled in")
        entries = self._all()
        for name in scripts:
            if name not in entries:
                raise ProverError(f"{self._options.file} has no hole {name}")
        if not scripts:
            text = Document.read(self._options.file).original if current is None else current
            return FilledFile(text, {}, {})
        document = next(iter(entries.values())).document
        chosen = {name: (entries[name].hole, script) for name, script in scripts.items()}
        changes = edits_in_document(chosen)
        if current is None:
            return self._filled(document, changes)
        regions = {name: _region(entries[name].hole) for name in scripts}
        changed = Document(current, document.name)
        merged = merge_edits(document.text, changes, changed.text, regions)
        return self._filled(changed, merged)

    def verify(self) -> Sequence[Verification]:
        """Verify the file as it stands; see `bait_core.protocols.VerifiesFiles`.

        Raises:
            TheoremError: The file can't be read, or Lean can't process it.
            ProverError: The theorems are not those of a file.
        """
        if self._options.file is None:
            raise ProverError("only a file can be verified")
        document = Document.read(self._options.file)
        with self._fresh_prover() as prover:
            return verify(document, prover, self._allowed)

    def _filled(self, document: Document, changes: Mapping[str, Edit]) -> FilledFile:
        """Have a newly started prover accept edits of a text."""
        with self._fresh_prover() as prover:
            filling = FilledDocument(cut(document, prover), changes, self._allowed)
            foundations = filling.verify(prover)
        in_file = {name: document.in_file(edit) for name, edit in changes.items()}
        return FilledFile(document.original, in_file, foundations)

    @contextmanager
    def _fresh_prover(self) -> Iterator[Prover]:
        prover = self._pool.acquire(fresh=True)
        try:
            yield prover
        finally:
            self._pool.discard(prover)

    def close(self) -> None:
        """End all Lean processes; from any thread, any number of times."""
        self._pool.close()

    def check(self, task: ProofTask, lines: list[ScriptLine]) -> CheckResult:
        """Check a script for a session, and remember it if it is accepted."""
        result = self._checker.check(task, lines)
        if result.accepted:
            self._entry(task).proved.record(task.hole, script_text(lines))
        return replace(result, script=self.shown(task, lines))

    def shown(self, task: ProofTask, lines: list[ScriptLine]) -> str:
        """A script as it is shown: the tactics for a file, the whole theorem otherwise."""
        script = script_text(lines)
        if self._options.file is not None:
            return script
        places = {task.hole.place: script}
        text = "".join(
            fill_places(piece.text, places) if piece is task.hole.piece else piece.text
            for piece in task.document.pieces
        )
        text = text[end_of_imports(text) :].strip()
        return text.replace(f"theorem {LIBRARY_NAME} :", "example :", 1) if task.library else text

    def premises(self, task: ProofTask, prover: Prover, hole: OpenHole) -> PremiseSet:
        """The facts that a proof of a hole may use."""
        return self._premises.get(prover, task, hole.policy)

    def _entry(self, task: ProofTask) -> Entry:
        entries = self._all()
        return next(e for e in entries.values() if e.hole is task.hole)

    def _session(self, entry: Entry) -> LeanSession:
        context = entry.proved.context(entry.hole.piece)
        task = ProofTask(
            entry.document,
            entry.hole,
            context.prefix,
            context.forbidden,
            context.relied_on,
            entry.library,
        )
        return LeanSession(task, self._pool, self, self._options.memory_limit)

    def _all(self) -> dict[str, Entry]:
        with self._lock:
            if self._entries is None:
                entries = find_entries(self._options, self._pool)
                self._entries = {entry.theorem.name: entry for entry in entries}
            return self._entries


def edits_in_document(scripts: Mapping[str, tuple[Hole, str]]) -> dict[str, Edit]:
    """What the scripts of holes replace in the document's text, by name."""
    by_piece: dict[int, dict[str, tuple[Hole, str]]] = {}
    for name, (hole, script) in scripts.items():
        by_piece.setdefault(hole.piece.index, {})[name] = (hole, script)
    found: dict[str, Edit] = {}
    for holes in by_piece.values():
        piece = next(iter(holes.values()))[0].piece
        places = {hole.place: script for hole, script in holes.values()}
        names = sorted(holes, key=lambda name: holes[name][0].place.offset)
        for name, edit in zip(names, edits(piece.text, places), strict=True):
            found[name] = Edit(piece.start + edit.start, piece.start + edit.end, edit.text)
    return found


def _region(hole: Hole) -> Region:
    """The part of a document's text that must be unchanged for a hole to be the same."""
    start = hole.piece.start
    return start, start + len(hole.piece.text.rstrip())
