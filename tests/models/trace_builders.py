"""Traces in a few words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bait_core.traces.schema import EdgeRecord, GoalRecord, TimingsRecord, TraceRecord


def edge(goal: int, tactic: str, *subgoals: int, **more: Any) -> EdgeRecord:
    """A tactic that left these subgoals."""
    outcome = "subgoals" if subgoals else "proved"
    fields: dict[str, Any] = {
        "log_probability": -1.0,
        "outcome": outcome,
        "subgoals": subgoals,
        **more,
    }
    return EdgeRecord(goal, tactic, **fields)


def error(goal: int, tactic: str, **more: Any) -> EdgeRecord:
    """A tactic that failed."""
    return edge(goal, tactic, **({"outcome": "error", "message": "no"} | more))


def trace(
    *edges: EdgeRecord, name: str = "t", texts: Sequence[str] = (), human: bool = False
) -> TraceRecord:
    """A trace with these edges; goals are called g0, g1, ... unless `texts` tells otherwise."""
    count = 1 + max((goal for e in edges for goal in (e.goal, *e.subgoals)), default=0)
    names = list(texts) or [f"g{number}" for number in range(count)]
    return TraceRecord(
        theorem=name,
        statement=names[0],
        configuration={"source": "human"} if human else {},
        versions={},
        status="failed",
        started=0.0,
        seconds=0.0,
        expansions=0,
        timings=TimingsRecord(0.0, 0.0, 0.0, 0.0),
        goals=tuple(GoalRecord(text, text, "open") for text in names),
        edges=edges,
    )
