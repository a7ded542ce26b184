"""Options of the searches; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

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


class UpDownOptions(Options):
    """Options of UpDown search."""

    selection: Literal["greedy", "sampling"] = Field(
        default="greedy",
        description="greedy expands all goals of the best derivation at once, sampling draws by "
        "the softmax of the scores",
    )
    temperature: float | None = Field(
        default=None, gt=0, description="of the softmax, for sampling only; null is 1"
    )
    batch_size: int | None = Field(
        default=None, ge=1, description="goals drawn per step, for sampling only; null is 1"
    )
    depth_discount: float = Field(
        default=0.99, gt=0, le=1, description="factor to the probability of a goal per level"
    )

    @model_validator(mode="after")
    def _refuse_what_has_no_effect(self) -> Self:
        idle = [name for name in ("temperature", "batch_size") if getattr(self, name) is not None]
        if self.selection == "greedy" and idle:
            raise ValueError(f"{' and '.join(idle)} has no effect when selection is greedy")
        return self


class FringeOptions(Options):
    """Options of Fringe search."""

    temperature: float = Field(
        default=1.0,
        gt=0,
        allow_inf_nan=False,
        description="of the softmax over fringes: the larger, the less their scores matter; near "
        "0 the best is taken",
    )
    batch_size: int = Field(default=1, ge=1, description="most goals expanded per step")
    max_fringes: int = Field(
        default=10_000, ge=1, description="fringes kept; beyond, the lowest-scored are dropped"
    )
    max_replayed: int = Field(
        default=8,
        ge=0,
        description="edges per step that are followed again, without the prover, where the first "
        "goal of a fringe was expanded for another",
    )

    @model_validator(mode="after")
    def _check_batch(self) -> Self:
        if self.batch_size > self.max_fringes:
            raise ValueError(
                f"a batch of {self.batch_size} goals can't come from {self.max_fringes} fringes; "
                "lower batch_size or raise max_fringes"
            )
        return self
