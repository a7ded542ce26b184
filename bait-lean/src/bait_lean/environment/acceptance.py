"""The rules by which a filled declaration counts as proved.

They look at what Lean's environment holds before and after the filling (see
`bait_lean.repl.reports`), never at names or texts; docs/lean.md states them for users.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from bait_core.domain import Foundations
from bait_lean.repl.messages import Position
from bait_lean.repl.reports import ConstantReport

STANDARD_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
"""What any proof may rest on."""

NEVER = frozenset(
    {"sorryAx", "Lean.reduceBool", "Lean.reduceNat", "Lean.ofReduceBool", "Lean.ofReduceNat",
     "Lean.trustCompiler", "lcProof", "lcUnreachable", "lcAny"}
)  # fmt: skip
"""What no proof may rest on, whatever the user allows."""

EXAMPLE = "bait_example"
"""What an example is called in a report: Lean itself keeps nothing of it."""

_PRIVATE = re.compile(r"_private\.(?:.+?\.)??\d+\.(?P<name>.+)", re.DOTALL)

Graph = Mapping[str, ConstantReport]
"""The constants that a text adds to its imports, by name."""


def visible_name(name: str) -> str:
    """The name of a constant as users write it: without the prefix of private ones."""
    match = _PRIVATE.fullmatch(name)
    return match["name"] if match else name


@dataclass(slots=True)
class Reached:
    """What constants rest on, through all that they use.

    Attributes:
        axioms: Axioms of the text and of imported modules, and what trusts the compiler.
        own_axioms: Those of `axioms` that the text itself states.
        sorries: The places of the `sorry`s in each constant that has some.
        unsafe: Constants that the kernel does not look at.
    """

    axioms: set[str] = field(default_factory=set)
    own_axioms: set[str] = field(default_factory=set)
    sorries: dict[str, tuple[Position | None, ...]] = field(default_factory=dict)
    unsafe: set[str] = field(default_factory=set)


def reach(names: Iterable[str], graph: Graph) -> Reached:
    """Follow what constants use, directly and through others of the text."""
    found = Reached()
    pending = list(names)
    seen: set[str] = set(pending)
    while pending:
        constant = graph.get(pending.pop())
        if constant is None:
            continue
        if constant.kind == "axiom":
            found.own_axioms.add(visible_name(constant.name))
        found.axioms |= set(constant.axioms) - STANDARD_AXIOMS
        if constant.sorries:
            found.sorries[constant.name] = constant.sorries
        if constant.unsafe and not constant.internal:
            found.unsafe.add(constant.name)
        new = [name for name in constant.uses if name not in seen]
        seen.update(new)
        pending += new
    found.axioms |= found.own_axioms
    return found


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration, or several that stand in one command, as Lean has elaborated it.

    Attributes:
        constants: What it adds.
        before: What the text before it adds.
    """

    constants: tuple[ConstantReport, ...]
    before: Graph

    @property
    def graph(self) -> Graph:
        """All that the text adds up to its end."""
        return {**self.before, **{constant.name: constant for constant in self.constants}}

    def reach(self) -> Reached:
        """What it rests on."""
        return reach((constant.name for constant in self.constants), self.graph)

    @property
    def sorries(self) -> list[Position | None]:
        """The places of its own `sorry`s."""
        return [place for constant in self.constants for place in constant.sorries]

    @property
    def visible(self) -> list[ConstantReport]:
        """What the user has declared, without Lean's auxiliaries."""
        return [constant for constant in self.constants if not constant.internal]


@dataclass(frozen=True, slots=True)
class Judgement:
    """Whether a filled declaration is accepted.

    Attributes:
        objection: Why not; empty if it is.
        axioms: Allowed axioms that it rests on.
        open_holes: Its own `sorry`s that are left.
        open_constants: Other declarations that it rests on and that have a `sorry`.
    """

    objection: str = ""
    axioms: tuple[str, ...] = ()
    open_holes: tuple[Position | None, ...] = ()
    open_constants: tuple[str, ...] = ()

    def foundations(self, place: Callable[[Position | None], str]) -> Foundations:
        """The same for people, with `place` telling where a `sorry` is."""
        holes = [f"`sorry` {place(position)}" for position in self.open_holes]
        return Foundations(self.axioms, (*self.open_constants, *holes))


def judge(
    original: Declared,
    filled: Declared,
    left: frozenset[Position],
    allowed: frozenset[str] = frozenset(),
    same_type: Callable[[str], bool] = lambda _: False,
) -> Judgement:
    """Judge a declaration after the filling of some of its holes.

    Args:
        original: It before, with its holes open.
        filled: It afterwards.
        left: Where in the filled text it may still have a `sorry`: in its holes that are still
            open, and where it had one that is no hole.
        allowed: Axioms that proofs may rest on besides the standard ones.
        same_type: Whether a constant's type means the same before and afterwards though it is
            another term, as when a hole was in it.
    """
    if not filled.constants:
        return Judgement("Lean keeps nothing of this declaration that could be checked")
    if changed := difference(original, filled, same_type):
        return Judgement(changed)
    before, after = original.reach(), filled.reach()
    own = {constant.name for constant in filled.constants}
    objection = (
        _refused_axioms(after, allowed)
        or _new_dependencies(before, after, own)
        or _stray_sorries(after, own, left)
        or _unsafe(after)
    )
    if objection:
        return Judgement(objection)
    return Judgement(
        axioms=tuple(sorted(after.axioms)),
        open_holes=tuple(
            p for name in sorted(own & after.sorries.keys()) for p in after.sorries[name]
        ),
        open_constants=tuple(visible_name(name) for name in after.sorries if name not in own),
    )


def closed(declared: Declared, allowed: frozenset[str]) -> Judgement:
    """Judge a declaration as it stands: it is proved if nothing that it rests on is open."""
    after = declared.reach()
    own = {constant.name for constant in declared.constants}
    holes = tuple(p for name in sorted(own & after.sorries.keys()) for p in after.sorries[name])
    others = tuple(visible_name(name) for name in after.sorries if name not in own)
    return Judgement(
        _refused_axioms(after, allowed) or _unsafe(after),
        tuple(sorted(after.axioms & allowed)),
        holes,
        others,
    )


def forbidden(original: Declared, allowed: frozenset[str]) -> tuple[str, ...]:
    """The constants before a declaration that the proofs of its holes may not use.

    These are theorems that are open, and all that rests on something that the declaration does
    not rest on anyway: its statement may mention a definition with a hole.
    """
    base = original.reach()
    refused = []
    for name, constant in original.before.items():
        found = reach((name,), original.before)
        open_for_it = found.sorries.keys() - (
            set() if constant.kind == "theorem" else base.sorries.keys()
        )
        if open_for_it or found.axioms - base.axioms - allowed:
            refused.append(name)
    return tuple(refused)


def difference(
    original: Declared,
    filled: Declared,
    same_type: Callable[[str], bool] = lambda _: False,
) -> str:
    """What is declared otherwise than before, auxiliaries aside."""
    names = {constant.name for constant in original.visible}
    kept = [c for c in filled.visible if c.name in names]
    for constant in filled.visible:
        if constant.name not in names and not _belongs(constant.name, names):
            return f"the filled text declares {visible_name(constant.name)}, too"
    if [c.name for c in kept] != [c.name for c in original.visible]:
        missing = names - {c.name for c in kept}
        what = ", ".join(sorted(map(visible_name, missing))) or "the same in another order"
        return f"the filled text does not declare {what}"
    for before, after in zip(original.visible, kept, strict=True):
        if before.kind != after.kind or (before.type != after.type and not same_type(after.name)):
            return f"the filled text declares {visible_name(after.name)} otherwise"
        if before.value != after.value and not before.sorries:
            return f"the filled text defines {visible_name(after.name)} otherwise"
    return ""


def _belongs(name: str, parents: Iterable[str]) -> bool:
    """Whether a constant stands below one of those, as `f.go` of a `let rec` does."""
    return any(name.startswith(f"{parent}.") for parent in parents)


def _refused_axioms(after: Reached, allowed: frozenset[str]) -> str:
    if compiler := after.axioms & NEVER:
        return f"the proof rests on {_listed(compiler)}, which prove nothing"
    if axioms := after.axioms - allowed:
        word = "axiom" if len(axioms) == 1 else "axioms"
        return f"the proof rests on the {word} {_listed(axioms)}"
    return ""


def _new_dependencies(before: Reached, after: Reached, own: set[str]) -> str:
    new = after.sorries.keys() - before.sorries.keys() - own
    if not new:
        return ""
    names = map(visible_name, new)
    return f"the proof rests on what is not proved itself: {_listed(names)}"


def _stray_sorries(after: Reached, own: set[str], left: frozenset[Position]) -> str:
    for name in own & after.sorries.keys():
        for position in after.sorries[name]:
            if position not in left:
                return "the proof uses `sorry`"
    return ""


def _unsafe(after: Reached) -> str:
    if not after.unsafe:
        return ""
    names = map(visible_name, after.unsafe)
    return f"the kernel does not check what is unsafe or partial: {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))


def graph_of(reports: Sequence[Sequence[ConstantReport]]) -> Graph:
    """The graph of the constants of successive pieces of a text."""
    return {constant.name: constant for report in reports for constant in report}
