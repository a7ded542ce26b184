"""Attention within groups of rows: the tokens of a term, or the nodes of a graph.

Vaswani et al., Attention Is All You Need, NeurIPS 2017, arXiv 1706.03762, with layer normalisation
before each sublayer rather than after it (Xiong et al., ICML 2020, arXiv 2002.04745).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional

_SMALL = 32
"""Groups up to this size are padded to the largest of them."""


@dataclass(frozen=True, slots=True)
class Block:
    """Groups of similar sizes, padded to the largest.

    Attributes:
        rows: Indices of the groups' rows, 0 for padding [groups, length].
        present: Where there is no padding, bool [groups, length].
        mask: Which rows (last but one dimension) attend to which rows (last dimension), bool
            [groups, 1, 1, length] or [groups, 1, length, length].
    """

    rows: Tensor
    present: Tensor
    mask: Tensor


class Blocks:
    """Rows sorted into blocks, at most half of which is padding, except for small groups.

    Args:
        groups: Which group each row belongs to [rows], ascending from 0.
        related: For each group, row by row, which of its rows attend to which (each to itself),
            bool [sum of rows * rows]; if None, all attend to all.
    """

    def __init__(self, groups: Tensor, related: Tensor | None = None) -> None:
        sizes = torch.bincount(groups)
        tables = _Tables(
            sizes, torch.cumsum(sizes, 0) - sizes, torch.cumsum(sizes**2, 0) - sizes**2, related
        )
        by_width: dict[int, list[int]] = {}
        for group, size in enumerate(sizes.tolist()):
            width = max(_SMALL, 1 << (size - 1).bit_length())
            by_width.setdefault(width, []).append(group)
        self.blocks = [tables.block(members) for members in by_width.values()]
        order = torch.cat([block.rows[block.present] for block in self.blocks])
        self._positions = torch.argsort(order)

    def unite(self, blocks: Sequence[Tensor]) -> Tensor:
        """Rows [rows, ...] in their order, from the rows [groups, length, ...] of each block."""
        present = [p[b.present] for p, b in zip(blocks, self.blocks, strict=True)]
        return torch.cat(present)[self._positions]


@dataclass(frozen=True, slots=True)
class _Tables:
    sizes: Tensor
    starts: Tensor
    squares: Tensor
    related: Tensor | None

    def block(self, members: Sequence[int]) -> Block:
        chosen = torch.tensor(members, device=self.sizes.device)
        sizes = self.sizes[chosen][:, None]
        columns = torch.arange(int(sizes.max()), device=sizes.device)
        present = columns < sizes
        rows = (self.starts[chosen][:, None] + columns) * present
        return Block(rows, present, self._mask(chosen, columns, present)[:, None])

    def _mask(self, chosen: Tensor, columns: Tensor, present: Tensor) -> Tensor:
        if self.related is None:
            return present[:, None, :]
        both = present[:, :, None] & present[:, None, :]
        inside = columns[:, None] * self.sizes[chosen][:, None, None] + columns
        indices = (self.squares[chosen][:, None, None] + inside) * both
        # Padding attends to itself, as a softmax over nothing would be NaN.
        alone = torch.eye(len(columns), dtype=torch.bool, device=columns.device)
        return self.related[indices] & both | alone


def attend(queries: Tensor, keys: Tensor, values: Tensor, blocks: Blocks, heads: int) -> Tensor:
    """Attention of rows to the rows of their group: softmax(Q K^T / sqrt(d)) V for each head.

    Args:
        queries: [rows, heads * d]
        keys: [rows, heads * d]
        values: [rows, heads * d]
        blocks: Of the groups of rows.
        heads: Number of heads.

    Returns:
        [rows, heads * d]
    """
    outputs = []
    for block in blocks.blocks:
        shape = (*block.rows.shape, heads, -1)
        q, k, v = (x[block.rows].view(shape).transpose(1, 2) for x in (queries, keys, values))
        attended = functional.scaled_dot_product_attention(q, k, v, block.mask)
        outputs.append(attended.transpose(1, 2).flatten(2))
    return blocks.unite(outputs)


class AttentionLayer(nn.Module):
    """Attention and a feed-forward network on rows, each with a residual connection.

    Queries, keys and values have no biases, as one on the keys would have no effect; attention
    weights have no dropout, which would take longer than all the rest.
    """

    def __init__(self, dim: int, heads: int, dropout: float) -> None:
        super().__init__()
        self._heads = heads
        self.attention_norm = nn.LayerNorm(dim)
        self.query = nn.Linear(dim, dim, bias=False)
        self.key = nn.Linear(dim, dim, bias=False)
        self.value = nn.Linear(dim, dim, bias=False)
        self.output = nn.Sequential(nn.Linear(dim, dim), nn.Dropout(dropout))
        self.network = nn.Sequential(
            nn.LayerNorm(dim),
            nn.Linear(dim, 2 * dim),
            nn.GELU(),
            nn.Dropout(dropout),
            nn.Linear(2 * dim, dim),
            nn.Dropout(dropout),
        )

    def forward(
        self,
        rows: Tensor,
        blocks: Blocks,
        structure: Callable[[Tensor], Tensor] | None = None,
        weights: Tensor | None = None,
    ) -> Tensor:
        """The next rows.

        Args:
            rows: [rows, dim]
            blocks: Of the groups of rows.
            structure: Maps rows to the input of queries and keys; the identity if None.
            weights: Weights of the rows' attention [rows]; 1 if None.

        Returns:
            [rows, dim]
        """
        normal = self.attention_norm(rows)
        aware = normal if structure is None else structure(normal)
        attended = self.output(
            attend(self.query(aware), self.key(aware), self.value(normal), blocks, self._heads)
        )
        rows = rows + (attended if weights is None else attended * weights[:, None])
        changed: Tensor = rows + self.network(rows)
        return changed


def sinusoids(positions: Tensor, dim: int) -> Tensor:
    """Sinusoidal encoding of positions [n]: [n, dim] (Vaswani et al., section 3.5)."""
    rates = torch.exp(
        torch.arange(0, dim, 2, device=positions.device) * (-math.log(10_000.0) / dim)
    )
    angles = positions[:, None] * rates
    waves = torch.stack([torch.sin(angles), torch.cos(angles)], dim=2)
    return waves.flatten(1)[:, :dim]
