"""Options of Fringe search; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from bait_core import Options


class FringeOptions(Options):
    """Options of Fringe search."""

    temperature: float = Field(
        default=1.0,
        gt=0,
        allow_inf_nan=False,
        description="temperature of the softmax over fringes; higher makes their scores matter "
        "less, near 0 the best fringe is always taken",
    )
    batch_size: int = Field(
        default=1, ge=1, description="maximum number of goals expanded per step"
    )
    max_fringes: int = Field(
        default=10_000,
        ge=1,
        description="fringes kept; when there are more, the lowest-scored are dropped",
    )
    max_replayed: int = Field(
        default=8,
        ge=0,
        description="edges per step that are replayed, without the prover, where the first goal "
        "of a fringe was already expanded for another fringe",
    )

    @model_validator(mode="after")
    def _check_batch(self) -> Self:
        if self.batch_size > self.max_fringes:
            raise ValueError(
                f"a batch of {self.batch_size} goals can't come from {self.max_fringes} fringes; "
                "lower batch_size or raise max_fringes"
            )
        return self
