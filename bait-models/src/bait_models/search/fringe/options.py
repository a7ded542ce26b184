"""Options of Fringe search; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Self

from pydantic import Field, model_validator

from bait_core.options import Options


class FringeOptions(Options):
    """Options of Fringe search."""

    temperature: float = Field(
        default=1.0,
        gt=0,
        allow_inf_nan=False,
        description="of the softmax over fringes: the larger, the less their scores matter; near "
        "0 the best is taken",
    )
    batch_size: int = Field(default=1, ge=1, description="most goals expanded per step")
    max_fringes: int = Field(
        default=10_000, ge=1, description="fringes kept; beyond, the lowest-scored are dropped"
    )
    max_replayed: int = Field(
        default=8,
        ge=0,
        description="edges per step that are followed again, without the prover, where the first "
        "goal of a fringe was expanded for another",
    )

    @model_validator(mode="after")
    def _check_batch(self) -> Self:
        if self.batch_size > self.max_fringes:
            raise ValueError(
                f"a batch of {self.batch_size} goals can't come from {self.max_fringes} fringes; "
                "lower batch_size or raise max_fringes"
            )
        return self
