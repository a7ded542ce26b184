"""Options of the trainer of retrievers; light."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bait_models.byt5.options import ByteTrainerOptions


class RetrieverTrainerOptions(ByteTrainerOptions):
    """How a retriever is trained; the numbers are ReProver's, but not the loss."""

    corpus: Path = Field(
        description="what `bait premises` wrote; that of which the examples were made"
    )
    learning_rate: float = Field(default=1e-4, gt=0, description="highest learning rate of AdamW")
    max_source: int = Field(default=1024, ge=8, description="bytes of a goal or premise, at most")
    loss: Literal["mse", "infonce"] = Field(
        default="infonce",
        description="infonce: each premise that a step uses against those that it does not, as "
        "probabilities; mse: ReProver's, squared errors of cosines, 1 for used premises, else 0",
    )
    temperature: float = Field(default=0.05, gt=0, description="of infonce; less is sharper")
    positives: int = Field(
        default=2, ge=1, description="premises that a step uses to show with it, drawn each epoch"
    )
    negatives: int = Field(
        default=3, ge=0, description="hard negatives to show with a step, drawn each epoch"
    )
