"""Goals as input of a generator: the state, with retrieved premises before it."""

from __future__ import annotations

from collections.abc import Sequence

from bait_core.domain import Premise
from bait_models.byt5.text import Encoded, encode_end


def encode_state(state: str, premises: Sequence[Premise], limit: int) -> Encoded:
    """Tokens of a goal, as ReProver formats it (Yang et al., arXiv 2306.15626).

    Each premise is a block of its own, the best next to the state:

        <a>SECOND</a> : STATEMENT

        <a>BEST</a> : STATEMENT

        STATE

    Args:
        state: The goal as the prover prints it. One that is too long loses its beginning.
        premises: The best first. Those that there is no room for are left out, the last first.
        limit: Of tokens, the end token included.
    """
    text = state
    room = limit - 1 - _size(state)
    for premise in premises:
        block = f"<a>{premise.name}</a> : {premise.statement}\n\n"
        room -= _size(block)
        if room < 0:
            break
        text = block + text
    return encode_end(text, limit)


def _size(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
