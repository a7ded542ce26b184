"""Options of UpDown search; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from bait_core import Options


class UpDownOptions(Options):
    """Options of UpDown search."""

    selection: Literal["greedy", "sampling"] = Field(
        default="greedy",
        description="greedy expands all goals of the best derivation at once; sampling draws "
        "goals from the softmax of the scores",
    )
    temperature: float | None = Field(
        default=None,
        gt=0,
        description="temperature of the softmax, for sampling only; null means 1",
    )
    batch_size: int | None = Field(
        default=None, ge=1, description="goals drawn per step, for sampling only; null means 1"
    )
    depth_discount: float = Field(
        default=0.99, gt=0, le=1, description="factor on a goal's probability per level of depth"
    )

    @model_validator(mode="after")
    def _refuse_what_has_no_effect(self) -> Self:
        idle = [name for name in ("temperature", "batch_size") if getattr(self, name) is not None]
        if self.selection == "greedy" and idle:
            raise ValueError(f"{' and '.join(idle)} has no effect when selection is greedy")
        return self
