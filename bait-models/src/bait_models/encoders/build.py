"""From options to an encoder."""

from __future__ import annotations

from bait_models.encoders.encoder import Encoder
from bait_models.encoders.gnn import GraphNetwork
from bait_models.encoders.options import EncoderOptions

_ENCODERS: dict[str, type[GraphNetwork]] = {"gnn": GraphNetwork}


def make_encoder(options: EncoderOptions, vocabulary_size: int) -> Encoder:
    """A new encoder with random weights."""
    return _ENCODERS[options.kind](options, vocabulary_size)
