"""Options of the models that read bytes, and of their trainers; light."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bait_core.plugins.options import Options
from bait_models.training.options import FitOptions


class GeneratorOptions(Options):
    """Which generator, and how it makes tactics."""

    checkpoint: str = Field(
        description="what the trainer `seq2seq` wrote, a folder of transformers, or a name on the "
        "Hugging Face hub such as kaiyuy/leandojo-lean4-tacgen-byt5-small"
    )
    generation: Literal["beam", "sample"] = Field(
        default="beam", description="the most probable tactics, or random ones"
    )
    temperature: float = Field(default=1.0, gt=0, description="of samples; more varies them more")
    top_p: float = Field(
        default=1.0, gt=0, le=1, description="samples use the likeliest tokens of this probability"
    )
    max_tokens: int = Field(default=256, ge=2, description="bytes of a tactic, at most")
    max_source: int | None = Field(
        default=None, ge=8, description="bytes of a goal, at most; as in training unless given"
    )
    max_sequences: int = Field(
        default=64, ge=1, description="tactics to make at once; fewer need less memory"
    )
    retriever: str | None = Field(
        default=None, description="what the trainer `retriever` wrote, to show premises with goals"
    )
    premises: int = Field(default=100, ge=1, description="premises to show, if there is room")
    seed: int = Field(default=0, ge=0, description="of samples")
    device: str = Field(default="auto", description="such as cpu or cuda; auto takes what there is")


class SizeOptions(Options):
    """How large a new network is."""

    d_model: int = Field(default=256, ge=8, description="length of embeddings")
    d_ff: int = Field(default=512, ge=8, description="width of the feed-forward layers")
    layers: int = Field(default=4, ge=1, description="of the encoder")
    decoder_layers: int = Field(default=2, ge=1, description="of the decoder, if there is one")
    heads: int = Field(default=4, ge=1, description="of attention")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="share of values left out")


class ByteTrainerOptions(FitOptions):
    """How a network that reads bytes is trained: what it begins with, and what it is shown."""

    learning_rate: float = Field(default=5e-4, gt=0, description="highest learning rate of AdamW")
    pretrained: str | None = Field(
        default=None,
        description="a folder of transformers or a name on the Hugging Face hub to begin with, "
        "such as google/byt5-small; a checkpoint to start from has precedence",
    )
    size: SizeOptions = Field(
        default=SizeOptions(), description="of a network that begins with random weights"
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


class Seq2SeqTrainerOptions(ByteTrainerOptions):
    """How a generator is trained."""

    max_target: int = Field(default=512, ge=8, description="bytes of a tactic, at most")
