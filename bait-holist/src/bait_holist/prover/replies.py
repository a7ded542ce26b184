"""What a worker answers, as plain data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, cast

from bait_holist.errors import SexpError, WorkerLostError
from bait_holist.terms import Sexp, parse

PROTOCOL = "2"

_HEAD = re.compile(r"\((\d+)(?: (\d+) |\))")
_REST = re.compile(r' ("(?:[^"\\]|\\.)*") (\([^()]*\))\)')


@dataclass(frozen=True, slots=True)
class Counts:
    """How much of a theory there is."""

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
    """A goal that a worker knows by a number.

    Attributes:
        number: Its number with this worker.
        key: Its S-expression.
        text: As HOL Light prints it.
        constants: Names of the constants in it.
    """

    number: int
    key: str
    text: str
    constants: tuple[str, ...]


class GoalTable:
    """The goals that a worker has told of; it describes each one only once."""

    def __init__(self) -> None:
        self._goals: dict[int, KnownGoal] = {}

    def read(self, line: str, position: int) -> tuple[KnownGoal, ...]:
        """Read the goals in a reply from this position to its end.

        A goal is `(NUMBER)` or `(NUMBER SIZE KEY "TEXT" (CONSTANT ...))`. Keys are long: they are
        cut out by their size, in bytes, and not parsed.
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
class Applied:
    """The answer to one tactic.

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
class Checked:
    """The answer to a proof: `step` is the one at fault, -1 if none is."""

    accepted: bool
    seconds: float
    step: int = -1
    message: str = ""


@dataclass(frozen=True, slots=True)
class Fact:
    """A theorem of the library.

    Attributes:
        index: Its place in the order of bindings; smaller ones were bound earlier.
        name: As proofs name it.
        file: Relative to HOL Light's folder.
        line: Of the binding.
        sexp: The statement.
        text: The statement as HOL Light prints it.
        earlier: Places at which its name was bound before, perhaps to another theorem.
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
    """An axiom of the theory: the statement, and the theorem as HOL Light prints it."""

    sexp: Sexp
    text: str


def parse_greeting(reply: Sexp) -> Greeting:
    """Read a worker's first line.

    Raises:
        WorkerLostError: It is not a worker of this version.
    """
    if reply[0] != "bait-holist" or reply[1] != PROTOCOL:
        raise WorkerLostError(
            "what listens on the socket is no HOL Light of this version of bait-holist",
            hint="Stop it and start it again: `bait holist stop`, `bait holist start`.",
        )
    counts = Counts(*(int(str(count)) for count in reply[3]))
    return Greeting(int(str(reply[2])), counts, str(reply[4]), str(reply[5]))


def parse_applied(reply: Sexp) -> Applied:
    """Read the answer to a tactic that left no goals."""
    if reply[0] == "proved":
        return Applied(float(str(reply[1])))
    kind = cast('Literal["error", "timeout", "rejected"]', reply[1])
    return Applied(float(str(reply[3])), (), kind, str(reply[2]))


def parse_checked(reply: Sexp) -> Checked:
    """Read the answer to a proof."""
    if reply[0] == "accepted":
        return Checked(accepted=True, seconds=float(str(reply[1])))
    return Checked(
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
        earlier=tuple(int(str(place)) for place in item[7]),
    )
