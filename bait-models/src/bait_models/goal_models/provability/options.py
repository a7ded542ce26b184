"""Options of the learned goal model and of its trainer; light."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field

from bait_core import Options
from bait_models.byt5.options import NetworkSize
from bait_models.encoders.options import EncoderOptions
from bait_models.training.options import FitOptions


class ByteEncoderOptions(Options):
    """A network that reads the text of goals byte by byte; works with every prover."""

    kind: Literal["bytes"] = Field(default="bytes", description="kind of encoder")
    pretrained: str | None = Field(
        default=None,
        description="pretrained network to start from: a folder of transformers or a name on the "
        "Hugging Face hub such as google/byt5-small",
    )
    size: NetworkSize = Field(
        default=NetworkSize(), description="size of a network that starts with random weights"
    )
    max_source: int = Field(
        default=1024, ge=8, description="maximum bytes of a goal; longer ones lose their beginning"
    )


GoalEncoderOptions = Annotated[ByteEncoderOptions | EncoderOptions, Field(discriminator="kind")]
"""How goals are read: as text, or as terms (HOL Light only)."""


class ProvabilityModelOptions(Options):
    """Which checkpoint to load, and how it runs."""

    checkpoint: Path = Field(description="checkpoint written by the trainer `provability`")
    max_batch: int = Field(
        default=8192,
        ge=1,
        description="bytes (or nodes of terms) read at once, including padding; fewer need less "
        "memory, more may suit a GPU",
    )
    device: str = Field(
        default="auto",
        description="device to run on, such as cpu or cuda; auto uses a GPU if there is one",
    )


class ProvabilityTrainerOptions(FitOptions):
    """How the goal model is trained."""

    learning_rate: float = Field(default=5e-4, gt=0, description="peak learning rate of AdamW")
    encoder: GoalEncoderOptions = Field(
        default=ByteEncoderOptions(),
        description="encoder of goals: {kind: bytes, ...} for every prover, or a term encoder "
        "such as {kind: gnn, ...} for HOL Light; a checkpoint to start from takes precedence",
    )
    group_by_length: bool = Field(
        default=True, description="whether to batch goals of similar length together"
    )
