"""Goals and what occurs in them.

The key of a goal is `(g (HYPOTHESIS ...) CONCLUSION)`, with the newest hypothesis first.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from bait_holist.terms.sexp import Sexp, parse, to_text


def read_key(key: str) -> tuple[tuple[Sexp, ...], Sexp]:
    """Hypotheses and conclusion of a goal; labels of hypotheses are dropped."""
    goal = parse(key)
    return tuple(h[2] if h[0] == "h" else h for h in goal[1]), goal[2]


def write_key(hypotheses: Sequence[Sexp], conclusion: Sexp) -> str:
    """The key of a goal whose hypotheses have no labels."""
    return to_text(("g", tuple(hypotheses), conclusion))


def constants(term: Sexp) -> Iterator[str]:
    """Names of the constants in a term, each once, in order."""
    seen = set()
    stack = [term]
    while stack:
        node = stack.pop()
        if node[0] == "c" and str(node[2]) not in seen:
            seen.add(str(node[2]))
            yield str(node[2])
        elif node[0] == "a":
            stack += (node[2], node[1])
        elif node[0] == "l":
            stack.append(node[2])
