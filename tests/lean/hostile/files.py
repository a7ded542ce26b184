"""Hostile Lean files, and an oracle that knows which of their holes can be proved.

A file is made of ways to prove anything and of declarations with holes, each with a false statement
and, as a control, with a true one.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

from .statements import FALSE, TRUE
from .texts import KERNEL, POISONS, SHAPES, Poison, Shape, replaced

WAYS = POISONS | KERNEL

NAMES = (
    "x", "step", "main", "théorème", "größe", "ñandú", "łatwe", "«two words»", "«sorry»",
    "«theorem»", "«été.1»", "h'", "ξ₁", "ℝeal", "even?", "ok!", "Ωmega", "été", "by_hand",
)  # fmt: skip
LIBRARY_NAMES = (
    "succ_ne_zero", "pos_of_ne_zero", "le_of_lt_succ", "not_lt_zero", "zero_le", "lt_irrefl",
    "add_comm", "succ_le_of_lt", "lt_succ_self", "le_antisymm", "zero_lt_succ", "succ_pos",
    "mul_comm", "le_refl", "lt_of_lt_of_le", "not_le_of_gt", "sub_le", "one_ne_zero",
)  # fmt: skip
NAMESPACES = ("A", "B", "A.B", "Étoile", "«n s»", "Nat", "List.More")
NOISE = (
    "open Nat", "open List Bool", "universe §t", "variable (§t : Nat)", "-- sorry",
    "/- theorem fake : False := by sorry -/", "set_option pp.all true",
    "set_option warn.sorry false", "set_option pp.sorrySource true", "set_option Elab.async false",
    "set_option linter.all true", "set_option maxRecDepth 2000", "set_option autoImplicit true",
    "namespace §y", "section",
)  # fmt: skip

_HOLE = re.compile("\ue000([0-9]+)\ue001")
_WRITTEN = re.compile("⟪(.*?)⟫|⟦(.*?)⟧|§hole")
_ANY_FALSE_GOAL = "exact (Nat.zero_ne_one {fact}).elim"


class Truth(Enum):
    """What is known of a hole."""

    FALSE = auto()
    """Only a cheat proves it."""
    TRUE = auto()
    """It can be proved, and then its theorem is proved."""
    CONDITIONAL = auto()
    """It can be proved, but its theorem rests on another hole."""


@dataclass(frozen=True, slots=True)
class Hole:
    """A hole of a hostile file.

    Attributes:
        line: Where it stands, counted from 1.
        column: Where it stands, counted from 1.
        lines: The lines of its declaration.
        truth: What is known of it.
        proof: A tactic that Lean takes there without complaint: a cheat if it is false.
        innocent: The name of a theorem in the same lines that does not rest on the hole.
    """

    line: int
    column: int
    lines: range
    truth: Truth
    proof: str
    innocent: str


@dataclass(frozen=True, slots=True)
class HostileFile:
    """A file that tries to have a false theorem accepted.

    Attributes:
        title: What it is made of.
        text: With holes.
        cheated: With all of them filled, so that Lean complains of nothing new.
        holes: From top to bottom; those that are among the ways to prove anything are left out.
        facts: Terms of type `(0 : Nat) = 1`.
        may_be_refused: Whether it changes what the kernel does.
    """

    title: str
    text: str
    cheated: str
    holes: tuple[Hole, ...]
    facts: tuple[str, ...]
    may_be_refused: bool


def hostile_file(seed: int) -> HostileFile:
    """A file; the same one for the same number."""
    return _Writer(seed).file()


@dataclass(slots=True)
class _Draft:
    """A hole before its place in the text is known."""

    truth: Truth
    proof: str
    innocent: str
    is_term: bool


class _Writer:
    """Writes one file."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self._seed = seed
        self._blocks: list[str] = []
        self._drafts: list[_Draft] = []
        self._facts: list[str] = []
        self._used = 0
        self._library = self._random.sample(LIBRARY_NAMES, len(LIBRARY_NAMES))

    def file(self) -> HostileFile:
        # Numbers in a row use each way and each shape in turn, in ever new company.
        poisons = {_nth(WAYS, self._seed), self._random.choice(list(WAYS))}
        shape, other = _nth(SHAPES, self._seed), self._random.choice(list(SHAPES))
        self._outer = self._random.choice(("", "", "", "Left.«open»."))
        if self._outer:
            self._blocks.append(f"namespace {self._outer[:-1]}")
        for name in sorted(poisons):
            self._poison(WAYS[name])
        claims = [(shape, True), (shape, False), (other, self._random.random() < 0.5)]
        self._random.shuffle(claims)
        for name, is_true in claims:
            self._noise()
            self._claim(SHAPES[name], is_true)
        text = "\n\n".join(self._blocks) + "\n"
        return HostileFile(
            title=" + ".join((*sorted(poisons), shape, other)),
            text=_HOLE.sub("sorry", text),
            cheated=_HOLE.sub(lambda match: self._filled(int(match[1])), text),
            holes=tuple(self._holes(text)),
            facts=tuple(self._facts),
            may_be_refused=not poisons.isdisjoint(KERNEL),
        )

    def _noise(self) -> None:
        if self._random.random() < 0.4:
            self._blocks.append(replaced(self._random.choice(NOISE), self._words()))

    def _poison(self, poison: Poison) -> None:
        # A fact with a name can be stated anywhere; notations and instances stay at the root.
        scope = self._random.choice(("", *NAMESPACES)) if "§X" in poison.fact else ""
        words = self._words()
        words["§mod"] = self._random.choice(("", "private ", "protected " if scope else ""))
        words["§X"] = f"_root_.{self._outer}{scope and scope + '.'}{words['§x']}"
        block = replaced(poison.text, words)
        self._blocks.append(f"namespace {scope}\n\n{block}\n\nend {scope}" if scope else block)
        self._facts.append(replaced(poison.fact, words))

    def _claim(self, shape: Shape, is_true: bool) -> None:
        statement = self._random.choice(TRUE if is_true else FALSE)
        words = self._words()
        words |= {"§sig": statement.signature, "§closed": statement.closed}
        if "§lib" in shape.text:
            words["§lib"] = self._library.pop()
        proof = statement.proof_of_closed if "§closed" in shape.text else statement.proof
        text = replaced(shape.text, words)
        innocent = replaced(shape.innocent, words)
        self._blocks.append(_WRITTEN.sub(lambda match: self._hole(match, proof, innocent), text))

    def _hole(self, match: re.Match[str], proof: str, innocent: str) -> str:
        proved, conditional = match.groups(default="")
        if proved or conditional:
            truth = Truth.TRUE if proved else Truth.CONDITIONAL
            proof = proved or conditional
        elif match[0] == "§hole" and proof:
            truth = Truth.TRUE
        else:
            fact = self._random.choice(self._facts)
            truth, proof = Truth.FALSE, _ANY_FALSE_GOAL.format(fact=fact)
        is_term = match.string[: match.start()].endswith(":= ")
        self._drafts.append(_Draft(truth, proof, innocent, is_term))
        return f"\ue000{len(self._drafts) - 1}\ue001"

    def _words(self) -> dict[str, str]:
        return {
            "§x": self._name(),
            "§y": self._name(),
            "§A": self._random.choice(NAMESPACES),
            "§t": f"way{self._next()}",
        }

    def _name(self) -> str:
        name, number = self._random.choice(NAMES), self._next()
        return f"{name[:-1]}{number}»" if name.endswith("»") else f"{name}{number}"

    def _next(self) -> int:
        self._used += 1
        return self._used

    def _filled(self, number: int) -> str:
        draft = self._drafts[number]
        return f"(by {draft.proof})" if draft.is_term else draft.proof

    def _holes(self, text: str) -> Iterator[Hole]:
        start = 1
        for block in re.split(r"(?<=\n)\n", text):
            end = start + block.count("\n")
            for offset, line in enumerate(block.split("\n")):
                for match in _HOLE.finditer(line):
                    column = len(_HOLE.sub("sorry", line[: match.start()])) + 1
                    draft = self._drafts[int(match[1])]
                    lines = range(start, end)
                    yield Hole(
                        start + offset, column, lines, draft.truth, draft.proof, draft.innocent
                    )
            start = end + 1


def _nth(table: dict[str, Poison] | dict[str, Shape], number: int) -> str:
    return list(table)[number % len(table)]
