"""The replies of a worker, as plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from bait_holist.errors import ConnectionLostError, SexpError
from bait_holist.terms import Sexp, parse

PROTOCOL = "2"

_HEAD = re.compile(r"\((\d+)(?: (\d+) |\))")
_REST = re.compile(r' ("(?:[^"\\]|\\.)*") (\([^()]*\))\)')


@dataclass(frozen=True, slots=True)
class Counts:
    """The size of a theory."""

    theorems: int
    axioms: int
    constants: int
    types: int
    definitions: int


@dataclass(frozen=True, slots=True)
class Greeting:
    """A worker's first line."""

    pid: int
    counts: Counts
    version: str
    folder: str


@dataclass(frozen=True, slots=True)
class KnownGoal:
    """A goal that a worker knows by number.

    Attributes:
        number: Its number at this worker.
        key: Its S-expression.
        text: The goal as HOL Light prints it.
        constants: Names of its constants.
    """

    number: int
    key: str
    text: str
    constants: tuple[str, ...]


class GoalTable:
    """The goals that a worker has described; it describes each only once."""

    def __init__(self) -> None:
        self._goals: dict[int, KnownGoal] = {}

    def read(self, line: str, position: int) -> tuple[KnownGoal, ...]:
        """Read the goals of a reply, from this position to its end.

        A goal is `(NUMBER)` or `(NUMBER SIZE KEY "TEXT" (CONSTANT ...))`. Keys are long, so
        they are cut out by their size in bytes and not parsed.
        """
        found = []
        while line[position] != ")":
            match = _HEAD.match(line, position)
            if match is None:
                raise SexpError(f"not a goal: {line[position : position + 60]!r}")
            number = int(match.group(1))
            position = match.end()
            if match.group(2):
                key, position = _cut(line, position, int(match.group(2)))
                rest = _REST.match(line, position)
                if rest is None:
                    raise SexpError(f"not a goal: {line[position : position + 60]!r}")
                text, constants = str(parse(rest.group(1))), parse(rest.group(2))
                self._goals[number] = KnownGoal(number, key, text, tuple(map(str, constants)))
                position = rest.end()
            found.append(self._goals[number])
            position += line.startswith(" ", position)
        return tuple(found)


def _cut(line: str, position: int, size: int) -> tuple[str, int]:
    piece = line[position : position + size]
    if not piece.isascii():
        piece = line[position:].encode("utf-8", "surrogateescape")[:size].decode("utf-8")
    return piece, position + len(piece)


@dataclass(frozen=True, slots=True)
class AppliedTactic:
    """The reply to one tactic.

    Attributes:
        seconds: CPU time.
        subgoals: Empty if the goal was proved, or the tactic failed.
        failure: `error`, `timeout` or `rejected`; empty if it did not fail.
        message: Why it failed.
    """

    seconds: float
    subgoals: tuple[KnownGoal, ...] = ()
    failure: Literal["", "error", "timeout", "rejected"] = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class CheckedProof:
    """The reply to a proof; `step` is the one at fault, -1 if none is."""

    accepted: bool
    seconds: float
    step: int = -1
    message: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A theorem of the library.

    Attributes:
        index: Binding index; theorems with a smaller one were bound earlier.
        name: Its name in proofs.
        file: Path relative to HOL Light's folder.
        line: Line of the binding.
        sexp: The statement.
        text: The statement as HOL Light prints it.
        earlier: Binding indices at which its name was bound before, perhaps to another theorem.
    """

    index: int
    name: str
    file: str
    line: int
    sexp: Sexp
    text: str
    earlier: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Axiom:
    """An axiom of the theory: its statement, and the theorem as HOL Light prints it."""

    sexp: Sexp
    text: str


def parse_greeting(reply: Sexp) -> Greeting:
    """Read a worker's first line.

    Raises:
        ConnectionLostError: It is not a worker of this version.
    """
    if reply[0] != "bait-holist" or reply[1] != PROTOCOL:
        raise ConnectionLostError(
            "the process at the socket is not a HOL Light of this version of bait-holist",
            hint="Restart it with `bait holist stop` and `bait holist start`.",
        )
    counts = Counts(*(int(str(count)) for count in reply[3]))
    return Greeting(int(str(reply[2])), counts, str(reply[4]), str(reply[5]))


def parse_applied(reply: Sexp) -> AppliedTactic:
    """Read the reply to a tactic that left no goals."""
    if reply[0] == "proved":
        return AppliedTactic(float(str(reply[1])))
    kind = cast('Literal["error", "timeout", "rejected"]', reply[1])
    return AppliedTactic(float(str(reply[3])), (), kind, str(reply[2]))


def parse_checked(reply: Sexp) -> CheckedProof:
    """Read the reply to a proof."""
    if reply[0] == "accepted":
        return CheckedProof(accepted=True, seconds=float(str(reply[1])))
    return CheckedProof(
        accepted=False,
        seconds=float(str(reply[3])),
        step=int(str(reply[1])),
        message=str(reply[2]),
    )


def parse_fact(item: Sexp) -> Fact:
    """Read one theorem of the library."""
    return Fact(
        index=int(str(item[1])),
        name=str(item[2]),
        file=str(item[3]),
        line=int(str(item[4])),
        sexp=item[5],
        text=str(item[6]),
        earlier=tuple(int(str(index)) for index in item[7]),
    )
