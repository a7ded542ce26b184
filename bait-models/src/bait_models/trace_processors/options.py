"""Options of the trace processors; light, since listing plugins imports them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bait_core import Options


class HolistStepsOptions(Options):
    """Where HOL Light's library is."""

    library: Path = Field(
        description="theorems.jsonl.gz, written by `bait holist export --folder FOLDER`"
    )


class CorpusOptions(Options):
    """How a premise corpus is read."""

    is_ordered: bool = Field(
        default=False,
        description="whether theorems can only use what comes before them in the corpus, as in "
        "HOL Light; traces of its human proofs record this themselves",
    )


class Seq2SeqOptions(CorpusOptions):
    """Which premises to look for in tactics."""

    corpus: Path | None = Field(
        default=None,
        description="premise corpus written by `bait premises`; without it, examples name no "
        "premises",
    )


class RetrievalOptions(CorpusOptions):
    """Which premises to look for in tactics, and how many negatives to add."""

    corpus: Path = Field(description="premise corpus written by `bait premises`")
    negatives: int = Field(
        default=10, ge=0, description="hard negatives per step, from which the trainer draws"
    )


class ProvabilityOptions(Options):
    """How goals are labelled."""

    labels: Literal["hard", "visits", "values"] = Field(
        default="hard",
        description="labels of goals without a proof: hard is 0 from `threshold` visits on; "
        "visits falls from 1/2 to 0 at `threshold` visits; values is HTPS's estimate",
    )
    threshold: int = Field(
        default=2048,
        ge=1,
        description="visits (tactics tried on a goal and its descendants) without success that "
        "make a goal count as unprovable; has no effect on values",
    )
    least_visits: int = Field(
        default=50,
        ge=1,
        description="minimum visits of a goal without a proof; goals with fewer are left out; has "
        "no effect on hard",
    )
    provable_weight: float = Field(
        default=2.0,
        gt=0,
        allow_inf_nan=False,
        description="weight of goals that were proved; others weigh 1",
    )
    depth_penalty: float = Field(
        default=0.95,
        gt=0,
        le=1,
        description="factor on a value per tactic, for values only; as in HTPS",
    )


class PreferencesOptions(Options):
    """Which pairs of tactics make examples."""

    pairs_per_goal: int = Field(default=8, ge=1, description="maximum pairs of tactics per goal")
    timing: bool = Field(
        default=False,
        description="whether the faster of two tactics with the same outcome counts as better",
    )
    max_tactic: int = Field(
        default=512, ge=1, description="maximum bytes of a tactic; longer ones are left out"
    )


class EpisodesOptions(Options):
    """Rewards of tactics."""

    error: float = Field(
        default=-0.1, allow_inf_nan=False, description="reward of a tactic that failed"
    )
    applied: float = Field(
        default=0.1,
        allow_inf_nan=False,
        description="reward of a tactic that applied but led to no proof",
    )
    proved: float = Field(
        default=1.0,
        allow_inf_nan=False,
        description="reward of a tactic that led to a proof of its goal",
    )
    root_proved: float = Field(
        default=10.0,
        allow_inf_nan=False,
        description="reward of such a tactic if the theorem was proved as well",
    )
