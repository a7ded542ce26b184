"""Structure-aware transformers over the nodes of term graphs.

SAT: Chen, O'Bray and Borgwardt, Structure-Aware Transformer for Graph Representation Learning, ICML
2022, arXiv 2202.03036.
DAG: Luo, Thost and Shi, Transformers over Directed Acyclic Graphs, NeurIPS 2023, arXiv 2210.13148.
BAIT: Lamont et al., arXiv 2403.03401.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bait_models.encoders.ancestry import BatchAncestry
from bait_models.encoders.attention import AttentionLayer, Blocks, sinusoids
from bait_models.encoders.batch import TermBatch
from bait_models.encoders.encoder import Encoder
from bait_models.encoders.messages import readout, readout_layers
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.structure import (
    Neighbourhoods,
    StructureLayer,
    SubgraphExtractor,
    SubtreeExtractor,
    neighbourhoods,
)


class StructureAwareTransformer(Encoder):
    """Attends from each node to all nodes of its graph.

    As in SAT, queries and keys are computed from nodes and the graphs around them, values from the
    nodes alone; there are both extractors; and a node's attention is weighted by 1 / sqrt(1 +
    degree), lest nodes with many edges drown out the others. Unlike in SAT, layer normalisation
    comes before the sublayers and replaces batch normalisation, so that a term's embedding does not
    depend on its batch; edge labels are part of the messages; and there is no absolute encoding.
    """

    _directed = False

    def __init__(self, options: EncoderOptions, vocabulary_size: int) -> None:
        super().__init__(options.dim)
        self._hops = options.hops if options.extractor == "subgraph" else 0
        self.tokens = nn.Embedding(vocabulary_size, options.dim, padding_idx=0)
        self.dropout = nn.Dropout(options.dropout)
        self.extractors = nn.ModuleList(self._extractor(options) for _ in range(options.layers))
        self.layers = nn.ModuleList(
            AttentionLayer(options.dim, options.heads, options.dropout)
            for _ in range(options.layers)
        )
        self.norm = nn.LayerNorm(options.dim)
        self.pool = readout_layers(options.dim)

    def forward(self, batch: TermBatch) -> Tensor:
        """Embeddings [batch, dim]."""
        nodes = self.dropout(self._nodes(batch))
        blocks, weights = self._blocks(batch), self._weights(batch)
        around: Tensor | Neighbourhoods = batch.edges
        if self._hops:
            around = neighbourhoods(batch.edges, len(nodes), self._hops)
        for layer, extractor in zip(self.layers, self.extractors, strict=True):
            nodes = layer(nodes, blocks, lambda x, by=extractor: by(x, around), weights)
        embeddings: Tensor = self.pool(readout(self.norm(nodes), batch.graph, batch.roots))
        return embeddings

    def _extractor(self, options: EncoderOptions) -> nn.Module:
        rounds = [
            StructureLayer(options.dim, options.dropout, directed=self._directed)
            for _ in range(options.hops)
        ]
        extractor = SubgraphExtractor if options.extractor == "subgraph" else SubtreeExtractor
        return extractor(options.dim, rounds)

    def _nodes(self, batch: TermBatch) -> Tensor:
        """The initial vectors of nodes [nodes, dim]."""
        nodes: Tensor = self.tokens(batch.tokens)
        return nodes

    def _blocks(self, batch: TermBatch) -> Blocks:
        """Which nodes attend to which."""
        return Blocks(batch.graph)

    def _weights(self, batch: TermBatch) -> Tensor | None:
        """Weights of the nodes' attention [nodes], if they differ."""
        degrees = torch.bincount(batch.edges[:2].flatten(), minlength=len(batch.tokens))
        return torch.rsqrt(1.0 + degrees)


class DirectedStructureAwareTransformer(StructureAwareTransformer):
    """Attends from each node to those on a common path; needs `TermBatch.ancestry`.

    As in DAG, a node attends to its ancestors and descendants, however distant (DAGRA with infinite
    k, as in BAIT), and to itself; sinusoids of its depth, the length of the longest path to it, are
    added to it (DAGPE; BAIT uses the shortest path, and can leave them out). As in BAIT, the
    extractor passes messages that distinguish parents from children, after HOList's graph network
    (Paliwal et al., arXiv 1905.10006), but with smaller networks. Attention is not weighted by
    degree. The rest is as in `StructureAwareTransformer`.
    """

    _directed = True

    def _nodes(self, batch: TermBatch) -> Tensor:
        return super()._nodes(batch) + sinusoids(_ancestry(batch).depths, self.dim)

    def _blocks(self, batch: TermBatch) -> Blocks:
        return Blocks(batch.graph, _ancestry(batch).related)

    def _weights(self, batch: TermBatch) -> None:  # noqa: ARG002  (no weights)
        return None


def _ancestry(batch: TermBatch) -> BatchAncestry:
    if batch.ancestry is None:
        raise TypeError("directed-sat needs graphs that were read with its own options")
    return batch.ancestry
