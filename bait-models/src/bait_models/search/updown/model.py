"""UpDown search: expands the goals whose proofs are most likely to complete a proof."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from itertools import islice

from bait_core import Edge, GoalNode, Response, SearchContext, Selection, Status
from bait_models.search.updown.least_costs import OWN, Hyperedge, LeastCosts
from bait_models.search.updown.options import UpDownOptions
from bait_models.search.updown.sampling import GumbelSampler


class UpDown:
    """Scores a goal by the best proof of the theorem that would go through it.

    The search of BAIT's end-to-end experiments, restated with the inside and outside scores of
    parsing (Lari and Young 1990, with maxima here in place of sums):

    - *Initial* score of a goal: the log-probability that it can be proved plus depth times the
      logarithm of `depth_discount`. Its depth is the length of the path on which it was found.
    - *Up*: 0 for a proved goal; otherwise the maximum of the initial score, if the goal may still
      be expanded, and, for each edge, the sum of its subgoals' up scores. A goal that is supported
      only by a cycle has minus infinity. The log-probabilities of tactics are not used.
    - *Context*: 0 for the root; for a subgoal, the best over its parent edges of the context of
      the edge's goal plus the up scores of the siblings: what else remains to be proved.
    - *Score* of a goal that may be expanded: initial + context.

    Greedy selection takes the goals with the best score: they are the open leaves of the
    derivation that determines the root's up score, and are expanded as one batch, since the proof
    needs them all. Among tied derivations, it keeps to one. Sampling draws from the softmax of the
    scores at a temperature (see `GumbelSampler`).

    Nothing is left to do exactly when the root's up score is minus infinity; a finite score means
    that expandable and proved goals together could form a proof. So the search is complete, and
    never pursues goals that only lead in cycles.

    Goals are only scored when the search needs them, not if their parent has been proved meanwhile.
    """

    def __init__(self, options: UpDownOptions) -> None:
        self._options = options
        self._log_discount = math.log(options.depth_discount)

    def reset(self, context: SearchContext) -> None:
        """Start on a new theorem."""
        options = self._options
        self._context = context
        self._graph = context.graph
        self._nodes: list[GoalNode] = []
        self._depths: list[int] = []
        self._log_probabilities: dict[int, float] = {}
        self._up = LeastCosts()  # of negated scores
        self._closed: set[int] = set()
        self._revived = 0
        self._edge_count = 0
        self._retractions = -1  # so that the graph is read before the first selection
        self._sampler: GumbelSampler | None = None
        if options.selection == "sampling":
            self._sampler = GumbelSampler(options.temperature or 1.0, context.rng)

    def get_goals(self) -> list[Selection]:
        """The goals with the best score, or a sample.

        Raises:
            ModelError: The goal model's answer breaks its contract.
        """
        if self._is_outdated():
            self._read_graph()
        selections = self._select()
        if not all(selection.node.is_expandable for selection in selections):
            self._read_graph()  # a goal was exhausted without a response
            selections = self._select()
        return selections

    def process_responses(self, responses: Sequence[Response]) -> None:
        """Score the goals that were found, and update all scores that change.

        Raises:
            ModelError: The goal model's answer breaks its contract.
        """
        self._edge_count += sum(len(response.edges) for response in responses)
        if self._is_outdated():
            return
        first = len(self._nodes)
        edges = self._discover(responses)
        revived = self._graph.revived[self._revived :]
        self._revived += len(revived)
        new = self._nodes[first:]
        scored = self._score_new([*new, *revived])
        up = self._up
        for node in new:
            up.add_goal(self._own_cost(node))
        for node in revived:
            up.set_own(node.index, self._own_cost(node))
        closed: list[int] = []
        for response in responses:
            up.set_own(response.node.index, self._own_cost(response.node))
            closed += self._close(response.node)
        hyperedges = self._add_hyperedges(edges)
        touched = up.update()
        if self._sampler is not None:
            again = (self._nodes[goal] for goal in self._sampler.chosen)
            self._sampler.update(
                touched, closed, hyperedges, self._initial_costs([*scored, *again])
            )

    def _is_outdated(self) -> bool:
        """Whether the graph has changed in ways that responses don't report."""
        graph = self._graph
        return graph.retractions != self._retractions or graph.edge_count != self._edge_count

    def _select(self) -> list[Selection]:
        if self._sampler is None:
            score = 0.0 - self._up.costs[0]
            return [self._selection(goal, score, {}) for goal in self._best_leaves()]
        selections = []
        for goal, outside, gumbel in self._sampler.choose(self._options.batch_size or 1):
            score = self._initial(goal) - outside
            selections.append(self._selection(goal, score, {"gumbel": gumbel}))
        return selections

    def _selection(self, goal: int, score: float, more: dict[str, float]) -> Selection:
        initial = self._initial(goal)
        details = {
            "log_probability": self._log_probabilities[goal],
            "depth": float(self._depths[goal]),
            "initial": initial,
            "context": score - initial,
        }
        return Selection(self._nodes[goal], score, details | more)

    def _best_leaves(self) -> list[int]:
        """The goals at which the root's best derivation ends, in order, without proved ones."""
        up = self._up
        choices, hyperedges, closed = up.choices, up.hyperedges, self._closed
        if up.costs[0] == math.inf:
            return []
        leaves = []
        stack = [0]
        seen = set()
        while stack:
            goal = stack.pop()
            if goal in seen:
                continue
            seen.add(goal)
            choice = choices[goal]
            if choice != OWN:
                stack.extend(reversed(hyperedges[goal][choice - 1].subgoals))
            elif goal not in closed:
                leaves.append(goal)
        return leaves

    def _discover(self, responses: Sequence[Response]) -> list[Edge]:
        """Register new goals; returns the edges that can become part of a proof."""
        nodes, depths = self._nodes, self._depths
        edges = []
        for response in responses:
            depth = depths[response.node.index] + 1
            is_open = response.node.status is Status.OPEN
            for edge in response.edges:
                for node in edge.subgoals:
                    if node.index == len(nodes):
                        nodes.append(node)
                        depths.append(depth)
                if is_open and edge.is_live:
                    edges.append(edge)
        return edges

    def _score_new(self, nodes: Iterable[GoalNode]) -> list[GoalNode]:
        """Have the goal model score those that are needed and not yet scored; returns them."""
        known = self._log_probabilities
        needed = (node for node in nodes if node.index not in known and node.is_expandable)
        scored = list(dict.fromkeys(needed))
        if scored:
            scores = self._context.score_goals(scored)
            known.update(zip((node.index for node in scored), scores, strict=True))
        return scored

    def _initial(self, goal: int) -> float:
        return self._log_probabilities[goal] + self._depths[goal] * self._log_discount

    def _initial_costs(self, nodes: Iterable[GoalNode]) -> dict[int, float]:
        """The negated initial scores of the expandable ones."""
        return {node.index: -self._initial(node.index) for node in nodes if node.is_expandable}

    def _own_cost(self, node: GoalNode) -> float:
        if node.status is Status.PROVED:
            return 0.0
        if node.is_exhausted or node.index not in self._log_probabilities:
            return math.inf
        return -self._initial(node.index)

    def _close(self, node: GoalNode) -> list[int]:
        """Close a goal if it is proved, and the goals above it that this has proved."""
        closed = []
        stack = [node.index]
        while stack:
            goal = stack.pop()
            if goal not in self._closed and self._nodes[goal].status is Status.PROVED:
                self._closed.add(goal)
                closed.append(goal)
                self._up.set_own(goal, 0.0)
                stack.extend(hyperedge.goal for hyperedge in self._up.users[goal])
        return closed

    def _add_hyperedges(self, edges: Iterable[Edge]) -> list[Hyperedge]:
        add_hyperedge = self._up.add_hyperedge
        return [
            add_hyperedge(edge.node.index, tuple([node.index for node in edge.subgoals]))
            for edge in edges
        ]

    def _read_graph(self) -> None:
        """Rebuild everything from the graph: at the start, and when goals have been reopened."""
        graph, nodes, depths = self._graph, self._nodes, self._depths
        self._retractions = graph.retractions
        self._edge_count = graph.edge_count
        self._revived = len(graph.revived)
        for node in islice(graph, len(nodes), None):
            nodes.append(node)
            depths.append(depths[node.parents[0].node.index] + 1 if node.parents else 0)
        self._score_new(nodes)
        self._closed = {node.index for node in nodes if node.status is Status.PROVED}
        self._up = LeastCosts()
        for node in nodes:
            self._up.add_goal(self._own_cost(node))
        unproved = (node for node in nodes if node.status is not Status.PROVED)
        hyperedges = self._add_hyperedges(
            edge for node in unproved for edge in node.edges if edge.is_live
        )
        self._up.update()
        if self._sampler is not None:
            candidates = (node for node in nodes if node.index in self._log_probabilities)
            self._sampler.restart(self._up, hyperedges, self._initial_costs(candidates))
