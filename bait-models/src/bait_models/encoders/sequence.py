"""Terms as sequences of tokens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from bait_models.encoders.graph import TermGraph, is_variable
from bait_models.encoders.records import TensorRecord


@dataclass(frozen=True, slots=True)
class TermSequence:
    """The nodes of a graph in prefix order, shared subterms written out each time.

    Attributes:
        nodes: [tokens]
        variables: For variables, their rank among the term's variables in the order of first
            occurrence, from 1; 0 for other nodes [tokens].
        is_truncated: Whether tokens were left out.
    """

    nodes: Tensor
    variables: Tensor
    is_truncated: bool


@dataclass(frozen=True, slots=True)
class BatchSequence(TensorRecord):
    """The tokens of several terms one after the other.

    Attributes:
        nodes: The node of each token [tokens].
        variables: See `TermSequence`, [tokens].
        graph: Which graph each token belongs to [tokens], ascending.
        first: The first token of each graph [batch].
    """

    nodes: Tensor
    variables: Tensor
    graph: Tensor
    first: Tensor


def prefix_order(graph: TermGraph, max_tokens: int) -> TermSequence:
    """The first `max_tokens` tokens of a term; a node's children are in the order of labels."""
    children: list[list[int]] = [[] for _ in graph.tokens]
    for parent, child, _ in sorted(graph.edges, key=lambda edge: edge[2]):
        children[parent].append(child)
    nodes: list[int] = []
    ranks: dict[int, int] = {}
    stack = [0]
    while stack and len(nodes) < max_tokens:
        node = stack.pop()
        nodes.append(node)
        if is_variable(graph.tokens[node]):
            ranks.setdefault(node, len(ranks) + 1)
        stack.extend(reversed(children[node]))
    return TermSequence(
        nodes=torch.tensor(nodes, dtype=torch.int32),
        variables=torch.tensor([ranks.get(node, 0) for node in nodes], dtype=torch.int32),
        is_truncated=bool(stack),
    )


def collate_sequences(sequences: Sequence[TermSequence], starts: Tensor) -> BatchSequence:
    """Put sequences one after the other; `starts` are the first nodes of their graphs [batch]."""
    sizes = torch.tensor([len(sequence.nodes) for sequence in sequences])
    nodes = torch.cat([sequence.nodes for sequence in sequences]).long()
    return BatchSequence(
        nodes=nodes + torch.repeat_interleave(starts, sizes),
        variables=torch.cat([sequence.variables for sequence in sequences]).long(),
        graph=torch.repeat_interleave(torch.arange(len(sequences)), sizes),
        first=torch.cumsum(sizes, 0) - sizes,
    )
