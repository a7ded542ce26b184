"""From traces to pairs of tactics of which one did better."""

from __future__ import annotations

import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bait_core.traces.schema import TraceRecord
from bait_core.training import read_examples, write_examples
from bait_models.trace_processors.options import PreferencesOptions
from bait_models.trace_processors.preferences import PreferenceExample, Preferences

from .trace_builders import edge, error, trace


def pairs(found: TraceRecord, **options: Any) -> list[tuple[str, str]]:
    """Of each pair the better and the worse tactic."""
    chosen = PreferencesOptions.model_validate({"pairs_per_goal": 1000} | options)
    examples = [example for _, example in Preferences(chosen).process([found])]
    return [(example.chosen, example.rejected) for example in examples]


def ladder() -> TraceRecord:
    """Tactics of the same length for the root, from the best to the worst."""
    return trace(
        edge(0, "1: proved at once, fast", seconds=0.1),
        edge(0, "2: proved at once, slow", seconds=0.2),
        edge(0, "3: proved in two steps.", 1, seconds=0.0),
        edge(0, "4: applied, no proof, f", 2, seconds=0.1),
        edge(0, "5: applied, no proof, s", 2, seconds=0.2),
        error(0, "6: failed, fast........", seconds=0.0),
        error(0, "7: failed, slow........", seconds=9.0, outcome="timeout"),
        edge(1, "close"),
    )


def test_the_order_of_outcomes():
    found = pairs(ladder())
    digits = {(int(a[0]), int(b[0])) for a, b in found}
    same = {(1, 2), (4, 5), (6, 7)}
    assert len(digits) == len(found)
    assert digits == {(a, b) for a in range(1, 8) for b in range(a + 1, 8)} - same


def test_with_timing_the_order_is_total():
    found = [(int(a[0]), int(b[0])) for a, b in pairs(ladder(), timing=True)]
    assert set(found) == {(a, b) for a in range(1, 8) for b in range(a + 1, 8)}
    assert set(found[-3:]) == {(1, 2), (4, 5), (6, 7)}  # after all others


def test_equals_are_in_no_pair():
    found = trace(edge(0, "a", seconds=1.0), edge(0, "b", seconds=1.0), error(0, "c"))
    assert pairs(found, timing=True) == [("a", "c"), ("b", "c")]
    again = trace(edge(0, "a"), error(0, "a"))
    assert pairs(again) == []


def test_the_closest_lengths_come_first():
    found = trace(edge(0, "aaaa"), error(0, "b"), error(0, "bbb"), error(0, "bbbbbb"))
    assert pairs(found) == [("aaaa", "bbb"), ("aaaa", "bbbbbb"), ("aaaa", "b")]
    assert pairs(found, pairs_per_goal=2) == [("aaaa", "bbb"), ("aaaa", "bbbbbb")]


def test_length_is_that_of_bytes():
    found = trace(edge(0, "aaa"), error(0, "∀"), error(0, "bb"))
    assert pairs(found, pairs_per_goal=1) == [("aaa", "∀")]
    assert pairs(found, max_tactic=2) == []


def test_each_goal_has_its_own_pairs():
    found = trace(edge(0, "a", 1), error(0, "b"), edge(1, "c"), error(1, "d"))
    options = PreferencesOptions(pairs_per_goal=1)
    assert list(Preferences(options).process([found])) == [
        ("t", PreferenceExample("g0", "a", "b", -1.0, -1.0)),
        ("t", PreferenceExample("g1", "c", "d", -1.0, -1.0)),
    ]


def test_log_probabilities_are_those_of_the_search():
    found = trace(edge(0, "a", log_probability=-0.5), error(0, "b", log_probability=-math.inf))
    [(_, example)] = Preferences(PreferencesOptions()).process([found])
    assert example == PreferenceExample("g0", "a", "b", -0.5, None)


def test_people_s_proofs_give_pairs_only_of_what_failed():
    steps = [edge(0, "first", 1, log_probability=0.0), edge(1, "last", log_probability=0.0)]
    assert pairs(trace(*steps, human=True)) == []
    unsayable = error(0, "can't be said", message="not in the tactic language")
    assert pairs(trace(*steps, unsayable, human=True)) == []
    failed = error(0, "wrong", message="", log_probability=0.0)
    [(_, example)] = Preferences(PreferencesOptions()).process([trace(*steps, failed, human=True)])
    assert example == PreferenceExample("g0", "first", "wrong", None, None)


@pytest.mark.parametrize(
    "found",
    [trace(), trace(edge(0, "a")), trace(error(0, "a"))],
    ids=["nothing tried", "one edge", "one error"],
)
def test_nothing_to_compare(found: TraceRecord):
    assert pairs(found) == []


TRIED = st.lists(
    st.builds(
        lambda size, kind, seconds: (
            error(0, "x" * size, seconds=seconds)
            if kind == 0
            else edge(0, "y" * size, *([1] * (kind - 1)), seconds=seconds)
        ),
        st.integers(1, 9),
        st.integers(0, 2),
        st.floats(0, 1),
    ),
    max_size=12,
)


@given(TRIED, st.integers(1, 20), st.booleans())
def test_pairs_of_any_goal(tried, count, timing):
    """Bounded, without circles, the same each time, and the smaller gaps first."""
    found = pairs(trace(*tried), pairs_per_goal=count, timing=timing)
    everything = pairs(trace(*tried), timing=timing)
    assert found == everything[:count]
    if not timing:
        gaps = [abs(len(a) - len(b)) for a, b in everything]
        assert all(left <= right for left, right in pairwise(gaps))
        assert not {(a[0], b[0]) for a, b in everything} & {("x", "x"), ("x", "y")}


def test_examples_survive_the_disk(tmp_path: Path):
    found = trace(edge(0, "a", log_probability=-math.inf), error(0, "b"))
    made = list(Preferences(PreferencesOptions()).process([found]))
    write_examples(tmp_path, made, 0.0)
    assert list(read_examples(tmp_path, "train", PreferenceExample)) == [made[0][1]]
