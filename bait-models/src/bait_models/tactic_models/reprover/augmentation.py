"""Retrieval augmentation: premises shown with the goals that a generator is trained on."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import torch

from bait_core import TrainingError
from bait_models.retrieval.index import CorpusIndex
from bait_models.retrieval.model import Retriever
from bait_models.retrieval.text import show_premises
from bait_models.tactic_models.reprover.options import Seq2SeqTrainerOptions
from bait_models.trace_processors.corpus import Accessible, Corpus
from bait_models.trace_processors.seq2seq import Seq2SeqExample

_Goal = tuple[str, Accessible]


class RetrievalAugmentation:
    """Prepends premises to goals, and drops some in training (Yang et al., arXiv 2306.15626).

    They are retrieved once, among the premises of the corpus accessible to each proof. Those that
    the tactic uses get no special treatment: they are there if retrieved, as in a search.

    Args:
        examples: All examples that will be augmented.
        retriever: Finds the premises.
        corpus: The premises; the corpus that the examples were made from.
        options: How many premises, and how many are dropped.

    Raises:
        TrainingError: The examples were made from another corpus, or from none.
    """

    def __init__(
        self,
        examples: Sequence[Seq2SeqExample],
        retriever: Retriever,
        corpus: Corpus,
        options: Seq2SeqTrainerOptions,
    ) -> None:
        self._corpus = corpus
        self._options = options
        goals = list(dict.fromkeys(self._goal(example) for example in examples))
        index = CorpusIndex(retriever, corpus.premises)
        count = min(options.premises, len(corpus.premises))
        self._found: dict[_Goal, tuple[int, ...]] = {}
        for goal, cosines in zip(goals, index.cosines(goals), strict=True):
            best = cosines.topk(count)
            self._found[goal] = tuple(best.indices[torch.isfinite(best.values)].tolist())

    def __call__(self, example: Seq2SeqExample, rng: random.Random | None) -> Seq2SeqExample:
        """The example with premises before its goal; without randomness, none is dropped."""
        kept = (
            self._corpus.premises[index]
            for index in self._found[self._goal(example)]
            if rng is None or rng.random() >= self._options.premise_dropout
        )
        state = show_premises(example.state, kept, self._options.max_source)
        return msgspec.structs.replace(example, state=state)

    def _goal(self, example: Seq2SeqExample) -> _Goal:
        accessible = example.accessible
        if accessible is None or accessible.end > len(self._corpus.premises):
            raise TrainingError(
                "the examples do not say which premises of the corpus each proof can use",
                hint="Give the trace processor `seq2seq` the same corpus as the trainer.",
            )
        return example.state, accessible
