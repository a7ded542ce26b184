"""One tactic, from request to answer, with the embedded server and with any REPL."""

from __future__ import annotations

import hashlib
import re
import textwrap
from dataclasses import dataclass
from typing import Any

from bait_core import Failed, FailureKind, Goal
from bait_lean.process.messages import ErrorReply, Message, Part, TacticReply
from bait_lean.prover.prover import Prover

GRACE = 2.0
"""Seconds after a tactic's time limit in which a prover must answer that it stopped it."""

_METAVARIABLE = re.compile(r"\?[\w.]")
_MAX_MESSAGE = 2_000
_PREFIX = "Lean error:"
_NOT_CLOSED = ("Incomplete", "Error")
_SUGGESTION = re.compile(r"Try this:\s*(?:\[apply\]\s*)?(?P<tactic>exact .+)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class ProofState:
    """Where a process can work on a goal.

    Attributes:
        number: The process's number of the proof state.
        others: How many unrelated goals come after the one in question.
        turn: How far to rotate the goals so that the one in question is first.
    """

    number: int
    others: int = 0
    turn: int = 0


@dataclass(frozen=True, slots=True)
class Obligation:
    """An independent part of what a tactic left.

    Attributes:
        state: Where to continue.
        goal: The part as a goal of BAIT's.
        indices: Which of the goals in Lean's list it consists of.
    """

    state: ProofState
    goal: Goal
    indices: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class TacticResult:
    """A tactic's result: the obligations left, none if it closed the goal."""

    obligations: tuple[Obligation, ...]
    messages: tuple[Message, ...] = ()


def apply_tactic(
    prover: Prover, goal: Goal, state: ProofState, tactic: str, timeout: float, policy: int | None
) -> TacticResult | Failed:
    """Run a tactic on a goal; `Failed` has no time yet.

    Raises:
        ReplError: The process is dead now.
    """
    payload: dict[str, Any] = {"tactic": _focused(tactic, state), "proofState": state.number}
    if prover.has_extensions:
        payload["timeout"] = timeout
        payload["parts"] = True
        if policy is not None:
            payload["policy"] = policy
    reply = prover.ask(payload, TacticReply, timeout + GRACE)
    if isinstance(reply, ErrorReply):
        return _failure(reply)
    if error := next((m for m in reply.messages if m.severity == "error"), None):
        return Failed(FailureKind.ERROR, shorten(error.data))
    if not reply.goals and reply.proof_status.startswith(_NOT_CLOSED):
        return Failed(
            FailureKind.ERROR, f"no goal is left, but the proof is incomplete: {reply.proof_status}"
        )
    if reply.parts is not None:
        return TacticResult(_from_parts(reply.goals, reply.parts), reply.messages)
    kept = len(reply.goals) - state.others
    return TacticResult(_from_goals(goal, tactic, reply, kept), reply.messages)


def root_obligation(
    name: str, number: int, goal: str, parts: tuple[Part, ...] | None
) -> Obligation:
    """The obligation of a hole: the goal that is first there, and what is coupled with it."""
    if parts:
        part = parts[0]
        return Obligation(ProofState(part.proof_state), _goal_of(part), (0,))
    return Obligation(ProofState(number), Goal(_derived_key(name, goal, 0), goal), (0,))


def suggestion(tactic: str, applied: TacticResult) -> str:
    """What `exact?` found, so that a script need not search again; empty if nothing."""
    if tactic.strip() != "exact?" or len(applied.messages) != 1:
        return ""
    match = _SUGGESTION.fullmatch(applied.messages[0].data.strip())
    return textwrap.dedent(match["tactic"]) if match else ""


def shorten(text: str) -> str:
    """A message of reasonable length."""
    text = text.strip()
    return text if len(text) <= _MAX_MESSAGE else f"{text[:_MAX_MESSAGE]} ..."


def _focused(tactic: str, state: ProofState) -> str:
    """The tactic for states that hold unrelated goals, too."""
    if state.others == 0:
        return tactic
    turn = f"rotate_left {state.turn}; " if state.turn else ""
    indented = tactic.replace("\n", "\n    ")
    return f"({turn}focus\n    {indented})"


def _failure(reply: ErrorReply) -> Failed:
    message = shorten(reply.message.strip().removeprefix(_PREFIX))
    if reply.timeout:
        return Failed(FailureKind.TIMEOUT, "the tactic was stopped at its time limit")
    if reply.forbidden:
        names = ", ".join(reply.forbidden)
        return Failed(FailureKind.REJECTED, f"the proof may not use {names}")
    return Failed(FailureKind.ERROR, message)


def _from_parts(goals: tuple[str, ...], parts: tuple[Part, ...]) -> tuple[Obligation, ...]:
    return tuple(
        Obligation(ProofState(part.proof_state), _goal_of(part), indices)
        for part, indices in zip(parts, _indices(goals, parts), strict=True)
    )


def _goal_of(part: Part) -> Goal:
    return Goal(part.key, "\n\n".join(part.goals), part.symbols)


def _indices(goals: tuple[str, ...], parts: tuple[Part, ...]) -> list[tuple[int, ...]]:
    """The indices, in the list, of the goals of each part.

    Parts come in the order of their first goal, and each keeps the order of its goals. Goals of
    several parts that print alike may be confused: this only decides how the script is arranged,
    and the script is checked as a whole.
    """
    found: list[list[int]] = [[] for _ in parts]
    begun = 0
    for index, text in enumerate(goals):
        candidates = [
            number
            for number in range(begun)
            if len(found[number]) < len(parts[number].goals)
            and parts[number].goals[len(found[number])] == text
        ]
        opens = begun < len(parts) and parts[begun].goals[0] == text
        if opens or not candidates:
            number = min(begun, len(parts) - 1)
            begun = min(begun + 1, len(parts))
        else:
            number = candidates[0]
        found[number].append(index)
    return [tuple(indices) for indices in found]


def _from_goals(goal: Goal, tactic: str, reply: TacticReply, kept: int) -> tuple[Obligation, ...]:
    """The obligations of a REPL that does not report parts.

    Goals that print metavariables may share them, so that they stay together as one. Nothing
    tells whether goals that print alike are equal: the key says how a goal was reached.
    """
    goals = reply.goals[:kept]
    if not goals:
        return ()
    if any(_METAVARIABLE.search(text) for text in goals) or len(goals) == 1:
        state = ProofState(reply.proof_state, others=len(reply.goals) - kept)
        text = "\n\n".join(goals)
        key = _derived_key(goal.key, tactic, 0)
        return (Obligation(state, Goal(key, text), tuple(range(kept))),)
    return tuple(
        Obligation(
            ProofState(reply.proof_state, others=len(reply.goals) - 1, turn=place),
            Goal(_derived_key(goal.key, tactic, place), text),
            (place,),
        )
        for place, text in enumerate(goals)
    )


def _derived_key(parent: str, tactic: str, place: int) -> str:
    content = f"{parent}\0{tactic}\0{place}"
    return hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
