"""The retriever: vectors, losses, batches, measures, checkpoints."""

from __future__ import annotations

import json
import math
import random
from pathlib import Path

import pytest
import torch
from transformers import T5EncoderModel, T5ForConditionalGeneration

from bait_core.errors import CheckpointError, TrainingError
from bait_core.training import CorpusPremise
from bait_models.byt5.text import PaddedTokens, pad
from bait_models.retrieval.data import DrawnStep, StepBatches
from bait_models.retrieval.losses import info_nce, make_loss, squared_error
from bait_models.retrieval.metrics import mean_metrics, ranks, retrieval_metrics
from bait_models.retrieval.model import RetrievalBatch, Retriever
from bait_models.trace_processors.corpus import Accessible
from bait_models.trace_processors.retrieval import RetrievalExample

from . import tiny_t5
from .tiny_retriever import CORPUS, WHOLE, alone, nearest, network, retriever

COSINES = torch.tensor([[0.9, 0.2, -0.1], [0.4, 0.3, 0.5]])
CHOSEN = torch.tensor([[True, False, False], [False, True, True]])
ALLOWED = torch.tensor([[True, True, False], [True, True, True]])


def test_the_squared_error_by_hand() -> None:
    """Five pairs count; the sixth has the error 0.01."""
    expected = (0.1**2 + 0.2**2 + 0.4**2 + 0.7**2 + 0.5**2) / 5
    assert float(squared_error(COSINES, CHOSEN, ALLOWED)) == pytest.approx(expected)
    everything = torch.ones_like(CHOSEN)
    whole = torch.nn.functional.mse_loss(COSINES, CHOSEN.float())
    assert float(squared_error(COSINES, CHOSEN, everything)) == pytest.approx(float(whole))


def test_info_nce_by_hand() -> None:
    """Positives do not compete with each other, nor with what is not accessible."""
    weights = [[math.exp(x / 0.5) for x in row] for row in COSINES.tolist()]
    losses = [
        -math.log(weights[0][0] / (weights[0][0] + weights[0][1])),
        -math.log(weights[1][1] / (weights[1][1] + weights[1][0])),
        -math.log(weights[1][2] / (weights[1][2] + weights[1][0])),
    ]
    found = info_nce(COSINES, CHOSEN, ALLOWED, temperature=0.5)
    assert float(found) == pytest.approx(sum(losses) / 3)
    assert torch.equal(make_loss("infonce", 0.5)(COSINES, CHOSEN, ALLOWED), found)
    assert make_loss("mse", 0.5) is squared_error


def test_vectors_are_normalised_means_without_the_padding() -> None:
    model = retriever()
    texts = ["⊢ a", "⊢ something longer", "b"]
    rows = [model.encode_goal(text) for text in texts]
    together = model.embed(pad(rows))
    for text, vector in zip(texts, together, strict=True):
        assert torch.allclose(vector, alone(model, text), atol=1e-6)
        assert float(vector.detach().norm()) == pytest.approx(1)


def test_any_number_of_texts_is_embedded_in_order(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bait_models.retrieval.model._TOKENS_PER_BATCH", 40)
    model = retriever()
    seen: list[tuple[int, ...]] = []
    embed = model.embed

    def watching(texts: PaddedTokens) -> torch.Tensor:
        seen.append(tuple(texts.mask.shape))
        return embed(texts)

    monkeypatch.setattr(model, "embed", watching)
    texts = [letter * size for letter, size in zip("abcdefg", (3, 70, 9, 1, 20, 9, 2), strict=True)]
    found = model.embed_rows([model.encode_goal(text) for text in texts])
    for text, vector in zip(texts, found, strict=True):
        assert torch.allclose(vector, alone(model, text), atol=1e-6)
    assert all(count * length <= 40 or count == 1 for count, length in seen)
    assert 1 < len(seen) < len(texts)
    assert model.embed_rows([]).shape == (0, 32)


def test_goals_lose_their_beginning_and_premises_their_end() -> None:
    model = retriever(max_source=8)
    assert model.encode_goal("abcdefghij") == [*(b + 3 for b in b"defghij"), 1]
    premise = CorpusPremise("n", "statement")
    assert model.encode_premise(premise) == [*(b + 3 for b in b"<a>n</a"), 1]


def test_the_loss_of_a_batch() -> None:
    model = retriever(loss=make_loss("infonce", 0.1))
    goals, premises = ["⊢ a", "⊢ bcd"], ["p", "q", "long premise"]
    encoded = [model.encode_goal(text) for text in premises]
    parts = (pad(encoded[:2]), pad(encoded[2:]))
    batch = RetrievalBatch(pad([model.encode_goal(g) for g in goals]), parts, CHOSEN, ALLOWED)
    numbers = model.losses(batch)
    vectors = [[alone(model, text) for text in texts] for texts in (goals, premises)]
    cosines = torch.stack(vectors[0]) @ torch.stack(vectors[1]).T
    expected = info_nce(cosines, CHOSEN, ALLOWED, 0.1)
    assert numbers["loss"].item() == pytest.approx(float(expected), rel=1e-4)
    assert 0 < float(numbers["batch_reciprocal_rank"]) <= 1
    assert model.batch_size_of(batch) == 2


A, B, C, D = (CorpusPremise(name, f"says {name}") for name in "abcd")
ALIAS = CorpusPremise("alias", "says a")
ALL = Accessible(5)
PLACES = {premise.name: place for place, premise in enumerate((A, B, C, D, ALIAS))}


def step(
    state: str,
    positives: tuple[CorpusPremise, ...],
    negatives: tuple[CorpusPremise, ...] = (),
    accessible: Accessible = ALL,
) -> RetrievalExample:
    return RetrievalExample(state, positives, negatives, accessible)


def batch_of(*examples: RetrievalExample, rng: random.Random | None = None) -> RetrievalBatch:
    batches = StepBatches(retriever(), PLACES, positives=2, negatives=1)
    return batches.collate([batches.draw(example, rng) for example in examples])


def test_what_another_step_uses_is_no_negative() -> None:
    """Columns are a, b, alias: a negative of the one is a positive of the other step."""
    batch = batch_of(step("⊢ 1", (A,), (B,)), step("⊢ 2", (B,), (ALIAS,)))
    assert batch.positive.tolist() == [[True, False, True], [False, True, False]]
    assert batch.accessible.all()
    assert sum(len(part.mask) for part in batch.premises) == 3


def test_steps_of_one_goal_share_their_positives() -> None:
    batch = batch_of(step("⊢ 1", (A,)), step("⊢ 1", (B,)), step("⊢ 2", (C,)))
    assert batch.positive.tolist() == [
        [True, True, False],
        [True, True, False],
        [False, False, True],
    ]


def test_positives_that_are_not_shown_count_where_others_bring_them() -> None:
    """The first step uses three premises and brings two; the other brings d, and then the third."""
    batch = batch_of(step("⊢ 1", (A, B, C)), step("⊢ 2", (D,), (C,)))
    assert batch.positive.tolist() == [[True, True, False, True], [False, False, True, False]]


def test_premises_that_a_step_can_not_use_do_not_count() -> None:
    batch = batch_of(step("⊢ 1", (A,), (), Accessible(2)), step("⊢ 2", (D,), (), Accessible(5, 0)))
    assert batch.positive.tolist() == [[True, False], [False, True]]
    assert batch.accessible.tolist() == [[True, False], [False, True]]


def test_columns_are_the_premises_from_short_to_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bait_models.retrieval.data._TOKENS_PER_CHUNK", 100)
    long = CorpusPremise("d", "x" * 60)
    batch = batch_of(step("⊢ 1", (long,), (A,)), step("⊢ 2", (B,)))
    assert [tuple(part.mask.shape) for part in batch.premises] == [(2, 18), (1, 72)]
    assert batch.positive.tolist() == [[False, False, True], [False, True, False]]


def test_premises_are_drawn() -> None:
    batches = StepBatches(retriever(), PLACES, positives=2, negatives=1)
    example = step("⊢ 1", (A, B, C), (D, ALIAS))
    assert batches.draw(example, None) == DrawnStep(example, (A, B, D))
    drawn = [batches.draw(example, random.Random(seed)) for seed in range(20)]
    assert drawn == [batches.draw(example, random.Random(seed)) for seed in range(20)]
    assert {p.name for d in drawn for p in d.premises} == {"a", "b", "c", "d", "alias"}
    assert all(len(set(d.premises)) == 3 for d in drawn)


def test_ranks_and_their_means_by_hand() -> None:
    scores = torch.tensor([0.1, 0.9, 0.5, 0.5, -math.inf])
    assert ranks(scores, [1, 2, 0]).tolist() == [1, 3, 4]
    found = mean_metrics([torch.tensor([1, 3]), torch.tensor([12]), torch.tensor([2, 11])])
    assert found["recall_at_1"] == pytest.approx((1 / 2 + 0 + 0) / 3)
    assert found["recall_at_10"] == pytest.approx((1 + 0 + 1 / 2) / 3)
    assert found["mrr"] == pytest.approx((1 + 1 / 12 + 1 / 2) / 3)


def test_equal_vectors_are_no_success() -> None:
    """An encoder that maps everything to one vector finds nothing."""
    assert ranks(torch.ones(20), [0, 5]).tolist() == [20, 20]


@pytest.mark.usefixtures("home")
def test_measures_are_over_what_is_accessible() -> None:
    """Of the accessible ones the second is used; those after it would be nearer."""
    model = retriever()
    order = nearest(model, "⊢ a", CORPUS, len(CORPUS))
    places = {premise.name: place for place, premise in enumerate(CORPUS)}
    end = 2
    accessible = [name for name in order if places[name] < end]
    assert order[:2] != accessible[:2]
    used = CORPUS[places[accessible[1]]]
    found = retrieval_metrics(model, CORPUS, [step("⊢ a", (used,), (), Accessible(end))])
    assert found == {"recall_at_1": 0.0, "recall_at_10": 1.0, "mrr": 0.5}
    itself = Accessible(end, places[accessible[0]])
    assert retrieval_metrics(model, CORPUS, [step("⊢ a", (used,), (), itself)])["mrr"] == 1.0
    assert retrieval_metrics(model, CORPUS, []) == {}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("BAIT_HOME", str(tmp_path / "home"))
    return tmp_path / "home"


def test_a_checkpoint_round_trip(tmp_path: Path) -> None:
    model = retriever(max_source=20)
    model.save(tmp_path / "c")
    loaded = Retriever.load(str(tmp_path / "c"), "cpu")
    assert not loaded.training
    assert loaded.max_source == 20
    assert torch.equal(alone(loaded, "⊢ a"), alone(model, "⊢ a"))


def test_a_folder_of_transformers(tmp_path: Path) -> None:
    """An encoder, as ReProver's is published, or what has a decoder too, as ByT5."""
    network(3).save_pretrained(tmp_path / "encoder")
    loaded = Retriever.load(str(tmp_path / "encoder"), "cpu")
    assert loaded.max_source == 2048
    assert torch.equal(alone(loaded, "⊢ a"), alone(retriever(3), "⊢ a"))
    whole = tiny_t5.network(4)
    whole.save_pretrained(tmp_path / "whole")
    begun = Retriever.load(str(tmp_path / "whole"), "cpu")
    assert torch.equal(begun.network.shared.weight, whole.shared.weight)


def test_a_name_on_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str, **_: object) -> None:
        raise OSError(f"asked for {name}")

    monkeypatch.setattr(T5EncoderModel, "from_pretrained", refuse)
    with pytest.raises(CheckpointError, match="asked for kaiyuy/leandojo-lean4-retriever"):
        Retriever.load("kaiyuy/leandojo-lean4-retriever-byt5-small")


def test_checkpoints_that_can_not_be_used(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        Retriever.load(str(tmp_path / "none"))
    tiny_t5.generator().save(tmp_path / "generator")
    with pytest.raises(CheckpointError, match="of the kind 'generator', not 'retriever'"):
        Retriever.load(str(tmp_path / "generator"))
    retriever().save(tmp_path / "c")
    weights = tmp_path / "c" / "model.safetensors"
    weights.write_bytes(weights.read_bytes()[:-50])
    with pytest.raises(CheckpointError, match="can't be loaded"):
        Retriever.load(str(tmp_path / "c"))
    header = json.loads((tmp_path / "c" / "checkpoint.json").read_text())
    (tmp_path / "c" / "checkpoint.json").write_text(json.dumps(header | {"format": 99}))
    with pytest.raises(CheckpointError, match="newer than"):
        Retriever.load(str(tmp_path / "c"))


def test_a_folder_of_transformers_without_the_encoder(tmp_path: Path) -> None:
    whole: T5ForConditionalGeneration = tiny_t5.network()
    kept = {k: v for k, v in whole.state_dict().items() if k.startswith("decoder")}
    whole.save_pretrained(tmp_path, state_dict=kept)
    with pytest.raises(CheckpointError, match="lacks"):
        Retriever.load(str(tmp_path))


def test_examples_of_another_corpus(tmp_path: Path) -> None:
    class Data:
        train = (step("⊢ 1", (A,)),)
        valid = (RetrievalExample("⊢", (CORPUS[0],), (), WHOLE),)

    with pytest.raises(TrainingError, match="does not hold add_x"):
        StepBatches(retriever(), PLACES, 1, 1).check(Data())  # type: ignore[arg-type]
