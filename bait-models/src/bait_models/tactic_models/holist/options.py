"""Options of HOList's tactic model and of its trainer; light."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bait_core import Options
from bait_models.encoders.options import EncoderOptions
from bait_models.training.options import FitOptions


class HolistModelOptions(Options):
    """Which checkpoint to load, and how many arguments of a tactic are tried."""

    checkpoint: Path = Field(description="checkpoint written by the trainer `holist`")
    templates: int = Field(default=48, ge=1, description="tactic templates considered per goal")
    premises: int = Field(
        default=12, ge=1, description="premises tried for a tactic that takes one"
    )
    lists: int = Field(
        default=8, ge=0, description="short premise lists tried for a tactic that takes a list"
    )
    long_lists: tuple[int, ...] = Field(
        default=(8, 16), description="lengths of the lists of best premises that are tried as well"
    )
    prover_lists: tuple[int, ...] = Field(
        default=(2, 12),
        description="the same for automation such as MESON_TAC, which gets no other lists",
    )
    terms: int = Field(default=6, ge=0, description="terms tried for a tactic that takes one")
    device: str = Field(
        default="auto",
        description="device to run on, such as cpu or cuda; auto uses a GPU if there is one",
    )


class HolistTrainerOptions(FitOptions):
    """How HOList's tactic model is trained."""

    library: Path = Field(
        description="theorems.jsonl.gz, written by `bait holist export --folder FOLDER`"
    )
    encoder: EncoderOptions = Field(
        default=EncoderOptions(),
        description="encoder of goals and of theorems, each with its own weights",
    )
    least_count: int = Field(
        default=3, ge=1, description="minimum number of occurrences; rarer tactics are left out"
    )
    negatives: int = Field(default=64, ge=0, description="random negative theorems per batch")
    hard_negatives: int = Field(
        default=3, ge=0, description="hard negative theorems (similar to the goal) per example"
    )
    max_batch_nodes: int = Field(
        default=20_000, ge=1, description="maximum nodes of the goals of a batch"
    )
