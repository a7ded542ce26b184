"""Fringe search played by hand: the tests say what each tactic leaves."""

from __future__ import annotations

import math
import random
from collections.abc import Callable, Iterator, Mapping, Sequence

import pytest

from bait_core.domain import Failed, FailureKind, Outcome, Proved, Subgoals, Suggestion
from bait_core.graph import Edge, GoalNode, ProofGraph, Status
from bait_core.plugins.build import make_search_model
from bait_core.protocols import Response, SearchContext, Selection
from bait_models.search.fringe.fringe_set import FringeSet, GoalList
from bait_models.search.fringe.model import Fringe
from tests.core.toy import goal

Results = Sequence[str] | None


class FringeScenario:
    """A search, its graph, and a goal model that looks scores up (-1 where there is none)."""

    def __init__(
        self,
        scores: Mapping[str, float] | None = None,
        rng: random.Random | None = None,
        **options: object,
    ) -> None:
        search = make_search_model("fringe", options)
        assert isinstance(search, Fringe)
        self.search = search
        self.scores = scores or {}
        self.asked: list[list[str]] = []
        self.graph = ProofGraph(goal("root"))
        search.reset(SearchContext(self.graph, rng or random.Random(0), self._ask))

    def _ask(self, nodes: Sequence[GoalNode]) -> list[float]:
        self.asked.append([node.goal.key for node in nodes])
        return [self.score(node) for node in nodes]

    def score(self, node: GoalNode) -> float:
        """What the goal model says."""
        return self.scores.get(node.goal.key, -1.0)

    def __getitem__(self, name: str) -> GoalNode:
        return self.graph[goal(name)]

    def select(self, name: str, fringe: str = "") -> Selection:
        """Draw until `name` is selected, from this fringe if it is given.

        What is selected before has no effect, as nothing is told to the search about it.
        """
        for _ in range(1000):
            for selection in self.search.get_goals():
                if selection.node is self[name] and fringe in ("", self.worked_on(name)):
                    return selection
        raise AssertionError(f"{name} is never selected")

    def worked_on(self, name: str) -> str:
        """The fringe whose first goal `name` was just selected; empty for another rule."""
        fringe = self.search._worked_on.get(self[name].index)
        return _names(fringe) if fringe is not None else ""

    def add(self, name: str, *results: Results) -> list[Edge]:
        """Tactics are applied to `name` with these subgoals; None is an error."""
        known = len(self[name].edges)
        suggestions = [Suggestion(f"t{known + i}", -1.0) for i in range(len(results))]
        return self.graph.add_edges(self[name], suggestions, map(_outcome, results))

    def expand(self, name: str, *results: Results, fringe: str = "") -> Selection:
        """Select `name`, apply these tactics, and tell the search."""
        selection = self.select(name, fringe)
        self.respond({name: results})
        return selection

    def respond(self, results: Mapping[str, Sequence[Results]]) -> None:
        """Expand the goals that were selected together."""
        edges = {name: self.add(name, *each) for name, each in results.items()}
        for name in results:
            self.graph.exhaust(self[name])
        self.search.process_responses([Response(self[name], edges[name]) for name in results])
        assert_consistent(self.search._fringes, self.score)

    def run(self, rules: Mapping[str, Sequence[Results]]) -> list[str]:
        """Expand what is selected until nothing is; returns the goals in that order."""
        order = []
        while selections := self.search.get_goals():
            names = [selection.node.goal.key for selection in selections]
            self.respond({name: rules[name] for name in names})
            order += names
        return order

    @property
    def fringes(self) -> dict[str, float]:
        """Scores by the open goals in their order, such as `{"a b": -3.0}`."""
        return {_names(fringe): fringe.score for fringe in self.search._fringes}

    @property
    def probabilities(self) -> dict[str, float]:
        """Of drawing each fringe, by its open goals."""
        fringes = self.search._fringes
        return {_names(fringe): fringes.probability(fringe) for fringe in fringes}


def assert_consistent(fringes: FringeSet, score: Callable[[GoalNode], float]) -> None:
    """What is kept up to date step by step is what it is when computed anew; no list is left over.

    Not while a root that was proved waits to be checked: nothing is drawn then.
    """
    for fringe in fringes:
        goals = list(fringe.open_goals())
        assert fringe.score == pytest.approx(sum(max(score(goal), -1e100) for goal in goals))
        assert fringe.size == len(goals) == len(set(goals))
        assert all(cell.goal.status is not Status.FAILED for cell in _lists(fringe))
        for cell in _lists(fringe):
            assert cell.rest is None or cell in (cell.rest.above or ())
    sets = [frozenset(fringe.open_goals()) for fringe in fringes]
    assert len(sets) == len(set(sets))
    held = {cell for fringe in fringes for cell in _lists(fringe)}
    indexed = {cell for lists in fringes._lists.values() for cell in lists}
    assert indexed == {cell for cell in held if cell.goal.status is Status.OPEN}


def softmax(scores: Mapping[str, float], temperature: float = 1.0) -> dict[str, float]:
    """From the definition."""
    weights = {name: math.exp(score / temperature) for name, score in scores.items()}
    return {name: weight / sum(weights.values()) for name, weight in weights.items()}


def _lists(fringe: GoalList) -> Iterator[GoalList]:
    cell: GoalList | None = fringe
    while cell is not None:
        yield cell
        cell = cell.rest


def _names(fringe: GoalList) -> str:
    return " ".join(node.goal.key for node in fringe.open_goals())


def _outcome(subgoals: Results) -> Outcome:
    if subgoals is None:
        return Failed(FailureKind.ERROR, "does not apply")
    return Subgoals(tuple(map(goal, subgoals))) if subgoals else Proved()
