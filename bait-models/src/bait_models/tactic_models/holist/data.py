"""Examples of steps as batches: goals, tactics, and theorems to tell apart."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Self

import lightning.pytorch as pl
import torch
from torch import Tensor
from torch.utils.data import DataLoader, Sampler

from bait_core.training import read_examples
from bait_holist.human_proofs import read_library_theorems
from bait_holist.terms import constants, parse, read_key
from bait_models.encoders.batch import EncodedGraph, TermBatch
from bait_models.encoders.reader import TermReader, goal_graphs, term_graphs
from bait_models.encoders.vocabulary import TermVocabulary
from bait_models.tactic_models.holist.features import Lexicon, features
from bait_models.tactic_models.holist.options import HolistTrainerOptions
from bait_models.trace_processors.holist import HolistExample

_HARD_POOL = 30
"""So many of the theorems that are most alike to a goal are its hard negatives."""


@dataclass(frozen=True, slots=True)
class StepBatch:
    """A batch of steps.

    Attributes:
        goals: [batch] graphs.
        tactics: Number of the tactic of each step [batch].
        theorems: [theorems] graphs of the theorems to tell apart.
        features: [batch, theorems, FEATURES]
        positive: Which theorems each step uses, bool [batch, theorems].
        accessible: Which it might have used, bool [batch, theorems].
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

    def to(self, device: torch.device | str, non_blocking: bool = False) -> Self:
        """The same on another device; Lightning calls it."""
        return type(self)(
            *(getattr(self, f.name).to(device, non_blocking=non_blocking) for f in fields(self))
        )


@dataclass(frozen=True, slots=True)
class Step:
    """An example, encoded; `premises` are places in the library."""

    goal: EncodedGraph
    symbols: tuple[str, ...]
    tactic: int
    premises: tuple[int, ...]
    index: int


@dataclass(frozen=True, slots=True)
class Numbering:
    """What the numbers that a network reads and writes stand for.

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
        options: What batches are made of.
        seed: Of their order.
        numbering: That of the network which goes on learning; made of the examples for a new one.

    Attributes:
        tactics: Templates by number.
        vocabulary: Of terms.
        lexicon: Of constants and uses of theorems, by the training examples.
        truncated: How many goals were cut since they were too large.
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
        self._steps = {s: list(self._made(examples[s], encoded[s])) for s in examples}

    def train_dataloader(self) -> DataLoader[StepBatch]:
        """Batches in another order each epoch."""
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

    def _made(
        self, examples: Sequence[HolistExample], goals: Sequence[EncodedGraph]
    ) -> Iterator[Step]:
        numbers = {template: number for number, template in enumerate(self.tactics)}
        places = {theorem.name: place for place, theorem in enumerate(self._library)}
        for example, goal in zip(examples, goals, strict=True):
            tactic = numbers.get(example.template)
            if tactic is not None:
                known = (places[name] for name in example.premises if name in places)
                premises = tuple(p for p in known if self._library[p].index < example.index)
                yield Step(goal, example.symbols, tactic, premises, example.index)

    def batch(self, steps: Sequence[Step], rng: random.Random) -> StepBatch:
        """Put steps together with theorems to tell apart, drawn with `rng`."""
        vectors = self.lexicon.vectors([step.symbols for step in steps])
        places = self._candidates(steps, vectors, rng)
        indexes = torch.tensor([self._library[place].index for place in places])
        ages = torch.tensor([[step.index] for step in steps]) - indexes
        column = {place: number for number, place in enumerate(places)}
        positive = torch.zeros(len(steps), len(places), dtype=torch.bool)
        for row, step in enumerate(steps):
            positive[row, [column[place] for place in step.premises]] = True
        return StepBatch(
            goals=self._reader.batch([step.goal for step in steps]),
            tactics=torch.tensor([step.tactic for step in steps]),
            theorems=self._reader.batch([self._graphs[place] for place in places]),
            features=features(
                vectors, self._vectors[places], self._popularity[places], ages.clamp(min=0).float()
            ),
            positive=positive,
            accessible=ages > 0,
        )

    def _candidates(self, steps: Sequence[Step], vectors: Tensor, rng: random.Random) -> list[int]:
        """All theorems that a step uses, some that look like it, and some at random."""
        found = {place for step in steps for place in step.premises}
        alike = vectors @ self._vectors.T / self._vectors.norm(dim=1).clamp(min=1e-6)
        for row, step in enumerate(steps):
            if step.premises:
                before = max(min(step.index, len(self._library)), 1)
                best = alike[row, :before].topk(min(_HARD_POOL, before)).indices.tolist()
                found.update(rng.sample(best, min(self._options.hard_negatives, len(best))))
        negatives = min(self._options.negatives, len(self._library))
        found.update(rng.sample(range(len(self._library)), negatives))
        return sorted(found)


class _Collator:
    """Makes batches; for validation always the same ones of the same steps."""

    def __init__(self, data: HolistData, *, fixed: bool) -> None:
        self._data = data
        self._fixed = fixed

    def __call__(self, steps: list[Step]) -> StepBatch:
        # Lightning seeds PyTorch, and goes on with its state when a training is taken up.
        seed = 0 if self._fixed else int(torch.randint(2**31, ()))
        return self._data.batch(steps, random.Random(seed))  # noqa: S311  (no secret)


class _Batches(Sampler[list[int]]):
    """Batches of at most so many steps and nodes."""

    def __init__(
        self, steps: Sequence[Step], options: HolistTrainerOptions, seed: int, *, shuffled: bool
    ) -> None:
        self._sizes = [len(step.goal.tokens) for step in steps]
        self._options = options
        self._seed = seed
        self._shuffled = shuffled
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Lightning tells the number of the epoch, which goes into the seed."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[list[int]]:
        order = list(range(len(self._sizes)))
        if self._shuffled:
            rng = random.Random(f"{self._seed} {self._epoch}")  # noqa: S311  (no secret)
            rng.shuffle(order)
        batch, nodes = list[int](), 0
        for place in order:
            full = len(batch) == self._options.batch_size
            if batch and (full or nodes + self._sizes[place] > self._options.max_batch_nodes):
                yield batch
                batch, nodes = [], 0
            batch.append(place)
            nodes += self._sizes[place]
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
