"""Settings of batching."""

from __future__ import annotations

from pydantic import Field

from bait_core.options import Options


class BatchingSettings(Options):
    """How the requests of concurrent searches to one model are batched."""

    max_batch: int = Field(default=32, ge=1, description="maximum number of goals per model call")
    max_wait: float = Field(
        default=1.0,
        ge=0,
        description="longest time in seconds that an idle model waits for further requests; the "
        "actual wait, if any, is derived from measurements",
    )
    cache_size: int = Field(
        default=2_000,
        ge=0,
        description="number of a model's results to cache; 0 disables the cache",
    )
