"""Premises as text, and goals as the input of a generator: retrieved premises, then the state."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from bait_models.byt5.text import Encoded, encode_end


class PremiseLike(Protocol):
    """A premise as a model sees it."""

    @property
    def name(self) -> str:
        """Its full name."""
        ...

    @property
    def statement(self) -> str:
        """What it says."""
        ...


def premise_text(premise: PremiseLike) -> str:
    """The text of a premise, as retrievers and generators read it.

    ReProver uses the source of a premise and marks the name in it, as in
    `theorem <a>Nat.mod_self</a> (n : Nat) : n % n = 0`; provers report names and statements, which
    together look much the same.
    """
    return f"<a>{premise.name}</a> : {premise.statement}"


def show_premises(state: str, premises: Iterable[PremiseLike], limit: int) -> str:
    """A goal with premises, as ReProver formats it (Yang et al., arXiv 2306.15626).

    Each premise is a separate block, the best one next to the state:

        <a>SECOND</a> : STATEMENT

        <a>BEST</a> : STATEMENT

        STATE

    Args:
        state: The goal as the prover prints it.
        premises: The best first. One that does not fit is left out; a shorter one after it may
            still fit.
        limit: Of tokens, including the end token.
    """
    text = state
    room = limit - 1 - _size(state)
    for premise in premises:
        block = f"{premise_text(premise)}\n\n"
        if _size(block) <= room:
            room -= _size(block)
            text = block + text
    return text


def encode_state(state: str, premises: Iterable[PremiseLike], limit: int) -> Encoded:
    """At most `limit` tokens of a goal with premises; too long a goal loses its beginning."""
    return encode_end(show_premises(state, premises, limit), limit)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
