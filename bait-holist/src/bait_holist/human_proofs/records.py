"""The records of an export, human proofs and library theorems, and reading them."""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import msgspec

from bait_holist.errors import HumanProofsError


class LibraryTheorem(msgspec.Struct, frozen=True, tag="theorem", tag_field="kind"):
    """A theorem of the library.

    Attributes:
        index: Position in the order in which the library binds its theorems.
        file: Relative to HOL Light's folder.
        statement: The S-expression of its term.
        text: As HOL Light prints it.
    """

    index: int
    name: str
    file: str
    line: int
    statement: str
    text: str


class HumanGoal(msgspec.Struct, frozen=True):
    """A goal, as the environment would describe it.

    Attributes:
        key: Its S-expression.
        text: As HOL Light prints it.
        symbols: The constants in it.
    """

    key: str
    text: str
    symbols: tuple[str, ...]


class HumanStep(msgspec.Struct, frozen=True, omit_defaults=True):
    """A tactic applied to a goal, and its result.

    Attributes:
        goal: Index among the goals of the proof.
        line: Line in the source file.
        source: Source text.
        subgoals: Indices among the goals of the proof.
        tactic: Its text in the tactic language; None if the language can't express it.
        reason: Why it can't be expressed.
        deviation: How the result differed when `tactic` was run again; empty if it did not.
    """

    goal: int
    line: int
    source: str
    subgoals: tuple[int, ...]
    tactic: str | None = None
    reason: str = ""
    deviation: str = ""

    @property
    def is_expressible(self) -> bool:
        """Whether the tactic language can express it."""
        return self.tactic is not None

    @property
    def is_reproduced(self) -> bool:
        """Whether its text in the tactic language gave the same subgoals again."""
        return self.is_expressible and not self.deviation


class HumanProof(msgspec.Struct, frozen=True, omit_defaults=True, tag="proof", tag_field="kind"):
    """A call of `prove` in the library, with the steps that the final proof consists of.

    Attributes:
        name: The name the theorem was bound to; None for lemmas within other proofs.
        binding: The toplevel name in whose definition it occurs, or the empty string.
        index: The proof may use the library's theorems with a smaller index.
        is_procedural: It is within a function, so a proof procedure made it, not a person.
        goals: The first is the theorem.
        steps: In the order of execution.
        script: The steps depth first, as indices; None if some are missing.
        fault: Why the script alone does not prove the theorem; empty if it does.
    """

    name: str | None
    binding: str
    index: int
    file: str
    line: int
    is_procedural: bool
    goals: tuple[HumanGoal, ...]
    steps: tuple[HumanStep, ...]
    script: tuple[int, ...] | None = None
    fault: str = ""

    @property
    def statement(self) -> str:
        """The S-expression of the term that is proved."""
        return self.goals[0].key.removeprefix("(g () ").removesuffix(")")

    @property
    def linear_script(self) -> list[tuple[str, int]] | None:
        """Tactics with their numbers of subgoals, depth first; None if they don't prove it."""
        if self.script is None or self.fault:
            return None
        steps = [self.steps[position] for position in self.script]
        return [(step.tactic, len(step.subgoals)) for step in steps if step.tactic is not None]


class End(msgspec.Struct, frozen=True, tag="end", tag_field="kind"):
    """The last record: it shows that the file is complete."""


ExportRecord = LibraryTheorem | HumanProof | End
_Kind = TypeVar("_Kind", LibraryTheorem, HumanProof)


def read_human_proofs(path: Path) -> Iterator[HumanProof]:
    """The proofs of an export, in the order in which the library proves them.

    Raises:
        HumanProofsError: The file does not exist, or is damaged or incomplete.
    """
    return _only(path, HumanProof)


def read_library_theorems(path: Path) -> Iterator[LibraryTheorem]:
    """The theorems of an export, in binding order.

    Raises:
        HumanProofsError: The file does not exist, or is damaged or incomplete.
    """
    return _only(path, LibraryTheorem)


def _only(path: Path, kind: type[_Kind]) -> Iterator[_Kind]:
    try:
        with gzip.open(path, "rb") as file:
            for record in decode_records(file, path):
                if isinstance(record, kind):
                    yield record
    except (OSError, EOFError, zlib.error) as error:
        raise HumanProofsError(f"{path} can't be read: {error}", hint=_AGAIN) from error


_AGAIN = "Write it again with `bait holist export --again`."


def decode_records(lines: Iterable[bytes], path: Path) -> Iterator[ExportRecord]:
    """Decode the records on the lines of a file.

    Raises:
        HumanProofsError: A line is not a record, or the end is missing.
    """
    decoder = msgspec.json.Decoder(ExportRecord)
    record: ExportRecord | None = None
    for number, line in enumerate(lines, start=1):
        try:
            record = decoder.decode(line)
        except msgspec.MsgspecError as error:
            message = f"line {number} of {path} is not a record: {error}"
            raise HumanProofsError(message, hint=_AGAIN) from error
        yield record
    if not isinstance(record, End):
        raise HumanProofsError(f"{path} is incomplete", hint=_AGAIN)
