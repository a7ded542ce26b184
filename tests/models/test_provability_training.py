"""Training the goal model: what it learns, taking it up, calibration, what it begins with."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import msgspec
import pytest
import torch
from safetensors.torch import load_file
from transformers import T5EncoderModel

from bait_core.domain import Goal
from bait_core.errors import CheckpointError, TrainingError
from bait_core.plugins.build import make_trainer
from bait_core.training import write_examples
from bait_models.goal_models.provability.model import ProvabilityModel
from bait_models.goal_models.provability.training import ProvabilityTrainer

from .provability_goals import BYTES, ENCODERS, TERMS, examples, load, model, train, write
from .tiny_t5 import TINY, network

CALIBRATED = {"temperature", "bias", "ece_after", "brier_after"}


def weights(folder: Path) -> dict[str, torch.Tensor]:
    return load_file(folder / "checkpoint" / "model.safetensors")


def same_weights(left: Path, right: Path) -> bool:
    a, b = weights(left), weights(right)
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize("kind", ENCODERS)
def test_it_learns_goals_by_heart(tmp_path: Path, kind: str):
    metrics = train(tmp_path, encoder=ENCODERS[kind], max_epochs=12)
    assert metrics["valid_accuracy"] == metrics["valid_auc"] == 1.0
    assert metrics["best_valid_loss"] < 0.1
    goals = [Goal(example.goal, example.text) for example in examples(4)]
    scores = [math.exp(score) for score in load(tmp_path).score_goals(goals)]
    assert all((score > 0.8) == (place % 2 == 0) for place, score in enumerate(scores))


def test_the_same_seed_gives_the_same_model(tmp_path: Path):
    dropping = BYTES | {"size": TINY | {"dropout": 0.2}}
    metrics = [
        train(tmp_path / name, seed=seed, encoder=dropping)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert metrics[0] == metrics[1] != metrics[2]
    assert same_weights(tmp_path / "a", tmp_path / "b")
    assert not same_weights(tmp_path / "a", tmp_path / "c")


@pytest.mark.parametrize(
    "encoder",
    [BYTES | {"size": TINY | {"dropout": 0.2}}, TERMS | {"dropout": 0.2}],
    ids=["bytes", "terms"],
)
def test_a_training_that_was_killed_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, encoder: dict[str, Any]
):
    changes: dict[str, Any] = {"max_epochs": 4, "encoder": encoder}
    whole = train(tmp_path / "whole", **changes)
    with monkeypatch.context() as patch:
        patch.setattr(ProvabilityModel, "losses", dying_in_epoch(2))
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "again", **changes)
    assert not (tmp_path / "again" / "checkpoint").exists()
    assert train(tmp_path / "again", **changes) == pytest.approx(whole, rel=1e-4)


def dying_in_epoch(number: int) -> Any:
    losses = ProvabilityModel.losses

    def dying(self: ProvabilityModel, batch: Any) -> Any:
        if self.trainer.current_epoch == number:
            raise KeyboardInterrupt
        return losses(self, batch)

    return dying


def test_it_is_calibrated_with_the_validation_examples(tmp_path: Path):
    """A third of the goals there are labelled wrongly: the model is too sure of itself."""
    wrong = [msgspec.structs.replace(e, label=1 - e.label) for e in examples(6)]
    found = [("t2", example) for example in examples()]  # by their hashes, t0 validates
    found += [("t0", example) for example in [*examples(), *wrong]]
    write_examples(tmp_path / "examples", found, 0.5)
    metrics = train(tmp_path, max_epochs=8)
    assert metrics["temperature"] > 1.5
    assert metrics["ece_after"] < metrics["ece_before"]
    assert metrics["brier_after"] < metrics["brier_before"]
    assert 0.5 < metrics["valid_auc"] < 1.0
    saved = load(tmp_path).calibration
    assert float(saved.temperature) == pytest.approx(metrics["temperature"])
    assert float(saved.bias) == pytest.approx(metrics["bias"])


def test_there_may_be_nothing_to_validate_with(tmp_path: Path):
    write(tmp_path / "examples", valid_share=0.0)
    metrics = train(tmp_path, max_epochs=1)
    assert not metrics.keys() & {"valid_loss", "valid_auc", "ece_before", *CALIBRATED}
    assert float(load(tmp_path).calibration.temperature) == 1.0


def test_there_may_be_goals_of_one_kind_to_validate_with(tmp_path: Path):
    provable = [(f"t{n}", e) for n, e in enumerate(examples(10)) if e.label == 1]
    write_examples(tmp_path / "examples", provable, 0.5)
    metrics = train(tmp_path, max_epochs=1)
    assert {"valid_loss", "ece_before", "brier_before"} <= metrics.keys()
    assert not metrics.keys() & {"valid_auc", *CALIBRATED}


def test_it_starts_from_a_checkpoint(tmp_path: Path):
    before = model(seed=5)
    before.calibration.bias.fill_(3.0)
    before.save(tmp_path / "start")
    write(tmp_path / "examples", valid_share=0.0)
    changes: dict[str, Any] = {"max_epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0}
    train(tmp_path, start=tmp_path / "start", **changes)
    before.calibration.bias.fill_(0.0)  # it is calibrated anew, or not at all
    for name, value in before.state_dict().items():
        assert torch.allclose(load(tmp_path).state_dict()[name], value, atol=1e-6), name


def test_terms_keep_the_vocabulary_of_the_checkpoint(tmp_path: Path):
    train(tmp_path / "first", encoder=TERMS, max_epochs=1)
    write(tmp_path / "second" / "examples", count=3)
    train(tmp_path / "second", tmp_path / "first" / "checkpoint", encoder=TERMS, max_epochs=1)
    first, second = (load(tmp_path / name) for name in ("first", "second"))
    assert first.encoder.hyperparameters() == second.encoder.hyperparameters()


def test_it_does_not_start_from_another_encoder(tmp_path: Path):
    model().save(tmp_path / "start")
    with pytest.raises(CheckpointError, match="has the encoder bytes, but the options name gnn"):
        train(tmp_path, start=tmp_path / "start", encoder=TERMS)


def test_it_can_not_start_from_nothing(tmp_path: Path):
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        train(tmp_path, start=tmp_path / "nothing")


def test_it_begins_with_a_pretrained_encoder(tmp_path: Path):
    T5EncoderModel(network(seed=5).config).save_pretrained(tmp_path / "hf")
    changes: dict[str, Any] = {"max_epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0}
    train(tmp_path, encoder=BYTES | {"pretrained": str(tmp_path / "hf")}, **changes)
    saved = load_file(tmp_path / "hf" / "model.safetensors")
    found = weights(tmp_path)
    for name, value in saved.items():
        assert torch.allclose(found[f"encoder.network.{name}"], value, atol=1e-6), name


def test_goals_that_are_too_long_are_counted(tmp_path: Path):
    """12 of the texts, such as `x0 /\\ y0`, are longer than 7 bytes."""
    assert train(tmp_path, encoder=BYTES | {"max_source": 8}, max_epochs=1)["truncated_goals"] == 12


def test_there_are_no_examples(tmp_path: Path):
    (tmp_path / "examples").mkdir()
    with pytest.raises(TrainingError, match="contains no examples of the kind ProvabilityExample"):
        train(tmp_path)


def test_it_is_a_plugin():
    assert isinstance(make_trainer("provability", {"encoder": {"kind": "gnn"}}), ProvabilityTrainer)
