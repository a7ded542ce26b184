"""The contract of a search: which goal to work on next."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from bait_core.errors import ConfigurationError
from bait_core.graph import Edge, GoalNode, ProofGraph


@dataclass(frozen=True, slots=True)
class Selection:
    """A goal to expand now, with the scores that led to it, for traces and viewers."""

    node: GoalNode
    score: float
    details: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Response:
    """The result of a selection: the edges that the expansion added to the graph."""

    node: GoalNode
    edges: Sequence[Edge]


def _no_goal_model(nodes: Sequence[GoalNode]) -> list[float]:
    raise ConfigurationError(
        f"the search needs scores for {len(nodes)} goals, but there is no goal model",
        hint="Name one with --goal-model; the plugin's `SearchSpec` can name a default.",
    )


@dataclass(frozen=True, slots=True)
class SearchContext:
    """Everything that a search may use for one theorem.

    Attributes:
        graph: Initially holds only the root; read-only.
        rng: The only randomness that the search may use.
        score_goals: Calls the goal model: natural logarithms of the probabilities that goals can
            be proved, in order. Scores are cached per search. A call takes as long as the model
            does, so score many goals at once.
    """

    graph: ProofGraph
    rng: random.Random
    score_goals: Callable[[Sequence[GoalNode]], list[float]] = _no_goal_model


class SearchModel(Protocol):
    """Decides where to search. Reads the graph but never changes it.

    One instance serves one theorem after another, in one thread.
    """

    def reset(self, context: SearchContext) -> None:
        """Begin with a new theorem."""
        ...

    def get_goals(self) -> list[Selection]:
        """The goals to expand next, as one batch; empty when nothing is left to do.

        A goal may be returned only while `node.is_expandable`, and only once per batch.
        """
        ...

    def process_responses(self, responses: Sequence[Response]) -> None:
        """Process the results of the last `get_goals` selections.

        There may be fewer responses than selections: the budget may be exhausted, and goals may
        have become irrelevant.
        """
        ...
