"""The learned goal model: its loss, its scores, its checkpoints."""

from __future__ import annotations

import importlib
import json
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import torch

from bait_core.domain import Goal
from bait_core.errors import CheckpointError, ConfigurationError, ModelError
from bait_core.plugins.build import make_goal_model
from bait_models.chunks import padded_chunks
from bait_models.encoders.options import EncoderOptions
from bait_models.goal_models.provability.calibration import Calibration
from bait_models.goal_models.provability.encoder import ByteEncoder
from bait_models.goal_models.provability.model import GoalBatch, ProvabilityModel, new_encoder
from bait_models.goal_models.provability.options import ProvabilityTrainerOptions

from .provability_goals import BYTES, TERMS, examples, goal, model
from .tiny_t5 import generator

TEXTS = ["⊢ a", "h : p ∧ q\n⊢ something rather longer", "", "⊢ b " * 30, "⊢ c"]
GOALS = [goal(text) for text in TEXTS]


def term_model(seed: int = 0) -> ProvabilityModel:
    torch.manual_seed(seed)
    options = EncoderOptions.model_validate(TERMS)
    return ProvabilityModel(new_encoder(options, [e.goal for e in examples()])).eval()


def test_the_loss_by_hand(monkeypatch: pytest.MonkeyPatch):
    """Probabilities 3/4, 1/2 and 1/4 with labels 1, 1/2 and 1, of which the first weighs 2."""
    logits = torch.tensor([math.log(3), 0.0, -math.log(3)])
    made = model()
    monkeypatch.setattr(made, "logits", lambda _: logits)
    batch = GoalBatch(None, torch.tensor([1.0, 0.5, 1.0]), torch.tensor([2.0, 1.0, 1.0]))
    numbers = made.losses(batch)
    expected = (2 * math.log(4 / 3) + math.log(2) + math.log(4)) / 4
    assert float(numbers["loss"]) == pytest.approx(expected)
    assert float(numbers["accuracy"]) == pytest.approx(2 / 3)
    assert made.batch_size_of(batch) == 3


def test_texts_are_pooled_without_padding():
    encoder = model().encoder
    assert isinstance(encoder, ByteEncoder)
    with torch.no_grad():
        embeddings = encoder(encoder.batch([encoder.read(g).content for g in GOALS[:2]]))
        [alone] = encoder(encoder.batch([encoder.read(GOALS[0]).content]))
        tokens = encoder.batch([encoder.read(GOALS[0]).content])
        hidden = encoder.network(input_ids=tokens.tokens)[0][0]
    assert embeddings.shape == (2, 32)
    assert torch.allclose(embeddings[0], alone, atol=1e-5)
    assert torch.allclose(alone, hidden.mean(dim=0), atol=1e-5)


def test_scores_are_calibrated_log_probabilities():
    made = model()
    made.calibration.temperature.fill_(2.0)
    made.calibration.bias.fill_(-1.0)
    content = [made.encoder.read(GOALS[0]).content]
    with torch.no_grad():
        logit = float(made.logits(made.encoder.batch(content)))
    [score] = made.score_goals(GOALS[:1])
    assert score == pytest.approx(-math.log1p(math.exp(-(logit / 2 - 1))), rel=1e-5)


@pytest.mark.parametrize("max_batch", [1, 100, 10_000])
def test_scores_do_not_depend_on_the_batch(max_batch):
    together = model(max_batch=max_batch).score_goals(GOALS)
    alone = [model().score_goals([each])[0] for each in GOALS]
    assert together == pytest.approx(alone, abs=1e-5)
    assert len(set(together)) == len(GOALS)
    assert model().score_goals(GOALS[::-1]) == pytest.approx(together[::-1], abs=1e-5)
    assert model().score_goals([]) == []


def test_scores_of_terms_do_not_depend_on_the_batch():
    made = term_model()
    goals = [Goal(example.goal, example.text) for example in examples(2)]
    together = made.score_goals(goals)
    assert together == pytest.approx([made.score_goals([g])[0] for g in goals], abs=1e-5)
    assert together == pytest.approx(made.score_goals(goals[::-1])[::-1], abs=1e-5)


@pytest.mark.parametrize("logit", [-1e30, -200.0, 200.0, 1e30])
def test_scores_are_finite(monkeypatch: pytest.MonkeyPatch, logit: float):
    made = model()
    monkeypatch.setattr(made, "logits", lambda _: torch.tensor([logit]))
    [score] = made.score_goals(GOALS[:1])
    assert -math.inf < score <= 0


def test_goals_that_are_too_long_lose_their_beginning():
    made = model()
    end = "b" * 63
    scores = made.score_goals([goal("one" + end), goal("two" + end), goal(end)])
    assert scores == pytest.approx([scores[0]] * 3, abs=1e-6)
    assert made.truncated == 2


def test_terms_that_are_too_large_are_counted():
    options = EncoderOptions.model_validate(TERMS | {"max_nodes": 8})
    made = ProvabilityModel(new_encoder(options, [e.goal for e in examples()])).eval()
    small = examples()[1].goal
    large = small.replace("(v (bool) x0)", examples()[0].goal.removeprefix("(g () ")[:-1])
    large = large.replace("(v (bool) x0)", examples()[0].goal.removeprefix("(g () ")[:-1])
    made.score_goals([Goal(small, ""), Goal(large, ""), Goal(large, "")])
    assert made.truncated == 2


def test_terms_need_goals_of_hol_light():
    with pytest.raises(ModelError, match="the encoder gnn reads goals of HOL Light"):
        term_model().score_goals([goal("⊢ a")])


@pytest.fixture
def without_bait_holist() -> Iterator[None]:
    """bait-models as it is imported where bait-holist is not installed."""
    ours = ("bait_models", "bait_holist")
    before = {name: m for name, m in sys.modules.items() if name.partition(".")[0] in ours}
    for name in before:
        del sys.modules[name]
    sys.modules["bait_holist"] = None  # type: ignore[assignment]  # which makes its import fail
    yield
    for name in [name for name in sys.modules if name.partition(".")[0] in ours]:
        del sys.modules[name]
    sys.modules.update(before)


@pytest.mark.usefixtures("without_bait_holist")
def test_only_terms_need_bait_holist():
    """Everything but the encoders of terms works without."""
    options = importlib.import_module("bait_models.goal_models.provability.options")
    fresh = importlib.import_module("bait_models.goal_models.provability.model")
    importlib.import_module("bait_models.goal_models.provability.training")
    assert fresh.ProvabilityModel is not ProvabilityModel
    chosen = options.ProvabilityTrainerOptions.model_validate({"encoder": BYTES})
    fresh.new_encoder(chosen.encoder, [])
    chosen = options.ProvabilityTrainerOptions.model_validate({"encoder": TERMS})
    with pytest.raises(ConfigurationError, match="needs bait_holist") as error:
        fresh.new_encoder(chosen.encoder, [])
    assert "bait-models[holist]" in error.value.hint


@pytest.mark.parametrize("made", [model, term_model])
def test_a_checkpoint_is_the_same_model(tmp_path: Path, made: Any):
    before = made(seed=3)
    before.calibration.temperature.fill_(2.5)
    before.calibration.bias.fill_(0.5)
    before.save(tmp_path / "checkpoint")
    loaded = make_goal_model("provability", {"checkpoint": tmp_path / "checkpoint"})
    assert isinstance(loaded, ProvabilityModel)
    assert (float(loaded.calibration.temperature), float(loaded.calibration.bias)) == (2.5, 0.5)
    goals = [Goal(example.goal, example.text) for example in examples(2)]
    assert loaded.score_goals(goals) == pytest.approx(before.score_goals(goals), abs=1e-6)


def test_a_missing_checkpoint(tmp_path: Path):
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        make_goal_model("provability", {"checkpoint": tmp_path})
    with pytest.raises(ConfigurationError, match="needs the option 'checkpoint'"):
        make_goal_model("provability", {})


def test_a_checkpoint_of_another_kind(tmp_path: Path):
    generator().save(tmp_path / "checkpoint")
    with pytest.raises(CheckpointError, match="is of the kind 'generator', not 'provability'"):
        make_goal_model("provability", {"checkpoint": tmp_path / "checkpoint"})


def changed(folder: Path, **changes: Any) -> Path:
    """A checkpoint whose header was tampered with."""
    model().save(folder)
    header = folder / "checkpoint.json"
    header.write_text(json.dumps(json.loads(header.read_text()) | changes))
    return folder


def test_a_newer_checkpoint(tmp_path: Path):
    with pytest.raises(CheckpointError, match="has format 99"):
        make_goal_model("provability", {"checkpoint": changed(tmp_path / "c", format=99)})


def test_truncated_weights(tmp_path: Path):
    model().save(tmp_path / "c")
    weights = tmp_path / "c" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="can't be loaded"):
        make_goal_model("provability", {"checkpoint": tmp_path / "c"})


@pytest.mark.parametrize(
    "hyperparameters",
    [
        {},
        {"encoder": {"kind": "bytes"}},
        {"encoder": {"kind": "bytes", "config": {}}},
        {"encoder": {"kind": "gnn", "options": {"kind": "gnn", "dim": "x"}, "vocabulary": []}},
        {"encoder": {"kind": "nothing", "options": {"kind": "nothing"}, "vocabulary": []}},
        {"encoder": 3},
    ],
)
def test_checkpoints_that_do_not_say_what_they_are(tmp_path: Path, hyperparameters: Any):
    folder = changed(tmp_path / "c", hyperparameters=hyperparameters)
    with pytest.raises(CheckpointError, match="does not say"):
        make_goal_model("provability", {"checkpoint": folder})


def test_options_of_the_encoder_go_by_its_kind():
    options = ProvabilityTrainerOptions.model_validate({"encoder": {"kind": "gnn", "dim": 16}})
    assert isinstance(options.encoder, EncoderOptions)
    with pytest.raises(ValueError, match="max_nodes"):
        ProvabilityTrainerOptions.model_validate({"encoder": {"kind": "bytes", "max_nodes": 16}})


def test_calibration_is_a_part_of_the_weights():
    names = {name for name, _ in Calibration().named_buffers()}
    assert {f"calibration.{name}" for name in names} <= model().state_dict().keys()
    assert names == {"temperature", "bias"}


def test_parts_within_a_limit():
    assert list(padded_chunks("abcde", [1, 2, 2, 3, 9], 6)) == [["a", "b", "c"], ["d"], ["e"]]
    assert list(padded_chunks("ab", [7, 7], 6)) == [["a"], ["b"]]
    assert list(padded_chunks("abc", [3, 1, 1], 6)) == [["a", "b"], ["c"]]
    assert list(padded_chunks("", [], 6)) == []
