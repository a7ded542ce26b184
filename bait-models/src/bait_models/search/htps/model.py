"""HyperTree Proof Search."""

from __future__ import annotations

import math
from collections.abc import Sequence

from bait_core import Edge, GoalNode, Response, SearchContext, Selection, Status
from bait_core.search.breadth_first import BreadthFirst, BreadthFirstOptions
from bait_models.search.htps.hypertree import Hypertree, HypertreeSelector, Leaf
from bait_models.search.htps.options import HTPSOptions
from bait_models.search.htps.policy import POLICIES
from bait_models.search.htps.statistics import EdgeStatistics

_TACTICS_PER_LEAF = 16


class HTPS:
    """Monte Carlo search over hypertrees: sets of tactics that would complete a proof.

    Source: Lample et al., "HyperTree Proof Search for Neural Theorem Proving" (arXiv 2205.11491),
    and its authors' code, from which the options have their names. Each step selects some
    hypertrees and expands their leaves as one batch:

    - *Select*: from the root, each goal follows the tactic with the best score under a policy that
      weighs prior, visits N, virtual visits VC and total value W of its tactics. VC counts the
      hypertrees in flight, and steers the next ones elsewhere. Leaves are the goals that have not
      been expanded yet. Proved goals end a branch.
    - *Expand*: done by the search loop. The goal model scores all leaves together.
    - *Back up*: a leaf is worth 1 if proved, 0 if failed, else the goal model's probability; a goal
      the product over its tactic's subgoals, times `depth_penalty`. The chosen tactics get N += 1,
      W += value. A hypertree with a leaf that was not expanded (the budget was spent) only gives
      up its VC.

    Differences from the authors' code, and points that the paper leaves open:

    - **Repeated goals.** A hypertree has *one* tactic for each goal, however often the goal
      occurs; in the product a goal counts once per occurrence. The authors unfold each occurrence,
      which takes exponential time where goals are shared (as in a chain where every goal needs the
      next one twice). Here a hypertree never has more tactics than there are expanded goals.
    - **Cycles.** A tactic that leads back to a goal on its path is killed for good, and so is one
      that leads to a goal with no tactic left, as in the paper. The authors then restart the
      hypertree; here the choice is repeated where it was made, which gives the same hypertree when
      the temperature is 0, since choices at different goals are independent.
    - **Completeness.** Killing can cut off proofs: a tactic that is circular on one path may be
      useful on another. When the root has no tactic left, the search continues with the oldest
      expandable goals, one by one. So it still finds any proof that exists in a finite graph.
    - **Effort.** A step ends early once it has chosen 16 tactics for each leaf that it found. In a
      small graph, all hypertrees are selected; in a deep one, where a hypertree has hundreds of
      tactics and most lead to the same leaves, the cost per leaf stays bounded. Hypertrees without
      a new leaf count as well, as in the paper; the authors' code counts equal ones once.

    The score of a selection is the policy's score of the tactic that led to the goal; its details
    are that tactic's `prior` and `visits`, the goal's `depth`, and how many `hypertrees` of the
    step reach it. (They refer to the first hypertree that does; the root, which no tactic led to,
    has score 1.) `fallback` is 1 for goals selected by age, whose score is minus their rank of
    discovery.

    Which goals are proved or failed and which edges are live is read from the graph at each step,
    so a proof that is retracted does no harm. Hypertrees are kept only while they are in flight.
    """

    def __init__(self, options: HTPSOptions) -> None:
        self._options = options

    def reset(self, context: SearchContext) -> None:
        """Start on a new theorem."""
        options = self._options
        self._root = context.graph.root
        self._score_goals = context.score_goals
        self._selector = HypertreeSelector(
            self._root,
            POLICIES[options.policy],
            options.exploration,
            temperature=options.policy_temperature,
            rng=context.rng,
        )
        self._in_flight: list[Hypertree] = []
        self._reached: dict[GoalNode, int] = {}
        self._by_age = BreadthFirst(BreadthFirstOptions())
        self._by_age.reset(context)
        self._oldest: list[Selection] = []

    def statistics(self, edge: Edge) -> EdgeStatistics:
        """What the search knows about a tactic; all zero until its goal is first visited."""
        goal = self._selector.statistics.get(edge.node)
        return goal.of(edge) if goal else EdgeStatistics(0, 0, 0.0, 0.0, not edge.is_live)

    def get_goals(self) -> list[Selection]:
        """The leaves of the next hypertrees."""
        self._withdraw()
        if self._root.status is not Status.OPEN:
            return []
        leaves = self._select()
        if leaves:
            return [self._selection(leaf) for leaf in leaves]
        # What was selected last but not expanded is due again: the queue has forgotten it.
        due = [selection for selection in self._oldest if selection.node.is_expandable]
        self._oldest = due or self._by_age.get_goals()
        return [Selection(old.node, old.score, {"fallback": 1.0}) for old in self._oldest]

    def process_responses(self, responses: Sequence[Response]) -> None:
        """Back up the values of the leaves."""
        self._by_age.process_responses(responses)
        values = self._leaf_values(responses)
        for tree in self._in_flight:
            if all(leaf.node in values for leaf in tree.leaves):
                tree.back_up(values, self._options.depth_penalty)
            else:
                tree.withdraw()
        self._in_flight.clear()

    def _select(self) -> list[Leaf]:
        """Put hypertrees in flight; returns their leaves in order, each one once."""
        options = self._options
        limit = options.max_nodes_in_expansion or math.inf
        leaves: list[Leaf] = []
        reached = self._reached = {}
        effort = 0
        self._selector.begin_step()
        for _ in range(options.succ_expansions):
            tree = self._selector.select()
            if tree is None:
                break
            effort += len(tree.choices)
            for leaf in tree.leaves:
                if leaf.node not in reached:
                    reached[leaf.node] = 0
                    leaves.append(leaf)
                reached[leaf.node] += 1
            tree.begin()
            self._in_flight.append(tree)
            enough = effort >= _TACTICS_PER_LEAF * len(leaves) or len(leaves) >= limit
            if enough or not tree.choices:
                break
        return leaves

    def _selection(self, leaf: Leaf) -> Selection:
        details = {
            "fallback": 0.0,
            "depth": float(leaf.depth),
            "hypertrees": float(self._reached[leaf.node]),
        }
        if leaf.choice is None:
            return Selection(leaf.node, 1.0, details)
        goal, position, score = leaf.choice
        details["prior"] = goal.priors[position]
        details["visits"] = float(goal.visits[position])
        return Selection(leaf.node, score, details)

    def _leaf_values(self, responses: Sequence[Response]) -> dict[GoalNode, float]:
        """The values of the leaves in flight that are known."""
        values = {
            node: float(node.status is Status.PROVED)
            for node in self._reached
            if node.status is not Status.OPEN
        }
        nodes = [r.node for r in responses if r.node in self._reached and r.node not in values]
        if nodes:
            values.update(zip(nodes, map(math.exp, self._score_goals(nodes)), strict=True))
        return values

    def _withdraw(self) -> None:
        for tree in self._in_flight:
            tree.withdraw()
        self._in_flight.clear()
