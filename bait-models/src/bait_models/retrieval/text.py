"""Goals as input of a generator: the state, with retrieved premises before it."""

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
    """A premise as retrievers read it and generators are shown it.

    ReProver has the source of a premise and marks the name in it, as in
    `theorem <a>Nat.mod_self</a> (n : Nat) : n % n = 0`; provers tell names and statements, which
    together read much the same.
    """
    return f"<a>{premise.name}</a> : {premise.statement}"


def show_premises(state: str, premises: Iterable[PremiseLike], limit: int) -> str:
    """A goal with premises, as ReProver formats it (Yang et al., arXiv 2306.15626).

    Each premise is a block of its own, the best next to the state:

        <a>SECOND</a> : STATEMENT

        <a>BEST</a> : STATEMENT

        STATE

    Args:
        state: The goal as the prover prints it.
        premises: The best first. One that there is no room for is left out; a shorter one may
            still find room.
        limit: Of tokens, the end token included.
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
    """Tokens of a goal with premises, at most `limit`; a goal too long loses its beginning."""
    return encode_end(show_premises(state, premises, limit), limit)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
