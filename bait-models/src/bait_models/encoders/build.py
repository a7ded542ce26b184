"""Making encoders from options."""

from __future__ import annotations

from collections.abc import Callable

from bait_models.encoders.encoder import Encoder
from bait_models.encoders.ensemble import Ensemble
from bait_models.encoders.gnn import GraphNetwork
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.sat import DirectedStructureAwareTransformer, StructureAwareTransformer
from bait_models.encoders.transformer import Transformer

_ENCODERS: dict[str, Callable[[EncoderOptions, int], Encoder]] = {
    "gnn": GraphNetwork,
    "transformer": Transformer,
    "sat": StructureAwareTransformer,
    "directed-sat": DirectedStructureAwareTransformer,
    "ensemble": Ensemble,
}


def make_encoder(options: EncoderOptions, vocabulary_size: int) -> Encoder:
    """A new encoder with random weights, for graphs that were read with the same options."""
    return _ENCODERS[options.kind](options, vocabulary_size)
