"""The fringes of Fringe search, which share their goals as linked lists do."""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator
from operator import attrgetter

from bait_core.graph import Edge, GoalNode, Status
from bait_models.search.fringe.softmax_sampler import SoftmaxSampler

_LOWEST = -1e100  # of a goal's score, so that sums stay finite


class GoalList:
    """A goal and the list of those after it, which may be shared with other lists.

    Proved goals stay in the list; they count for nothing.

    Attributes:
        goal: The first goal.
        rest: The others.
        above: The lists that have this one as their rest.
        score: Sum of the scores of the open goals.
        size: Number of open goals.
        key: Identifies the set of the open goals: the exclusive or of their keys.
        place: Where the sampler keeps it if it is a fringe; -1 if it is only part of some.
        depth: Number of tactics that made a fringe of the root.
    """

    __slots__ = ("above", "depth", "goal", "key", "place", "rest", "score", "size")

    def __init__(self, goal: GoalNode, rest: GoalList | None) -> None:
        self.goal = goal
        self.rest = rest
        self.above: dict[GoalList, None] | None = None
        self.score = 0.0
        self.size = 0
        self.key = 0
        self.place = -1
        self.depth = 0

    @property
    def is_fringe(self) -> bool:
        """False for a list that is only part of fringes, or of none any more."""
        return self.place >= 0

    @property
    def is_needed(self) -> bool:
        """False if there is an open goal that nothing needs any more."""
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

    Fringes are stacks: subgoals take the place of a goal at the front. So what they have in common
    is kept once, and changes to all fringes with some goal are found above the lists that begin
    with it. This module never asks a model or a prover.

    Equal fringes are kept once, and no set of goals comes back after it was replaced: its
    successors were appended then. Sets are compared by 64-bit hashes (Zobrist 1970), which n sets
    confuse with a probability of n^2 / 2^65.

    Args:
        temperature: Of the softmax by which fringes are drawn.
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
        """Whether the goal's score was told."""
        return goal.index in self._known

    def score(self, goal: GoalNode) -> float:
        """The score of a goal that was told."""
        return self._known[goal.index][0]

    def learn(self, goals: Iterable[GoalNode], scores: Iterable[float]) -> None:
        """Take note of the goals' scores, once for each goal and before a fringe contains it."""
        for goal, score in zip(goals, scores, strict=True):
            self._known[goal.index] = max(_LOWEST, score), self._rng.getrandbits(64)

    def start(self, root: GoalNode) -> None:
        """Forget all fringes; the only one is that of the root."""
        self._clear()
        if root.status is Status.OPEN:
            self._append((root,), None, set(), 0)

    def draw(self) -> GoalList:
        """A fringe, by a softmax over the scores of all; it stays."""
        return self._sampler.draw(self._rng)

    def probability(self, fringe: GoalList) -> float:
        """Of drawing the fringe."""
        return self._sampler.probability(fringe.place)

    def replace(self, fringe: GoalList) -> int:
        """Put the successors by the first open goal in the place of a fringe.

        Every tactic of the goal must have been tried. A proof by way of the fringe uses one of
        them, so it goes by way of a successor, and the fringe is of no more use.

        Returns:
            The number of edges that make successors, new ones or not.
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
        """Give up a fringe; it will not come back."""
        self._sampler.remove(fringe.place)
        fringe.place = -1
        self._unlink(fringe)

    def close(self, goals: Iterable[GoalNode]) -> None:
        """Follow up that goals were proved or failed; all that were, since the last call.

        Fringes with a failed goal end; proved goals leave their fringes, whose scores rise. (The
        failed ones go first: without its failed goal a fringe could pass for the equal of another.)
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
        """The open goals of `rest`; perhaps none where no subgoal of the edges is among them."""
        if rest is None:
            return set()
        if not any(goal.index in self._lists for edge in edges for goal in edge.subgoals):
            return set()  # as no list begins with one; `rest` may be long
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
        fringe.place = self._sampler.add(fringe, fringe.score)

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
        """Compute anew the sums of a list that lost its first goal, and of all above it.

        A fringe that has become equal to another goes. So does one with a goal that is no longer
        needed: it is as good as its other goals alone.
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
                if cell.place >= 0 and not self._rekey(cell, old):
                    emptied.append(cell)
            if cell.above:
                stack.extend(cell.above)
        for cell in emptied:
            self._unlink(cell)

    def _rekey(self, fringe: GoalList, old: int) -> bool:
        """Note that a fringe has another key and score than before; False if it had to go."""
        self._seen.discard(old)
        if fringe.key in self._seen:
            self._sampler.remove(fringe.place)
            fringe.place = -1
            return False
        self._seen.add(fringe.key)
        self._sampler.update(fringe.place, fringe.score)
        return True

    def _prune(self, lowest: GoalList) -> None:
        """Forget a list and all above it."""
        stack = [lowest]
        while stack:
            cell = stack.pop()
            if cell.is_fringe:
                self._sampler.remove(cell.place)
                cell.place = -1
            if cell.above:
                stack.extend(cell.above)
                cell.above = None
            self._forget(cell)
        self._unlink(lowest)

    def _unlink(self, cell: GoalList | None) -> None:
        """Forget a list, and those that it ends with, as far as no fringe contains them."""
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
