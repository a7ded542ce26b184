"""The generator: exact probabilities, suggestions, checkpoints."""

from __future__ import annotations

import itertools
import json
import math
from collections.abc import Sequence
from pathlib import Path

import pytest
import torch
from torch import Tensor
from transformers import T5ForConditionalGeneration

from bait_core.domain import Premise, Suggestion
from bait_core.errors import CheckpointError, ModelError
from bait_core.protocols import TacticRequest
from bait_models.byt5.text import END, IGNORED, decode, encode_end, pad, pad_labels
from bait_models.tactic_models.reprover import generator as module
from bait_models.tactic_models.reprover.generator import (
    Generator,
    TextPairs,
    token_log_probabilities,
)
from bait_models.tactic_models.reprover.options import GeneratorOptions

from .tiny_t5 import generator, network, options, requests


def by_hand(model: Generator, state: str, tactic: str) -> float:
    """Sum of log-softmax, token by token, each from a decoder run of its own."""
    source = pad([encode_end(state, 64).tokens])
    tokens = [*(byte + 3 for byte in tactic.encode()), END]
    total = 0.0
    for place, token in enumerate(tokens):
        with torch.no_grad():
            logits = model.network(
                input_ids=source.tokens,
                attention_mask=source.mask,
                decoder_input_ids=torch.tensor([[0, *tokens[:place]]]),
            ).logits[0, -1]
        total += float(torch.log_softmax(logits, dim=0)[token])
    return total


def likely(model: Generator, texts: Sequence[str]) -> Generator:
    """Make tactics of a few bytes probable, so that a random network writes some."""
    allowed = {byte + 3 for text in texts for byte in text.encode()} | {END}
    bias = torch.full((384,), -20.0)
    bias[list(allowed)] = 0.0
    head = model.network.lm_head
    model.network.lm_head = Biased(head, bias)
    return model


class Biased(torch.nn.Module):
    def __init__(self, head: torch.nn.Module, bias: Tensor) -> None:
        super().__init__()
        self.head, self.bias = head, bias

    def forward(self, hidden: Tensor) -> Tensor:
        logits: Tensor = self.head(hidden) * 0.05 + self.bias
        return logits


def test_token_log_probabilities_by_hand():
    """Probabilities 1/4 and 3/4 of two tokens; the last one is padding."""
    logits = torch.tensor([[[0.0, math.log(3.0)], [0.0, math.log(3.0)], [5.0, 1.0]]])
    labels = torch.tensor([[0, 1, IGNORED]])
    found = token_log_probabilities(logits, labels)
    assert found.tolist() == [pytest.approx([math.log(1 / 4), math.log(3 / 4), 0.0])]


def test_the_loss_is_the_mean_over_tokens_of_all_goals():
    model = generator()
    states, tactics = ["⊢ a", "⊢ much longer"], ["x", "long"]
    source = pad([encode_end(state, 64).tokens for state in states])
    labels = pad_labels([encode_end(tactic, 64).tokens for tactic in tactics])
    numbers = model.losses(TextPairs(source, labels))
    total = sum(by_hand(model, *pair) for pair in zip(states, tactics, strict=True))
    assert numbers["loss"].item() == pytest.approx(-total / (2 + 5), rel=1e-5)


def test_accuracies_by_hand(monkeypatch: pytest.MonkeyPatch):
    """Of the tokens 2 + 3 all but one are right, so one of two tactics is."""
    model = generator()
    labels = torch.tensor([[5, 1, IGNORED], [6, 7, 1]])
    guessed = torch.tensor([[5, 1, 9], [6, 8, 1]])
    logits = torch.nn.functional.one_hot(guessed, 384).float()
    monkeypatch.setattr(model, "logits", lambda *_: logits)
    numbers = model.losses(TextPairs(pad([[5, 1], [6, 1]]), labels))
    assert float(numbers["token_accuracy"]) == pytest.approx(4 / 5)
    assert float(numbers["exact_match"]) == pytest.approx(1 / 2)


@pytest.mark.parametrize("how", ["beam", "sample"])
def test_log_probabilities_are_exact(how):
    model = likely(generator(generation=how), ["ab"])
    states = ["⊢ a", "h : b\n⊢ something longer"]
    for state, found in zip(states, model.get_tactics(requests(*states), 8), strict=True):
        assert found
        for tactic, log_probability in found:
            assert log_probability == pytest.approx(by_hand(model, state, tactic), abs=1e-4)


def test_beam_search_finds_the_most_probable_tactics():
    """Among all tactics of at most two letters, with a beam that holds all of them."""
    model = likely(generator(max_tokens=3), ["ab"])
    [found] = model.get_tactics(requests("⊢ a"), 10)
    texts = [
        "".join(letters) for size in (1, 2) for letters in itertools.product("ab", repeat=size)
    ]
    expected = sorted(((by_hand(model, "⊢ a", text), text) for text in texts), reverse=True)
    for suggestion, (log_probability, text) in list(zip(found, expected, strict=False))[:4]:
        assert suggestion.tactic == text
        assert suggestion.log_probability == pytest.approx(log_probability, abs=1e-4)


def test_samples_are_as_frequent_as_they_are_probable():
    """Each of 4,000 samples is written down; frequencies are within 4 standard deviations."""
    model = likely(generator(max_tokens=3, generation="sample"), ["a"])
    source = pad([encode_end("⊢ a", 64).tokens])
    with torch.no_grad():
        rows = model._generate(model.encode(source), source.mask, 4000, options_of(model)).tolist()
    texts = [decode(row) for row in rows]
    for text in ("", "a", "aa"):
        probability = math.exp(by_hand(model, "⊢ a", text))
        deviation = math.sqrt(probability * (1 - probability) / len(texts))
        assert texts.count(text) / len(texts) == pytest.approx(probability, abs=4 * deviation)


def options_of(model: Generator) -> GeneratorOptions:
    assert model._options is not None
    return model._options


def test_cold_samples_are_the_greedy_tactic():
    cold = likely(generator(generation="sample", temperature=1e-4), ["ab"])
    narrow = likely(generator(generation="sample", top_p=1e-6), ["ab"])
    greedy = likely(generator(), ["ab"])
    [best] = greedy.get_tactics(requests("⊢ a"), 1)
    for model in (cold, narrow):
        assert [s.tactic for s in model.get_tactics(requests("⊢ a"), 5)[0]] == [
            s.tactic for s in best
        ]


@pytest.mark.parametrize("how", ["beam", "sample"])
def test_suggestions_are_sorted_distinct_and_limited(how):
    model = likely(generator(generation=how), ["ab "])
    for found in model.get_tactics(requests("⊢ a", "⊢ b"), 30):
        tactics = [s.tactic for s in found]
        weights = [s.log_probability for s in found]
        assert 1 < len(tactics) == len(set(tactics)) <= 30
        assert weights == sorted(weights, reverse=True)
        assert all(-math.inf < weight <= 0 for weight in weights)
        assert all(tactic == tactic.strip() != "" for tactic in tactics)


def test_only_finished_texts_are_kept():
    written = [[100, END, 0], [100, 35, END], [35, END, 0], [END, 0, 0], [100, 100, 100], [2, END]]
    assert module._texts(written) == ["a"]


@pytest.mark.parametrize("how", ["beam", "sample"])
def test_the_same_requests_give_the_same_tactics(how):
    model = likely(generator(generation=how), ["abc"])
    first = model.get_tactics(requests("⊢ a", "⊢ b"), 6)
    state = torch.random.get_rng_state()
    assert model.get_tactics(requests("⊢ a", "⊢ b"), 6) == first
    assert torch.equal(torch.random.get_rng_state(), state)


def test_another_seed_gives_other_samples():
    found = [
        likely(generator(generation="sample", seed=seed), ["abc"]).get_tactics(requests("⊢ a"), 6)
        for seed in (0, 1)
    ]
    assert found[0] != found[1]


def test_a_batch_gives_what_its_goals_give_alone():
    texts = ["⊢ a", "h : b\n⊢ something that is longer", "⊢ bc", "⊢ a"]
    whole = likely(generator(max_sequences=100), ["abc"]).get_tactics(requests(*texts), 6)
    model = likely(generator(max_sequences=12), ["abc"])  # two goals at once
    same(model.get_tactics(requests(*texts), 6), whole)
    same([model.get_tactics(requests(text), 6)[0] for text in texts], whole)


def same(left: list[list[Suggestion]], right: list[list[Suggestion]]) -> None:
    for a, b in zip(left, right, strict=True):
        assert [s.tactic for s in a] == [s.tactic for s in b]
        assert [s.log_probability for s in a] == pytest.approx(
            [s.log_probability for s in b], abs=1e-4
        )


def test_goals_that_are_too_long_are_counted_and_lose_their_beginning():
    model = likely(generator(max_source=8), ["ab"])
    long = model.get_tactics(requests("h : x\n⊢ abc", "⊢ a"), 3)
    assert model.truncated == 1
    same(long[:1], model.get_tactics(requests("⊢ abc"), 3))
    assert model.truncated == 1


def test_no_goals():
    assert generator().get_tactics([], 3) == []


def test_premises_are_shown():
    asked = []

    def retrieve(found: Sequence[TacticRequest], count: int) -> list[list[Premise]]:
        asked.append(count)
        return [[Premise("T", "p")] for _ in found]

    with_premises = Generator(network(), 64, options(premises=7), retrieve).eval()
    found = likely(with_premises, ["ab"]).get_tactics(requests("⊢ a"), 3)
    plain = likely(generator(), ["ab"]).get_tactics(requests("<a>T</a> : p\n\n⊢ a"), 3)
    assert asked == [7]
    same(found, plain)


def test_a_model_under_training_proposes_nothing():
    with pytest.raises(ModelError, match="under training"):
        Generator(network()).get_tactics(requests("⊢ a"), 3)


def test_a_checkpoint_round_trip(tmp_path: Path):
    model = generator(max_source=20)
    model.save(tmp_path / "c")
    loaded = Generator.load(options(checkpoint=str(tmp_path / "c")))
    assert not loaded.training
    assert loaded._max_source == 20
    weights = loaded.network.state_dict()
    for name, value in model.network.state_dict().items():
        assert torch.equal(weights[name], value), name
    text = "⊢ a long goal that has to be cut"
    same(
        likely(loaded, ["ab"]).get_tactics(requests(text), 3),
        likely(model, ["ab"]).get_tactics(requests(text), 3),
    )
    assert Generator.load(options(checkpoint=str(tmp_path / "c"), max_source=9))._max_source == 9


def test_a_folder_of_transformers(tmp_path: Path):
    """Its output layer has weights of its own, as ByT5's; they survive both formats."""
    made = network()
    made.save_pretrained(tmp_path / "hf")
    loaded = Generator.load(options(checkpoint=str(tmp_path / "hf")))
    with torch.no_grad():
        loaded.network.lm_head.weight.mul_(2.0)
    loaded.network.save_pretrained(tmp_path / "hf2")
    again = Generator.load(options(checkpoint=str(tmp_path / "hf2")))
    again.save(tmp_path / "own")
    last = Generator.load(options(checkpoint=str(tmp_path / "own")))
    for model in (again, last):
        assert torch.equal(model.network.lm_head.weight, made.lm_head.weight * 2)
        assert torch.equal(model.network.shared.weight, made.shared.weight)
        assert by_hand(model, "⊢ a", "b") == pytest.approx(by_hand(loaded, "⊢ a", "b"), abs=1e-5)


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    generator().save(tmp_path / "c")
    return tmp_path / "c"


def load(folder: Path) -> Generator:
    return Generator.load(options(checkpoint=str(folder)))


def test_a_missing_checkpoint(tmp_path: Path):
    with pytest.raises(CheckpointError, match="there is no checkpoint"):
        load(tmp_path / "c")


def test_a_model_that_the_hub_does_not_have(monkeypatch: pytest.MonkeyPatch):
    def refuse(*_: object, **__: object) -> None:
        raise OSError("no such model")

    monkeypatch.setattr(T5ForConditionalGeneration, "from_pretrained", refuse)
    with pytest.raises(CheckpointError, match="no-one/nothing can't be loaded: no such model"):
        Generator.load(options(checkpoint="no-one/nothing"))


def test_a_checkpoint_of_another_kind(checkpoint: Path):
    change(checkpoint, kind="holist")
    with pytest.raises(CheckpointError, match="is of the kind 'holist', not 'generator'"):
        load(checkpoint)


def test_a_newer_checkpoint(checkpoint: Path):
    change(checkpoint, format=99)
    with pytest.raises(CheckpointError, match="newer than"):
        load(checkpoint)


def test_a_checkpoint_without_a_size(checkpoint: Path):
    change(checkpoint, hyperparameters={})
    with pytest.raises(CheckpointError, match="does not say how large"):
        load(checkpoint)


@pytest.mark.parametrize("d_model", ["x", 16])
def test_a_checkpoint_with_a_wrong_size(checkpoint: Path, d_model: object):
    header = json.loads((checkpoint / "checkpoint.json").read_text())
    config = header["hyperparameters"]["config"] | {"d_model": d_model}
    change(checkpoint, hyperparameters={"config": config})
    with pytest.raises(CheckpointError):
        load(checkpoint)


def change(folder: Path, **fields: object) -> None:
    path = folder / "checkpoint.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | fields))


@pytest.mark.parametrize("name", ["own", "hf"])
def test_truncated_weights(tmp_path: Path, name: str):
    if name == "own":
        generator().save(tmp_path / name)
    else:
        network().save_pretrained(tmp_path / name)
    path = tmp_path / name / "model.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(CheckpointError, match="can't be loaded"):
        load(tmp_path / name)


def test_a_folder_of_transformers_that_lacks_the_decoder(tmp_path: Path):
    whole = network()
    kept = {k: v for k, v in whole.state_dict().items() if k.startswith(("encoder", "shared"))}
    whole.save_pretrained(tmp_path, state_dict=kept)
    with pytest.raises(CheckpointError, match="lacks decoder"):
        load(tmp_path)
