"""The loss of direct preference optimisation."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor
from torch.nn.functional import logsigmoid

from bait_models.tactic_models.reprover.dpo.reference import (
    Reference,
    TacticPairs,
    pair_log_probabilities,
)
from bait_models.tactic_models.reprover.generator import Generator
from bait_models.training.learner import Learner


class DPO(Learner):
    """Trains a generator to prefer the better of two tactics.

    Args:
        generator: The generator to be trained.
        reference: What it is kept close to.
        beta: How strongly it is kept there.
        label_smoothing: Assumed share of pairs that are the wrong way round.
    """

    def __init__(
        self, generator: Generator, reference: Reference, beta: float, label_smoothing: float = 0.0
    ) -> None:
        super().__init__()
        self.generator = generator
        self._reference = reference
        self._beta = beta
        self._label_smoothing = label_smoothing

    def losses(self, batch: TacticPairs) -> Mapping[str, Tensor]:
        """The loss of pairs, and how well the generator tells their tactics apart.

        A tactic's reward is beta log (p / p_reference) (Rafailov et al., arXiv 2305.18290, eq. 5,
        without the term that is the same for all tactics of a goal).
        """
        reference = self._reference(batch)  # first, since it disables the adapters
        log_probabilities = pair_log_probabilities(self.generator, batch)
        chosen, rejected = self._beta * (log_probabilities - reference)
        margins = chosen - rejected
        return {
            "loss": preference_loss(margins, self._label_smoothing),
            "reward_margin": margins.mean(),
            "reward_accuracy": (margins > 0).float().mean(),
            "chosen_log_probability": log_probabilities[0].mean(),
            "rejected_log_probability": log_probabilities[1].mean(),
        }

    def batch_size_of(self, batch: TacticPairs) -> int:
        """How many pairs there are."""
        return len(batch.source.tokens)


def preference_loss(margins: Tensor, label_smoothing: float = 0.0) -> Tensor:
    """Mean of -log sigmoid(margin) (Rafailov et al., arXiv 2305.18290, eq. 7).

    With smoothing e it is -(1 - e) log sigmoid(margin) - e log sigmoid(-margin), the expectation
    if a share e of the pairs is the wrong way round (conservative DPO).

    Args:
        margins: Rewards of the better tactics minus those of the worse ones [batch].
        label_smoothing: The share e.
    """
    right, wrong = logsigmoid(margins), logsigmoid(-margins)
    return -((1 - label_smoothing) * right + label_smoothing * wrong).mean()
