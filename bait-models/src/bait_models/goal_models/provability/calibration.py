"""How good probabilities are, and how to make them better without changing their order."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

BINS = 15
_LARGEST_TEMPERATURE = 100.0


class Calibration(nn.Module):
    """Logits to better ones: logit / temperature + bias; at first they stay as they are.

    Temperature scaling (Guo et al., arXiv 1706.04599) with the bias of Platt's method (Platt 1999,
    "Probabilistic outputs for support vector machines"), as the classes may have been weighted in
    training. The temperature is positive, so that the order of goals stays.
    """

    temperature: Tensor
    bias: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("temperature", torch.tensor(1.0))
        self.register_buffer("bias", torch.tensor(0.0))

    def forward(self, logits: Tensor) -> Tensor:
        """Better logits, of any shape."""
        return logits / self.temperature + self.bias

    def fit(self, logits: Tensor, labels: Tensor) -> bool:
        """Choose temperature and bias so that the labels are least surprising, with L-BFGS.

        Labels are drawn from 0 and 1 as Platt does, so that a model that makes no mistake among
        these goals does not become certain.

        Args:
            logits: [goals]; not those of goals that were learned from.
            labels: In [0, 1], [goals].

        Returns:
            False if there is less than one goal of a class, soft labels counted as parts: nothing
            is changed then.
        """
        logits, labels = logits.detach().cpu().double(), labels.detach().cpu().double()
        positives = float(labels.sum())
        negatives = len(labels) - positives
        if min(positives, negatives) < 1:
            return False
        targets = labels * (positives + 1) / (positives + 2) + (1 - labels) / (negatives + 2)
        log_temperature = torch.zeros((), dtype=torch.float64, requires_grad=True)
        bias = torch.zeros((), dtype=torch.float64, requires_grad=True)
        optimizer = torch.optim.LBFGS(
            [log_temperature, bias], max_iter=200, line_search_fn="strong_wolfe"
        )

        def surprise() -> Tensor:
            optimizer.zero_grad()
            scaled = logits / _temperature(log_temperature) + bias
            loss = binary_cross_entropy_with_logits(scaled, targets)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        optimizer.step(surprise)  # type: ignore[no-untyped-call]
        self.temperature.copy_(_temperature(log_temperature.detach()))
        self.bias.copy_(bias.detach())
        return True


def expected_calibration_error(probabilities: Tensor, labels: Tensor, bins: int = BINS) -> float:
    """Mean distance of probabilities from what comes true (Guo et al., arXiv 1706.04599, eq. 3).

    Args:
        probabilities: [goals]
        labels: In [0, 1], [goals].
        bins: Of equal width, within which goals are averaged.

    Returns:
        In [0, 1].
    """
    places = (probabilities * bins).ceil().long().clamp(1, bins) - 1
    gaps = probabilities.new_zeros(bins).index_add(0, places, probabilities - labels)
    return float(gaps.abs().sum()) / len(labels)


def brier_score(probabilities: Tensor, labels: Tensor) -> float:
    """Mean squared distance of probabilities from labels, in [0, 1]."""
    return float((probabilities - labels).square().mean())


def _temperature(logarithm: Tensor) -> Tensor:
    limit = math.log(_LARGEST_TEMPERATURE)
    return logarithm.clamp(-limit, limit).exp()
