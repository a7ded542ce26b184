"""Options of the generator, and of what trains it; light."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from bait_core.options import Options
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
        default=None,
        description="shows premises with goals: what the trainer `retriever` wrote, a folder of "
        "transformers, or a name such as kaiyuy/leandojo-lean4-retriever-byt5-small",
    )
    premises: int = Field(default=100, ge=1, description="premises to show, if there is room")
    seed: int = Field(default=0, ge=0, description="of samples")
    device: str = Field(default="auto", description="such as cpu or cuda; auto takes what there is")


class Seq2SeqTrainerOptions(ByteTrainerOptions):
    """How a generator is trained."""

    max_target: int = Field(default=512, ge=8, description="bytes of a tactic, at most")
    retriever: str | None = Field(
        default=None,
        description="shows premises with goals: what the trainer `retriever` wrote, a folder of "
        "transformers or a name on the Hugging Face hub",
    )
    corpus: Path | None = Field(
        default=None,
        description="premises for the retriever, what `bait premises` wrote; the trace processor "
        "gets the same",
    )
    premises: int = Field(default=100, ge=1, description="premises to show, if there is room")
    premise_dropout: float = Field(
        default=0.5, ge=0, lt=1, description="share of them that is left out, others each epoch"
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.retriever is None) != (self.corpus is None):
            raise ValueError("a retriever needs a corpus, and a corpus a retriever")
        return self
