"""Limits and settings of proof search."""

from __future__ import annotations

from typing import Self

from pydantic import Field

from bait_core.options import Options, validate


class SearchLimits(Options):
    """What one theorem may cost, and how goals are expanded.

    A limit of None does not limit.
    """

    seconds: float | None = Field(default=60.0, ge=0, description="wall time per theorem")
    expansions: int | None = Field(default=None, ge=0, description="goals expanded per theorem")
    tactics: int = Field(default=64, ge=1, description="tactics proposed per goal")
    tactic_seconds: float | None = Field(
        default=None, gt=0, description="time limit of one tactic, by default the environment's own"
    )
    tactics_per_call: int = Field(
        default=1,
        ge=1,
        description="tactics sent to the prover at once: more for provers that pipeline; a goal "
        "that is proved, and a search that is stopped, skip the calls left",
    )


class SearchSettings(SearchLimits):
    """All that is set about a search: the limits, and its randomness."""

    tactic_seconds: float = Field(default=5.0, gt=0, description="time limit of one tactic")
    seed: int = Field(default=0, ge=0, description="seed of all randomness of the searches")

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
