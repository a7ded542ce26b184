"""Calibration of probabilities that keeps their order, and measures of it."""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn
from torch.nn.functional import binary_cross_entropy_with_logits

BINS = 15
_LARGEST_TEMPERATURE = 100.0


class Calibration(nn.Module):
    """Calibrates logits: logit / temperature + bias; initially the identity.

    Temperature scaling (Guo et al., arXiv 1706.04599) with the bias of Platt's method (Platt 1999,
    "Probabilistic outputs for support vector machines"), since the classes may have been weighted
    in training. The temperature is positive, so that the order of goals is kept.
    """

    temperature: Tensor
    bias: Tensor

    def __init__(self) -> None:
        super().__init__()
        self.register_buffer("temperature", torch.tensor(1.0))
        self.register_buffer("bias", torch.tensor(0.0))

    def forward(self, logits: Tensor) -> Tensor:
        """Calibrated logits, of any shape."""
        return logits / self.temperature + self.bias

    def fit(self, logits: Tensor, labels: Tensor) -> bool:
        """Choose temperature and bias that minimise the cross entropy of the labels, with L-BFGS.

        As in Platt's method, labels are moved away from 0 and 1, so that a model without mistakes
        on these goals does not become certain.

        Args:
            logits: [goals]; of goals that were not used in training.
            labels: In [0, 1], [goals].

        Returns:
            False if a class has less than one goal, counting soft labels as fractions; then nothing
            is changed.
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

        def cross_entropy() -> Tensor:
            optimizer.zero_grad()
            scaled = logits / _temperature(log_temperature) + bias
            loss = binary_cross_entropy_with_logits(scaled, targets)
            loss.backward()  # type: ignore[no-untyped-call]
            return loss

        optimizer.step(cross_entropy)  # type: ignore[no-untyped-call]
        self.temperature.copy_(_temperature(log_temperature.detach()))
        self.bias.copy_(bias.detach())
        return True


def expected_calibration_error(probabilities: Tensor, labels: Tensor, bins: int = BINS) -> float:
    """Mean gap between probabilities and observed frequencies (Guo et al., 1706.04599, eq. 3).

    Args:
        probabilities: [goals]
        labels: In [0, 1], [goals].
        bins: Number of bins of equal width, within which goals are averaged.

    Returns:
        In [0, 1].
    """
    bin_numbers = (probabilities * bins).ceil().long().clamp(1, bins) - 1
    gaps = probabilities.new_zeros(bins).index_add(0, bin_numbers, probabilities - labels)
    return float(gaps.abs().sum()) / len(labels)


def brier_score(probabilities: Tensor, labels: Tensor) -> float:
    """Mean squared distance of probabilities from labels, in [0, 1]."""
    return float((probabilities - labels).square().mean())


def _temperature(logarithm: Tensor) -> Tensor:
    limit = math.log(_LARGEST_TEMPERATURE)
    return logarithm.clamp(-limit, limit).exp()
