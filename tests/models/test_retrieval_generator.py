"""Generators with a retriever: in searches, and in training."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import pytest
from pydantic import ValidationError

from bait_core.domain import PremiseSet
from bait_core.errors import CheckpointError, TrainingError
from bait_core.protocols import TrainingTask
from bait_core.training import write_corpus, write_examples
from bait_models.byt5.text import decode
from bait_models.retrieval.text import show_premises
from bait_models.tactic_models.reprover.augmentation import RetrievalAugmentation
from bait_models.tactic_models.reprover.generator import Generator
from bait_models.tactic_models.reprover.options import Seq2SeqTrainerOptions
from bait_models.tactic_models.reprover.training import Seq2SeqTrainer
from bait_models.trace_processors.corpus import Accessible, Corpus
from bait_models.trace_processors.seq2seq import Seq2SeqExample

from .tiny_retriever import CORPUS, WHOLE, facts, nearest, request, retriever
from .tiny_t5 import FIT, TINY, generator, options


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))


@pytest.fixture
def saved(tmp_path: Path) -> str:
    retriever().save(tmp_path / "retriever")
    return str(tmp_path / "retriever")


def test_a_loaded_generator_shows_what_its_retriever_finds(tmp_path: Path, saved: str) -> None:
    generator(max_source=60).save(tmp_path / "g")
    loaded = Generator.load(
        options(checkpoint=str(tmp_path / "g"), retriever=saved, premises=2, max_source=100)
    )
    library = facts("add", "mul", "neg")
    asked = [request("⊢ a", PremiseSet("library", library)), request("⊢ b", PremiseSet("", ()))]
    shown = [decode(tokens) for tokens in loaded._read(asked, loaded._options)]  # type: ignore[arg-type]
    best = nearest(retriever(), "⊢ a", library, 2)
    expected = "".join(f"<a>{name}</a> : {name} = {name[::-1]}\n\n" for name in reversed(best))
    assert shown == [f"{expected}⊢ a", "⊢ b"]
    assert not [name for name in loaded.state_dict() if "retriev" in name]


def test_a_retriever_that_is_none(tmp_path: Path) -> None:
    generator().save(tmp_path / "g")
    for name, message in (("none", "there is no checkpoint"), ("g", "of the kind 'generator'")):
        with pytest.raises(CheckpointError, match=message):
            Generator.load(options(checkpoint=str(tmp_path / "g"), retriever=str(tmp_path / name)))


STEPS = [
    Seq2SeqExample("⊢ add x", "rw [add_x]", ("add_x",), WHOLE),
    Seq2SeqExample("⊢ mul y", "rw [mul_y]", ("mul_y",), Accessible(5, 3)),
    Seq2SeqExample("⊢ mul y", "simp", (), Accessible(2)),
]


def shows(**changes: Any) -> RetrievalAugmentation:
    given = chosen(**({"retriever": "r", "corpus": "c", "max_source": 500} | changes))
    return RetrievalAugmentation(STEPS, retriever(), Corpus(CORPUS), given)


def chosen(**changes: Any) -> Seq2SeqTrainerOptions:
    small = {**FIT, "size": TINY, "max_epochs": 1, "learning_rate": 0.01, "batch_size": 4}
    return Seq2SeqTrainerOptions.model_validate(small | changes)


def test_accessible_premises_are_shown_in_training() -> None:
    places = {premise.name: place for place, premise in enumerate(CORPUS)}
    four, all_ = shows(premises=4), shows()
    for example in STEPS:
        assert example.accessible is not None
        known = [p for p in CORPUS if places[p.name] in example.accessible]
        best = nearest(retriever(), example.state, known, 4)
        premises = [CORPUS[places[name]] for name in best]
        assert four(example, None).state == show_premises(example.state, premises, 500)
    assert "add_x" in all_(STEPS[2], None).state
    assert "mul_x" not in all_(STEPS[2], None).state


def test_some_are_dropped_in_training_only() -> None:
    dropping, keeping = shows(premise_dropout=0.5), shows(premise_dropout=0.0)
    whole = dropping(STEPS[0], None)
    counts = []
    for seed in range(40):
        dropped = dropping(STEPS[0], random.Random(seed))
        assert dropped == dropping(STEPS[0], random.Random(seed))
        blocks = dropped.state.split("\n\n")
        assert blocks == [block for block in whole.state.split("\n\n") if block in blocks]
        counts.append(len(blocks) - 1)
    assert sum(counts) / len(counts) == pytest.approx(len(CORPUS) / 2, abs=1.5)
    assert keeping(STEPS[0], random.Random(0)) == whole
    assert whole.tactic == STEPS[0].tactic


def test_examples_must_be_of_the_corpus() -> None:
    for accessible in (None, Accessible(len(CORPUS) + 1)):
        example = Seq2SeqExample("⊢ a", "b", (), accessible)
        with pytest.raises(TrainingError, match="do not say which premises"):
            RetrievalAugmentation([example], retriever(), Corpus(CORPUS), chosen())


def test_a_retriever_needs_a_corpus() -> None:
    with pytest.raises(ValidationError, match="retriever and corpus must be given together"):
        chosen(retriever="r")


def train(folder: Path, seed: int = 0, **changes: Any) -> dict[str, float]:
    if not folder.exists():
        folder.mkdir()
        write_corpus(folder / "corpus", CORPUS)
        names = ["t0", *["t2"] * 4]  # by their hashes, t0 validates
        write_examples(folder / "examples", [(n, step) for n in names for step in STEPS], 0.5)
    task = TrainingTask(folder / "examples", folder / "trainer", folder / "checkpoint", None, seed)
    trainer = Seq2SeqTrainer(chosen(corpus=folder / "corpus", premises=3, **changes))
    return dict(trainer.train(task).metrics)


def test_training_with_a_retriever_goes_on_after_a_kill(
    tmp_path: Path, saved: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown depends on seed and epoch only, and not on where the training was stopped."""
    seen: dict[tuple[bool, int], list[str | None]] = {}
    losses, dies = Generator.losses, [False]

    def watching(self: Generator, batch: Any) -> Any:
        epoch = self.trainer.current_epoch
        if dies[0] and epoch == 1:
            raise KeyboardInterrupt
        texts = [decode(row) for row in batch.source.tokens.tolist()]
        seen.setdefault((self.trainer.training, epoch), []).extend(texts)
        return losses(self, batch)

    monkeypatch.setattr(Generator, "losses", watching)
    changes: dict[str, Any] = {"retriever": saved, "max_epochs": 3}
    whole = train(tmp_path / "whole", **changes)
    expected = dict(seen)
    assert len(set(map(str, seen[True, 1]))) > len(STEPS)  # dropped differently each time
    assert sorted(map(str, seen[True, 0])) != sorted(map(str, seen[True, 1]))
    assert seen[False, 0] == seen[False, 1]
    assert all(text and text.count("<a>") in {2, 3} for text in seen[False, 0])
    dies[0] = True
    with pytest.raises(KeyboardInterrupt):
        train(tmp_path / "again", **changes)
    dies[0] = False
    seen.clear()
    assert train(tmp_path / "again", **changes) == pytest.approx(whole, rel=1e-5)
    assert seen == {place: texts for place, texts in expected.items() if place[1] > 0}
