"""Terms up to renaming of variables and type variables."""

from __future__ import annotations

from bait_holist.terms.sexp import Sexp

Canonical = tuple[str, ...]


def canonical(term: Sexp, *, keep_variables: bool = False) -> Canonical:
    """A form that two terms share exactly if they are equal up to renaming.

    Bound variables are numbered by binder, free and type variables by first occurrence.

    Args:
        term: A term.
        keep_variables: Whether only type variables are renamed, and variables keep their names.
    """
    return _Walk(keep_variables).run(term)


def meaning(statement: Sexp) -> Canonical:
    """A form shared by theorems that follow from each other by renaming and specialisation."""
    while (
        statement[0] == "a"
        and statement[1][0] == "c"
        and statement[1][2] == "!"
        and statement[2][0] == "l"
    ):
        statement = statement[2][2]
    return canonical(statement)


class _Walk:
    def __init__(self, keep_variables: bool) -> None:
        self._keep = keep_variables
        self._bound: dict[Sexp, list[int]] = {}
        self._free: dict[Sexp, int] = {}
        self._type_variables: dict[str, int] = {}

    def run(self, term: Sexp) -> Canonical:
        tokens: list[str] = []
        binders = 0
        stack: list[tuple[Sexp, bool]] = [(term, False)]
        while stack:
            node, ends_scope = stack.pop()
            if ends_scope:
                self._bound[node].pop()
            elif node[0] == "a":
                tokens.append("@")
                stack += ((node[2], False), (node[1], False))
            elif node[0] == "l":
                variable = node[1]
                name = variable[2] if self._keep else ""
                tokens.append(f"\\{name}:{self._type(variable[1])}")
                self._bound.setdefault(variable, []).append(binders)
                binders += 1
                stack += ((variable, True), (node[2], False))
            else:
                tokens.append(self._leaf(node))
        return tuple(tokens)

    def _leaf(self, node: Sexp) -> str:
        if node[0] == "c":
            return f"{node[2]}:{self._type(node[1])}"
        if self._keep:
            return f"variable {node[2]}:{self._type(node[1])}"
        if self._bound.get(node):
            return f"bound {self._bound[node][-1]}"
        return f"free {self._free.setdefault(node, len(self._free))}:{self._type(node[1])}"

    def _type(self, type_: Sexp) -> str:
        if isinstance(type_, str):
            return f"'{self._type_variables.setdefault(type_, len(self._type_variables))}"
        return f"({' '.join((str(type_[0]), *map(self._type, type_[1:])))})"
