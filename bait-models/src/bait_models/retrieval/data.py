"""Steps as batches: goals, the premises that they use, and negatives."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from bait_core import CorpusPremise, TrainingError
from bait_models.byt5.text import pad
from bait_models.chunks import padded_chunks
from bait_models.retrieval.model import RetrievalBatch, Retriever
from bait_models.trace_processors.retrieval import RetrievalExample
from bait_models.training.data import ExampleData

_TOKENS_PER_CHUNK = 1 << 12
"""Premises of a batch are padded in chunks of this size, since few of them are long."""


class DrawnStep(NamedTuple):
    """A step, and the premises that it adds to a batch."""

    example: RetrievalExample
    premises: tuple[CorpusPremise, ...]


class StepBatches:
    """Samples premises for steps, and makes batches of them.

    Args:
        retriever: Encodes texts.
        indices: Indices of premises in the corpus, by name.
        positives: Maximum number of used premises that a step adds to a batch.
        negatives: Maximum number of hard negatives that a step adds to a batch.
    """

    def __init__(
        self, retriever: Retriever, indices: Mapping[str, int], positives: int, negatives: int
    ) -> None:
        self._retriever = retriever
        self._indices = indices
        self._positives = positives
        self._negatives = negatives

    def check(self, data: ExampleData[RetrievalExample]) -> None:
        """Check that the examples were made from this corpus.

        Raises:
            TrainingError: The corpus lacks one of their premises.
        """
        for example in (*data.train, *data.valid):
            for premise in (*example.positives, *example.negatives):
                if premise.name not in self._indices:
                    raise TrainingError(
                        f"the corpus does not hold {premise.name}, which occurs in examples",
                        hint="Give the trainer and the trace processor the same corpus.",
                    )

    def draw(self, example: RetrievalExample, rng: random.Random | None) -> DrawnStep:
        """The premises that a step adds; without randomness, the first ones."""
        used = _sample(example.positives, self._positives, rng)
        return DrawnStep(example, (*used, *_sample(example.negatives, self._negatives, rng)))

    def collate(self, steps: Sequence[DrawnStep]) -> RetrievalBatch:
        """Goals and all premises of the batch, without repetition.

        A premise that one step adds as a negative may be used by another step: it is a positive
        there. So are the premises that another step of the same goal uses, and those with the same
        statement under another name.
        """
        premises = {premise.name: premise for step in steps for premise in step.premises}
        encoded = {name: self._retriever.encode_premise(p) for name, p in premises.items()}
        order = sorted(premises, key=lambda name: len(encoded[name]))
        rows = [encoded[name] for name in order]
        columns = torch.tensor([self._indices[name] for name in order])
        ends = torch.tensor([step.example.accessible.end for step in steps])
        itself = torch.tensor([_number(step.example.accessible.itself) for step in steps])
        accessible = (columns < ends[:, None]) & (columns != itself[:, None])
        positive = self._positive(steps, [premises[name] for name in order])
        return RetrievalBatch(
            pad([self._retriever.encode_goal(step.example.state) for step in steps]),
            tuple(map(pad, padded_chunks(rows, list(map(len, rows)), _TOKENS_PER_CHUNK))),
            positive,
            accessible | positive,
        )

    def _positive(self, steps: Sequence[DrawnStep], premises: Sequence[CorpusPremise]) -> Tensor:
        names: dict[str, set[str]] = defaultdict(set)
        statements: dict[str, set[str]] = defaultdict(set)
        for example, _ in steps:
            names[example.state].update(p.name for p in example.positives)
            statements[example.state].update(p.statement for p in example.positives if p.statement)
        rows = [
            [p.name in names[e.state] or p.statement in statements[e.state] for p in premises]
            for e, _ in steps
        ]
        return torch.tensor(rows, dtype=torch.bool)


def _sample(
    premises: Sequence[CorpusPremise], count: int, rng: random.Random | None
) -> Sequence[CorpusPremise]:
    return premises[:count] if rng is None else rng.sample(premises, min(count, len(premises)))


def _number(index: int | None) -> int:
    return -1 if index is None else index
