"""Keys of goals: `(g (HYPOTHESIS ...) CONCLUSION)`, hypotheses newest first."""

from __future__ import annotations

from collections.abc import Sequence

from bait_holist.terms.sexp import Sexp, parse, to_text


def read_key(key: str) -> tuple[tuple[Sexp, ...], Sexp]:
    """Hypotheses and conclusion of a goal; labels that hypotheses may have are left out."""
    goal = parse(key)
    return tuple(h[2] if h[0] == "h" else h for h in goal[1]), goal[2]


def write_key(hypotheses: Sequence[Sexp], conclusion: Sexp) -> str:
    """The key of a goal whose hypotheses have no labels."""
    return to_text(("g", tuple(hypotheses), conclusion))
