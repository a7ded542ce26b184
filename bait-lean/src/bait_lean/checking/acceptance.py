"""The rules by which a filled declaration counts as proved.

They look at what Lean's environment holds before and after the filling (see
`bait_lean.process.reports`), never at names or texts; docs/lean.md states them for users.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Self

from bait_core import Foundations
from bait_lean.process.reports import ConstantReport, Graph, graph_of, visible_name
from bait_lean.source.positions import Position

STANDARD_AXIOMS = frozenset({"propext", "Classical.choice", "Quot.sound"})
"""The axioms that any proof may rest on."""

NEVER = frozenset(
    {"sorryAx", "Lean.reduceBool", "Lean.reduceNat", "Lean.ofReduceBool", "Lean.ofReduceNat",
     "Lean.trustCompiler", "lcProof", "lcUnreachable", "lcAny"}
)  # fmt: skip
"""The constants that no proof may rest on, whatever the user allows."""


@dataclass(slots=True)
class Reached:
    """What constants rest on, through all that they use.

    Attributes:
        axioms: Axioms of the text and of imported modules, and what trusts the compiler.
        own_axioms: Those of `axioms` that the text itself states.
        sorries: The places of the `sorry`s in each constant that has some.
        unsafe: Constants that the kernel has not checked.
        unknown: Constants that Lean has not reported.
    """

    axioms: set[str] = field(default_factory=set)
    own_axioms: set[str] = field(default_factory=set)
    sorries: dict[str, tuple[Position | None, ...]] = field(default_factory=dict)
    unsafe: set[str] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)


def reached_names(names: Iterable[str], graph: Graph) -> set[str]:
    """Constants with all that they use, directly and through others of the text."""
    return _closure(names, lambda name: graph[name].uses if name in graph else ())


def _closure(names: Iterable[str], neighbours: Callable[[str], Iterable[str]]) -> set[str]:
    pending = list(names)
    seen = set(pending)
    while pending:
        new = [name for name in neighbours(pending.pop()) if name not in seen]
        seen.update(new)
        pending += new
    return seen


def reach(names: Iterable[str], graph: Graph) -> Reached:
    """What constants rest on."""
    found = Reached()
    for name in reached_names(names, graph):
        constant = graph.get(name)
        if constant is None:
            found.unknown.add(name)
            continue
        if constant.kind == "axiom":
            found.own_axioms.add(visible_name(constant.name))
        found.axioms |= _axioms(constant)
        if constant.sorries:
            found.sorries[constant.name] = constant.sorries
        if constant.unsafe:
            found.unsafe.add(constant.name)
    return found


def _axioms(constant: ConstantReport) -> set[str]:
    """What is not a standard axiom and is named by a constant, or is the constant itself."""
    itself = {visible_name(constant.name)} if constant.kind == "axiom" else set()
    return itself | (set(constant.axioms) - STANDARD_AXIOMS)


@dataclass(frozen=True, slots=True)
class Declared:
    """One declaration, or several that stand in one command, as Lean has elaborated it.

    Attributes:
        constants: What it adds.
        graph: What the text adds up to its end, or further on: nothing rests on later constants.
    """

    constants: tuple[ConstantReport, ...]
    graph: Graph

    @classmethod
    def after(cls, before: Graph, constants: tuple[ConstantReport, ...]) -> Self:
        """A declaration at the end of a text that adds `before`."""
        return cls(constants, {**before, **graph_of([constants])})

    @property
    def names(self) -> set[str]:
        """The names of what it adds."""
        return {constant.name for constant in self.constants}

    def reach(self) -> Reached:
        """What it rests on; code that Lean generates for the compiler does not count."""
        judged = (c for c in self.constants if not (c.internal and c.unsafe and c.kind == "def"))
        return reach((c.name for c in judged), self.graph)

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
        """The same for users; `place` says where a `sorry` is."""
        holes = [f"`sorry` {place(position)}" for position in self.open_holes]
        return Foundations(self.axioms, (*self.open_constants, *holes))


def judge(
    original: Declared,
    filled: Declared,
    left: frozenset[Position],
    allowed: frozenset[str] = frozenset(),
    is_same: Callable[[str], bool] = lambda _: False,
    *,
    is_kept: bool = True,
) -> Judgement:
    """Decide whether a declaration is accepted after some of its holes were filled.

    Args:
        original: It before, with its holes open.
        filled: It afterwards.
        left: Where in the filled text it may still have a `sorry`: in its holes that are still
            open, and where it had one that is no hole.
        allowed: Axioms that proofs may rest on besides the standard ones.
        is_same: Whether a constant means the same before and afterwards though its type or value
            is another term, as when a hole was in it.
        is_kept: Whether the filled holes are in declarations that Lean keeps.
    """
    if not filled.constants or not is_kept:
        return Judgement("Lean keeps nothing of this declaration that could be checked")
    if changed := difference(original, filled, is_same):
        return Judgement(changed)
    before, after = original.reach(), filled.reach()
    own = filled.names
    objection = (
        _refused_axioms(after, allowed)
        or _new_dependencies(before, after, own)
        or _stray_sorries(after, own, left)
        or _unchecked(after)
    )
    if objection:
        return Judgement(objection)
    return _judgement("", filled, after, allowed)


def closed(declared: Declared, allowed: frozenset[str]) -> Judgement:
    """Decide on a declaration as it stands: it is proved if nothing that it rests on is open."""
    after = declared.reach()
    objection = _refused_axioms(after, allowed) or _unchecked(after)
    return _judgement(objection, declared, after, allowed)


def _judgement(
    objection: str, declared: Declared, after: Reached, allowed: frozenset[str]
) -> Judgement:
    own = declared.names
    holes = (p for name in sorted(own & after.sorries.keys()) for p in after.sorries[name])
    others = (_parent(name, declared.graph) for name in after.sorries if name not in own)
    return Judgement(
        objection,
        tuple(sorted(after.axioms & allowed)),
        tuple(dict.fromkeys(holes)),
        tuple(dict.fromkeys(map(visible_name, others))),
    )


def _parent(name: str, graph: Graph) -> str:
    """The declaration that an auxiliary belongs to."""
    constant = graph[name]
    parents = (c.name for c in graph.values() if not c.internal and name.startswith(f"{c.name}."))
    return max(parents, key=len, default=name) if constant.internal else name


def forbidden(original: Declared, allowed: frozenset[str]) -> tuple[str, ...]:
    """The constants before a declaration that the proofs of its holes may not use.

    These are open theorems, and everything that rests on something that the declaration does not
    already rest on: its statement may mention a definition with a hole.
    """
    base = original.reach()
    own = original.names
    before = {name: constant for name, constant in original.graph.items() if name not in own}
    users: defaultdict[str, list[str]] = defaultdict(list)
    for name, constant in before.items():
        for used in constant.uses:
            users[used].append(name)

    def resting_on(names: Iterable[str]) -> set[str]:
        return _closure(names, lambda name: users.get(name, ()))

    opened = [name for name, constant in before.items() if constant.sorries]
    refused = resting_on(
        name
        for name, constant in before.items()
        if _axioms(constant) - base.axioms - allowed
        or (constant.sorries and name not in base.sorries)
    )
    refused |= resting_on(opened) - set(relied_on(original))
    return tuple(name for name in before if name in refused)


def relied_on(original: Declared) -> tuple[str, ...]:
    """The definitions that a declaration already rests on, so that its proofs may, too.

    The lemmas that Lean has made for them are included, but not theorems that the text uses.
    """
    reached = reached_names((c.name for c in original.constants), original.graph)
    before = original.graph.keys() - original.names
    known = (original.graph[name] for name in reached & before)
    return tuple(sorted(c.name for c in known if c.kind != "theorem" or c.internal))


def difference(
    original: Declared,
    filled: Declared,
    is_same: Callable[[str], bool] = lambda _: False,
) -> str:
    """How the declarations differ from those before, auxiliaries aside."""
    names = {constant.name for constant in original.visible}
    kept = [c for c in filled.visible if c.name in names]
    for constant in filled.visible:
        if constant.name not in names and not _belongs(constant.name, names):
            return f"the filled text declares {visible_name(constant.name)}, too"
    if [c.name for c in kept] != [c.name for c in original.visible]:
        missing = names - {c.name for c in kept}
        what = ", ".join(sorted(map(visible_name, missing))) or "the same in another order"
        return f"the filled text does not declare {what}"
    for before, after in (*zip(original.visible, kept, strict=True), *_hidden(original, filled)):
        is_equal = before.type == after.type and (before.proves or before.value == after.value)
        if before.kind != after.kind or not (is_equal or is_same(after.name)):
            return f"the filled text declares {visible_name(after.name)} otherwise"
    return ""


def _hidden(
    original: Declared, filled: Declared
) -> Iterator[tuple[ConstantReport, ConstantReport]]:
    """The auxiliary definitions that give data their meaning, before and afterwards.

    What is defined by recursion on several arguments only names its `_unary`, which holds the
    text of the definition. Proofs may use others than before under the same names.
    """
    before, after = original.graph, filled.graph
    pending = [constant for constant in original.visible if not _is_proof(constant)]
    seen: set[str] = set()
    while pending:
        for name in set(pending.pop().uses) - seen:
            seen.add(name)
            constant = before.get(name)
            if constant is None or not constant.internal or _is_proof(constant):
                continue
            pending.append(constant)
            # What mentioned one that is gone has changed itself.
            if name in after:
                yield constant, after[name]


def _is_proof(constant: ConstantReport) -> bool:
    return constant.proves or constant.kind == "theorem"


def undermined(original: Declared, filled: Declared) -> str:
    """What an unfilled declaration rests on only since text above it was filled."""
    before, after = original.reach(), filled.reach()
    new = (after.axioms - before.axioms) | (after.sorries.keys() - before.sorries.keys())
    return f"it now rests on {_listed(map(visible_name, new))}" if new else ""


def _belongs(name: str, parents: Iterable[str]) -> bool:
    """Whether a constant stands below one of those, as `f.go` of a `let rec` does."""
    return any(name.startswith(f"{parent}.") for parent in parents)


def _refused_axioms(after: Reached, allowed: frozenset[str]) -> str:
    if compiler := after.axioms & NEVER:
        return f"the proof rests on what no proof may rest on: {_listed(compiler)}"
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


def _unchecked(after: Reached) -> str:
    if after.unknown:
        return f"it uses what the text does not declare: {_listed(after.unknown)}"
    if not after.unsafe:
        return ""
    names = map(visible_name, after.unsafe)
    return f"the kernel has not checked what is unsafe or trusts the compiler: {_listed(names)}"


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
