"""Least costs of derivations in an AND/OR hypergraph, kept up to date while it changes."""

from __future__ import annotations

import heapq
import math
from collections.abc import Iterable

OWN = 0
"""The choice of a goal that is cheapest as it stands; choice k > 0 is the goal's k-th hyperedge."""


class Hyperedge:
    """One way to derive a goal: it costs its weight and what its subgoals cost.

    Attributes:
        goal: The goal.
        choice: The number that it has among the goal's choices; hyperedges count from 1.
        subgoals: The goals that it needs, in order, possibly repeating.
        weight: At least 0; infinite if it must not be used. To be changed by `set_weight` only.
    """

    __slots__ = ("choice", "goal", "subgoals", "weight")

    def __init__(self, goal: int, choice: int, subgoals: tuple[int, ...], weight: float) -> None:
        self.goal = goal
        self.choice = choice
        self.subgoals = subgoals
        self.weight = weight


class LeastCosts:
    """For each goal, the cost of its cheapest derivation and how that begins.

    A goal costs the minimum of its own cost and of the costs of its hyperedges; the least fixpoint
    is meant, so a goal that is supported only by a cycle has infinite cost. This is Knuth's
    generalisation of shortest paths (Knuth 1977, "A generalization of Dijkstra's algorithm").
    It requires that a hyperedge cost no less than each of its subgoals: own costs must not be
    negative, unless all hyperedges have a single subgoal.

    Goals are the numbers 0, 1, 2, ... Changes are collected, and `update` applies them in time
    proportional to the number of goals whose costs change and of the hyperedges around them (after
    Ramalingam and Reps 1996, "An incremental algorithm for a generalization of the shortest-path
    problem"; their algorithm needs positive weights, and this one doesn't):

    1. Goals whose choice now costs more, and all whose choices rest on theirs, lose their costs.
       A goal that has another choice of equal cost switches to it, if that certainly does not
       rest on the goal itself, and nothing changes for the goals above.
    2. These goals, and those that a change made cheaper, get their costs in rising order.

    Sums are taken in the order of the subgoals, so costs equal those computed from scratch to the
    last bit.

    Attributes:
        costs: The least cost of each goal.
        choices: How it is attained; meaningless while the cost is infinite. Following choices
            downwards never leads into a cycle.
        hyperedges: The hyperedges to derive each goal, in the order in which they were added.
        users: The hyperedges that need each goal, one entry per occurrence.
    """

    # Each choice of finite cost goes to subgoals that cost less, or equally much with a lower
    # rank. That is why choices can't form a cycle, and it shows cheaply that a goal does not
    # rest on another. A goal that gets its cost from others ranks above all goals so far, and
    # one that is added ranks below.

    def __init__(self) -> None:
        self.costs: list[float] = []
        self.choices: list[int] = []
        self.hyperedges: list[list[Hyperedge]] = []
        self.users: list[list[Hyperedge]] = []
        self._offers: list[list[float]] = []  # the current cost of each choice of a goal
        self._ranks: list[int] = []
        self._highest_rank = 0
        self._changed: list[int] = []

    def add_goal(self, own_cost: float) -> None:
        """Add the goal with the next number; it may be used at once."""
        self._ranks.append(-len(self.costs))
        self.costs.append(own_cost)
        self.choices.append(OWN)
        self.hyperedges.append([])
        self.users.append([])
        self._offers.append([own_cost])

    def add_hyperedge(self, goal: int, subgoals: tuple[int, ...], weight: float = 0.0) -> Hyperedge:
        """Add a way to derive `goal` from at least one subgoal."""
        hyperedges = self.hyperedges[goal]
        hyperedge = Hyperedge(goal, len(hyperedges) + 1, subgoals, weight)
        hyperedges.append(hyperedge)
        for subgoal in subgoals:
            self.users[subgoal].append(hyperedge)
        self._offers[goal].append(self._cost(hyperedge))
        self._changed.append(goal)
        return hyperedge

    def set_own(self, goal: int, cost: float) -> None:
        """Set what a goal costs as it stands; infinity if it can't be used as it stands."""
        self._offers[goal][OWN] = cost
        self._changed.append(goal)

    def set_weight(self, hyperedge: Hyperedge, weight: float) -> None:
        """Change the weight of a hyperedge."""
        hyperedge.weight = weight
        self._offers[hyperedge.goal][hyperedge.choice] = self._cost(hyperedge)
        self._changed.append(hyperedge.goal)

    def update(self) -> list[int]:
        """Apply the changes; returns the goals whose costs may differ, some repeatedly."""
        changed, self._changed = self._changed, []
        touched = self._invalidate(changed)
        touched += self._settle(touched + changed)
        return touched

    def _cost(self, hyperedge: Hyperedge) -> float:
        cost = hyperedge.weight
        for subgoal in hyperedge.subgoals:
            cost += self.costs[subgoal]
        return cost

    def _invalidate(self, changed: list[int]) -> list[int]:
        """Set to infinity all costs that may be too low, and the offers that rest on them."""
        costs, choices, users, offers = self.costs, self.choices, self.users, self._offers
        stack = [goal for goal in changed if offers[goal][choices[goal]] > costs[goal]]
        invalid = []
        while stack:
            goal = stack.pop()
            cost = costs[goal]
            if cost == math.inf or (cost in offers[goal] and self._choose_again(goal)):
                continue
            costs[goal] = math.inf
            invalid.append(goal)
            for hyperedge in users[goal]:
                user = hyperedge.goal
                choice = hyperedge.choice
                offers[user][choice] = math.inf
                if choices[user] == choice:
                    stack.append(user)
        return invalid

    def _choose_again(self, goal: int) -> bool:
        """Take a choice that keeps the cost and can't rest on the goal itself, if there is one."""
        costs, ranks = self.costs, self._ranks
        cost, rank = costs[goal], ranks[goal]
        for choice, offer in enumerate(self._offers[goal]):
            if offer == cost and (
                choice == OWN
                or all(
                    costs[subgoal] < cost or ranks[subgoal] < rank
                    for subgoal in self.hyperedges[goal][choice - 1].subgoals
                )
            ):
                self.choices[goal] = choice
                return True
        return False

    def _settle(self, candidates: Iterable[int]) -> list[int]:
        """Lower costs to the best offers, cheapest first as Dijkstra does."""
        costs, choices, users, offers = self.costs, self.choices, self.users, self._offers
        ranks, rank = self._ranks, self._highest_rank
        heap = [(c, goal) for goal in candidates if (c := min(offers[goal])) < costs[goal]]
        heapq.heapify(heap)
        cost = -math.inf
        ties: list[int] = []  # goals of the current cost; saves most of the heap's work
        settled = []
        while ties or heap:
            if ties:
                goal = ties.pop()
            else:
                cost, goal = heapq.heappop(heap)
            if cost >= costs[goal]:
                continue
            costs[goal] = cost
            choices[goal] = offers[goal].index(cost)
            ranks[goal] = rank = rank + 1
            settled.append(goal)
            for hyperedge in users[goal]:
                offer = hyperedge.weight
                for subgoal in hyperedge.subgoals:
                    offer += costs[subgoal]
                user = hyperedge.goal
                offers[user][hyperedge.choice] = offer
                if offer < costs[user]:
                    if offer == cost:
                        ties.append(user)
                    else:
                        heapq.heappush(heap, (offer, user))
        self._highest_rank = rank
        return settled
