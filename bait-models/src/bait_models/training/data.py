"""Examples as batches: one data module for several models."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, Generic, TypeVar

import lightning.pytorch as pl
import msgspec
from torch.utils.data import DataLoader, Dataset, Sampler

from bait_core import read_examples
from bait_models.chunks import chunks

Example = TypeVar("Example", bound=msgspec.Struct)

Draw = Callable[[Example, random.Random | None], Any]

_POOL = 64
"""Examples of this many batches are sorted by length together."""


class ExampleData(pl.LightningDataModule, Generic[Example]):
    """The examples of a training run, read once; each epoch has its own order.

    Args:
        folder: Written by `bait_core.training.write_examples`.
        kind: Type of the examples.
        collate: Makes a batch from a list of examples.
        batch_size: Examples per batch.
        seed: Of the order.
        length: If given, examples of similar length are batched together, which saves padding.

    Attributes:
        train: Examples to train on, in the order of the file.
        valid: Examples to validate with; may be empty.
        draw: If set, transforms each example before it is batched; its randomness only depends on
            seed, epoch and example, and is None for validation, which is always the same.

    Raises:
        TrainingError: There are no examples of this kind.
    """

    def __init__(
        self,
        folder: Path,
        kind: type[Example],
        collate: Callable[[list[Any]], Any],
        *,
        batch_size: int,
        seed: int = 0,
        length: Callable[[Example], int] | None = None,
    ) -> None:
        super().__init__()
        self.train = list(read_examples(folder, "train", kind))
        self.valid = list(read_examples(folder, "valid", kind))
        self.draw: Draw[Example] | None = None
        self._collate = collate
        self._batch_size = batch_size
        self._seed = seed
        self._length = length

    def train_dataloader(self) -> DataLoader[Example]:
        """Batches of training examples, shuffled by seed and epoch."""
        lengths = None if self._length is None else list(map(self._length, self.train))
        order = ShuffledOrder(len(self.train), self._batch_size, self._seed, lengths)
        if self.trainer is not None:
            # When resuming, Lightning draws the first batch before it announces the epoch.
            order.set_epoch(self.trainer.current_epoch)
        return self._loader(self.train, order)

    def val_dataloader(self) -> DataLoader[Example]:
        """The same batches each time."""
        return self._loader(self.valid, None)

    def _loader(
        self, examples: Sequence[Example], order: ShuffledOrder | None
    ) -> DataLoader[Example]:
        drawn = examples if self.draw is None else _Drawn(examples, self.draw, order)
        return DataLoader(
            drawn,  # type: ignore[arg-type]  # a list is a dataset
            batch_size=self._batch_size,
            sampler=order,
            collate_fn=self._collate,
        )


class _Drawn(Dataset[Any]):
    """Examples, transformed for the current epoch of an order."""

    def __init__(
        self, examples: Sequence[Example], draw: Draw[Example], order: ShuffledOrder | None
    ) -> None:
        self._examples = examples
        self._draw = draw
        self._order = order

    def __len__(self) -> int:
        return len(self._examples)

    def __getitem__(self, index: int) -> Any:
        rng = None if self._order is None else self._order.rng_of(index)
        return self._draw(self._examples[index], rng)


class ShuffledOrder(Sampler[int]):
    """An order of examples that only depends on seed and epoch.

    So a resumed run sees the examples that it would have seen. The data loader cuts the order into
    batches, since Lightning can then distribute them among devices.

    Args:
        size: Number of examples.
        batch_size: Examples per batch.
        seed: Of the order.
        lengths: If given, the examples of a batch have similar lengths: pools of examples are
            sorted by length, and the batches within a pool shuffled.
    """

    def __init__(
        self, size: int, batch_size: int, seed: int, lengths: Sequence[int] | None = None
    ) -> None:
        self._size = size
        self._batch_size = batch_size
        self._seed = seed
        self._lengths = lengths
        self._epoch = 0

    def set_epoch(self, epoch: int) -> None:
        """Set the epoch; Lightning calls this before it starts."""
        self._epoch = epoch

    def rng_of(self, index: int) -> random.Random:
        """The randomness of an example in this epoch."""
        return random.Random(f"{self._seed} {self._epoch} {index}")  # noqa: S311  (no secret)

    def __len__(self) -> int:
        return self._size

    def __iter__(self) -> Iterator[int]:
        rng = random.Random(f"{self._seed} {self._epoch}")  # noqa: S311  (no secret)
        order = list(range(self._size))
        rng.shuffle(order)
        if self._lengths is None:
            yield from order
            return
        for pool in chunks(order, _POOL * self._batch_size):
            batches = list(chunks(sorted(pool, key=self._lengths.__getitem__), self._batch_size))
            # A short batch must stay last, or the loader would cut across batches.
            short = [batches.pop()] if len(batches[-1]) < self._batch_size else []
            rng.shuffle(batches)
            for batch in batches + short:
                yield from batch
