"""Options of the encoders; light, since listing plugins imports them."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from bait_core.plugins.options import Options


class EncoderOptions(Options):
    """Which encoder of terms, and how large."""

    kind: Literal["gnn"] = Field(default="gnn", description="which encoder")
    dim: int = Field(default=128, ge=8, description="length of embeddings")
    layers: int = Field(default=4, ge=1, description="rounds of message passing, or of attention")
    dropout: float = Field(default=0.1, ge=0, lt=1, description="share of values left out")
    max_nodes: int = Field(
        default=512, ge=8, description="nodes of a graph; those farthest from the root are left out"
    )
