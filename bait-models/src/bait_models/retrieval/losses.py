"""Losses of retrievers."""

from __future__ import annotations

from functools import partial
from typing import Literal

from torch import Tensor

from bait_models.retrieval.model import Loss
from bait_models.training.ranking import choice_loss


def squared_error(cosines: Tensor, positive: Tensor, accessible: Tensor) -> Tensor:
    """ReProver's loss: mean squared error (Yang et al., arXiv 2306.15626, section 5).

    Args:
        cosines: [goals, premises]
        positive: Pairs whose cosine should be 1, bool [goals, premises]; for others it should be 0.
        accessible: Which pairs count, bool [goals, premises]. In ReProver all do; left out here are
            premises that come after the theorem, or are the theorem itself.
    """
    errors = (cosines - positive.float()) ** 2
    return (errors * accessible).sum() / accessible.sum().clamp(min=1)


def info_nce(cosines: Tensor, positive: Tensor, accessible: Tensor, temperature: float) -> Tensor:
    """InfoNCE (van den Oord et al., arXiv 1807.03748) with the negatives of the batch.

    As in dense passage retrieval (Karpukhin et al., arXiv 2004.04906), but of cosines, and with
    several positives, each against the negatives only.

    Args:
        cosines: [goals, premises]
        positive: The positives, bool [goals, premises].
        accessible: Which pairs count, bool [goals, premises].
        temperature: Divides the cosines.
    """
    return choice_loss(cosines / temperature, positive, accessible)


def make_loss(name: Literal["mse", "infonce"], temperature: float) -> Loss:
    """The loss of that name."""
    return squared_error if name == "mse" else partial(info_nce, temperature=temperature)
