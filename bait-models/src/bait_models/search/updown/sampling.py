"""Sampling of goals by their UpDown scores."""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from itertools import accumulate
from typing import NamedTuple

from bait_models.search.updown.least_costs import OWN, Hyperedge, LeastCosts

_GROWTH = 1.5


class Draw(NamedTuple):
    """A goal that was drawn.

    Attributes:
        goal: The goal.
        outside: The cost of the rest of the best proof through it.
        gumbel: Its Gumbel variate.
    """

    goal: int
    outside: float
    gumbel: float


class GumbelSampler:
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
    has been drawn with the perturbed score M, the remaining ones are known to have less. Goals
    found later must not have an advantage over them, so their variates are drawn under the same
    condition, score(g) / temperature + G(g) < M (truncated Gumbels: Maddison, Tarlow and Minka
    2014, arXiv 1411.0030). So each draw follows the softmax of the current scores exactly, as
    goals enter and leave and the scores of the others stay the same.

    Where a score changes, the perturbed score changes by the same amount. A goal that was passed
    over before is then drawn slightly too rarely if its score has fallen, and too often if it has
    risen. To keep this from accumulating, all variates are redrawn whenever the number of goals
    has grown by half, at an amortised constant cost per goal.

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
        self, inside: LeastCosts, hyperedges: Iterable[Hyperedge], candidates: Mapping[int, float]
    ) -> None:
        """Start again from scratch.

        Args:
            inside: The costs of the goals.
            hyperedges: All hyperedges of it that may be used.
            candidates: The goals to draw from, and their initial costs.
        """
        self._inside = inside
        self._perturbed = LeastCosts()
        self._arcs: dict[Hyperedge, list[Hyperedge]] = {}
        self._paths: dict[int, list[Hyperedge]] = {}
        self._initial.clear()
        self._enough = 0.0
        self.update((), (), hyperedges, candidates)

    @property
    def chosen(self) -> Iterable[int]:
        """The goals that were drawn since the last update."""
        return self._paths.keys()

    def update(
        self,
        touched: Iterable[int],
        closed: Iterable[int],
        hyperedges: Iterable[Hyperedge],
        candidates: Mapping[int, float],
    ) -> None:
        """Account for what has changed since the last draw.

        Args:
            touched: The goals whose inside costs may have changed.
            closed: The goals that have been proved.
            hyperedges: Those that were added.
            candidates: The goals that enter, and their initial costs.
        """
        perturbed = self._perturbed
        for _ in range(len(perturbed.costs), len(self._inside.costs)):
            perturbed.add_goal(math.inf)
        users = self._inside.users
        for hyperedge in dict.fromkeys(hyperedge for goal in touched for hyperedge in users[goal]):
            if arcs := self._arcs.get(hyperedge):
                for arc, weight in zip(arcs, self._weights(hyperedge), strict=True):
                    if arc.weight != weight:
                        perturbed.set_weight(arc, weight)
        for hyperedge in hyperedges:
            arcs = [
                perturbed.add_hyperedge(hyperedge.goal, (subgoal,), weight)
                for subgoal, weight in zip(
                    hyperedge.subgoals, self._weights(hyperedge), strict=True
                )
            ]
            if len(arcs) > 1:
                self._arcs[hyperedge] = arcs
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
        """Draw goals; fewer if there are not enough, none if no proof is possible.

        They are excluded from further draws until they enter again.
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

    def _descend(self) -> tuple[int, list[Hyperedge]]:
        """The goal that determines the root's perturbed cost, and the path to it."""
        choices, hyperedges = self._perturbed.choices, self._perturbed.hyperedges
        goal = 0
        path = []
        while (choice := choices[goal]) != OWN:
            arc = hyperedges[goal][choice - 1]
            path.append(arc)
            (goal,) = arc.subgoals
        return goal, path

    def _weights(self, hyperedge: Hyperedge) -> list[float]:
        """For each subgoal of a hyperedge, the sum of the costs of the others."""
        costs = [self._inside.costs[subgoal] for subgoal in hyperedge.subgoals]
        before = accumulate(costs[:-1], initial=0.0)
        after = list(accumulate(costs[:0:-1], initial=0.0))
        return [left + right for left, right in zip(before, reversed(after), strict=True)]

    def _close(self, goal: int) -> None:
        """Remove a proved goal: it needs nothing, so no path leads through it any more."""
        self._initial.pop(goal, None)
        self._gumbels.pop(goal, None)
        self._perturbed.set_own(goal, math.inf)
        for arc in self._perturbed.hyperedges[goal]:
            self._perturbed.set_weight(arc, math.inf)
        for hyperedge in self._inside.hyperedges[goal]:
            self._arcs.pop(hyperedge, None)

    def _enter(self, candidates: Mapping[int, float]) -> None:
        """Draw the variates of goals, and make the goals eligible."""
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


def _length(path: Iterable[Hyperedge]) -> float:
    return sum(arc.weight for arc in path)
