"""A transformer over the tokens of terms.

BAIT (Lamont et al., arXiv 2403.03401) has one among its encoders; Polu and Sutskever (arXiv
2009.03393) use one for texts.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bait_models.encoders.attention import AttentionLayer, Blocks, sinusoids
from bait_models.encoders.batch import TermBatch
from bait_models.encoders.encoder import Encoder
from bait_models.encoders.messages import readout, readout_layers
from bait_models.encoders.options import EncoderOptions

_VARIABLES = 64
"""Variables of a term that are told apart; the others share an embedding."""


class Transformer(Encoder):
    """Reads a term's tokens in prefix order; needs `TermBatch.sequence`.

    The input is the sum of embeddings of the token, of its position and, for variables, of their
    rank in the order of first occurrence.
    """

    def __init__(self, options: EncoderOptions, vocabulary_size: int) -> None:
        super().__init__(options.dim)
        self.tokens = nn.Embedding(vocabulary_size, options.dim, padding_idx=0)
        self.variables = nn.Embedding(_VARIABLES + 1, options.dim, padding_idx=0)
        self.dropout = nn.Dropout(options.dropout)
        self.layers = nn.ModuleList(
            AttentionLayer(options.dim, options.heads, options.dropout)
            for _ in range(options.layers)
        )
        self.norm = nn.LayerNorm(options.dim)
        self.pool = readout_layers(options.dim)

    def forward(self, batch: TermBatch) -> Tensor:
        """Embeddings [batch, dim]."""
        sequence = batch.sequence
        if sequence is None:
            raise TypeError("a transformer needs graphs that were read with its own options")
        positions = torch.arange(len(sequence.nodes), device=sequence.nodes.device)
        positions = positions - sequence.first[sequence.graph]
        rows = self.tokens(batch.tokens[sequence.nodes])
        rows = rows + self.variables(sequence.variables.clamp(max=_VARIABLES))
        rows = self.dropout(rows + sinusoids(positions, self.dim))
        blocks = Blocks(sequence.graph)
        for layer in self.layers:
            rows = layer(rows, blocks)
        summaries = readout(self.norm(rows), sequence.graph, sequence.first)
        embeddings: Tensor = self.pool(summaries)
        return embeddings
