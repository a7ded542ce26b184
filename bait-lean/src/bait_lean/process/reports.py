"""Reports about a text: what it adds to the environment, as the kernel sees it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Literal

from bait_lean.process.messages import CommandReply, Reply
from bait_lean.source.lexer import components
from bait_lean.source.positions import Position

EXAMPLE = "bait_example"
"""What the names of examples begin with in a report; Lean itself does not keep examples."""

_PRIVATE = re.compile(r"_private\.(?:.+?\.)??\d+\.(?P<name>.+)", re.DOTALL)


class ConstantReport(Reply, frozen=True):
    """A constant that a text adds.

    Attributes:
        name: Its full name, a private one's with Lean's prefix.
        kind: What it is for the kernel.
        type: A hash of its type as a term; names of binders and metadata don't matter.
        value: Such a hash of its value; empty for theorems and what has no value.
        position: Where its declaration, or the nearest parent's that has a place, begins.
        internal: Whether Lean made it as an auxiliary of another constant.
        unsafe: Whether the kernel was not asked again because it is `unsafe` or `partial`, mentions
            such a constant, or trusts the compiler.
        proves: Whether its type is a proposition, whatever its kind.
        uses: The constants of the same text that its type or value mentions directly.
        axioms: The imported axioms and the constants that trust the compiler that it mentions.
            The embedded server reports direct uses only; a project's own Lean also reports
            those, and `sorryAx`, that are reached through imported constants.
        sorries: The place of each `sorry` that it mentions directly; None if Lean noted no place.
    """

    name: str
    kind: Literal[
        "theorem", "def", "axiom", "opaque", "inductive", "constructor", "recursor", "quot"
    ]
    type: str
    position: Position | None
    internal: bool
    unsafe: bool
    uses: tuple[str, ...]
    axioms: tuple[str, ...]
    sorries: tuple[Position | None, ...]
    value: str = ""
    proves: bool = False


class CommandPlace(Reply, frozen=True):
    """A command of a text: where it begins, and the number of the environment after it."""

    position: Position
    env: int


class TextReport(Reply, frozen=True):
    """What a text adds to what comes before it.

    Attributes:
        constants: In order of their declaration.
        kernel: Empty if the kernel accepts all of them once more from the imports alone, with
            default options; otherwise its objection, and to which constant.
        commands: In order; only the embedded server reports them.
    """

    constants: tuple[ConstantReport, ...]
    kernel: str
    commands: tuple[CommandPlace, ...] = ()


class ReportedReply(CommandReply, frozen=True, kw_only=True):
    """The answer to `cmd` with a report."""

    report: TextReport


class SameReply(Reply, frozen=True):
    """The answer to `same`: whether a constant means the same in two environments."""

    same: bool


Graph = Mapping[str, ConstantReport]
"""The constants that a text adds to its imports, by name."""


def is_example(name: str) -> bool:
    """Whether a constant stands for an example."""
    return components(name)[-1].startswith(EXAMPLE)


def visible_name(name: str) -> str:
    """The name of a constant as users write it: without the prefix of private ones."""
    match = _PRIVATE.fullmatch(name)
    return match["name"] if match else name


def graph_of(reports: Sequence[Sequence[ConstantReport]]) -> Graph:
    """The graph of the constants of successive pieces of a text."""
    return {constant.name: constant for report in reports for constant in report}
