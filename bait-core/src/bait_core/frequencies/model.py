"""The tactic model `frequencies`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path

from pydantic import Field

from bait_core.domain import Suggestion
from bait_core.errors import CheckpointError
from bait_core.frequencies.training import read_counts
from bait_core.options import Options
from bait_core.protocols import TacticRequest


class FrequencyOptions(Options):
    """Options of the model."""

    checkpoint: Path = Field(description="checkpoint written by the trainer `frequencies`")


class FrequencyModel:
    """Proposes the most frequent tactics of earlier proofs, whatever the goal: a baseline.

    Raises:
        CheckpointError: There is no checkpoint, or it contains no tactic.
    """

    def __init__(self, options: FrequencyOptions) -> None:
        counts = read_counts(options.checkpoint)
        total = sum(counts.values())
        if not total:
            raise CheckpointError(f"the checkpoint {options.checkpoint} contains no tactic")
        self._suggestions = [
            Suggestion(tactic, math.log(count / total)) for tactic, count in counts.items()
        ]

    def get_tactics(self, requests: Sequence[TacticRequest], n: int) -> list[list[Suggestion]]:
        """The same `n` most frequent tactics for each goal."""
        return [self._suggestions[:n] for _ in requests]
