"""Batches of examples: order, similar lengths, taking up."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain, pairwise
from pathlib import Path

import lightning.pytorch as pl
import msgspec
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from bait_core.errors import TrainingError
from bait_core.training import write_examples
from bait_models.training.data import ExampleData, ShuffledOrder


class Number(msgspec.Struct, frozen=True):
    value: int


class Word(msgspec.Struct, frozen=True):
    word: str


def write(folder: Path, values: Iterable[int], valid_share: float = 0.3) -> Path:
    write_examples(folder, ((f"t{value}", Number(value)) for value in values), valid_share)
    return folder


def collate(examples: list[Number]) -> Tensor:
    return torch.tensor([example.value for example in examples])


def data(folder: Path, seed: int = 0) -> ExampleData[Number]:
    return ExampleData(folder, Number, collate, batch_size=4, seed=seed)


def epoch(found: ExampleData[Number], number: int) -> list[list[int]]:
    loader = found.train_dataloader()
    assert isinstance(loader.sampler, ShuffledOrder)
    loader.sampler.set_epoch(number)
    return [batch.tolist() for batch in loader]


def test_each_example_comes_once_in_its_split(tmp_path: Path):
    found = data(write(tmp_path, range(30)))
    batches = epoch(found, 0)
    assert [len(batch) for batch in batches[:-1]] == [4] * (len(batches) - 1)
    train = sorted(value for batch in batches for value in batch)
    valid = [value for batch in found.val_dataloader() for value in batch.tolist()]
    assert train == sorted(example.value for example in found.train)
    assert valid == [example.value for example in found.valid]
    assert sorted(train + valid) == list(range(30))
    assert valid


def test_the_order_depends_on_seed_and_epoch(tmp_path: Path):
    folder = write(tmp_path, range(30))
    assert epoch(data(folder), 3) == epoch(data(folder), 3)
    assert epoch(data(folder), 3) != epoch(data(folder), 4)
    assert epoch(data(folder), 3) != epoch(data(folder, seed=1), 3)


def test_lightning_tells_the_epoch(tmp_path: Path):
    seen: list[list[int]] = []

    class Watch(pl.LightningModule):
        def training_step(self, batch: Tensor, batch_idx: int) -> None:
            seen[-1].extend(batch.tolist())

        def on_train_epoch_start(self) -> None:
            seen.append([])

        def configure_optimizers(self) -> None:
            return None

    folder = write(tmp_path, range(30))
    trainer = pl.Trainer(
        max_epochs=2,
        logger=False,
        enable_checkpointing=False,
        enable_progress_bar=False,
        enable_model_summary=False,
        accelerator="cpu",
    )
    with pytest.warns():  # about configure_optimizers, and workers
        trainer.fit(Watch(), datamodule=data(folder))
    assert seen == [list(chain(*epoch(data(folder), number))) for number in range(2)]
    assert seen[0] != seen[1]


@given(
    lengths=st.lists(st.integers(0, 9), min_size=1, max_size=60),
    batch_size=st.integers(1, 7),
    number=st.integers(0, 3),
)
def test_batches_by_length(lengths, batch_size, number):
    """Without padding beyond the neighbours: sorted by length, batches don't overlap."""
    order = ShuffledOrder(len(lengths), batch_size, 0, lengths)
    order.set_epoch(number)
    found = list(order)
    assert sorted(found) == list(range(len(lengths))) == list(range(len(order)))
    batches = [
        sorted(lengths[place] for place in found[start : start + batch_size])
        for start in range(0, len(found), batch_size)
    ]
    batches.sort()
    ends = sorted((batch[0], batch[-1]) for batch in batches)
    assert all(left[1] <= right[0] for left, right in pairwise(ends))


def test_batches_by_length_are_shuffled():
    order = ShuffledOrder(100, 5, 0, list(range(100)))
    first = list(order)[::5]
    assert first != sorted(first)
    order.set_epoch(1)
    assert list(order)[::5] != first


def test_there_may_be_nothing_to_validate_with(tmp_path: Path):
    assert list(data(write(tmp_path, range(5), valid_share=0.0)).val_dataloader()) == []


def test_examples_of_another_kind(tmp_path: Path):
    with pytest.raises(TrainingError, match="contains no examples of the kind Word"):
        ExampleData(write(tmp_path, range(5)), Word, len, batch_size=1)
