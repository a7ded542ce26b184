"""Implicit language Q-learning: its losses by hand, its heads, and its policy."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor

from bait_core.errors import CheckpointError
from bait_models.byt5.text import END, IGNORED, UNUSED, encode_end, encode_target, pad, pad_labels
from bait_models.tactic_models.ilql.losses import (
    cql_loss,
    lm_loss,
    q_loss,
    q_targets,
    taken,
    token_mean,
    v_loss,
)
from bait_models.tactic_models.ilql.model import ILQL, TacticEpisodes
from bait_models.tactic_models.ilql.options import ILQLModelOptions, ILQLTrainerOptions
from bait_models.tactic_models.ilql.values import ValuedT5, ValueHeads, policy_logits

from .tiny_t5 import generator, network, requests

# Two tactics of two and three tokens, over a vocabulary of four.
LABELS = torch.tensor([[3, 1, IGNORED], [2, 3, 1]])


def test_targets_by_hand():
    """The last token gets the reward, the others what the next state is worth."""
    v = torch.tensor([[9.0, 0.5, 9.0], [9.0, 2.0, 4.0]], requires_grad=True)
    rewards = torch.tensor([10.0, -0.1])
    targets = q_targets(v, rewards, LABELS, 0.5)
    assert not targets.requires_grad
    assert targets[0, :2].tolist() == [0.25, 10.0]
    assert targets[1].tolist() == pytest.approx([1.0, 2.0, -0.1])


def test_the_tokens_that_were_written():
    q = torch.arange(24.0).view(2, 3, 4)
    found = taken(q, LABELS)
    assert found[0, :2].tolist() == [3.0, 5.0]
    assert found[1].tolist() == [14.0, 19.0, 21.0]
    assert torch.equal(taken(torch.stack([q, q + 100]), LABELS)[1], found + 100)


def test_what_has_no_token_does_not_count():
    assert token_mean(torch.tensor([[1.0, 2.0, math.nan], [3.0, 4.0, 5.0]]), LABELS).item() == 3.0


def test_q_loss_by_hand():
    """Squares of the first twin 1, 0, 0, 4, 0, and of the second one all 1."""
    targets = torch.tensor([[1.0, 2.0, math.nan], [1.0, 2.0, 3.0]])
    first = torch.tensor([[0.0, 2.0, 7.0], [1.0, 4.0, 3.0]])
    second = targets + 1
    assert q_loss(torch.stack([first, second]), targets, LABELS).item() == pytest.approx(1.0)


def test_v_loss_by_hand():
    """Gaps 2 and -1, so 0.9 * 4 and 0.1 * 1."""
    labels = torch.tensor([[3, 1]])
    v = torch.tensor([[1.0, 1.0]], requires_grad=True)
    target_q = torch.tensor([[3.0, 0.0]], requires_grad=True)
    loss = v_loss(v, target_q, labels, 0.9)
    assert loss.item() == pytest.approx((0.9 * 4 + 0.1 * 1) / 2)
    loss.backward()
    assert v.grad is not None
    assert v.grad.tolist() == [pytest.approx([-0.9 * 2, 0.1 * 1])]
    assert target_q.grad is None


def test_the_expectile_of_two_values():
    """Where 0.9 (1 - v) = 0.1 (v - 0) the gradient vanishes: at 0.9."""
    v = torch.full((2, 1), 0.9, requires_grad=True)
    v_loss(v, torch.tensor([[1.0], [0.0]]), torch.tensor([[3], [3]]), 0.9).backward()
    assert v.grad is not None
    assert v.grad.sum().item() == pytest.approx(0.0, abs=1e-6)


def test_cql_loss_by_hand():
    """log(3 + e^Q) - Q of tokens with Q = log 3 and 0: log 2 and log 4."""
    labels = torch.tensor([[3, 1]])
    q = torch.zeros(2, 1, 2, 4)
    q[:, 0, 0, 3] = math.log(3.0)
    assert cql_loss(q, labels).item() == pytest.approx((math.log(2) + math.log(4)) / 2)
    q = torch.zeros(2, 1, 2, 4, requires_grad=True)
    cql_loss(q, labels).backward()
    assert q.grad is not None
    assert (q.grad[:, 0, 0, :3] > 0).all()  # so that a step makes them smaller
    assert (q.grad[:, 0, 0, 3] < 0).all()


def test_lm_loss_by_hand():
    labels = torch.tensor([[3, 1]])
    log_probabilities = torch.tensor([[-1.0, -3.0]])
    advantages = torch.tensor([[math.log(2.0), 100.0]], requires_grad=True)
    assert lm_loss(log_probabilities, advantages, labels, 0.0).item() == 2.0
    weighted = lm_loss(log_probabilities, advantages, labels, 1.0)
    assert weighted.item() == pytest.approx((2 * 1 + 20 * 3) / 2)  # the weights are limited
    assert not weighted.requires_grad


def heads(seed: int = 0) -> ValueHeads:
    """With random weights in all layers."""
    torch.manual_seed(seed)
    made = ValueHeads(8, 384)
    with torch.no_grad():
        for parameter in made.parameters():
            parameter.copy_(torch.randn_like(parameter))
    return made


def test_the_smaller_twin_counts():
    made, hidden = heads(), torch.randn(2, 3, 8)
    values = made(hidden)
    first, second = (target(hidden) for target in made.targets)
    assert torch.equal(values.target_q, torch.minimum(first, second))
    assert (values.target_q == first).any()
    assert (values.target_q == second).any()
    assert torch.equal(values.q[1], made.twins[1](hidden))
    assert values.v.shape == (2, 3)
    assert values.q.requires_grad
    assert values.v.requires_grad
    assert not values.target_q.requires_grad


def test_copies_follow():
    made = heads()
    before = [p.detach().clone() for p in made.targets.parameters()]
    made.follow(0.25)
    for old, new, twin in zip(
        before, made.targets.parameters(), made.twins.parameters(), strict=True
    ):
        assert torch.allclose(new, 0.75 * old + 0.25 * twin, atol=1e-6)
    made.follow(1.0)
    for target, twin in zip(made.targets.parameters(), made.twins.parameters(), strict=True):
        assert torch.equal(target, twin)


def test_new_heads_know_nothing_and_their_twins_differ():
    made = ValueHeads(8, 384)
    values = made(torch.randn(1, 2, 8))
    assert not values.q.any()
    assert not values.target_q.any()
    assert not values.v.any()
    first, second, copied = (
        dict(head.named_parameters())["1.weight"]
        for head in (made.twins[0], made.twins[1], made.targets[0])
    )
    assert not torch.equal(first, second)
    assert torch.equal(first, copied)
    assert not any(p.requires_grad for p in made.targets.parameters())
    made.requires_grad_(False).unfreeze()
    names = {name.split(".")[0] for name, p in made.named_parameters() if p.requires_grad}
    assert names == {"twins", "state"}


def valued(seed: int = 0) -> ValuedT5:
    """A random network whose values are random too, around those that make "ab" likely."""
    made = ValuedT5.of(network(seed))
    torch.manual_seed(seed + 1)
    with torch.no_grad():
        for parameter in made.values.parameters():
            parameter.copy_(0.3 * torch.randn_like(parameter))
        for target in made.values.targets:
            bias = dict(target.named_parameters())["3.bias"]
            bias[[END, *(byte + 3 for byte in b"ab")]] += 20.0
    made.eval()
    return made


def model(seed: int = 0, **changes: Any) -> ILQL:
    options = ILQLModelOptions.model_validate(
        {"checkpoint": "none", "device": "cpu", "max_tokens": 6} | changes
    )
    return ILQL(valued(seed), 64, options).eval()


@pytest.mark.parametrize("scaled", [True, False])
def test_the_network_of_a_generator_is_kept(scaled: bool):
    plain = network()
    plain.config.scale_decoder_outputs = scaled
    with torch.no_grad():
        plain.lm_head.weight.mul_(2.0)
    made = ILQL(ValuedT5.of(plain)).eval()
    source, labels = pad([[5, 1], [6, 1]]), torch.tensor([[5, 1, IGNORED], [6, 7, 1]])
    hidden = made.network.hidden(made.encode(source), source.mask, labels)
    expected = generator()
    expected.network = plain
    logits = expected.logits(expected.encode(source), source.mask, labels)
    assert torch.allclose(made.network.lm_head(hidden), logits, atol=1e-5)
    assert torch.allclose(made.logits(made.encode(source), source.mask, labels), logits, atol=1e-5)
    assert not torch.equal(made.network.lm_head.weight, made.network.shared.weight)


def test_the_loss_is_the_sum_of_its_parts():
    """Of a tactic of two tokens, from the values of its two states."""
    options = ILQLTrainerOptions(gamma=0.5, tau=0.8, cql_weight=0.25, lm_weight=2.0, awr_beta=0.1)
    made = ILQL(valued(), 64, loss_options=options).eval()
    source, labels = pad([encode_end("⊢ a", 64).tokens]), pad_labels([encode_target("b")])
    numbers = made.losses(TacticEpisodes(source, labels, torch.tensor([3.0])))
    with torch.no_grad():
        hidden = made.network.hidden(made.encode(source), source.mask, labels)[0]
        q, target_q, v = made.network.values(hidden.unsqueeze(0))
        log_p = torch.log_softmax(made.network.lm_head(hidden), dim=-1)
    tokens = labels[0].tolist()
    targets = [0.5 * v[0, 1].item(), 3.0]
    found = dict.fromkeys(("q_loss", "v_loss", "cql_loss", "lm_loss"), 0.0)
    for place, (token, target) in enumerate(zip(tokens, targets, strict=True)):
        gap = target_q[0, place, token].item() - v[0, place].item()
        found["v_loss"] += (0.8 if gap >= 0 else 0.2) * gap**2 / 2
        found["lm_loss"] -= min(math.exp(0.1 * gap), 20) * log_p[place, token].item() / 2
        for twin in q[:, 0, place]:
            found["q_loss"] += (target - twin[token].item()) ** 2 / 4
            found["cql_loss"] += (twin.logsumexp(0) - twin[token]).item() / 4
    for name, value in found.items():
        assert numbers[name].item() == pytest.approx(value, rel=1e-4), name
    total = found["q_loss"] + found["v_loss"] + 0.25 * found["cql_loss"] + 2 * found["lm_loss"]
    assert numbers["loss"].item() == pytest.approx(total, rel=1e-4)


@pytest.mark.parametrize(
    ("loss", "moved"),
    [
        ("q_loss", {"network", "twins"}),
        ("v_loss", {"network", "state"}),
        ("cql_loss", {"network", "twins"}),
        ("lm_loss", {"network"}),
    ],
    ids=["q", "v", "cql", "lm"],
)
def test_what_each_loss_moves(loss: str, moved: set[str]):
    for detached in (False, True):
        options = ILQLTrainerOptions(awr_beta=1.0, detach_values=detached)
        made = ILQL(valued(), 64, loss_options=options).eval()
        source, labels = pad([[5, 1]]), torch.tensor([[6, 1]])
        made.losses(TacticEpisodes(source, labels, torch.tensor([3.0])))[loss].backward()
        found = {
            name.split(".")[2] if name.startswith("network.values.") else "network"
            for name, parameter in made.named_parameters()
            if parameter.grad is not None and parameter.grad.any()
        }
        expected = moved - {"network"} if detached and loss != "lm_loss" else moved
        assert found == expected


def test_the_policy_by_hand():
    """Probabilities 1/2 and 1/2 of two bytes, values 0 and log 3: 1/4 and 3/4."""
    logits = torch.full((384,), -torch.inf)
    logits[[10, 20]] = 0.0
    q = torch.zeros(384)
    q[20] = math.log(3.0)
    q[list(UNUSED)] = 50.0
    found = torch.softmax(policy_logits(logits, q, 1.0), dim=0)
    assert found[[10, 20]].tolist() == pytest.approx([1 / 4, 3 / 4])
    assert found.sum().item() == pytest.approx(1.0)
    assert torch.softmax(policy_logits(logits, q, 2.0), dim=0)[20].item() == pytest.approx(0.9)
    assert torch.softmax(policy_logits(logits, q, 0.0), dim=0)[20].item() == pytest.approx(0.5)


def by_hand(made: ILQL, state: str, tactic: str, beta: float) -> float:
    """log pi = log pi_beta + beta (Q - V), renormalised, each token from a run of its own."""
    source = pad([encode_end(state, 64).tokens])
    tokens = encode_target(tactic)
    total = 0.0
    for place, token in enumerate(tokens):
        labels = torch.tensor([[*tokens[:place], 9]])
        with torch.no_grad():
            hidden = made.network.hidden(made.encode(source), source.mask, labels)[0, -1]
            values = made.network.values
            twins = torch.stack([target(hidden) for target in values.targets])
            advantage = twins.min(dim=0).values - values.state(hidden)
            logits = made.network.lm_head.weight @ hidden
            scores = torch.log_softmax(logits, dim=0) + beta * advantage
            scores[list(UNUSED)] = -torch.inf
        total += (scores[token] - scores.logsumexp(0)).item()
    return total


@pytest.mark.parametrize("how", ["beam", "sample"])
def test_log_probabilities_are_those_of_the_policy(how: str):
    made = model(generation=how, beta=0.7)
    states = ["⊢ a", "h : b\n⊢ something longer"]
    for state, found in zip(states, made.get_tactics(requests(*states), 16), strict=True):
        assert len(found) > 1
        for tactic, log_probability in found:
            expected = by_hand(made, state, tactic, 0.7)
            assert log_probability == pytest.approx(expected, abs=1e-3)


def test_beam_search_goes_by_the_policy():
    """With a beam that holds all tactics of one letter, the best ones are found."""
    made = model(max_tokens=2)
    [found] = made.get_tactics(requests("⊢ a"), 8)
    expected = {letter: by_hand(made, "⊢ a", letter, 1.0) for letter in "ab"}
    best = sorted(expected, key=lambda letter: -expected[letter])
    assert [tactic for tactic, _ in found[:2]] == best


def test_samples_go_by_the_policy():
    """Of 2,000 samples, within 4 standard deviations."""
    made = model(max_tokens=2, generation="sample")
    source = pad([encode_end("⊢ a", 64).tokens])
    options = made._options
    assert options is not None
    with torch.no_grad():
        rows = made._generate(made.encode(source), source.mask, 2000, options)
    for letter in "ab":
        probability = math.exp(by_hand(made, "⊢ a", letter, 1.0))
        written = torch.tensor([ord(letter) + 3, END])
        share = (rows[:, :2] == written).all(dim=1).float().mean().item()
        deviation = math.sqrt(probability * (1 - probability) / 2000)
        assert share == pytest.approx(probability, abs=4 * deviation)


def test_without_beta_values_do_not_count():
    made = model(beta=0.0)
    state, labels = pad([[5, 1]]), torch.tensor([[100, 1]])
    with torch.no_grad():
        before = made.logits(made.encode(state), state.mask, labels)
        for target in made.network.values.targets.parameters():
            target.add_(1.0)
        assert torch.equal(made.logits(made.encode(state), state.mask, labels), before)


def load(folder: Path, **changes: Any) -> ILQL:
    options: dict[str, Any] = {"checkpoint": str(folder), "device": "cpu", "max_tokens": 6}
    return ILQL.load(ILQLModelOptions.model_validate(options | changes))


def state_dict(made: ILQL) -> dict[str, Tensor]:
    found: dict[str, Tensor] = made.network.state_dict()
    return found


def test_a_checkpoint_round_trip(tmp_path: Path):
    made = model()
    made.save(tmp_path / "c")
    loaded = load(tmp_path / "c")
    assert not loaded.training
    assert loaded._max_source == 64
    assert state_dict(loaded).keys() == state_dict(made).keys()
    for name, value in state_dict(loaded).items():
        assert torch.equal(state_dict(made)[name], value), name
    assert loaded.get_tactics(requests("⊢ a"), 4) == made.get_tactics(requests("⊢ a"), 4)


def test_a_generator_s_checkpoint_has_no_values(tmp_path: Path):
    generator().save(tmp_path / "own")
    with pytest.raises(CheckpointError, match="is of the kind 'generator', not 'ilql'"):
        load(tmp_path / "own")
    network().save_pretrained(tmp_path / "hf")
    with pytest.raises(CheckpointError, match=r"lacks values\."):
        load(tmp_path / "hf")
