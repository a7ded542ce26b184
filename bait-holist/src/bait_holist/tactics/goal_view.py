"""A goal as templates see it: its variables, and the terms that may fill a gap."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from bait_holist.terms import Sexp, read_key, to_text

_MAX_WITNESS = 200  # characters of a term that may be proposed as a witness


@dataclass(frozen=True)
class GoalView:
    """A goal, parsed."""

    hypotheses: tuple[Sexp, ...]
    conclusion: Sexp

    @classmethod
    def of_key(cls, key: str) -> GoalView:
        """Parse the key of a goal."""
        return cls(*read_key(key))

    @cached_property
    def free_variables(self) -> tuple[Sexp, ...]:
        """The free variables of conclusion and hypotheses, in order of occurrence."""
        found: dict[Sexp, None] = {}
        for term in (self.conclusion, *self.hypotheses):
            found.update((v, None) for v, _ in _occurrences(term) if v[0] == "v")
        return tuple(found)

    def bound(self, binder: str) -> Sexp | None:
        """The variable that the conclusion's outermost quantifier binds, if that is `binder`."""
        match self.conclusion:
            case ("a", ("c", _, name), ("l", variable, _)) if name == binder:
                return variable
        return None

    def witnesses(self, type_: Sexp) -> list[Sexp]:
        """Subterms of this type without bound variables: variables first, then by size."""
        found: dict[Sexp, None] = {}
        for term in (self.conclusion, *self.hypotheses):
            found.update((t, None) for t, ty in _occurrences(term) if ty == type_)
        texts = [(t[0] != "v", len(to_text(t)), t) for t in found]
        return [t for _, size, t in sorted(texts, key=lambda x: x[:2]) if size <= _MAX_WITNESS]


def _occurrences(term: Sexp) -> Iterator[tuple[Sexp, Sexp]]:
    """Subterms without bound variables, with their types; smaller ones first."""
    types: dict[int, Sexp | None] = {}
    stack: list[tuple[Sexp, frozenset[Sexp], bool]] = [(term, frozenset(), False)]
    while stack:
        node, bound, is_open = stack.pop()
        kind = node[0]
        if kind in ("v", "c"):
            types[id(node)] = None if node in bound else node[1]
        elif not is_open:
            stack.append((node, bound, True))
            inner = bound | {node[1]} if kind == "l" else bound
            children = (node[2],) if kind == "l" else (node[2], node[1])
            stack.extend((child, inner, False) for child in children)
            continue
        elif kind == "a":
            types[id(node)] = _result(types[id(node[1])], types[id(node[2])])
        else:
            types[id(node)] = None  # an abstraction is seldom a useful witness
        type_ = types[id(node)]
        if type_ is not None:
            yield node, type_


def _result(function: Sexp | None, argument: Sexp | None) -> Sexp | None:
    if function is None or argument is None:
        return None
    return function[2] if function[0] == "fun" else None
