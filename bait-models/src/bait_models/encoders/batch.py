"""Graphs as tensors, single and batched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bait_models.encoders.ancestry import Ancestry, BatchAncestry, ancestry_of, collate_ancestry
from bait_models.encoders.graph import TermGraph
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.records import TensorRecord
from bait_models.encoders.sequence import (
    BatchSequence,
    TermSequence,
    collate_sequences,
    prefix_order,
)
from bait_models.encoders.vocabulary import TermVocabulary


@dataclass(frozen=True, slots=True)
class EncodedGraph:
    """A graph as tensors.

    Attributes:
        tokens: Token numbers [nodes].
        edges: Parents, children and labels [3, edges].
        sequence: For encoders that read sequences.
        ancestry: For encoders that attend along paths.
        is_truncated: Whether some of the graph was left out.
    """

    tokens: Tensor
    edges: Tensor
    sequence: TermSequence | None = None
    ancestry: Ancestry | None = None
    is_truncated: bool = False


@dataclass(frozen=True, slots=True)
class TermBatch(TensorRecord):
    """Several graphs side by side, as one disconnected graph.

    Attributes:
        tokens: Token numbers [nodes].
        edges: Parents, children and labels [3, edges].
        graph: Which graph each node belongs to [nodes], ascending.
        roots: The root of each graph [batch].
        sequence: For encoders that read sequences.
        ancestry: For encoders that attend along paths.
    """

    tokens: Tensor
    edges: Tensor
    graph: Tensor
    roots: Tensor
    sequence: BatchSequence | None = None
    ancestry: BatchAncestry | None = None

    def __len__(self) -> int:
        """How many graphs there are."""
        return len(self.roots)


def encode_graph(
    graph: TermGraph, vocabulary: TermVocabulary, options: EncoderOptions
) -> EncodedGraph:
    """A graph as tensors, with small types since there may be thousands of graphs."""
    sequence = prefix_order(graph, options.max_tokens) if options.reads_sequences else None
    return EncodedGraph(
        tokens=torch.tensor(vocabulary.encode(graph), dtype=torch.int32),
        edges=torch.tensor(graph.edges, dtype=torch.int32).reshape(-1, 3).T.contiguous(),
        sequence=sequence,
        ancestry=ancestry_of(graph) if options.reads_ancestry else None,
        is_truncated=graph.is_truncated or (sequence is not None and sequence.is_truncated),
    )


def collate(graphs: Sequence[EncodedGraph]) -> TermBatch:
    """Put graphs side by side."""
    sizes = torch.tensor([len(graph.tokens) for graph in graphs])
    starts = torch.cumsum(sizes, 0) - sizes
    edges = torch.cat([graph.edges for graph in graphs], dim=1).long()
    counts = torch.tensor([graph.edges.shape[1] for graph in graphs])
    edges[:2] += torch.repeat_interleave(starts, counts)
    sequences = [graph.sequence for graph in graphs if graph.sequence is not None]
    ancestries = [graph.ancestry for graph in graphs if graph.ancestry is not None]
    return TermBatch(
        tokens=torch.cat([graph.tokens for graph in graphs]).long(),
        edges=edges,
        graph=torch.repeat_interleave(torch.arange(len(graphs)), sizes),
        roots=starts,
        sequence=collate_sequences(sequences, starts) if sequences else None,
        ancestry=collate_ancestry(ancestries) if ancestries else None,
    )
