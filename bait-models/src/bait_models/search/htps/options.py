"""Options of HyperTree Proof Search; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bait_core import Options


class HTPSOptions(Options):
    """Options of HyperTree Proof Search, named as in its authors' code.

    (`regularised` is called `other` there.) PUCT with c = 1 and 50 hypertrees per step are their
    defaults; the depth penalty is the one they use for Lean.
    """

    policy: Literal["alpha_zero", "regularised"] = Field(
        default="alpha_zero",
        description="how tactics are chosen: PUCT, or regularised policy optimisation",
    )
    exploration: float = Field(
        default=1.0, ge=0, allow_inf_nan=False, description="c: weight of the priors relative to q"
    )
    policy_temperature: float = Field(
        default=0.0,
        ge=0,
        allow_inf_nan=False,
        description="0 follows the best tactic; otherwise tactics are sampled by "
        "score^(1/temperature)",
    )
    depth_penalty: float = Field(
        default=0.95, gt=0, le=1, description="factor on a goal's value for each tactic above it"
    )
    succ_expansions: int = Field(
        default=50,
        ge=1,
        description="hypertrees selected per step; their leaves form one batch of up to a hundred "
        "goals or so: with fewer, each selection is better informed",
    )
    max_nodes_in_expansion: int | None = Field(
        default=None,
        ge=1,
        description="a step that has this many goals selects no further hypertrees; null means no "
        "limit",
    )
