"""Losses and measures of models that rank premises."""

from __future__ import annotations

import math

import torch
from torch import Tensor


def choice_loss(scores: Tensor, chosen: Tensor, allowed: Tensor) -> Tensor:
    """How surprising the chosen theorems are, each against all that were not chosen.

    Args:
        scores: Logits [batch, theorems].
        chosen: Which theorems a step uses, bool [batch, theorems].
        allowed: Which it might have used, bool [batch, theorems].

    Returns:
        Mean over the chosen ones of -log(exp s / (exp s + sum of exp s' of allowed others)); 0 if
        none is chosen.
    """
    others = scores.masked_fill(chosen | ~allowed, -math.inf)
    rest = torch.logsumexp(others, dim=1, keepdim=True)
    losses = torch.logaddexp(scores, rest) - scores
    return (losses * chosen).sum() / chosen.sum().clamp(min=1)


def reciprocal_rank(scores: Tensor, chosen: Tensor, allowed: Tensor) -> Tensor:
    """Mean reciprocal rank of the best chosen theorem of each step that has one.

    Args:
        scores: [batch, theorems]
        chosen: bool [batch, theorems]
        allowed: bool [batch, theorems]
    """
    has_one = chosen.any(dim=1)
    if not has_one.any():
        return scores.new_tensor(0.0)
    best = scores.masked_fill(~chosen, -math.inf).amax(dim=1, keepdim=True)
    better = (scores > best) & allowed
    return (1 / (1 + better.sum(dim=1)))[has_one].float().mean()
