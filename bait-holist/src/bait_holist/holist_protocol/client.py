"""A client for any server that speaks HOList's protocol."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import grpc

from bait_holist.errors import RemoteError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.messages import CHANNEL_OPTIONS
from bait_holist.holist_protocol.proof_assistant_pb2_grpc import ProofAssistantServiceStub

REQUEST_SECONDS = 60.0
QUEUE_SECONDS = 30.0
PROOF_SECONDS = 600.0
"""How long the client waits for an answer; a busy server may not start at once."""

_CAUSES = {
    grpc.StatusCode.UNAVAILABLE: (
        "can't be reached",
        "Is the server running, and the address right? `bait holist serve` starts ours.",
    ),
    grpc.StatusCode.DEADLINE_EXCEEDED: (
        "did not answer in time",
        "It may be busy with other clients, or the tactic may not terminate.",
    ),
    grpc.StatusCode.RESOURCE_EXHAUSTED: (
        "refused a message that is too large",
        "The goal is too large for this server.",
    ),
    grpc.StatusCode.UNIMPLEMENTED: (
        "does not speak HOList's protocol",
        "Is this the port of a HOList server?",
    ),
}
_OTHER_CAUSE = ("failed", "See the server's log.")


class RemoteProver:
    """A HOList server, e.g. at `127.0.0.1:2000`. Safe to use from several threads.

    All methods raise RemoteError if the server can't be reached, does not answer in time, or
    refuses the message.
    """

    def __init__(self, address: str) -> None:
        self._address = address
        self._channel = grpc.insecure_channel(address, options=CHANNEL_OPTIONS)
        self._stub = ProofAssistantServiceStub(self._channel)  # type: ignore[no-untyped-call]

    def apply(self, goal: pb.Theorem, tactic: str, seconds: float = 5.0) -> pb.ApplyTacticResponse:
        """Apply a tactic; the answer has the subgoals or an error.

        Args:
            goal: Conclusion and hypotheses.
            tactic: In HOList's form.
            seconds: Time limit for the tactic.
        """
        request = pb.ApplyTacticRequest(goal=goal, tactic=tactic, timeout_ms=int(seconds * 1000))
        limit = 2 * seconds + QUEUE_SECONDS
        response: pb.ApplyTacticResponse = self._call(self._stub.ApplyTactic, request, limit)
        return response

    def verify(self, goal: pb.Theorem, tactics: list[str]) -> pb.VerifyProofResponse:
        """Have the server replay a whole proof and compare the theorem with the goal.

        Args:
            goal: The goal that is proved.
            tactics: The tactics, depth first.
        """
        theorem = pb.Theorem(
            tag=pb.Theorem.THEOREM, conclusion=goal.conclusion, hypotheses=goal.hypotheses
        )
        request = pb.VerifyProofRequest(goal=goal, tactics=tactics, theorem=theorem)
        response: pb.VerifyProofResponse = self._call(
            self._stub.VerifyProof, request, PROOF_SECONDS
        )
        return response

    def register(self, theorem: pb.Theorem) -> pb.RegisterTheoremResponse:
        """Register a theorem, so that tactics can name it as `THM FINGERPRINT`."""
        request = pb.RegisterTheoremRequest(theorem=theorem)
        response: pb.RegisterTheoremResponse = self._call(
            self._stub.RegisterTheorem, request, REQUEST_SECONDS
        )
        return response

    def close(self) -> None:
        """End the connection. Any number of times."""
        self._channel.close()

    def _call(self, method: Callable[..., Any], request: Any, seconds: float) -> Any:  # generated
        try:
            return method(request, timeout=seconds)
        except grpc.RpcError as error:
            what, hint = _CAUSES.get(error.code(), _OTHER_CAUSE)
            raise RemoteError(
                f"the prover at {self._address} {what}: {error.details()}",
                hint=hint,
                timed_out=error.code() == grpc.StatusCode.DEADLINE_EXCEEDED,
            ) from error
