"""Training a retriever: what it learns, taking it up, what it begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from bait_core.domain import Premise, PremiseSet
from bait_core.errors import CheckpointError, TraceError, TrainingError
from bait_core.protocols import TrainingTask
from bait_core.training import write_corpus
from bait_models.retrieval.index import PremiseIndex
from bait_models.retrieval.model import Retriever
from bait_models.retrieval.options import RetrieverTrainerOptions
from bait_models.retrieval.training import RetrieverTrainer

from .tiny_retriever import CORPUS, facts, network, request, retriever, steps, write_steps
from .tiny_t5 import FIT, TINY, generator


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))


def train(
    folder: Path, start: Path | None = None, seed: int = 0, repeats: int = 1, **changes: Any
) -> dict[str, float]:
    if not (folder / "examples").exists():
        write_steps(folder, repeats)
    small = {
        **FIT,
        "size": TINY,
        "max_epochs": 2,
        "learning_rate": 0.01,
        "batch_size": 6,
        "corpus": folder / "corpus",
    }
    options = RetrieverTrainerOptions.model_validate(small | changes)
    task = TrainingTask(folder / "examples", folder / "trainer", folder / "checkpoint", start, seed)
    return dict(RetrieverTrainer(options).train(task).metrics)


def load(folder: Path) -> Retriever:
    return Retriever.load(str(folder / "checkpoint"), "cpu")


@pytest.mark.parametrize(("loss", "epochs"), [("mse", 16), ("infonce", 10)])
def test_it_learns_which_premises_belong_to_goals(tmp_path: Path, loss: str, epochs: int) -> None:
    metrics = train(tmp_path, loss=loss, max_epochs=epochs, repeats=4, batch_size=12)
    assert metrics["valid_mrr"] > 0.8  # at random it would be 0.26
    assert metrics["valid_recall_at_10"] == 1.0
    model = load(tmp_path)
    assert model.max_source == 1024
    premises = [[p.name for p in found] for found in ask(model)]
    right = sum(
        found[0] == step.positives[0].name for found, step in zip(premises, steps(), strict=True)
    )
    assert right / len(premises) == pytest.approx(metrics["valid_recall_at_1"])


def ask(model: Retriever) -> list[list[Premise]]:
    library = PremiseSet("corpus", tuple(Premise(p.name, p.statement) for p in CORPUS))
    return PremiseIndex(model)([request(step.state, library) for step in steps()], 3)


def test_the_same_seed_gives_the_same_retriever(tmp_path: Path) -> None:
    dropping = TINY | {"dropout": 0.2}
    metrics = [
        train(tmp_path / name, seed=seed, size=dropping, max_epochs=1)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert metrics[0] == metrics[1] != metrics[2]
    weights = [load_file(tmp_path / n / "checkpoint" / "model.safetensors") for n in "abc"]
    assert all(torch.equal(value, weights[1][name]) for name, value in weights[0].items())
    assert not all(torch.equal(value, weights[2][name]) for name, value in weights[0].items())


def test_a_training_that_was_killed_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With other negatives each epoch, and dropout."""
    changes: dict[str, Any] = {"max_epochs": 4, "size": TINY | {"dropout": 0.2}, "negatives": 2}
    whole = train(tmp_path / "whole", **changes)
    losses = Retriever.losses

    def dying(self: Retriever, batch: Any) -> Any:
        if self.trainer.current_epoch == 2:
            raise KeyboardInterrupt
        return losses(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(Retriever, "losses", dying)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "again", **changes)
    assert not (tmp_path / "again" / "checkpoint").exists()
    assert train(tmp_path / "again", **changes) == pytest.approx(whole, rel=1e-5)


def test_each_epoch_draws_other_negatives(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[tuple[bool, int], list[Any]] = {}
    losses = Retriever.losses

    def watching(self: Retriever, batch: Any) -> Any:
        place = (self.trainer.training, self.trainer.current_epoch)
        tokens = sorted(tuple(row) for part in batch.premises for row in part.tokens.tolist())
        seen.setdefault(place, []).append(tokens)
        return losses(self, batch)

    monkeypatch.setattr(Retriever, "losses", watching)
    train(tmp_path, negatives=1, batch_size=4)
    assert sorted(seen[True, 0]) != sorted(seen[True, 1])
    assert seen[False, 0] == seen[False, 1]


def test_it_starts_from_a_checkpoint(tmp_path: Path) -> None:
    retriever(seed=5).save(tmp_path / "start")
    changes: dict[str, Any] = {"max_epochs": 1, "learning_rate": 1e-12, "weight_decay": 0.0}
    train(tmp_path, start=tmp_path / "start", **changes)
    for name, value in network(seed=5).state_dict().items():
        assert torch.allclose(load(tmp_path).network.state_dict()[name], value, atol=1e-6), name


def test_low_rank_changes_are_merged(tmp_path: Path) -> None:
    network(seed=5).save_pretrained(tmp_path / "hf")
    train(tmp_path, pretrained=str(tmp_path / "hf"), lora_rank=2, max_epochs=1)
    before, after = network(seed=5).state_dict(), load(tmp_path).network.state_dict()
    assert before.keys() == after.keys()
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert changed
    assert all(name.endswith((".q.weight", ".v.weight")) for name in changed)


def test_what_it_can_not_start_from(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        train(tmp_path, start=tmp_path / "nothing")
    generator().save(tmp_path / "generator")
    with pytest.raises(CheckpointError, match="of the kind 'generator'"):
        train(tmp_path, start=tmp_path / "generator")


def test_corpora_that_do_not_fit(tmp_path: Path) -> None:
    write_corpus(tmp_path / "other", CORPUS[1:])
    with pytest.raises(TrainingError, match="does not hold add_x"):
        train(tmp_path, corpus=tmp_path / "other")
    with pytest.raises(TraceError, match="is not a corpus"):
        train(tmp_path, corpus=tmp_path / "none")


def test_there_may_be_nothing_to_validate_with(tmp_path: Path) -> None:
    write_steps(tmp_path, 1)
    (tmp_path / "examples" / "valid.jsonl.gz").write_bytes(b"")
    metrics = train(tmp_path, max_epochs=1)
    assert not [name for name in metrics if name.startswith("valid_")]
    assert len(load(tmp_path).embed_rows([[5, 1] for _ in facts("a")])) == 1
