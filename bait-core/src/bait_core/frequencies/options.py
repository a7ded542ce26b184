"""Options of the tactic model `frequencies`."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field

from bait_core.options import Options


class FrequencyOptions(Options):
    """Where the counts are."""

    checkpoint: Path = Field(description="what the trainer `frequencies` wrote")
