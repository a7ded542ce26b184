"""References of preference optimisation, which a generator is kept close to."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

import torch
from torch import Tensor

from bait_models.byt5.finetuning import LowRankAdapter
from bait_models.byt5.text import PaddedTokens
from bait_models.tactic_models.reprover.generator import Generator, token_log_probabilities


class TacticPairs(NamedTuple):
    """Goals, and for each a better and a worse tactic.

    Attributes:
        source: Goals [batch, source].
        labels: Tokens of the better tactics, then of the worse ones [2 * batch, target],
            `IGNORED` where there is none.
        recorded: Their log-probabilities when they were proposed [2, batch]; NaN if unknown.
    """

    source: PaddedTokens
    labels: Tensor
    recorded: Tensor


Reference = Callable[[TacticPairs], Tensor]
"""Log-probabilities of the better and the worse tactics [2, batch], without gradient."""


def pair_log_probabilities(generator: Generator, pairs: TacticPairs) -> Tensor:
    """Log-probabilities of the better and the worse tactics [2, batch]."""
    encoded = generator.encode(pairs.source).repeat(2, 1, 1)
    mask = pairs.source.mask.repeat(2, 1)
    logits = generator.logits(encoded, mask, pairs.labels)
    return token_log_probabilities(logits, pairs.labels).sum(dim=1).view(2, -1)


class FrozenCopy:
    """A copy of a generator in its current state.

    It is not a module, so that it is neither trained nor saved in checkpoints.
    """

    def __init__(self, generator: Generator) -> None:
        self._generator = copy.deepcopy(generator).requires_grad_(False).eval()

    def __call__(self, pairs: TacticPairs) -> Tensor:
        """See `Reference`."""
        generator = self._generator.to(pairs.labels.device)
        with torch.no_grad():
            return pair_log_probabilities(generator, pairs)


class WithoutAdapter:
    """A generator with its LoRA adapters disabled; needs no memory of its own."""

    def __init__(self, generator: Generator, adapter: LowRankAdapter) -> None:
        self._generator = generator
        self._adapter = adapter

    def __call__(self, pairs: TacticPairs) -> Tensor:
        """See `Reference`."""
        with torch.no_grad(), self._adapter.disabled():
            return pair_log_probabilities(self._generator, pairs)


def recorded(pairs: TacticPairs) -> Tensor:
    """The log-probabilities recorded by searches; see `Reference`."""
    return pairs.recorded
