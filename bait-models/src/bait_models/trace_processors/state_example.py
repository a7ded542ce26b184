"""The base class of examples about a goal as text."""

from __future__ import annotations

import msgspec


class StateExample(msgspec.Struct, frozen=True):
    """An example about a goal.

    Attributes:
        state: The goal as the prover prints it.
    """

    state: str
