"""Options of HyperTree Proof Search; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bait_core.options import Options


class HTPSOptions(Options):
    """Options of HyperTree Proof Search, named as in its authors' code.

    (There `regularised` is called `other`.) c = 1 with PUCT and 50 hypertrees per step are theirs;
    the depth penalty is the one that they use for Lean.
    """

    policy: Literal["alpha_zero", "regularised"] = Field(
        default="alpha_zero",
        description="how a tactic is chosen: PUCT, or regularised policy optimisation",
    )
    exploration: float = Field(
        default=1.0, ge=0, allow_inf_nan=False, description="c: weight of the priors against q"
    )
    policy_temperature: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="0 follows the best tactic; otherwise drawn by score^(1/temperature)",
    )
    depth_penalty: float = Field(
        default=0.95, gt=0, le=1, description="factor to a goal's value per tactic above it"
    )
    succ_expansions: int = Field(
        default=50,
        ge=1,
        description="hypertrees selected per step; their leaves are one batch, which can be a "
        "hundred goals: with fewer, each choice knows more",
    )
    max_nodes_in_expansion: int | None = Field(
        default=None,
        ge=1,
        description="no more hypertrees are begun in a step that has this many goals; null is "
        "no limit",
    )
