"""HOList's service, implemented with HOL Light's workers.

Source: Bansal et al., HOList, ICML 2019, arXiv 1904.03241, section 3.
"""

from __future__ import annotations

import grpc

from bait_core import BaitError
from bait_holist.errors import ConnectionLostError, RequestError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.messages import goal_of, key_of
from bait_holist.holist_protocol.proof_assistant_pb2_grpc import ProofAssistantServiceServicer
from bait_holist.holist_protocol.workers import WorkerPool
from bait_holist.prover.connection import ProverConnection
from bait_holist.prover.replies import AppliedTactic
from bait_holist.terms import fingerprint, parse, to_text

CHECK_SECONDS = 60.0
"""CPU seconds that each tactic may take when a proof is verified."""

_MOST_SECONDS = 3600.0


class ProofService(ProofAssistantServiceServicer):
    """Answers HOList's clients; failures are reported in the answer, not as failed calls."""

    def __init__(self, workers: WorkerPool) -> None:
        self._workers = workers

    def ApplyTactic(  # noqa: N802  (the protocol's name)
        self, request: pb.ApplyTacticRequest, context: grpc.ServicerContext
    ) -> pb.ApplyTacticResponse:
        """Apply a tactic; the answer has its subgoals, none if it proves the goal."""
        del context
        try:
            applied = self._apply(request)
        except BaitError as error:
            return pb.ApplyTacticResponse(error=error.message)
        if applied.failure:
            return pb.ApplyTacticResponse(error=f"{applied.failure}: {applied.message}")
        goals = [goal_of(goal.key, goal.text) for goal in applied.subgoals]
        return pb.ApplyTacticResponse(goals=pb.GoalList(goals=goals))

    def VerifyProof(  # noqa: N802
        self, request: pb.VerifyProofRequest, context: grpc.ServicerContext
    ) -> pb.VerifyProofResponse:
        """Verify that the tactics, depth first, prove the goal, and that the theorem states it."""
        del context
        try:
            message = self._fault(request)
        except BaitError as error:
            message = error.message
        if message:
            return pb.VerifyProofResponse(sound=False, error_msg=message)
        return pb.VerifyProofResponse(sound=True)

    def RegisterTheorem(  # noqa: N802
        self, request: pb.RegisterTheoremRequest, context: grpc.ServicerContext
    ) -> pb.RegisterTheoremResponse:
        """Register a library theorem, so that tactics can name it by its fingerprint."""
        del context
        theorem = request.theorem
        number = fingerprint(theorem.conclusion, theorem.hypotheses)
        try:
            self._register(theorem, number)
        except BaitError as error:
            return pb.RegisterTheoremResponse(fingerprint=number, error_msg=error.message)
        return pb.RegisterTheoremResponse(fingerprint=number)

    def _apply(self, request: pb.ApplyTacticRequest) -> AppliedTactic:
        seconds = min(request.timeout_ms / 1000, _MOST_SECONDS)
        if seconds <= 0:
            return AppliedTactic(0.0, failure="timeout", message="the time limit is zero")
        key = key_of(request.goal)
        with self._workers.borrow([request.tactic]) as worker:
            goal = worker.goal(key)
            try:
                [applied] = worker.apply(goal.number, [request.tactic], seconds)
            except ConnectionLostError as error:
                if not error.timed_out:
                    raise
                return AppliedTactic(seconds, failure="timeout", message="out of time")
            return applied

    def _fault(self, request: pb.VerifyProofRequest) -> str:
        """Why the proof is not accepted; empty if it is."""
        goal = key_of(request.goal)
        if request.HasField("theorem") and key_of(request.theorem) != goal:
            return "the theorem does not state the goal"
        with self._workers.fresh(request.tactics) as worker:
            steps, message = _run(worker, goal, list(request.tactics))
        if message:
            return message
        with self._workers.fresh(request.tactics) as worker:
            checked = worker.check(goal, steps, CHECK_SECONDS)
        return "" if checked.accepted else f"step {checked.step + 1}: {checked.message}"

    def _register(self, theorem: pb.Theorem, number: int) -> None:
        if theorem.hypotheses:
            raise RequestError("unknown", "no theorem of the library has hypotheses")
        self._workers.register(number, to_text(parse(theorem.conclusion)))


def _run(
    worker: ProverConnection, root: str, tactics: list[str]
) -> tuple[list[tuple[str, int]], str]:
    """Apply tactics depth first: each with its number of subgoals, and what went wrong."""
    steps: list[tuple[str, int]] = []
    goals = [worker.goal(root).number]
    for number, tactic in enumerate(tactics, 1):
        if not goals:
            return steps, f"step {number}: no goals are left"
        [applied] = worker.apply(goals.pop(), [tactic], CHECK_SECONDS)
        if applied.failure:
            return steps, f"step {number}: {applied.failure}: {applied.message}"
        steps.append((tactic, len(applied.subgoals)))
        goals.extend(goal.number for goal in reversed(applied.subgoals))
    return steps, f"{len(goals)} goals are left unproved" if goals else ""
