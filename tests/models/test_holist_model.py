"""HOList's tactic model: its loss, its data, training it and asking it."""

from __future__ import annotations

import itertools
import json
import math
import random
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch
from lightning.pytorch.callbacks import timer

from bait_core.domain import Goal, Premise, PremiseSet
from bait_core.errors import CheckpointError, ConfigurationError, TrainingError
from bait_core.protocols import TacticRequest, TrainingTask
from bait_core.training import read_examples, write_examples
from bait_holist.tactics import GoalView
from bait_holist.terms import parse, read_key
from bait_models.encoders.graph import graph_of_goal
from bait_models.encoders.options import EncoderOptions
from bait_models.encoders.vocabulary import TermVocabulary
from bait_models.tactic_models.holist.data import HolistData
from bait_models.tactic_models.holist.features import FEATURES, Lexicon, features
from bait_models.tactic_models.holist.lists import short_lists
from bait_models.tactic_models.holist.model import HolistModel
from bait_models.tactic_models.holist.options import HolistModelOptions, HolistTrainerOptions
from bait_models.tactic_models.holist.proposals import Proposer, Theorems
from bait_models.tactic_models.holist.training import HolistTrainer
from bait_models.trace_processors.holist import HolistExample
from bait_models.training.ranking import choice_loss, reciprocal_rank

from .holist_library import STATEMENTS, examples, write_library, write_steps


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("library") / "theorems.jsonl.gz")


def options(library: Path, **changes: object) -> HolistTrainerOptions:
    small = {
        "library": library,
        "encoder": EncoderOptions(dim=16, layers=2, dropout=0.0),
        "least_count": 1,
        "negatives": 4,
        "max_epochs": 20,
        "batch_size": 8,
        "warmup_steps": 0,
        "learning_rate": 0.01,
        "loggers": ("csv",),
        "progress_bar": False,
        "accelerator": "cpu",
    }
    return HolistTrainerOptions.model_validate(small | changes)


@pytest.fixture(scope="module")
def trained(library: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of a training; its checkpoint is in `checkpoint`."""
    folder = tmp_path_factory.mktemp("trained")
    train(options(library), folder)
    return folder


def train(chosen: HolistTrainerOptions, folder: Path, **task: object) -> dict[str, float]:
    found = TrainingTask(
        write_steps(folder / "examples"),
        folder / "trainer",
        folder / "checkpoint",
        **task,  # type: ignore[arg-type]
    )
    return dict(HolistTrainer(chosen).train(found).metrics)


def ask(checkpoint: Path, n: int = 20, **changes: object) -> list[list[tuple[str, float]]]:
    model = HolistModel.load(
        HolistModelOptions.model_validate({"checkpoint": checkpoint, "device": "cpu"} | changes)
    )
    return [[tuple(s) for s in found] for found in model.get_tactics(requests(), n)]  # type: ignore[misc]


def requests() -> list[TacticRequest]:
    known = [
        Premise(name, name, ("~",) if name.startswith("NOT") else ("/\\",), key)
        for name, key in STATEMENTS.items()
        if name != "LATE"
    ]
    premises = PremiseSet("library", tuple(known))
    return [TacticRequest(Goal(e.goal, "", e.symbols), premises) for e in examples()]


def test_each_chosen_theorem_competes_with_those_not_chosen() -> None:
    scores = torch.tensor([[1.0, 2.0, 0.5, 9.0]])
    positive = torch.tensor([[True, True, False, False]])
    accessible = torch.tensor([[True, True, True, False]])
    first = -math.log(math.exp(1.0) / (math.exp(1.0) + math.exp(0.5)))
    second = -math.log(math.exp(2.0) / (math.exp(2.0) + math.exp(0.5)))
    loss = choice_loss(scores, positive, accessible)
    assert float(loss) == pytest.approx((first + second) / 2)
    nothing = torch.zeros_like(positive)
    assert float(choice_loss(scores, nothing, accessible)) == 0.0
    alone = choice_loss(scores, positive, positive)  # without negatives
    assert float(alone) == pytest.approx(0.0)


def test_the_loss_has_a_gradient_where_nothing_is_chosen() -> None:
    scores = torch.zeros(2, 3, requires_grad=True)
    positive = torch.tensor([[False, False, False], [True, False, False]])
    choice_loss(scores, positive, torch.ones(2, 3, dtype=torch.bool)).backward()
    assert scores.grad is not None
    assert torch.isfinite(scores.grad).all()
    assert scores.grad[0].abs().sum() == 0
    assert scores.grad[1, 0] < 0 < scores.grad[1, 1]


def test_reciprocal_rank_counts_better_ones_that_are_allowed() -> None:
    scores = torch.tensor([[3.0, 2.0, 1.0, 5.0], [0.0, 1.0, 2.0, 3.0]])
    positive = torch.tensor([[False, True, True, False], [False, False, False, False]])
    accessible = torch.tensor([[True, True, True, False], [True, True, True, True]])
    assert float(reciprocal_rank(scores, positive, accessible)) == pytest.approx(1 / 2)


def test_features_by_hand() -> None:
    lexicon = Lexicon({"a": 3.0, "b": 4.0}, {"T": 2})
    goals, theorems = lexicon.vectors([("a", "b", "new")]), lexicon.vectors([("a",), ("b", "c")])
    found = features(goals, theorems, lexicon.popularity(["T", "U"]), torch.tensor([[1.0, 3.0]]))
    assert found.shape == (1, 2, FEATURES)
    popular = math.log1p(2) / 4
    assert found[0, 0].tolist() == pytest.approx([0.6, 1.0, 3 / 7, popular, math.log(2) / 8])
    assert found[0, 1].tolist() == pytest.approx([0.8, 1.0, 4 / 7, 0.0, math.log(4) / 8])


def test_the_weights_of_constants_fall_with_their_frequency() -> None:
    lexicon = Lexicon.of([("a", "b"), ("a",), ("a", "a")], ["T", "T"])
    assert lexicon.weights["a"] == pytest.approx(math.log(1 + 3 / 3))
    assert lexicon.weights["b"] == pytest.approx(math.log(1 + 3 / 1))
    assert lexicon.uses == {"T": 2}


def test_batches_say_what_a_step_uses_and_might_use(library: Path, tmp_path: Path) -> None:
    data = HolistData(write_steps(tmp_path), options(library, batch_size=4), 0)
    assert set(data.tactics) == {"REWRITE_TAC [?]", "CONJ_TAC", "SIMP_TAC [?*]"}
    steps = data._steps["train"][:4]
    batch = data.batch(steps, random.Random(0))
    assert len(batch) == 4
    assert batch.positive.sum(dim=1).tolist() == [1, 1, 0, 2]
    assert (batch.positive & ~batch.accessible).sum() == 0
    assert batch.features.shape == (4, len(batch.theorems), FEATURES)
    whole = data.batch(steps, random.Random(1))
    if len(whole.theorems) == len(STATEMENTS):
        assert not whole.accessible[:, -1].any()  # bound later than the goals


def test_a_library_may_be_smaller_than_the_theorems_to_tell_apart(
    library: Path, tmp_path: Path
) -> None:
    data = HolistData(write_steps(tmp_path), options(library, negatives=1000), 0)
    batch = next(iter(data.train_dataloader()))
    assert batch.features.shape[1] == len(STATEMENTS)


def test_batches_are_limited_by_their_nodes(library: Path, tmp_path: Path) -> None:
    chosen = options(library, max_batch_nodes=8, batch_size=100)
    data = HolistData(write_steps(tmp_path), chosen, 0)
    for batch in data.train_dataloader():
        assert len(batch.goals.tokens) <= 8 or len(batch) == 1
    sizes = [len(batch) for batch in data.train_dataloader()]
    assert sum(sizes) == len(data._steps["train"])


def test_a_trained_model_proposes_what_it_learned(trained: Path) -> None:
    best = [found[0][0] for found in ask(trained / "checkpoint")]
    assert best[:3] == ["REWRITE_TAC [NOT_1]", "REWRITE_TAC [NOT_2]", "CONJ_TAC"]
    assert best[3].startswith("SIMP_TAC [AND_")


@pytest.mark.parametrize("kind", ["transformer", "directed-sat"])
def test_other_encoders_are_trained_saved_and_asked(
    kind: str, library: Path, tmp_path: Path
) -> None:
    encoder = {"kind": kind, "dim": 16, "layers": 1, "dropout": 0.0}
    train(options(library, encoder=encoder, max_epochs=1), tmp_path)
    found = ask(tmp_path / "checkpoint")
    assert len(found) == len(examples())
    assert all(found)


def test_suggestions_are_sorted_distinct_and_limited(trained: Path) -> None:
    for found in ask(trained / "checkpoint", n=3):
        weights = [weight for _, weight in found]
        assert len(found) == len({tactic for tactic, _ in found}) == 3
        assert weights == sorted(weights, reverse=True)
        assert all(weight <= 0 for weight in weights)
    for found in ask(trained / "checkpoint", n=1000):
        assert sum(math.exp(weight) for _, weight in found) <= 1 + 1e-5


def test_a_batch_gives_what_its_goals_give_alone(
    trained: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bait_models.tactic_models.holist.model._SCORED_AT_ONCE", 10)  # two goals
    model = HolistModel.load(HolistModelOptions(checkpoint=trained / "checkpoint", device="cpu"))
    asked = requests()
    known = asked[0].premises.library
    for number, premises in ((1, PremiseSet("few", known[:2])), (3, PremiseSet("", ()))):
        asked.insert(number, TacticRequest(asked[0].goal, premises))
    together = model.get_tactics(asked, 10)
    for request, found in zip(asked, together, strict=True):
        [alone] = model.get_tactics([request], 10)
        assert [s.tactic for s in alone] == [s.tactic for s in found]
        assert [s.log_probability for s in alone] == pytest.approx(
            [s.log_probability for s in found], rel=1e-5, abs=1e-5
        )


def test_theorems_are_embedded_once(trained: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = HolistModel.load(HolistModelOptions(checkpoint=trained / "checkpoint", device="cpu"))
    model.get_tactics(requests(), 5)
    monkeypatch.setattr(model.network, "embed_theorems", None)
    first = requests()[0]
    fewer = PremiseSet("other", first.premises.library[:2])
    model.get_tactics([first, TacticRequest(first.goal, fewer)], 5)


def test_only_accessible_theorems_are_proposed(trained: Path) -> None:
    model = HolistModel.load(HolistModelOptions(checkpoint=trained / "checkpoint", device="cpu"))
    first = requests()[0]
    [found] = model.get_tactics([TacticRequest(first.goal, PremiseSet("", ()))], 50)
    assert {s.tactic for s in found} == {"CONJ_TAC"}


def test_the_same_seed_gives_the_same_model(library: Path, tmp_path: Path) -> None:
    chosen = options(library, max_epochs=2)
    a, b, c = (
        (train(chosen, tmp_path / name, seed=seed), tmp_path / name)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    )
    assert a[0] == b[0]
    assert a[0]["valid_loss"] != c[0]["valid_loss"]
    weights = [(p / "checkpoint" / "model.safetensors").read_bytes() for _, p in (a, b, c)]
    assert weights[0] == weights[1] != weights[2]


def test_a_training_that_was_killed_goes_on(library: Path, tmp_path: Path) -> None:
    whole = train(options(library, max_epochs=4), tmp_path / "whole")
    again = tmp_path / "again"
    chosen = options(library, max_epochs=4)
    with pytest.raises(KeyboardInterrupt):
        kill_after(chosen, again, epochs=2)
    assert not (again / "checkpoint").exists()
    assert train(chosen, again) == pytest.approx(whole, rel=1e-5)


def kill_after(chosen: HolistTrainerOptions, folder: Path, epochs: int) -> None:
    """Train, and die in the epoch after so many, as if the process were killed."""
    losses, seen = HolistModel.losses, [0]

    def dying(self: HolistModel, batch: object) -> object:
        if self.trainer.current_epoch == epochs:
            raise KeyboardInterrupt
        seen[0] += 1
        return losses(self, batch)  # type: ignore[arg-type]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(HolistModel, "losses", dying)
        train(chosen, folder)


def test_training_starts_from_a_checkpoint(library: Path, trained: Path, tmp_path: Path) -> None:
    chosen = options(library, max_epochs=1, learning_rate=1e-9)
    fresh = train(chosen, tmp_path / "fresh")
    warm = train(chosen, tmp_path / "warm", start=trained / "checkpoint")
    assert warm["valid_loss"] < fresh["valid_loss"] / 2


def test_the_learning_rate_falls_until_the_time_is_over(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = itertools.count()  # seconds: one each time that somebody looks at it
    monkeypatch.setattr(timer, "time", SimpleNamespace(monotonic=lambda: float(next(clock))))
    metrics = train(options(library, max_epochs=1000, max_minutes=1), tmp_path)
    assert 2 < metrics["steps"] < 60
    last = torch.load(tmp_path / "trainer" / "kept" / "last.ckpt", weights_only=True)
    [group, _] = last["optimizer_states"][0]["param_groups"]
    assert 0.01 * 0.01 <= group["lr"] < 0.1 * 0.01


def test_numbers_keep_their_meaning_when_training_goes_on(
    library: Path, trained: Path, tmp_path: Path
) -> None:
    steps = examples()
    write_examples(tmp_path / "examples", [("t", s) for s in (*steps, *steps[-1:] * 9)], 0.0)
    task = TrainingTask(
        tmp_path / "examples",
        tmp_path / "trainer",
        tmp_path / "checkpoint",
        start=trained / "checkpoint",
    )
    HolistTrainer(options(library, max_epochs=1, learning_rate=1e-9)).train(task)
    before, after = (ask(folder / "checkpoint", 1) for folder in (trained, tmp_path))
    assert [t for [(t, _)] in after] == [t for [(t, _)] in before]


def test_a_loss_that_is_no_number_stops_the_training(
    library: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    losses = HolistModel.losses
    monkeypatch.setattr(
        HolistModel,
        "losses",
        lambda self, batch: {n: v * math.nan for n, v in losses(self, batch).items()},
    )
    with pytest.raises(TrainingError, match="the loss became nan"):
        train(options(library), tmp_path)
    saved = torch.load(tmp_path / "trainer" / "not-a-number.pt", weights_only=False)
    assert len(saved["batch"]) > 0
    assert not (tmp_path / "checkpoint").exists()


def test_checkpoints_that_can_not_be_used(trained: Path, tmp_path: Path) -> None:
    good = trained / "checkpoint"
    with pytest.raises(CheckpointError, match="no checkpoint at"):
        ask(tmp_path)
    bad = tmp_path / "bad"
    bad.mkdir()
    header = json.loads((good / "checkpoint.json").read_text())
    for change, message in (({"kind": "other"}, "of the kind 'other'"), ({"format": 9}, "newer")):
        (bad / "checkpoint.json").write_text(json.dumps(header | change))
        with pytest.raises(CheckpointError, match=message):
            ask(bad)
    (bad / "checkpoint.json").write_text(json.dumps(header))
    with pytest.raises(CheckpointError, match="can't be loaded"):
        ask(bad)
    weights = (good / "model.safetensors").read_bytes()
    (bad / "model.safetensors").write_bytes(weights[: len(weights) // 2])
    with pytest.raises(CheckpointError, match="can't be loaded"):
        ask(bad)


def test_a_device_that_is_not_there(trained: Path) -> None:
    with pytest.raises(ConfigurationError, match="no device 'cudas'"):
        ask(trained / "checkpoint", device="cudas")


def test_no_tactic_is_frequent_enough(library: Path, tmp_path: Path) -> None:
    with pytest.raises(TrainingError, match="no tactic occurs 1000 times"):
        train(options(library, least_count=1000), tmp_path)


def test_goals_that_are_cut_are_counted(library: Path, tmp_path: Path) -> None:
    cut = EncoderOptions(dim=16, layers=1, max_nodes=8)
    folder = write_steps(tmp_path)
    cut_goals = [e for s in ("train", "valid") for e in read_examples(folder, s, HolistExample)]
    sizes = [len(graph_of_goal(*read_key(e.goal), 100).tokens) for e in cut_goals]
    data = HolistData(folder, options(library, encoder=cut), 0)
    assert data.truncated == sum(size > 8 for size in sizes) > 0


def test_lists_are_weighed_by_their_theorems_and_their_length() -> None:
    options = HolistModelOptions(checkpoint=Path(), lists=4, long_lists=(3,))
    ranked = [(name, math.log(share)) for name, share in (("A", 0.5), ("B", 0.25), ("C", 0.2))]
    template = "SIMP_TAC [?*]"
    [lists] = short_lists(torch.tensor([[0.5, 0.25, 0.2]]), options.lists)
    found = Proposer([template], options).propose(
        GoalView((), parse("(v (bool) x)")),
        [(template, 0.0)],
        {template: Theorems(ranked, lists)},
        9,
    )
    by_hand = {
        "SIMP_TAC [A; B]": 0.8 * 0.5 * 0.25 / 0.5 / 2,
        "SIMP_TAC [A; C]": 0.8 * 0.5 * 0.2 / 0.5 / 2,
        "SIMP_TAC [B; C]": 0.8 * 0.25 * 0.2 / 0.75 / 2,
        "SIMP_TAC [A; B; C]": 0.8 * 0.5 * 0.25 / 0.5 * 0.2 / 0.25 / 4 + 0.2,
    }
    assert {s.tactic: math.exp(s.log_probability) for s in found} == pytest.approx(by_hand)


def test_provers_get_the_best_theorems_only() -> None:
    options = HolistModelOptions(checkpoint=Path(), prover_lists=(1, 3))
    ranked = [(name, math.log(share)) for name, share in (("A", 0.5), ("B", 0.25), ("C", 0.2))]
    templates = {"MESON_TAC [?]": 0.4, "MESON_TAC [?*]": 0.2, "MESON_TAC []": 0.1}
    found = Proposer([*templates], options).propose(
        GoalView((), parse("(v (bool) x)")),
        [(template, math.log(share)) for template, share in templates.items()],
        dict.fromkeys(templates, Theorems(ranked)),
        10,
    )
    assert {s.tactic: math.exp(s.log_probability) for s in found} == pytest.approx(
        {"MESON_TAC [A]": 0.3, "MESON_TAC [A; B; C]": 0.3, "MESON_TAC []": 0.1}
    )


def test_without_hypotheses_tactics_that_use_them_are_the_plain_ones(tmp_path: Path) -> None:
    tactics = [
        "MESON_TAC []",
        "ASM_MESON_TAC []",
        "ASM SET_TAC []",
        "ASM_CASES_TAC !",
        "SET_TAC []",
    ]
    encoder = EncoderOptions(dim=8, layers=1)
    model = HolistModel(encoder, TermVocabulary(["<pad>", "<unk>"]), tactics, Lexicon({}, {}))
    model.save(tmp_path / "checkpoint")
    loaded = HolistModel.load(HolistModelOptions(checkpoint=tmp_path / "checkpoint", device="cpu"))
    term = "(v (bool) x)"
    bare, assuming = (
        {s.tactic: s.log_probability for s in found}
        for found in loaded.get_tactics(
            [
                TacticRequest(Goal(key, "", ()), PremiseSet("", ()))
                for key in (f"(g () {term})", f"(g ((v (bool) y)) {term})")
            ],
            20,
        )
    )
    assert {t for t in bare if "!" not in t and "`" not in t} == {"MESON_TAC []", "SET_TAC []"}
    assert set(tactics) - {"ASM_CASES_TAC !"} <= set(assuming)
    assert any(t.startswith("ASM_CASES_TAC `") for t in bare)
    assert sum(map(math.exp, bare.values())) == pytest.approx(1, abs=1e-5)
