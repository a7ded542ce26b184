"""Limits and settings of proof search."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from bait_core.options import Options, validate


class SearchLimits(Options):
    """The limits per theorem, and how goals are expanded.

    None means no limit.
    """

    seconds: float | None = Field(default=60.0, ge=0, description="wall time per theorem")
    expansions: int | None = Field(default=None, ge=0, description="goals expanded per theorem")
    tactics: int = Field(default=64, ge=1, description="tactics proposed per goal")
    tactic_seconds: float | None = Field(
        default=None, gt=0, description="time limit per tactic; by default the environment's own"
    )
    tactics_per_call: int = Field(
        default=1,
        ge=1,
        description="tactics sent to the prover per call: more for provers that pipeline; once a "
        "goal is proved or the search is stopped, the remaining calls are skipped",
    )


class SearchSettings(SearchLimits):
    """All settings of a search: the limits and the random seed."""

    tactic_seconds: float = Field(default=5.0, gt=0, description="time limit of one tactic")
    seed: int = Field(default=0, ge=0, description="random seed of the searches")

    @classmethod
    def of(cls, limits: SearchLimits, *, tactic_seconds: float, seed: int) -> Self:
        """The settings for an environment.

        Args:
            limits: What the user has set.
            tactic_seconds: The environment's own limit, which holds unless the user has set one.
            seed: Of all randomness.

        Raises:
            ConfigurationError: The seed is negative.
        """
        given = limits.model_dump()
        if given["tactic_seconds"] is None:
            given["tactic_seconds"] = tactic_seconds
        return validate(cls, {**given, "seed": seed}, "the settings")
