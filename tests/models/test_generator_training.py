"""Training a generator: what it learns, taking it up, what it begins with."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from bait_core.errors import CheckpointError, TrainingError
from bait_core.protocols import TrainingTask
from bait_core.training import write_examples
from bait_models.tactic_models.reprover.generator import Generator
from bait_models.tactic_models.reprover.options import Seq2SeqTrainerOptions
from bait_models.tactic_models.reprover.training import Seq2SeqTrainer
from bait_models.trace_processors.seq2seq import Seq2SeqExample

from .tiny_t5 import FIT, TINY, generator, network, options, requests

STEPS = {"⊢ p ∧ q": "split", "⊢ a = a": "rfl", "⊢ p → p": "intro h", "x : ℕ\n⊢ 0 ≤ x": "simp"}


def train(
    folder: Path, start: Path | None = None, seed: int = 0, **changes: Any
) -> dict[str, float]:
    examples = folder / "examples"
    if not examples.exists():
        write_steps(examples)
    trainer = Seq2SeqTrainer(chosen(**changes))
    task = TrainingTask(examples, folder / "trainer", folder / "checkpoint", start, seed)
    return dict(trainer.train(task).metrics)


def write_steps(folder: Path, repeats: int = 1) -> None:
    """Four steps to train on, several times, and to validate with."""
    steps = [Seq2SeqExample(*step) for step in STEPS.items()]
    names = ["t0", *["t2"] * repeats]  # by their hashes, t0 validates
    write_examples(folder, [(name, step) for name in names for step in steps], 0.5)


def chosen(**changes: Any) -> Seq2SeqTrainerOptions:
    small = {**FIT, "size": TINY, "max_epochs": 2, "learning_rate": 0.01, "batch_size": 4}
    return Seq2SeqTrainerOptions.model_validate(small | changes)


def load(folder: Path) -> Generator:
    return Generator.load(options(checkpoint=str(folder / "checkpoint"), max_tokens=10))


def weights(folder: Path) -> Mapping[str, torch.Tensor]:
    return load_file(folder / "checkpoint" / "model.safetensors")


def same_weights(left: Path, right: Path) -> bool:
    a, b = weights(left), weights(right)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def test_it_learns_four_tactics_by_heart(tmp_path: Path):
    write_steps(tmp_path / "examples", repeats=30)
    metrics = train(tmp_path, max_epochs=6)
    assert metrics["valid_exact_match"] == 1.0
    assert metrics["best_valid_loss"] < 0.1
    model = load(tmp_path)
    found = model.get_tactics(requests(*STEPS), 3)
    assert [suggestions[0].tactic for suggestions in found] == list(STEPS.values())
    assert all(suggestions[0].log_probability > -1 for suggestions in found)


def test_the_same_seed_gives_the_same_generator(tmp_path: Path):
    dropping = TINY | {"dropout": 0.2}
    metrics = [
        train(tmp_path / name, seed=seed, size=dropping)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert metrics[0] == metrics[1] != metrics[2]
    assert same_weights(tmp_path / "a", tmp_path / "b")
    assert not same_weights(tmp_path / "a", tmp_path / "c")


@pytest.mark.parametrize("dropout", [0.0, 0.2])
def test_a_training_that_was_killed_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, dropout: float
):
    changes: dict[str, Any] = {"max_epochs": 4, "size": TINY | {"dropout": dropout}}
    for name in ("whole", "again"):
        write_steps(tmp_path / name / "examples", repeats=3)
    whole = train(tmp_path / "whole", **changes)
    with monkeypatch.context() as patch:
        patch.setattr(Generator, "losses", dying_in_epoch(2))
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "again", **changes)
    assert not (tmp_path / "again" / "checkpoint").exists()
    assert train(tmp_path / "again", **changes) == pytest.approx(whole, rel=1e-5)


def dying_in_epoch(number: int) -> Any:
    losses = Generator.losses

    def dying(self: Generator, batch: Any) -> Any:
        if self.trainer.current_epoch == number:
            raise KeyboardInterrupt
        return losses(self, batch)

    return dying


def test_dropout_is_on_while_it_trains(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    network().save_pretrained(tmp_path / "hf")  # transformers load it for evaluation
    seen = set()
    losses = Generator.losses

    def watching(self: Generator, batch: Any) -> Any:
        seen.add((self.trainer.training, self.network.encoder.training))
        return losses(self, batch)

    monkeypatch.setattr(Generator, "losses", watching)
    train(tmp_path, pretrained=str(tmp_path / "hf"), max_epochs=1)
    assert seen == {(True, True), (False, False)}


def test_it_starts_from_a_checkpoint(tmp_path: Path):
    generator(seed=5).save(tmp_path / "start")
    changes: dict[str, Any] = {"max_epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0}
    train(tmp_path, start=tmp_path / "start", **changes)
    for name, value in network(seed=5).state_dict().items():
        assert torch.allclose(load(tmp_path).network.state_dict()[name], value, atol=1e-6), name


def test_low_rank_changes_are_merged(tmp_path: Path):
    """Only what attention reads and sums changes; the checkpoint looks like any other."""
    network(seed=5).save_pretrained(tmp_path / "hf")
    metrics = train(tmp_path, pretrained=str(tmp_path / "hf"), lora_rank=2, max_epochs=8)
    assert metrics["best_valid_loss"] == pytest.approx(valid_loss(tmp_path), rel=1e-4)
    before, after = network(seed=5).state_dict(), load(tmp_path).network.state_dict()
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.endswith((".q.weight", ".v.weight")) for name in changed)


def valid_loss(folder: Path) -> float:
    """Of the checkpoint, computed anew."""
    steps = [Seq2SeqExample(*step) for step in STEPS.items()]
    batch = Seq2SeqTrainer(chosen())._collate(steps)
    with torch.no_grad():
        return load(folder).losses(batch)["loss"].item()


def test_goals_that_are_too_long_are_counted(tmp_path: Path):
    assert train(tmp_path, max_epochs=1, max_source=12)["truncated_goals"] == 2.0
    assert load(tmp_path)._max_source == 12


def test_there_may_be_nothing_to_validate_with(tmp_path: Path):
    steps = [(f"t{n}", Seq2SeqExample("⊢ a", "b")) for n in range(3)]
    write_examples(tmp_path / "examples", steps, 0.0)
    metrics = train(tmp_path, max_epochs=1)
    assert "valid_loss" not in metrics
    load(tmp_path)


def test_there_are_no_examples(tmp_path: Path):
    (tmp_path / "examples").mkdir()
    with pytest.raises(TrainingError, match="contains no examples of the kind Seq2SeqExample"):
        train(tmp_path)


def test_it_can_not_start_from_nothing(tmp_path: Path):
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        train(tmp_path, start=tmp_path / "nothing")
