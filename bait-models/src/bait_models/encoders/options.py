"""Options of the encoders; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Literal, Self

from pydantic import Field, model_validator

from bait_core.options import Options


class EncoderOptions(Options):
    """Which encoder of terms, and how large; what does not concern a kind changes nothing."""

    kind: Literal["gnn", "transformer", "sat", "directed-sat", "ensemble"] = Field(
        default="gnn",
        description="gnn passes messages along a term's graph; transformer reads its tokens; sat "
        "is a structure-aware transformer over its nodes; directed-sat attends only along its "
        "paths; ensemble joins gnn and transformer",
    )
    dim: int = Field(default=128, ge=8, description="length of embeddings")
    layers: int = Field(default=4, ge=1, description="rounds of message passing, or of attention")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="share of values left out")
    max_nodes: int = Field(
        default=512, ge=8, description="nodes of a graph; those farthest from the root are left out"
    )
    heads: int = Field(default=4, ge=1, description="of attention; all but gnn")
    max_tokens: int = Field(
        default=512,
        ge=8,
        description="tokens of a term; the last are left out. transformer, ensemble",
    )
    extractor: Literal["subtree", "subgraph"] = Field(
        default="subtree",
        description="what a node's structure is: messages from as far as `hops`, or a graph "
        "network on all that is as far as `hops`, which is slower. sat, directed-sat",
    )
    hops: int = Field(
        default=2, ge=1, description="how far around a node its structure goes. sat, directed-sat"
    )

    @property
    def reads_sequences(self) -> bool:
        """Whether the encoder reads terms as sequences of tokens."""
        return self.kind in {"transformer", "ensemble"}

    @property
    def reads_ancestry(self) -> bool:
        """Whether the encoder needs to know which nodes lie on one path."""
        return self.kind == "directed-sat"

    @model_validator(mode="after")
    def _heads_divide(self) -> Self:
        if self.kind != "gnn" and self.dim % self.heads:
            raise ValueError(f"dim ({self.dim}) is no multiple of heads ({self.heads})")
        return self
