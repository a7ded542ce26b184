"""Values of tokens: the heads of implicit language Q-learning, and a network with them."""

from __future__ import annotations

import copy
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from transformers import T5Config, T5ForConditionalGeneration

from bait_models.byt5.text import UNUSED


class Values(NamedTuple):
    """Values of states; a state is a goal and the tokens written so far.

    Attributes:
        q: Value of each token, by each twin [2, batch, length, vocabulary].
        target_q: Minimum of the twins' target networks [batch, length, vocabulary], without
            gradient.
        v: Value of the state [batch, length].
    """

    q: Tensor
    target_q: Tensor
    v: Tensor


class ValueHeads(nn.Module):
    """Twin Q heads with target networks, and a V head (Snell et al., arXiv 2206.11871).

    In the paper they are on a separate network; here they share the input of the generator's output
    layer. All values are initially 0, so that they change no probabilities before they are learned.

    Args:
        width: Dimension of the output layer's input.
        vocabulary: Number of tokens.
    """

    def __init__(self, width: int, vocabulary: int) -> None:
        super().__init__()
        self.twins = nn.ModuleList(_head(width, vocabulary) for _ in range(2))
        self.state = _head(width, 1)
        self.targets = copy.deepcopy(self.twins).requires_grad_(False)

    def forward(self, hidden: Tensor) -> Values:
        """Values of states, from the output layer's input [batch, length, width]."""
        q = torch.stack([twin(hidden).float() for twin in self.twins])
        with torch.no_grad():
            target_q = self.target_q(hidden)
        return Values(q, target_q, self.state(hidden).float().squeeze(2))

    def target_q(self, hidden: Tensor) -> Tensor:
        """Value of each token, the minimum of both target networks [..., vocabulary]."""
        first, second = (target(hidden).float() for target in self.targets)
        return torch.minimum(first, second)

    @torch.no_grad()
    def follow(self, share: float) -> None:
        """Move the target networks towards the twins: (1 - share) target + share twin (Polyak)."""
        for target, twin in zip(self.targets.parameters(), self.twins.parameters(), strict=True):
            target.lerp_(twin, share)

    def unfreeze(self) -> None:
        """Let the heads be trained, but not the target networks."""
        self.requires_grad_(True)
        self.targets.requires_grad_(False)


class ValuedT5(T5ForConditionalGeneration):  # type: ignore[no-untyped-call]  # its metaclass
    """A generator's network with value heads."""

    def __init__(self, config: T5Config) -> None:
        super().__init__(config)
        self.values = ValueHeads(config.d_model, config.vocab_size)

    @classmethod
    def of(cls, network: T5ForConditionalGeneration) -> Self:
        """A network that takes over the modules of this one, with new value heads."""
        valued = cls(network.config)
        for name, module in network.named_children():
            valued.add_module(name, module)
        return valued

    def hidden(self, encoded: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """The output layer's input for each token of tactics [batch, target, d_model].

        Args:
            encoded: Goals [batch, source, d_model].
            mask: 1 where they have a token [batch, source].
            labels: Tokens of the tactics [batch, target].
        """
        hidden: Tensor = self.decoder(
            input_ids=self.prepare_decoder_input_ids_from_labels(labels),
            encoder_hidden_states=encoded,
            encoder_attention_mask=mask,
            use_cache=False,
        )[0]
        return hidden * self.model_dim**-0.5 if self.config.scale_decoder_outputs else hidden

    def steer(self, beta: float) -> None:
        """Make the logits those of the policy from now on; see `policy_logits`."""

        def steered(_: nn.Module, inputs: tuple[Tensor], logits: Tensor) -> Tensor:
            return policy_logits(logits, self.values.target_q(inputs[0]), beta)

        self.lm_head.register_forward_hook(steered)


def policy_logits(logits: Tensor, q: Tensor, beta: float) -> Tensor:
    """Logits of the policy, log pi = log pi_beta + beta (Q - V) + constant (Snell et al.).

    V, which is the same for all tokens, cancels when the probabilities are normalised. Tokens that
    never occur in texts get probability 0, since their values are not learned.

    Args:
        logits: Of the generator [..., vocabulary].
        q: Values of tokens [..., vocabulary].
        beta: How much these count.
    """
    unused = torch.tensor(UNUSED, device=logits.device)
    return (logits.float() + beta * q).index_fill(-1, unused, -torch.inf)


def _head(width: int, outputs: int) -> nn.Sequential:
    last = nn.Linear(2 * width, outputs)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    # Some networks scale the output layer's input down, which would slow the learning of values.
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.ReLU(), last)
