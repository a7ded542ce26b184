"""Preference optimisation: its loss by hand, what it learns, its reference, taking it up."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file
from torch import Tensor

from bait_core.errors import CheckpointError, TrainingError
from bait_core.plugins.build import make_tactic_model, make_trace_processor, make_trainer
from bait_core.protocols import TrainingTask
from bait_core.training import write_examples
from bait_models.byt5.text import encode_end, encode_target, pad, pad_labels
from bait_models.tactic_models.reprover.dpo.learner import DPO, preference_loss
from bait_models.tactic_models.reprover.dpo.options import DPOTrainerOptions
from bait_models.tactic_models.reprover.dpo.reference import (
    FrozenCopy,
    TacticPairs,
    pair_log_probabilities,
)
from bait_models.tactic_models.reprover.dpo.training import DPOTrainer
from bait_models.tactic_models.reprover.generator import Generator, token_log_probabilities
from bait_models.trace_processors.preferences import PreferenceExample
from bait_models.trace_processors.seq2seq import Seq2SeqExample
from bait_models.training.checkpoints import save_checkpoint

from .tiny_t5 import FIT, TINY, generator, network, options, requests
from .trace_builders import edge, error, trace

PAIRS = [
    PreferenceExample("⊢ p ∧ q", "split", "intro", -3.0, -2.0),
    PreferenceExample("⊢ p ∧ q", "split", "simp", -3.0, -4.0),
    PreferenceExample("⊢ a = a", "rfl", "simp", -1.0, -1.5),
    PreferenceExample("⊢ p → p", "intro", "split", -2.5, -2.0),
]


def chosen(**changes: Any) -> DPOTrainerOptions:
    small = {**FIT, "max_epochs": 2, "learning_rate": 0.003, "batch_size": 4}
    return DPOTrainerOptions.model_validate(small | changes)


def train(
    folder: Path, start: Path | None = None, pairs: Any = PAIRS, repeats: int = 1, **changes: Any
) -> dict[str, float]:
    if not (folder / "examples").exists():
        names = ["t0", *["t2"] * repeats]  # by their hashes, t0 validates
        write_examples(folder / "examples", [(name, pair) for name in names for pair in pairs], 0.5)
    task = TrainingTask(folder / "examples", folder / "trainer", folder / "checkpoint", start, 3)
    return dict(DPOTrainer(chosen(**changes)).train(task).metrics)


@pytest.fixture
def start(tmp_path: Path) -> Path:
    """A generator that would drop values out while it is trained."""
    made = generator(seed=5)
    made.network.config.dropout_rate = 0.2
    made.save(tmp_path / "start")
    return tmp_path / "start"


def batch(*pairs: PreferenceExample) -> TacticPairs:
    return DPOTrainer(chosen())._collate(pairs)


def load(folder: Path) -> Generator:
    return Generator.load(options(checkpoint=str(folder)))


def weights(folder: Path) -> dict[str, Tensor]:
    return load_file(folder / "model.safetensors")


def by_hand(model: Generator, state: str, tactic: str) -> Tensor:
    """Of one tactic for one goal, without padding."""
    source = pad([encode_end(state, 64).tokens])
    labels = pad_labels([encode_target(tactic)])
    logits = model.logits(model.encode(source), source.mask, labels)
    return token_log_probabilities(logits, labels).sum()


def test_the_loss_by_hand():
    """sigmoid(0) = 1/2, sigmoid(log 3) = 3/4."""
    margins = torch.tensor([0.0, math.log(3.0)])
    expected = -(math.log(1 / 2) + math.log(3 / 4)) / 2
    assert preference_loss(margins).item() == pytest.approx(expected)
    smooth = -(math.log(1 / 2) + 0.9 * math.log(3 / 4) + 0.1 * math.log(1 / 4)) / 2
    assert preference_loss(margins, 0.1).item() == pytest.approx(smooth)


def test_the_gradient_by_hand():
    """Of -log sigmoid(m): -sigmoid(-m); with smoothing it vanishes where sigmoid(m) = 1 - e."""
    margins = torch.tensor([math.log(3.0)], requires_grad=True)
    preference_loss(margins).backward()
    assert margins.grad is not None
    assert margins.grad.item() == pytest.approx(-1 / 4)
    margins = torch.tensor([math.log(3.0)], requires_grad=True)
    preference_loss(margins, 0.25).backward()
    assert margins.grad is not None
    assert margins.grad.item() == pytest.approx(0.0, abs=1e-7)


def test_log_probabilities_of_pairs_of_different_lengths():
    model = generator()
    with torch.no_grad():
        found = pair_log_probabilities(model, batch(*PAIRS))
        for column, pair in enumerate(PAIRS):
            for row, tactic in enumerate([pair.chosen, pair.rejected]):
                expected = by_hand(model, pair.state, tactic).item()
                assert found[row, column].item() == pytest.approx(expected, rel=1e-5)


def test_numbers_by_hand():
    """Of two pairs with given references, from the log-probabilities of a network."""
    model, pairs = generator(), batch(PAIRS[0], PAIRS[2])
    numbers = DPO(model, lambda found: found.recorded, beta=0.5).losses(pairs)
    margins = []
    for pair in (PAIRS[0], PAIRS[2]):
        assert pair.chosen_log_probability is not None
        assert pair.rejected_log_probability is not None
        better = by_hand(model, pair.state, pair.chosen).item() - pair.chosen_log_probability
        worse = by_hand(model, pair.state, pair.rejected).item() - pair.rejected_log_probability
        margins.append(0.5 * (better - worse))
    loss = sum(math.log(1 + math.exp(-margin)) for margin in margins) / 2
    assert numbers["loss"].item() == pytest.approx(loss, rel=1e-4)
    assert numbers["reward_margin"].item() == pytest.approx(sum(margins) / 2, rel=1e-4)
    assert numbers["reward_accuracy"].item() == sum(margin > 0 for margin in margins) / 2
    total = sum(by_hand(model, p.state, p.chosen).item() for p in (PAIRS[0], PAIRS[2]))
    assert numbers["chosen_log_probability"].item() == pytest.approx(total / 2, rel=1e-5)


def test_a_step_makes_the_better_tactic_more_probable_and_the_worse_one_less():
    model = generator()
    learner, pairs = DPO(model, FrozenCopy(model), beta=0.5), batch(PAIRS[0])
    before = pair_log_probabilities(model, pairs).detach()
    numbers = learner.losses(pairs)
    assert numbers["loss"].item() == pytest.approx(math.log(2), rel=1e-5)
    numbers["loss"].backward()
    with torch.no_grad():
        for parameter in model.parameters():
            assert parameter.grad is not None
            parameter.sub_(1e-3 * parameter.grad)
        after = pair_log_probabilities(model, pairs)
    assert after[0, 0] > before[0, 0]
    assert after[1, 0] < before[1, 0]


def test_the_reference_is_frozen_and_in_no_checkpoint():
    model = generator().train()
    reference = FrozenCopy(model)
    learner = DPO(model, reference, beta=0.1)
    before = reference(batch(*PAIRS))
    assert not before.requires_grad
    assert list(learner.state_dict()) == [f"generator.{name}" for name in model.state_dict()]
    assert sum(1 for _ in learner.parameters()) == sum(1 for _ in model.parameters())
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.1)
    assert torch.equal(reference(batch(*PAIRS)), before)
    assert model.training
    assert not reference._generator.training


@pytest.mark.parametrize("changes", [{}, {"lora_rank": 4}, {"reference": "recorded"}])
def test_it_prefers_the_better_tactic_of_each_pair(tmp_path: Path, start: Path, changes: Any):
    rate = 0.05 if "lora_rank" in changes else 0.005
    more: dict[str, Any] = {"repeats": 12, "max_epochs": 4, "learning_rate": rate, "beta": 0.5}
    metrics = train(tmp_path, start, **more, **changes)
    assert metrics["valid_reward_accuracy"] == 1.0
    assert metrics["best_valid_loss"] < 0.3
    with torch.no_grad():
        better, worse = pair_log_probabilities(load(tmp_path / "checkpoint"), batch(*PAIRS))
    assert (better > worse).all()


def test_at_first_all_margins_are_zero(tmp_path: Path, start: Path):
    """Nothing is dropped out, neither from the generator nor from the reference."""
    for name, changes in (("whole", {}), ("low", {"lora_rank": 2})):
        still: dict[str, Any] = {"learning_rate": 1e-12, "weight_decay": 0.0, "max_epochs": 1}
        metrics = train(tmp_path / name, start, **still, **changes)
        assert metrics["train_reward_margin"] == pytest.approx(0.0, abs=1e-5)
        assert metrics["train_loss"] == pytest.approx(math.log(2), rel=1e-5)


def test_low_rank_changes_have_the_start_as_reference(
    tmp_path: Path, start: Path, monkeypatch: pytest.MonkeyPatch
):
    """The same numbers as with a frozen copy, while the generator moves away."""
    seen = []
    losses = DPO.losses
    before = load(start)

    def watching(self: DPO, pairs: TacticPairs) -> Any:
        reference = self._reference(pairs)
        assert all(p.requires_grad for name, p in self.named_parameters() if "lora" in name)
        with torch.no_grad():
            expected = pair_log_probabilities(before, pairs)
            moved = pair_log_probabilities(self.generator, pairs)
        assert torch.allclose(reference, expected, atol=1e-4)
        seen.append(float((moved - expected).abs().max()))
        return losses(self, pairs)

    monkeypatch.setattr(DPO, "losses", watching)
    train(tmp_path, start, lora_rank=2, max_epochs=4, learning_rate=0.03)
    assert seen[0] < 1e-4
    assert seen[-1] > 0.1
    old, new = weights(start), weights(tmp_path / "checkpoint")
    assert old.keys() == new.keys()
    changed = {name for name in old if not torch.equal(old[name], new[name])}
    assert changed
    assert all(name.endswith((".q.weight", ".v.weight")) for name in changed)


@pytest.mark.parametrize("changes", [{}, {"lora_rank": 2, "lora_dropout": 0.2}])
def test_a_training_that_was_killed_goes_on(
    tmp_path: Path, start: Path, monkeypatch: pytest.MonkeyPatch, changes: Any
):
    """The reference is the start again, not where the training was stopped."""
    more = {"max_epochs": 4, "repeats": 3, **changes}
    whole = train(tmp_path / "whole", start, **more)
    losses = DPO.losses

    def dying(self: DPO, pairs: TacticPairs) -> Any:
        if self.trainer.current_epoch == 2:
            raise KeyboardInterrupt
        return losses(self, pairs)

    with monkeypatch.context() as patch:
        patch.setattr(DPO, "losses", dying)
        with pytest.raises(KeyboardInterrupt):
            train(tmp_path / "again", start, **more)
    assert not (tmp_path / "again" / "checkpoint").exists()
    assert train(tmp_path / "again", start, **more) == pytest.approx(whole, rel=1e-4)
    assert whole["train_reward_margin"] > 0.01


def test_the_same_seed_gives_the_same_generator(tmp_path: Path, start: Path):
    metrics = [train(tmp_path / name, start) for name in ("a", "b")]
    assert metrics[0] == metrics[1]
    a, b = (weights(tmp_path / name / "checkpoint") for name in ("a", "b"))
    assert all(torch.equal(a[name], b[name]) for name in a)


def test_from_a_trace_to_the_tactic_model_of_generators(tmp_path: Path):
    """What has learned two tactics learns from a search which of them is right."""
    texts = ["⊢ a = a"]
    steps = [Seq2SeqExample(texts[0], tactic) for tactic in ("rfl", "simp")]
    write_examples(tmp_path / "steps", [("t2", step) for step in steps * 60], 0.0)
    small = {**FIT, "size": TINY, "learning_rate": 0.01, "batch_size": 4, "max_epochs": 2}
    task = TrainingTask(tmp_path / "steps", tmp_path / "seq2seq", tmp_path / "start")
    make_trainer("seq2seq", small).train(task)
    searched = trace(edge(0, "rfl"), error(0, "simp"), texts=texts, name="t2")
    pairs = make_trace_processor("preferences", {}).process([searched])
    write_examples(tmp_path / "pairs", pairs, 0.0)
    start = str(tmp_path / "start")
    trainer = make_trainer("dpo", {**FIT, "learning_rate": 0.003, "pretrained": start})
    trainer.train(TrainingTask(tmp_path / "pairs", tmp_path / "dpo", tmp_path / "checkpoint"))
    before, after = (
        dict(
            make_tactic_model(
                "reprover",
                {"checkpoint": str(tmp_path / name), "device": "cpu", "max_tokens": 8},
            ).get_tactics(requests(*texts), 4)[0]
        )
        for name in ("start", "checkpoint")
    )
    assert before.keys() >= {"rfl", "simp"}
    assert next(iter(after)) == "rfl"
    gap = after["rfl"] - after.get("simp", -math.inf)
    assert gap > before["rfl"] - before["simp"] + 1.0


def test_it_starts_from_transformers_too(tmp_path: Path):
    network(seed=5).save_pretrained(tmp_path / "hf")
    metrics = train(tmp_path, pretrained=str(tmp_path / "hf"), max_epochs=1)
    assert metrics["train_loss"] == pytest.approx(math.log(2), rel=0.1)


def test_there_must_be_a_start(tmp_path: Path):
    with pytest.raises(TrainingError, match="has no generator to start from"):
        train(tmp_path)


def test_a_start_of_another_kind(tmp_path: Path):
    save_checkpoint(tmp_path / "start", "holist", {}, torch.nn.Linear(1, 1))
    with pytest.raises(CheckpointError, match="is of the kind 'holist', not 'generator'"):
        train(tmp_path, tmp_path / "start")


def test_recorded_log_probabilities_must_all_be_there(tmp_path: Path, start: Path):
    lacking = PreferenceExample("⊢ b", "a", "c", -1.0, None)
    with pytest.raises(TrainingError, match=r"2 of 10 pairs lack .* 'a' and 'c' in '⊢ b'"):
        train(tmp_path, start, [*PAIRS, lacking], reference="recorded")
    assert "train_loss" in train(tmp_path, start, [*PAIRS, lacking], max_epochs=1)


def test_there_are_no_examples(tmp_path: Path, start: Path):
    (tmp_path / "examples").mkdir()
    with pytest.raises(TrainingError, match="contains no examples of the kind PreferenceExample"):
        train(tmp_path, start)


def test_goals_that_are_too_long_are_counted(tmp_path: Path, start: Path):
    assert train(tmp_path, start, max_epochs=1, max_source=11)["truncated_goals"] == 6.0
    assert load(tmp_path / "checkpoint")._max_source == 11
