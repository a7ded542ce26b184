"""Options of the encoders; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from bait_core import Options


class EncoderOptions(Options):
    """Which encoder of terms, and its size; options of other kinds have no effect."""

    kind: Literal["gnn", "transformer", "sat", "directed-sat", "ensemble"] = Field(
        default="gnn",
        description="gnn passes messages along a term's graph; transformer reads its tokens; sat "
        "is a structure-aware transformer over its nodes; directed-sat attends only along its "
        "paths; ensemble joins gnn and transformer",
    )
    dim: int = Field(default=128, ge=8, description="dimension of embeddings")
    layers: int = Field(default=4, ge=1, description="layers of message passing or attention")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="dropout rate")
    max_nodes: int = Field(
        default=512,
        ge=8,
        description="maximum nodes of a graph; those farthest from the root are left out",
    )
    heads: int = Field(default=4, ge=1, description="attention heads (all kinds but gnn)")
    max_tokens: int = Field(
        default=512,
        ge=8,
        description="maximum tokens of a term; the last are left out (transformer, ensemble)",
    )
    extractor: Literal["subtree", "subgraph"] = Field(
        default="subtree",
        description="what a node's structure is: messages from nodes up to `hops` away, or a "
        "graph network over the subgraph of these nodes, which is slower (sat, directed-sat)",
    )
    hops: int = Field(
        default=2,
        ge=1,
        description="how far around a node its structure reaches (sat, directed-sat)",
    )

    @property
    def reads_sequences(self) -> bool:
        """Whether the encoder reads terms as sequences of tokens."""
        return self.kind in {"transformer", "ensemble"}

    @property
    def reads_ancestry(self) -> bool:
        """Whether the encoder needs to know which nodes lie on a common path."""
        return self.kind == "directed-sat"

    @model_validator(mode="after")
    def _heads_divide(self) -> Self:
        if self.kind != "gnn" and self.dim % self.heads:
            raise ValueError(f"dim ({self.dim}) must be a multiple of heads ({self.heads})")
        return self
