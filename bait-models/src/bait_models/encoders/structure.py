"""Structure extractors, which represent a node together with the graph around it.

Chen, O'Bray and Borgwardt, Structure-Aware Transformer for Graph Representation Learning, ICML
2022, arXiv 2202.03036, section 4.1.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn

from bait_models.encoders.graph import EdgeLabel
from bait_models.encoders.messages import mean, total


class StructureLayer(nn.Module):
    """A simple message passing layer: each node receives the mean over its neighbours and edges.

    Args:
        dim: Length of vectors.
        dropout: Dropout rate.
        directed: Whether parents and children send separate messages with separate weights.
    """

    def __init__(self, dim: int, dropout: float, *, directed: bool) -> None:
        super().__init__()
        self._directed = directed
        ways = 2 if directed else 1
        self.senders = nn.ModuleList(nn.Linear(dim, dim) for _ in range(ways))
        self.labels = nn.ModuleList(nn.Embedding(len(EdgeLabel), dim) for _ in range(ways))
        self.update = nn.Sequential(
            nn.Linear((1 + ways) * dim, dim), nn.GELU(), nn.Dropout(dropout)
        )

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        """The next nodes [nodes, dim] from nodes [nodes, dim] and edges [3, edges]."""
        parents, children, labels = edges
        if self._directed:
            ways = [(parents, children, labels), (children, parents, labels)]
        else:
            both = torch.cat([parents, children]), torch.cat([children, parents])
            ways = [(*both, labels.repeat(2))]
        received = [nodes]
        for sender, label, (senders, receivers, kinds) in zip(
            self.senders, self.labels, ways, strict=True
        ):
            sent = nn.functional.gelu(sender(nodes)[senders] + label(kinds))
            received.append(mean(sent, receivers, len(nodes)))
        changed: Tensor = self.update(torch.cat(received, dim=1))
        return changed


class SubtreeExtractor(nn.Module):
    """The k-subtree extractor: nodes after k message passing layers.

    As in the paper's code, the output depends on the nodes after each layer.
    """

    def __init__(self, dim: int, rounds: Sequence[StructureLayer]) -> None:
        super().__init__()
        self.rounds = nn.ModuleList(rounds)
        self.output = nn.Linear((len(rounds) + 1) * dim, dim)

    def forward(self, nodes: Tensor, edges: Tensor) -> Tensor:
        """Structures of nodes [nodes, dim] from nodes and edges [3, edges]."""
        states = [nodes]
        for layer in self.rounds:
            states.append(layer(states[-1], edges))
        structures: Tensor = self.output(torch.cat(states, dim=1))
        return structures


class SubgraphExtractor(nn.Module):
    """The k-subgraph extractor: the sum of a graph network over the nodes up to k edges away.

    The network only sees the subgraph, so that structures with the same subtrees are distinguished.
    The node itself is concatenated to the sum, as in the paper.
    """

    def __init__(self, dim: int, rounds: Sequence[StructureLayer]) -> None:
        super().__init__()
        self.rounds = nn.ModuleList(rounds)
        self.output = nn.Sequential(nn.LayerNorm(2 * dim), nn.Linear(2 * dim, dim))

    def forward(self, nodes: Tensor, around: Neighbourhoods) -> Tensor:
        """Structures of nodes [nodes, dim] from nodes and their neighbourhoods."""
        members = nodes[around.nodes]
        for layer in self.rounds:
            members = layer(members, around.edges)
        sums = total(members, around.owners, len(nodes))
        structures: Tensor = self.output(torch.cat([nodes, sums], dim=1))
        return structures


@dataclass(frozen=True, slots=True)
class Neighbourhoods:
    """For each node, the subgraph induced by the nodes near it, all side by side.

    Attributes:
        owners: The node whose subgraph it is [members], ascending.
        nodes: Which node each member is [members].
        edges: Parents and children, as indices of members, and labels [3, edges].
    """

    owners: Tensor
    nodes: Tensor
    edges: Tensor


def neighbourhoods(edges: Tensor, count: int, hops: int) -> Neighbourhoods:
    """The subgraphs of nodes that are at most `hops` edges away, in either direction.

    Args:
        edges: Parents, children and labels [3, edges].
        count: Number of nodes.
        hops: How far.
    """
    both = torch.cat([edges[:2], edges[:2].flip(0)], dim=1)
    step = _by_first(both, count)
    members = torch.arange(count, device=edges.device) * (count + 1)  # owner * count + node
    for _ in range(hops):
        rows, positions = step.join(members % count)
        reached = members[rows] // count * count + step.seconds[positions]
        members = torch.unique(torch.cat([members, reached]))
    owners, nodes = members // count, members % count
    down = _by_first(edges, count)
    rows, positions = down.join(nodes)
    wanted = owners[rows] * count + down.seconds[positions]
    found = torch.searchsorted(members, wanted).clamp(max=len(members) - 1)
    inside = members[found] == wanted
    labels = edges[2][down.order[positions]]
    induced = torch.stack([rows[inside], found[inside], labels[inside]])
    return Neighbourhoods(owners, nodes, induced)


@dataclass(frozen=True, slots=True)
class _AdjacencyIndex:
    """Edges sorted by their first ends.

    Attributes:
        order: The edge at each position [edges].
        seconds: Its second end [edges].
        starts: Position of the first edge of each node [nodes].
        counts: Number of edges of each node [nodes].
    """

    order: Tensor
    seconds: Tensor
    starts: Tensor
    counts: Tensor

    def join(self, nodes: Tensor) -> tuple[Tensor, Tensor]:
        """Each of the nodes [n] with each of its edges: rows of `nodes` and positions [pairs]."""
        counts = self.counts[nodes]
        rows = torch.repeat_interleave(torch.arange(len(nodes), device=nodes.device), counts)
        within = torch.arange(len(rows), device=nodes.device)
        within = within - (torch.cumsum(counts, 0) - counts)[rows]
        return rows, self.starts[nodes][rows] + within


def _by_first(edges: Tensor, count: int) -> _AdjacencyIndex:
    order = torch.argsort(edges[0])
    counts = torch.bincount(edges[0], minlength=count)
    return _AdjacencyIndex(order, edges[1][order], torch.cumsum(counts, 0) - counts, counts)
