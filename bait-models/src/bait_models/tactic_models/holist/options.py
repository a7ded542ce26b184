"""Options of HOList's tactic model and of its trainer; light."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bait_core.options import Options
from bait_models.encoders.options import EncoderOptions
from bait_models.training.options import FitOptions


class HolistModelOptions(Options):
    """Which checkpoint, and how many fillings of a tactic are proposed."""

    checkpoint: Path = Field(description="what the trainer `holist` wrote")
    templates: int = Field(default=48, ge=1, description="tactics considered per goal")
    premises: int = Field(default=12, ge=1, description="theorems tried for a tactic with one")
    lists: int = Field(default=8, ge=0, description="short lists tried for a tactic with a list")
    long_lists: tuple[int, ...] = Field(
        default=(8, 16), description="lengths of lists of the best theorems, tried besides"
    )
    prover_lists: tuple[int, ...] = Field(
        default=(2, 12), description="the same for provers such as MESON_TAC, which get no others"
    )
    terms: int = Field(default=6, ge=0, description="terms tried for a tactic with one")
    device: str = Field(default="auto", description="such as cpu or cuda; auto takes what there is")


class HolistTrainerOptions(FitOptions):
    """How HOList's tactic model is trained."""

    library: Path = Field(
        description="theorems.jsonl.gz, which `bait holist export --folder FOLDER` writes"
    )
    encoder: EncoderOptions = Field(
        default=EncoderOptions(), description="of goals and of theorems, each with its own weights"
    )
    least_count: int = Field(
        default=3, ge=1, description="tactics that occur less often are left out"
    )
    negatives: int = Field(default=64, ge=0, description="random theorems to tell apart, a batch")
    hard_negatives: int = Field(
        default=3, ge=0, description="theorems alike to the goal to tell apart, an example"
    )
    max_batch_nodes: int = Field(
        default=20_000, ge=1, description="nodes of the goals of a batch, at most"
    )
