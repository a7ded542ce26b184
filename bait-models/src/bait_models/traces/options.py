"""Options of the trace processors; light, since listing plugins imports them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import Field

from bait_core.plugins.options import Options


class HolistStepsOptions(Options):
    """What HOL Light's library is."""

    library: Path = Field(
        description="theorems.jsonl.gz, which `bait holist export --folder FOLDER` writes"
    )


class Seq2SeqOptions(Options):
    """What the names of premises are."""

    corpus: Path | None = Field(
        default=None,
        description="premises by name (jsonl.gz); without it, examples name no premises",
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
