"""What tokens are worth: the heads of implicit language Q-learning, and a network that has them."""

from __future__ import annotations

import copy
from typing import NamedTuple, Self

import torch
from torch import Tensor, nn
from transformers import T5Config, T5ForConditionalGeneration

from bait_models.byt5.text import UNUSED


class Values(NamedTuple):
    """What heads say about states: a state is a goal and the tokens written so far.

    Attributes:
        q: What each token is worth, by each twin [2, batch, length, vocabulary].
        target_q: The smaller one of the slow copies of the twins [batch, length, vocabulary]; no
            gradient.
        v: What the state is worth [batch, length].
    """

    q: Tensor
    target_q: Tensor
    v: Tensor


class ValueHeads(nn.Module):
    """Twin heads for Q with slow copies, and one for V (Snell et al., arXiv 2206.11871).

    There a network of their own bears them; here they read off what the generator's output layer
    sees. All values are 0 at first, so that they change no probabilities before they are learned.

    Args:
        width: Of what the output layer sees.
        vocabulary: Number of tokens.
    """

    def __init__(self, width: int, vocabulary: int) -> None:
        super().__init__()
        self.twins = nn.ModuleList(_head(width, vocabulary) for _ in range(2))
        self.state = _head(width, 1)
        self.targets = copy.deepcopy(self.twins).requires_grad_(False)

    def forward(self, hidden: Tensor) -> Values:
        """Values of states, from what the output layer sees of them [batch, length, width]."""
        q = torch.stack([twin(hidden).float() for twin in self.twins])
        with torch.no_grad():
            target_q = self.target_q(hidden)
        return Values(q, target_q, self.state(hidden).float().squeeze(2))

    def target_q(self, hidden: Tensor) -> Tensor:
        """What each token is worth by the less hopeful copy [..., vocabulary]."""
        first, second = (target(hidden).float() for target in self.targets)
        return torch.minimum(first, second)

    @torch.no_grad()
    def follow(self, share: float) -> None:
        """Move the copies of the twins towards them (Polyak): (1 - share) copy + share twin."""
        for target, twin in zip(self.targets.parameters(), self.twins.parameters(), strict=True):
            target.lerp_(twin, share)

    def unfreeze(self) -> None:
        """Let the heads be trained, and the copies not."""
        self.requires_grad_(True)
        self.targets.requires_grad_(False)


class ValuedT5(T5ForConditionalGeneration):  # type: ignore[no-untyped-call]  # its metaclass
    """A generator's network with values."""

    def __init__(self, config: T5Config) -> None:
        super().__init__(config)
        self.values = ValueHeads(config.d_model, config.vocab_size)

    @classmethod
    def of(cls, network: T5ForConditionalGeneration) -> Self:
        """A network that takes over the parts of this one, with new values."""
        made = cls(network.config)
        for name, part in network.named_children():
            made.add_module(name, part)
        return made

    def hidden(self, encoded: Tensor, mask: Tensor, labels: Tensor) -> Tensor:
        """What the output layer sees before each token of tactics [batch, target, d_model].

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
        """From now on the logits are those of the policy; see `policy_logits`."""

        def steered(_: nn.Module, inputs: tuple[Tensor], logits: Tensor) -> Tensor:
            return policy_logits(logits, self.values.target_q(inputs[0]), beta)

        self.lm_head.register_forward_hook(steered)


def policy_logits(logits: Tensor, q: Tensor, beta: float) -> Tensor:
    """Logits of the policy, log pi = log pi_beta + beta (Q - V) + constant (Snell et al.).

    V, which is the same for all tokens, cancels when the probabilities are made to sum to 1.
    Tokens that occur in no text get the probability 0, since nobody learned their values.

    Args:
        logits: Of the generator [..., vocabulary].
        q: What tokens are worth [..., vocabulary].
        beta: How much that counts.
    """
    unused = torch.tensor(UNUSED, device=logits.device)
    return (logits.float() + beta * q).index_fill(-1, unused, -torch.inf)


def _head(width: int, outputs: int) -> nn.Sequential:
    last = nn.Linear(2 * width, outputs)
    nn.init.zeros_(last.weight)
    nn.init.zeros_(last.bias)
    # What the output layer sees is scaled down in some networks, so that values would learn slowly.
    return nn.Sequential(nn.LayerNorm(width), nn.Linear(width, 2 * width), nn.ReLU(), last)
