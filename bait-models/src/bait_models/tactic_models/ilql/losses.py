"""The losses of implicit language Q-learning (Snell et al., arXiv 2206.11871).

A state h is a goal and the tokens written so far; an action a is the next token. Only the last
token of a tactic has a reward; the state after it is terminal with value 0. Means are over the
tokens of all tactics.
"""

from __future__ import annotations

import torch
from torch import Tensor

from bait_models.byt5.text import IGNORED

_LARGEST_WEIGHT = 20.0
"""As in the code of Peng et al., arXiv 1910.00177."""


def token_mean(values: Tensor, labels: Tensor) -> Tensor:
    """The mean over tokens [..., batch, length] whose label [batch, length] is not `IGNORED`."""
    return values[..., labels != IGNORED].mean()


def taken(q: Tensor, labels: Tensor) -> Tensor:
    """The values of the tokens that were written.

    Args:
        q: [..., batch, length, vocabulary]
        labels: [batch, length]

    Returns:
        [..., batch, length]; arbitrary where a label is `IGNORED`.
    """
    indices = labels.clamp(min=0).expand(q.shape[:-1]).unsqueeze(-1)
    return q.gather(-1, indices).squeeze(-1)


def q_targets(v: Tensor, rewards: Tensor, labels: Tensor, gamma: float) -> Tensor:
    """R(h, a) + gamma V(h'), without gradient.

    This is gamma V(h') before the last token of a tactic, and the reward at that token.

    Args:
        v: Values of states [batch, length].
        rewards: Of the last tokens [batch].
        labels: [batch, length]
        gamma: Discount.

    Returns:
        [batch, length]
    """
    next_v = torch.nn.functional.pad(v.detach()[:, 1:], (0, 1))
    has_next = torch.nn.functional.pad(labels[:, 1:], (0, 1), value=IGNORED) != IGNORED
    return torch.where(has_next, gamma * next_v, rewards.unsqueeze(1))


def q_loss(q: Tensor, targets: Tensor, labels: Tensor) -> Tensor:
    """The mean of the twins' (target - Q(h, a))^2.

    Args:
        q: Values of the tokens that were written, by each twin [2, batch, length].
        targets: [batch, length]
        labels: [batch, length]
    """
    return token_mean((targets - q).square(), labels)


def v_loss(v: Tensor, target_q: Tensor, labels: Tensor, tau: float) -> Tensor:
    """Expectile regression: |tau - 1(u < 0)| u^2 of u = target Q(h, a) - V(h).

    Args:
        v: [batch, length]
        target_q: Of the tokens that were written, the minimum of the twins [batch, length].
        labels: [batch, length]
        tau: The expectile.
    """
    gaps = target_q.detach() - v
    weights = torch.where(gaps < 0, 1 - tau, tau)
    return token_mean(weights * gaps.square(), labels)


def cql_loss(q: Tensor, labels: Tensor) -> Tensor:
    """The mean of the twins' log sum over a' of exp Q(h, a') - Q(h, a).

    It keeps the values of untried tokens low (conservative Q-learning).

    Args:
        q: [2, batch, length, vocabulary]
        labels: [batch, length]
    """
    return token_mean(q.logsumexp(dim=-1) - taken(q, labels), labels)


def lm_loss(
    log_probabilities: Tensor, advantages: Tensor, labels: Tensor, awr_beta: float
) -> Tensor:
    """Advantage-weighted regression: -w log pi_beta(a | h), w = exp(awr_beta * advantage).

    With `awr_beta` 0 it is the cross entropy, with which the paper learns pi_beta.

    Args:
        log_probabilities: Of the tokens that were written [batch, length].
        advantages: target Q(h, a) - V(h) [batch, length].
        labels: [batch, length]
        awr_beta: How much more better tokens count.
    """
    weights = (awr_beta * advantages.detach()).exp().clamp(max=_LARGEST_WEIGHT)
    return -token_mean(weights * log_probabilities, labels)
