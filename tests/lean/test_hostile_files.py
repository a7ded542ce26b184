"""Files that are written to have false theorems accepted: none may be, and true ones must be.

BAIT_HOSTILE_FILES says how many files are tried, BAIT_HOSTILE_FIRST the number of the first.
"""

from __future__ import annotations

import os
import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from bait_core.domain import CheckResult, FilledFile, Foundations, Proof, ProofStep, Proved, Theorem
from bait_core.errors import FillError, TheoremError
from bait_lean.checking.acceptance import Judgement
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.session import LeanSession

from .hostile.files import WAYS, Hole, HostileFile, Truth, hostile_file
from .hostile.texts import SHAPES
from .proving import LIMIT, close_used_processes, file_environment, needs_lean

pytestmark = [*needs_lean, pytest.mark.slow]

DEFAULT = 300
FILES = int(os.environ.get("BAIT_HOSTILE_FILES", DEFAULT))
FIRST = int(os.environ.get("BAIT_HOSTILE_FIRST", "0"))
BATCH = 20
REFRESH = 50  # Batches after which Lean is started anew: it keeps what it has elaborated.
GUESSES = (
    "rfl", "trivial", "decide", "decide +kernel", "omega", "simp", "simp_all", "grind", "exact?",
    "assumption", "infer_instance", "exact default", "intros; rfl", "contradiction", "nofun",
    "exact absurd (by decide) Nat.zero_ne_one", "intros; exact Subsingleton.elim _ _",
)  # fmt: skip
TRIES = 2


def test_each_way_and_each_shape_is_among_the_files() -> None:
    assert max(len(WAYS), len(SHAPES)) <= DEFAULT


@pytest.mark.parametrize("batch", range(-(-FILES // BATCH)))
def test_no_false_theorem_of_a_hostile_file_is_accepted(batch: int, tmp_path: Path) -> None:
    if batch and batch % REFRESH == 0:
        close_used_processes()
    start = FIRST + batch * BATCH
    found = [
        f"file {number} ({file.title}): {finding}\n{file.text}"
        for number in range(start, min(start + BATCH, FIRST + FILES))
        for file in [hostile_file(number)]
        for finding in Trial(file, tmp_path, random.Random(number)).findings()
    ]
    assert not found, "\n\n".join(found)


@pytest.mark.parametrize(
    ("judgement", "kinds"),
    [
        (Judgement(), {"is accepted with", "is filled with", "is verified"}),
        (Judgement("no"), {"is refused: no", "file is refused", "is not verified"}),
    ],
    ids=["everything", "nothing"],
)
def test_a_trial_notices_what_is_judged_wrongly(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, judgement: Judgement, kinds: set[str]
) -> None:
    for place in ("check.judge", "filling.judge", "verification.closed"):
        monkeypatch.setattr(f"bait_lean.checking.{place}", lambda *_, **__: judgement)
    trials = [Trial(hostile_file(number), tmp_path, random.Random(number)) for number in range(6)]
    found = "\n".join(finding for trial in trials for finding in trial.findings())
    assert {kind for kind in kinds if kind not in found} == set()


class Trial:
    """A hostile file on trial: its findings are what BAIT does wrong with it."""

    def __init__(self, file: HostileFile, folder: Path, chance: random.Random) -> None:
        self._file = file
        self._folder = folder
        self._random = chance

    def findings(self) -> Iterator[str]:
        environment = file_environment(self._folder, self._file.text)
        try:
            yield from self._proofs(environment)
        finally:
            environment.close()
        environment = file_environment(self._folder, self._file.cheated)
        try:
            yield from self._verification(environment)
        finally:
            environment.close()

    def _proofs(self, environment: LeanEnvironment) -> Iterator[str]:
        """Of the holes, one by one, and of the filled file."""
        try:
            theorems = {_place(theorem): theorem for theorem in environment.theorems()}
        except TheoremError as error:
            if not self._file.may_be_refused:
                yield f"the file is refused: {error}"
            return
        honest: dict[str, str] = {}
        cheats: dict[str, str] = {}
        for hole in self._file.holes:
            theorem = theorems.get((hole.line, hole.column))
            if theorem is None:
                yield f"line {hole.line}: the hole is not found"
                continue
            with environment.start(theorem) as session:
                if hole.truth is Truth.FALSE:
                    cheats[theorem.name] = hole.proof
                    yield from self._cheats(session, hole)
                else:
                    honest[theorem.name] = hole.proof
                    yield from self._control(session, hole)
        if self._random.random() < 0.5:
            yield from self._filling(environment, honest)
        elif cheats:
            name = self._random.choice(list(cheats))
            yield from self._cheating(environment, honest | {name: cheats[name]}, name)

    def _cheats(self, session: LeanSession, hole: Hole) -> Iterator[str]:
        """Tactics that close a false goal."""
        tactics = [hole.proof, *self._random.sample(GUESSES, TRIES)]
        outcomes = session.run_tactics(session.root, tactics, LIMIT)
        for tactic, outcome in zip(tactics, outcomes, strict=True):
            if tactic is hole.proof or isinstance(outcome, Proved):
                result = _check(session, tactic)
                if result.accepted and not result.foundations.open:
                    yield f"line {hole.line}: a false theorem is accepted with `{tactic}`"

    def _control(self, session: LeanSession, hole: Hole) -> Iterator[str]:
        """A proof of a true goal."""
        result = _check(session, hole.proof)
        if not result.accepted and not self._file.may_be_refused:
            yield f"line {hole.line}: `{hole.proof}` is refused: {result.message}"

    def _filling(self, environment: LeanEnvironment, scripts: dict[str, str]) -> Iterator[str]:
        """The file filled honestly."""
        try:
            environment.fill(scripts)
        except FillError as error:
            if not self._file.may_be_refused:
                yield f"the honestly filled file is refused: {error}"

    def _cheating(
        self, environment: LeanEnvironment, scripts: dict[str, str], name: str
    ) -> Iterator[str]:
        """The file filled with a cheat."""
        try:
            filled: FilledFile = environment.fill(scripts)
        except FillError:
            return
        if not filled.foundations.get(name, Foundations()).open:
            yield f"a file is filled with a false theorem {name}: `{scripts[name]}`"

    def _verification(self, environment: LeanEnvironment) -> Iterator[str]:
        """What is said of the file when all holes were filled by somebody."""
        try:
            verifications = environment.verify()
        except TheoremError as error:
            if not self._file.may_be_refused:
                yield f"the filled file can't be verified: {error}"
            return
        for said in verifications:
            # Errors are told as if they were theorems.
            if said.theorem.name.startswith("line "):
                yield f"{said.theorem.name} of the cheated file is an error: {said.message}"
        false = {hole.lines: hole for hole in self._file.holes if hole.truth is Truth.FALSE}
        for lines in {hole.lines for hole in self._file.holes}:
            for said in verifications:
                if _place(said.theorem)[0] not in lines:
                    continue
                name = said.theorem.name
                if lines not in false and not said.accepted and not self._file.may_be_refused:
                    yield f"line {lines.start}: {name} is not verified: {said.message}"
                if lines in false and said.accepted and not _is(name, false[lines].innocent):
                    yield f"line {lines.start}: a false theorem is verified: {name}"


def _check(session: LeanSession, tactic: str) -> CheckResult:
    root = session.root
    return session.check(Proof(root, {root.key: ProofStep(root, tactic, ())}))


def _is(name: str, innocent: str) -> bool:
    """Whether a full name is that of a theorem, wherever that stands."""
    plain, short = (text.replace("«", "").replace("»", "") for text in (name, innocent))
    return f".{plain}".endswith(f".{short}")


def _place(theorem: Theorem) -> tuple[int, int]:
    """Line and column of a theorem's hole, or of its declaration, counted from 1."""
    _, line, column = theorem.source.rsplit(":", 2)
    return int(line), int(column)
