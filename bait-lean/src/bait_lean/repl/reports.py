"""Reports about a text: what it adds to the environment, as the kernel sees it."""

from __future__ import annotations

from typing import Literal

from bait_lean.repl.messages import Position, Reply


class ConstantReport(Reply, frozen=True):
    """A constant that a text adds.

    Attributes:
        name: Its full name, a private one's with Lean's prefix.
        kind: What it is for the kernel.
        type: A hash of its type as a term; names of binders and metadata don't matter.
        position: Where its declaration, or the nearest parent's that has a place, begins.
        internal: It is an auxiliary, which Lean made for another constant.
        unsafe: It is `unsafe` or `partial`, so the kernel is not asked again.
        uses: The constants of the same text that its type or value mentions directly.
        axioms: The imported axioms, and the constants that trust the compiler or a `sorry`, that
            it mentions or reaches through imported constants.
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


class Report(Reply, frozen=True):
    """What a text adds to what it imports.

    Attributes:
        constants: In order of their declaration.
        kernel: Empty if the kernel accepts all of them once more from the imports alone, with
            default options; else what it says, about which constant.
    """

    constants: tuple[ConstantReport, ...]
    kernel: str
