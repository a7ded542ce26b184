"""Options of the tactic model `holist-tactics`."""

from __future__ import annotations

from pydantic import Field

from bait_core.options import Options


class TemplateOptions(Options):
    """How many ways of filling a template are proposed."""

    premises: int = Field(
        default=16, ge=0, le=1000, description="Library theorems tried for a template with one."
    )
    terms: int = Field(default=6, ge=0, le=100, description="Terms tried for a template with one.")
    ranking_exponent: float = Field(
        default=1.0,
        ge=0,
        description="How fast the weight of a premise falls with its rank r: as 1/r to this power.",
    )
