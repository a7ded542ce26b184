"""Options of the learned goal model, and of what trains it; light."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from bait_core.options import Options
from bait_models.byt5.options import NetworkSize
from bait_models.encoders.options import EncoderOptions
from bait_models.training.options import FitOptions


class ByteEncoderOptions(Options):
    """A network that reads the text of goals byte by byte; for every prover."""

    kind: Literal["bytes"] = Field(default="bytes", description="which encoder")
    pretrained: str | None = Field(
        default=None,
        description="a folder of transformers or a name on the Hugging Face hub to begin with, "
        "such as google/byt5-small",
    )
    size: NetworkSize = Field(
        default=NetworkSize(), description="of a network that begins with random weights"
    )
    max_source: int = Field(
        default=1024, ge=8, description="bytes of a goal; a longer one loses its beginning"
    )


GoalEncoderOptions = Annotated[ByteEncoderOptions | EncoderOptions, Field(discriminator="kind")]
"""How goals are read: by their texts, or by their terms, which is for HOL Light."""


class ProvabilityModelOptions(Options):
    """Which checkpoint, and where and how it runs."""

    checkpoint: Path = Field(description="what the trainer `provability` wrote")
    max_batch: int = Field(
        default=8192,
        ge=1,
        description="bytes, or nodes of terms, that are read at once, padding included; fewer "
        "need less memory, more may suit a GPU",
    )
    device: str = Field(default="auto", description="such as cpu or cuda; auto takes what there is")


class ProvabilityTrainerOptions(FitOptions):
    """How the goal model is trained."""

    learning_rate: float = Field(default=5e-4, gt=0, description="highest learning rate of AdamW")
    encoder: GoalEncoderOptions = Field(
        default=ByteEncoderOptions(),
        description="of goals: {kind: bytes, ...} for every prover, or an encoder of terms such as "
        "{kind: gnn, ...} for HOL Light; a checkpoint to start from has precedence",
    )
    group_by_length: bool = Field(
        default=True, description="whether goals of similar length share a batch"
    )
