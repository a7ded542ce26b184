"""Options of the tactic model `ilql` and of its trainer; light."""

from __future__ import annotations

from pydantic import Field

from bait_models.byt5.options import ByteTrainerOptions
from bait_models.tactic_models.reprover.options import GeneratorOptions


class ILQLModelOptions(GeneratorOptions):
    """Which checkpoint, and how much the learned values count."""

    checkpoint: str = Field(description="what the trainer `ilql` wrote")
    beta: float = Field(
        default=1.0,
        ge=0,
        description="how much the values change the probabilities of tokens; 0 not at all",
    )


class ILQLTrainerOptions(ByteTrainerOptions):
    """How a generator and its values are trained."""

    max_target: int = Field(default=512, ge=8, description="bytes of a tactic, at most")
    gamma: float = Field(default=1.0, gt=0, le=1, description="discount per token")
    tau: float = Field(
        default=0.9, gt=0, lt=1, description="expectile of what tokens are worth that a state has"
    )
    cql_weight: float = Field(
        default=1e-4,
        ge=0,
        description="of the loss that keeps tokens nobody tried from high values",
    )
    lm_weight: float = Field(
        default=1.0, ge=0, description="of the loss by which the generator learns the tactics"
    )
    awr_beta: float = Field(
        default=0.0,
        ge=0,
        description="how much more the generator learns from better tokens; 0 not at all",
    )
    polyak: float = Field(
        default=0.005, gt=0, le=1, description="share of the values that their copies take a step"
    )
    detach_values: bool = Field(
        default=False, description="whether values leave the network that they are read off alone"
    )
