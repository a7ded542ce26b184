"""Ancestry: which nodes of a graph lie on a common path from a root, and how deep they are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from bait_models.encoders.graph import TermGraph
from bait_models.encoders.records import TensorRecord


@dataclass(frozen=True, slots=True)
class Ancestry:
    """Descendants and depths of nodes.

    Attributes:
        descendants: For each node, itself and the nodes reachable from it, as bits starting at
            the least significant: uint8 [nodes, ceil(nodes / 8)].
        depths: Length of the longest path to each node from one without parents [nodes].
    """

    descendants: Tensor
    depths: Tensor


@dataclass(frozen=True, slots=True)
class BatchAncestry(TensorRecord):
    """The ancestry of several graphs.

    Attributes:
        related: For each graph, row by row, whether one of two of its nodes is reachable from the
            other (each node is from itself), bool [sum of nodes * nodes].
        depths: [nodes]
    """

    related: Tensor
    depths: Tensor


def ancestry_of(graph: TermGraph) -> Ancestry:
    """Descendants and depths of a graph's nodes."""
    children: list[list[int]] = [[] for _ in graph.tokens]
    for parent, child, _ in graph.edges:
        children[parent].append(child)
    depths = [0] * len(children)
    order = list(_parents_first(children))
    for node in order:
        for child in children[node]:
            depths[child] = max(depths[child], depths[node] + 1)
    reached = [1 << node for node in range(len(children))]
    for node in reversed(order):
        for child in children[node]:
            reached[node] |= reached[child]
    width = (len(children) + 7) // 8
    packed = b"".join(bits.to_bytes(width, "little") for bits in reached)
    return Ancestry(
        descendants=torch.frombuffer(bytearray(packed), dtype=torch.uint8).reshape(-1, width),
        depths=torch.tensor(depths, dtype=torch.int32),
    )


def _parents_first(children: Sequence[Sequence[int]]) -> Iterator[int]:
    waiting = [0] * len(children)
    for some in children:
        for child in some:
            waiting[child] += 1
    ready = [node for node, parents in enumerate(waiting) if not parents]
    while ready:
        node = ready.pop()
        yield node
        for child in children[node]:
            waiting[child] -= 1
            if not waiting[child]:
                ready.append(child)


def collate_ancestry(graphs: Sequence[Ancestry]) -> BatchAncestry:
    """Put graphs side by side."""
    related = []
    for graph in graphs:
        bits = np.unpackbits(
            graph.descendants.numpy(), axis=1, count=len(graph.depths), bitorder="little"
        )
        related.append((bits | bits.T).reshape(-1))
    return BatchAncestry(
        related=torch.from_numpy(np.concatenate(related)).bool(),
        depths=torch.cat([graph.depths for graph in graphs]).long(),
    )
