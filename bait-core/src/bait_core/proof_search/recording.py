"""Converting a search in memory to its record."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from bait_core.domain import Failed, Outcome, Subgoals
from bait_core.graph import Edge, GoalNode
from bait_core.proof_search.attempt import Attempt
from bait_core.traces.schema import (
    EdgeRecord,
    GoalRecord,
    ProofRecord,
    SelectionRecord,
    TimingsRecord,
    TraceRecord,
)


def trace_record(
    attempt: Attempt, configuration: Mapping[str, Any], versions: Mapping[str, str]
) -> TraceRecord:
    """The record of a finished attempt."""
    nodes = list(attempt.graph or ())
    edges = [edge for node in nodes for edge in node.edges]
    timings = attempt.timings
    return TraceRecord(
        theorem=attempt.theorem.name,
        statement=attempt.theorem.statement,
        source=attempt.theorem.source,
        configuration=dict(configuration),
        versions=dict(versions),
        status=attempt.status.value,
        message=attempt.message,
        details=attempt.details,
        started=attempt.started,
        seconds=attempt.seconds,
        expansions=attempt.expansions,
        timings=TimingsRecord(timings.search, timings.model, timings.prover, timings.check),
        goals=tuple(_goal(node, attempt.goal_scores.get(node.index)) for node in nodes),
        edges=tuple(map(_edge, edges)),
        selections=tuple(
            SelectionRecord(s.step, s.goal, s.score, dict(s.details)) for s in attempt.selections
        ),
        proof=_proof(attempt, edges),
    )


def _goal(node: GoalNode, log_probability: float | None) -> GoalRecord:
    goal = node.goal
    return GoalRecord(
        goal.key,
        goal.text,
        node.status.value,
        goal.symbols,
        node.distance,
        node.is_exhausted,
        log_probability,
    )


def _edge(edge: Edge) -> EdgeRecord:
    outcome = edge.outcome
    return EdgeRecord(
        edge.node.index,
        edge.tactic,
        edge.log_probability,
        _outcome_name(outcome),
        tuple(node.index for node in edge.subgoals),
        outcome.message if isinstance(outcome, Failed) else "",
        outcome.seconds,
    )


def _outcome_name(outcome: Outcome) -> str:
    if isinstance(outcome, Failed):
        return outcome.kind.value
    return "subgoals" if isinstance(outcome, Subgoals) else "proved"


def _proof(attempt: Attempt, edges: list[Edge]) -> ProofRecord | None:
    proof, check = attempt.proof, attempt.check
    if proof is None or check is None:
        return None
    steps = {(step.goal.key, step.tactic) for step in proof.steps.values()}
    positions = (i for i, edge in enumerate(edges) if (edge.node.goal.key, edge.tactic) in steps)
    return ProofRecord(
        tuple(positions),
        check.script,
        check.accepted,
        check.message,
        check.foundations.axioms,
        check.foundations.open,
    )
