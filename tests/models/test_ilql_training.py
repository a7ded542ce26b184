"""Training a generator with values: what it learns, taking it up, what it begins with."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from bait_core.errors import CheckpointError, TrainingError
from bait_core.plugins.build import make_tactic_model, make_trace_processor, make_trainer
from bait_core.protocols import TacticModel, TrainingTask
from bait_core.training import write_examples
from bait_models.tactic_models.ilql.model import ILQL
from bait_models.tactic_models.ilql.options import ILQLTrainerOptions
from bait_models.tactic_models.ilql.training import ILQLTrainer
from bait_models.trace_processors.episodes import EpisodeExample
from bait_models.training.checkpoints import save_checkpoint

from .tiny_t5 import FIT, TINY, generator, network, requests
from .trace_builders import edge, error, trace

EPISODES = [
    EpisodeExample("⊢ a = a", "refl", 10.0),
    EpisodeExample("⊢ a = a", "simp", -0.1),
    EpisodeExample("⊢ p → q", "simp", 1.0),
    EpisodeExample("⊢ p → q", "refl", -0.1),
]


def chosen(**changes: Any) -> ILQLTrainerOptions:
    small = {**FIT, "size": TINY, "max_epochs": 2, "learning_rate": 0.01, "batch_size": 4}
    return ILQLTrainerOptions.model_validate(small | {"polyak": 0.1} | changes)


def train(
    folder: Path, start: Path | None = None, seed: int = 3, repeats: int = 1, **changes: Any
) -> dict[str, float]:
    if not (folder / "examples").exists():
        names = ["t0", *["t2"] * repeats]  # by their hashes, t0 validates
        examples = [(name, episode) for name in names for episode in EPISODES]
        write_examples(folder / "examples", examples, 0.5)
    task = TrainingTask(folder / "examples", folder / "trainer", folder / "checkpoint", start, seed)
    return dict(ILQLTrainer(chosen(**changes)).train(task).metrics)


def propose(folder: Path, beta: float, **more: Any) -> TacticModel:
    options = {"checkpoint": str(folder / "checkpoint"), "beta": beta, "device": "cpu"}
    return make_tactic_model("ilql", {**options, "max_tokens": 8, **more})


def weights(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / "checkpoint" / "model.safetensors")


@pytest.mark.parametrize(("better", "worse"), [("refl", "simp"), ("simp", "refl")])
def test_it_prefers_what_is_rewarded(tmp_path: Path, better: str, worse: str):
    """Without values both tactics are about as probable; with them the better one is first."""
    tried = [EpisodeExample("⊢ p", better, 10.0), EpisodeExample("⊢ p", worse, -0.1)]
    names = ["t0", *["t2"] * 80]
    write_examples(tmp_path / "examples", [(n, episode) for n in names for episode in tried], 0.5)
    metrics = train(tmp_path, max_epochs=3, cql_weight=0.1, lm_weight=10.0)
    assert metrics["valid_q_loss"] < 5.0  # of rewards from -0.1 to 10, squared
    plain, steered = (
        dict(propose(tmp_path, beta).get_tactics(requests("⊢ p"), 4)[0]) for beta in (0.0, 1.0)
    )
    assert abs(plain[better] - plain[worse]) < 1.0
    assert next(iter(steered)) == better
    assert steered[better] > max(steered.get(worse, -torch.inf) + 2.0, plain[better])
    sampling = propose(tmp_path, 1.0, generation="sample")
    assert sampling.get_tactics(requests("⊢ p"), 8)[0][0].tactic == better


@pytest.mark.parametrize("changes", [{}, {"lora_rank": 2, "lora_dropout": 0.2}])
def test_a_training_that_was_killed_goes_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, changes: Any
):
    """The copies of the Q heads are where they were."""
    generator(seed=5).save(tmp_path / "start")
    more = {"max_epochs": 4, "repeats": 3, "size": TINY | {"dropout": 0.2}, **changes}
    whole = train(tmp_path / "whole", tmp_path / "start", **more)
    losses = ILQL.losses

    def dying(self: ILQL, batch: Any) -> Any:
        if self.trainer.current_epoch == 2:
            raise KeyboardInterrupt
        return losses(self, batch)

    with monkeypatch.context() as patch:
        patch.setattr(ILQL, "losses", dying)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "again", tmp_path / "start", **more)
    assert train(tmp_path / "again", tmp_path / "start", **more) == pytest.approx(whole, rel=1e-4)


def test_the_same_seed_gives_the_same_model(tmp_path: Path):
    dropping = TINY | {"dropout": 0.2}
    metrics = [
        train(tmp_path / name, seed=seed, size=dropping)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert metrics[0] == metrics[1] != metrics[2]
    a, b = weights(tmp_path / "a"), weights(tmp_path / "b")
    assert a.keys() == b.keys()
    assert all(torch.equal(a[name], b[name]) for name in a)


@pytest.mark.parametrize(("accumulated", "steps"), [(1, 4), (2, 2)])
def test_copies_follow_after_each_step(tmp_path: Path, accumulated: int, steps: int):
    """With share 1 they are the twins; with 0.5 they are on the way; once each step."""
    seen: list[int] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            "bait_models.tactic_models.ilql.values.ValueHeads.follow",
            lambda self, share: seen.append(share),
        )
        train(tmp_path, repeats=4, max_epochs=1, accumulate_grad_batches=accumulated, polyak=0.5)
    assert seen == [0.5] * steps


@pytest.mark.parametrize("polyak", [1.0, 0.5])
def test_the_checkpoint_holds_the_copies(tmp_path: Path, polyak: float):
    train(tmp_path, max_epochs=1, repeats=2, polyak=polyak)
    saved = weights(tmp_path)
    twins = {name: value for name, value in saved.items() if ".twins." in name}
    assert len(twins) == 12  # two heads of three layers
    same = [
        torch.equal(value, saved[name.replace(".twins.", ".targets.")])
        for name, value in twins.items()
    ]
    assert all(same) == (polyak == 1.0)


STILL: dict[str, Any] = {"learning_rate": 1e-12, "weight_decay": 0.0, "max_epochs": 1}


@pytest.mark.parametrize("name", ["generator", "transformers", "pretrained"])
def test_it_starts_from_a_generator(tmp_path: Path, name: str):
    if name == "transformers":
        network(seed=5).save_pretrained(tmp_path / "start")
    else:
        generator(seed=5).save(tmp_path / "start")
    if name == "generator":
        train(tmp_path, tmp_path / "start", **STILL)
    else:
        train(tmp_path, pretrained=str(tmp_path / "start"), **STILL)
    saved = weights(tmp_path)
    for key, value in network(seed=5).state_dict().items():
        if key in saved:
            assert torch.allclose(saved[key], value, atol=1e-6), key
    assert {"shared.weight", "lm_head.weight"} <= saved.keys()


def test_it_starts_from_its_own(tmp_path: Path):
    train(tmp_path / "a")
    train(tmp_path / "b", tmp_path / "a" / "checkpoint", polyak=0.5, **STILL)
    a, b = weights(tmp_path / "a"), weights(tmp_path / "b")
    assert a.keys() == b.keys()
    for key, value in a.items():
        if ".targets." not in key:
            assert torch.allclose(b[key], value, atol=1e-6), key
        else:
            twin = a[key.replace(".targets.", ".twins.")]
            assert torch.allclose(b[key], (value + twin) / 2, atol=1e-6), key


def test_low_rank_changes_leave_the_heads_to_be_learned(tmp_path: Path):
    generator(seed=5).save(tmp_path / "start")
    train(tmp_path, tmp_path / "start", lora_rank=2, repeats=4)
    before, after = network(seed=5).state_dict(), weights(tmp_path)
    changed = {
        name for name in before if name in after and not torch.equal(before[name], after[name])
    }
    assert changed
    assert all(name.endswith((".q.weight", ".v.weight")) for name in changed)
    heads = {name for name in after if name.startswith("values.")}
    assert heads == after.keys() - before.keys()
    assert all(after[name].any() for name in heads)


def test_a_start_of_another_kind(tmp_path: Path):
    save_checkpoint(tmp_path / "start", "holist", {}, torch.nn.Linear(1, 1))
    with pytest.raises(CheckpointError, match="is of the kind 'holist', not 'ilql' or 'generator'"):
        train(tmp_path, tmp_path / "start")


def test_it_can_not_start_from_nothing(tmp_path: Path):
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        train(tmp_path, start=tmp_path / "nothing")


def test_from_a_trace_to_the_tactic_model(tmp_path: Path):
    found = trace(edge(0, "rfl"), error(0, "simp"), texts=["⊢ a = a"], name="t2")
    episodes = make_trace_processor("episodes", {}).process([found])
    write_examples(tmp_path / "examples", episodes, 0.0)
    trainer = make_trainer("ilql", {**FIT, "max_epochs": 1, "size": TINY})
    trainer.train(
        TrainingTask(tmp_path / "examples", tmp_path / "trainer", tmp_path / "checkpoint")
    )
    assert len(propose(tmp_path, 0.5).get_tactics(requests("⊢ a = a", "⊢ b"), 4)) == 2


def test_the_tactic_model_of_generators_refuses_it(tmp_path: Path):
    train(tmp_path, max_epochs=1)
    with pytest.raises(CheckpointError, match="is of the kind 'ilql', not 'generator'"):
        make_tactic_model("reprover", {"checkpoint": str(tmp_path / "checkpoint")})


def test_there_are_no_examples(tmp_path: Path):
    (tmp_path / "examples").mkdir()
    with pytest.raises(TrainingError, match="contains no examples of the kind EpisodeExample"):
        train(tmp_path)


def test_what_is_too_long(tmp_path: Path):
    """Goals lose their beginning, and are counted."""
    metrics = train(tmp_path, max_epochs=1, max_source=9, max_target=8)
    assert metrics["truncated_goals"] == 8.0
