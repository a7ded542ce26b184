"""The search loop: select, propose, apply, update, until the root is proved and checked."""

from __future__ import annotations

from collections.abc import Callable

from bait_core.domain import CheckResult, SearchStatus, Suggestion
from bait_core.errors import ModelError
from bait_core.graph import Edge, GoalNode, ProofGraph, Status, extract_proof
from bait_core.proof_search.attempt import Attempt, SelectionStep
from bait_core.proof_search.budget import Budget
from bait_core.proof_search.models import TacticSource
from bait_core.proof_search.settings import SearchSettings
from bait_core.protocols import Response, SearchModel, Selection, Session, TacticRequest

MOST_TACTICS = 100_000
"""Maximum number of tactics of an unfolded proof that a prover is asked to check.

If goals are shared, a proof can be exponentially longer than the search that found it.
"""

_End = tuple[SearchStatus, str]


class ProofSearch:
    """Searches for a proof of one theorem, and records what happens in an `Attempt`.

    Args:
        session: The theorem, open in a prover.
        graph: Holds the session's root.
        model: Proposes tactics; may be shared with other searches.
        search: Chooses goals; already reset to `graph`.
        settings: How goals are expanded.
        budget: Limits the search; cancelling it ends the search between prover calls.
        attempt: Where statistics, selections, the proof and the status are recorded.
    """

    def __init__(
        self,
        session: Session,
        graph: ProofGraph,
        model: TacticSource,
        search: SearchModel,
        *,
        settings: SearchSettings,
        budget: Budget,
        attempt: Attempt,
    ) -> None:
        self._session = session
        self._graph = graph
        self._model = model
        self._search = search
        self._settings = settings
        self._budget = budget
        self._attempt = attempt
        self._step = 0

    def run(self, on_step: Callable[[], None] = lambda: None) -> None:
        """Search until the theorem is proved, nothing is left to try, or the budget is spent.

        Args:
            on_step: Called after each step, for progress displays.

        Raises:
            ModelError: The tactic model or the search broke its contract.
            ProverError: The prover can't go on.
        """
        end = self._verdict()
        while end is None:
            end = self._advance() or self._verdict()
            on_step()
        self._attempt.status, self._attempt.message = end

    def _verdict(self) -> _End | None:
        """How the search ended, if it has. A proof is checked first, even after the deadline."""
        root = self._graph.root
        while root.status is Status.PROVED:
            check = self._check()
            if check.accepted:
                return SearchStatus.PROVED, ""
            if self._budget.is_cancelled:
                break
        if root.status is Status.FAILED:
            return self._failed("every tactic was tried")
        if self._budget.is_cancelled:
            return SearchStatus.INTERRUPTED, "stopped by the user"
        if self._budget.remaining_seconds() <= 0:
            if not self._budget.is_timed_out:
                return SearchStatus.INTERRUPTED, "the time limit of the run was reached"
            return SearchStatus.TIMEOUT, self._with_rejection("the time limit was reached")
        return None

    def _advance(self) -> _End | None:
        """One step: select goals, propose tactics, apply them, update the search."""
        timings = self._attempt.timings
        with timings.measure("search"):
            goals = self._search.get_goals()
        if not goals:
            return self._failed("no goal is left to expand")
        goals = goals[: self._budget.remaining_expansions()]
        if not goals:
            if not self._budget.is_used_up:
                return SearchStatus.INTERRUPTED, "the expansion budget of the run is exhausted"
            return self._failed("the expansion budget is exhausted")
        for selection in goals:
            _require_expandable(selection.node)
        with timings.measure("model"):
            proposals = self._propose(goals)
        with timings.measure("prover"):
            responses = [
                Response(selection.node, self._expand(selection, suggestions))
                for selection, suggestions in zip(goals, proposals, strict=True)
                # Others of the batch may have made it irrelevant; other searches share the budget.
                if selection.node.is_expandable and self._budget.take_expansion()
            ]
        with timings.measure("search"):
            self._search.process_responses(responses)
        self._step += 1
        return None

    def _propose(self, selections: list[Selection]) -> list[list[Suggestion]]:
        goals = [selection.node.goal for selection in selections]
        return self._model.get_tactics(
            [TacticRequest(goal, self._session.retrieve_premises(goal)) for goal in goals]
        )

    def _expand(self, selection: Selection, suggestions: list[Suggestion]) -> list[Edge]:
        """Apply the suggestions in chunks, until the goal is proved or time runs out."""
        settings = self._settings
        node = selection.node
        self._attempt.selections.append(
            SelectionStep(self._step, node.index, selection.score, selection.details)
        )
        self._attempt.expansions += 1
        if node.edges:
            tried = {edge.tactic for edge in node.edges}
            suggestions = [s for s in suggestions if s.tactic not in tried]
        edges: list[Edge] = []
        for start in range(0, len(suggestions), settings.tactics_per_call):
            seconds = min(settings.tactic_seconds, self._budget.remaining_seconds())
            if seconds <= 0:
                return edges
            portion = suggestions[start : start + settings.tactics_per_call]
            tactics = [suggestion.tactic for suggestion in portion]
            outcomes = self._session.run_tactics(node.goal, tactics, seconds)
            edges += self._graph.add_edges(node, portion, outcomes)
            if node.status is Status.PROVED:
                return edges
        self._graph.exhaust(node)
        return edges

    def _check(self) -> CheckResult:
        """Check the proof of the root; a rejected step is removed from the graph."""
        proof = extract_proof(self._graph.root)
        with self._attempt.timings.measure("check"):
            size = proof.size()
            check = self._session.check(proof) if size <= MOST_TACTICS else _too_long(size)
        self._attempt.proof, self._attempt.check = proof, check
        if not check.accepted:
            culprit = self._graph[check.culprit or proof.root]
            edge = culprit.minimal_edge or self._graph.root.minimal_edge
            if edge is not None:
                self._graph.retract(edge, check.message)
        return check

    def _failed(self, why: str) -> _End:
        return SearchStatus.FAILED, self._with_rejection(why)

    def _with_rejection(self, why: str) -> str:
        check = self._attempt.check
        if check is None:
            return why
        return f"{why}; the proof found was not accepted: {check.message}"


def _require_expandable(node: GoalNode) -> None:
    if not node.is_expandable:
        raise ModelError(
            f"the search selected goal {node.index}, which is not expandable",
            hint="`get_goals` may only return goals whose `is_expandable` is true.",
        )


def _too_long(size: int) -> CheckResult:
    message = f"it has {size:,} tactics, but at most {MOST_TACTICS:,} can be checked"
    return CheckResult(accepted=False, script="", message=message)
