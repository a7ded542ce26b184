"""Options of the goal models; light, since listing plugins imports them."""

from __future__ import annotations

from pydantic import Field

from bait_core import Options


class SizeOptions(Options):
    """Options of the goal model that rates goals by size."""

    scale: float = Field(
        default=100.0,
        gt=0,
        description="number of tokens at which a goal is given a probability of one half",
    )


class ConstantOptions(Options):
    """Options of the goal model that gives every goal the same probability."""

    probability: float = Field(
        default=0.5, gt=0, le=1, description="probability that a goal can be proved"
    )
