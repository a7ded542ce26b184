"""Options of the generator and of its trainer; light."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from bait_core import Options
from bait_models.byt5.options import ByteTrainerOptions


class GeneratorOptions(Options):
    """Which generator to load, and how it generates tactics."""

    checkpoint: str = Field(
        description="checkpoint written by the trainer `seq2seq` or `dpo`, a folder of "
        "transformers, or a name on the Hugging Face hub such as "
        "kaiyuy/leandojo-lean4-tacgen-byt5-small"
    )
    generation: Literal["beam", "sample"] = Field(
        default="beam", description="beam search for the most probable tactics, or random sampling"
    )
    temperature: float = Field(
        default=1.0, gt=0, description="sampling temperature; higher gives more varied tactics"
    )
    top_p: float = Field(
        default=1.0,
        gt=0,
        le=1,
        description="nucleus sampling: sample from the likeliest tokens with this total "
        "probability",
    )
    max_tokens: int = Field(default=256, ge=2, description="maximum bytes of a tactic")
    max_source: int | None = Field(
        default=None, ge=8, description="maximum bytes of a goal; by default as in training"
    )
    max_sequences: int = Field(
        default=64, ge=1, description="tactics generated at once; fewer need less memory"
    )
    retriever: str | None = Field(
        default=None,
        description="retriever whose premises are shown with goals: checkpoint written by the "
        "trainer `retriever`, a folder of transformers, or a name on the Hugging Face hub such as "
        "kaiyuy/leandojo-lean4-retriever-byt5-small",
    )
    premises: int = Field(
        default=100, ge=1, description="retrieved premises per goal, as many as fit into max_source"
    )
    seed: int = Field(default=0, ge=0, description="seed of sampling")
    device: str = Field(
        default="auto",
        description="device to run on, such as cpu or cuda; auto uses a GPU if there is one",
    )


class Seq2SeqTrainerOptions(ByteTrainerOptions):
    """How a generator is trained."""

    max_target: int = Field(default=512, ge=8, description="maximum bytes of a tactic")
    retriever: str | None = Field(
        default=None,
        description="retriever whose premises are shown with goals: checkpoint written by the "
        "trainer `retriever`, a folder of transformers, or a name on the Hugging Face hub",
    )
    corpus: Path | None = Field(
        default=None,
        description="premise corpus for the retriever, written by `bait premises`; must be that "
        "of the trace processor",
    )
    premises: int = Field(
        default=100, ge=1, description="retrieved premises per goal, as many as fit into max_source"
    )
    premise_dropout: float = Field(
        default=0.5,
        ge=0,
        lt=1,
        description="share of the premises that are dropped, drawn anew each epoch",
    )

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.retriever is None) != (self.corpus is None):
            raise ValueError("retriever and corpus must be given together")
        return self
