"""The encoder of HOL Light's goals as terms; needs bait-holist."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter
from torch import Tensor

from bait_core import Goal, ModelError
from bait_holist.errors import SexpError
from bait_holist.terms import read_key
from bait_models.encoders.batch import EncodedGraph, TermBatch
from bait_models.encoders.build import make_encoder
from bait_models.encoders.graph import TermGraph
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.reader import TermReader, goal_graphs
from bait_models.encoders.vocabulary import TermVocabulary
from bait_models.goal_models.provability.encoder import GoalEncoder, Reading

_CACHED_READINGS = 100_000
"""Graphs that are cached, since parsing is slow and each epoch reads the same goals."""


class TermEncoder(GoalEncoder):
    """Encodes the hypotheses and the conclusion of a goal as one term graph.

    Too large a graph loses the nodes that are farthest from its root.

    Args:
        options: Of the encoder.
        vocabulary: Tokens of terms.
    """

    def __init__(self, options: EncoderOptions, vocabulary: TermVocabulary) -> None:
        network = make_encoder(options, len(vocabulary))
        super().__init__(network.dim, options.kind)
        self.network = network
        self._options = options
        self._reader = TermReader(vocabulary, options)
        self._read = lru_cache(_CACHED_READINGS)(self._parse)

    @classmethod
    def new(cls, options: EncoderOptions, keys: Iterable[str]) -> TermEncoder:
        """An encoder with random weights, and the vocabulary of these goals."""
        return cls(options, TermVocabulary.of(_graph(key, options) for key in keys))

    @classmethod
    def restored(cls, saved: dict[str, Any]) -> TermEncoder:
        """The encoder with a checkpoint's hyperparameters; its weights are yet to be loaded."""
        options: EncoderOptions = TypeAdapter(EncoderOptions).validate_python(saved["options"])
        return cls(options, TermVocabulary(saved["vocabulary"]))

    def read(self, goal: Goal) -> Reading:
        """The graph of its key."""
        return self._read(goal.key)

    def batch(self, contents: Sequence[EncodedGraph]) -> TermBatch:
        """Graphs side by side."""
        return self._reader.batch(contents)

    def forward(self, batch: TermBatch) -> Tensor:
        """Embeddings [batch, dim]."""
        embeddings: Tensor = self.network(batch)
        return embeddings

    def hyperparameters(self) -> dict[str, Any]:
        """Kind, options and vocabulary."""
        return {
            "kind": self.kind,
            "options": self._options.model_dump(mode="json"),
            "vocabulary": self._reader.vocabulary.tokens,
        }

    def _parse(self, key: str) -> Reading:
        [encoded] = self._reader.encode([_graph(key, self._options)])
        return Reading(encoded, len(encoded.tokens), encoded.is_truncated)


def _graph(key: str, options: EncoderOptions) -> TermGraph:
    try:
        [graph] = goal_graphs([read_key(key)], options)
    except (SexpError, IndexError) as error:
        raise ModelError(
            f"the encoder {options.kind} reads goals of HOL Light, which this is not: {key[:100]}",
            hint="Train a goal model with the encoder {kind: bytes}, which reads goals of every "
            "prover.",
        ) from error
    return graph
