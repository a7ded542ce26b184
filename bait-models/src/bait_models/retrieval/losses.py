"""Losses of retrievers."""

from __future__ import annotations

from functools import partial
from typing import Literal

from torch import Tensor

from bait_models.retrieval.model import Loss
from bait_models.training.ranking import choice_loss


def squared_error(cosines: Tensor, chosen: Tensor, allowed: Tensor) -> Tensor:
    """ReProver's loss: mean squared error (Yang et al., arXiv 2306.15626, section 5).

    Args:
        cosines: [goals, premises]
        chosen: Premises whose cosine is to be 1, bool [goals, premises]; that of others is to be 0.
        allowed: Which pairs count, bool [goals, premises]. In ReProver all do; those left out here
            are premises that came after the theorem, which may be the theorem itself.
    """
    errors = (cosines - chosen.float()) ** 2
    return (errors * allowed).sum() / allowed.sum().clamp(min=1)


def info_nce(cosines: Tensor, chosen: Tensor, allowed: Tensor, temperature: float) -> Tensor:
    """InfoNCE (van den Oord et al., arXiv 1807.03748) with the negatives of the batch.

    As in dense passage retrieval (Karpukhin et al., arXiv 2004.04906), but of cosines, and with
    several positives, each against the negatives only.

    Args:
        cosines: [goals, premises]
        chosen: The positives, bool [goals, premises].
        allowed: Which pairs count, bool [goals, premises].
        temperature: Cosines are divided by it.
    """
    return choice_loss(cosines / temperature, chosen, allowed)


def make_loss(name: Literal["mse", "infonce"], temperature: float) -> Loss:
    """The loss of that name."""
    return squared_error if name == "mse" else partial(info_nce, temperature=temperature)
