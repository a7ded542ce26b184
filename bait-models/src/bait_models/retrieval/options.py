"""Options of the trainer `retriever`; light."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bait_models.byt5.options import ByteTrainerOptions


class RetrieverTrainerOptions(ByteTrainerOptions):
    """How a retriever is trained; the defaults are ReProver's, except for the loss."""

    corpus: Path = Field(
        description="premise corpus written by `bait premises`; the one that the examples were "
        "made from"
    )
    learning_rate: float = Field(default=1e-4, gt=0, description="peak learning rate of AdamW")
    max_source: int = Field(default=1024, ge=8, description="maximum bytes of a goal or premise")
    loss: Literal["mse", "infonce"] = Field(
        default="infonce",
        description="infonce contrasts each premise that a step uses with those it does not use; "
        "mse is ReProver's squared error of cosines: 1 for used premises, 0 for others",
    )
    temperature: float = Field(
        default=0.05, gt=0, description="temperature of infonce; lower is sharper"
    )
    positives: int = Field(
        default=2, ge=1, description="used premises per step in a batch, drawn anew each epoch"
    )
    negatives: int = Field(
        default=3, ge=0, description="hard negatives per step in a batch, drawn anew each epoch"
    )
