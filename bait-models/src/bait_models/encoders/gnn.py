"""A graph network over terms.

Messages go both ways along the edges, as in FormulaNet (Wang et al., arXiv 1709.09994) and in
HOList's graph networks (Paliwal et al., arXiv 1905.10006).
"""

from __future__ import annotations

from torch import Tensor, nn

from bait_models.encoders.batch import TermBatch
from bait_models.encoders.encoder import Encoder
from bait_models.encoders.messages import MessagePassingLayer, readout, readout_layers
from bait_models.encoders.options import EncoderOptions


class GraphNetwork(Encoder):
    """Layers of message passing, then a readout of the mean, the maximum and the root."""

    def __init__(self, options: EncoderOptions, vocabulary_size: int) -> None:
        super().__init__(options.dim)
        self.tokens = nn.Embedding(vocabulary_size, options.dim, padding_idx=0)
        self.rounds = nn.ModuleList(
            MessagePassingLayer(options.dim, options.dropout) for _ in range(options.layers)
        )
        self.pool = readout_layers(options.dim)

    def forward(self, batch: TermBatch) -> Tensor:
        """Embeddings [batch, dim]."""
        nodes = self.tokens(batch.tokens)
        for layer in self.rounds:
            nodes = layer(nodes, batch.edges)
        embeddings: Tensor = self.pool(readout(nodes, batch.graph, batch.roots))
        return embeddings
