"""Options of the core's own searches; light, since listing plugins imports them."""

from __future__ import annotations

from pydantic import Field

from bait_core.options import Options


class BreadthFirstOptions(Options):
    """Options of breadth-first search."""

    batch_size: int = Field(default=1, ge=1, description="goals expanded per step")


class BestFirstOptions(Options):
    """Options of best-first search."""

    length_exponent: float = Field(
        default=0.0,
        ge=0.0,
        le=1.0,
        description="alpha in (sum of log-probabilities) / length^alpha; 0 favours short proofs",
    )
    batch_size: int = Field(default=1, ge=1, description="goals expanded per step")
