"""Fringe search: samples sets of goals that would prove the theorem (TacticZero)."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from enum import IntEnum

from bait_core import Edge, GoalNode, Response, SearchContext, Selection, Status
from bait_models.search.fringe.fringe_set import FringeSet, GoalList
from bait_models.search.fringe.options import FringeOptions

_MISSES_PER_GOAL = 2  # draws of fringes whose goals are all exhausted or already selected


class Rule(IntEnum):
    """Why a goal was selected; recorded as the selection's detail `rule`."""

    FIRST = 0
    """It is the first open goal of a sampled fringe."""
    LATER = 1
    """It is the first goal of a sampled fringe that still has tactics to try."""
    OLDEST = 2
    """It is the oldest expandable goal; no fringe offered one."""


class Fringe:
    """Samples a fringe and works on its first open goal (TacticZero, arXiv 2102.09756).

    A fringe is a set of goals whose proofs would prove the root; the first fringe is the root
    alone. Its score is the sum of the goal model's log-probabilities of its open goals. Fringes are
    sampled from a softmax over all scores. When the tactics of a fringe's first open goal have been
    tried, each live edge appends a fringe in which the edge's subgoals replace the goal, at the
    front, and the fringe itself is *spent*: any proof through it goes through one of those
    appended. Unspent fringes stay, so the search can return to any of them. Proved goals leave
    their fringes, and a fringe with a failed goal is dead.

    Where goals are shared, the first goal of a fringe may already have been expanded for another
    fringe. Such a fringe is immediately replaced by what its goal's edges append, without the
    prover, and another is drawn. There can be exponentially many of them, so after `max_replayed`
    edges in a step, the fringe's first goal that is not exhausted is expanded instead, and the
    fringe stays.

    A fringe with a goal that is no longer needed (since a goal above it was proved) is discarded
    when it is drawn. The fringe drawn in the end follows the softmax over all others, as in
    rejection sampling. The recorded probability is that of the last draw.

    Dropped fringes and hash collisions could cost proofs. So when no fringe offers a goal, the
    oldest expandable goal is selected; when no fringe is left, the next step starts from the root's
    fringe again. The search ends when no goal is expandable.
    """

    def __init__(self, options: FringeOptions) -> None:
        self._options = options

    def reset(self, context: SearchContext) -> None:
        """Start on a new theorem."""
        self._context = context
        self._graph = context.graph
        options = self._options
        self._fringes = FringeSet(options.temperature, options.max_fringes, context.rng)
        self._waiting: deque[GoalNode] = deque([self._graph.root])
        self._discovered = 1
        self._revived = 0
        self._start()

    def get_goals(self) -> list[Selection]:
        """The first open goals of sampled fringes, at most `batch_size` different ones."""
        if self._retractions != self._graph.retractions:
            self._start()
        waiting = self._waiting
        waiting.extend(self._graph.revived[self._revived :])
        self._revived = len(self._graph.revived)
        while waiting and not waiting[0].is_expandable:
            waiting.popleft()
        self._worked_on.clear()
        if not waiting:
            return []
        if not self._fringes:
            self._fringes.start(self._graph.root)
        return self._draw() or self._take_oldest()

    def process_responses(self, responses: Sequence[Response]) -> None:
        """Close fringes and goals, and append the fringes that the new edges give rise to."""
        for response in responses:
            self._discover(response.edges)
        self._fringes.close(self._newly_closed(responses))
        nodes = [r.node for r in responses if r.node.status is Status.OPEN and r.node.is_relevant]
        self._score_subgoals(edge for node in nodes for edge in node.edges)
        for node in nodes:
            fringe = self._worked_on.pop(node.index, None)
            if fringe is not None and fringe.is_fringe and node.is_exhausted:
                self._fringes.replace(fringe)

    def _start(self) -> None:
        """Start from the root's fringe, whatever the graph already holds.

        After a retraction, goals that had left the fringes may be open again. What is known of
        the graph is then replayed without the prover, fringe by fringe.
        """
        self._retractions = self._graph.retractions
        self._closed = {node.index for node in self._graph if node.status is not Status.OPEN}
        self._worked_on: dict[int, GoalList] = {}
        self._score_new(self._graph)
        self._fringes.start(self._graph.root)

    def _draw(self) -> list[Selection]:
        """Select goals from sampled fringes; none if no draw finds one within the limit."""
        fringes, options = self._fringes, self._options
        selections: dict[int, Selection] = {}
        replayed = 0
        misses = _MISSES_PER_GOAL * options.batch_size
        while fringes and len(selections) < options.batch_size and misses:
            fringe = fringes.draw()
            if not fringe.is_needed:
                fringes.drop(fringe)
                continue
            first = next(fringe.open_goals())
            if first.is_exhausted and replayed < options.max_replayed:
                self._score_subgoals(first.edges)
                replayed += fringes.replace(fringe)
                continue
            left = (g for g in fringe.open_goals() if not g.is_exhausted)
            goal = next((g for g in left if g.index not in selections), None)
            if goal is None:
                misses -= 1
            else:
                selections[goal.index] = self._select(goal, fringe, goal is first)
        return list(selections.values())

    def _select(self, goal: GoalNode, fringe: GoalList, is_first: bool) -> Selection:
        if is_first:
            self._worked_on[goal.index] = fringe
        details = {
            "rule": float(Rule.FIRST if is_first else Rule.LATER),
            "probability": self._fringes.probability(fringe),
            "size": float(fringe.size),
            "depth": float(fringe.depth),
            "fringes": float(len(self._fringes)),
        }
        return Selection(goal, fringe.score, details)

    def _take_oldest(self) -> list[Selection]:
        """Select the goals discovered first; each selection has its goal's score."""
        details = {"rule": float(Rule.OLDEST), "fringes": float(len(self._fringes))}
        oldest: dict[int, GoalNode] = {}
        for node in self._waiting:
            if node.is_expandable:
                oldest[node.index] = node
                if len(oldest) == self._options.batch_size:
                    break
        self._score_new(oldest.values())
        return [Selection(node, self._fringes.score(node), details) for node in oldest.values()]

    def _discover(self, edges: Iterable[Edge]) -> None:
        """Queue the goals that are new in the graph."""
        for edge in edges:
            for node in edge.subgoals:
                if node.index >= self._discovered:
                    self._discovered = node.index + 1
                    self._waiting.append(node)

    def _newly_closed(self, responses: Sequence[Response]) -> list[GoalNode]:
        """The goals that were proved or failed since the last call.

        A goal that was not worked on is closed by an edge that one of its subgoals, closed just
        before, has completed or killed. So the paths up from the goals worked on, through newly
        closed goals, lead to all of them. Each goal is closed once, so all calls together take
        time linear in the edges of the graph.
        """
        found = []
        stack = [response.node for response in responses]
        while stack:
            node = stack.pop()
            if node.status is not Status.OPEN and node.index not in self._closed:
                self._closed.add(node.index)
                found.append(node)
                stack.extend(edge.node for edge in node.parents)
        return found

    def _score_subgoals(self, edges: Iterable[Edge]) -> None:
        """Score the subgoals of these edges that fringes may come to contain."""
        self._score_new(node for edge in edges if edge.is_live for node in edge.subgoals)

    def _score_new(self, nodes: Iterable[GoalNode]) -> None:
        """Score those goals that need it and are not yet scored, in one call."""
        fringes = self._fringes
        new = {
            node.index: node
            for node in nodes
            if not fringes.knows(node) and node.status is Status.OPEN and node.is_relevant
        }
        if new:
            goals = list(new.values())
            fringes.learn(goals, self._context.score_goals(goals))
