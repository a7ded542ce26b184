"""Options of networks that read bytes and of their trainers; light."""

from __future__ import annotations

from pydantic import Field

from bait_core import Options
from bait_models.training.options import FitOptions


class NetworkSize(Options):
    """Size of a new network."""

    d_model: int = Field(default=256, ge=8, description="dimension of embeddings")
    d_ff: int = Field(default=512, ge=8, description="dimension of the feed-forward layers")
    layers: int = Field(default=4, ge=1, description="encoder layers")
    decoder_layers: int = Field(
        default=2, ge=1, description="decoder layers, if there is a decoder"
    )
    heads: int = Field(default=4, ge=1, description="attention heads")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="dropout rate")


class ByteFitOptions(FitOptions):
    """How a network that reads bytes is trained: where it starts, and what it reads."""

    learning_rate: float = Field(default=5e-4, gt=0, description="peak learning rate of AdamW")
    pretrained: str | None = Field(
        default=None,
        description="pretrained network to start from: a folder of transformers or a name on the "
        "Hugging Face hub such as google/byt5-small; a checkpoint to start from takes precedence",
    )
    lora_rank: int = Field(
        default=0,
        ge=0,
        description="rank of LoRA adapters, which alone are trained; 0 trains all weights",
    )
    lora_alpha: int = Field(default=16, ge=1, description="scale (alpha) of the LoRA adapters")
    lora_dropout: float = Field(
        default=0.0, ge=0, lt=1, description="dropout rate within the LoRA adapters"
    )
    max_source: int = Field(default=2300, ge=8, description="maximum bytes of a goal")
    group_by_length: bool = Field(
        default=True, description="whether to batch goals of similar length together"
    )


class ByteTrainerOptions(ByteFitOptions):
    """The same for networks that may start with random weights."""

    size: NetworkSize = Field(
        default=NetworkSize(), description="size of a network that starts with random weights"
    )
