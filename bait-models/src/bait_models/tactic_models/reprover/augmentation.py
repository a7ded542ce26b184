"""What a retriever shows with the goals that a generator is trained on."""

from __future__ import annotations

import random
from collections.abc import Sequence

import msgspec
import torch

from bait_core.errors import TrainingError
from bait_models.retrieval.index import CorpusIndex
from bait_models.retrieval.model import Retriever
from bait_models.retrieval.text import show_premises
from bait_models.tactic_models.reprover.options import Seq2SeqTrainerOptions
from bait_models.trace_processors.corpus import Accessible, Corpus
from bait_models.trace_processors.seq2seq import Seq2SeqExample

_Goal = tuple[str, Accessible]


class RetrievalAugmentation:
    """Shows premises with goals, and drops some in training (Yang et al., arXiv 2306.15626).

    They are retrieved once, among those of the corpus that each proof might use. Nothing is done
    for those that the tactic uses: they are there if the retriever finds them, as in a search.

    Args:
        examples: All that will be shown.
        retriever: Finds the premises.
        corpus: What they are; that of which the examples were made.
        options: How many, and how many are dropped.

    Raises:
        TrainingError: The examples were made of another corpus, or of none.
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
        """The example with premises before its goal; none is dropped without randomness."""
        places = self._found[self._goal(example)]
        shown = (
            self._corpus.premises[place]
            for place in places
            if rng is None or rng.random() >= self._options.premise_dropout
        )
        state = show_premises(example.state, shown, self._options.max_source)
        return msgspec.structs.replace(example, state=state)

    def _goal(self, example: Seq2SeqExample) -> _Goal:
        accessible = example.accessible
        if accessible is None or accessible.end > len(self._corpus.premises):
            raise TrainingError(
                "the examples do not tell which premises of the corpus each proof may use",
                hint="Give the trace processor `seq2seq` the same corpus as the trainer.",
            )
        return example.state, accessible
