"""The fringes of Fringe search, which share tails as linked lists do."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from operator import attrgetter

from bait_core import Edge, GoalNode, Status
from bait_models.search.fringe.softmax_sampler import SoftmaxSampler

_LOWEST = -1e100  # lower bound of a goal's score, so that sums stay finite


class GoalList:
    """A goal and the list of those after it, which may be shared with other lists.

    Proved goals stay in the list but are ignored.

    Attributes:
        goal: The first goal.
        rest: The others.
        above: The lists whose rest is this one.
        score: Sum of the scores of the open goals.
        size: Number of open goals.
        key: Identifies the set of the open goals: the exclusive or of their keys.
        slot: The sampler's slot of it if it is a fringe; -1 if it is only the rest of others.
        depth: Number of tactics between the root's fringe and this one.
    """

    __slots__ = ("above", "depth", "goal", "key", "rest", "score", "size", "slot")

    def __init__(self, goal: GoalNode, rest: GoalList | None) -> None:
        self.goal = goal
        self.rest = rest
        self.above: dict[GoalList, None] | None = None
        self.score = 0.0
        self.size = 0
        self.key = 0
        self.slot = -1
        self.depth = 0

    @property
    def is_fringe(self) -> bool:
        """Whether this list is a fringe itself, not only the rest of others."""
        return self.slot >= 0

    @property
    def is_needed(self) -> bool:
        """Whether all of its open goals are still needed."""
        current: GoalList | None = self
        while current is not None:
            goal = current.goal
            if goal.status is Status.OPEN and not goal.is_relevant:
                return False
            current = current.rest
        return True

    def open_goals(self) -> Iterator[GoalNode]:
        """The goals that are open, in order."""
        current: GoalList | None = self
        while current is not None:
            if current.goal.status is Status.OPEN:
                yield current.goal
            current = current.rest


class FringeSet:
    """Fringes: sets of goals whose proofs would prove the root.

    Fringes are stacks: subgoals replace a goal at the front. So common tails are stored once, and
    all fringes that contain a goal are found above the lists that begin with it. This module never
    calls a model or a prover.

    Equal fringes are stored once, and no set of goals returns after it was replaced, since its
    successors were appended then. Sets are compared by 64-bit hashes (Zobrist 1970), which collide
    among n sets with a probability of about n^2 / 2^65.

    Args:
        temperature: Of the softmax from which fringes are drawn.
        capacity: Largest number of fringes. When there are more, the lowest-scored are dropped,
            a quarter at a time, so that a dropped fringe costs no more than an appended one.
        rng: For the draws and the hashes.
    """

    def __init__(self, temperature: float, capacity: int, rng: random.Random) -> None:
        self._temperature = temperature
        self._capacity = capacity
        self._rng = rng
        self._known: dict[int, tuple[float, int]] = {}
        self._clear()

    def __len__(self) -> int:
        """Number of fringes."""
        return len(self._sampler)

    def __iter__(self) -> Iterator[GoalList]:
        """The fringes, in no particular order."""
        return iter(self._sampler)

    def knows(self, goal: GoalNode) -> bool:
        """Whether the goal has been given a score."""
        return goal.index in self._known

    def score(self, goal: GoalNode) -> float:
        """The score that a goal has been given."""
        return self._known[goal.index][0]

    def learn(self, goals: Iterable[GoalNode], scores: Iterable[float]) -> None:
        """Set the goals' scores, once for each goal and before any fringe contains it."""
        for goal, score in zip(goals, scores, strict=True):
            self._known[goal.index] = max(_LOWEST, score), self._rng.getrandbits(64)

    def start(self, root: GoalNode) -> None:
        """Discard all fringes and start with that of the root alone."""
        self._clear()
        if root.status is Status.OPEN:
            self._append((root,), None, set(), 0)

    def draw(self) -> GoalList:
        """A fringe, drawn from the softmax over all scores; it stays in the set."""
        return self._sampler.draw(self._rng)

    def probability(self, fringe: GoalList) -> float:
        """The probability of drawing the fringe."""
        return self._sampler.probability(fringe.slot)

    def replace(self, fringe: GoalList) -> int:
        """Replace a fringe by its successors with respect to its first open goal.

        Every tactic of the goal must have been tried. A proof through the fringe uses one of them,
        so it goes through a successor, and the fringe is of no more use.

        Returns:
            The number of edges that lead to successors, new or not.
        """
        edges: list[Edge] = []
        first: GoalList | None = fringe
        while first is not None and first.goal.status is not Status.OPEN:
            first = first.rest
        if first is not None:
            edges = [edge for edge in first.goal.edges if edge.is_live]
            present = self._present(edges, first.rest)
            for edge in edges:
                self._append(edge.subgoals, first.rest, present, fringe.depth + 1)
        self.drop(fringe)
        self._drop_excess()
        return len(edges)

    def drop(self, fringe: GoalList) -> None:
        """Remove a fringe for good."""
        self._sampler.remove(fringe.slot)
        fringe.slot = -1
        self._unlink(fringe)

    def close(self, goals: Iterable[GoalNode]) -> None:
        """Update the fringes for the goals that were proved or failed since the last call.

        Fringes with a failed goal are removed; proved goals leave their fringes, whose scores rise.
        (Failed goals come first: without its failed goal, a fringe might equal another.)
        """
        proved = []
        for goal in goals:
            if goal.status is Status.PROVED:
                proved.append(goal)
                continue
            for cell in self._lists.pop(goal.index, ()):
                self._prune(cell)
        for goal in proved:
            for cell in self._lists.pop(goal.index, ()):
                self._refresh(cell)

    def _clear(self) -> None:
        self._sampler: SoftmaxSampler[GoalList] = SoftmaxSampler(self._temperature)
        self._lists: dict[int, dict[GoalList, None]] = {}
        self._seen: set[int] = set()

    def _present(self, edges: list[Edge], rest: GoalList | None) -> set[GoalNode]:
        """The open goals of `rest`; may be empty if no subgoal of the edges is among them."""
        if rest is None:
            return set()
        if not any(goal.index in self._lists for edge in edges for goal in edge.subgoals):
            return set()  # no list begins with a subgoal; `rest` may be long
        return set(rest.open_goals())

    def _append(
        self,
        subgoals: Iterable[GoalNode],
        rest: GoalList | None,
        present: set[GoalNode],
        depth: int,
    ) -> None:
        """Append the fringe of some subgoals and `rest`, whose open goals are `present`."""
        new = [
            goal
            for goal in dict.fromkeys(subgoals)
            if goal.status is Status.OPEN and goal not in present
        ]
        known = self._known
        key = rest.key if rest is not None else 0
        for goal in new:
            key ^= known[goal.index][1]
        if key in self._seen:
            return
        fringe = rest
        for goal in reversed(new):
            fringe = self._link(goal, fringe)
        if fringe is None:
            return
        self._seen.add(key)
        fringe.depth = depth
        fringe.slot = self._sampler.add(fringe, fringe.score)

    def _link(self, goal: GoalNode, rest: GoalList | None) -> GoalList:
        cell = GoalList(goal, rest)
        cell.score, cell.key = self._known[goal.index]
        cell.size = 1
        if rest is not None:
            cell.score += rest.score
            cell.key ^= rest.key
            cell.size += rest.size
            if rest.above is None:
                rest.above = {}
            rest.above[cell] = None
        lists = self._lists.get(goal.index)
        if lists is None:
            lists = self._lists[goal.index] = {}
        lists[cell] = None
        return cell

    def _refresh(self, lowest: GoalList) -> None:
        """Recompute the sums of a list that lost its first goal, and of all above it.

        A fringe that has become equal to another is removed, as is one with a goal that is no
        longer needed: it is worth no more than its other goals alone.
        """
        emptied = []
        stack = [lowest]
        while stack:
            cell = stack.pop()
            goal, rest = cell.goal, cell.rest
            if goal.status is Status.OPEN and not goal.is_relevant:
                self._prune(cell)
                continue
            score, size, key = (
                (rest.score, rest.size, rest.key) if rest is not None else (0.0, 0, 0)
            )
            if goal.status is Status.OPEN:
                own, own_key = self._known[goal.index]
                score, size, key = own + score, size + 1, own_key ^ key
            cell.score, cell.size = score, size
            if cell.key != key:
                cell.key, old = key, cell.key
                if cell.slot >= 0 and not self._rekey(cell, old):
                    emptied.append(cell)
            if cell.above:
                stack.extend(cell.above)
        for cell in emptied:
            self._unlink(cell)

    def _rekey(self, fringe: GoalList, old: int) -> bool:
        """Register the new key and score of a fringe; False if it had to be removed."""
        self._seen.discard(old)
        if fringe.key in self._seen:
            self._sampler.remove(fringe.slot)
            fringe.slot = -1
            return False
        self._seen.add(fringe.key)
        self._sampler.update(fringe.slot, fringe.score)
        return True

    def _prune(self, lowest: GoalList) -> None:
        """Remove a list and all above it."""
        stack = [lowest]
        while stack:
            cell = stack.pop()
            if cell.is_fringe:
                self._sampler.remove(cell.slot)
                cell.slot = -1
            if cell.above:
                stack.extend(cell.above)
                cell.above = None
            self._forget(cell)
        self._unlink(lowest)

    def _unlink(self, cell: GoalList | None) -> None:
        """Remove a list and its tails, as far as no fringe contains them."""
        while cell is not None and not cell.is_fringe and not cell.above:
            self._forget(cell)
            rest = cell.rest
            if rest is not None and rest.above is not None:
                rest.above.pop(cell, None)
            cell = rest

    def _forget(self, cell: GoalList) -> None:
        lists = self._lists.get(cell.goal.index)
        if lists is not None:
            lists.pop(cell, None)
            if not lists:
                del self._lists[cell.goal.index]

    def _drop_excess(self) -> None:
        """Make room by dropping the lowest-scored fringes, which may come back."""
        if len(self) <= self._capacity:
            return
        left = self._capacity - self._capacity // 4
        fringes = sorted(self, key=attrgetter("score"))
        for fringe in fringes[: len(fringes) - left]:
            self._seen.discard(fringe.key)
            self.drop(fringe)
