"""Sampling of goals by their UpDown scores."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple

from bait_models.search.updown.least_costs import OWN, LeastCosts, Way

_GROWTH = 1.5


class Draw(NamedTuple):
    """A goal that was drawn.

    Attributes:
        goal: The goal.
        outside: What the rest of the best proof through it costs.
        gumbel: Its variate.
    """

    goal: int
    outside: float
    gumbel: float


class Sampler:
    """Draws goals by the softmax of their scores at a temperature, without listing the scores.

    It uses the Gumbel-max trick: if each goal g has a variate G(g) of its own from the standard
    Gumbel distribution, the goal with the largest score(g) / temperature + G(g) is distributed as
    the softmax. Since a score is the negated sum of the goal's initial cost and its outside cost,
    that goal minimises initial(g) - temperature * G(g) + outside(g). So it is found from below as
    the best derivation is, without outside costs of all goals: let q(n) be the least of n's own
    perturbed initial cost and, over the edges of n and their subgoals c, of q(c) plus the cost of
    c's siblings. Then q(root) is that minimum, and following its choices leads to the goal.

    Variates are kept, and that makes the goals drawn one after the other a sample without
    replacement (Gumbel-top-k: Kool, van Hoof and Welling 2019, arXiv 1903.06059). Once a goal
    was drawn with the perturbed score M, those left are known to have less. Goals that are
    found later must not have an advantage over them, so their variates are drawn under the same
    condition, score(g) / temperature + G(g) < M (truncated Gumbels: Maddison, Tarlow and Minka
    2014, arXiv 1411.0030). So each draw follows the softmax of the current scores exactly, while
    goals enter and leave and the scores of the others stay.

    Where a score changes, the perturbed score moves with it, by the same amount. A goal that was
    passed over before is then drawn somewhat too rarely if its score has fallen, and too often if
    it has risen. So that this can't add up, all variates are drawn anew whenever the number of
    goals has grown by half, which costs a constant time per goal.

    Args:
        temperature: 1 draws in proportion to the probabilities; towards 0 it becomes greedy.
        rng: The source of the variates.
    """

    def __init__(self, temperature: float, rng: random.Random) -> None:
        self._temperature = temperature
        self._rng = rng
        self._initial: dict[int, float] = {}
        self._gumbels: dict[int, float] = {}
        self._bound = math.inf
        self._enough = 0.0

    def restart(
        self, inside: LeastCosts, ways: Iterable[Way], candidates: Mapping[int, float]
    ) -> None:
        """Take over everything anew.

        Args:
            inside: What the goals cost.
            ways: All of its ways that may be used.
            candidates: The goals to draw from, and their initial costs.
        """
        self._inside = inside
        self._perturbed = LeastCosts()
        self._arcs: dict[Way, list[Way]] = {}
        self._paths: dict[int, list[Way]] = {}
        self._initial.clear()
        self._enough = 0.0
        self.update((), (), ways, candidates)

    @property
    def chosen(self) -> Iterable[int]:
        """The goals that were drawn since the last update."""
        return self._paths.keys()

    def update(
        self,
        touched: Iterable[int],
        closed: Iterable[int],
        ways: Iterable[Way],
        candidates: Mapping[int, float],
    ) -> None:
        """Take note of what has changed since the last draw.

        Args:
            touched: The goals whose inside costs may have changed.
            closed: The goals that were proved.
            ways: What was added to the ways of deriving goals.
            candidates: The goals that enter, and their initial costs.
        """
        perturbed = self._perturbed
        for _ in range(len(perturbed.costs), len(self._inside.costs)):
            perturbed.add_goal(math.inf)
        users = self._inside.users
        for way in dict.fromkeys(way for goal in touched for way in users[goal]):
            if arcs := self._arcs.get(way):
                for arc, weight in zip(arcs, self._weights(way), strict=True):
                    if arc.weight != weight:
                        perturbed.set_weight(arc, weight)
        for way in ways:
            arcs = [
                perturbed.add_way(way.goal, (subgoal,), weight)
                for subgoal, weight in zip(way.subgoals, self._weights(way), strict=True)
            ]
            if len(arcs) > 1:
                self._arcs[way] = arcs
        for goal in closed:
            self._close(goal)
        self._initial.update(candidates)
        if len(perturbed.costs) >= self._enough:
            self._enough = _GROWTH * len(perturbed.costs)
            self._bound = math.inf
            candidates = self._initial
        self._enter(candidates)
        self._paths = {}

    def choose(self, count: int) -> list[Draw]:
        """Draw goals; fewer if there are no more, none if no proof is possible.

        They take no part in further draws, until they enter again.
        """
        draws = []
        perturbed = self._perturbed
        for _ in range(count):
            perturbed.update()
            cost = perturbed.costs[0]
            if cost == math.inf:
                break
            goal, path = self._descend()
            self._bound = -cost / self._temperature
            self._paths[goal] = path
            perturbed.set_own(goal, math.inf)
            del self._initial[goal]
            draws.append(Draw(goal, _length(path), self._gumbels.pop(goal)))
        return draws

    def _descend(self) -> tuple[int, list[Way]]:
        """The goal to which the root owes its perturbed cost, and the way there."""
        choices, ways = self._perturbed.choices, self._perturbed.ways
        goal = 0
        path = []
        while (choice := choices[goal]) != OWN:
            arc = ways[goal][choice - 1]
            path.append(arc)
            (goal,) = arc.subgoals
        return goal, path

    def _weights(self, way: Way) -> list[float]:
        """For each subgoal of a way, the sum of what the others cost."""
        costs = [self._inside.costs[subgoal] for subgoal in way.subgoals]
        before = accumulate(costs[:-1], initial=0.0)
        after = list(accumulate(costs[:0:-1], initial=0.0))
        return [left + right for left, right in zip(before, reversed(after), strict=True)]

    def _close(self, goal: int) -> None:
        """A proved goal needs nothing, so no path leads through it any more."""
        self._initial.pop(goal, None)
        self._gumbels.pop(goal, None)
        self._perturbed.set_own(goal, math.inf)
        for arc in self._perturbed.ways[goal]:
            self._perturbed.set_weight(arc, math.inf)
        for way in self._inside.ways[goal]:
            self._arcs.pop(way, None)

    def _enter(self, candidates: Mapping[int, float]) -> None:
        """Draw the variates of goals, and let them take part."""
        lengths = {goal: _length(path) for goal, path in self._paths.items()}
        temperature, set_own = self._temperature, self._perturbed.set_own
        excess = -math.inf
        for goal, initial in candidates.items():
            if self._bound < math.inf:
                outside = lengths.get(goal, math.inf)
                for arc in self._perturbed.users[goal]:
                    outside = min(outside, lengths.get(arc.goal, math.inf) + arc.weight)
                excess = -(initial + outside) / temperature - self._bound
            gumbel = self._gumbels[goal] = self._draw(excess)
            set_own(goal, initial - temperature * gumbel)

    def _draw(self, excess: float) -> float:
        """A standard Gumbel variate G, given that G + `excess` is below 0.

        If E is exponentially distributed, -log(E + exp(excess)) is such a variate.
        """
        exponential = -math.log(self._rng.random() or 2.0**-54)
        if excess > 0:
            return -excess - math.log1p(exponential * math.exp(-excess))
        return -math.log(exponential + math.exp(excess))


def _length(path: Iterable[Way]) -> float:
    return sum(arc.weight for arc in path)
