"""From traces to tactics and their rewards."""

from __future__ import annotations

from bait_models.trace_processors.episodes import EpisodeExample, Episodes
from bait_models.trace_processors.options import EpisodesOptions

from .trace_builders import edge, error, trace


def rewards(*edges, human=False, **options):
    made = Episodes(EpisodesOptions.model_validate(options))
    found = [example for _, example in made.process([trace(*edges, human=human)])]
    return {example.tactic: example.reward for example in found}


STEPS = [
    edge(0, "split", 1, 2),
    error(0, "bad"),
    error(0, "late", outcome="timeout"),
    edge(0, "wrong", outcome="rejected"),
    edge(1, "close"),
    edge(2, "stuck", 3),
]


def test_rewards_where_the_theorem_was_not_proved():
    assert rewards(*STEPS) == {
        "split": 0.1,
        "bad": -0.1,
        "late": -0.1,
        "wrong": -0.1,
        "close": 1.0,
        "stuck": 0.1,
    }


def test_rewards_where_the_theorem_was_proved():
    found = rewards(*STEPS, edge(2, "finish"), edge(1, "again", 2))
    assert found["split"] == found["close"] == found["finish"] == found["again"] == 10.0
    assert found["stuck"] == 0.1
    assert found["bad"] == -0.1


def test_a_circle_leads_to_no_proof():
    assert rewards(edge(0, "a", 1), edge(1, "b", 0)) == {"a": 0.1, "b": 0.1}


def test_other_rewards():
    options = {"error": -1.0, "applied": 0.0, "proved": 2.0, "root_proved": 3.0}
    assert rewards(*STEPS[:2], **options) == {"split": 0.0, "bad": -1.0}
    assert rewards(*STEPS[4:5], edge(2, "c"), **options) == {"close": 2.0, "c": 2.0}
    assert rewards(*STEPS, edge(2, "c"), **options)["c"] == 3.0


def test_of_people_s_proofs_what_can_be_said():
    steps = [edge(0, "a", 1), edge(1, "no", 2, message="why"), edge(1, "b"), edge(1, "idle", 1)]
    assert rewards(*steps, human=True) == {"a": 10.0, "b": 10.0}


def test_examples_tell_theorem_and_state():
    found = trace(edge(0, "a"), name="T", texts=["⊢ p"])
    assert list(Episodes(EpisodesOptions()).process([found])) == [
        ("T", EpisodeExample("⊢ p", "a", 10.0))
    ]


def test_nothing_tried():
    assert rewards() == {}
