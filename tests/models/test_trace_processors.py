"""What traces say about goals and tactics, and the examples made of them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from bait_core.traces.schema import EdgeRecord, GoalRecord, TimingsRecord, TraceRecord
from bait_models.trace_processors.holist import HolistExample, HolistSteps
from bait_models.trace_processors.labels import distances, edge_distance, proof_steps
from bait_models.trace_processors.options import HolistStepsOptions

from .holist_library import STATEMENTS, write_library


def trace(known_distances: list[int | None], edges: list[EdgeRecord], **more: Any) -> TraceRecord:
    known = {
        "theorem": "t",
        "statement": "t",
        "configuration": {},
        "versions": {},
        "status": "failed",
        "started": 0.0,
        "seconds": 0.0,
        "expansions": 0,
        "timings": TimingsRecord(0, 0, 0, 0),
    }
    goals = tuple(
        GoalRecord(f"g{n}", f"goal {n}", "open" if d is None else "proved", ("~",), d)
        for n, d in enumerate(known_distances)
    )
    return TraceRecord(**{**known, "goals": goals, "edges": tuple(edges), **more})


def edge(goal: int, tactic: str, outcome: str, *subgoals: int, **more: Any) -> EdgeRecord:
    return EdgeRecord(goal, tactic, -1.0, outcome, subgoals, **more)


def test_the_shortest_proof_of_each_proved_goal() -> None:
    searched = trace(
        [None, 2, 1, None],
        [
            edge(0, "A", "subgoals", 1, 3),
            edge(1, "B", "subgoals", 2),
            edge(1, "C", "subgoals", 2, 2),
            edge(1, "D", "error"),
            edge(2, "E", "proved", seconds=2.0),
            edge(2, "F", "proved", seconds=1.0),
            edge(3, "G", "timeout"),
        ],
    )
    assert [e.tactic for e in proof_steps(searched)] == ["B", "F"]
    known = distances(searched)
    assert known == [None, 2, 1, None]
    assert [edge_distance(e, known) for e in searched.edges] == [None, 2, 3, None, 1, 1, None]


def test_a_cycle_is_no_proof() -> None:
    searched = trace([None, None], [edge(0, "A", "subgoals", 1), edge(1, "B", "subgoals", 0)])
    assert list(proof_steps(searched)) == []


def test_of_people_s_proofs_the_steps_that_can_be_said_and_change_something() -> None:
    human = trace(
        [None, None],
        [
            edge(0, "A", "subgoals", 1),
            edge(1, "source text", "proved", message="can't be said"),
            edge(1, "IDLE", "subgoals", 1),
            edge(1, "B", "proved"),
        ],
        configuration={"source": "human"},
    )
    assert [e.tactic for e in proof_steps(human)] == ["A", "B"]


@pytest.fixture
def processor(tmp_path: Path) -> HolistSteps:
    return HolistSteps(HolistStepsOptions(library=write_library(tmp_path / "library.gz")))


def test_holist_steps_are_templates_and_theorems(processor: HolistSteps) -> None:
    tactics = [
        "REWRITE_TAC [NOT_1]",
        "REWRITE_TAC [GSYM NOT_1; AND_1; NOT_1]",
        "EXISTS_TAC `(v (bool) AND_2)`",
        "GEN_TAC",
    ]
    human = trace(
        [None] * 4,
        [edge(n, tactic, "proved") for n, tactic in enumerate(tactics)],
        configuration={"source": "human", "index": 3},
    )
    found = list(processor.process([human]))
    assert {name for name, _ in found} == {"t"}
    assert found[0][1] == HolistExample("g0", ("~",), "REWRITE_TAC [?]", ("NOT_1",), 3)
    assert [example.template for _, example in found[1:]] == [
        "REWRITE_TAC [?*]",
        "EXISTS_TAC !",
        "GEN_TAC",
    ]
    assert found[1][1].premises == ("NOT_1", "AND_1")
    assert found[2][1].premises == ()


def test_the_place_of_a_theorem_says_what_it_may_use(processor: HolistSteps) -> None:
    step = [edge(0, "GEN_TAC", "proved")]
    searched = [trace([1], step, theorem=name) for name in ("AND_2", "statement")]
    found = [example.index for _, example in processor.process(searched)]
    assert found == [list(STATEMENTS).index("AND_2"), len(STATEMENTS)]
