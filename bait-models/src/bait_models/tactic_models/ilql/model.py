"""The tactic model `ilql`: a generator steered by learned values of its tokens."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar, NamedTuple

from torch import Tensor

from bait_models.byt5.text import PaddedTokens
from bait_models.tactic_models.ilql.losses import (
    cql_loss,
    lm_loss,
    q_loss,
    q_targets,
    taken,
    v_loss,
)
from bait_models.tactic_models.ilql.options import ILQLModelOptions, ILQLTrainerOptions
from bait_models.tactic_models.ilql.values import ValuedT5
from bait_models.tactic_models.reprover.generator import (
    DEFAULT_MAX_SOURCE,
    Generator,
    Retrieve,
    token_log_probabilities,
)

KIND = "ilql"


class TacticEpisodes(NamedTuple):
    """Goals, tactics that were tried, and their rewards.

    Attributes:
        source: Goals [batch, source].
        labels: Tokens of the tactics [batch, target], `IGNORED` where there is none.
        rewards: [batch]
    """

    source: PaddedTokens
    labels: Tensor
    rewards: Tensor


class ILQL(Generator):
    """A generator with values of tokens, learned from tactics that were tried.

    Implicit language Q-learning (Snell et al., arXiv 2206.11871). Tactics are proposed as by a
    generator, but with other probabilities: see `policy_logits`.

    Args:
        network: A network with value heads.
        max_source: Maximum tokens of a goal.
        options: How tactics are generated; not needed for training.
        retrieve: Finds premises to show with goals.
        loss_options: Set the weights and constants of the losses.
    """

    kind: ClassVar[str] = KIND
    architecture: ClassVar[type[ValuedT5]] = ValuedT5
    network: ValuedT5

    def __init__(
        self,
        network: ValuedT5,
        max_source: int = DEFAULT_MAX_SOURCE,
        options: ILQLModelOptions | None = None,
        retrieve: Retrieve | None = None,
        loss_options: ILQLTrainerOptions | None = None,
    ) -> None:
        super().__init__(network, max_source, options, retrieve)
        self._loss_options = loss_options or ILQLTrainerOptions()
        if options is not None:
            network.steer(options.beta)

    def losses(  # type: ignore[override]  # batches differ from a generator's
        self, batch: TacticEpisodes
    ) -> Mapping[str, Tensor]:
        """The losses of all heads, and their weighted sum."""
        options = self._loss_options
        source, labels, rewards = batch
        hidden = self.network.hidden(self.encode(source), source.mask, labels)
        values = self.network.values(hidden.detach() if options.detach_values else hidden)
        target_q = taken(values.target_q, labels)
        targets = q_targets(values.v, rewards, labels, options.gamma)
        log_probabilities = token_log_probabilities(self.network.lm_head(hidden), labels)
        terms = {
            "q_loss": q_loss(taken(values.q, labels), targets, labels),
            "v_loss": v_loss(values.v, target_q, labels, options.tau),
            "cql_loss": cql_loss(values.q, labels),
            "lm_loss": lm_loss(log_probabilities, target_q - values.v, labels, options.awr_beta),
        }
        total = terms["q_loss"] + terms["v_loss"] + options.cql_weight * terms["cql_loss"]
        return {"loss": total + options.lm_weight * terms["lm_loss"], **terms}

    def optimizer_step(self, *args: Any, **kwargs: Any) -> None:
        """Take an optimiser step, and move the target networks towards the Q heads."""
        super().optimizer_step(*args, **kwargs)
        self.network.values.follow(self._loss_options.polyak)
