"""The base class of encoders of terms."""

from __future__ import annotations

from abc import ABC, abstractmethod

from torch import Tensor, nn

from bait_models.encoders.batch import TermBatch


class Encoder(nn.Module, ABC):
    """Embeds terms.

    Attributes:
        dim: Length of the embeddings.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.dim = dim

    @abstractmethod
    def forward(self, batch: TermBatch) -> Tensor:
        """Embeddings [batch, dim], in the order of the batch."""
