"""A client of any server that speaks HOList's protocol."""

from __future__ import annotations

import grpc

from bait_core.errors import ProverError
from bait_holist.holist_protocol import proof_assistant_pb2 as pb
from bait_holist.holist_protocol.proof_assistant_pb2_grpc import ProofAssistantServiceStub

_GIGABYTE = 1 << 30  # as HOList's own clients and servers allow
_OPTIONS = (
    ("grpc.max_send_message_length", _GIGABYTE),
    ("grpc.max_receive_message_length", _GIGABYTE),
)


class RemoteProver:
    """Applies tactics at a remote prover, e.g. at `127.0.0.1:2000`."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._channel = grpc.insecure_channel(address, options=_OPTIONS)
        self._stub = ProofAssistantServiceStub(self._channel)  # type: ignore[no-untyped-call]

    def apply(self, goal: pb.Theorem, tactic: str, seconds: float = 5.0) -> pb.ApplyTacticResponse:
        """Apply a tactic; the answer has the subgoals or an error."""
        request = pb.ApplyTacticRequest(goal=goal, tactic=tactic, timeout_ms=int(seconds * 1000))
        try:
            response: pb.ApplyTacticResponse = self._stub.ApplyTactic(
                request, timeout=2 * seconds + 2
            )
        except grpc.RpcError as error:
            raise ProverError(
                f"the prover at {self._address} did not answer: {error}",
                hint="Is its server running, and is the address right?",
            ) from error
        return response

    def close(self) -> None:
        """End the connection."""
        self._channel.close()
