"""Options of networks that read bytes, and of what trains them; light."""

from __future__ import annotations

from pydantic import Field

from bait_core.options import Options
from bait_models.training.options import FitOptions


class NetworkSize(Options):
    """How large a new network is."""

    d_model: int = Field(default=256, ge=8, description="length of embeddings")
    d_ff: int = Field(default=512, ge=8, description="width of the feed-forward layers")
    layers: int = Field(default=4, ge=1, description="of the encoder")
    decoder_layers: int = Field(default=2, ge=1, description="of the decoder, if there is one")
    heads: int = Field(default=4, ge=1, description="of attention")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="share of values left out")


class ByteFitOptions(FitOptions):
    """How a network that reads bytes is trained: what it begins with, and what it is shown."""

    learning_rate: float = Field(default=5e-4, gt=0, description="highest learning rate of AdamW")
    pretrained: str | None = Field(
        default=None,
        description="a folder of transformers or a name on the Hugging Face hub to begin with, "
        "such as google/byt5-small; a checkpoint to start from has precedence",
    )
    lora_rank: int = Field(
        default=0,
        ge=0,
        description="train low-rank changes of this rank only; 0 trains all weights",
    )
    lora_alpha: int = Field(default=16, ge=1, description="weight of the low-rank changes")
    lora_dropout: float = Field(default=0.0, ge=0, lt=1, description="within these changes")
    max_source: int = Field(default=2300, ge=8, description="bytes of a goal, at most")
    group_by_length: bool = Field(
        default=True, description="whether goals of similar length share a batch"
    )


class ByteTrainerOptions(ByteFitOptions):
    """The same where a network may begin with random weights."""

    size: NetworkSize = Field(
        default=NetworkSize(), description="of a network that begins with random weights"
    )
