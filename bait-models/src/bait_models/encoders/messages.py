"""Message passing along the edges of graphs, and readouts of whole graphs."""

from __future__ import annotations

import torch
from torch import Tensor, nn

from bait_models.encoders.graph import EdgeLabel


class MessagePassingLayer(nn.Module):
    """Each node receives messages from its parents and its children, and is updated."""

    def __init__(self, dim: int, dropout: float) -> None:
        super().__init__()
        self.from_child = Messages(dim)
        self.from_parent = Messages(dim)
        self.update = nn.Sequential(
            nn.LayerNorm(3 * dim),
            nn.Linear(3 * dim, dim),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(dim, dim),
        )

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        """Nodes [nodes, dim] from nodes and edges [3, edges]."""
        parents, children, labels = edges
        up = self.from_child(nodes, children, parents, labels)
        down = self.from_parent(nodes, parents, children, labels)
        changed: Tensor = nodes + self.update(torch.cat([nodes, up, down], dim=1))
        return changed


class Messages(nn.Module):
    """Messages along edges, whose mean reaches each node.

    Sender and receiver are projected before they are paired: the first layer of a network on pairs,
    at the cost of a layer on nodes.
    """

    def __init__(self, dim: int) -> None:
        super().__init__()
        self.sender = nn.Linear(dim, dim)
        self.receiver = nn.Linear(dim, dim, bias=False)
        self.label = nn.Embedding(len(EdgeLabel), dim)
        self.output = nn.Linear(dim, dim)

    def forward(self, nodes: Tensor, senders: Tensor, receivers: Tensor, labels: Tensor) -> Tensor:
        """Messages that nodes receive [nodes, dim]; senders, receivers and labels are [edges]."""
        paired = self.sender(nodes)[senders] + self.receiver(nodes)[receivers] + self.label(labels)
        received = mean(nn.functional.gelu(paired), receivers, len(nodes))
        message: Tensor = self.output(received)
        return message


def total(values: Tensor, groups: Tensor, count: int) -> Tensor:
    """Sum of the values [n, dim] of each group [n]: [count, dim]."""
    return values.new_zeros(count, values.shape[1]).index_add(0, groups, values)


def mean(values: Tensor, groups: Tensor, count: int) -> Tensor:
    """Mean of the values [n, dim] of each group [n]: [count, dim]; 0 for empty ones."""
    # The backward pass is several times faster than that of scatter_reduce with mean.
    sizes = torch.bincount(groups, minlength=count).clamp(min=1)
    return total(values, groups, count) / sizes[:, None].to(values.dtype)


def maximum(values: Tensor, groups: Tensor, count: int) -> Tensor:
    """Maximum of the values [n, dim] of each group [n]: [count, dim]; 0 for empty ones."""
    result = values.new_zeros(count, values.shape[1])
    index = groups[:, None].expand_as(values)
    return result.scatter_reduce(0, index, values, "amax", include_self=False)


def readout(nodes: Tensor, graph: Tensor, roots: Tensor) -> Tensor:
    """Concatenated mean, maximum and root of the nodes of each graph.

    Args:
        nodes: [nodes, dim]
        graph: Which graph each node belongs to [nodes].
        roots: The root of each graph [batch].

    Returns:
        [batch, 3 * dim]
    """
    size = len(roots)
    pooled = [mean(nodes, graph, size), maximum(nodes, graph, size), nodes[roots]]
    return torch.cat(pooled, dim=1)


def readout_layers(dim: int) -> nn.Sequential:
    """Layers from readouts [batch, 3 * dim] to embeddings [batch, dim]."""
    return nn.Sequential(nn.Linear(3 * dim, dim), nn.GELU(), nn.Linear(dim, dim))
