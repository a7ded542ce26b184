"""SoftmaxSampler against the softmax computed plainly."""

from __future__ import annotations

import math
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_models.search.fringe.softmax_sampler import SoftmaxSampler


def softmax(scores: dict[int, float], temperature: float) -> dict[int, float]:
    """From the definition; differences are taken first, so that nothing overflows."""
    best = max(scores.values())
    weights = {item: math.exp((score - best) / temperature) for item, score in scores.items()}
    total = math.fsum(weights.values())
    return {item: weight / total for item, weight in weights.items()}


def assert_frequencies(counts: Counter[int], expected: dict[int, float]) -> None:
    """Counts of n independent draws have the standard deviation sqrt(n p (1 - p)).

    5 of them, and 1 for rounding, are exceeded by a right sampler about once in a million times
    per item; the seeds are fixed, so a test passes always or never.
    """
    draws = counts.total()
    for item, p in expected.items():
        assert abs(counts[item] - draws * p) <= 5 * math.sqrt(draws * p * (1 - p)) + 1
    assert set(counts) <= set(expected)


SCORES = st.floats(-1e6, 0) | st.floats(-5, 0)
TEMPERATURES = st.sampled_from([1e-300, 1e-3, 0.5, 1.0, 30.0, 1e6, 1e300])
CHANGES = st.lists(st.tuples(st.integers(0, 200), st.none() | SCORES), max_size=200)


@given(temperature=TEMPERATURES, changes=CHANGES, every=st.integers(1, 20))
def test_probabilities_are_those_of_the_softmax_after_any_changes(temperature, changes, every):
    """Items are added, given other scores (an item that is there) or removed (a score of None).

    Each of the tree's levels rounds a few times, and exponents are as large as 745 where their
    exponentials are not 0. Rounding an exponent relatively by 2^-53 changes its exponential
    relatively by 745 * 2^-53 < 1e-13; 1e-10 leaves room for all levels together.
    """
    sampler: SoftmaxSampler[int] = SoftmaxSampler(temperature)
    slots: dict[int, int] = {}
    scores: dict[int, float] = {}
    for number, (item, score) in enumerate(changes):
        if score is not None:
            if item in slots:
                sampler.update(slots[item], score)
            else:
                slots[item] = sampler.add(item, score)
            scores[item] = score
        elif item in slots:
            sampler.remove(slots.pop(item))
            del scores[item]
        assert len(sampler) == len(scores)
        if scores and number % every == 0:
            for other, p in softmax(scores, temperature).items():
                found = sampler.probability(slots[other])
                assert found == pytest.approx(p, rel=1e-10, abs=1e-300)
    assert sorted(sampler) == sorted(scores)


@pytest.mark.parametrize("temperature", [0.25, 1.0, 4.0, 1e9])
def test_frequencies_are_those_of_the_softmax(temperature):
    scores = {item: -0.3 * (item % 11) for item in range(100)}
    sampler: SoftmaxSampler[int] = SoftmaxSampler(temperature)
    for item, score in scores.items():
        sampler.add(item, score)
    rng = random.Random(1)
    counts = Counter(sampler.draw(rng) for _ in range(20_000))
    assert_frequencies(counts, softmax(scores, temperature))


def test_draws_follow_changes_between_them():
    """Item 0 is raised and item 1 removed; of 0 and 2, with -1 and -2, 0 has e / (1 + e) = 0.73."""
    sampler: SoftmaxSampler[int] = SoftmaxSampler(1.0)
    slots = [sampler.add(item, score) for item, score in enumerate([-9.0, 0.0, -2.0])]
    rng = random.Random(2)
    assert Counter(sampler.draw(rng) for _ in range(100)).most_common(1)[0][0] == 1
    sampler.remove(slots[1])
    sampler.update(slots[0], -1.0)
    counts = Counter(sampler.draw(rng) for _ in range(10_000))
    p = math.e / (1 + math.e)
    assert_frequencies(counts, {0: p, 2: 1 - p})


def test_weights_far_below_the_smallest_float_are_drawn_once_the_best_is_gone():
    """exp(-1e6) is 0 as a float; without item 0, items 1 and 2 have equal scores."""
    sampler: SoftmaxSampler[int] = SoftmaxSampler(1.0)
    slot = sampler.add(0, 0.0)
    sampler.add(1, -1e6)
    sampler.add(2, -1e6)
    rng = random.Random(3)
    assert {sampler.draw(rng) for _ in range(100)} == {0}
    sampler.remove(slot)
    assert_frequencies(Counter(sampler.draw(rng) for _ in range(10_000)), {1: 0.5, 2: 0.5})


def test_near_temperature_zero_the_best_win_and_ties_are_even():
    sampler: SoftmaxSampler[int] = SoftmaxSampler(1e-12)
    for item, score in enumerate([-2.0, -1.0, -1.0, -1.001]):
        sampler.add(item, score)
    rng = random.Random(4)
    assert_frequencies(Counter(sampler.draw(rng) for _ in range(10_000)), {1: 0.5, 2: 0.5})


def test_an_empty_sampler_has_nothing_to_draw():
    sampler: SoftmaxSampler[int] = SoftmaxSampler(1.0)
    with pytest.raises(IndexError):
        sampler.draw(random.Random(0))
    sampler.remove(sampler.add(1, -1.0))
    with pytest.raises(IndexError):
        sampler.draw(random.Random(0))


def test_the_seed_decides():
    sampler: SoftmaxSampler[int] = SoftmaxSampler(1.0)
    for item in range(50):
        sampler.add(item, -item / 10)
    first, second, other = (
        [sampler.draw(rng) for _ in range(100)] for rng in map(random.Random, (5, 5, 6))
    )
    assert first == second != other
