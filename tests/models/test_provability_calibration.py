"""How good probabilities are, and making them better."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from bait_models.goal_models.provability.calibration import (
    Calibration,
    brier_score,
    expected_calibration_error,
)


def drawn(logits: Tensor, seed: int = 0) -> Tensor:
    """Labels that come true as often as the logits say."""
    generator = torch.Generator().manual_seed(seed)
    return (torch.rand(len(logits), generator=generator) < logits.sigmoid()).double()


def true_logits(count: int = 20_000) -> Tensor:
    return torch.linspace(-4, 4, count, dtype=torch.float64)


def error(logits: Tensor, labels: Tensor) -> float:
    return expected_calibration_error(logits.sigmoid(), labels)


def test_the_calibration_error_by_hand():
    """0.05 and 0.06 share a bin, 0.1 is in the next one: |0.11 - 1| + |0.1 - 0| + |0.9 - 0.5|."""
    probabilities = torch.tensor([0.05, 0.06, 0.1, 0.9])
    labels = torch.tensor([0.0, 1.0, 0.0, 0.5])
    found = expected_calibration_error(probabilities, labels)
    assert found == pytest.approx((0.89 + 0.1 + 0.4) / 4)


def test_the_calibration_error_of_ends_and_bounds():
    """0 is in the first bin and 1 in the last; a bound belongs to the bin below."""
    labels = torch.tensor([1.0, 0.0])
    assert expected_calibration_error(torch.tensor([0.0, 1.0]), labels) == 1.0
    together = torch.tensor([0.25, 0.5])
    assert expected_calibration_error(together, labels, bins=2) == pytest.approx(0.125)
    assert expected_calibration_error(together, labels, bins=4) == pytest.approx(0.625)


def test_the_brier_score_by_hand():
    found = brier_score(torch.tensor([0.5, 1.0]), torch.tensor([0.0, 0.9]))
    assert found == pytest.approx((0.25 + 0.01) / 2)


@pytest.mark.parametrize("temperature", [0.3, 1.0, 4.0])
@pytest.mark.parametrize("bias", [-1.0, 0.0, 2.0])
def test_a_known_temperature_and_bias_are_found(temperature, bias):
    """Logits are such that logit / temperature + bias are the true ones; labels are exact."""
    true = true_logits()
    calibration = Calibration()
    assert calibration.fit((true - bias) * temperature, true.sigmoid())
    assert float(calibration.temperature) == pytest.approx(temperature, rel=0.01)
    assert float(calibration.bias) == pytest.approx(bias, abs=0.01)


def test_it_helps_where_a_model_is_too_sure_of_itself():
    """Fitted on some goals and measured on others."""
    true = true_logits()
    sure = 5 * true + 2
    calibration = Calibration()
    assert calibration.fit(sure, drawn(true, seed=1))
    labels = drawn(true, seed=2)
    better = calibration(sure)
    assert error(sure, labels) > 0.1
    assert error(better, labels) < 0.02
    assert brier_score(better.sigmoid(), labels) < brier_score(sure.sigmoid(), labels)
    assert torch.equal(better.argsort(), sure.argsort())


def test_a_model_without_mistakes_does_not_become_certain():
    logits = torch.tensor([-3.0, -1.0, 1.0, 2.0])
    calibration = Calibration()
    assert calibration.fit(logits, torch.tensor([0.0, 0.0, 1.0, 1.0]))
    probabilities = calibration(logits).sigmoid()
    assert 0.1 < float(probabilities.min()) < float(probabilities.max()) < 0.9


@pytest.mark.parametrize("labels", [[1.0, 1.0, 1.0], [0.0, 0.0, 0.0], [0.1, 0.2, 0.3]])
def test_with_goals_of_one_kind_nothing_changes(labels):
    calibration = Calibration()
    assert not calibration.fit(torch.tensor([1.0, 2.0, 3.0]), torch.tensor(labels))
    assert (float(calibration.temperature), float(calibration.bias)) == (1.0, 0.0)


@settings(deadline=None, max_examples=50)
@given(
    st.lists(
        st.tuples(st.floats(-1e4, 1e4), st.sampled_from([0.0, 0.3, 1.0])), min_size=4, max_size=30
    )
)
def test_whatever_the_logits_the_order_stays_and_all_is_finite(pairs):
    logits, labels = map(torch.tensor, zip(*pairs, strict=True))
    calibration = Calibration()
    calibration.fit(logits, labels)
    better = calibration(logits[logits.argsort()])
    assert torch.isfinite(better).all()
    assert (better.diff() >= 0).all()
    assert 0 < float(calibration.temperature) < math.inf


def test_a_model_that_is_wrong_is_mistrusted():
    """Where large logits mean little, all goals get the share of provable ones."""
    true = true_logits(2000)
    calibration = Calibration()
    assert calibration.fit(-true, drawn(true - 1))
    share = float(drawn(true - 1).mean())
    assert calibration(-true).sigmoid().tolist() == pytest.approx([share] * 2000, abs=0.02)
