"""Encoders of goals, which read their texts or their terms."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from torch import Tensor, nn
from transformers import T5EncoderModel

from bait_core import Goal
from bait_models.byt5.network import load_t5, new_t5, unloaded_t5
from bait_models.byt5.text import PaddedTokens, encode_end, pad
from bait_models.goal_models.provability.options import ByteEncoderOptions

KIND = "provability"
"""Kind of the goal model's checkpoints."""


class Reading(NamedTuple):
    """A goal as read by an encoder.

    Attributes:
        content: The input of the encoder's `batch`.
        size: Of the content, in bytes or nodes.
        is_truncated: Whether some of the goal was cut off.
    """

    content: Any
    size: int
    is_truncated: bool


class GoalEncoder(nn.Module, ABC):
    """Reads and embeds goals.

    Attributes:
        dim: Length of the embeddings.
        kind: Kind of encoder, as in its options.
    """

    def __init__(self, dim: int, kind: str) -> None:
        super().__init__()
        self.dim = dim
        self.kind = kind

    @abstractmethod
    def read(self, goal: Goal) -> Reading:
        """Read a goal.

        Raises:
            ModelError: The encoder can't read goals of this prover.
        """

    @abstractmethod
    def batch(self, contents: Sequence[Any]) -> Any:
        """Batch the contents of readings into the input of `forward`, on the CPU."""

    @abstractmethod
    def forward(self, batch: Any) -> Tensor:
        """Embeddings [batch, dim], in the order of the batch."""

    @abstractmethod
    def hyperparameters(self) -> dict[str, Any]:
        """What the encoder is rebuilt from, as JSON."""


class ByteEncoder(GoalEncoder):
    """The mean of a ByT5 encoder's outputs for the bytes of a goal's text.

    Too long a text loses its beginning, since the conclusion comes last.

    Args:
        network: Reads tokens of `bait_models.byt5.text`.
        max_source: Maximum tokens of a goal.
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
        """The encoder with a checkpoint's hyperparameters; its weights are yet to be loaded."""
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
        """Embeddings [batch, dim]; padding is ignored."""
        hidden = self.network(input_ids=batch.tokens, attention_mask=batch.mask)[0]
        weights = batch.mask[:, :, None].to(hidden.dtype)
        mean: Tensor = (hidden * weights).sum(dim=1) / weights.sum(dim=1)
        return mean

    def hyperparameters(self) -> dict[str, Any]:
        """Kind, configuration of the network, and maximum tokens."""
        config = self.network.config.to_diff_dict()
        return {"kind": self.kind, "config": config, "max_source": self._max_source}
