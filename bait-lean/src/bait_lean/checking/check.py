"""The replay of a finished proof, as text, in a Lean process that took no part in the search."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass

from bait_core import SOUND, CheckResult, Edit, Foundations, Goal, ProverError, apply_edits
from bait_lean.checking.acceptance import Declared, Judgement, judge
from bait_lean.errors import ReplError, ReplTimeoutError
from bait_lean.holes.task import Hole, ProofTask
from bait_lean.process.messages import ErrorReply, Message, UsesReply
from bait_lean.process.reports import ReportedReply
from bait_lean.prover.pool import ProverPool
from bait_lean.prover.prover import ElaborationError, Prover, first_error
from bait_lean.prover.steps import shorten
from bait_lean.source.placing import edits
from bait_lean.source.positions import (
    Lines,
    Position,
    left_open,
    offset_before,
    replace_sorries,
)
from bait_lean.source.script import ScriptLine, script_text


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is a proof; `culprit` is the goal whose step is not accepted, if known."""

    objection: str = ""
    culprit: Goal | None = None
    foundations: Foundations = SOUND


class Checker:
    """Checks scripts, one at a time, in a process used for nothing else.

    Args:
        pool: Starts the process.
        allowed: Axioms that proofs may rest on besides Lean's.
    """

    def __init__(self, pool: ProverPool, allowed: frozenset[str]) -> None:
        self._pool = pool
        self._allowed = allowed
        self._lock = threading.Lock()
        self._prover: Prover | None = None
        self._is_warm = False

    def warm_up(self) -> None:
        """Start the process in the background, so that the first check need not wait for it."""
        if not self._is_warm:
            self._is_warm = True
            threading.Thread(target=self._start, name="lean-checker", daemon=True).start()

    def _start(self) -> None:
        # What prevents it is reported by the check that needs the process.
        with self._lock, suppress(ProverError):
            self._living_prover()

    def check(self, task: ProofTask, lines: list[ScriptLine]) -> CheckResult:
        """Replay the declaration of a hole with a script in it, and check what it adds.

        Raises:
            ProverStartError: The process does not start.
        """
        start = time.perf_counter()
        with self._lock:
            verdict = self._verdict_twice(task, lines)
        return CheckResult(
            accepted=not verdict.objection,
            script=script_text(lines),
            message=verdict.objection,
            seconds=time.perf_counter() - start,
            culprit=verdict.culprit,
            foundations=verdict.foundations,
        )

    def _verdict_twice(self, task: ProofTask, lines: list[ScriptLine]) -> Verdict:
        """A verdict; what kills one process is tried once more in a new one."""
        for first_time in (True, False):
            prover = self._living_prover()
            try:
                return self._verdict(prover, task, lines)
            except ElaborationError as error:
                return Verdict(f"Lean does not accept what comes before: {error.error.data}")
            except ReplTimeoutError as error:
                return Verdict(f"the check took too long: {error.message}")
            except ReplError as error:
                if not first_time:
                    return Verdict(f"Lean died during the check: {error.message}")
            except ProverError as error:
                return Verdict(f"the check could not be completed: {error.message}")
        raise AssertionError("unreachable")

    def _living_prover(self) -> Prover:
        if self._prover is None or not self._prover.alive:
            if self._prover is not None:
                self._pool.discard(self._prover)
            self._prover = self._pool.acquire(fresh=True)
        return self._prover

    def _verdict(self, prover: Prover, task: ProofTask, lines: list[ScriptLine]) -> Verdict:
        hole = task.hole
        changes = edits(hole.piece.text, {hole.place: script_text(lines)})
        text = apply_edits(hole.piece.text, changes)
        reply = prover.reported(text, task.prefix)
        if error := first_error(reply):
            return Verdict(shorten(error.data), _culprit(hole, text, lines, error))
        if reply.report.kernel:
            return Verdict(f"the kernel refuses it: {shorten(reply.report.kernel)}")
        judgement = self._judgement(prover, task, reply, changes)
        objection = judgement.objection or self._library_objection(prover, task, reply)
        if objection:
            return Verdict(objection)

        def place(position: Position | None) -> str:
            if position is None:
                return task.document.name
            offset = offset_before(Lines(text).offset(position), changes)
            return task.document.location_at(hole.piece.start + offset)

        return Verdict(foundations=judgement.foundations(place))

    def _judgement(
        self, prover: Prover, task: ProofTask, filled: ReportedReply, changes: Sequence[Edit]
    ) -> Judgement:
        piece = task.hole.piece
        known = prover.known(task.prefix)
        before = prover.reported_once(piece.text, task.prefix)
        original = Declared.after(known, before.report.constants)
        return judge(
            original,
            Declared.after(known, filled.report.constants),
            left_open(piece.text, original.sorries, changes),
            self._allowed,
            lambda name: prover.is_same(name, before.env, filled.env),
            is_kept=prover.has_extensions or replace_sorries(piece.text, original.sorries, changes),
        )

    def _library_objection(self, prover: Prover, task: ProofTask, reply: ReportedReply) -> str:
        """What the new proof of a library theorem uses but must not."""
        policy = task.policy(prover) if task.library else None
        if policy is None:
            return ""
        for constant in reply.report.constants:
            uses = prover.ask(
                {"uses": constant.name, "env": reply.env, "policy": policy}, UsesReply
            )
            if isinstance(uses, ErrorReply):
                raise ProverError(f"Lean does not say what {constant.name} uses: {uses.message}")
            if uses.forbidden:
                return f"the proof uses {', '.join(uses.forbidden)}, which it may not use"
        return ""


def _culprit(hole: Hole, text: str, lines: list[ScriptLine], error: Message) -> Goal | None:
    """The goal whose step stands on the line of an error."""
    if error.pos is None:
        return None
    start = text[: hole.place.offset].count("\n")
    begins_there = lines[0].text in text.split("\n")[start]
    index = error.pos.line - 1 - (start if begins_there else start + 1)
    return lines[index].goal if 0 <= index < len(lines) else None
