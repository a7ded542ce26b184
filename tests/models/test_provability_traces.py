"""From traces to goals that can or can't be proved."""

from __future__ import annotations

import math
from collections import Counter
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bait_core.errors import ConfigurationError
from bait_core.plugins.build import make_trace_processor
from bait_core.traces.schema import TraceRecord
from bait_models.trace_processors.labels import distances
from bait_models.trace_processors.options import ProvabilityOptions
from bait_models.trace_processors.provability import Provability, ProvabilityExample
from bait_models.trace_processors.values import goal_values

from .trace_builders import edge, error, trace

EDGES = st.builds(
    lambda goal, subgoals, ok: edge(goal, "t", *subgoals) if ok else error(goal, "t"),
    st.integers(0, 5),
    st.lists(st.integers(0, 5), max_size=2),
    st.booleans(),
)


def process(*traces: TraceRecord, **options: Any) -> list[tuple[str, ProvabilityExample]]:
    return list(Provability(ProvabilityOptions.model_validate(options)).process(traces))


def labels(*traces: TraceRecord, **options: Any) -> dict[str, float]:
    return {example.goal: example.label for _, example in process(*traces, **options)}


def judged(found: TraceRecord, *fates: tuple[str, float | None]) -> TraceRecord:
    """The trace with these statuses and probabilities of its goals."""
    goals = tuple(
        msgspec.structs.replace(
            goal, status=status, log_probability=p if p is None else math.log(p)
        )
        for goal, (status, p) in zip(found.goals, fates, strict=True)
    )
    return msgspec.structs.replace(found, goals=goals)


SEARCH = trace(
    edge(0, "split", 1, 2),
    edge(1, "close"),
    *[error(2, f"e{n}") for n in range(4)],
    edge(2, "on", 3),
    error(3, "e"),
)
"""Goal 1 was proved; 0 was visited 8 times, 2 6 times, and 3 once."""


def test_what_was_tried_in_vain_is_unprovable():
    assert labels(SEARCH, threshold=6) == {"g1": 1.0, "g0": 0.0, "g2": 0.0}
    assert labels(SEARCH, threshold=8) == {"g1": 1.0, "g0": 0.0}
    assert labels(SEARCH, threshold=9) == {"g1": 1.0}


def test_visits_lower_the_label():
    found = labels(SEARCH, labels="visits", threshold=12, least_visits=2)
    assert found == {"g1": 1.0, "g0": pytest.approx(1 / 6), "g2": pytest.approx(1 / 4)}
    assert labels(SEARCH, labels="visits", threshold=7, least_visits=7) == {"g1": 1.0, "g0": 0.0}


def test_provable_goals_weigh_more():
    found = {example.goal: example.weight for _, example in process(SEARCH, threshold=6)}
    assert found == {"g1": 2.0, "g0": 1.0, "g2": 1.0}
    [(theorem, example)] = process(SEARCH, provable_weight=3.0)
    assert (theorem, example) == ("t", ProvabilityExample("g1", "g1", (), 1.0, 3.0))


def test_symbols_and_texts_come_along():
    goal = msgspec.structs.replace(SEARCH.goals[1], text="⊢ p", symbols=("p", "q"))
    found = msgspec.structs.replace(SEARCH, goals=(SEARCH.goals[0], goal, *SEARCH.goals[2:]))
    [(_, example)] = process(found)
    assert (example.goal, example.text, example.symbols) == ("g1", "⊢ p", ("p", "q"))


def test_all_goals_of_people_s_proofs_are_provable():
    """Also those whose step the tactic language can't say."""
    human = trace(edge(0, "a", 1), error(1, "b"), error(1, "c"), human=True)
    assert labels(human, threshold=1) == {"g0": 1.0, "g1": 1.0}


@pytest.mark.parametrize("proof_first", [True, False])
def test_a_goal_that_is_proved_anywhere_is_provable(proof_first):
    proof = trace(edge(0, "close"), name="proof", texts=["g2"])
    order = [proof, SEARCH] if proof_first else [SEARCH, proof]
    found = [(theorem, e.goal, e.label) for theorem, e in process(*order, threshold=6)]
    assert sorted(found) == [("proof", "g2", 1.0), ("t", "g0", 0.0), ("t", "g1", 1.0)]


def test_where_a_goal_was_tried_most_counts():
    other = trace(*[error(0, f"e{n}") for n in range(7)], name="other", texts=["g2"])
    again = trace(*[error(0, f"e{n}") for n in range(7)], name="again", texts=["g2"])
    found = process(SEARCH, other, again, labels="visits", threshold=14, least_visits=1)
    [(theorem, example)] = [pair for pair in found if pair[1].goal == "g2"]
    assert theorem == "other"
    assert example.label == pytest.approx(0.25)


def test_proofs_come_while_traces_are_read():
    def traces():
        yield trace(edge(0, "close"))
        raise AssertionError("read too far")

    found = Provability(ProvabilityOptions()).process(traces())
    assert next(found)[1].goal == "g0"


@settings(deadline=None)
@given(st.lists(st.lists(EDGES, max_size=12), max_size=4), st.integers(1, 6))
def test_a_goal_comes_once_and_never_against_a_proof(searches, threshold):
    traces = [trace(*edges, edge(5, "end"), name=f"t{n}") for n, edges in enumerate(searches)]
    found = process(*traces, threshold=threshold)
    assert found == process(*traces, threshold=threshold)
    assert max(Counter(example.goal for _, example in found).values(), default=1) == 1
    proved = {
        goal.key
        for each in traces
        for goal, distance in zip(each.goals, distances(each), strict=True)
        if distance is not None
    }
    assert {example.goal for _, example in found if example.label == 1} == proved
    assert {example.label for _, example in found} <= {0.0, 1.0}


def values(found: TraceRecord) -> list[float | None]:
    return goal_values(found, distances(found), 0.5)


def test_values_are_backed_up():
    """Goal 1 is proved, 2 may be proved with 0.4, and the tactic costs a half; b needs twice 2."""
    found = trace(edge(0, "a", 1, 2), edge(0, "b", 2, 2), edge(1, "close"), error(2, "x"))
    found = judged(found, ("open", 0.9), ("proved", 0.1), ("open", 0.4))
    assert values(found) == [pytest.approx(0.2), 1.0, pytest.approx(0.4)]


def test_values_of_failed_goals_are_zero():
    """One tactic needs a goal that failed; the other needs one that was not judged."""
    found = trace(edge(0, "a", 1, 2), edge(0, "b", 3), error(1, "x"))
    fates = ("open", 0.9), ("failed", 0.8), ("open", 0.7), ("open", None)
    assert values(judged(found, *fates)) == [pytest.approx(0.9), 0.0, pytest.approx(0.7), None]


def test_values_in_circles_are_the_goal_model_s():
    found = judged(trace(edge(0, "a", 1), edge(1, "b", 0)), ("open", 0.9), ("open", 0.3))
    assert values(found) == [pytest.approx(0.9), pytest.approx(0.3)]


def test_values_without_a_goal_model():
    found = judged(SEARCH, ("failed", None), ("proved", None), ("open", None), ("failed", None))
    assert values(found) == [0.0, 1.0, None, 0.0]
    assert labels(found, labels="values", least_visits=1) == {"g1": 1.0, "g0": 0.0, "g3": 0.0}
    assert labels(found, labels="values", least_visits=2) == {"g1": 1.0, "g0": 0.0}


def test_values_as_labels():
    found = judged(SEARCH, ("open", 0.9), ("proved", 0.1), ("open", 0.4), ("open", 0.3))
    expected = {"g1": 1.0, "g0": pytest.approx(0.3 * 0.25), "g2": pytest.approx(0.15)}
    assert labels(found, labels="values", depth_penalty=0.5, least_visits=2) == expected


def test_it_is_a_plugin():
    made = make_trace_processor("provability", {"labels": "visits", "threshold": 5})
    assert isinstance(made, Provability)
    with pytest.raises(ConfigurationError):
        make_trace_processor("provability", {"labels": "soft"})
