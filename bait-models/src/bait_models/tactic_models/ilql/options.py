"""Options of the tactic model `ilql` and of its trainer; light."""

from __future__ import annotations

from pydantic import Field

from bait_models.byt5.options import ByteTrainerOptions
from bait_models.tactic_models.reprover.options import GeneratorOptions


class ILQLModelOptions(GeneratorOptions):
    """Which checkpoint to load, and how much the learned values count."""

    checkpoint: str = Field(description="checkpoint written by the trainer `ilql`")
    beta: float = Field(
        default=1.0,
        ge=0,
        description="how strongly the values change the probabilities of tokens; 0 means not at "
        "all",
    )


class ILQLTrainerOptions(ByteTrainerOptions):
    """How a generator and its values are trained."""

    max_target: int = Field(default=512, ge=8, description="maximum bytes of a tactic")
    gamma: float = Field(default=1.0, gt=0, le=1, description="discount per token")
    tau: float = Field(
        default=0.9,
        gt=0,
        lt=1,
        description="expectile of the token values that a state's value estimates",
    )
    cql_weight: float = Field(
        default=1e-4,
        ge=0,
        description="weight of the loss (CQL) that keeps the values of untried tokens low",
    )
    lm_weight: float = Field(
        default=1.0,
        ge=0,
        description="weight of the loss with which the generator learns the tactics",
    )
    awr_beta: float = Field(
        default=0.0,
        ge=0,
        description="how much more the generator learns from better tokens; 0 means all count "
        "alike",
    )
    polyak: float = Field(
        default=0.005,
        gt=0,
        le=1,
        description="step size of the target networks towards the Q heads",
    )
    detach_values: bool = Field(
        default=False,
        description="whether to keep the losses of the values from changing the network below the "
        "heads",
    )
