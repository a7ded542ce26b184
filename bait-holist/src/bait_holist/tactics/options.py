"""Options of the tactic model `holist-tactics`."""

from __future__ import annotations

from pydantic import Field

from bait_core import Options


class TemplateOptions(Options):
    """How templates are filled."""

    premises: int = Field(
        default=16,
        ge=0,
        le=1000,
        description="Number of library theorems tried in each template that has a theorem.",
    )
    terms: int = Field(
        default=6,
        ge=0,
        le=100,
        description="Number of terms tried in each template that has a term.",
    )
    ranking_exponent: float = Field(
        default=1.0,
        ge=0,
        description="Exponent e of the weight 1/r^e that a premise of rank r gets.",
    )
