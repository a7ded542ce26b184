"""Losses and metrics of models that rank premises."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def choice_loss(scores: Tensor, positive: Tensor, accessible: Tensor) -> Tensor:
    """Cross entropy of each positive theorem against all negative ones.

    Args:
        scores: Logits [batch, theorems].
        positive: Which theorems a step uses, bool [batch, theorems].
        accessible: Which ones it could use, bool [batch, theorems].

    Returns:
        Mean over the positive ones of -log(exp s / (exp s + sum of exp s' over the accessible
        negative ones)); 0 if there are no positive ones.
    """
    others = scores.masked_fill(positive | ~accessible, -math.inf)
    rest = torch.logsumexp(others, dim=1, keepdim=True)
    losses = torch.logaddexp(scores, rest) - scores
    return (losses * positive).sum() / positive.sum().clamp(min=1)


def reciprocal_rank(scores: Tensor, positive: Tensor, accessible: Tensor) -> Tensor:
    """Mean reciprocal rank of the best positive theorem of each step that has one.

    Args:
        scores: [batch, theorems]
        positive: bool [batch, theorems]
        accessible: bool [batch, theorems]
    """
    has_one = positive.any(dim=1)
    if not has_one.any():
        return scores.new_tensor(0.0)
    best = scores.masked_fill(~positive, -math.inf).amax(dim=1, keepdim=True)
    better = (scores > best) & accessible
    return (1 / (1 + better.sum(dim=1)))[has_one].float().mean()
