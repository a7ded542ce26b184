"""Options of the trainer `dpo`; light."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bait_models.byt5.options import ByteFitOptions


class DPOTrainerOptions(ByteFitOptions):
    """How a generator is trained by preference optimisation."""

    learning_rate: float = Field(default=1e-5, gt=0, description="peak learning rate of AdamW")
    beta: float = Field(
        default=0.1, gt=0, description="how strongly the generator is kept close to its reference"
    )
    label_smoothing: float = Field(
        default=0.0, ge=0, lt=0.5, description="assumed share of pairs that are the wrong way round"
    )
    reference: Literal["frozen", "recorded"] = Field(
        default="frozen",
        description="where the reference's log-probabilities come from: a frozen copy of the "
        "generator, or the recorded searches, which must have used that very generator",
    )
