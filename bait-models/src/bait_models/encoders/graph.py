"""Terms as directed acyclic graphs in which equal subterms are one node."""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from bait_holist.terms import Sexp

APPLICATION, ABSTRACTION, GOAL = "@", "\\", "goal"
_VARIABLE = "variable:"


class EdgeLabel(IntEnum):
    """The role of a child in its parent."""

    FUNCTION = 0
    ARGUMENT = 1
    BINDER = 2
    BODY = 3
    CONCLUSION = 4
    HYPOTHESIS = 5


@dataclass(frozen=True, slots=True)
class TermGraph:
    r"""A term or goal; node 0 is its root, and nodes come in breadth-first order from it.

    Attributes:
        tokens: What each node is: the name of a constant, the head of a variable's type, or one of
            `@`, `\` and `goal`. Names of variables are left out; all occurrences of a variable are
            one node.
        edges: Parent, child, label.
        is_truncated: Whether nodes far from the root were left out.
    """

    tokens: tuple[str, ...]
    edges: tuple[tuple[int, int, EdgeLabel], ...]
    is_truncated: bool = False


def graph_of_term(term: Sexp, max_nodes: int) -> TermGraph:
    """The graph of a term: the `max_nodes` nodes nearest to the root."""
    builder = _Builder()
    return builder.graph(builder.add(term), max_nodes)


def graph_of_goal(hypotheses: Sequence[Sexp], conclusion: Sexp, max_nodes: int) -> TermGraph:
    """The graph of a goal: a root above the conclusion and the hypotheses."""
    builder = _Builder()
    children = [(builder.add(conclusion), EdgeLabel.CONCLUSION)]
    children += [(builder.add(h), EdgeLabel.HYPOTHESIS) for h in hypotheses]
    return builder.graph(builder.node(GOAL, tuple(children)), max_nodes)


_Children = tuple[tuple[int, EdgeLabel], ...]


class _Builder:
    """Gives equal subterms the same number; not recursive, since terms may be deep."""

    def __init__(self) -> None:
        self._numbers: dict[tuple[str, _Children, str], int] = {}
        self._nodes: list[tuple[str, _Children]] = []

    def node(self, token: str, children: _Children = (), name: str = "") -> int:
        key = (token, children, name)
        if key not in self._numbers:
            self._numbers[key] = len(self._nodes)
            self._nodes.append((token, children))
        return self._numbers[key]

    def add(self, term: Sexp) -> int:
        done: list[int] = []
        stack: list[tuple[Sexp, bool]] = [(term, False)]
        while stack:
            node, children_done = stack.pop()
            if node[0] == "c":
                done.append(self.node(str(node[2])))
            elif node[0] == "v":
                # Variables of different types with one name are different variables.
                done.append(self.node(_variable(node[1]), (), f"{node[2]}:{node[1]}"))
            elif children_done:
                second, first = done.pop(), done.pop()
                done.append(self._compound(str(node[0]), first, second))
            else:
                stack += ((node, True), (node[2], False), (node[1], False))
        return done.pop()

    def _compound(self, kind: str, first: int, second: int) -> int:
        if kind == "a":
            children = ((first, EdgeLabel.FUNCTION), (second, EdgeLabel.ARGUMENT))
            return self.node(APPLICATION, children)
        return self.node(ABSTRACTION, ((first, EdgeLabel.BINDER), (second, EdgeLabel.BODY)))

    def graph(self, root: int, max_nodes: int) -> TermGraph:
        numbers = {root: 0}
        queue = deque([root])
        edges: list[tuple[int, int, EdgeLabel]] = []
        is_truncated = False
        while queue:
            parent = queue.popleft()
            for child, label in self._nodes[parent][1]:
                if child not in numbers:
                    if len(numbers) == max_nodes:
                        is_truncated = True
                        continue
                    numbers[child] = len(numbers)
                    queue.append(child)
                edges.append((numbers[parent], numbers[child], label))
        tokens = tuple(self._nodes[number][0] for number in numbers)
        return TermGraph(tokens, tuple(edges), is_truncated)


def is_variable(token: str) -> bool:
    """Whether a node with this token is a variable."""
    return token.startswith(_VARIABLE)


def _variable(type_: Sexp) -> str:
    """The token of a variable: the head of its type; all type variables share one."""
    return f"{_VARIABLE}'" if isinstance(type_, str) else f"{_VARIABLE}{type_[0]}"
