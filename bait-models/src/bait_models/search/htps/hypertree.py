"""How HTPS selects a hypertree: one tactic for each goal, from the root down to the leaves."""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from bait_core import GoalNode, Status
from bait_models.search.htps.policy import Policy, sample
from bait_models.search.htps.statistics import GoalStatistics


class Choice(NamedTuple):
    """The tactic `goal.edges[position]`, chosen at a goal, with the policy's score for it."""

    goal: GoalStatistics
    position: int
    score: float

    @property
    def subgoals(self) -> tuple[GoalNode, ...]:
        """What the tactic leaves to prove."""
        return self.goal.edges[self.position].subgoals


class Leaf(NamedTuple):
    """A goal that a hypertree wants expanded.

    Attributes:
        node: The goal.
        choice: The tactic that led to it; None for the root.
        depth: Number of tactics on the path to it.
    """

    node: GoalNode
    choice: Choice | None
    depth: int


class Hypertree(NamedTuple):
    """A set of tactics that would prove the root if their leaves were proved.

    Attributes:
        choices: One for each goal that is not a leaf, subgoals before the goals that need them.
        leaves: The goals to expand, each once. Proved goals are not included.
    """

    choices: list[Choice]
    leaves: list[Leaf]

    def begin(self) -> None:
        """Mark it as in flight."""
        for goal, position, _ in self.choices:
            goal.begin(position)

    def withdraw(self) -> None:
        """Undo `begin` without a result."""
        for goal, position, _ in self.choices:
            goal.withdraw(position)

    def back_up(self, values: dict[GoalNode, float], depth_penalty: float) -> None:
        """Undo `begin` and propagate values from the leaves to the root.

        The value of a goal is the product of the values of its tactic's subgoals, repetitions
        included, times the depth penalty. The product counts as 1 for a goal that has been proved
        since the selection, possibly by another tactic (as with `backup_one_for_solved` in the
        authors' code, which is their default).

        Args:
            values: The value of each leaf; those of the other goals are added to it.
            depth_penalty: Factor per tactic.
        """
        proved = Status.PROVED
        for goal, position, _ in self.choices:
            value = depth_penalty
            if goal.node.status is not proved:
                for child in goal.edges[position].subgoals:
                    # A subgoal without a value was proved before the selection.
                    value *= values.get(child, 1.0)
            values[goal.node] = value
            goal.back_up(position, value)


class _Descent(NamedTuple):
    """A goal on the path from the root to where a hypertree grows.

    Attributes:
        choice: The goal and its tactic.
        subgoals: Those still to be visited.
        choices: How many choices the hypertree had before.
        leaves: How many leaves the hypertree had before.
    """

    choice: Choice
    subgoals: Iterator[GoalNode]
    choices: int
    leaves: int


class HypertreeSelector:
    """Selects hypertrees over the expanded goals of one search.

    It works depth first, with one tactic for each goal. A goal on the path that comes up again
    would make the hypertree circular, so the tactic that leads to it is killed; a goal that has
    been completed is shared. A goal without a tactic left is *dead*: the first tactic on the path
    that needs it is killed, what was selected below is discarded, and the tactic's goal takes
    another one. Other tactics that need a dead goal are killed when they are chosen. Each retry
    kills a tactic, and there is nothing to undo in the statistics, since a hypertree is only
    counted once it is complete (no goal is visited twice within it).

    Args:
        root: Where hypertrees start.
        policy: Scores the tactics of a goal.
        exploration: The policy's constant c.
        temperature: 0 follows the best score; otherwise tactics are sampled.
        rng: For sampling.

    Attributes:
        statistics: Those of the goals visited so far.
    """

    def __init__(
        self,
        root: GoalNode,
        policy: Policy,
        exploration: float,
        *,
        temperature: float,
        rng: random.Random,
    ) -> None:
        self.statistics: dict[GoalNode, GoalStatistics] = {}
        self._root = root
        self._policy = policy
        self._exploration = exploration
        self._temperature = temperature
        self._rng = rng
        self._dead: set[GoalNode] = set()
        self._step = 0

    def begin_step(self) -> None:
        """Declare that the graph may have changed since the last hypertree."""
        self._step += 1

    def select(self) -> Hypertree | None:
        """A hypertree from the root, which must be open; None if the root has no tactic left."""
        tree = Hypertree([], [])
        if not self._root.is_exhausted:
            tree.leaves.append(Leaf(self._root, None, 0))
            return tree
        on_path: dict[GoalNode, bool] = {}
        path: list[_Descent] = []
        node: GoalNode | None = self._root
        while node is not None:
            choice = self._choose(self._visit(node), on_path)
            if choice is None:
                self._dead.add(node)
                if not path:
                    return None
                node = _retreat(node, path, tree, on_path)
            else:
                on_path[node] = True
                subgoals = iter(choice.subgoals)
                path.append(_Descent(choice, subgoals, len(tree.choices), len(tree.leaves)))
                node = _advance(path, tree, on_path)
        return tree

    def _visit(self, node: GoalNode) -> GoalStatistics:
        goal = self.statistics.get(node)
        if goal is None:
            goal = self.statistics[node] = GoalStatistics(node)
        elif goal.checked != self._step:
            goal.drop_dead()
        goal.checked = self._step
        return goal

    def _choose(self, goal: GoalStatistics, on_path: Mapping[GoalNode, bool]) -> Choice | None:
        """Follow the policy; tactics that lead to the path or to a dead goal are killed."""
        proved = Status.PROVED
        dead = self._dead
        while goal.alive:
            scores = self._policy(goal, self._exploration)
            if self._temperature:
                position = sample(scores, self._temperature, self._rng)
                score = scores[position]
            else:
                score = max(scores)
                position = scores.index(score)
            for child in goal.edges[position].subgoals:
                # A dead goal may have been proved by a killed tactic.
                if child.status is not proved and (on_path.get(child) or child in dead):
                    break
            else:
                return Choice(goal, position, score)
            goal.kill(position)
        return None


def _advance(
    path: list[_Descent], tree: Hypertree, on_path: dict[GoalNode, bool]
) -> GoalNode | None:
    """Collect leaves and complete goals, up to the next goal that needs a tactic."""
    proved = Status.PROVED
    while path:
        choice, subgoals, _, _ = path[-1]
        for child in subgoals:
            if child in on_path or child.status is proved:
                continue
            if child.is_exhausted:
                return child
            on_path[child] = False
            tree.leaves.append(Leaf(child, choice, len(path)))
        on_path[choice.goal.node] = False
        tree.choices.append(choice)
        path.pop()
    return None


def _retreat(
    dead: GoalNode, path: list[_Descent], tree: Hypertree, on_path: dict[GoalNode, bool]
) -> GoalNode:
    """Kill the tactic nearest to the root that needs a dead goal, and discard what is below it."""
    depth = next(i for i, descent in enumerate(path) if dead in descent.choice.subgoals)
    descent = path[depth]
    goal, position, _ = descent.choice
    goal.kill(position)
    for node in [
        *(below.choice.goal.node for below in path[depth:]),
        *(choice.goal.node for choice in tree.choices[descent.choices :]),
        *(leaf.node for leaf in tree.leaves[descent.leaves :]),
    ]:
        del on_path[node]
    del path[depth:], tree.choices[descent.choices :], tree.leaves[descent.leaves :]
    return goal.node
