"""The contract of a search: which goal to work on next."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

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


class SearchModel(Protocol):
    """Decides where to search. Reads the graph and never changes it.

    One instance serves one theorem after another, in one thread.
    """

    def reset(self, graph: ProofGraph, rng: random.Random) -> None:
        """Begin with a new graph, which holds the root only; `rng` is the only randomness."""
        ...

    def get_goals(self) -> list[Selection]:
        """The goals to expand next, as one batch; empty when nothing is left to do.

        A goal may be returned only while `node.is_expandable`.
        """
        ...

    def process_responses(self, responses: Sequence[Response]) -> None:
        """Take note of what came of the selections of the last `get_goals`."""
        ...
