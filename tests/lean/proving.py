"""Helpers to prove things with the environment `lean`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, cast

import pytest

from bait_core.domain import Failed, Goal, Outcome, Proof, ProofStep, Proved, Subgoals
from bait_lean.embedded.install import find_installation
from bait_lean.environment.environment import LeanEnvironment
from bait_lean.environment.options import LeanOptions
from bait_lean.environment.session import LeanSession
from bait_lean.errors import ReplCrashError
from bait_lean.native.checker import CompileError, NativeChecker
from bait_lean.process.messages import Message, parse
from bait_lean.process.repl import ReplProcess
from bait_lean.process.reports import ReportedReply, TextReport
from bait_lean.prover.backend import Backend, BackendOptions, choose

from .native_repl import REQUEST_KEYS, plain

needs_lean = [
    pytest.mark.lean,
    pytest.mark.skipif(find_installation() is None, reason="needs `bait lean install`"),
]
LIMIT = 20.0
FULL = 1_000_000_000
"""Bytes of heap from which on a process is not used again: what was imported stays there."""

Script = str | tuple[str, "Sequence[Script]"]
"""A tactic that closes its goal, or one with scripts for the goals that it leaves."""


class Stock:
    """A backend that uses Lean processes again: each takes seconds to start.

    Args:
        has_extensions: Whether the processes seem to know those of the embedded server.
    """

    def __init__(self, *, has_extensions: bool) -> None:
        self.has_extensions = has_extensions

    def start(self) -> ReplProcess:
        """A process that others may have used before."""
        while _IDLE:
            process = _IDLE.pop()
            if process.alive and process.request({"status": True}, LIMIT)["heap"] < FULL:
                break
            process.close()
        else:
            process = choose(BackendOptions(backend="embedded")).start()
        return cast("ReplProcess", Loan(process, self.has_extensions))

    def checker(self, seconds: float) -> StandIn | None:
        """For processes without extensions, what reports in the place of a project's Lean."""
        return None if self.has_extensions else StandIn(seconds)

    def describe(self) -> str:
        """What it is."""
        return "used Lean"


class StandIn(NativeChecker):
    """Reports of the embedded Lean, in the place of those of a project's."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds

    def report(self, text: str) -> tuple[tuple[Message, ...], TextReport]:
        process = STOCK.start()
        try:
            answer = process.request({"cmd": text, "report": True}, self._seconds)
        finally:
            process.close()
        reply = parse(answer, ReportedReply)
        assert isinstance(reply, ReportedReply), reply
        if any(message.severity == "error" for message in reply.messages):
            raise CompileError("there is an error", reply.messages)
        return reply.messages, reply.report


_IDLE: list[ReplProcess] = []
MOST_IDLE = 3
"""Processes that wait for the next test, of a gigabyte each."""


class Loan:
    """A process that goes back to stock when it is closed, unless it is busy."""

    def __init__(self, process: ReplProcess, has_extensions: bool) -> None:
        self._process = process
        self._has_extensions = has_extensions
        self._busy = self._ended = self._returned = False
        self.pid = process.pid

    @property
    def alive(self) -> bool:
        return not self._ended and self._process.alive

    def request(self, payload: Mapping[str, Any], timeout: float) -> dict[str, Any]:
        if self._ended:
            raise ReplCrashError("the Lean process was ended before this request")
        self._busy = True
        try:
            if self._has_extensions:
                return self._process.request(payload, timeout)
            known = {key: value for key, value in payload.items() if key in REQUEST_KEYS}
            answer: dict[str, Any] = plain(self._process.request(known, timeout))
            return answer
        finally:
            self._busy = False

    def kill(self) -> None:
        if not self._ended:
            self._ended = True
            if self._busy or len(_IDLE) >= MOST_IDLE:
                self._process.kill()
            else:
                self._returned = True
                _IDLE.append(self._process)

    def close(self) -> None:
        self.kill()
        if not self._returned:
            self._process.close()


def close_used_processes() -> None:
    """End what is in stock."""
    while _IDLE:
        _IDLE.pop().close()


STOCK = Stock(has_extensions=True)
PLAIN_STOCK = Stock(has_extensions=False)


def environment_of(backend: Backend = STOCK, **options: Any) -> LeanEnvironment:
    """An environment with these options, whose processes are not new."""
    return LeanEnvironment(LeanOptions(**options), backend)


def file_environment(
    folder: Path, text: str, backend: Backend = STOCK, **options: Any
) -> LeanEnvironment:
    """An environment for a file of this text, in a new file."""
    file = folder / "File.lean"
    file.write_bytes(text.encode())
    return environment_of(backend, file=file, **options)


def run(session: LeanSession, tactic: str, goal: Goal | None = None) -> Outcome:
    """The outcome of one tactic."""
    return session.run_tactics(goal or session.root, [tactic], LIMIT)[0]


def subgoals(session: LeanSession, tactic: str, goal: Goal | None = None) -> tuple[Goal, ...]:
    """The goals that a tactic leaves."""
    outcome = run(session, tactic, goal)
    assert isinstance(outcome, Subgoals), outcome
    return outcome.goals


def failure(session: LeanSession, tactic: str, goal: Goal | None = None) -> Failed:
    """The failure of a tactic."""
    outcome = run(session, tactic, goal)
    assert isinstance(outcome, Failed), outcome
    return outcome


def prove(session: LeanSession, script: Script) -> Proof:
    """Run a script and make a proof of it, whatever its last tactics do."""
    steps: dict[str, ProofStep] = {}
    pending = [(session.root, script)]
    while pending:
        goal, script = pending.pop()
        tactic, scripts = (script, ()) if isinstance(script, str) else script
        goals = subgoals(session, tactic, goal) if scripts else ()
        if not scripts:
            run(session, tactic, goal)
        steps[goal.key] = ProofStep(goal, tactic, goals)
        pending += zip(goals, scripts, strict=True)
    return Proof(session.root, steps)


def close(environment: LeanEnvironment, name: str, script: Script) -> str:
    """Prove a theorem, have it checked, and return the script."""
    theorem = next(t for t in environment.theorems() if t.name == name)
    with environment.start(theorem) as session:
        result = session.check(prove(session, script))
    assert result.accepted, result.message
    return result.script


def open_session(environment: LeanEnvironment, name: str = "") -> LeanSession:
    """A session for the theorem of this name, or for the first."""
    return environment.start(next(t for t in environment.theorems() if not name or t.name == name))


def closes(session: LeanSession, tactic: str) -> bool:
    """Whether a tactic closes the root."""
    return isinstance(run(session, tactic), Proved)
