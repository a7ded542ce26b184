"""Proof steps as batches: goals, tactics, and theorems to tell apart."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import lightning.pytorch as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Sampler

from bait_core import read_examples
from bait_holist.human_proofs import read_library_theorems
from bait_holist.terms import constants, parse, read_key
from bait_models.encoders.batch import EncodedGraph, TermBatch
from bait_models.encoders.reader import TermReader, goal_graphs, term_graphs
from bait_models.encoders.records import TensorRecord
from bait_models.encoders.vocabulary import TermVocabulary
from bait_models.tactic_models.holist.features import Lexicon, features
from bait_models.tactic_models.holist.options import HolistTrainerOptions
from bait_models.trace_processors.holist import HolistExample

_HARD_POOL = 30
"""Hard negatives are drawn from this many theorems most similar to a goal."""


@dataclass(frozen=True, slots=True)
class StepBatch(TensorRecord):
    """A batch of steps.

    Attributes:
        goals: Graphs [batch].
        tactics: Number of the tactic of each step [batch].
        theorems: Graphs of the theorems to tell apart [theorems].
        features: [batch, theorems, FEATURES]
        positive: Which theorems each step uses, bool [batch, theorems].
        accessible: Which ones it could use, bool [batch, theorems].
    """

    goals: TermBatch
    tactics: Tensor
    theorems: TermBatch
    features: Tensor
    positive: Tensor
    accessible: Tensor

    def __len__(self) -> int:
        """How many steps there are."""
        return len(self.tactics)


@dataclass(frozen=True, slots=True)
class Step:
    """An encoded example; `premises` are indices in the library."""

    goal: EncodedGraph
    symbols: tuple[str, ...]
    tactic: int
    premises: tuple[int, ...]
    index: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """The meaning of the numbers that a network reads and writes.

    Attributes:
        tactics: Templates by number.
        vocabulary: Of terms.
    """

    tactics: Sequence[str]
    vocabulary: TermVocabulary


class HolistData(pl.LightningDataModule):
    """Examples of steps, read once and encoded.

    Args:
        folder: The examples.
        options: Define the batches.
        seed: Of their order.
        numbering: That of the network to continue training; made from the examples for a new one.

    Attributes:
        tactics: Templates by number.
        vocabulary: Of terms.
        lexicon: Constants and uses of theorems in the training examples.
        truncated: How many goals were too large and were truncated.
    """

    def __init__(
        self,
        folder: Path,
        options: HolistTrainerOptions,
        seed: int,
        numbering: Numbering | None = None,
    ) -> None:
        super().__init__()
        self._options = options
        self._seed = seed
        self._library = list(read_library_theorems(options.library))
        examples = {s: list(read_examples(folder, s, HolistExample)) for s in ("train", "valid")}
        terms = [parse(theorem.statement) for theorem in self._library]
        graphs = term_graphs(terms, options.encoder)
        goals = {
            split: goal_graphs((read_key(example.goal) for example in found), options.encoder)
            for split, found in examples.items()
        }
        known = numbering or Numbering(
            _frequent(examples["train"], options.least_count),
            TermVocabulary.of([*graphs, *goals["train"]]),
        )
        self.tactics, self.vocabulary = known.tactics, known.vocabulary
        self._reader = TermReader(self.vocabulary, options.encoder)
        encoded = {split: self._reader.encode(found) for split, found in goals.items()}
        self.truncated = self._reader.truncated
        self._graphs = self._reader.encode(graphs)
        symbols = [tuple(constants(term)) for term in terms]
        used = (name for example in examples["train"] for name in example.premises)
        self.lexicon = Lexicon.of(symbols, used)
        self._vectors = self.lexicon.vectors(symbols)
        self._popularity = self.lexicon.popularity([t.name for t in self._library])
        self._steps = {s: list(self._encoded(examples[s], encoded[s])) for s in examples}

    def train_dataloader(self) -> DataLoader[StepBatch]:
        """Batches; each epoch has its own order."""
        sampler = _Batches(self._steps["train"], self._options, self._seed, shuffled=True)
        return self._loader("train", sampler)

    def val_dataloader(self) -> DataLoader[StepBatch]:
        """The same batches each time."""
        sampler = _Batches(self._steps["valid"], self._options, self._seed, shuffled=False)
        return self._loader("valid", sampler)

    def _loader(self, split: str, sampler: _Batches) -> DataLoader[StepBatch]:
        return DataLoader(
            self._steps[split],  # type: ignore[arg-type]  # a list is a dataset
            batch_sampler=sampler,
            collate_fn=_Collator(self, fixed=split == "valid"),
        )

    def _encoded(
        self, examples: Sequence[HolistExample], goals: Sequence[EncodedGraph]
    ) -> Iterator[Step]:
        numbers = {template: number for number, template in enumerate(self.tactics)}
        indices = {theorem.name: index for index, theorem in enumerate(self._library)}
        for example, goal in zip(examples, goals, strict=True):
            tactic = numbers.get(example.template)
            if tactic is not None:
                known = (indices[name] for name in example.premises if name in indices)
                premises = tuple(p for p in known if self._library[p].index < example.index)
                yield Step(goal, example.symbols, tactic, premises, example.index)

    def batch(self, steps: Sequence[Step], rng: random.Random) -> StepBatch:
        """A batch of steps, with theorems to tell apart that are drawn with `rng`."""
        vectors = self.lexicon.vectors([step.symbols for step in steps])
        rows = self._candidates(steps, vectors, rng)
        library_indices = torch.tensor([self._library[row].index for row in rows])
        ages = torch.tensor([[step.index] for step in steps]) - library_indices
        column = {row: number for number, row in enumerate(rows)}
        positive = torch.zeros(len(steps), len(rows), dtype=torch.bool)
        for number, step in enumerate(steps):
            positive[number, [column[row] for row in step.premises]] = True
        return StepBatch(
            goals=self._reader.batch([step.goal for step in steps]),
            tactics=torch.tensor([step.tactic for step in steps]),
            theorems=self._reader.batch([self._graphs[row] for row in rows]),
            features=features(
                vectors, self._vectors[rows], self._popularity[rows], ages.clamp(min=0).float()
            ),
            positive=positive,
            accessible=ages > 0,
        )

    def _candidates(self, steps: Sequence[Step], vectors: Tensor, rng: random.Random) -> list[int]:
        """The theorems that steps use, some similar to their goals, and some at random."""
        found = {index for step in steps for index in step.premises}
        similar = vectors @ self._vectors.T / self._vectors.norm(dim=1).clamp(min=1e-6)
        for row, step in enumerate(steps):
            if step.premises:
                before = max(min(step.index, len(self._library)), 1)
                best = similar[row, :before].topk(min(_HARD_POOL, before)).indices.tolist()
                found.update(rng.sample(best, min(self._options.hard_negatives, len(best))))
        negatives = min(self._options.negatives, len(self._library))
        found.update(rng.sample(range(len(self._library)), negatives))
        return sorted(found)


class _Collator:
    """Makes batches; in validation, always the same ones from the same steps."""

    def __init__(self, data: HolistData, *, fixed: bool) -> None:
        self._data = data
        self._fixed = fixed

    def __call__(self, steps: list[Step]) -> StepBatch:
        # Lightning seeds PyTorch, and restores its state when a run is resumed.
        seed = 0 if self._fixed else int(torch.randint(2**31, ()))
        return self._data.batch(steps, random.Random(seed))  # noqa: S311  (no secret)


class _Batches(Sampler[list[int]]):
    """Batches with a limited number of steps and nodes."""

    def __init__(
        self, steps: Sequence[Step], options: HolistTrainerOptions, seed: int, *, shuffled: bool
    ) -> None:
        self._sizes = [len(step.goal.tokens) for step in steps]
        self._options = options
        self._seed = seed
        self._shuffled = shuffled
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch, which is part of the seed; Lightning calls this."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        order = list(range(len(self._sizes)))
        if self._shuffled:
            rng = random.Random(f"{self._seed} {self._epoch}")  # noqa: S311  (no secret)
            rng.shuffle(order)
        batch, nodes = list[int](), 0
        for index in order:
            full = len(batch) == self._options.batch_size
            if batch and (full or nodes + self._sizes[index] > self._options.max_batch_nodes):
                yield batch
                batch, nodes = [], 0
            batch.append(index)
            nodes += self._sizes[index]
        if batch:
            yield batch

    def __len__(self) -> int:
        return sum(1 for _ in self)


def _frequent(examples: Sequence[HolistExample], least: int) -> list[str]:
    counts: dict[str, int] = {}
    for example in examples:
        counts[example.template] = counts.get(example.template, 0) + 1
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [template for template, count in ordered if count >= least]
