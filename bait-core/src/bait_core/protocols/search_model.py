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
    """What came of a selection: the edges that the expansion added to the graph."""

    node: GoalNode
    edges: Sequence[Edge]


def _no_goal_model(nodes: Sequence[GoalNode]) -> list[float]:
    raise ConfigurationError(
        f"the search wants {len(nodes)} goals judged, and there is no goal model",
        hint="Name one with --goal-model; the plugin's `SearchSpec` can name a default.",
    )


@dataclass(frozen=True, slots=True)
class SearchContext:
    """All that a search may use for one theorem.

    Attributes:
        graph: Holds the root only, at first; to be read, never changed.
        rng: The only randomness that the search may use.
        score_goals: Asks the goal model: natural logarithms of the probabilities that goals can
            be proved, in order. Each goal is asked about once; later calls remember. It takes as
            long as the model does, so goals are best asked about together.
    """

    graph: ProofGraph
    rng: random.Random
    score_goals: Callable[[Sequence[GoalNode]], list[float]] = _no_goal_model


class SearchModel(Protocol):
    """Decides where to search. Reads the graph and never changes it.

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
        """Take note of what came of the selections of the last `get_goals`.

        There may be fewer responses: the budget may be spent, and goals may have become needless.
        """
        ...
