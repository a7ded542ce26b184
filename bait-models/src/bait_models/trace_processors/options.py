"""Options of the trace processors; light, since listing plugins imports them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bait_core.options import Options


class HolistStepsOptions(Options):
    """What HOL Light's library is."""

    library: Path = Field(
        description="theorems.jsonl.gz, which `bait holist export --folder FOLDER` writes"
    )


class CorpusOptions(Options):
    """What a corpus says about what a proof may use."""

    is_ordered: bool = Field(
        default=False,
        description="whether a theorem of the corpus can only use what comes before it there, as "
        "in HOL Light; people's proofs there tell it themselves",
    )


class Seq2SeqOptions(CorpusOptions):
    """What the names of premises are."""

    corpus: Path | None = Field(
        default=None,
        description="what `bait premises` wrote; without it, examples name no premises",
    )


class RetrievalOptions(CorpusOptions):
    """What the premises are."""

    corpus: Path = Field(description="what `bait premises` wrote")
    negatives: int = Field(
        default=10, ge=0, description="hard negatives of a step, from which the trainer draws"
    )


class ProvabilityOptions(Options):
    """Which goals count as provable, and which as not."""

    labels: Literal["hard", "visits", "values"] = Field(
        default="hard",
        description="of goals without a proof: hard is 0 from `threshold` visits on; visits falls "
        "from 1/2 to 0 there; values is what HTPS estimates",
    )
    threshold: int = Field(
        default=2048,
        ge=1,
        description="tactics tried on a goal and below it, all in vain, that make it unprovable; "
        "has no effect on values",
    )
    least_visits: int = Field(
        default=50,
        ge=1,
        description="tactics tried on a goal and below it without which it is left out; has no "
        "effect on hard",
    )
    provable_weight: float = Field(
        default=2.0,
        gt=0,
        allow_inf_nan=False,
        description="weight of a goal that was proved; others weigh 1",
    )
    depth_penalty: float = Field(
        default=0.95, gt=0, le=1, description="factor per tactic, for values only; as of HTPS"
    )


class PreferencesOptions(Options):
    """Which pairs of tactics to learn from."""

    pairs_per_goal: int = Field(default=8, ge=1, description="pairs of tactics of a goal, at most")
    timing: bool = Field(
        default=False, description="whether of two tactics with like outcomes the faster is better"
    )
    max_tactic: int = Field(
        default=512, ge=1, description="bytes of a tactic, at most; longer ones are in no pair"
    )


class EpisodesOptions(Options):
    """What tactics are rewarded with."""

    error: float = Field(default=-0.1, allow_inf_nan=False, description="of one that failed")
    applied: float = Field(
        default=0.1, allow_inf_nan=False, description="of one that led to no proof"
    )
    proved: float = Field(
        default=1.0, allow_inf_nan=False, description="of one that led to a proof of its goal"
    )
    root_proved: float = Field(
        default=10.0,
        allow_inf_nan=False,
        description="of such a one if the theorem was proved too",
    )
