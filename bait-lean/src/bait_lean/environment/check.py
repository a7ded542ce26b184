"""The replay of a finished proof, as text, in a Lean process that took no part in the search."""

from __future__ import annotations

import secrets
import threading
import time
from contextlib import suppress
from dataclasses import dataclass, replace

from bait_core.domain import CheckResult, Goal
from bait_core.errors import ProverError
from bait_lean.environment.axioms import foundations, trusts_compiler_only
from bait_lean.environment.declarations import Declaration
from bait_lean.environment.guard import Guard
from bait_lean.environment.placing import Place, fill_places
from bait_lean.environment.prover import ElaborationError, Prefix, Prover, ProverPool, first_error
from bait_lean.environment.script import ScriptLine, script_text
from bait_lean.environment.steps import shorten
from bait_lean.environment.task import Hole, Task
from bait_lean.errors import ReplError, ReplTimeoutError
from bait_lean.repl.messages import CommandReply, Message

_USES_SORRY = "declaration uses"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether a text is a proof; `culprit` is the goal whose step is not accepted, if known."""

    objection: str = ""
    culprit: Goal | None = None


class Checker:
    """Checks scripts, one at a time, in a process that does nothing else.

    Args:
        pool: Starts the process.
        guard: Refuses tactic texts.
    """

    def __init__(self, pool: ProverPool, guard: Guard) -> None:
        self._pool = pool
        self._guard = guard
        self._lock = threading.Lock()
        self._prover: Prover | None = None
        self._is_warm = False

    def warm_up(self) -> None:
        """Start the process in the background, so that the first check need not wait for it."""
        if not self._is_warm:
            self._is_warm = True
            threading.Thread(target=self._start, name="lean-checker", daemon=True).start()

    def _start(self) -> None:
        # What prevents it is told by the check that needs the process.
        with self._lock, suppress(ProverError):
            self._living_prover()

    def check(self, task: Task, lines: list[ScriptLine]) -> CheckResult:
        """Replay the declaration of a hole with a script in it.

        Accepted is a declaration that Lean elaborates without error and without `sorry`, that
        rests on no axiom but the library's own, and that uses nothing its policy forbids. Other
        open holes of the same declaration are taken for granted: an axiom with a name that
        nobody can guess stands in for them.

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
        )

    def _verdict_twice(self, task: Task, lines: list[ScriptLine]) -> Verdict:
        """A verdict; what kills one process is tried in a new one, too."""
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
            self._prover = self._pool.take(fresh=True)
        return self._prover

    def _verdict(self, prover: Prover, task: Task, lines: list[ScriptLine]) -> Verdict:
        hole = with_name(task.hole)
        prefix = task.prefix
        scripts = {hole.place: script_text(lines)}
        stand_in = f"_bait_open_hole_{secrets.token_hex(16)}"
        if hole.siblings:
            prefix = prefix.then(f"axiom {stand_in}.{{bait_u}} {{a : Sort bait_u}} : a\n")
            for place in hole.siblings:
                scripts[place] = f"exact {stand_in}"
        text = fill_places(hole.piece.text, scripts)
        reply = prover.command(text, prefix)
        if objection := first_error(reply) or next(iter(sorry_warnings(reply)), None):
            return Verdict(shorten(objection.data), _culprit(hole, text, lines, objection))
        after = prefix.then(text)
        prover.remember(after, reply.env)
        return self._rests_on(prover, task, hole.declaration, after, stand_in)

    def _rests_on(
        self, prover: Prover, task: Task, declaration: Declaration, after: Prefix, stand_in: str
    ) -> Verdict:
        policy = task.policy(prover)
        found = foundations(prover, declaration.name, after, policy)
        axioms = tuple(a for a in found.axioms if a.split(".")[-1] != stand_in)
        if axioms and not (self._guard.allow_native_decide and trusts_compiler_only(axioms)):
            return Verdict(_objection_to(axioms, task))
        if found.forbidden:
            return Verdict(f"the proof uses {', '.join(found.forbidden)}, which it may not use")
        return Verdict()


def sorry_warnings(reply: CommandReply) -> list[Message]:
    """The warnings about declarations that use `sorry`."""
    return [m for m in reply.messages if m.data.startswith(_USES_SORRY) and "sorry" in m.data]


def _objection_to(axioms: tuple[str, ...], task: Task) -> str:
    listed = ", ".join(axioms)
    if axioms == ("sorryAx",) and task.forbidden:
        return f"the proof rests on a theorem with an open hole: {', '.join(task.forbidden)}"
    return f"the proof rests on the axioms {listed}"


def with_name(hole: Hole) -> Hole:
    """The hole in a declaration with a name, which `#print axioms` needs.

    An example becomes a definition, for that takes variables as examples do.
    """
    declaration, piece = hole.declaration, hole.piece
    if declaration.name:
        return hole
    keyword = "def" if declaration.keyword == "example" else declaration.keyword
    name = f"bait_checked_{secrets.token_hex(8)}"
    text = f"{piece.text[: declaration.start]}{keyword} {name}{piece.text[declaration.end :]}"
    shift = len(text) - len(piece.text)

    def moved(place: Place) -> Place:
        return replace(place, offset=place.offset + shift * (place.offset > declaration.start))

    return replace(
        hole,
        piece=replace(piece, text=text),
        place=moved(hole.place),
        siblings=tuple(moved(place) for place in hole.siblings),
        declaration=replace(declaration, keyword=keyword, name=name),
    )


def _culprit(hole: Hole, text: str, lines: list[ScriptLine], error: Message) -> Goal | None:
    """The goal whose step stands on the line of an error."""
    if error.pos is None:
        return None
    start = text[: hole.place.offset].count("\n")
    begins_there = lines[0].text in text.split("\n")[start]
    index = error.pos.line - 1 - (start if begins_there else start + 1)
    return lines[index].goal if 0 <= index < len(lines) else None
