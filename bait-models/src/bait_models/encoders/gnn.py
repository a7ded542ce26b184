"""A graph network over terms.

Messages go both ways along the edges, as in FormulaNet (Wang et al., arXiv 1709.09994) and in
HOList's graph networks (Paliwal et al., arXiv 1905.10006).
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bait_models.encoders.batch import TermBatch
from bait_models.encoders.encoder import Encoder
from bait_models.encoders.graph import EdgeLabel
from bait_models.encoders.options import EncoderOptions


class GraphNetwork(Encoder):
    """Rounds of message passing, then the mean, the maximum and the root."""

    def __init__(self, options: EncoderOptions, vocabulary_size: int) -> None:
        super().__init__(options.dim)
        self.tokens = nn.Embedding(vocabulary_size, options.dim, padding_idx=0)
        self.rounds = nn.ModuleList(
            _Round(options.dim, options.dropout) for _ in range(options.layers)
        )
        self.pool = nn.Sequential(
            nn.Linear(3 * options.dim, options.dim), nn.GELU(), nn.Linear(options.dim, options.dim)
        )

    def forward(self, batch: TermBatch) -> Tensor:
        """Embeddings [batch, dim]."""
        nodes = self.tokens(batch.tokens)
        for one_round in self.rounds:
            nodes = one_round(nodes, batch.edges)
        size = len(batch)
        pooled = [pool(nodes, batch.graph, size, how) for how in ("mean", "amax")]
        embeddings: Tensor = self.pool(torch.cat([*pooled, nodes[batch.roots]], dim=1))
        return embeddings


class _Round(nn.Module):
    """One round: each node hears from its parents and from its children, and changes."""

    def __init__(self, dim: int, dropout: float) -> None:
        super().__init__()
        self.from_child = _Messages(dim)
        self.from_parent = _Messages(dim)
        self.update = nn.Sequential(
            nn.LayerNorm(3 * dim),
            nn.Linear(3 * dim, dim),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(dim, dim),
        )

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        parents, children, labels = edges
        up = self.from_child(nodes, children, parents, labels)
        down = self.from_parent(nodes, parents, children, labels)
        changed: Tensor = nodes + self.update(torch.cat([nodes, up, down], dim=1))
        return changed


class _Messages(nn.Module):
    """Messages along edges; what reaches a node is their mean.

    Sender and receiver are projected before they are paired, which is the first layer of a network
    on pairs, at the price of a layer on nodes.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.sender = nn.Linear(dim, dim)
        self.receiver = nn.Linear(dim, dim, bias=False)
        self.label = nn.Embedding(len(EdgeLabel), dim)
        self.output = nn.Linear(dim, dim)

    def forward(self, nodes: Tensor, senders: Tensor, receivers: Tensor, labels: Tensor) -> Tensor:
        paired = self.sender(nodes)[senders] + self.receiver(nodes)[receivers] + self.label(labels)
        heard = pool(nn.functional.gelu(paired), receivers, len(nodes), "mean")
        message: Tensor = self.output(heard)
        return message


def pool(values: Tensor, groups: Tensor, count: int, how: str) -> Tensor:
    """Mean or maximum of the values [n, dim] of each group [n]: [count, dim]; 0 for empty ones."""
    result = values.new_zeros(count, values.shape[1])
    index = groups[:, None].expand_as(values)
    return result.scatter_reduce(0, index, values, how, include_self=False)
