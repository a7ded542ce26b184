"""A graph network and a transformer side by side."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bait_models.encoders.batch import TermBatch
from bait_models.encoders.encoder import Encoder
from bait_models.encoders.gnn import GraphNetwork
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.transformer import Transformer


class Ensemble(Encoder):
    """Combines two embeddings into one, like BAIT's ensemble (Lamont et al., arXiv 2403.03401).

    As in BAIT, they are combined by a linear layer after dropout; the ReLU that follows it there is
    left out, since scores are inner products of embeddings here.
    """

    def __init__(self, options: EncoderOptions, vocabulary_size: int) -> None:
        super().__init__(options.dim)
        self.graph_network = GraphNetwork(options, vocabulary_size)
        self.transformer = Transformer(options, vocabulary_size)
        self.join = nn.Sequential(
            nn.Dropout(options.dropout), nn.Linear(2 * options.dim, options.dim)
        )

    def forward(self, batch: TermBatch) -> Tensor:
        """Embeddings [batch, dim]."""
        both = torch.cat([self.graph_network(batch), self.transformer(batch)], dim=1)
        embeddings: Tensor = self.join(both)
        return embeddings
