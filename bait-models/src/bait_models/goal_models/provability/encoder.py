"""From goals to embeddings, by the texts of the goals or by their terms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn
from transformers import T5EncoderModel

from bait_core.domain import Goal
from bait_models.byt5.network import load_t5, new_t5, unloaded_t5
from bait_models.byt5.text import PaddedTokens, encode_end, pad
from bait_models.goal_models.provability.options import ByteEncoderOptions

KIND = "provability"
"""Of the goal model's checkpoints."""


class Reading(NamedTuple):
    """A goal as an encoder reads it.

    Attributes:
        content: What its batches are made of.
        size: Of that, in bytes or nodes.
        is_truncated: Whether a part of the goal had to be left out.
    """

    content: Any
    size: int
    is_truncated: bool


class GoalEncoder(nn.Module, ABC):
    """Reads goals, and embeds them.

    Attributes:
        dim: Length of the embeddings.
        kind: Which encoder, as in its options.
    """

    def __init__(self, dim: int, kind: str) -> None:
        super().__init__()
        self.dim = dim
        self.kind = kind

    @abstractmethod
    def read(self, goal: Goal) -> Reading:
        """A goal as this encoder reads it.

        Raises:
            ModelError: It can't read goals of this prover.
        """

    @abstractmethod
    def batch(self, contents: Sequence[Any]) -> Any:
        """The contents of readings as what `forward` takes, on the CPU."""

    @abstractmethod
    def forward(self, batch: Any) -> Tensor:
        """Embeddings [batch, dim], in the order of the batch."""

    @abstractmethod
    def hyperparameters(self) -> dict[str, Any]:
        """What the encoder is made from, as JSON."""


class ByteEncoder(GoalEncoder):
    """The mean of what the encoder of a ByT5 makes of the bytes of a goal's text.

    A text that is too long loses its beginning, since the conclusion comes last.

    Args:
        network: Reads tokens of `bait_models.byt5.text`.
        max_source: Tokens of a goal at most.
    """

    def __init__(self, network: T5EncoderModel, max_source: int) -> None:
        super().__init__(network.config.d_model, "bytes")
        self.network = network
        self._max_source = max_source

    @classmethod
    def new(cls, options: ByteEncoderOptions) -> ByteEncoder:
        """A pretrained encoder, or one with random weights.

        Raises:
            CheckpointError: The pretrained one can't be used.
        """
        if options.pretrained is None:
            return cls(new_t5(options.size, T5EncoderModel), options.max_source)
        return cls(load_t5(options.pretrained, KIND, T5EncoderModel).network, options.max_source)

    @classmethod
    def restored(cls, folder: Path, saved: dict[str, Any]) -> ByteEncoder:
        """What `hyperparameters` of a checkpoint tell of; its weights are yet to be loaded."""
        max_source = saved["max_source"]
        return cls(unloaded_t5(folder, saved, T5EncoderModel), max_source)

    def read(self, goal: Goal) -> Reading:
        """The end of its text as tokens."""
        tokens, is_truncated = encode_end(goal.text, self._max_source)
        return Reading(tokens, len(tokens), is_truncated)

    def batch(self, contents: Sequence[list[int]]) -> PaddedTokens:
        """Tokens side by side."""
        return pad(contents)

    def forward(self, batch: PaddedTokens) -> Tensor:
        """Embeddings [batch, dim]; padding does not count."""
        hidden = self.network(input_ids=batch.tokens, attention_mask=batch.mask)[0]
        weights = batch.mask[:, :, None].to(hidden.dtype)
        mean: Tensor = (hidden * weights).sum(dim=1) / weights.sum(dim=1)
        return mean

    def hyperparameters(self) -> dict[str, Any]:
        """Kind, configuration of the network, and how much it reads."""
        config = self.network.config.to_diff_dict()
        return {"kind": self.kind, "config": config, "max_source": self._max_source}
