"""The reference of preference optimisation: what a generator is kept close to."""

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
        labels: Tokens of the better tactics, and then of the worse ones [2 * batch, target],
            `IGNORED` where there is none.
        recorded: Their log-probabilities when they were proposed [2, batch]; NaN if not known.
    """

    source: PaddedTokens
    labels: Tensor
    recorded: Tensor


Reference = Callable[[TacticPairs], Tensor]
"""Log-probabilities of the better and the worse tactics [2, batch]; no gradient."""


def pair_log_probabilities(generator: Generator, pairs: TacticPairs) -> Tensor:
    """Log-probabilities of the better and the worse tactics [2, batch]."""
    encoded = generator.encode(pairs.source).repeat(2, 1, 1)
    mask = pairs.source.mask.repeat(2, 1)
    logits = generator.logits(encoded, mask, pairs.labels)
    return token_log_probabilities(logits, pairs.labels).sum(dim=1).view(2, -1)


class FrozenCopy:
    """A copy of a generator as it is now, which never changes.

    It is no module, so that it belongs neither to checkpoints nor to what is trained.
    """

    def __init__(self, generator: Generator) -> None:
        self._generator = copy.deepcopy(generator).requires_grad_(False).eval()

    def __call__(self, pairs: TacticPairs) -> Tensor:
        """See `Reference`."""
        generator = self._generator.to(pairs.labels.device)
        with torch.no_grad():
            return pair_log_probabilities(generator, pairs)


class WithoutAdapter:
    """A generator without the low-rank changes that it learns; takes no memory of its own."""

    def __init__(self, generator: Generator, low_rank: LowRankAdapter) -> None:
        self._generator = generator
        self._low_rank = low_rank

    def __call__(self, pairs: TacticPairs) -> Tensor:
        """See `Reference`."""
        with torch.no_grad(), self._low_rank.switched_off():
            return pair_log_probabilities(self._generator, pairs)


def recorded(pairs: TacticPairs) -> Tensor:
    """The log-probabilities that the searches recorded; see `Reference`."""
    return pairs.recorded
