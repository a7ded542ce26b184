"""Steps as batches: goals, the premises that they use, and premises to tell apart."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import torch
from torch import Tensor

from bait_core.errors import TrainingError
from bait_core.training import CorpusPremise
from bait_models.byt5.text import pad
from bait_models.chunks import padded_chunks
from bait_models.retrieval.model import RetrievalBatch, Retriever
from bait_models.trace_processors.retrieval import RetrievalExample
from bait_models.training.data import ExampleData

_TOKENS_OF_A_PART = 1 << 12
"""Premises of a batch are padded in parts of this size, since few of them are long."""


class DrawnStep(NamedTuple):
    """A step, and the premises that it brings into a batch."""

    example: RetrievalExample
    premises: tuple[CorpusPremise, ...]


class StepBatches:
    """Draws premises of steps, and makes batches of them.

    Args:
        retriever: Says how texts are encoded.
        places: Of premises in the corpus, by name.
        positives: Premises that a step uses to bring, at most.
        negatives: Hard negatives of a step to bring, at most.
    """

    def __init__(
        self, retriever: Retriever, places: Mapping[str, int], positives: int, negatives: int
    ) -> None:
        self._retriever = retriever
        self._places = places
        self._positives = positives
        self._negatives = negatives

    def check(self, data: ExampleData[RetrievalExample]) -> None:
        """Find out whether the examples were made of this corpus.

        Raises:
            TrainingError: The corpus lacks a premise of theirs.
        """
        for example in (*data.train, *data.valid):
            for premise in (*example.positives, *example.negatives):
                if premise.name not in self._places:
                    raise TrainingError(
                        f"the corpus does not hold {premise.name}, which examples name",
                        hint="Give trainer and trace processor the same corpus.",
                    )

    def draw(self, example: RetrievalExample, rng: random.Random | None) -> DrawnStep:
        """The premises that a step brings; without randomness the first ones."""
        used = _some(example.positives, self._positives, rng)
        return DrawnStep(example, (*used, *_some(example.negatives, self._negatives, rng)))

    def collate(self, steps: Sequence[DrawnStep]) -> RetrievalBatch:
        """Goals against all premises of the batch, each of which is there once.

        What one step brings as a negative, another may use: it is a positive there. So is what
        another step of the same goal uses, and what says the same under another name.
        """
        premises = {premise.name: premise for step in steps for premise in step.premises}
        encoded = {name: self._retriever.encode_premise(p) for name, p in premises.items()}
        order = sorted(premises, key=lambda name: len(encoded[name]))
        rows = [encoded[name] for name in order]
        columns = torch.tensor([self._places[name] for name in order])
        ends = torch.tensor([step.example.accessible.end for step in steps])
        itself = torch.tensor([_number(step.example.accessible.itself) for step in steps])
        allowed = (columns < ends[:, None]) & (columns != itself[:, None])
        chosen = self._chosen(steps, [premises[name] for name in order])
        return RetrievalBatch(
            pad([self._retriever.encode_goal(step.example.state) for step in steps]),
            tuple(map(pad, padded_chunks(rows, list(map(len, rows)), _TOKENS_OF_A_PART))),
            chosen,
            allowed | chosen,
        )

    def _chosen(self, steps: Sequence[DrawnStep], premises: Sequence[CorpusPremise]) -> Tensor:
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


def _some(
    premises: Sequence[CorpusPremise], count: int, rng: random.Random | None
) -> Sequence[CorpusPremise]:
    return premises[:count] if rng is None else rng.sample(premises, min(count, len(premises)))


def _number(place: int | None) -> int:
    return -1 if place is None else place
