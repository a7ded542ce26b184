"""The answers of the REPL protocol as types (see docs/lean-server-protocol.md)."""

from __future__ import annotations

from typing import Literal, TypeVar

import msgspec

from bait_lean.errors import ProtocolError
from bait_lean.process.framing import Answer
from bait_lean.source.positions import Position


class Reply(msgspec.Struct, frozen=True, rename="camel"):
    """Base of all answers. Keys that are not declared are ignored."""


class Message(Reply, frozen=True):
    """A message from Lean about a command or a tactic."""

    severity: Literal["trace", "info", "warning", "error"]
    data: str
    pos: Position | None = None
    end_pos: Position | None = None


class Part(Reply, frozen=True):
    """An independent obligation: goals that share metavariables stay together.

    Attributes:
        proof_state: Holds just these goals; a tactic runs on the first.
        goals: Their texts.
        key: SHA-256 of the exact content, metavariables up to renaming.
        symbols: The constants that occur, in order of first occurrence.
    """

    proof_state: int
    goals: tuple[str, ...]
    key: str
    symbols: tuple[str, ...]


class Sorry(Reply, frozen=True):
    """A `sorry` of a command's text, and the proof state in its place.

    Attributes:
        declaration: The name of the declaration around it; empty if it has none.
        is_term: Whether it is where Lean expects a term; None if the REPL does not say.
    """

    proof_state: int
    goal: str
    pos: Position | None = None
    end_pos: Position | None = None
    parts: tuple[Part, ...] | None = None
    declaration: str = ""
    is_term: bool | None = None


class CommandReply(Reply, frozen=True):
    """The answer to `cmd`."""

    env: int
    messages: tuple[Message, ...] = ()
    sorries: tuple[Sorry, ...] = ()


class TacticReply(Reply, frozen=True):
    """The answer to `tactic` when the tactic did not fail."""

    proof_state: int
    goals: tuple[str, ...]
    proof_status: str = ""
    messages: tuple[Message, ...] = ()
    parts: tuple[Part, ...] | None = None


class ErrorReply(Reply, frozen=True):
    """The answer to any request that failed.

    Attributes:
        message: What went wrong; begins with `Lean error:` when it is a tactic's failure.
        timeout: The tactic was cancelled at its limit.
        forbidden: The constants that the policy does not allow.
        fatal: The server is about to exit.
    """

    message: str
    timeout: bool = False
    forbidden: tuple[str, ...] = ()
    fatal: bool = False


class ReadyReply(Reply, frozen=True):
    """What the embedded server writes first."""

    ready: Literal[True]
    version: str


class PolicyReply(Reply, frozen=True):
    """The answer to `policy`: the number by which later requests name it."""

    policy: int


class UsesReply(Reply, frozen=True):
    """The answer to `uses`."""

    forbidden: tuple[str, ...]


class ConstantReply(Reply, frozen=True):
    """The answer to `constant`; `theorem x : STATEMENT` elaborates."""

    name: str
    statement: str
    kind: str
    is_prop: bool


class PremisesReply(Reply, frozen=True):
    """The answer to `premises`: name, statement and symbols of each, in import order."""

    premises: tuple[tuple[str, str, tuple[str, ...]], ...]


class StatusReply(Reply, frozen=True):
    """The answer to `status`; `memory` and `heap` in bytes."""

    memory: int
    heap: int
    envs: int
    proof_states: int
    version: str


class OkReply(Reply, frozen=True):
    """The answer to `free`."""

    ok: Literal[True]


R = TypeVar("R", bound=Reply)


def parse(answer: Answer, expected: type[R]) -> R | ErrorReply:
    """The answer as a type.

    Args:
        answer: What `ReplProcess.request` returned.
        expected: The type of the answer when there is no error.

    Raises:
        ProtocolError: The answer is neither of the expected type nor an error.
    """
    try:
        if "message" in answer:
            return msgspec.convert(answer, ErrorReply)
        return msgspec.convert(answer, expected)
    except msgspec.ValidationError as error:
        raise ProtocolError(
            f"Lean's answer is not a valid {expected.__name__} ({error}): {str(answer)[:200]}"
        ) from error
