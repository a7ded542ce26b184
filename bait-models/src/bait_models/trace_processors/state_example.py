"""The base of examples about what to do in a goal."""

from __future__ import annotations

import msgspec


class StateExample(msgspec.Struct, frozen=True):
    """An example about a goal.

    Attributes:
        state: The goal as the prover prints it.
    """

    state: str
