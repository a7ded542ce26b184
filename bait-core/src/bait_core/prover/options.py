"""Limits and settings of proof search."""

from __future__ import annotations

from pydantic import Field

from bait_core.plugins.options import Options


class SearchLimits(Options):
    """What one theorem may cost, and how goals are expanded.

    A limit of None does not limit.
    """

    seconds: float | None = Field(default=60.0, ge=0, description="wall time per theorem")
    expansions: int | None = Field(default=None, ge=0, description="goals expanded per theorem")
    tactics: int = Field(default=64, ge=1, description="tactics proposed per goal")
    tactic_seconds: float = Field(default=5.0, gt=0, description="time limit of one tactic")
    tactics_per_call: int = Field(
        default=1,
        ge=1,
        description="tactics sent to the prover at once: more for provers that pipeline; a goal "
        "that is proved, and a search that is stopped, skip the calls left",
    )


class SearchSettings(SearchLimits):
    """All that is set about a search: the limits, and its randomness."""

    seed: int = Field(default=0, ge=0, description="seed of all randomness of the searches")


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


class RunSettings(Options):
    """What a run over several theorems may cost.

    A spent budget ends the run as the user would: what was not searched has no final record.
    """

    workers: int = Field(default=1, ge=1, description="theorems searched at a time")
    seconds: float | None = Field(default=None, ge=0, description="wall time of all together")
    expansions: int | None = Field(
        default=None, ge=0, description="goals expanded for all together"
    )
    batching: BatchingSettings = Field(
        default=BatchingSettings(), description="how questions to the models are merged"
    )
