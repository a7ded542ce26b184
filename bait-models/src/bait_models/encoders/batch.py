"""Graphs as tensors: one by one, and many as one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import Self

import torch
from torch import Tensor

from bait_models.encoders.graph import TermGraph
from bait_models.encoders.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True)
class EncodedGraph:
    """A graph as tensors.

    Attributes:
        tokens: Token numbers [nodes].
        edges: Parents, children and labels [3, edges].
    """

    tokens: Tensor
    edges: Tensor


@dataclass(frozen=True, slots=True)
class TermBatch:
    """Several graphs side by side, as one graph that is not connected.

    Attributes:
        tokens: Token numbers [nodes].
        edges: Parents, children and labels [3, edges].
        graph: Which graph each node belongs to [nodes], ascending.
        roots: The root of each graph [batch].
    """

    tokens: Tensor
    edges: Tensor
    graph: Tensor
    roots: Tensor

    def __len__(self) -> int:
        """How many graphs there are."""
        return len(self.roots)

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Self:
        """The same on another device; Lightning calls it."""
        return type(self)(
            *(getattr(self, f.name).to(device, non_blocking=non_blocking) for f in fields(self))
        )


def encode_graph(graph: TermGraph, vocabulary: Vocabulary) -> EncodedGraph:
    """A graph as tensors, in 32 bits as there may be thousands of them."""
    edges = torch.tensor(graph.edges, dtype=torch.int32).reshape(-1, 3).T.contiguous()
    return EncodedGraph(torch.tensor(vocabulary.encode(graph), dtype=torch.int32), edges)


def collate(graphs: Sequence[EncodedGraph]) -> TermBatch:
    """Put graphs side by side."""
    sizes = torch.tensor([len(graph.tokens) for graph in graphs])
    starts = torch.cumsum(sizes, 0) - sizes
    shifts = torch.tensor([[1], [1], [0]])
    edges = [g.edges.long() + shifts * start for g, start in zip(graphs, starts, strict=True)]
    return TermBatch(
        tokens=torch.cat([graph.tokens for graph in graphs]).long(),
        edges=torch.cat(edges, dim=1),
        graph=torch.repeat_interleave(torch.arange(len(graphs)), sizes),
        roots=starts,
    )
