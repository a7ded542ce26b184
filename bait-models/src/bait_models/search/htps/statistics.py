"""The statistics that HTPS keeps about each tactic of an expanded goal."""

from __future__ import annotations

import math
from typing import NamedTuple

from bait_core import Edge, GoalNode

KILLED = -math.inf
_UNVISITED = 0.5


class EdgeStatistics(NamedTuple):
    """What HTPS knows about one tactic application.

    Attributes:
        visits: N, the number of values backed up through it.
        virtual_visits: VC, the number of hypertrees in flight that use it.
        total: W, the sum of the values backed up.
        prior: Its probability among the tactics of its goal; 0 for those that failed.
        is_killed: Whether it will never be chosen again.
    """

    visits: int
    virtual_visits: int
    total: float
    prior: float
    is_killed: bool


class GoalStatistics:
    """N, VC and W of the tactics of one goal, and what policies derive from them.

    The tactics are those that were live when the goal was first visited after its expansion, the
    most probable first, so that ties go to it. All lists are indexed by a tactic's position in
    `edges`. `q` and `discounted` are updated with each change of one tactic, so that choosing
    among all tactics takes one pass.

    A tactic is *killed* when it can't become part of a proof, or would make a hypertree circular
    (see `HTPS`). This is permanent. As in the authors' code, priors are not renormalised.

    Attributes:
        node: The goal.
        edges: Its tactics.
        priors: Softmax of the log-probabilities over `edges`.
        visits: N.
        virtual_visits: VC.
        totals: W.
        q: The value of each tactic in [0, 1], where C = N + VC: 0.5 if C = 0; 0.5 / VC if N = 0;
            otherwise W / C. `KILLED` for killed ones. (The paper gives a tactic with only proved
            subgoals the value 1. Here its goal is then proved as well, and nothing is chosen at a
            proved goal.)
        discounted: Prior / (1 + C).
        count: Sum of C over the tactics that are not killed.
        alive: Number of tactics that are not killed.
        checked: The last step at which tactics that were no longer live were killed.
    """

    __slots__ = (
        "alive",
        "checked",
        "count",
        "discounted",
        "edges",
        "node",
        "priors",
        "q",
        "totals",
        "virtual_visits",
        "visits",
    )

    def __init__(self, node: GoalNode) -> None:
        live = [edge for edge in node.edges if edge.is_live]
        live.sort(key=lambda edge: -edge.log_probability)
        size = len(live)
        self.node = node
        self.edges = live
        self.priors = _softmax([edge.log_probability for edge in live])
        self.visits = [0] * size
        self.virtual_visits = [0] * size
        self.totals = [0.0] * size
        self.q = [_UNVISITED] * size
        self.discounted = self.priors.copy()
        self.count = 0
        self.alive = size
        self.checked = -1

    def of(self, edge: Edge) -> EdgeStatistics:
        """The statistics of one tactic of this goal; all zero if it was never live."""
        if edge not in self.edges:
            return EdgeStatistics(0, 0, 0.0, 0.0, True)
        i = self.edges.index(edge)
        return EdgeStatistics(
            self.visits[i],
            self.virtual_visits[i],
            self.totals[i],
            self.priors[i],
            self.q[i] == KILLED or not edge.is_live,
        )

    def drop_dead(self) -> None:
        """Kill the tactics that are no longer live."""
        for i, edge in enumerate(self.edges):
            if not edge.is_live and self.q[i] != KILLED:
                self.kill(i)

    def kill(self, i: int) -> None:
        """Never choose a tactic again, and leave its count out of the sum."""
        self.q[i] = KILLED
        self.count -= self.visits[i] + self.virtual_visits[i]
        self.alive -= 1

    def begin(self, i: int) -> None:
        """Record that a hypertree with this tactic is in flight."""
        self.virtual_visits[i] += 1
        if self.q[i] != KILLED:
            self.count += 1
            self._count_changed(i)

    def withdraw(self, i: int) -> None:
        """Record that a hypertree with this tactic ended without a value."""
        self.virtual_visits[i] -= 1
        if self.q[i] != KILLED:
            self.count -= 1
            self._count_changed(i)

    def back_up(self, i: int, value: float) -> None:
        """Record the value of a hypertree with this tactic; C = N + VC stays the same."""
        self.virtual_visits[i] -= 1
        self.visits[i] += 1
        self.totals[i] += value
        if self.q[i] != KILLED:
            self.q[i] = self.totals[i] / (self.visits[i] + self.virtual_visits[i])

    def _count_changed(self, i: int) -> None:
        visits = self.visits[i]
        count = visits + self.virtual_visits[i]
        self.q[i] = (self.totals[i] if visits else _UNVISITED) / (count or 1)
        self.discounted[i] = self.priors[i] / (1 + count)


def _softmax(log_probabilities: list[float]) -> list[float]:
    largest = max(log_probabilities, default=0.0)
    weights = [math.exp(log_probability - largest) for log_probability in log_probabilities]
    total = sum(weights)
    return [weight / total for weight in weights]
