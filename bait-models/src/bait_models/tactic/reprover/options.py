"""Options of the generator, and of what trains it; light."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bait_core.plugins.options import Options
from bait_models.byt5.options import ByteTrainerOptions


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


class Seq2SeqTrainerOptions(ByteTrainerOptions):
    """How a generator is trained."""

    max_target: int = Field(default=512, ge=8, description="bytes of a tactic, at most")
