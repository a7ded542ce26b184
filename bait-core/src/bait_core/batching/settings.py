"""Settings of batching."""

from __future__ import annotations

from pydantic import Field

from bait_core.options import Options


class BatchingSettings(Options):
    """How the questions of concurrent searches to one model are merged."""

    max_batch: int = Field(default=32, ge=1, description="most goals per call of a model")
    max_wait: float = Field(
        default=1.0,
        ge=0,
        description="seconds that a free model is kept waiting at most, for searches that are "
        "expected to ask soon; how long it is kept waiting, if at all, is found by measurement",
    )
    cache_size: int = Field(
        default=2_000,
        ge=0,
        description="answers of a model that are remembered; 0 asks it anew each time",
    )
